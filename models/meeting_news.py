"""What is told about a meeting: announced, moved, cancelled at once; reminded before it (rules 24).

A reminder's moment is computed when the meeting is planned or moved, and stored. It waits for the end of quiet
hours, unless the meeting would be missed. Nobody gets more than three pushes with one meeting: who was told of
a move, was pressed in the same week or has an answer to a request for leave goes without the earlier reminders.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, bindparam, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import meetings, notices, quiet, settings
from models.base import Base
from models.columns import RowId
from models.guarded import rows_changed
from models.lists import among
from models.meetings import AHEAD, EXPECTED, Meeting
from models.members import Member
from models.months import at
from models.notices import Notice
from models.prepared import Prepared
from models.requests import Request, RequestKind

MOST = 3  # pushes about one meeting
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


class MeetingReminder(Base):
    """One reminder to come of a meeting, as it was last moved."""

    __tablename__ = "meeting_reminders"
    __table_args__ = (UniqueConstraint("meeting_id", "moves", "before"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    moves: Mapped[int]
    before: Mapped[str] = mapped_column(String(8))
    due: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]


def tell(session: Session, meeting: Meeting, kind: str, *, now: datetime, but: int | None = None) -> None:
    """Tell everyone invited at once what became of a meeting; what was told before is closed by it."""
    notices.settle(session, meeting.subject, now)
    people = [invitation.member for invitation in meetings.invitations(session, meeting.id)]
    tell_some(session, meeting, kind, [m for m in people if m.id != but], now=now)


def tell_some(session: Session, meeting: Meeting, kind: str, people: Iterable[Member], *, now: datetime) -> None:
    """Tell some people something of a meeting, each once for as long as it is not moved."""
    _post(session, meeting, kind, f"{kind}:{meeting.id}:{meeting.moves}", people, now)


def _post(session: Session, meeting: Meeting, kind: str, key: str, people: Iterable[Member], now: datetime) -> None:
    """Post to each, marked where the morning would be too late (rules 24: unless the meeting would be missed)."""
    sorted_out: dict[bool, list[int]] = {True: [], False: []}
    for member in people:
        if member.left_on is None:
            morning = quiet.until(session, member.branch_id, now)
            sorted_out[morning is not None and morning >= meeting.starts_at].append(member.id)
    for urgent, ids in sorted_out.items():
        facts = {"meeting": meeting.id, "moves": meeting.moves} | ({quiet.URGENT: True} if urgent else {})
        notices.post_all(session, ids, kind, key=key, now=now, subject=meeting.subject, facts=facts)


def schedule(session: Session, meeting: Meeting, *, now: datetime) -> None:
    """Store when a meeting's reminders fall due, those that still lie ahead of what is told now."""
    told = quiet.until(session, meeting.organization_id, now) or now
    for before in settings.get(session, settings.MEETING_REMINDERS, meeting.organization_id):
        due = meeting.starts_at - int(before[:-1]) * UNITS[before[-1]]
        morning = quiet.until(session, meeting.organization_id, due)
        if morning is not None and morning < meeting.starts_at:
            due = morning
        if due > told:
            session.add(MeetingReminder(meeting_id=meeting.id, moves=meeting.moves, before=before, due=due))
    session.flush()


def unschedule(session: Session, meeting: Meeting, now: datetime) -> None:
    """A meeting was moved, cancelled or closed: its reminders are not sent."""
    mine = (MeetingReminder.meeting_id == meeting.id, MeetingReminder.done_at.is_(None))
    session.execute(update(MeetingReminder).where(*mine).values(done_at=now))


_DUE = Prepared(
    select(MeetingReminder.id)
    .where(MeetingReminder.done_at.is_(None), MeetingReminder.due <= bindparam("now"))
    .order_by(MeetingReminder.due, MeetingReminder.id)
)


def due_reminders(session: Session, now: datetime) -> Sequence[int]:
    """The reminders to be sent."""
    return _DUE.column(session, now=now)


def remind(session: Session, id: int, *, now: datetime) -> bool:
    """Remind whoever is expected and has not asked for leave; False when it was done before or comes too late."""
    taken = rows_changed(
        session,
        update(MeetingReminder).where(MeetingReminder.id == id, MeetingReminder.done_at.is_(None)).values(done_at=now),
    )
    if not taken:
        return False
    reminder = session.get_one(MeetingReminder, id)
    meeting = session.get_one(Meeting, reminder.meeting_id)
    if meeting.state not in AHEAD or now >= meeting.starts_at or _followed(session, reminder, now):
        return False
    later = _later(session, reminder)
    told = _told(session, meeting, pressed=later > 0)
    most = MOST - 1 - later
    people = [
        invitation.member
        for invitation in meetings.invitations(session, meeting.id)
        if invitation.state in EXPECTED and invitation.leave_asked_at is None
        if told[invitation.member_id] <= most
    ]
    key = f"meeting_reminder:{meeting.id}:{reminder.moves}:{reminder.before}"
    _post(session, meeting, "meeting_reminder", key, people, now)
    return True


def _later(session: Session, reminder: MeetingReminder) -> int:
    """How many reminders of the meeting come after one."""
    mine = (MeetingReminder.meeting_id == reminder.meeting_id, MeetingReminder.moves == reminder.moves)
    query = select(func.count()).select_from(MeetingReminder).where(*mine, MeetingReminder.due > reminder.due)
    return session.scalars(query).one()


def _followed(session: Session, reminder: MeetingReminder, now: datetime) -> bool:
    """Whether a later one is due as well, say after a time in which nothing ran: only the last is sent."""
    mine = (MeetingReminder.meeting_id == reminder.meeting_id, MeetingReminder.moves == reminder.moves)
    later = MeetingReminder.due.between(reminder.due, now) & (MeetingReminder.id > reminder.id)
    return session.scalars(select(MeetingReminder.id).where(*mine, later)).first() is not None


def _told(session: Session, meeting: Meeting, *, pressed: bool) -> Counter[int | None]:
    """How many pushes each member gets with a meeting beside the reminders to come; its organizer hears of its end.

    Being ``pressed`` in its week counts too, though it takes nobody's last reminder away.
    """
    told: Counter[int | None] = Counter({meeting.organizer_id: 1})
    about = (Notice.subject == meeting.subject, Notice.kind.startswith("meeting_"))
    told.update(session.scalars(select(Notice.member_id).where(*about)))
    decided = (Request.meeting_id == meeting.id, Request.kind == RequestKind.LEAVE, Request.decided_at.is_not(None))
    told.update(session.scalars(select(Request.member_id).where(*decided)))
    if pressed:
        monday = at(meeting.day - timedelta(days=meeting.day.weekday()))
        week = Notice.due.between(monday, meeting.starts_at)
        told.update(session.scalars(select(Notice.member_id).where(Notice.kind == "meetings_to_plan", week)))
    return told


def _next(column: Any, going: ColumnElement[bool]) -> Prepared:
    return Prepared(select(column).where(going, column > bindparam("after")).order_by(column).limit(1))


_NEXT = (
    _next(MeetingReminder.due, MeetingReminder.done_at.is_(None)),
    _next(Meeting.opens_at, Meeting.state == AHEAD[0]),
    _next(Meeting.closes_at, among(Meeting.state, AHEAD)),
)


def next_moment(session: Session, after: datetime) -> datetime | None:
    """When the next thing about a meeting falls due: a reminder, the beginning of check-in, the end."""
    return min((moment for one in _NEXT for moment in one.column(session, after=after)), default=None)
