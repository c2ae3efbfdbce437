"""Signs of life of the workers, by which ``doctor`` tells a queue that is being worked off from one that is not."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import JSON, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.rows import insert_once

FORGOTTEN = timedelta(days=1)  # one that was killed says no goodbye


class Heartbeat(Base):
    """A process that does what falls due, when it last said so, and when each of its jobs last looked and did well."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]
    looks: Mapped[dict[str, str]] = mapped_column(JSON)


def beat(session: Session, process: str, now: datetime, looks: Mapping[str, datetime] | None = None) -> None:
    """A process is alive; those that have long been silent are forgotten."""
    written = {name: moment.isoformat() for name, moment in (looks or {}).items()}
    session.execute(delete(Heartbeat).where(Heartbeat.at < now - FORGOTTEN))
    insert_once(session, Heartbeat, process=process, at=now, looks=written)
    session.execute(update(Heartbeat).where(Heartbeat.process == process).values(at=now, looks=written))


def stop(session: Session, process: str) -> None:
    """A process ends as it should."""
    session.execute(delete(Heartbeat).where(Heartbeat.process == process))


def last(session: Session) -> datetime | None:
    """When any process last gave a sign of life."""
    return session.scalars(select(func.max(Heartbeat.at))).first()


def alive_since(session: Session, since: datetime) -> int:
    """How many processes have given a sign of life since then."""
    return session.scalars(select(func.count()).select_from(Heartbeat).where(Heartbeat.at >= since)).one()


def last_looks(session: Session) -> dict[str, datetime]:
    """When each job last looked without a failure, in whichever process."""
    found: dict[str, datetime] = {}
    for looks in session.scalars(select(Heartbeat.looks)):
        for name, written in looks.items():
            moment = datetime.fromisoformat(written)
            found[name] = max(moment, found.get(name, moment))
    return found
