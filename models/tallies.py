"""A member's month in four figures: base, plus, minus, score; and the entries that stand behind them (rules 4, 14).

What was reversed and what reversed it cancel out: neither is shown, and neither swells plus or minus.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import bindparam, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from models.columns import MonthOf, Points
from models.ledger import Entry
from models.months import Month
from models.prepared import Prepared
from models.rulebooks import Rulebook, Source


class Figure(NamedTuple):
    """What of an entry is told and counted."""

    id: int
    member_id: int
    points: Decimal
    day: date | None
    item_code: str | None
    rulebook_id: int | None
    source: Source
    reverses_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """``minus`` is what was deducted, not below zero; ``figures`` are the entries that stand, oldest first."""

    base: Decimal
    plus: Decimal
    minus: Decimal
    score: Decimal
    zeroed: bool
    figures: tuple[Figure, ...]


_FIGURES = Prepared(
    select(*(getattr(Entry, name) for name in Figure._fields))
    .where(
        Entry.branch_id == bindparam("branch_id"),
        Entry.about_month == bindparam("month", type_=MonthOf),
        Entry.sequence <= bindparam("last"),
    )
    .order_by(Entry.sequence)
)
_ALL = 2**31 - 1


def figures(session: Session, branch_id: int, month: Month, last: int | None = None) -> dict[int, list[Figure]]:
    """The entries of a branch about a month by member, up to the ``last`` number of its chain."""
    found: dict[int, list[Figure]] = defaultdict(list)
    for row in _FIGURES.rows(session, branch_id=branch_id, month=month, last=_ALL if last is None else last):
        figure = Figure(*row)
        found[figure.member_id].append(figure)
    return found


class Counted(Protocol):
    """What of an entry decides whether and how it counts; the ledger's own entries have it too."""

    @property
    def id(self) -> int: ...
    @property
    def points(self) -> Decimal: ...
    @property
    def reverses_id(self) -> int | None: ...


C = TypeVar("C", bound=Counted)


def standing(found: Sequence[C]) -> list[C]:
    """The entries that were not reversed and reverse none."""
    taken_back = {entry.reverses_id for entry in found}
    return [entry for entry in found if entry.id not in taken_back and entry.reverses_id is None]


def plus_and_minus(found: Sequence[C]) -> tuple[Decimal, Decimal]:
    """What was added, and what was deducted (not below zero), by the entries that stand."""
    counted = standing(found)
    plus = sum((entry.points for entry in counted if entry.points > 0), Decimal(0))
    minus = -sum((entry.points for entry in counted if entry.points < 0), Decimal(0))
    return plus, minus


def tally(rulebook: Rulebook, found: Sequence[Figure]) -> Tally:
    """A month from its entries, as rules 4 and 5 say."""
    counted = tuple(standing(found))
    plus, minus = plus_and_minus(found)
    zeroed = any(figure.source is Source.ZEROING for figure in counted)
    score = Decimal(0) if zeroed else rulebook.score(plus - minus)
    return Tally(rulebook.base, plus, minus, score, zeroed, counted)


class Sums(NamedTuple):
    """What the entries that stand come to; ``minus`` is not below zero."""

    plus: Decimal
    minus: Decimal
    zeroings: int

    def score(self, rulebook: Rulebook) -> Decimal:
        """The month's score, as rules 4 and 5 say."""
        return _ZERO if self.zeroings else rulebook.score(self.plus - self.minus)


_ZERO = Decimal(0)
NOTHING = Sums(_ZERO, _ZERO, 0)
_MONTH = (Entry.branch_id == bindparam("branch_id"), Entry.about_month == bindparam("month", type_=MonthOf))


def _summed(*standing: Any) -> Prepared:
    """Plus, minus and zeroings of the entries of a month, by member; and how many reverse others."""
    figures = (
        func.sum(case((Entry.points > 0, Entry.points), else_=0), type_=Points),
        func.sum(case((Entry.points < 0, -Entry.points), else_=0), type_=Points),
        func.count(case((Entry.source == Source.ZEROING, 1))),
        func.count(case((Entry.source == Source.REVERSAL, 1))),
    )
    return Prepared(select(Entry.member_id, *figures).where(*_MONTH, *standing).group_by(Entry.member_id))


_ALL_OF_MONTH = _summed()  # from the ledger's index alone
_REVERSAL = aliased(Entry)
# Written so that no planner goes by the index of reversals, in which nearly every entry of the table is a NULL.
_STANDING = _summed(func.coalesce(Entry.reverses_id, 0) == 0, ~exists().where(_REVERSAL.reverses_id == Entry.id))


def sums(session: Session, branch_id: int, month: Month) -> dict[int, Sums]:
    """By member what ``tally`` makes of a branch's ``figures``, added up by the database; only who has entries."""
    found = _ALL_OF_MONTH.rows(session, branch_id=branch_id, month=month)
    if any(reversals for *_, reversals in found):
        found = _STANDING.rows(session, branch_id=branch_id, month=month)
    return {id: Sums(plus, minus, zeroings) for id, plus, minus, zeroings, _ in found}
