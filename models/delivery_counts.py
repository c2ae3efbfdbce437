"""How many calls on each channel came to what, per day: for /metrics, and for who looks after the installation.

Each batch of deliveries adds its counts when it ends; one whose process is killed is missing from them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.months import shanghai_day
from models.rows import insert_once

SENT = "sent"


class What(NamedTuple):
    """A channel, and the class of what came of a call: sent, unknown, or that of the refusal."""

    channel: str
    fault: str


class Came(NamedTuple):
    """How often, and the platform's last code for it."""

    times: int
    code: int | None = None


class DeliveryCount(Base):
    """The calls of one day that came to the same."""

    __tablename__ = "delivery_counts"

    day: Mapped[date] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    fault: Mapped[str] = mapped_column(String(20), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)
    code: Mapped[int | None]
    at: Mapped[datetime]


def add(session: Session, counted: Mapping[What, Came], now: datetime) -> None:
    """Add what a batch counted; in one order for all, so that two of them do not wait for each other."""
    day = shanghai_day(now)
    for what, came in sorted(counted.items()):
        one = {"day": day, "channel": what.channel, "fault": what.fault}
        insert_once(session, DeliveryCount, **one, times=0, at=now)
        values = {"times": DeliveryCount.times + came.times, "code": came.code, "at": now}
        session.execute(update(DeliveryCount).filter_by(**one).values(values))


def totals(session: Session) -> dict[What, int]:
    """All that was ever counted."""
    query = select(DeliveryCount.channel, DeliveryCount.fault, func.sum(DeliveryCount.times))
    rows = session.execute(query.group_by(DeliveryCount.channel, DeliveryCount.fault))
    return {What(channel, fault): int(times) for channel, fault, times in rows}


def sent_since(session: Session, day: date) -> int:
    """How many pushes the platform took from a day on."""
    query = select(func.coalesce(func.sum(DeliveryCount.times), 0))
    return int(session.scalars(query.where(DeliveryCount.fault == SENT, DeliveryCount.day >= day)).one())


def of_day(session: Session, day: date) -> list[DeliveryCount]:
    """What came of the calls of a day."""
    query = select(DeliveryCount).where(DeliveryCount.day == day)
    return list(session.scalars(query.order_by(DeliveryCount.channel, DeliveryCount.fault)))
