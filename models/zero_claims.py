"""零申报: a member says that a month has nothing (more) to claim; never required (rules 8)."""

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.columns import MonthOf
from models.months import Month
from models.rows import insert_once


class ZeroClaim(Base):
    """One member's word about one month."""

    __tablename__ = "zero_claims"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, autoincrement=False)
    month: Mapped[Month] = mapped_column(MonthOf, primary_key=True)
    said_at: Mapped[datetime]


def say(session: Session, member_id: int, month: Month, now: datetime) -> bool:
    """Note it; False when it was said before."""
    return insert_once(session, ZeroClaim, member_id=member_id, month=month, said_at=now)


def said(session: Session, member_ids: list[int], month: Month) -> set[int]:
    """Which of these members said it about a month."""
    query = select(ZeroClaim.member_id).where(ZeroClaim.month == month, ZeroClaim.member_id.in_(member_ids))
    return set(session.scalars(query))
