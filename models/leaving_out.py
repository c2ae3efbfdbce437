"""不计分 and 恢复计分 by hand: the committee of a level above decides, with a reason, from and until (rules 7).

    scored ──leave_out──▶ not scored ──restore, or its last month is over──▶ scored

A month that is final keeps its snapshot, so no state may begin or end in one.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ledger, notices
from models.accountable import is_above
from models.appointments import Office
from models.deciders import offices_of
from models.errors import Refused
from models.members import Member, NotScored, NotScoredReason
from models.months import Month
from models.rounds import Round, RoundState

# What the tables say by themselves is not decided by hand.
BY_ITSELF = frozenset({NotScoredReason.PART_MONTH})
REASONS = tuple(reason for reason in NotScoredReason if reason not in BY_ITSELF)


class NotTheCommittee(Refused):
    """Only the committee of a level above decides who is scored, and not about oneself."""


class MonthFinal(Refused):
    """A month of it is final already."""


class WrongOrder(Refused):
    """It would end before it begins."""


class AlreadyLeftOut(Refused):
    """The member is not scored in some of these months."""


class NotLeftOut(Refused):
    """Nobody decided that the member is not scored."""


def leave_out(
    session: Session,
    member: Member,
    reason: NotScoredReason,
    *,
    first: Month,
    last: Month | None,
    by: Member,
    now: datetime,
) -> NotScored:
    """Leave a member out of the scores from a month on; without ``last`` until it is restored. Both are told."""
    _check(session, member, first, by, now)
    if last is not None and last < first:
        raise WrongOrder("截止的月份不能早于开始的月份", f"不计分 {member.name} 长期病休 {first.number}月")
    until = last if last is not None else Month(9999, 12)
    for other in _decided(session, member):
        if other.from_month <= until and (other.until_month is None or other.until_month >= first):
            raise AlreadyLeftOut(f"{member.name}已经是不计分（{other.reason.value}）", f"恢复计分 {member.name}")
    found = NotScored(
        member_id=member.id,
        reason=reason,
        decided_by_id=by.id,
        decided_at=now,
        from_month=first,
        until_month=last,
    )
    session.add(found)
    session.flush()
    facts = {"member": member.id, "reason": reason.value, "from": str(first), "until": str(last) if last else ""}
    _tell(session, member, "left_out", f"left_out:{found.id}", facts, now)
    return found


def restore(session: Session, member: Member, *, first: Month, by: Member, now: datetime) -> NotScored:
    """Score a member again from a month on; what was decided ends with the month before."""
    _check(session, member, first, by, now)
    running = (NotScored.until_month.is_(None)) | (NotScored.until_month >= first)
    found = session.scalars(
        select(NotScored).where(NotScored.member_id == member.id, running).order_by(NotScored.id.desc()).limit(1)
    ).first()
    if found is None:
        raise NotLeftOut(f"{member.name}现在没有登记不计分", f"不计分 {member.name} 长期病休")
    # Under the branch's lock nobody else ends it meanwhile.
    found.until_month, found.ended_by_id, found.ended_at = first.plus(-1), by.id, now
    session.flush()
    facts = {"member": member.id, "from": str(first)}
    _tell(session, member, "scored_again", f"scored_again:{found.id}:{first}", facts, now)
    return found


def _check(session: Session, member: Member, first: Month, by: Member, now: datetime) -> None:
    if by.id == member.id or not is_above(session, member.branch_id, by, now):
        raise NotTheCommittee("计分不计分由上级党组织决定，不能定自己的", "概况")
    ledger.lock(session, member.branch_id)
    final = (Round.branch_id == member.branch_id, Round.month >= first, Round.state == RoundState.FINAL)
    last = session.scalars(select(Round.month).where(*final).order_by(Round.month.desc()).limit(1)).first()
    if last is not None:
        raise MonthFinal(
            f"{last.number}月已经审定，只能从还没审定的月份起", f"不计分 {member.name} 长期病休 {last.plus(1).number}月"
        )


def _decided(session: Session, member: Member) -> list[NotScored]:
    return list(session.scalars(select(NotScored).where(NotScored.member_id == member.id).order_by(NotScored.id)))


def _tell(session: Session, member: Member, kind: str, key: str, facts: Mapping[str, object], now: datetime) -> None:
    """Tell the member and the branch's secretary."""
    secretaries = offices_of(session, member.branch_id, now).holders(member.branch_id, Office.SECRETARY)
    for id in sorted({member.id, *(seat.id for seat in secretaries)}):
        notices.post(session, id, kind, key=f"{key}:{id}", now=now, facts=facts)
