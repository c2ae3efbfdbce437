"""How far the clock of the stand-in is ahead of the process's: one row, read by every process, forward only."""

from datetime import timedelta

from sqlalchemy import BigInteger, CheckConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.rows import insert_once


class ClockOffset(Base):
    """The one offset, in microseconds; without a row there is none, as always beside the real platform."""

    __tablename__ = "clock_offsets"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    microseconds: Mapped[int] = mapped_column(BigInteger)


def ahead(session: Session) -> timedelta:
    """How far the clock is ahead."""
    found = session.scalars(select(ClockOffset.microseconds)).first()
    return timedelta(microseconds=found or 0)


def put_ahead(session: Session, offset: timedelta) -> None:
    """Put the clock at least so far ahead; never back, whoever was faster."""
    target = max(offset, timedelta(0)) // timedelta(microseconds=1)
    insert_once(session, ClockOffset, id=1, microseconds=target)
    session.execute(update(ClockOffset).where(ClockOffset.microseconds < target).values(microseconds=target))
