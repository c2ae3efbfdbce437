"""The minutes of a meeting (会议记录): an outline filed by chat, supplemented afterwards, never changed (rules 27).

Under 传达, 通报 and 听取意见 stands what S0 asks of a group meeting; what was suggested is passed on as it is filed
(``models/suggestions.py``).

    expected ──file──▶ filed ──supplement──▶ filed
        └── 3 working days ──▶ its organizer is reminded ──▶ the level above is told

Time, place, who should have come, who came and who was away with which reason are the meeting's own; nobody writes
them twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import breaches, meetings, minutes_pictures, notices, settings, suggestions
from models.base import Base
from models.columns import RowId
from models.errors import Refused
from models.guarded import rows_changed
from models.meetings import HELD, Meeting, MeetingState
from models.members import Member
from models.months import SHANGHAI, at, shanghai_day
from models.prepared import Prepared
from models.rounds import HOUR, before
from models.rows import insert_once
from models.workdays import workday_after, working_days_after

LONGEST_NAME, LONGEST_GUESTS, LONGEST_TEXT = 40, 200, 10_000
EXAMPLE = "会议记录 M3 议题 学习全会精神 决议 每人写一篇体会"


@dataclass(frozen=True, slots=True)
class Outline:
    """What is typed of a meeting's minutes; what is left empty has its default."""

    topics: str = ""
    resolutions: str = ""
    host: str = ""  # 主持人; the organizer, where nobody is named
    recorder: str = ""  # 记录人; whoever files it, where nobody is named
    guests: str = ""  # 列席
    relayed: str = ""  # 传达
    reported: str = ""  # 通报
    heard: str = ""  # 听取意见


# The fields as they are headed, in the order of the sheet.
PEOPLE = {"host": "主持人", "recorder": "记录人", "guests": "列席"}
SAID = {"topics": "议题", "relayed": "传达", "reported": "通报", "heard": "听取意见", "resolutions": "决议"}
LIMITS = {"host": LONGEST_NAME, "recorder": LONGEST_NAME, "guests": LONGEST_GUESTS} | dict.fromkeys(SAID, LONGEST_TEXT)


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
    relayed: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")
    reported: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")
    heard: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")
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


class Written(NamedTuple):
    """That somebody wrote minutes, and when."""

    at: datetime
    meeting_id: int


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


def last_written(session: Session, member_id: int, since: datetime) -> Written | None:
    """What minutes a member filed or supplemented last after a moment."""
    filed = select(Minutes.filed_at, Minutes.meeting_id).where(
        Minutes.filed_by_id == member_id, Minutes.filed_at > since
    )
    added = select(MinutesSupplement.at, MinutesSupplement.meeting_id).where(
        MinutesSupplement.by_id == member_id, MinutesSupplement.at > since
    )
    rows = [*session.execute(filed), *session.execute(added)]
    return max((Written(*row) for row in rows), default=None)


def file(session: Session, number: int, outline: Outline, *, by: Member, now: datetime) -> Minutes:
    """File the minutes of a meeting that the asker runs; where they are filed, add to them.

    Pictures just sent go along, and what was suggested is passed on. Raises NotFound, NotOver, NothingSaid, TooLong
    or, for what is heard of a breach, NotTakenHere.
    """
    meeting = meetings.get_run(session, number, by=by, now=now)
    _check(meeting, outline)
    expect(session, meeting)
    said = {name: getattr(outline, name) for name in SAID}
    filed = rows_changed(
        session,
        update(Minutes)
        .where(Minutes.meeting_id == number, Minutes.filed_at.is_(None))
        .values(
            filed_at=now,
            filed_by_id=by.id,
            host=outline.host or meeting.organizer.name,
            recorder=outline.recorder or by.name,
            guests=outline.guests,
            **said,
        ),
    )
    minutes = session.get_one(Minutes, number, populate_existing=True)
    if filed:
        session.execute(
            update(Meeting)
            .where(Meeting.id == number, Meeting.state == MeetingState.CLOSED)
            .values(state=MeetingState.FILED)
        )
        session.refresh(meeting)
        notices.settle(session, minutes.subject, now)
    else:
        _supplement(session, minutes, outline, by, now)
    minutes_pictures.attach_loose(session, number, by, now)
    suggestions.keep(session, meeting, outline.heard, now=now)
    return minutes


def _check(meeting: Meeting, outline: Outline) -> None:
    if meeting.state is MeetingState.CANCELLED:
        raise NotOver(f"M{meeting.id} 取消了，不用记录", "会议")
    if meeting.state not in HELD:
        over = meeting.closes_at.astimezone(SHANGHAI)
        raise NotOver(f"M{meeting.id} 还没有散会，{over.month}月{over.day}日{over:%H:%M}以后再记", EXAMPLE)
    if not any(getattr(outline, name) for name in SAID):
        raise NothingSaid("请写议题和决议", EXAMPLE)
    for name, word in (PEOPLE | SAID).items():
        text, most = getattr(outline, name), LIMITS[name]
        if len(text) > most:
            raise TooLong(f"{word}最多{most}字，您写了{len(text)}字，其余可以再发一次作为补充", EXAMPLE)
    breaches.check(outline.heard)


def _supplement(session: Session, minutes: Minutes, outline: Outline, by: Member, now: datetime) -> None:
    """Everything that was typed, under its own heading; what had none stands without."""
    parts = [(word, getattr(outline, name)) for name, word in (PEOPLE | SAID | {"topics": ""}).items()]
    text = "；".join(f"{word}：{said}" if word else said for word, said in parts if said)
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
        **dict.fromkeys(SAID, ""),
    )


_LACKING = Prepared(
    select(Meeting.id)
    .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
    .where(Meeting.state == MeetingState.CLOSED, Minutes.meeting_id.is_(None))
    .order_by(Meeting.id)
)


def unwritten(session: Session, member_id: int) -> Sequence[Meeting]:
    """The meetings of an organizer that are over and have no minutes yet, the last one first."""
    query = select(Meeting).where(Meeting.organizer_id == member_id, Meeting.state == MeetingState.CLOSED)
    return session.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc())).all()


def lacking(session: Session) -> list[int]:
    """The meetings that are over and of whose minutes nothing is noted."""
    return _LACKING.column(session)
