"""A month becomes final: its scores, ranks and stars are fixed, and what follows from them begins (rules 14, 15).

The snapshot is written in two statements, whatever the size of the branch: a committee of two thousand branches
becomes final in one morning.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import follow_ups, ledger, notices, opinions, rolls, rounds, rulebooks, standings, tallies
from models.bindings import Binding
from models.causes import Outcome
from models.columns import MonthOf
from models.errors import Refused
from models.followers import Follower
from models.months import Month, Period
from models.prepared import Prepared
from models.results import GroupResult, Result
from models.rolls import Listed
from models.rounds import Round, RoundState
from models.rows import insert_all
from models.rulebooks import Rulebook
from models.standings import Line, Standings
from models.streaks import Figures
from models.tallies import Sums


class NotDueYet(Refused):
    """The month is not in disclosure, or the disclosure still runs."""


class StillUnanswered(Refused):
    """An objection or appeal about the month waits for its answer."""


def finalize(session: Session, branch_id: int, month: Month, *, now: datetime) -> Round:
    """Fix a month's results, begin what follows from them, and tell everyone theirs (rules 15, 20, 29).

    Raises NotDueYet or StillUnanswered.
    """
    (last,) = ledger.lock(session, branch_id)
    round_ = _check(session, rounds.find_anew(session, branch_id, month), month, now)
    rulebook = rulebooks.in_force(session, branch_id, month)
    rounds.move(session, round_, RoundState.FINAL, final_at=now, rulebook_id=rulebook.id, last_sequence=last)
    outcome = _snapshot(session, round_, rulebook)
    notices.settle(session, round_.subject, now)
    follow_ups.at_final(session, branch_id, month, now=now, known=outcome)
    told = _TOLD.column(session, branch_id=branch_id, month=month)
    notices.post_all(session, told, "result", key=f"{round_.subject}:result", now=now, facts=round_.facts)
    return round_


# Whoever has a result and can be reached: asked by branch, so that no list of members travels with the question.
_TOLD = Prepared(
    select(Result.member_id)
    .join(Binding, Binding.member_id == Result.member_id)
    .join(Follower, Follower.openid == Binding.openid)
    .where(Result.branch_id == bindparam("branch_id"), Result.month == bindparam("month", type_=MonthOf))
    .where(Follower.unfollowed_at.is_(None))
    .order_by(Result.member_id)
)


def _check(session: Session, found: Round | None, month: Month, now: datetime) -> Round:
    if found is None or found.state is not RoundState.DISCLOSURE or found.final_from is None:
        raise NotDueYet(f"{month.number}月不在公示中，不能审定", f"公示 {month.number}月")
    if now < found.final_from:
        raise NotDueYet(f"{month.number}月的公示还没有结束，不能审定", f"公示 {month.number}月")
    open_ones = opinions.unanswered(session, found.branch_id, month)
    if open_ones:
        numbers = "、".join(f"Y{opinion.id}" for opinion in open_ones)
        raise StillUnanswered(f"{month.number}月还有没答复的意见：{numbers}，答复后才能审定", "待办")
    return found


def _snapshot(session: Session, round_: Round, rulebook: Rulebook) -> Outcome:
    """Write the results of members and groups; returns what they come to."""
    branch_id, month = round_.branch_id, round_.month
    roll = rolls.roll(session, branch_id, month)
    sums = tallies.sums(session, branch_id, month)
    tally = {member.id: sums.get(member.id, tallies.NOTHING) for member in roll}
    scores = {member.id: tally[member.id].score(rulebook) for member in roll if member.not_scored is None}
    lines = standings.ranked(roll, scores)
    of_members = [_result(line, rulebook, tally[line.member.id]) for line in _in_roster_order(lines)]
    of_groups = _groups(session, Standings(branch_id, Period.month(month), tuple(lines)), rulebook)
    insert_all(session, Result, of_members, branch_id=branch_id, month=month, base=rulebook.base)
    insert_all(session, GroupResult, of_groups, branch_id=branch_id, month=month)
    zeroed = {member.id for member in roll if tally[member.id].zeroings}
    return Outcome(Figures(rulebook.pass_mark, scores), zeroed, roll)


def _in_roster_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.member.id)


def _result(line: Line, rulebook: Rulebook, sums: Sums) -> dict[str, object]:
    member: Listed = line.member
    return {
        "member_id": member.id,
        "group_id": member.group_id,
        "plus": sums.plus,
        "minus": sums.minus,
        "zeroed": sums.zeroings > 0,
        "score": line.score,
        "rank": line.rank,
        "stars": None if line.score is None else rulebook.stars_at(line.score),
        "not_scored": member.not_scored,
    }


def _groups(session: Session, found: Standings, rulebook: Rulebook) -> list[dict[str, object]]:
    """The groups' averages; equal ones share a rank."""
    lines = standings.groups(session, found)
    averages = [line.average for line in lines if line.average is not None]
    return [
        {
            "group_id": line.id,
            "scored": line.scored,
            "average": line.average,
            "rank": None if line.average is None else _place(averages, line.average),
            "stars": None if line.average is None else rulebook.stars_at(line.average),
        }
        for line in sorted(lines, key=lambda line: line.id)
    ]


def _place(averages: list[Decimal], average: Decimal) -> int:
    return 1 + sum(other > average for other in averages)
