"""What was exported, of whom, by whom and when (rules 32)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.columns import MonthOf, RowId
from models.members import Member
from models.months import Month, Period
from models.organizations import Organization


class Export(Base):
    """One workbook handed out; rows are only ever added. Without ``by`` it was the operator, at the command line."""

    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    what: Mapped[str] = mapped_column(String(20))
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    # None when it was about everybody of the branch.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    first: Mapped[Month] = mapped_column(MonthOf)
    last: Mapped[Month] = mapped_column(MonthOf)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


def record(
    session: Session,
    what: str,
    branch: Organization,
    period: Period,
    *,
    member: Member | None = None,
    by: Member | None,
    now: datetime,
) -> Export:
    """Log an export before its file is handed out."""
    export = Export(
        what=what,
        branch_id=branch.id,
        member_id=member.id if member else None,
        first=period.first,
        last=period.last,
        by_id=by.id if by else None,
        at=now,
    )
    session.add(export)
    session.flush()
    return export
