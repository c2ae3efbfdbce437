"""Meetings made up for: held for an earlier period (所属期) than the one they are held in (rules 23).

    missed, or owed in its grace time ──a meeting planned for it──▶ being made up ──held──▶ made up

The record of what was missed stays; it only says that it was made up. That is possible until 31 March of the next year.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import cadences, meetings
from models.duties import Duty, DutyState, MissedMeeting
from models.errors import Refused
from models.meeting_kinds import MeetingKind, Often
from models.meetings import Meeting
from models.organizations import Organization
from models.spans import GRACE, often_of_key, word_of

EXAMPLE = "开会 党课 12月3日15点 三楼会议室 补三季度"
_EVERY = {
    Often.WEEK: "按周",
    Often.MONTH: "按月",
    Often.QUARTER: "按季度",
    Often.HALF_YEAR: "按半年",
    Often.YEAR: "按年",
    Often.AS_IT_COMES: "不定期",
}


class NotOwed(Refused):
    """Only what was missed, or is owed still, is made up for; once, and until 31 March of the next year."""


def kinds_for(
    session: Session, kinds: Sequence[MeetingKind], held_by: Iterable[Organization], period: str, day: date
) -> list[str]:
    """The kinds of a gathering on a day that are to count for an earlier period; raises NotOwed.

    They are those that are held as often: 主题党日＋党课 for a quarter makes up for the 党课.
    """
    check_day(period, day)
    organizations = list(held_by)
    fitting = [kind for kind in kinds if _often(session, kind, organizations[0]) is often_of_key(period)]
    if not fitting:
        often = "、".join(f"{kind.name}{_EVERY[_often(session, kind, organizations[0])]}开" for kind in kinds)
        raise NotOwed(f"{often}，没有{word_of(period)}的，请看一下补的是哪一期", EXAMPLE)
    for kind in fitting:
        for one in organizations:
            _check_owed(session, one, kind, period, day)
    return [kind.name for kind in fitting]


def check_day(period: str, day: date) -> None:
    """Raise NotOwed when a period is too long over."""
    if day > date(int(period[:4]) + 1, *GRACE):
        raise NotOwed(f"{word_of(period)}的会最晚在次年3月31日前补开", EXAMPLE)


def _often(session: Session, kind: MeetingKind, organization: Organization) -> Often:
    return cadences.often_of(session, kind, organization.id) or kind.often


def _check_owed(session: Session, one: Organization, kind: MeetingKind, period: str, day: date) -> None:
    what = f"{one.name}{word_of(period)}{kind.name}"
    if period == cadences.period_for(session, one.id, kind.name, day):
        return
    for meeting in meetings.of_organization(session, one.id, kind.name, period):
        raise NotOwed(f"{what}已经有 M{meeting.id}，不用再补", f"会议 M{meeting.id}")
    for table in (MissedMeeting, Duty):
        mine = select(table.id).where(
            table.organization_id == one.id,
            table.kind == kind.name,
            table.period == period,
            *((Duty.state == DutyState.OPEN, Duty.last < day) if table is Duty else ()),
        )
        if session.scalars(mine).first() is not None:
            return
    raise NotOwed(f"{what}没有记为漏开，不用补", EXAMPLE)


def meeting_for(session: Session, missed: MissedMeeting) -> Meeting | None:
    """The meeting that makes up for what was missed, held or planned."""
    found = meetings.of_organization(session, missed.organization_id, missed.kind, missed.period)
    return found[0] if found else None
