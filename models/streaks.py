"""Months in a row under the pass mark, from corrected figures (rules 7, 15, 20).

A month in which a member is not scored neither breaks nor lengthens a streak; a month at or above the mark
ends it; the year's end means nothing to it. A member who moved takes it along.
"""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import results, rolls, rounds, rulebooks, standings
from models.members import Member, Move
from models.months import Month, Period
from models.rulebooks import Rulebook

_ZERO = Decimal(0)


class Figures(NamedTuple):
    """A branch's month: the mark, and the scores of who is scored."""

    mark: Decimal
    scores: dict[int, Decimal]

    @property
    def under(self) -> set[int]:
        """Who is under the mark."""
        return {id for id, score in self.scores.items() if score < self.mark}


def figures(session: Session, branch_id: int, month: Month) -> Figures | None:
    """The corrected figures of a month; before its final those of the entries so far.

    None before the branch's first rulebook.
    """
    round_ = rounds.find(session, branch_id, month)
    if round_ is not None and round_.rulebook_id is not None:
        rulebook = rulebooks.get(session, round_.rulebook_id)
        return Figures(rulebook.pass_mark, results.corrected(session, branch_id, month))
    current = rulebooks.find_in_force(session, branch_id, month)
    return None if current is None else Figures(current.pass_mark, _so_far(session, branch_id, month, current))


def _so_far(session: Session, branch_id: int, month: Month, rulebook: Rulebook) -> dict[int, Decimal]:
    points = standings.sums(session, branch_id, Period.month(month))
    nothing = standings.zeroed(session, branch_id, Period.month(month))
    return {
        member.id: _ZERO if (month, member.id) in nothing else rulebook.score(points.get((month, member.id), _ZERO))
        for member in rolls.roll(session, branch_id, month)
        if member.not_scored is None
    }


def lengths(
    session: Session, branch_id: int, month: Month, *, since: Month | None = None, known: Figures | None = None
) -> dict[int, int]:
    """For each member of a branch who is under the mark in a month: how many scored months in a row by now.

    Months before ``since`` do not count; without it the streak may reach back to the first rulebook. ``known`` are
    the month's own figures, where the caller has them.
    """
    found = known or figures(session, branch_id, month)
    lengths = dict.fromkeys(found.under if found else (), 1)
    running = set(lengths)
    while running and (since is None or month > since):
        month = month.plus(-1)
        for home, people in _homes(session, running, month).items():
            past = figures(session, home, month)
            for id in people:
                score = past.scores.get(id) if past else None
                if past is None or (score is not None and score >= past.mark):
                    running.discard(id)
                elif score is not None:
                    lengths[id] += 1
    return lengths


def _homes(session: Session, ids: Collection[int], month: Month) -> dict[int, list[int]]:
    """The members by the branch in which they were at home in a month."""
    present = select(Member).where(Member.id.in_(ids))
    home = {member.id: member.branch_id for member in session.scalars(present)}
    later = select(Move).where(Move.member_id.in_(ids), Move.moved_on >= month.first_day)
    for move in session.scalars(later.order_by(Move.moved_on.desc(), Move.id.desc())):
        home[move.member_id] = move.from_branch_id
    homes: dict[int, list[int]] = defaultdict(list)
    for id in sorted(ids):
        homes[home[id]].append(id)
    return homes
