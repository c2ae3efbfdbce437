"""Standings: the scores of a branch's members over a period, and the ranks inside it (rules 4, 7, 17, 18).

Ranks exist only inside a branch; branches are never compared by points (S2).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import members, organizations, rulebooks
from models.base import Points, rounded
from models.ledger import Entry
from models.members import Member, NotScoredReason
from models.months import Month, Period
from models.rulebooks import Rulebook, Source


@dataclass(frozen=True, slots=True)
class Line:
    """One member's place; ``rank`` and ``score`` are None where the member is not scored in the period."""

    member: Member
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
    return rounded(sum(scores, Decimal(0)) / len(scores))


def sums(session: Session, branch_id: int, period: Period) -> dict[tuple[Month, int], Decimal]:
    """The sum of points by month and member, from the ledger's index alone."""
    query = (
        select(Entry.about_month, Entry.member_id, func.sum(Entry.points, type_=Points))
        .where(Entry.branch_id == branch_id, Entry.about_month.between(period.first, period.last))
        .group_by(Entry.about_month, Entry.member_id)
    )
    return {(month, member_id): points for month, member_id, points in session.execute(query)}


def zeroed(session: Session, people: Iterable[int], period: Period) -> set[tuple[Month, int]]:
    """Months in which a zeroing stands (rules 5): the score is 0 whatever else is in them."""
    reversed_ones = select(Entry.reverses_id).where(Entry.reverses_id.is_not(None))
    query = select(Entry.about_month, Entry.member_id).where(
        Entry.member_id.in_(list(people)),
        Entry.about_month.between(period.first, period.last),
        Entry.source == Source.ZEROING,
        Entry.id.not_in(reversed_ones),
    )
    return set(session.execute(query).all())


def score_of(session: Session, member: Member, month: Month) -> tuple[Decimal, Rulebook]:
    """A member's score of a month in the home branch, and the rulebook it is computed with (rules 4)."""
    rulebook = rulebooks.in_force(session, member.branch_id, month)
    total = select(func.coalesce(func.sum(Entry.points, type_=Points), Decimal(0), type_=Points)).where(
        Entry.about_month == month, Entry.branch_id == member.branch_id, Entry.member_id == member.id
    )
    points = session.scalars(total).one()
    if zeroed(session, [member.id], Period.month(month)):
        return Decimal(0), rulebook
    return rulebook.score(points), rulebook


def of_branch(session: Session, branch_id: int, period: Period, now: datetime) -> Standings:
    """The standings of a branch over the period's months that have begun.

    A month's score is as rule 4 says; over several months it is the average of the scored ones.
    """
    months = [month for month in period.months if month <= Month.of(now)]
    points = sums(session, branch_id, period)
    scores: dict[int, list[Decimal]] = defaultdict(list)
    people: dict[int, Member] = {}
    reasons: dict[int, NotScoredReason] = {}
    for month in months:
        rulebook = rulebooks.find_in_force(session, branch_id, month)
        if rulebook is None:
            continue
        here = members.of_branch(session, branch_id, month)
        left_out = members.not_scored(session, here, month)
        nothing = zeroed(session, [m.id for m in here], Period.month(month))
        for member in here:
            people[member.id] = member
            if member.id in left_out:
                reasons[member.id] = left_out[member.id]
                continue
            total = points.get((month, member.id), Decimal(0))
            scores[member.id].append(Decimal(0) if (month, member.id) in nothing else rulebook.score(total))
    averages = {id: average(found) for id, found in scores.items()}
    return Standings(branch_id, period, tuple(_ranked(people.values(), averages, reasons)))


def _ranked(people: Iterable[Member], scores: dict[int, Decimal], reasons: dict[int, NotScoredReason]) -> list[Line]:
    """Equal scores share a rank, the next rank is skipped: 1, 2, 2, 4 (rules 17)."""
    people = list(people)
    order = sorted((m for m in people if m.id in scores), key=lambda m: (-scores[m.id], m.id))
    lines: list[Line] = []
    for place, member in enumerate(order, start=1):
        tied = lines and lines[-1].score == scores[member.id]
        lines.append(Line(member, scores[member.id], lines[-1].rank if tied else place))
    return lines + [Line(m, None, None, reasons.get(m.id)) for m in people if m.id not in scores]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group's average over its scored members; None where it has none."""

    name: str
    average: Decimal | None
    scored: int


def groups(session: Session, standings: Standings) -> list[GroupLine]:
    """The groups of one branch by the average of their scored members, best first (S1: inside a branch only)."""
    lines = [_group(group.id, group.name, standings.scored) for group in _groups(session, standings)]
    return sorted(lines, key=lambda line: (line.average is None, -(line.average or Decimal(0)), line.name))


def _groups(session: Session, standings: Standings) -> Sequence[organizations.Organization]:
    return organizations.groups_of(session, standings.branch_id)


def _group(group_id: int, name: str, scored: list[Line]) -> GroupLine:
    scores = [line.score for line in scored if line.member.group_id == group_id and line.score is not None]
    return GroupLine(name, average(scores) if scores else None, len(scores))
