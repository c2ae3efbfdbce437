"""The quarter: 流动红旗 and 先锋岗 are proposed to the branch's committee, confirmed by it, and told (rules 21).

    proposed ──confirm──▶ confirmed

A quarter is proposed when its three months are final. Confirmed, its candidates (``models/candidates.py``) stand in
``quarter_honours``; those whom the committee left out are not ``given``.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, case, exists, func, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from models import appointments, bindings, candidates, members, notices
from models.appointments import BRANCH_OFFICES, Office
from models.base import Base
from models.candidates import Candidates
from models.columns import MonthOf, Points, RowId, one_of
from models.deciders import offices_of
from models.errors import Refused
from models.guarded import rows_changed
from models.members import Member
from models.months import Month, Period
from models.organizations import Organization
from models.prepared import Prepared
from models.rounds import Round, RoundState
from models.rows import insert_once

LOOK_BACK = 4  # quarters that may still be proposed after a standstill
MONTHS = 3


class QuarterState(StrEnum):
    """Where a quarter of a branch is."""

    PROPOSED = "proposed"  # the committee has been told the candidates
    CONFIRMED = "confirmed"  # and has confirmed them; the branch has been told


class Honour(StrEnum):
    """What is given for a quarter."""

    BANNER = "banner"  # 流动红旗: to the group with the best average
    PIONEER = "pioneer"  # 党员先锋岗: to the best tenth of the members


class Quarter(Base):
    """One quarter of one branch, by its first month."""

    __tablename__ = "quarters"
    __table_args__ = (UniqueConstraint("branch_id", "first"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    first: Mapped[Month] = mapped_column(MonthOf)
    state: Mapped[QuarterState] = mapped_column(one_of(QuarterState))
    proposed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    confirmed_at: Mapped[datetime | None]

    confirmed_by: Mapped[Member | None] = relationship()

    @property
    def subject(self) -> str:
        """What its notices are about."""
        return f"quarter:{self.id}"


class QuarterHonour(Base):
    """One candidate as the committee decided: a group or a member, with the average it rests on."""

    __tablename__ = "quarter_honours"
    __table_args__ = (UniqueConstraint("quarter_id", "group_id"), UniqueConstraint("quarter_id", "member_id"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    quarter_id: Mapped[int] = mapped_column(ForeignKey("quarters.id"), index=True)
    honour: Mapped[Honour] = mapped_column(one_of(Honour))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    average: Mapped[Decimal] = mapped_column(Points)
    given: Mapped[bool]

    group: Mapped[Organization | None] = relationship()
    member: Mapped[Member | None] = relationship()

    @property
    def name(self) -> str:
        """Whose it is."""
        return (self.group or self.member).name  # type: ignore[union-attr]


class NotProposed(Refused):
    """The quarter's three months are not all final."""


class NotYours(Refused):
    """Only the branch's own committee confirms."""


class AlreadyConfirmed(Refused):
    """The quarter has been confirmed."""


class NoCandidate(Refused):
    """Somebody to be left out who is none."""


def find(session: Session, branch_id: int, period: Period) -> Quarter | None:
    """A branch's quarter; None before it was proposed."""
    query = select(Quarter).where(Quarter.branch_id == branch_id, Quarter.first == period.first)
    return session.scalars(query).first()


def latest(session: Session, branch_id: int) -> Quarter | None:
    """A branch's newest quarter that was proposed."""
    query = select(Quarter).where(Quarter.branch_id == branch_id).order_by(Quarter.first.desc())
    return session.scalars(query.limit(1)).first()


_IN_QUARTER = aliased(Round)
_FINALS = (
    # Counted so, and not among all that are final, the branch's own three rounds are looked up and no others.
    select(func.count(case((_IN_QUARTER.state == RoundState.FINAL, 1))))
    .where(_IN_QUARTER.branch_id == Round.branch_id)
    .where(_IN_QUARTER.month.between(bindparam("first"), bindparam("last")))
    .scalar_subquery()
)
_PROPOSED = exists().where(Quarter.branch_id == Round.branch_id, Quarter.first == bindparam("first"))
_COMPLETE = Prepared(
    select(Round.branch_id)
    .where(Round.month == bindparam("last"), Round.state == RoundState.FINAL, ~_PROPOSED, _FINALS == MONTHS)
    .order_by(Round.branch_id)
)


def ready(session: Session, now: datetime) -> list[tuple[int, Period]]:
    """The branches and quarters of which all three months are final and nothing was proposed yet."""
    quarters = [Period.quarter(Month.of(now).plus(-3 * ago)) for ago in range(LOOK_BACK)]
    return [(id, q) for q in quarters for id in _COMPLETE.column(session, first=q.first, last=q.last)]


def propose(session: Session, branch_id: int, period: Period, *, now: datetime) -> bool:
    """Tell the secretary the candidates, once per quarter (rules 21)."""
    values = {"branch_id": branch_id, "first": period.first, "state": QuarterState.PROPOSED, "proposed_at": now}
    if not insert_once(session, Quarter, **values):
        return False
    quarter = find(session, branch_id, period)
    assert quarter is not None
    for seat in offices_of(session, branch_id, now).holders(branch_id, Office.SECRETARY):
        key = f"{quarter.subject}:proposed:{seat.id}"
        facts = {"quarter": quarter.id}
        notices.post(session, seat.id, "quarter_proposed", key=key, now=now, subject=quarter.subject, facts=facts)
    return True


def may_confirm(session: Session, branch_id: int, asker: Member, now: datetime) -> bool:
    """Whether an asker speaks for a branch's committee: its secretary or deputy."""
    mine = [a for a in appointments.held_by(session, asker.id, now) if a.organization_id == branch_id]
    return any(a.office in (Office.SECRETARY, Office.DEPUTY_SECRETARY) for a in mine)


def sees_candidates(session: Session, branch_id: int, asker: Member, now: datetime) -> bool:
    """Whether an asker is of the branch's committee, who sees the candidates before they are confirmed."""
    mine = [a for a in appointments.held_by(session, asker.id, now) if a.organization_id == branch_id]
    return any(a.office in BRANCH_OFFICES for a in mine)


def check(
    session: Session, branch_id: int, period: Period, without: Collection[str], *, by: Member, now: datetime
) -> Candidates:
    """Raise what ``confirm`` would refuse: NotProposed, NotYours, AlreadyConfirmed or NoCandidate."""
    quarter = find(session, branch_id, period)
    if quarter is None:
        raise NotProposed("这个季度的三个月还没有都审定，审定后再评", "季度通报")
    if not may_confirm(session, branch_id, by, now):
        raise NotYours("季度评选由支委会确认，请书记或副书记办理", "季度通报")
    if quarter.state is QuarterState.CONFIRMED:
        raise _confirmed(quarter)
    found = candidates.of_branch(session, branch_id, period)
    for name in without:
        if name not in found.names:
            raise NoCandidate(f"“{name}”不在候选里", "季度通报")
    return found


def _confirmed(quarter: Quarter) -> AlreadyConfirmed:
    by = quarter.confirmed_by
    return AlreadyConfirmed(f"这个季度已由{by.name if by else '支部'}确认，不用再办", "季度通报")


def confirm(
    session: Session, branch_id: int, period: Period, without: Collection[str] = (), *, by: Member, now: datetime
) -> Quarter:
    """Confirm the candidates but those left out, and tell the branch (rules 21). Refuses as ``check`` does."""
    found = check(session, branch_id, period, without, by=by, now=now)
    values = {"state": QuarterState.CONFIRMED, "confirmed_by_id": by.id, "confirmed_at": now}
    mine = (Quarter.branch_id == branch_id, Quarter.first == period.first, Quarter.state == QuarterState.PROPOSED)
    confirmed = rows_changed(session, update(Quarter).where(*mine).values(**values))
    quarter = find(session, branch_id, period)
    assert quarter is not None
    session.refresh(quarter)
    if not confirmed:
        raise _confirmed(quarter)
    session.add_all(_honours(quarter, found, without))
    session.flush()
    notices.settle(session, quarter.subject, now)
    present = [member.id for member in members.present(session, branch_id)]
    told = sorted(bindings.reachable(session, present))
    facts = {"quarter": quarter.id}
    notices.post_all(session, told, "quarter_confirmed", key=f"{quarter.subject}:confirmed", now=now, facts=facts)
    return quarter


def _honours(quarter: Quarter, found: Candidates, without: Collection[str]) -> list[QuarterHonour]:
    groups = [
        QuarterHonour(
            quarter_id=quarter.id,
            honour=Honour.BANNER,
            group_id=group.id,
            average=group.average,
            given=group.name not in without,
        )
        for group in found.groups
    ]
    people = [
        QuarterHonour(
            quarter_id=quarter.id,
            honour=Honour.PIONEER,
            member_id=line.member.id,
            average=line.score,
            given=line.member.name not in without,
        )
        for line in found.members
    ]
    return [*groups, *people]


def honours_of(session: Session, quarter: Quarter, honour: Honour) -> Sequence[QuarterHonour]:
    """What was given for a quarter."""
    query = select(QuarterHonour).where(QuarterHonour.quarter_id == quarter.id, QuarterHonour.honour == honour)
    return session.scalars(query.where(QuarterHonour.given).order_by(QuarterHonour.id)).all()
