"""What the sheet of a meeting's minutes holds besides what was typed: 应到, 实到, 缺席及原因 (rules 26, 27)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import meetings, minutes, minutes_pictures, not_expected, suggestions
from models.meetings import CAME, Attendance, Invitation
from models.minutes import Minutes, MinutesSupplement
from models.not_expected import NotExpected
from models.opinions import Opinion
from models.pictures import Picture

NOT_COUNTED = (Attendance.EXCUSED, Attendance.NOT_EXPECTED)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The minutes with who should have come (without those exempt or left out), how many came, and who was away.

    ``left_out`` are those who do not count in 应到, with the three things that are recorded of them (rules 26).
    """

    minutes: Minutes
    expected: int
    came: int
    away: Sequence[Invitation]
    supplements: Sequence[MinutesSupplement]
    left_out: Sequence[NotExpected]
    pictures: Sequence[Picture]
    suggestions: Sequence[Opinion]


def sheet_of(session: Session, found: Minutes) -> Sheet:
    """The sheet of a meeting as its attendance now stands."""
    invited = [one for one in meetings.invitations(session, found.meeting_id) if one.state not in NOT_COUNTED]
    away = [one for one in invited if one.state not in CAME]
    added = minutes.supplements(session, found.meeting_id)
    left_out = [one for one in not_expected.of_meeting(session, found.meeting_id) if one.in_force]
    shown = minutes_pictures.of_meeting(session, found.meeting_id)
    heard = suggestions.of_meeting(session, found.meeting_id)
    return Sheet(found, len(invited), len(invited) - len(away), away, added, left_out, shown, heard)
