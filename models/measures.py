"""Figures of the whole installation for /metrics: from the tables, and so the same whichever process is asked.

No figure is about a person, and none sets one branch beside another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import delivery_counts
from models.bindings import Binding
from models.claims import Claim
from models.months import shanghai_day
from models.notices import UNREAD, WAITING, Notice, NoticeStatus
from models.receipts import Receipt

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SHOWN = (*WAITING, NoticeStatus.SENDING, *UNREAD)  # what is not done with


@dataclass(frozen=True, slots=True)
class Queue:
    """Notices by their state, of the waiting ones how many are due, and since when the oldest of these."""

    by_status: dict[str, int]
    due: int
    oldest: datetime | None


def queue(session: Session, now: datetime) -> Queue:
    """The outbox."""
    counted = select(Notice.status, func.count()).where(Notice.status.in_(SHOWN)).group_by(Notice.status)
    found = {status.value: number for status, number in session.execute(counted)}
    going = Notice.status.in_((*WAITING, NoticeStatus.SENDING))
    due, oldest = session.execute(select(func.count(), func.min(Notice.due)).where(going, Notice.next_try <= now)).one()
    return Queue({status.value: found.get(status.value, 0) for status in SHOWN}, due, oldest)


def stuck(session: Session, since: datetime) -> int:
    """How many notices should have gone before then."""
    going = Notice.status.in_((*WAITING, NoticeStatus.SENDING))
    return session.scalars(select(func.count()).select_from(Notice).where(going, Notice.next_try <= since)).one()


def messages_of(session: Session, commands: Sequence[str], now: datetime) -> int:
    """How many messages of the last day these commands answered, of those that have a receipt."""
    query = select(func.count()).select_from(Receipt).where(Receipt.at > now - DAY)
    return session.scalars(query.where(Receipt.command.in_(commands))).one()


def decided(session: Session, now: datetime) -> int:
    """How many claims were decided in the last day."""
    return session.scalars(select(func.count()).select_from(Claim).where(Claim.decided_at > now - DAY)).one()


def bound(session: Session) -> int:
    """How many people can be told something."""
    return session.scalars(select(func.count()).select_from(Binding)).one()


def pushes(session: Session, now: datetime) -> int:
    """How many pushes the platform took in the last seven days, today included."""
    return delivery_counts.sent_since(session, shanghai_day(now - WEEK + DAY))
