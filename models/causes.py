"""Why something follows from a month: who is under the mark and for how long, whose month is zeroed (rules 15, 20)."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.orm import Session

from models import rolls, standings, streaks
from models.consequences import FollowUpKind
from models.months import Month, Period
from models.rolls import Listed
from models.streaks import Figures

DEGREES = (FollowUpKind.TALK, FollowUpKind.APPOINTED_TALK, FollowUpKind.EVALUATION)


class Cause(NamedTuple):
    """Why something follows from a month for a member: the score, the mark, how many months in a row."""

    member_id: int
    name: str
    kind: FollowUpKind
    score: Decimal
    mark: Decimal
    streak: int


class Outcome(NamedTuple):
    """A branch's month: its figures, whose month is zeroed, and everyone of it in roster order."""

    figures: Figures
    zeroed: Collection[int]
    roll: Sequence[Listed]


def outcome(session: Session, branch_id: int, month: Month) -> Outcome | None:
    """A month as the entries now stand; None before the branch's first rulebook."""
    figures = streaks.figures(session, branch_id, month)
    if figures is None:
        return None
    zeroed = {member_id for _, member_id in standings.zeroed(session, branch_id, Period.month(month))}
    return Outcome(figures, zeroed, rolls.roll(session, branch_id, month))


def causes(
    session: Session, branch_id: int, month: Month, *, since: Month | None = None, known: Outcome | None = None
) -> list[Cause]:
    """What follows from a month, in roster order; months before ``since`` do not count.

    The month is as the entries now stand, or as ``known`` to the caller.
    """
    of_month = known or outcome(session, branch_id, month)
    if of_month is None:
        return []
    figures = of_month.figures
    lengths = streaks.lengths(session, branch_id, month, since=since, known=figures)
    found = []
    for member in of_month.roll:
        if member.id in lengths:
            streak = lengths[member.id]
            kind = DEGREES[min(streak, len(DEGREES)) - 1]
            found.append(Cause(member.id, member.name, kind, figures.scores[member.id], figures.mark, streak))
        if member.id in of_month.zeroed:
            streak = lengths.get(member.id, 0)
            zero = [FollowUpKind.ZEROING_LEADER, FollowUpKind.ZEROING_SECRETARY]
            found += [Cause(member.id, member.name, kind, Decimal(0), figures.mark, streak) for kind in zero]
    return found
