"""The year's evaluation of a branch: averages, ranks, who may be rated 优秀, and why (rules 22).

It speaks of who is at home in the branch at the year's end, from the months scored there, corrections included. What
comes of it is decided by people; what was in the end commended stands in ``models/commendations.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import averages, opinions, rounds, rulebooks, standings
from models.averages import Averages
from models.consequences import LIVE, FollowUp, FollowUpKind
from models.members import Member, MemberCategory
from models.months import Month, Period
from models.rounds import RoundState
from models.standings import Line

RANKS = 3
LEAST_MONTHS = 6
# A branch may not be 五好党支部 where this share of its scored members average under the mark: 3 of 10.
SHARE, OF = 3, 10


@dataclass(frozen=True, slots=True)
class Check:
    """One condition: the rule, the figure it was held against, and whether it is met."""

    rule: str
    figure: str
    holds: bool


@dataclass(frozen=True, slots=True)
class EvaluationLine:
    """One member's year. ``average`` and ``rank`` are None for who is scored in none of its months."""

    member_id: int
    name: str
    full: bool  # 正式党员
    months: int
    average: Decimal | None
    rank: int | None
    under: bool
    checks: tuple[Check, ...]
    listed: tuple[int, ...]  # the follow-ups by which the branch proposes the member for 民主评议

    @property
    def may_be_excellent(self) -> bool:
        """Whether the member may be rated 优秀 and commended."""
        return all(check.holds for check in self.checks)

    @property
    def lacks(self) -> list[Check]:
        """The conditions that are not met."""
        return [check for check in self.checks if not check.holds]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A branch's year. ``complete`` says that December is final and its appeals are answered."""

    branch_id: int
    year: int
    complete: bool
    mark: Decimal | None
    lines: tuple[EvaluationLine, ...]

    @property
    def scored(self) -> int:
        return sum(line.average is not None for line in self.lines)

    @property
    def under(self) -> int:
        """How many scored members average under the mark."""
        return sum(line.under for line in self.lines)

    @property
    def barred(self) -> bool:
        """Whether the branch may not be 五好党支部, nor its secretary 优秀党支部书记: 30 % or more under the mark."""
        return self.scored > 0 and self.under * OF >= SHARE * self.scored

    @property
    def excellent(self) -> list[EvaluationLine]:
        """Who may be rated 优秀, best first."""
        return [line for line in self.lines if line.may_be_excellent]

    @property
    def to_evaluate(self) -> list[EvaluationLine]:
        """The list for 民主评议."""
        return [line for line in self.lines if line.listed]

    def line_of(self, member_id: int) -> EvaluationLine | None:
        return next((line for line in self.lines if line.member_id == member_id), None)


def is_complete(session: Session, branch_id: int, year: int) -> bool:
    """Whether a year is closed: December is final and its appeals are answered (rules 15)."""
    december = Month(year, 12)
    round_ = rounds.find(session, branch_id, december)
    final = round_ is not None and round_.state is RoundState.FINAL
    return final and not opinions.unanswered(session, branch_id, december)


def of_branch(session: Session, branch_id: int, year: int, now: datetime) -> Evaluation:
    """The evaluation of a year's months that have begun, in the order of ranks; who is not scored stands last."""
    present = Month.of(now)
    last = min(Month(year, 12), max(present, Month(year, 1)))
    period = Period(Month(year, 1), last)
    rulebook = rulebooks.find_in_force(session, branch_id, last)
    mark = rulebook.pass_mark if rulebook is not None else None
    found = averages.of_branch(session, branch_id, period, at_the_end=True)
    zeroed = {id for _, id in standings.zeroed(session, branch_id, period)}
    listed = _listed(session, branch_id, period)
    ids = [line.member.id for line in found.standings.lines]
    people = {member.id: member for member in session.scalars(select(Member).where(Member.id.in_(ids)))}
    lines = [
        _line(line, people[line.member.id], found, mark, line.member.id in zeroed, listed.get(line.member.id, ()))
        for line in found.standings.lines
    ]
    return Evaluation(branch_id, year, is_complete(session, branch_id, year), mark, tuple(lines))


def _listed(session: Session, branch_id: int, period: Period) -> dict[int, tuple[int, ...]]:
    """The follow-ups of the year that list members for 民主评议."""
    query = select(FollowUp).where(FollowUp.branch_id == branch_id, FollowUp.status.in_(LIVE))
    query = query.where(FollowUp.month.between(period.first, period.last), FollowUp.kind == FollowUpKind.EVALUATION)
    listed: dict[int, tuple[int, ...]] = {}
    for found in session.scalars(query.order_by(FollowUp.id)):
        listed[found.member_id] = (*listed.get(found.member_id, ()), found.id)
    return listed


def _line(
    line: Line, member: Member, found: Averages, mark: Decimal | None, zeroed: bool, listed: Sequence[int]
) -> EvaluationLine:
    months = found.scored_months(member.id)
    under = line.score is not None and mark is not None and line.score < mark
    full = member.category is MemberCategory.FULL
    return EvaluationLine(
        member_id=member.id,
        name=member.name,
        full=full,
        months=months,
        average=line.score,
        rank=line.rank,
        under=under,
        checks=_checks(line, months, full=full, under=under, mark=mark, zeroed=zeroed),
        listed=tuple(listed),
    )


def _checks(
    line: Line, months: int, *, full: bool, under: bool, mark: Decimal | None, zeroed: bool
) -> tuple[Check, ...]:
    """The conditions for 优秀, each with its figure."""
    rank = f"第{line.rank}名" if line.rank is not None else "不计名次"
    average = f"平均{line.score:.2f}分" if line.score is not None else "没有平均分"
    return (
        Check(f"支部名次前{RANKS}（并列都算）", rank, line.rank is not None and line.rank <= RANKS),
        Check("正式党员", "正式党员" if full else "预备党员", full),
        Check(f"计分满{LEAST_MONTHS}个月", f"计分{months}个月", months >= LEAST_MONTHS),
        Check(f"年度平均不低于合格分{mark or 0:.2f}", average, line.score is not None and not under),
        Check("全年没有归零", "有归零" if zeroed else "没有归零", not zeroed),
    )
