"""Averages over several months, from corrected figures: what quarter and year are judged by (rules 15, 21, 22)."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from models import rolls, standings, streaks
from models.months import Month, Period
from models.rolls import Listed
from models.standings import Standings


@dataclass(frozen=True, slots=True)
class Averages:
    """A branch over a period: each member's scored months, and the averages of these as standings."""

    standings: Standings
    months: dict[int, dict[Month, Decimal]]

    def scored_months(self, member_id: int) -> int:
        """How many months of the period a member was scored in."""
        return len(self.months.get(member_id, {}))


def of_branch(session: Session, branch_id: int, period: Period, *, at_the_end: bool = False) -> Averages:
    """The averages of a branch; with ``at_the_end`` of those alone who are at home in it when the period is over."""
    people: dict[int, Listed] = {}
    months: dict[int, dict[Month, Decimal]] = defaultdict(dict)
    for month in period.months:
        figures = streaks.figures(session, branch_id, month)
        if figures is None:
            continue
        people |= {member.id: member for member in rolls.roll(session, branch_id, month)}
        for id, score in figures.scores.items():
            months[id][month] = score
    if at_the_end:
        people = _at_the_end(session, branch_id, period.last)
    averages = {id: standings.average(list(scores.values())) for id, scores in months.items() if id in people}
    lines = tuple(standings.ranked(people.values(), averages))
    return Averages(Standings(branch_id, period, lines), months)


def _at_the_end(session: Session, branch_id: int, last: Month) -> dict[int, Listed]:
    """Who was there in the last month and neither left nor moved away before it was over."""
    after = {member.id for member in rolls.roll(session, branch_id, last.plus(1))}
    return {member.id: member for member in rolls.roll(session, branch_id, last) if member.id in after}


def month_averages(averages: Averages) -> dict[Month, Decimal]:
    """The branch's own average of each month, over its scored members."""
    scores: dict[Month, list[Decimal]] = defaultdict(list)
    for found in averages.months.values():
        for month, score in found.items():
            scores[month].append(score)
    return {month: standings.average(scores[month]) for month in sorted(scores)}
