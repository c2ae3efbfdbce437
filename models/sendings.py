"""Notices on their way by the group (rules 28): what models/deliveries.py does to one, done to many at once.

Nothing here waits for a row: what somebody else is at just now is left to a later turn, so that a worker which
holds many rows can stand in nobody's way and nobody in its.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, String, Update, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from models.columns import Moment
from models.deliveries import ON_ITS_WAY, SENT, queued
from models.lists import among, listed
from models.notices import Notice, NoticeStatus
from models.prepared import Prepared, connection_of

_NOTICES: Any = Notice.__table__


class Due(NamedTuple):
    """A due notice as it is read; nothing more of it is asked for (models/notices.py, ``Posted``)."""

    id: int
    key: str
    kind: str
    member_id: int | None
    openid: str | None
    facts: dict[str, Any]
    subject: str
    urgency: int
    maybe_received: bool


_DUE = Prepared(select(*(_NOTICES.c[name] for name in Due._fields)).where(listed(_NOTICES.c.id, "ids")))


def due(session: Session, *, now: datetime, most: int) -> list[Due]:
    """Due notices, those that need an answer first; they are this transaction's alone until it ends."""
    ids = queued(session, now=now, most=most)
    found = {row[0]: Due(*row) for row in _DUE.rows(session, ids=ids)} if ids else {}
    return [found[id] for id in ids]


def begin(session: Session, ids: Sequence[int], *, lease: str, channel: str, now: datetime) -> set[int]:
    """Note channel and attempt of notices held by ``due``; commit this before the platform is called.

    Returns those of which it could be noted.
    """
    return set(_BEGIN.column(session, ids=ids, mine=lease, by=channel, now=now))


_NOW = bindparam("now", type_=Moment())
_BEGIN = Prepared(
    update(_NOTICES)
    .where(listed(_NOTICES.c.id, "ids"), _NOTICES.c.status == NoticeStatus.QUEUED)
    .values(
        status=NoticeStatus.SENDING,
        lease=bindparam("mine"),
        channel=bindparam("by"),
        attempts=_NOTICES.c.attempts + 1,
        next_try=_NOW,
        called_at=case((_NOTICES.c.maybe_received, _NOTICES.c.called_at), else_=_NOW),
    )
    .returning(_NOTICES.c.id)
)


def hand_back(session: Session, ids: Sequence[int], next_try: datetime) -> None:
    """Return notices untouched until a moment, say because a quota is short or the moment is quiet."""
    _change(session, ids, next_try=next_try)


def to_inbox(session: Session, ids: Sequence[int]) -> None:
    """No channel can take them: they wait in the chat."""
    _change(session, ids, status=NoticeStatus.INBOX)


def lapse(session: Session, ids: Sequence[int], now: datetime) -> None:
    """There is nothing to say any more."""
    _change(session, ids, status=NoticeStatus.LAPSED, settled_at=now)


def lay_aside(session: Session, ids: Sequence[int], *, lease: str, now: datetime) -> None:
    """Lease notices that are not to be looked at again before the lease has run out."""
    _change(session, ids, status=NoticeStatus.TAKEN, lease=lease, next_try=now)


def _change(session: Session, ids: Sequence[int], **values: Any) -> None:
    if ids:
        connection_of(session).execute(_queued(ids).values(values))


def _queued(ids: Sequence[int]) -> Update:
    return update(_NOTICES).where(_NOTICES.c.id.in_(ids), _NOTICES.c.status == NoticeStatus.QUEUED)


def _accepted() -> Prepared:
    """Those of a list that nobody holds, each with its message's number, in one statement of PostgreSQL."""
    named = func.unnest(
        bindparam("ids", type_=ARRAY(BigInteger)), bindparam("messages", type_=ARRAY(String))
    ).table_valued("id", "message")
    named = named.render_derived(name="named")
    free = (
        select(_NOTICES.c.id, named.c.message)
        .join(named, named.c.id == _NOTICES.c.id)
        .where(among(_NOTICES.c.status, ON_ITS_WAY))
        .with_for_update(of=_NOTICES, skip_locked=True)
        .subquery("free")
    )
    return Prepared(
        update(_NOTICES)
        .where(_NOTICES.c.id == free.c.id)
        .values(
            status=NoticeStatus.SENT,
            message_id=free.c.message,
            sent_at=bindparam("now", type_=_NOTICES.c.sent_at.type),
            maybe_received=False,
        )
        .returning(_NOTICES.c.id)
    )


_ACCEPTED = _accepted()


def sent(session: Session, messages: Mapping[int, str | None], now: datetime) -> set[int]:
    """The platform accepted these, each by its number of the message; that is certain, as in ``deliveries.sent``.

    Returns those that somebody else is at just now, to be written one by one.
    """
    if connection_of(session).dialect.name != "postgresql":  # one writer, so nobody is at anything
        SENT.run_all(session, [{"of": id, "message": message, "now": now} for id, message in messages.items()])
        return set()
    written = _ACCEPTED.column(session, ids=list(messages), messages=list(messages.values()), now=now)
    return messages.keys() - set(written)
