"""What the sheet of a meeting's minutes holds besides what was typed: 应到, 实到, 缺席及原因 (rules 26, 27)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import meetings, minutes
from models.meetings import CAME, Attendance, Invitation
from models.minutes import Minutes, MinutesSupplement


@dataclass(frozen=True, slots=True)
class Sheet:
    """The minutes with who should have come (without those exempt), how many came, and who was away."""

    minutes: Minutes
    expected: int
    came: int
    away: Sequence[Invitation]
    supplements: Sequence[MinutesSupplement]


def sheet_of(session: Session, found: Minutes) -> Sheet:
    """The sheet of a meeting as its attendance now stands."""
    invited = [one for one in meetings.invitations(session, found.meeting_id) if one.state is not Attendance.EXCUSED]
    away = [one for one in invited if one.state not in CAME]
    added = minutes.supplements(session, found.meeting_id)
    return Sheet(found, len(invited), len(invited) - len(away), away, added)
