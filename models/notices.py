"""Notices: the outbox, written in the transaction that causes them (rules 28).

    queued ─take▶ taken ─▶ sending ─▶ sent ─▶ delivered
      ▲             │         │  │      └───▶ failed
      └──retry──────┴─────────┘  └─unknown──▶ inbox ─▶ seen
    any of them but seen ─subject settled▶ lapsed

A notice has one recipient and one unique key that names the decision it speaks of. It carries facts,
not sentences: the wording belongs to handlers. ``sending`` is committed before the platform is called.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, RowId, insert_all_once, insert_once, one_of
from models.prepared import Prepared

LEASE = timedelta(seconds=60)
# First within 5 s; five failures in a row still arrive within 4 minutes.
BACK_OFF = (5, 15, 30, 60, 90)


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


WAITING = (NoticeStatus.QUEUED, NoticeStatus.TAKEN)
UNREAD = (NoticeStatus.INBOX, NoticeStatus.FAILED)


class Notice(Base):
    """One thing to tell one person."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_due", "status", "next_try"),
        Index("ix_notices_recipient", "member_id", "status"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    openid: Mapped[str | None] = mapped_column(String(64), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    subject: Mapped[str] = mapped_column(String(60), default="", index=True)
    status: Mapped[NoticeStatus] = mapped_column(one_of(NoticeStatus), default=NoticeStatus.QUEUED)
    due: Mapped[datetime]
    next_try: Mapped[datetime]
    lease: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)
    channel: Mapped[str | None] = mapped_column(String(20))
    message_id: Mapped[str | None] = mapped_column(String(40), index=True)
    maybe_received: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


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
    notices = [_values(id, None, kind, f"{key}:{id}", now, subject, facts) for id in member_ids]
    insert_all_once(session, Notice, notices)


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
    return insert_once(session, Notice, **_values(member_id, openid, kind, key, due, subject, facts))


def _values(
    member_id: int | None,
    openid: str | None,
    kind: str,
    key: str,
    due: datetime,
    subject: str,
    facts: Mapping[str, Any] | None,
) -> dict[str, Any]:
    return {
        "key": key,
        "kind": kind,
        "member_id": member_id,
        "openid": openid,
        "facts": dict(facts or {}),
        "subject": subject,
        "status": NoticeStatus.QUEUED,
        "due": due,
        "next_try": due,
        "attempts": 0,
        "maybe_received": False,
    }


def settle(session: Session, subject: str, now: datetime, *, kinds: Sequence[str] = ()) -> None:
    """The subject is settled: what has not been sent lapses, what has been is closed."""
    about = [Notice.subject == subject, Notice.settled_at.is_(None)]
    if kinds:
        about.append(Notice.kind.in_(kinds))
    open_ones = (*WAITING, *UNREAD)
    session.execute(
        update(Notice).where(*about, Notice.status.in_(open_ones)).values(status=NoticeStatus.LAPSED, settled_at=now)
    )
    session.execute(update(Notice).where(*about).values(settled_at=now))


_OPEN = Prepared(
    select(Notice.id)
    .where(Notice.member_id == bindparam("member_id"), Notice.kind == bindparam("kind"))
    .where(Notice.settled_at.is_(None), Notice.subject != "")
    .limit(1)
)


def has_open(session: Session, member_id: int, kind: str) -> bool:
    """Whether a member has been (or is being) told of something of this kind that is not settled yet."""
    return _OPEN.first(session, member_id=member_id, kind=kind) is not None


def unread_count(session: Session, member_id: int) -> int:
    """How many notices wait in a member's chat inbox."""
    query = select(func.count()).where(Notice.member_id == member_id, Notice.status.in_(UNREAD))
    return session.scalars(query).one()


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


def take(session: Session, *, lease: str, now: datetime, most: int = 100) -> list[int]:
    """Lease due notices for one worker; a lease that was not used in a minute is free again."""
    free = or_(
        Notice.status == NoticeStatus.QUEUED,
        (Notice.status == NoticeStatus.TAKEN) & (Notice.next_try <= now - LEASE),
    )
    found = select(Notice.id).where(free, Notice.next_try <= now).order_by(Notice.next_try, Notice.id).limit(most)
    ids = list(session.scalars(found.with_for_update(skip_locked=True)))
    session.execute(
        update(Notice).where(Notice.id.in_(ids)).values(status=NoticeStatus.TAKEN, lease=lease, next_try=now)
    )
    return ids


def begin(session: Session, id: int, *, lease: str, channel: str, now: datetime) -> bool:
    """Note channel and attempt; commit this before the platform is called. False when it is no longer ours."""
    began = session.execute(
        update(Notice)
        .where(Notice.id == id, Notice.status == NoticeStatus.TAKEN, Notice.lease == lease)
        .values(status=NoticeStatus.SENDING, channel=channel, attempts=Notice.attempts + 1, next_try=now)
    )
    return bool(began.rowcount)  # type: ignore[attr-defined]


def sent(session: Session, id: int, *, message_id: str | None, now: datetime) -> None:
    """The platform accepted it; that is certain, also when it was given up or queued again meanwhile."""
    open_ones = (*WAITING, NoticeStatus.SENDING, NoticeStatus.INBOX)
    accepted = {"status": NoticeStatus.SENT, "message_id": message_id, "sent_at": now, "maybe_received": False}
    session.execute(update(Notice).where(Notice.id == id, Notice.status.in_(open_ones)).values(accepted))


def retry(
    session: Session,
    id: int,
    *,
    attempts: int,
    now: datetime,
    wait: timedelta | None = None,
    maybe_received: bool = False,
) -> None:
    """Once more after a while, and into the inbox when tries are used up; marked when one may have arrived."""
    if attempts > len(BACK_OFF):
        to_inbox(session, id, maybe_received=maybe_received)
        return
    delay = wait or timedelta(seconds=BACK_OFF[attempts - 1])
    _after(session, id, NoticeStatus.QUEUED, maybe_received=maybe_received, next_try=now + delay)


def held(session: Session, id: int, *, lease: str) -> Notice | None:
    """The notice that a worker is sending, locked; None when another has taken it over meanwhile."""
    mine = (Notice.id == id, Notice.status == NoticeStatus.SENDING, Notice.lease == lease)
    return session.scalars(select(Notice).where(*mine).with_for_update()).one_or_none()


def next_channel(notice: Notice) -> None:
    """Certainly refused, which is no failed try: leased as before, so that another channel may begin."""
    notice.status = NoticeStatus.TAKEN if notice.settled_at is None else NoticeStatus.LAPSED
    notice.attempts -= 1


def hand_back(session: Session, id: int, *, lease: str, next_try: datetime) -> None:
    """Return a leased notice untouched, say because a quota is short or the moment is quiet."""
    session.execute(
        update(Notice)
        .where(Notice.id == id, Notice.status == NoticeStatus.TAKEN, Notice.lease == lease)
        .values(status=NoticeStatus.QUEUED, next_try=next_try)
    )


def lapse(session: Session, id: int, now: datetime) -> None:
    """There is nothing to say any more."""
    _after(session, id, NoticeStatus.LAPSED, settled_at=now)


def to_inbox(session: Session, id: int, *, maybe_received: bool = False) -> None:
    """No channel can take it: it waits in the chat, marked when it may have arrived after all."""
    _after(session, id, NoticeStatus.INBOX, maybe_received=maybe_received)


def _after(session: Session, id: int, status: NoticeStatus, *, maybe_received: bool = False, **values: Any) -> None:
    going = (NoticeStatus.TAKEN, NoticeStatus.SENDING)
    if maybe_received:  # what may have arrived once stays marked
        values["maybe_received"] = True
    after = update(Notice).where(Notice.id == id, Notice.status.in_(going))
    session.execute(after.values(status=_unless_settled(status), **values))


def _unless_settled(status: NoticeStatus) -> ColumnElement[NoticeStatus]:
    """The next state, or lapsed when the subject was settled during the call."""
    lapsed, open_ = literal(NoticeStatus.LAPSED, Notice.status.type), literal(status, Notice.status.type)
    return case((Notice.settled_at.is_not(None), lapsed), else_=open_)


def give_up(session: Session, before: datetime) -> None:
    """What may have arrived and should have been repeated before a moment is not repeated any more."""
    late = (Notice.maybe_received, Notice.status.in_(WAITING), Notice.next_try <= before)
    session.execute(update(Notice).where(*late).values(status=NoticeStatus.INBOX))


def stranded(session: Session, now: datetime) -> Sequence[Notice]:
    """Sendings whose process died or timed out: what became of them is unknown."""
    query = select(Notice).where(Notice.status == NoticeStatus.SENDING, Notice.next_try <= now - LEASE)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def report(session: Session, message_id: str, *, delivered: bool) -> None:
    """The platform says what became of a template message (TEMPLATESENDJOBFINISH)."""
    status = NoticeStatus.DELIVERED if delivered else NoticeStatus.FAILED
    told = update(Notice).where(Notice.message_id == message_id, Notice.status == NoticeStatus.SENT)
    session.execute(told.values(status=status if delivered else _unless_settled(status)))


def next_due(session: Session) -> datetime | None:
    """When the next queued notice falls due."""
    return session.scalars(select(func.min(Notice.next_try)).where(Notice.status == NoticeStatus.QUEUED)).first()
