"""Results: the snapshot of a month at final, per member and per group, which never moves (rules 15).

Later corrections are entries booked afterwards; ``corrected`` is what a month's score has become by them.
"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models import rounds, rulebooks, standings
from models.base import Base
from models.columns import MonthOf, Points, RowId, one_of
from models.members import Member, NotScoredReason
from models.months import Month, Period
from models.objects import Objects
from models.rolls import Listed
from models.standings import Line, Standings


class Result(Base):
    """One member's month as it became final. Who is not scored has no score, rank or stars, only the reason."""

    __tablename__ = "results"
    __table_args__ = (
        UniqueConstraint("branch_id", "month", "member_id"),
        Index("ix_results_member", "member_id", "month"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    month: Mapped[Month] = mapped_column(MonthOf)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))  # at that time
    base: Mapped[Decimal] = mapped_column(Points)
    plus: Mapped[Decimal] = mapped_column(Points)
    minus: Mapped[Decimal] = mapped_column(Points)  # what was deducted, not below zero
    zeroed: Mapped[bool] = mapped_column(default=False)
    score: Mapped[Decimal | None] = mapped_column(Points)
    rank: Mapped[int | None]
    stars: Mapped[int | None]
    not_scored: Mapped[NotScoredReason | None] = mapped_column(one_of(NotScoredReason))

    member: Mapped[Member] = relationship()


class GroupResult(Base):
    """One group's month as it became final: the average of its scored members, none where it has none."""

    __tablename__ = "group_results"
    __table_args__ = (UniqueConstraint("branch_id", "month", "group_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    month: Mapped[Month] = mapped_column(MonthOf)
    group_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    scored: Mapped[int]
    average: Mapped[Decimal | None] = mapped_column(Points)
    rank: Mapped[int | None]
    stars: Mapped[int | None]


_FIND = Objects(
    select(Result).where(
        Result.branch_id == bindparam("branch_id"),
        Result.member_id == bindparam("member_id"),
        Result.month == bindparam("month", type_=MonthOf),
    )
)


def find(session: Session, branch_id: int, member_id: int, month: Month) -> Result | None:
    """A member's final result of a month in a branch; None before it is final."""
    return _FIND.first(session, branch_id=branch_id, member_id=member_id, month=month)


def of_branch(session: Session, branch_id: int, month: Month) -> Sequence[Result]:
    """A branch's final results of a month, in roster order; empty before it is final."""
    query = select(Result).where(Result.branch_id == branch_id, Result.month == month)
    return session.scalars(query.options(joinedload(Result.member)).order_by(Result.member_id)).all()


def of_groups(session: Session, branch_id: int, month: Month) -> Sequence[GroupResult]:
    """The final averages of a branch's groups in a month, in the order of the roster."""
    query = select(GroupResult).where(GroupResult.branch_id == branch_id, GroupResult.month == month)
    return session.scalars(query.order_by(GroupResult.group_id)).all()


def as_standings(session: Session, branch_id: int, month: Month) -> Standings | None:
    """The standings of a month as they became final; None before that (rules 15, 17)."""
    lines = [
        Line(Listed(row.member_id, row.member.name, row.group_id, row.not_scored), row.score, row.rank, row.not_scored)
        for row in of_branch(session, branch_id, month)
    ]
    in_order = sorted(lines, key=lambda line: (line.rank is None, line.rank, line.member.id))
    return Standings(branch_id, Period.month(month), tuple(in_order)) if lines else None


def corrected(session: Session, branch_id: int, month: Month) -> dict[int, Decimal]:
    """What the scores of a final month are with every entry about it, the later ones included (rules 15).

    By member, for those who are scored in the snapshot; equal to it where nothing was corrected.
    """
    round_ = rounds.find(session, branch_id, month)
    if round_ is None or round_.rulebook_id is None:
        return {}
    rulebook = rulebooks.get(session, round_.rulebook_id)
    period = Period.month(month)
    points = standings.sums(session, branch_id, period)
    nothing = standings.zeroed(session, branch_id, period)
    scored = select(Result.member_id).where(Result.branch_id == branch_id, Result.month == month)
    return {
        id: Decimal(0) if (month, id) in nothing else rulebook.score(points.get((month, id), Decimal(0)))
        for id in session.scalars(scored.where(Result.not_scored.is_(None)).order_by(Result.member_id))
    }
