"""What an inspector finds: 属实, or 不实, which reverses the entry and deducts by the rulebook (rules 16)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from models import caps, ledger, notices, opinions, restoring, rounds, rulebooks, settings
from models.claims import LONGEST, Claim, ClaimStatus, add_step
from models.deciding import TooLateToUndo
from models.errors import NotFound, Refused, Settled
from models.guarded import rows_changed
from models.ledger import Entry
from models.members import Member
from models.months import Period
from models.recorders import ReasonMissing
from models.rounds import RoundState
from models.rulebooks import Item, Rulebook, Source
from models.spot_checks import Finding, SpotCheck, SpotDraw

UNTRUE = "抽查不实"  # why an entry was reversed
_CAUSE = re.compile(r"check:(\d{1,18})(?::\d{1,9})?")
WORDS = {Finding.WAITING: "待查", Finding.TRUE: "属实", Finding.UNTRUE: "不实", Finding.LAPSED: "没有人查"}


class AlreadyFound(Settled):
    """The claim was looked at already."""


class NoLongerApproved(Refused):
    """The approval was taken back since the draw: there is nothing to look at."""


class NothingFound(Refused):
    """The claim has not been looked at yet: there is nothing to take back."""


class NotImpartial(Refused):
    """Nobody looks at what they claimed, recorded or approved themselves."""


def waiting_for(session: Session, inspector: Member) -> Sequence[SpotCheck]:
    """The claims that wait for an inspector's finding, by number; those no longer approved are left out."""
    query = (
        select(SpotCheck)
        .join(Claim, Claim.id == SpotCheck.claim_id)
        .where(SpotCheck.inspector_id == inspector.id, SpotCheck.finding == Finding.WAITING)
        .where(Claim.status == ClaimStatus.APPROVED)
        .order_by(SpotCheck.claim_id)
    )
    return session.scalars(query).all()


def get(session: Session, number: int, by: Member) -> SpotCheck:
    """The check of claim #12 that was given to an inspector; raises NotFound."""
    query = select(SpotCheck).where(SpotCheck.claim_id == number, SpotCheck.inspector_id == by.id)
    check = session.scalars(query).first()
    if check is None:
        raise NotFound(f"没有交给您抽查的 #{number}，请看一下编号", "抽查")
    return check


def find_true(session: Session, number: int, note: str, *, by: Member, now: datetime) -> SpotCheck:
    """Find a claim 属实; nothing else changes."""
    check = _to_find(session, number, by)
    _found(session, check, Finding.TRUE, note, by=by, now=now)
    return check


def find_untrue(session: Session, number: int, reason: str, *, by: Member, now: datetime) -> SpotCheck:
    """Find a claim 不实: its entry is reversed, the rulebook's item for it deducted, member and approver told.

    Raises NotFound, ReasonMissing, NoLongerApproved, NotImpartial or AlreadyFound.
    """
    if not reason:
        raise ReasonMissing("不实要写明查到的情况，本人会看到", f"抽查 {number} 不实 签到表上没有")
    claim = get(session, number, by).claim
    ledger.lock_for(session, claim.member_id, claim.branch_id)
    check = _to_find(session, number, by)
    _found(session, check, Finding.UNTRUE, reason, by=by, now=now)
    entry = restoring.standing(session, claim)
    if entry is not None:  # an objection may have taken it back before
        ledger.reverse(session, entry, by=by, now=now, reason=UNTRUE)
    _deduct(session, check, by=by, now=now)
    _tell(session, check, now, "check_untrue", "check_untrue_approver")
    return check


def undo(session: Session, number: int, *, by: Member, now: datetime) -> SpotCheck:
    """Take one's finding back within a day, while the month is not final (rules 11, 16): the claim waits again.

    What 不实 reversed is restored by a new entry, what it deducted reversed; who was told is told. Raises NotFound,
    NothingFound or TooLateToUndo.
    """
    check = get(session, number, by)
    claim = check.claim
    ledger.lock_for(session, claim.member_id, claim.branch_id)
    session.refresh(check)
    found_at = _check_undo(session, check, now)
    was, deducted, cause = check.finding, deduction_of(session, check), check.cause
    _to(session, check, was, Finding.WAITING, reason="", found_at=None)
    if was is Finding.UNTRUE:
        taken = restoring.taken_back_by(session, claim, found_at, UNTRUE)
        if deducted is not None and not ledger.is_reversed(session, deducted):
            ledger.reverse(session, deducted, by=by, now=now, reason="撤销抽查结果")
        if taken is not None:
            restoring.restore(session, claim, taken, by=by, now=now, reason="撤销抽查结果")
        notices.settle(session, cause, now)
        _tell(session, check, now, "check_undone", "check_undone")
    add_step(session, claim, "check_undone", by=by, now=now)
    return check


def _check_undo(session: Session, check: SpotCheck, now: datetime) -> datetime:
    """When it was found; raises NothingFound or TooLateToUndo."""
    claim = check.claim
    if check.found_at is None:
        raise NothingFound(f"#{claim.id} 还没有写抽查结果，不用撤销", f"抽查 {claim.id}")
    hours = settings.get(session, settings.UNDO_HOURS, claim.branch_id)
    if now - check.found_at >= timedelta(hours=hours):
        raise TooLateToUndo(f"#{claim.id} 的抽查结果已超过{hours}小时，不能撤销", f"解释 {claim.id}")
    round_ = rounds.find_anew(session, claim.branch_id, claim.month)
    if round_ is not None and round_.state is RoundState.FINAL:
        raise TooLateToUndo(f"{claim.month.number}月已审定，#{claim.id} 的抽查结果不能撤销", f"解释 {claim.id}")
    upheld = opinions.upheld_about_claim(session, claim.id)
    if upheld is not None:
        raise TooLateToUndo(f"#{claim.id} 已按 Y{upheld.id} 的答复更正，抽查结果不能撤销", f"解释 {claim.id}")
    return check.found_at


def may_undo(session: Session, number: int, by: Member) -> bool:
    """Whether a claim's number speaks of a finding of one's own."""
    query = select(SpotCheck.id).where(SpotCheck.claim_id == number, SpotCheck.inspector_id == by.id)
    return session.scalars(query.where(SpotCheck.found_at.is_not(None))).first() is not None


def _to_find(session: Session, number: int, by: Member) -> SpotCheck:
    check = get(session, number, by)
    claim = check.claim
    session.refresh(claim)
    if claim.status is not ClaimStatus.APPROVED:
        raise NoLongerApproved(f"#{number} 的审核后来撤销了，不用再查", "抽查")
    if by.id in claim.concerned_ids | {claim.decided_by_id}:
        raise NotImpartial(f"#{number} 是您自己报的或审的，由别人查", "抽查")
    return check


def _found(session: Session, check: SpotCheck, to: Finding, reason: str, *, by: Member, now: datetime) -> None:
    """One guarded UPDATE; what is found counts for whoever approved the claim last."""
    claim = check.claim
    found = {"reason": reason[:LONGEST], "found_at": now, "approver_id": claim.decided_by_id}
    _to(session, check, Finding.WAITING, to, **found, findings=SpotCheck.findings + 1)
    add_step(session, claim, f"check_{to.value}", by=by, now=now, reason=reason)
    if not any(other.draw_id == check.draw_id for other in waiting_for(session, by)):
        notices.settle(session, check.subject, now)


def _to(session: Session, check: SpotCheck, was: Finding, to: Finding, **values: Any) -> None:
    """One guarded UPDATE; the row count decides. Raises AlreadyFound."""
    changed = rows_changed(
        session,
        update(SpotCheck)
        .where(SpotCheck.id == check.id, SpotCheck.finding == was)
        .values(finding=to, **values)
        .execution_options(synchronize_session=False),
    )
    session.refresh(check)
    if not changed:
        number = check.claim_id
        raise AlreadyFound(f"#{number} 已查过，结果是“{WORDS[check.finding]}”，以此为准", f"解释 {number}")


def item_for(rulebook: Rulebook) -> Item | None:
    """The item that a finding of 不实 deducts by; None where the rulebook has none."""
    found = (item for item in rulebook.items if Source.SPOT_CHECK in item.sources and not item.is_plus)
    return next(found, None)


def _deduct(session: Session, check: SpotCheck, *, by: Member, now: datetime) -> None:
    claim = check.claim
    rulebook = rulebooks.get(session, claim.rulebook_id)
    item = item_for(rulebook)
    if item is None:
        return
    left = caps.room(session, claim.member_id, rulebook, item, claim.month)
    ledger.write(
        session,
        claim.member,
        caps.within(item.points, left),
        branch_id=claim.branch_id,
        about=claim.day,
        source=Source.SPOT_CHECK,
        cause=check.cause,
        by=by,
        now=now,
        rulebook_id=rulebook.id,
        item_code=item.code,
        reason=check.reason,
    )


def deduction_of(session: Session, check: SpotCheck) -> Entry | None:
    """The entry that a finding of 不实 deducted by, if any."""
    return ledger.by_cause(session, check.cause)


def find_by_cause(session: Session, cause: str) -> SpotCheck | None:
    """The check that caused a deduction; None for entries of another origin."""
    found = _CAUSE.fullmatch(cause)
    return session.get(SpotCheck, int(found[1])) if found is not None else None


def _tell(session: Session, check: SpotCheck, now: datetime, member: str, approver: str) -> None:
    """Tell the member and who recorded it for them of one kind, and of another who approved it."""
    claim = check.claim
    for member_id in sorted(claim.concerned_ids | {check.approver_id}):
        kind = member if member_id in claim.concerned_ids else approver
        told = "" if check.finding is Finding.UNTRUE else ":undone"
        key, facts = f"{check.cause}{told}:{member_id}", {"check": check.id, "claim": claim.id}
        notices.post(session, member_id, kind, key=key, now=now, subject=check.cause, facts=facts)


def findings_of(session: Session, approver_id: int, period: Period) -> tuple[int, int]:
    """How many of an approver's claims about some months were looked at, and how many of them were 不实 (rules 16)."""
    untrue = case((SpotCheck.finding == Finding.UNTRUE, 1))
    query = (
        select(func.count(), func.count(untrue))
        .select_from(SpotCheck)
        .join(SpotDraw, SpotDraw.id == SpotCheck.draw_id)
        .where(SpotCheck.approver_id == approver_id, SpotDraw.month.between(period.first, period.last))
        .where(SpotCheck.finding.in_((Finding.TRUE, Finding.UNTRUE)))
    )
    looked_at, found = session.execute(query).one()
    return looked_at, found
