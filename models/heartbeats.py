"""Signs of life of the workers, by which ``doctor`` tells a queue that is being worked off from one that is not."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, insert_once

FORGOTTEN = timedelta(days=1)  # one that was killed says no goodbye


class Heartbeat(Base):
    """A process that does what falls due, and when it last said so."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]


def beat(session: Session, process: str, now: datetime) -> None:
    """A process is alive; those that have long been silent are forgotten."""
    session.execute(delete(Heartbeat).where(Heartbeat.at < now - FORGOTTEN))
    insert_once(session, Heartbeat, process=process, at=now)
    session.execute(update(Heartbeat).where(Heartbeat.process == process).values(at=now))


def stop(session: Session, process: str) -> None:
    """A process ends as it should."""
    session.execute(delete(Heartbeat).where(Heartbeat.process == process))


def last(session: Session) -> datetime | None:
    """When any process last gave a sign of life."""
    return session.scalars(select(func.max(Heartbeat.at))).first()
