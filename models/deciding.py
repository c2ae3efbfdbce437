"""What is decided about claims: approve, reject, return, hand over, undo (rules 8 to 12).

The diagram stands in ``models/claims.py``. With two approvers at once exactly one decision stands, since
each is one UPDATE whose row count decides; points and notice are written in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from models import caps, ledger, notices, opinions, restoring, rounds, rulebooks, settings, sight, waiting
from models.claims import (
    LONGEST,
    STATUS_WORDS,
    Claim,
    ClaimStatus,
    add_step,
    change,
    standing,
    waiting_anew,
)
from models.columns import rounded
from models.deciders import deciders, offices_of
from models.errors import Refused, Settled
from models.members import Member
from models.rulebooks import Source
from models.seats import Seat


class NotYours(Refused):
    """Only who is entitled may decide; never the member concerned (rules 9)."""


class ReasonMissing(Refused):
    """A refusal or a return without a reason."""


class TooLateToUndo(Settled):
    """24 hours have passed, or the month has gone on."""


class BadFigure(Refused):
    """Another figure that the claim does not allow."""


class NobodyAbove(Refused):
    """There is no further level to hand over to."""


def approve(
    session: Session, number: int, *, by: Member, now: datetime, figure: Decimal | None = None, reason: str = ""
) -> Claim:
    """Approve a submitted claim, credit its points within the caps and tell its member (rules 4, 8, 9, 12).

    ``figure`` credits other points than claimed, of the same sign, and needs a reason.
    Raises NotFound, NotYours, AlreadyDecided, BadFigure or ReasonMissing.
    """
    claim = _to_decide(session, number, by, now)
    points = claim.points if figure is None else _figure(claim, figure, reason)
    ledger.lock_for(session, claim.member_id, claim.branch_id)
    _move(session, claim, ClaimStatus.APPROVED, by=by, now=now, reason=reason)
    rulebook = rulebooks.get(session, claim.rulebook_id)
    item = rulebook.get_item(claim.item_code)
    left = caps.room(session, claim.member_id, rulebook, item, claim.month)
    claim.credited = caps.within(points, left)
    ledger.write(
        session,
        claim.member,
        claim.credited,
        branch_id=claim.branch_id,
        about=claim.day,
        source=Source.CLAIM,
        cause=claim.decision_key,
        by=by,
        now=now,
        rulebook_id=claim.rulebook_id,
        item_code=claim.item_code,
        reason=claim.reason,
    )
    _tell(session, claim, "claim_approved", now, cut=str(points - claim.credited))
    return claim


def _figure(claim: Claim, figure: Decimal, reason: str) -> Decimal:
    figure = rounded(abs(figure)).copy_sign(claim.points)
    if not 0 < abs(figure) <= abs(claim.points):
        raise BadFigure(
            f"#{claim.id} 申报 {claim.points.normalize():f} 分，只能改成比它小、大于0的分数",
            f"通过 {claim.id} 改 1 理由",
        )
    if not reason:
        raise ReasonMissing("改分要写一句理由", f"通过 {claim.id} 改 {figure.normalize():f} 实际时间少些")
    return figure


def reject(session: Session, number: int, reason: str, *, by: Member, now: datetime) -> Claim:
    """Refuse a submitted claim with a reason and tell its member (rules 8, 9, 12)."""
    claim = _to_decide(session, number, by, now)
    if not reason:
        raise ReasonMissing("不通过要写一句理由", f"不通过 {number} 日期不对")
    _move(session, claim, ClaimStatus.REJECTED, by=by, now=now, reason=reason)
    _tell(session, claim, "claim_rejected", now)
    return claim


def send_back(session: Session, number: int, question: str, *, by: Member, now: datetime) -> Claim:
    """Return a claim to its member with what is to be supplemented (rules 8)."""
    claim = _to_decide(session, number, by, now)
    if not question:
        raise ReasonMissing("请写明要补充什么", f"退回 {number} 走访的哪一户")
    _move(session, claim, ClaimStatus.RETURNED, by=by, now=now, reason=question)
    _tell(session, claim, "claim_returned", now)
    return claim


def hand_over(session: Session, number: int, *, by: Member, now: datetime) -> tuple[Claim, Sequence[Seat]]:
    """Give a claim to the next level and tell it; returns also who is asked now (rules 9)."""
    claim = _to_decide(session, number, by, now)
    offices = offices_of(session, claim.branch_id, now)
    rung = offices.next_rung(claim, by)
    if rung is None:
        raise NobodyAbove(f"#{number} 没有可以转交的上一级，请您审核", f"通过 {number}")
    change(session, claim, ClaimStatus.SUBMITTED, ClaimStatus.SUBMITTED, rung=rung, **waiting_anew(now))
    notices.settle(session, claim.subject, now)
    add_step(session, claim, "hand_over", by=by, now=now)
    waiting.ask(session, claim, now=now)
    return claim, offices.decide(claim).asked


def undo(session: Session, number: int, *, by: Member, now: datetime) -> Claim:
    """Take a decision back within 24 hours, by who decided (rules 11); the ledger shows both entries."""
    claim = sight.claim(session, number, by, now, example="待办")
    if claim.status not in (ClaimStatus.APPROVED, ClaimStatus.REJECTED) or claim.decided_by_id != by.id:
        raise NotYours(f"#{number} 现在是“{STATUS_WORDS[claim.status]}”，只有审核的人能撤销", f"解释 {number}")
    hours = settings.get(session, settings.UNDO_HOURS, claim.branch_id)
    late = claim.decided_at is None or now - claim.decided_at >= timedelta(hours=hours)
    if late:
        raise TooLateToUndo(f"#{number} 审核已超过{hours}小时，不能撤销。确需更正，请找支部书记", f"解释 {number}")
    ledger.lock_for(session, claim.member_id, claim.branch_id)
    if rounds.left_review(session, claim.branch_id, claim.month, now):
        over = f"{claim.month.number}月的评审已结束"
        raise TooLateToUndo(f"{over}，#{number} 的审核不能撤销。确需更正，请找支部书记", f"解释 {number}")
    upheld = opinions.upheld_about_claim(session, claim.id)
    if upheld is not None:
        raise TooLateToUndo(f"#{number} 已按 Y{upheld.id} 的答复更正，审核不能撤销", f"解释 {number}")
    was, key = claim.status, claim.decision_key
    change(session, claim, was, ClaimStatus.SUBMITTED, credited=None, reason="", **waiting_anew(now))
    entry = restoring.standing(session, claim) or ledger.by_cause(session, key)
    if entry is not None:
        ledger.reverse(session, entry, by=by, now=now, reason="撤销审核")
    notices.settle(session, key, now)
    add_step(session, claim, "undo", by=by, now=now)
    _tell(session, claim, "claim_undone", now)
    waiting.ask(session, claim, now=now, knows=by)
    return claim


def _to_decide(session: Session, number: int, by: Member, now: datetime) -> Claim:
    claim = sight.claim(session, number, by, now, example="待办")
    if by.id == claim.member_id:
        raise NotYours(f"#{number} 是您自己的申报，由别人审核", "我的申报")
    if by.id not in deciders(session, claim, now).allowed:
        raise NotYours(f"#{number} 不由您审核", "待办")
    if claim.status is not ClaimStatus.SUBMITTED:
        raise standing(claim)
    rounds.check_undisclosed(session, claim.branch_id, claim.month, now, f"解释 {number}")
    return claim


def _move(session: Session, claim: Claim, to: ClaimStatus, *, by: Member, now: datetime, reason: str) -> None:
    """Decide a submitted claim; the notices that asked for it are settled."""
    decided = {"decided_by_id": by.id, "decided_at": now, "reason": reason[:LONGEST], "decisions": Claim.decisions + 1}
    change(session, claim, ClaimStatus.SUBMITTED, to, **decided)
    notices.settle(session, claim.subject, now)
    add_step(session, claim, to.value, by=by, now=now, reason=reason)


def _tell(session: Session, claim: Claim, kind: str, now: datetime, **facts: str) -> None:
    """Tell the member what became of the claim; settled when that decision is undone.

    For 代报 the one who recorded it is told, since the member has no WeChat.
    """
    people = {claim.member_id, claim.submitted_by_id}
    for member_id in sorted(people):
        key = f"{claim.decision_key}:{kind}:{member_id}"
        all_facts = {"claim": claim.id, **facts}
        notices.post(session, member_id, kind, key=key, now=now, subject=claim.decision_key, facts=all_facts)
