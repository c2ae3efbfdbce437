"""Alerts: what a person was told of the installation's troubles, each cause once a day.

    nothing ─claim▶ told ; told ─it could not be sent▶ nothing

The row is committed before the alert is sent, so that of several processes one sends it.
"""

from datetime import date, datetime

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.months import shanghai_day
from models.rows import insert_once


class Alert(Base):
    """One cause on one day."""

    __tablename__ = "alerts"

    day: Mapped[date] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]


def claim(session: Session, cause: str, now: datetime) -> bool:
    """Whether it is for the caller to tell; False when it was told today."""
    return insert_once(session, Alert, day=shanghai_day(now), cause=cause, at=now)


def release(session: Session, cause: str, now: datetime) -> None:
    """It could not be told: the next look tries again."""
    session.execute(delete(Alert).where(Alert.day == shanghai_day(now), Alert.cause == cause))
