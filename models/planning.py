"""Planning a meeting, moving and cancelling it (rules 23, 24)."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import (
    cadences,
    check_ins,
    inviting,
    making_up,
    meeting_kinds,
    meeting_news,
    meetings,
    pressing,
    requests,
    settings,
)
from models.errors import Refused
from models.guarded import rows_changed
from models.inviting import EXAMPLE
from models.meetings import (
    AHEAD,
    CAME,
    LONGEST_AGENDA,
    LONGEST_PLACE,
    LONGEST_REASON,
    Attendance,
    HeldBy,
    Invitation,
    KindHeld,
    Meeting,
    MeetingState,
)
from models.members import Member
from models.months import shanghai_day
from models.organizations import Organization
from models.requests import RequestKind, RequestStatus

FARTHEST = timedelta(days=366)
LONGEST = timedelta(hours=12)


class BadTime(Refused):
    """In the past, too far ahead, or ending before it begins."""


class NoPlace(Refused):
    """A meeting without a place, or with one too long to be read."""


class NotAhead(Refused):
    """The meeting is over, cancelled, or under way."""


class ReasonMissing(Refused):
    """Cancelled without a reason."""


def plan(
    session: Session,
    kinds: Sequence[str],
    starts_at: datetime,
    place: str,
    *,
    by: Member,
    now: datetime,
    ends_at: datetime | None = None,
    agenda: str = "",
    of: Sequence[Organization] = (),
    period: str = "",
) -> Meeting:
    """Plan a meeting and tell everyone invited; the first kind is the main one.

    ``period`` is an earlier one for which it is made up. Raises BadTime, NoPlace, MixedKinds, NotYourMeeting,
    NobodyInvited or NotOwed.
    """
    check_time(starts_at, ends_at, now)
    if not place or len(place) > LONGEST_PLACE:
        raise NoPlace(f"请写地点（{LONGEST_PLACE}字以内）", EXAMPLE)
    found = [meeting_kinds.get(name) for name in dict.fromkeys(kinds)]
    held_by = inviting.holders(session, found, of, by=by, now=now)
    people = inviting.invited(session, found, held_by, now)
    day = shanghai_day(starts_at)
    made_up = making_up.kinds_for(session, found, held_by, period, day) if period else []
    meeting = Meeting(
        organization_id=held_by[0].id,
        organization=held_by[0],
        organizer_id=by.id,
        organizer=by,
        place=place,
        agenda=agenda[:LONGEST_AGENDA],
        secret=secrets.token_hex(16),
        screen=secrets.token_urlsafe(24),
        planned_at=now,
    )
    _set_times(session, meeting, starts_at, ends_at)
    session.add(meeting)
    session.flush()
    meeting.kinds = [
        _held(session, meeting, n, kind.name, day, period if kind.name in made_up else "")
        for n, kind in enumerate(found)
    ]
    session.add_all(HeldBy(meeting_id=meeting.id, organization_id=one.id) for one in held_by)
    session.add_all(Invitation(member=member, **inviting.invitation(meeting.id, member)) for member in people)
    session.flush()
    meeting_news.tell(session, meeting, "meeting_announced", now=now, but=by.id)
    meeting_news.schedule(session, meeting, now=now)
    return meeting


def _held(session: Session, meeting: Meeting, position: int, kind: str, day: date, earlier: str) -> KindHeld:
    """A kind that a meeting serves, for the period in which it is held or an ``earlier`` one."""
    own = _period(session, meeting, kind, day)
    made_up = bool(earlier) and earlier != own
    period = earlier if made_up else own
    return KindHeld(meeting_id=meeting.id, kind=kind, position=position, period=period, made_up=made_up)


def check_time(starts_at: datetime, ends_at: datetime | None, now: datetime) -> None:
    """Raise BadTime for when no meeting can be held."""
    if starts_at <= now:
        raise BadTime("开会时间已经过了，请看一下时间", EXAMPLE)
    if starts_at - now > FARTHEST:
        raise BadTime("开会时间在一年以后，请看一下日期", EXAMPLE)
    if ends_at is not None and not timedelta(0) < ends_at - starts_at <= LONGEST:
        raise BadTime("结束时间要在开始以后、12小时以内", EXAMPLE)


def end_of(session: Session, organization_id: int, starts_at: datetime, ends_at: datetime | None) -> datetime:
    """When a meeting is over: at its end; without one, some time after its start (a setting)."""
    minutes = settings.get(session, settings.MEETING_MINUTES, organization_id)
    return ends_at or starts_at + timedelta(minutes=minutes)


def _set_times(session: Session, meeting: Meeting, starts_at: datetime, ends_at: datetime | None) -> None:
    """Every moment at which something falls due is computed here and stored."""
    own = meeting.organization_id
    before = timedelta(minutes=settings.get(session, settings.CHECK_IN_MINUTES, own))
    grace = timedelta(minutes=settings.get(session, settings.LATE_MINUTES, own))
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.opens_at, meeting.late_from = starts_at - before, starts_at + grace
    meeting.closes_at = end_of(session, own, starts_at, ends_at)


def clashes(
    session: Session,
    kinds: Sequence[str],
    starts_at: datetime,
    *,
    by: Member,
    now: datetime,
    ends_at: datetime | None = None,
    of: Sequence[Organization] = (),
) -> list[tuple[Meeting, int]]:
    """Meetings to come that some of the same people are to attend at the same time, and how many of them."""
    found = [meeting_kinds.get(name) for name in dict.fromkeys(kinds)]
    held_by = inviting.holders(session, found, of, by=by, now=now)
    ids = [member.id for member in inviting.invited(session, found, held_by, now)]
    closes_at = end_of(session, held_by[0].id, starts_at, ends_at)
    return meetings.clashing(session, ids, starts_at, closes_at)


def clashes_moved(
    session: Session, meeting: Meeting, starts_at: datetime, ends_at: datetime | None
) -> list[tuple[Meeting, int]]:
    """As ``clashes``, for a meeting that is to be moved."""
    ids = [invitation.member_id for invitation in meetings.invitations(session, meeting.id)]
    closes_at = end_of(session, meeting.organization_id, starts_at, ends_at)
    return meetings.clashing(session, ids, starts_at, closes_at, but=meeting.id)


def move(
    session: Session, number: int, starts_at: datetime, *, by: Member, now: datetime, ends_at: datetime | None = None
) -> Meeting:
    """Move a meeting that has not begun and tell everyone invited; who said 参加 is asked anew.

    Without an end it lasts as long as before. Raises NotFound, NotAhead or BadTime.
    """
    meeting = meetings.get_run(session, number, by=by, now=now)
    if ends_at is None and meeting.ends_at is not None:
        ends_at = starts_at + (meeting.ends_at - meeting.starts_at)
    check_time(starts_at, ends_at, now)
    if now >= meeting.starts_at and meeting.state in AHEAD:
        raise NotAhead(f"M{number} 已经开始，不能改期", "会议")
    for held in [held for held in meeting.kinds if held.made_up]:
        making_up.check_day(held.period, shanghai_day(starts_at))
    moved = rows_changed(
        session,
        update(Meeting)
        .where(Meeting.id == number, Meeting.state.in_(AHEAD), Meeting.moves == meeting.moves)
        .values(state=MeetingState.ANNOUNCED, moves=Meeting.moves + 1),
    )
    _check_ahead(session, meeting, moved)
    meeting_news.unschedule(session, meeting, now)
    served = pressing.served(session, number)
    _set_times(session, meeting, starts_at, ends_at)
    for held in [held for held in meeting.kinds if not held.made_up]:
        held.period = _period(session, meeting, held.kind, shanghai_day(starts_at), held.period)
    session.flush()
    pressing.fell_away(session, served, now=now)
    again = (Invitation.meeting_id == number, Invitation.state.in_((*CAME, Attendance.COMING)))
    session.execute(update(Invitation).where(*again).values(state=Attendance.INVITED, checked_in_at=None))
    meeting_news.tell(session, meeting, "meeting_moved", now=now, but=by.id)
    meeting_news.schedule(session, meeting, now=now)
    return meeting


def _period(session: Session, meeting: Meeting, kind: str, day: date, keep: str = "") -> str:
    return cadences.period_for(session, meeting.organization_id, kind, day, keep=keep)


def cancel(session: Session, number: int, reason: str, *, by: Member, now: datetime) -> Meeting:
    """Cancel a meeting and tell everyone invited why; what was asked about it needs no answer any more.

    Raises NotFound, NotAhead or ReasonMissing.
    """
    meeting = meetings.get_run(session, number, by=by, now=now)
    if not reason:
        raise ReasonMissing("取消会议要写一句理由，大家会看到", f"取消会议 M{number} 书记出差")
    cancelled = rows_changed(
        session,
        update(Meeting)
        .where(Meeting.id == number, Meeting.state.in_(AHEAD))
        .values(
            state=MeetingState.CANCELLED,
            cancelled_at=now,
            cancelled_by_id=by.id,
            cancel_reason=reason[:LONGEST_REASON],
        ),
    )
    _check_ahead(session, meeting, cancelled)
    pressing.fell_away(session, pressing.served(session, number), now=now)
    meeting_news.unschedule(session, meeting, now)
    check_ins.forget_scans(session, number)
    for kind in (RequestKind.LEAVE, RequestKind.FORGOTTEN, RequestKind.NOT_EXPECTED):
        for request in requests.waiting_about(session, number, kind):
            requests.settle(session, request, RequestStatus.REJECTED, by=None, now=now, reason="会议取消了")
    meeting_news.tell(session, meeting, "meeting_cancelled", now=now, but=by.id)
    return meeting


def _check_ahead(session: Session, meeting: Meeting, changed: int) -> None:
    session.refresh(meeting)
    if not changed:
        was = "已经取消" if meeting.state is MeetingState.CANCELLED else "已经散会"
        if meeting.state in AHEAD:
            was = "刚有人改过，请看一下再改"
        raise NotAhead(f"M{meeting.id} {was}", f"会议 M{meeting.id}")
