"""The minutes of a meeting (会议记录): an outline filed by chat, supplemented afterwards, never changed (rules 27).

    expected ──file──▶ filed ──supplement──▶ filed
        └── 3 working days ──▶ its organizer is reminded ──▶ the level above is told

Time, place, who should have come, who came and who was away with which reason are the meeting's own; nobody writes
them twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column, relationship

from models import meetings, notices, pressing, settings
from models.base import Base, RowId, insert_once
from models.errors import Refused
from models.meetings import HELD, Meeting, MeetingState
from models.members import Member
from models.months import SHANGHAI, at, shanghai_day
from models.rounds import HOUR, before
from models.workdays import workday_after, working_days_after

LONGEST_NAME, LONGEST_GUESTS, LONGEST_TEXT = 40, 200, 2000
EXAMPLE = "会议记录 M3 议题 学习全会精神 决议 每人写一篇体会"


@dataclass(frozen=True, slots=True)
class Outline:
    """What is typed of a meeting's minutes; what is left empty has its default."""

    topics: str
    resolutions: str = ""
    host: str = ""  # 主持人; the organizer, where nobody is named
    recorder: str = ""  # 记录人; whoever files it, where nobody is named
    guests: str = ""  # 列席


class Minutes(Base):
    """The minutes that a meeting is to have, and once they are filed, what they say."""

    __tablename__ = "minutes"
    __table_args__ = (Index("ix_minutes_due", "filed_at", "remind_at"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True, autoincrement=False)
    due: Mapped[datetime]
    remind_at: Mapped[datetime]
    above_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    told_above_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    host: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    recorder: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    guests: Mapped[str] = mapped_column(String(LONGEST_GUESTS), default="")
    topics: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")
    resolutions: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")

    meeting: Mapped[Meeting] = relationship(lazy="joined", innerjoin=True)

    @property
    def subject(self) -> str:
        """What its notices are about."""
        return f"minutes:{self.meeting_id}"


class MinutesSupplement(Base):
    """What was added to minutes after they were filed."""

    __tablename__ = "minutes_supplements"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("minutes.meeting_id"), index=True)
    text: Mapped[str] = mapped_column(String(LONGEST_TEXT))
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    by: Mapped[Member] = relationship(lazy="joined", innerjoin=True)


class NotOver(Refused):
    """The meeting is not over yet, or was cancelled."""


class NothingSaid(Refused):
    """Minutes without a word."""


class TooLong(Refused):
    """More than a field of the minutes holds."""


def find(session: Session, meeting_id: int) -> Minutes | None:
    """The minutes of a meeting, filed or expected."""
    return session.get(Minutes, meeting_id, populate_existing=True)


def supplements(session: Session, meeting_id: int) -> Sequence[MinutesSupplement]:
    """What was added to a meeting's minutes, in order."""
    query = select(MinutesSupplement).where(MinutesSupplement.meeting_id == meeting_id)
    return session.scalars(query.order_by(MinutesSupplement.id)).all()


def file(session: Session, number: int, outline: Outline, *, by: Member, now: datetime) -> Minutes:
    """File the minutes of a meeting that the asker runs; where they are filed, add to them.

    Raises NotFound, NotOver, NothingSaid or TooLong.
    """
    meeting = meetings.get_run(session, number, by=by, now=now)
    _check(meeting, outline)
    expect(session, meeting)
    filed = session.execute(
        update(Minutes)
        .where(Minutes.meeting_id == number, Minutes.filed_at.is_(None))
        .values(
            filed_at=now,
            filed_by_id=by.id,
            host=outline.host or meeting.organizer.name,
            recorder=outline.recorder or by.name,
            guests=outline.guests,
            topics=outline.topics,
            resolutions=outline.resolutions,
        )
    )
    minutes = session.get_one(Minutes, number, populate_existing=True)
    if filed.rowcount:  # type: ignore[attr-defined]
        session.execute(
            update(Meeting)
            .where(Meeting.id == number, Meeting.state == MeetingState.CLOSED)
            .values(state=MeetingState.FILED)
        )
        session.refresh(meeting)
        notices.settle(session, minutes.subject, now)
    else:
        _supplement(session, minutes, outline, by, now)
    return minutes


def _check(meeting: Meeting, outline: Outline) -> None:
    if meeting.state is MeetingState.CANCELLED:
        raise NotOver(f"M{meeting.id} 取消了，不用记录", "会议")
    if meeting.state not in HELD:
        over = meeting.closes_at.astimezone(SHANGHAI)
        raise NotOver(f"M{meeting.id} 还没有散会，{over.month}月{over.day}日{over:%H:%M}以后再记", EXAMPLE)
    if not (outline.topics or outline.resolutions):
        raise NothingSaid("请写议题和决议", EXAMPLE)
    limits = (
        ("主持人", outline.host, LONGEST_NAME),
        ("记录人", outline.recorder, LONGEST_NAME),
        ("列席", outline.guests, LONGEST_GUESTS),
        ("议题", outline.topics, LONGEST_TEXT),
        ("决议", outline.resolutions, LONGEST_TEXT),
    )
    for name, text, most in limits:
        if len(text) > most:
            raise TooLong(f"{name}最多{most}字，您写了{len(text)}字，其余可以再发一次作为补充", EXAMPLE)


def _supplement(session: Session, minutes: Minutes, outline: Outline, by: Member, now: datetime) -> None:
    """Everything that was typed, under its own heading."""
    parts = (
        ("主持人", outline.host),
        ("记录人", outline.recorder),
        ("列席", outline.guests),
        ("", outline.topics),
        ("决议", outline.resolutions),
    )
    text = "；".join(f"{name}：{said}" if name else said for name, said in parts if said)
    if len(text) > LONGEST_TEXT:
        raise TooLong(f"一次最多补充{LONGEST_TEXT}字，请分几次发", EXAMPLE)
    session.add(MinutesSupplement(meeting_id=minutes.meeting_id, text=text, by_id=by.id, by=by, at=now))
    session.flush()


def due_of(session: Session, meeting: Meeting) -> datetime:
    """Until when the minutes of a meeting are to be filed: 3 working days from its end."""
    days = settings.get(session, settings.MINUTES_DAYS, meeting.organization_id)
    return working_days_after(meeting.closed_at or meeting.closes_at, days)


def expect(session: Session, meeting: Meeting) -> bool:
    """A meeting is over: its minutes are due; False when that was noted before."""
    due = due_of(session, meeting)
    last = shanghai_day(before(due))
    return insert_once(
        session,
        Minutes,
        meeting_id=meeting.id,
        due=due,
        remind_at=at(workday_after(last, 1), HOUR),
        above_at=at(workday_after(last, 2), HOUR),
        host="",
        recorder="",
        guests="",
        topics="",
        resolutions="",
    )


def lacking(session: Session) -> list[int]:
    """The meetings that are over and of whose minutes nothing is noted."""
    query = select(Meeting.id).outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
    query = query.where(Meeting.state == MeetingState.CLOSED, Minutes.meeting_id.is_(None))
    return list(session.scalars(query.order_by(Meeting.id)))


def to_remind(session: Session, now: datetime) -> list[int]:
    """The meetings whose organizer is to be reminded of the minutes."""
    return _late(session, Minutes.reminded_at.is_(None), Minutes.remind_at <= now)


def to_tell_above(session: Session, now: datetime) -> list[int]:
    """The meetings about whose minutes the level above is to be told."""
    return _late(session, Minutes.told_above_at.is_(None), Minutes.above_at <= now)


def _late(session: Session, *conditions: Any) -> list[int]:
    query = select(Minutes.meeting_id).where(Minutes.filed_at.is_(None), *conditions)
    return list(session.scalars(query.order_by(Minutes.meeting_id)))


def remind(session: Session, meeting_id: int, *, now: datetime) -> bool:
    """Remind the organizer, once; False when it was done before, or the minutes are there."""
    if not _mark(session, meeting_id, Minutes.reminded_at, now):
        return False
    minutes = session.get_one(Minutes, meeting_id)
    _post(session, minutes, "minutes_late", minutes.meeting.organizer_id, now)
    return True


def tell_above(session: Session, meeting_id: int, *, now: datetime) -> bool:
    """Tell the level above, once; False when it was done before, or the minutes are there."""
    if not _mark(session, meeting_id, Minutes.told_above_at, now):
        return False
    minutes = session.get_one(Minutes, meeting_id)
    for member_id in pressing.level_over(session, minutes.meeting.organization, minutes.meeting.organizer_id, now):
        _post(session, minutes, "minutes_late_above", member_id, now)
    return True


def _mark(session: Session, meeting_id: int, column: InstrumentedAttribute[datetime | None], now: datetime) -> bool:
    mine = (Minutes.meeting_id == meeting_id, Minutes.filed_at.is_(None), column.is_(None))
    marked = session.execute(update(Minutes).where(*mine).values({column: now}))
    return bool(marked.rowcount)  # type: ignore[attr-defined]


def _post(session: Session, minutes: Minutes, kind: str, member_id: int, now: datetime) -> None:
    key, facts = f"{kind}:{minutes.meeting_id}:{member_id}", {"meeting": minutes.meeting_id}
    notices.post(session, member_id, kind, key=key, now=now, subject=minutes.subject, facts=facts)
