"""Standings: the scores of a branch's members over a period, and the ranks inside it (rules 4, 7, 17, 18).

Ranks exist only inside a branch; branches are never compared by points (S2).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from models import ledger, organizations, rolls, rulebooks
from models.columns import MonthOf, Points, rounded
from models.ledger import GENESIS, Book, Entry, Extract
from models.members import Member, NotScoredReason
from models.months import Month, Period
from models.prepared import Prepared, together
from models.rolls import Listed
from models.rulebooks import Rulebook, Source


class Line(NamedTuple):
    """One member's place; ``rank`` and ``score`` are None where the member is not scored in the period."""

    member: Listed
    score: Decimal | None
    rank: int | None
    reason: NotScoredReason | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """A branch's lines in the order of ranks, those not scored last."""

    branch_id: int
    period: Period
    lines: tuple[Line, ...]

    @property
    def scored(self) -> list[Line]:
        return [line for line in self.lines if line.rank is not None]

    def line_of(self, member_id: int) -> Line | None:
        return next((line for line in self.lines if line.member.id == member_id), None)


def average(scores: Sequence[Decimal]) -> Decimal:
    """The average of months' or members' scores, half up to 0.01."""
    return scores[0] if len(scores) == 1 else rounded(sum(scores, Decimal(0)) / len(scores))


_PERIOD = Entry.about_month.between(bindparam("first", type_=MonthOf), bindparam("last", type_=MonthOf))
_ZEROING = Entry.source == Source.ZEROING
_SUMS = Prepared(
    select(Entry.about_month, Entry.member_id, func.sum(Entry.points, type_=Points), func.count().filter(_ZEROING))
    .where(Entry.branch_id == bindparam("branch_id"), _PERIOD)
    .group_by(Entry.about_month, Entry.member_id)
)
_HEAD = Prepared(select(Book.head).where(Book.branch_id == bindparam("branch_id")))
_REVERSAL = aliased(Entry)
_ZEROED = Prepared(
    select(Entry.about_month, Entry.member_id)
    .where(Entry.branch_id == bindparam("branch_id"), _PERIOD, _ZEROING)
    .where(~exists().where(_REVERSAL.reverses_id == Entry.id))
)


def sums(session: Session, branch_id: int, period: Period) -> dict[tuple[Month, int], Decimal]:
    """The sum of points by month and member, from the ledger's index alone."""
    found = _SUMS.rows(session, branch_id=branch_id, first=period.first, last=period.last)
    return {(month, id): points for month, id, points, _ in found}


def zeroed(session: Session, branch_id: int, period: Period) -> set[tuple[Month, int]]:
    """Months and members of a branch for which a zeroing stands: the score is 0 whatever else is in them (rules 5)."""
    found = _ZEROED.rows(session, branch_id=branch_id, first=period.first, last=period.last)
    return {(month, id) for month, id in found}


def score_from(rulebook: Rulebook, entries: Iterable[Entry | Extract]) -> Decimal:
    """A month's score from its entries (rules 4, 5)."""
    entries = list(entries)
    taken_back = {entry.reverses_id for entry in entries}
    if any(entry.source is Source.ZEROING and entry.id not in taken_back for entry in entries):
        return Decimal(0)
    return rulebook.score(sum((entry.points for entry in entries), Decimal(0)))


def score_of(session: Session, member: Member, month: Month) -> tuple[Decimal, Rulebook]:
    """A member's score of a month in the home branch, and the rulebook it is computed with (rules 4)."""
    rulebook = rulebooks.in_force(session, member.branch_id, month)
    entries = ledger.extract(session, member.id, Period.month(month))
    return score_from(rulebook, (entry for entry in entries if entry.branch_id == member.branch_id)), rulebook


def of_branch(session: Session, branch_id: int, period: Period, now: datetime) -> Standings:
    """The standings of a branch over the period's months that have begun.

    A month's score is as rule 4 says; over several months it is the average of the scored ones.
    """
    months = [month for month in period.months if month <= Month.of(now)]
    if len(months) == 1:
        asked = rulebooks.asks_in_force(branch_id, months[0]), rolls.asks_roll(branch_id, months[0])
        together(session, (_HEAD, {"branch_id": branch_id}), *asked)
    grounds = [
        (month, rulebook, rolls.roll(session, branch_id, month))
        for month in months
        if (rulebook := rulebooks.find_in_force(session, branch_id, month)) is not None
    ]
    if len(months) != 1:  # a month is what people ask for all day
        return _computed(session, branch_id, period, grounds)
    head = _HEAD.first(session, branch_id=branch_id)  # before the sums: what comes between belongs to another head
    chain = GENESIS if head is None else head[0]
    known = _known.get((branch_id, period, chain))
    if known is None or known[0] != grounds:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[branch_id, period, chain] = grounds, _computed(session, branch_id, period, grounds)
    return known[1]


_NONE = Decimal(0)
# A month that counts, by which rulebook, and who was there.
_Ground = tuple[Month, Rulebook, list[Listed]]
# A chain's head stands for every entry before it, so what was computed with the same grounds is so still.
_known: dict[tuple[int, Period, str], tuple[list[_Ground], Standings]] = {}
_MOST_KNOWN = 64


def _computed(session: Session, branch_id: int, period: Period, grounds: Iterable[_Ground]) -> Standings:
    points, any_zeroing = defaultdict[Month, dict[int, Decimal]](dict), False
    for month, id, total, zeroings in _SUMS.rows(session, branch_id=branch_id, first=period.first, last=period.last):
        points[month][id] = total
        any_zeroing = any_zeroing or zeroings > 0
    nothing = zeroed(session, branch_id, period) if any_zeroing else set[tuple[Month, int]]()
    scores: dict[int, list[Decimal]] = defaultdict(list)
    people: dict[int, Listed] = {}
    for month, rulebook, roll in grounds:
        totals = points[month]
        scored = {total: rulebook.score(total) for total in {_NONE, *totals.values()}}  # most are alike
        for member in roll:
            id = member.id
            people[id] = member
            if member.not_scored is None:
                zero = nothing and (month, id) in nothing
                scores[id].append(_NONE if zero else scored[totals.get(id, _NONE)])
    averages = {id: found[0] if len(found) == 1 else average(found) for id, found in scores.items()}
    return Standings(branch_id, period, tuple(ranked(people.values(), averages)))


def ranked(people: Iterable[Listed], scores: dict[int, Decimal]) -> list[Line]:
    """Equal scores share a rank, the next rank is skipped: 1, 2, 2, 4 (rules 17)."""
    known = {member.id: member for member in people}
    order = sorted(known.keys() & scores.keys())
    order.sort(key=scores.__getitem__, reverse=True)  # which leaves equal ones in that order
    lines: list[Line] = []
    last, rank = None, 0
    for place, id in enumerate(order, start=1):
        score = scores[id]
        if score != last:
            last, rank = score, place
        lines.append(Line(known[id], score, rank))
    return lines + [Line(m, None, None, m.not_scored) for m in known.values() if m.id not in scores]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group's average over its scored members; None where it has none."""

    name: str
    average: Decimal | None
    scored: int
    id: int = field(default=0, compare=False)


def groups(session: Session, standings: Standings) -> list[GroupLine]:
    """The groups of one branch by the average of their scored members, best first (S1: inside a branch only)."""
    of: dict[int | None, list[Decimal]] = defaultdict(list)
    for line in standings.scored:
        of[line.member.group_id].append(_score(line))
    named = organizations.groups_named(session, standings.branch_id)
    lines = [GroupLine(name, average(of[id]) if of[id] else None, len(of[id]), id) for id, name in named]
    return sorted(lines, key=lambda line: (line.average is None, -(line.average or Decimal(0)), line.name))


def _score(line: Line) -> Decimal:
    assert line.score is not None  # who has a rank has a score
    return line.score
