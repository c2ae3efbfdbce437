"""Notices: the outbox, written in the transaction that causes them (rules 28).

    queued ─take▶ taken ─▶ sending ─▶ sent ─▶ delivered
      ▲             │         │  │      └───▶ failed
      └──retry──────┴─────────┘  └─unknown──▶ inbox ─▶ seen
    any of them but seen ─subject settled▶ lapsed

A notice has one recipient and one unique key that names the decision it speaks of. It carries facts,
not sentences: the wording belongs to handlers. How it gets to its reader is in models/deliveries.py.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from sqlalchemy import JSON, ForeignKey, Index, String, bindparam, exists, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import triggers, urgency
from models.base import Base
from models.columns import Moment, RowId, one_of
from models.guarded import change
from models.lists import among
from models.prepared import Prepared
from models.rows import insert_all_once, insert_once

BELL = "notices_posted"  # what PostgreSQL is told by whoever posts one
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class NoticeStatus(StrEnum):
    """Where a notice is on its way."""

    QUEUED = "queued"  # waits for its moment or its next try
    TAKEN = "taken"  # a worker has leased it
    SENDING = "sending"  # the platform is being called; if we die now, nobody knows
    SENT = "sent"  # the platform accepted it
    DELIVERED = "delivered"  # the platform said that it arrived
    FAILED = "failed"  # the platform said that it did not arrive
    INBOX = "inbox"  # no channel could take it: shown in the chat by 通知
    SEEN = "seen"  # read in the chat
    LAPSED = "lapsed"  # its subject was settled before it was sent


class Posted(Protocol):
    """What a notice says and to whom: what it takes to word and to send it."""

    @property
    def id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def member_id(self) -> int | None: ...
    @property
    def openid(self) -> str | None: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def subject(self) -> str: ...
    @property
    def urgency(self) -> int: ...
    @property
    def maybe_received(self) -> bool: ...


WAITING = (NoticeStatus.QUEUED, NoticeStatus.TAKEN)
UNREAD = (NoticeStatus.INBOX, NoticeStatus.FAILED)


_NOT_SETTLED = text("settled_at IS NULL")


class Notice(Base):
    """One thing to tell one person."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_due", "status", "urgency", "next_try", "id"),  # many fall due at one moment
        Index("ix_notices_recipient", "member_id", "status"),
        # Whoever decides has thousands that are settled, and each claim asks whether one is not.
        Index("ix_notices_open", "member_id", "kind", sqlite_where=_NOT_SETTLED, postgresql_where=_NOT_SETTLED),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    openid: Mapped[str | None] = mapped_column(String(64), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    subject: Mapped[str] = mapped_column(String(60), default="", index=True)
    status: Mapped[NoticeStatus] = mapped_column(one_of(NoticeStatus), default=NoticeStatus.QUEUED)
    urgency: Mapped[int]
    due: Mapped[datetime]
    next_try: Mapped[datetime]
    lease: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime | None]  # of a repeat: when the first call began whose outcome is unknown
    channel: Mapped[str | None] = mapped_column(String(20))
    message_id: Mapped[str | None] = mapped_column(String(40), index=True)
    maybe_received: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


triggers.rings(Notice.__table__, BELL)  # type: ignore[arg-type]  # it is a Table


def post(
    session: Session,
    member_id: int,
    kind: str,
    *,
    key: str,
    now: datetime,
    due: datetime | None = None,
    subject: str = "",
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Queue a notice for a member; False when this very one was posted before (its key is taken)."""
    return _post(session, member_id, None, kind, key, due or now, subject, facts)


def post_all(
    session: Session,
    member_ids: Sequence[int],
    kind: str,
    *,
    key: str,
    now: datetime,
    subject: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """As ``post``, to many in one statement; the key of each ends with the number of its member."""
    people = [{"member_id": id, "key": f"{key}:{id}"} for id in member_ids]
    insert_all_once(session, Notice, people, **_shared(None, kind, now, subject, facts))


def post_to_openid(
    session: Session, openid: str, kind: str, *, key: str, now: datetime, facts: Mapping[str, Any] | None = None
) -> bool:
    """Queue a notice for a WeChat that is (no longer, or not yet) bound to a member."""
    return _post(session, None, openid, kind, key, now, "", facts)


def _post(
    session: Session,
    member_id: int | None,
    openid: str | None,
    kind: str,
    key: str,
    due: datetime,
    subject: str,
    facts: Mapping[str, Any] | None,
) -> bool:
    shared = _shared(openid, kind, due, subject, facts)
    return insert_once(session, Notice, member_id=member_id, key=key, **shared)


def _shared(
    openid: str | None, kind: str, due: datetime, subject: str, facts: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the notices of one thing have in common, beside their keys and members."""
    return {
        "kind": kind,
        "openid": openid,
        "facts": dict(facts or {}),
        "subject": subject,
        "status": NoticeStatus.QUEUED,
        "urgency": int(urgency.of_kind(kind)),
        "due": due,
        "next_try": due,
        "attempts": 0,
        "maybe_received": False,
    }


_ABOUT = Prepared(select(Notice.id).where(Notice.subject == bindparam("subject"), Notice.settled_at.is_(None)).limit(1))


def settle(session: Session, subject: str, now: datetime, *, kinds: Sequence[str] = ()) -> None:
    """The subject is settled: what has not been sent lapses, what has been is closed."""
    if _ABOUT.first(session, subject=subject) is None:  # nobody was told, as of most months that become final
        return
    for statement in _settling(*kinds):
        change(session, Notice, statement, of=subject, now=now)


@cache
def _settling(*kinds: str) -> tuple[Prepared, Prepared]:
    """What has not been sent lapses; all of it is closed."""
    about = update(Notice).where(Notice.subject == bindparam("of"), Notice.settled_at.is_(None))
    if kinds:
        about = about.where(among(Notice.kind, kinds))
    settled = {"settled_at": bindparam("now", type_=Moment())}
    open_ones = among(Notice.status, (*WAITING, *UNREAD))
    return Prepared(about.where(open_ones).values(status=NoticeStatus.LAPSED, **settled)), Prepared(
        about.values(settled)
    )


_OPEN = (
    exists(select(Notice.id))
    .where(Notice.member_id == bindparam("member_id"), Notice.kind == bindparam("kind"))
    .where(Notice.settled_at.is_(None), Notice.subject != "")
)
_TOLD = Prepared(select(_OPEN, exists(select(Notice.id)).where(Notice.key == bindparam("of"))))


def told(session: Session, member_id: int, kind: str, key: str) -> tuple[bool, bool]:
    """Whether a member has been (or is being) told of something of this kind that is not settled yet, and
    whether the notice of this key was posted before."""
    open_, posted = _TOLD.rows(session, member_id=member_id, kind=kind, of=key)[0]
    return open_, posted


def unread_count(session: Session, member_id: int) -> int:
    """How many notices wait in a member's chat inbox."""
    query = select(func.count()).where(Notice.member_id == member_id, Notice.status.in_(UNREAD))
    return session.scalars(query).one()


def unread_counts(session: Session, member_ids: Sequence[int]) -> dict[int, int]:
    """How many notices wait in the chat inbox of each of these members; without those who have none."""
    query = select(Notice.member_id, func.count()).where(Notice.member_id.in_(member_ids), Notice.status.in_(UNREAD))
    return {id: count for id, count in session.execute(query.group_by(Notice.member_id)) if id is not None}


def unread(session: Session, member_id: int) -> Sequence[Notice]:
    """The notices in a member's chat inbox, oldest first."""
    query = select(Notice).where(Notice.member_id == member_id, Notice.status.in_(UNREAD))
    return session.scalars(query.order_by(Notice.id)).all()


def mark_seen(session: Session, found: Sequence[Notice], now: datetime) -> None:
    """They were shown in the chat."""
    for notice in found:
        notice.status, notice.seen_at = NoticeStatus.SEEN, now


def last_told(session: Session, member_id: int) -> Notice | None:
    """The notice a bare 收到 speaks of: the last one that reached the member."""
    reached = (NoticeStatus.SENT, NoticeStatus.DELIVERED, NoticeStatus.SEEN)
    query = (
        select(Notice)
        .where(Notice.member_id == member_id, Notice.status.in_(reached))
        .order_by(func.coalesce(Notice.sent_at, Notice.seen_at).desc(), Notice.id.desc())
    )
    return session.scalars(query.limit(1)).first()


def acknowledge(session: Session, notice: Notice, now: datetime) -> None:
    """The member said 收到."""
    notice.acknowledged_at = notice.acknowledged_at or now


_NEXT = Prepared(
    select(func.min(Notice.next_try)).where(Notice.status == NoticeStatus.QUEUED, Notice.next_try > bindparam("after"))
)


def next_due(session: Session, after: datetime = LONG_AGO) -> datetime | None:
    """When the next queued notice falls due; ``after`` looks past those that should have gone already."""
    found: datetime | None = _NEXT.column(session, after=after)[0]
    return found
