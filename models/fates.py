"""What the platform says became of a message, sometimes before we know that it was ours (rules 28).

    event ─notice known▶ closes it, delivered or failed
      └─not yet▶ kept ─notice written▶ closes it
                   └─a day without▶ forgotten: another program's on the same account

The event may come while the call that it speaks of has not been answered, or its answer not committed. Whichever of
the two is written second closes the notice: the event looks for the notice, and delivery looks for events again and
again, so that two transactions that do not see each other miss it only until the next look.
"""

from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, delete, exists, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.deliveries import unless_settled
from models.guarded import change
from models.notices import Notice, NoticeStatus
from models.prepared import Prepared
from models.rows import insert_once

KEPT = timedelta(days=1)


class Fate(Base):
    """An event about a message that no notice is known to have sent yet."""

    __tablename__ = "fates"

    message_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    arrived: Mapped[bool]
    at: Mapped[datetime] = mapped_column(index=True)


def told(session: Session, message_id: str, *, arrived: bool, now: datetime) -> None:
    """The platform says whether a message arrived; once said, it is not said otherwise."""
    if not message_id or _close(session, message_id, arrived=arrived):
        return
    if session.scalars(select(exists().where(Notice.message_id == message_id))).one():
        _close(session, message_id, arrived=arrived)  # written since we looked, or closed long ago
    else:
        insert_once(session, Fate, message_id=message_id, arrived=arrived, at=now)


_KNOWN = Prepared(
    select(Fate.message_id, Fate.arrived).join(Notice, Notice.message_id == Fate.message_id).order_by(Fate.message_id)
)
_FORGET = Prepared(delete(Fate).where(Fate.at <= bindparam("before")))


_SENT = update(Notice).where(Notice.message_id == bindparam("message"), Notice.status == NoticeStatus.SENT)
_DELIVERED = Prepared(_SENT.values(status=NoticeStatus.DELIVERED))
_FAILED = Prepared(_SENT.values(status=unless_settled(NoticeStatus.FAILED)))


def join(session: Session, now: datetime) -> int:
    """Close the notices whose events came before them; returns how many."""
    waiting = _KNOWN.rows(session)
    for message_id, arrived in waiting:
        _close(session, message_id, arrived=arrived)
        session.execute(delete(Fate).where(Fate.message_id == message_id))
    _FORGET.run(session, before=now - KEPT)
    return len(waiting)


def _close(session: Session, message_id: str, *, arrived: bool) -> bool:
    return bool(change(session, Notice, _DELIVERED if arrived else _FAILED, message=message_id))
