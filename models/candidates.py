"""Candidates of a quarter: the best group for 流动红旗, the best tenth of the members for 先锋岗 (rules 21).

Computed from corrected figures whenever they are looked at; nothing is stored before the committee confirms.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import averages, follow_ups, standings
from models.months import Period
from models.standings import GroupLine, Line

LEAST_IN_GROUP = 3  # scored members, for the banner
TENTH = 10  # of so many scored members one is a candidate


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who may be confirmed for a quarter."""

    groups: tuple[GroupLine, ...]
    members: tuple[Line, ...]

    @property
    def names(self) -> list[str]:
        return [*(group.name for group in self.groups), *(line.member.name for line in self.members)]


def of_branch(session: Session, branch_id: int, period: Period) -> Candidates:
    """Who may be confirmed, from the corrected figures as they now are."""
    found = averages.of_branch(session, branch_id, period).standings
    groups = [group for group in standings.groups(session, found) if group.scored >= LEAST_IN_GROUP]
    best = max((group.average for group in groups if group.average is not None), default=None)
    tenth = best_tenth(found.scored)
    barred = _barred(session, branch_id, period, [line.member.id for line in tenth])
    return Candidates(
        tuple(group for group in groups if group.average == best),
        tuple(line for line in tenth if line.member.id not in barred),
    )


def best_tenth(scored: Sequence[Line]) -> list[Line]:
    """The best tenth of the scored members, rounded up, ties included."""
    if not scored:
        return []
    last = scored[-(-len(scored) // TENTH) - 1]
    return [line for line in scored if line.rank is not None and last.rank is not None and line.rank <= last.rank]


def _barred(session: Session, branch_id: int, period: Period, ids: Iterable[int]) -> set[int]:
    """Who has an open follow-up, or a zeroing in the quarter."""
    zeroed = {id for _, id in standings.zeroed(session, branch_id, period)}
    return zeroed | {id for id in ids if follow_ups.open_of(session, id)}
