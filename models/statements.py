"""Statements: a branch's months opened member by member, every entry with the score after it (rules 2, 4, 7).

What 《党员积分量化管理台账》 prints. Only what a branch itself booked is in it: points stay where they were earned.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import results, rolls, rounds, rulebooks, standings
from models.ledger import Entry
from models.months import Month, Period
from models.results import Result
from models.rolls import Listed
from models.rounds import RoundState
from models.rulebooks import Rulebook, Source

NOT_LISTED = "不在本支部名册"  # entries of who was not at home here in that month


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, and the month's score when it had been booked."""

    entry: Entry
    score: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """One member's month in one branch.

    ``score`` is what all entries known now give; ``final`` is the snapshot once there is one, and the score may have
    been corrected since (rules 15). ``left_out`` says why the score does not count; empty where it does.
    """

    member_id: int
    month: Month
    rulebook: Rulebook
    lines: tuple[Line, ...]
    left_out: str
    state: RoundState | None
    final: Result | None

    @property
    def scored(self) -> bool:
        return not self.left_out

    @property
    def standing(self) -> list[Entry]:
        """The entries that count: what was reversed and what reversed it cancel out."""
        entries = [line.entry for line in self.lines]
        taken_back = {entry.reverses_id for entry in entries}
        return [entry for entry in entries if entry.id not in taken_back and entry.reverses_id is None]

    @property
    def plus(self) -> Decimal:
        return sum((entry.points for entry in self.standing if entry.points > 0), Decimal(0))

    @property
    def minus(self) -> Decimal:
        """What was deducted, not below zero."""
        return -sum((entry.points for entry in self.standing if entry.points < 0), Decimal(0))

    @property
    def zeroed(self) -> bool:
        return any(entry.source is Source.ZEROING for entry in self.standing)

    @property
    def score(self) -> Decimal:
        return self.lines[-1].score if self.lines else self.rulebook.score(Decimal(0))

    @property
    def published(self) -> Decimal | None:
        """The score that became final, where it was corrected since; else None."""
        if self.final is None or self.final.score == self.score:
            return None
        return self.final.score


def of_branch(session: Session, branch_id: int, period: Period, now: datetime) -> dict[int, list[Statement]]:
    """The statements of the period's months that have begun and have a rulebook, by member in roster order.

    A member has one for each month on the branch's roll, and for each month the branch has entries of.
    """
    entries = _entries(session, branch_id, period)
    found: dict[int, list[Statement]] = defaultdict(list)
    for month in (month for month in period.months if month <= Month.of(now)):
        for statement in _of_month(session, branch_id, month, entries):
            found[statement.member_id].append(statement)
    return {id: found[id] for id in sorted(found)}


Booked = dict[tuple[Month, int], list[Entry]]


def _of_month(session: Session, branch_id: int, month: Month, entries: Booked) -> Iterator[Statement]:
    """The branch's statements of one month; once it is final, its snapshot says who was there and was scored."""
    round_ = rounds.find(session, branch_id, month)
    final = {result.member_id: result for result in results.of_branch(session, branch_id, month)}
    fixed = round_.rulebook_id if round_ is not None else None
    rulebook = rulebooks.get(session, fixed) if fixed else rulebooks.find_in_force(session, branch_id, month)
    if rulebook is None:
        return
    listed: Iterable[Listed | Result] = final.values() or rolls.roll(session, branch_id, month)
    reasons = {_id(one): one.not_scored.value if one.not_scored else "" for one in listed}
    for id in sorted({*reasons, *(id for about, id in entries if about == month)}):
        lines = tuple(_lines(rulebook, entries.get((month, id), ())))
        state = round_.state if round_ is not None else None
        yield Statement(id, month, rulebook, lines, reasons.get(id, NOT_LISTED), state, final.get(id))


def _id(one: Listed | Result) -> int:
    return one.member_id if isinstance(one, Result) else one.id


def _entries(session: Session, branch_id: int, period: Period) -> Booked:
    about = Entry.about_month.between(period.first, period.last)
    query = select(Entry).where(Entry.branch_id == branch_id, about).order_by(Entry.id)
    found: Booked = defaultdict(list)
    for entry in session.scalars(query):
        found[entry.about_month, entry.member_id].append(entry)
    return found


def _lines(rulebook: Rulebook, entries: Sequence[Entry]) -> Iterator[Line]:
    for count, entry in enumerate(entries, start=1):
        yield Line(entry, standings.score_from(rulebook, entries[:count]))
