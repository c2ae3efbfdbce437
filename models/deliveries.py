"""Deliveries: a notice on its way, from the queue to what the platform says of it (rules 28).

The states are drawn in models/notices.py. ``sending``, with channel and attempt, is committed before the platform
is called; what a call came to is written afterwards, by whoever still holds the lease.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, case, literal, select, update
from sqlalchemy.orm import Session

from models.columns import Moment
from models.guarded import change
from models.lists import among
from models.notices import WAITING, Notice, NoticeStatus
from models.prepared import Prepared
from models.rows import by_ids
from models.urgency import Urgency

LEASE = timedelta(seconds=60)
# Seconds. The first retry begins within 5 s, also when the queue is looked at only every other second; five failures
# in a row, two of them for the minute's quota, still arrive within 4 minutes.
BACK_OFF = (3, 12, 25, 35, 50)
# The platform sees a repeat for ten minutes after the first call; half a minute is for the way there.
REPEATED_WITHIN = timedelta(minutes=9, seconds=30)


_QUEUED = Prepared(
    select(Notice.id)
    .where(Notice.status == NoticeStatus.QUEUED, Notice.urgency == bindparam("urgency"))
    .where(Notice.next_try <= bindparam("now"))
    .order_by(Notice.next_try, Notice.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)


def _idle(status: NoticeStatus) -> Prepared:
    """Those that have been in a state since before some moment, but for what somebody else is at just now."""
    idle = (Notice.status == status, Notice.next_try <= bindparam("before"))
    return Prepared(select(Notice.id).where(*idle).order_by(Notice.id).with_for_update(skip_locked=True))


_UNUSED, _STRANDED = _idle(NoticeStatus.TAKEN), _idle(NoticeStatus.SENDING)


def queued(session: Session, *, now: datetime, most: int) -> list[int]:
    """Due notices, those that need an answer first, locked; without those that somebody else is at."""
    ids: list[int] = []
    for urgency in Urgency:
        ids += _QUEUED.column(session, urgency=urgency.value, now=now, most=most - len(ids))
        if len(ids) == most:
            break
    return ids


def take(session: Session, *, lease: str, now: datetime, most: int = 100) -> list[int]:
    """Lease due notices for one worker."""
    free_unused(session, now)
    ids = queued(session, now=now, most=most)
    if ids:
        leased = {"status": NoticeStatus.TAKEN, "lease": lease, "next_try": now}
        session.execute(update(Notice).where(Notice.id.in_(ids)).values(leased))
    return ids


def free_unused(session: Session, now: datetime) -> None:
    """A lease that was not used in a minute is free again."""
    ids = _UNUSED.column(session, before=now - LEASE)
    if ids:
        session.execute(update(Notice).where(Notice.id.in_(ids)).values(status=NoticeStatus.QUEUED))


_NOW = bindparam("now", type_=Moment())
_BEGIN = Prepared(
    update(Notice)
    .where(Notice.id == bindparam("of"), Notice.status == NoticeStatus.TAKEN, Notice.lease == bindparam("mine"))
    .values(
        status=NoticeStatus.SENDING,
        channel=bindparam("by"),
        attempts=Notice.attempts + 1,
        next_try=_NOW,
        called_at=case((Notice.maybe_received, Notice.called_at), else_=_NOW),
    )
)
ON_ITS_WAY = (*WAITING, NoticeStatus.SENDING, NoticeStatus.INBOX)
SENT = Prepared(
    update(Notice)
    .where(Notice.id == bindparam("of"))
    .where(among(Notice.status, ON_ITS_WAY))
    .values(status=NoticeStatus.SENT, message_id=bindparam("message"), sent_at=_NOW, maybe_received=False)
)


def begin(session: Session, id: int, *, lease: str, channel: str, now: datetime) -> bool:
    """Note channel and attempt; commit this before the platform is called. False when it is no longer ours."""
    return bool(_BEGIN.run(session, of=id, mine=lease, by=channel, now=now))


def sent(session: Session, id: int, *, message_id: str | None, now: datetime) -> None:
    """The platform accepted it; that is certain, also when it was given up or queued again meanwhile."""
    SENT.run(session, of=id, message=message_id, now=now)


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
    delay = wait or timedelta(seconds=BACK_OFF[max(attempts, 1) - 1])
    _after(session, id, NoticeStatus.QUEUED, maybe_received=maybe_received, next_try=now + delay)


def held(session: Session, id: int, *, lease: str, since: datetime) -> Notice | None:
    """The notice that a worker has been sending since a moment, locked; None when it was taken over meanwhile, by
    another or by the same worker anew."""
    mine = (Notice.status == NoticeStatus.SENDING, Notice.lease == lease, Notice.next_try == since)
    return session.scalars(select(Notice).where(Notice.id == id, *mine).with_for_update()).one_or_none()


def next_channel(notice: Notice, *, failed: bool = False) -> None:
    """Certainly refused: leased as before, so that another channel may begin; no failed try, unless it is said."""
    notice.status = NoticeStatus.TAKEN if notice.settled_at is None else NoticeStatus.LAPSED
    if not failed:
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
    if maybe_received:  # what may have arrived once stays marked
        values["maybe_received"] = True
    then = {f"then_{name}": value for name, value in values.items()}
    change(session, Notice, _ending(status, *values), only=id, of=id, **then)


@cache
def _ending(status: NoticeStatus, *names: str) -> Prepared:
    """What a call ends with: a state, and values of these names."""
    values = {name: bindparam(f"then_{name}", type_=Notice.__table__.c[name].type) for name in names}
    going = among(Notice.status, (NoticeStatus.TAKEN, NoticeStatus.SENDING))
    ends = update(Notice).where(Notice.id == bindparam("of"), going)
    return Prepared(ends.values(status=unless_settled(status), **values))


def unless_settled(status: NoticeStatus) -> ColumnElement[NoticeStatus]:
    """The next state, or lapsed when the subject was settled during the call."""
    lapsed, open_ = literal(NoticeStatus.LAPSED, Notice.status.type), literal(status, Notice.status.type)
    return case((Notice.settled_at.is_not(None), lapsed), else_=open_)


def stranded(session: Session, now: datetime) -> Sequence[Notice]:
    """Sendings whose process died or timed out: what became of them is unknown."""
    return by_ids(session, Notice, _STRANDED.column(session, before=now - LEASE))


def may_repeat(notice: Notice, now: datetime) -> bool:
    """Whether the platform would still see that a call of now repeats the first one."""
    return notice.called_at is not None and now < notice.called_at + REPEATED_WITHIN


_GIVE_UP = Prepared(
    update(Notice)
    .where(Notice.maybe_received, among(Notice.status, WAITING), Notice.called_at <= bindparam("before"))
    .values(status=NoticeStatus.INBOX)
)


def give_up(session: Session, now: datetime) -> None:
    """What may have arrived, and would no longer be seen as a repeat, is not repeated any more."""
    _GIVE_UP.run(session, before=now - REPEATED_WITHIN)
