"""Entries about a month that was over when they were written, until somebody has seen what follows (rules 15).

    written ──seen──▶ gone

Whether such an entry takes away the ground of a follow-up is not worked out in the message that writes it, and need
not be asked of every follow-up all day: it waits here, and the clock asks about those alone (jobs/follow_ups.py).
"""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.columns import MonthOf
from models.months import Month
from models.prepared import Prepared
from models.rows import insert

AT_ONCE = 500


class LateEntry(Base):
    """One entry of which nobody has seen yet what follows."""

    __tablename__ = "late_entries"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    about_month: Mapped[Month] = mapped_column(MonthOf)


_UNSEEN = Prepared(select(LateEntry.entry_id).order_by(LateEntry.entry_id).limit(AT_ONCE))
_SEEN = Prepared(delete(LateEntry).where(LateEntry.entry_id == bindparam("id")))


def note(session: Session, entry_id: int, member_id: int, about: Month) -> None:
    """Keep an entry until somebody has seen it."""
    insert(session, LateEntry, entry_id=entry_id, member_id=member_id, about_month=about)


def unseen(session: Session) -> list[int]:
    """The numbers of the first of these entries."""
    return _UNSEEN.column(session)


def seen(session: Session, entry_ids: Sequence[int]) -> None:
    """What follows from these entries was seen to."""
    _SEEN.run_all(session, [{"id": id} for id in entry_ids])
