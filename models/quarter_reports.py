"""The quarterly report (季度通报): one branch's own figures; no other branch is in it (rules 21; S3)."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import averages, follow_ups
from models.claims import UNDECIDED, Claim, ClaimStatus
from models.consequences import PENDING
from models.months import Month, Period


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a quarter; ``pending`` are the follow-ups that are not over."""

    scored: int
    averages: dict[Month, Decimal]
    claims: int
    approved: int
    undecided: int
    follow_ups: int
    pending: int


def of_branch(session: Session, branch_id: int, period: Period) -> Report:
    """The figures of a quarter: who is scored, the branch's averages by month, claims and follow-ups."""
    average = averages.of_branch(session, branch_id, period)
    mine = (Claim.branch_id == branch_id, Claim.month.between(period.first, period.last))
    made = (
        select(Claim.status, func.count().label("made"))
        .where(*mine, Claim.status != ClaimStatus.WITHDRAWN)
        .group_by(Claim.status)
    )
    claims = {row.status: row.made for row in session.execute(made)}
    of_quarter = [found for m in period.months for found in follow_ups.of_month(session, branch_id, m)]
    return Report(
        scored=len(average.standings.scored),
        averages=averages.month_averages(average),
        claims=sum(claims.values()),
        approved=claims.get(ClaimStatus.APPROVED, 0),
        undecided=sum(claims.get(status, 0) for status in UNDECIDED),
        follow_ups=len(of_quarter),
        pending=sum(found.status in PENDING for found in of_quarter),
    )
