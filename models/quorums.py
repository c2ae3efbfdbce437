"""Whether enough of those who should attend were there (rules 26)."""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from models import (
    meeting_kinds,
    meetings,
)
from models.meetings import CAME, Attendance, Meeting


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether enough of those who should attend (应到) were there for a kind (rules 26)."""

    kind: str
    share: Fraction
    expected: int
    came: int

    @property
    def met(self) -> bool:
        return self.came >= self.share * self.expected


def of_meeting(session: Session, meeting: Meeting) -> list[Quorum]:
    """The quorum of each kind of a meeting that has one, of those with a vote who count in 应到."""
    invited = meetings.invitations(session, meeting.id)
    voting = [one for one in invited if one.vote and one.state is not Attendance.NOT_EXPECTED]
    came = sum(invitation.state in CAME for invitation in voting)
    kinds = (meeting_kinds.get(held.kind) for held in meeting.kinds)
    return [Quorum(kind.name, kind.quorum, len(voting), came) for kind in kinds if kind.quorum is not None]
