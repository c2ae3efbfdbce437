"""The ledger (台账): append-only entries, chained by hash per branch (rules 1 to 5).

A mistake is corrected by a reversing entry; nothing is ever updated or deleted, by triggers.
Whoever writes entries first locks the branch's book and reads caps and chain head under that lock.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column
from sqlalchemy.orm.util import identity_key

from models import late_entries
from models.base import Base
from models.columns import MonthOf, Points, RowId, one_of
from models.errors import Refused
from models.guarded import change
from models.members import Member, Move
from models.months import Month, Period
from models.prepared import Prepared, Question
from models.rows import add, insert_once
from models.rulebooks import Source
from models.triggers import append_only

GENESIS = "0" * 64
# What the hash covers, in this order; adding a column here would rewrite every chain.
HASHED = (
    "branch_id",
    "sequence",
    "member_id",
    "booked_month",
    "about_month",
    "day",
    "item_code",
    "rulebook_id",
    "points",
    "source",
    "cause",
    "reverses_id",
    "decided_by_id",
    "reason",
    "at",
)


class Book(Base):
    """A branch's book: the head of its chain, and the row that is locked before anything is written."""

    __tablename__ = "books"

    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64), default=GENESIS)


class Entry(Base):
    """One credited or deducted figure, J88; which claim, record or meeting caused it stands in ``cause``."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("branch_id", "sequence"),
        # Standings read this index alone, whatever the size of the table.
        Index("ix_entries_standings", "branch_id", "about_month", "member_id", "points", "source"),
        # What the caps leave is read from this one alone, in its order.
        Index("ix_entries_member", "member_id", "about_month", "item_code", "points"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    sequence: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    booked_month: Mapped[Month] = mapped_column(MonthOf)
    about_month: Mapped[Month] = mapped_column(MonthOf)
    day: Mapped[date | None]
    item_code: Mapped[str | None] = mapped_column(String(20))
    rulebook_id: Mapped[int | None] = mapped_column(ForeignKey("rulebook_versions.id"))
    points: Mapped[Decimal] = mapped_column(Points)
    source: Mapped[Source] = mapped_column(one_of(Source))
    cause: Mapped[str] = mapped_column(String(80), unique=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"), unique=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str] = mapped_column(String(400), default="")
    at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


append_only(Entry.__table__, [("id",), ("cause",), ("branch_id", "sequence"), ("reverses_id",)])  # type: ignore[arg-type]


class AlreadyReversed(Refused):
    """An entry is reversed at most once, a reversal never (rules 2)."""


def hash_of(entry: Entry) -> str:
    """The hash of an entry: its own content after the hash of the one before it."""
    return hash_over(entry.previous, _hashed(entry))


def hash_over(previous: str, values: Iterable[object]) -> str:
    """The hash of an entry whose values, in the order of ``HASHED``, follow another's hash."""
    content = [previous, *[_PLAIN.get(type(value), str)(value) for value in values]]
    return hashlib.sha256(_as_json(content).encode()).hexdigest()


_hashed = attrgetter(*HASHED)
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def _as_it_is(value: object) -> object:
    return value


# Every entry ever written is hashed again by each ``verify``: a look by type costs half of asking isinstance in turn.
_PLAIN: dict[type, Callable[[Any], object]] = {
    type(None): _as_it_is,
    int: _as_it_is,
    Decimal: "{:.2f}".format,
    datetime: lambda moment: moment.astimezone(UTC).isoformat(),  # as it is read back, whatever zone it was given in
    date: date.isoformat,
}


_LOCK = Prepared(select(Book.sequence).where(Book.branch_id == bindparam("branch_id")).with_for_update())


def lock(session: Session, *branch_ids: int) -> list[int]:
    """Lock the books of branches, by ascending id; a branch's first lock opens its book.

    Returns how long each chain is.
    """
    session.flush()
    return [_locked(session, branch_id) for branch_id in sorted(set(branch_ids))]


def _locked(session: Session, branch_id: int) -> int:
    found = _LOCK.first(session, branch_id=branch_id)
    if found is None:
        insert_once(session, Book, branch_id=branch_id, sequence=0, head=GENESIS)
        (found,) = _LOCK.rows(session, branch_id=branch_id)
    known = session.identity_map.get(identity_key(Book, branch_id))
    if known is not None:  # read before it was locked
        session.refresh(known)
    return int(found[0])


_EARLIER = Prepared(select(Move.from_branch_id).where(Move.member_id == bindparam("of")))


def lock_for(session: Session, member_id: int, branch_id: int) -> None:
    """Lock the book of a branch and of every branch a member came from, whose entries count for caps too."""
    lock(session, branch_id, *_EARLIER.column(session, of=member_id))


_PERIOD = Entry.about_month.between(bindparam("first", type_=MonthOf), bindparam("last", type_=MonthOf))
_OF = (Entry.member_id == bindparam("member_id"), _PERIOD)
_EXTRACT = Prepared(
    select(
        Entry.id,
        Entry.branch_id,
        Entry.about_month,
        Entry.day,
        Entry.item_code,
        Entry.points,
        Entry.source,
        Entry.reverses_id,
    )
    .where(*_OF)
    .order_by(Entry.id)
)
_OF_MEMBER = select(Entry).where(Entry.member_id == bindparam("member_id"), _PERIOD).order_by(Entry.id)


_HEAD = Prepared(select(Book.sequence, Book.head).where(Book.branch_id == bindparam("of")))
_ADVANCE = Prepared(
    update(Book)
    .where(Book.branch_id == bindparam("of"))
    .values(sequence=bindparam("so_far"), head=bindparam("now_head"))
)


def write(
    session: Session,
    member: Member,
    points: Decimal,
    *,
    branch_id: int,
    about: Month | date,
    source: Source,
    cause: str,
    by: Member | None,
    now: datetime,
    rulebook_id: int | None = None,
    item_code: str | None = None,
    reverses_id: int | None = None,
    reason: str = "",
) -> Entry:
    """Append one entry to a branch's chain; the caller holds the branch's lock.

    ``about`` is the day of the deed, or its month where there is no day. A second entry of the same
    cause raises IntegrityError, so that one decision gives at most one entry (rules 3).
    """
    ((sequence, head),) = _HEAD.rows(session, of=branch_id)
    entry = Entry(
        branch_id=branch_id,
        sequence=sequence + 1,
        member_id=member.id,
        booked_month=Month.of(now),
        about_month=about if isinstance(about, Month) else Month.of(about),
        day=None if isinstance(about, Month) else about,
        item_code=item_code,
        rulebook_id=rulebook_id,
        points=points,
        source=source,
        cause=cause,
        reverses_id=reverses_id,
        decided_by_id=by.id if by is not None else None,
        reason=reason,
        at=now,
        previous=head,
    )
    entry.hash = hash_of(entry)
    add(session, entry)
    change(session, Book, _ADVANCE, only=branch_id, of=branch_id, so_far=entry.sequence, now_head=entry.hash)
    if entry.about_month < entry.booked_month:
        late_entries.note(session, entry.id, entry.member_id, entry.about_month)
    return entry


def reverse(session: Session, entry: Entry, *, by: Member, now: datetime, reason: str) -> Entry:
    """Take an entry back by a reversing one that names it; the caller holds the branch's lock."""
    undone = session.scalars(select(Entry.id).where(Entry.reverses_id == entry.id)).first()
    if entry.source is Source.REVERSAL or undone is not None:
        raise AlreadyReversed(f"J{entry.id} 已经冲销过，不能再冲销")
    return write(
        session,
        session.get_one(Member, entry.member_id),
        -entry.points,
        branch_id=entry.branch_id,
        about=entry.day or entry.about_month,
        source=Source.REVERSAL,
        cause=f"{entry.cause}:reversed",
        by=by,
        now=now,
        rulebook_id=entry.rulebook_id,
        item_code=entry.item_code,
        reverses_id=entry.id,
        reason=reason,
    )


def is_reversed(session: Session, entry: Entry) -> bool:
    """Whether an entry was taken back."""
    return session.scalars(select(Entry.id).where(Entry.reverses_id == entry.id)).first() is not None


class Extract(NamedTuple):
    """What a member's account shows of an entry."""

    id: int
    branch_id: int
    about_month: Month
    day: date | None
    item_code: str | None
    points: Decimal
    source: Source
    reverses_id: int | None


def asks_extract(member_id: int, period: Period) -> Question:
    """What ``extract`` asks."""
    return _EXTRACT, {"member_id": member_id, "first": period.first, "last": period.last}


def extract(session: Session, member_id: int, period: Period) -> list[Extract]:
    """A member's account about some months, oldest first: as ``entries_of``, for reading alone."""
    asked, values = asks_extract(member_id, period)
    return [Extract(*row) for row in asked.rows(session, **values)]


def taken_back(session: Session, member_id: int, month: Month) -> set[str]:
    """The causes of a member's entries about a month that were reversed, and not restored since."""
    reversal = aliased(Entry)
    query = select(Entry.cause, reversal.id).outerjoin(reversal, reversal.reverses_id == Entry.id)
    causes = session.execute(query.where(Entry.member_id == member_id, Entry.about_month == month)).all()
    gone = {cause for cause, undone in causes if undone is not None}
    return gone - {cause.partition(":restored:")[0] for cause, undone in causes if undone is None}


def by_cause(session: Session, cause: str) -> Entry | None:
    """The entry a decision gave, if any."""
    return session.scalars(select(Entry).where(Entry.cause == cause)).first()


def entries_of(session: Session, member_id: int, period: Period) -> Sequence[Entry]:
    """A member's entries about some months, oldest first."""
    return session.scalars(_OF_MEMBER, {"member_id": member_id, "first": period.first, "last": period.last}).all()
