"""Answering opinions: uphold, refuse, pass up; taking a refusal up one level (rules 14, 32).

The diagram stands in ``models/opinions.py``. With two answerers at once exactly one answer stands, since each is one
UPDATE whose row count decides; entries, step and notices are written in the same transaction.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from models import answerers, correcting, filing, ledger, notices, remedies, settings, suggestions
from models.errors import NotFound, Refused
from models.ledger import Entry
from models.members import Member
from models.opinions import (
    TWO_LEVELS,
    AlreadyAnswered,
    Opinion,
    OpinionKind,
    OpinionStatus,
    SenderLook,
    Verdict,
    add_step,
    change,
    own,
    standing,
    unknown,
)
from models.remedies import Remedy
from models.workdays import working_days_after


class NotYours(Refused):
    """Nobody answers what concerns themselves (rules 14)."""


class ReasonMissing(Refused):
    """An answer without a reason."""


class NotTakenUp(Refused):
    """It cannot be taken up: no refusal of the first level, too late, or nobody above."""


class NobodyAbove(Refused):
    """There is no further level to pass up to."""


class Answer(NamedTuple):
    """What came of an answer: the entry it gave, and whether it went to somebody else instead."""

    opinion: Opinion
    entry: Entry | None = None
    handed_on: bool = False


def find_for(session: Session, number: int, by: Member, now: datetime) -> Opinion:
    """An opinion that exists for the asker; raises NotFound, the same whether it exists or not."""
    opinion = session.get(Opinion, number)
    if opinion is None or not answerers.sees(session, opinion, by, now):
        raise unknown(number)
    return opinion


def uphold(
    session: Session, number: int, reason: str, *, by: Member, now: datetime, remedy: str | None = None
) -> Answer:
    """Uphold an opinion, write the entries that follow and tell everyone concerned (rules 14, 15).

    Where the remedy takes back what the answerer decided, somebody else at the level answers. Raises NotFound,
    NotYours, AlreadyAnswered, BadRemedy or AlreadyReversed.
    """
    opinion = _with_reason(session, number, reason, by, now)
    if opinion.about_member_id is not None:
        ledger.lock_for(session, opinion.about_member_id, opinion.organization_id)
    found = remedies.get(session, opinion, remedy) if remedy else remedies.implied(session, opinion) or Remedy()
    if found.decided_by_id == by.id:
        return _hand_on(session, opinion, found, by=by, now=now)
    change(session, opinion, OpinionStatus.OPEN, status=OpinionStatus.UPHELD)
    entry = correcting.apply(session, opinion, found, by=by, now=now, reason=reason)
    opinion.remedy = found.value
    add_step(session, opinion, Verdict.UPHELD, by=by, now=now, reason=reason)
    _tell(session, opinion, now, reason)
    if entry is not None and opinion.kind in TWO_LEVELS and entry.member_id != opinion.member_id:
        facts = {"entry": entry.id, "opinion": opinion.id}
        notices.post(
            session, entry.member_id, "points_corrected", key=f"{opinion.subject}:corrected", now=now, facts=facts
        )
    return Answer(opinion, entry)


def refuse(session: Session, number: int, reason: str, *, by: Member, now: datetime) -> Opinion:
    """Refuse an opinion with a reason; of an appeal or objection the sender may ask the next level (rules 14)."""
    opinion = _with_reason(session, number, reason, by, now)
    add_step(session, opinion, Verdict.REFUSED, by=by, now=now, reason=reason)
    goes_on = opinion.kind in TWO_LEVELS and opinion.level == opinion.first_level
    higher = answerers.level_from(session, opinion, opinion.level + 1, now) if goes_on else None
    if higher is None:
        change(session, opinion, OpinionStatus.OPEN, status=OpinionStatus.DISMISSED)
    else:
        days = settings.get(session, settings.TAKE_UP_DAYS, opinion.organization_id)
        until = working_days_after(now, days)
        change(session, opinion, OpinionStatus.OPEN, status=OpinionStatus.REFUSED, due_at=until)
    _tell(session, opinion, now, reason)
    return opinion


def pass_up(session: Session, number: int, reason: str, *, by: Member, now: datetime) -> Opinion:
    """Give a suggestion or a report to the next level, and tell its sender (转上级)."""
    opinion = _with_reason(session, number, reason, by, now)
    if opinion.kind in TWO_LEVELS:
        raise NotYours("申诉和异议由本级先答复", f"处理 Y{number} 不成立 理由")
    higher = answerers.level_from(session, opinion, opinion.level + 1, now)
    if higher is None:
        raise NobodyAbove(f"Y{number} 没有可以转交的上一级，请您答复", f"处理 Y{number} 采纳 理由")
    add_step(session, opinion, Verdict.PASSED_UP, by=by, now=now, reason=reason)
    _raise(session, opinion, OpinionStatus.OPEN, higher, now)
    _tell(session, opinion, now, reason)
    return opinion


def take_up(session: Session, number: int, reason: str, *, by: Member, now: datetime) -> Opinion:
    """Ask the level above about a refusal, by its sender and in time (rules 14)."""
    opinion = own(session, number, by)
    if opinion.status is OpinionStatus.OPEN:
        raise NotTakenUp(f"Y{number} 还在办理，有答复会告诉您", f"我有意见 Y{number}")
    if opinion.status is not OpinionStatus.REFUSED or now >= opinion.due_at:
        raise NotTakenUp(f"Y{number} 已经办结，不能再提请复核", f"我有意见 Y{number}")
    higher = answerers.level_from(session, opinion, opinion.level + 1, now)
    if higher is None:
        raise NotTakenUp(f"Y{number} 没有可以复核的上一级，以答复为准", "联系")
    add_step(session, opinion, Verdict.TAKEN_UP, by=by, now=now, reason=reason)
    _raise(session, opinion, OpinionStatus.REFUSED, higher, now)
    return opinion


def lapse(session: Session, opinion: Opinion, *, now: datetime) -> bool:
    """End a refusal that nobody took up in time; False when it is not, or was taken up meanwhile."""
    if opinion.status is not OpinionStatus.REFUSED or now < opinion.due_at:
        return False
    try:
        change(session, opinion, OpinionStatus.REFUSED, status=OpinionStatus.DISMISSED)
    except AlreadyAnswered:
        return False
    add_step(session, opinion, Verdict.LAPSED, by=None, now=now)
    return True


def sender_of(session: Session, number: int, *, by: Member, now: datetime) -> Opinion:
    """Look at a report's sender, which is logged; only the level above a branch may (rules 32)."""
    opinion = find_for(session, number, by, now)
    seats = answerers.seats_above(session, opinion, now)
    if opinion.kind is not OpinionKind.REPORT or by.id not in seats - answerers.concerned(session, opinion, now):
        raise NotFound(f"没有找到 Y{number}，请看一下编号", "待办")
    session.add(SenderLook(opinion_id=opinion.id, member_id=by.id, at=now))
    session.flush()
    return opinion


def to_answer(session: Session, number: int, *, by: Member, now: datetime) -> Opinion:
    """The opinion that somebody is about to answer; raises NotFound, NotYours or AlreadyAnswered."""
    opinion = find_for(session, number, by, now)
    if by.id in answerers.concerned(session, opinion, now) and opinion.status is OpinionStatus.OPEN:
        raise NotYours(f"Y{number} 与您有关，由别人答复", "待办")
    if opinion.status is not OpinionStatus.OPEN:
        raise standing(session, opinion)
    if by.id not in answerers.answerers(session, opinion, now).allowed:
        raise NotYours(f"Y{number} 不由您答复", "待办")
    return opinion


def _with_reason(session: Session, number: int, reason: str, by: Member, now: datetime) -> Opinion:
    opinion = to_answer(session, number, by=by, now=now)
    if not reason:
        raise ReasonMissing("答复要写一句理由", f"处理 Y{number} 不成立 当天没有这次走访")
    return opinion


def _hand_on(session: Session, opinion: Opinion, remedy: Remedy, *, by: Member, now: datetime) -> Answer:
    """The matter turns out to be what the answerer decided: it is named, and somebody else is asked (rules 14)."""
    named = {"entry_id": remedy.entry.id} if remedy.entry else {"claim_id": remedy.claim.id if remedy.claim else None}
    change(session, opinion, OpinionStatus.OPEN, **named)
    level = answerers.level_from(session, opinion, opinion.level, now)
    if level is None:
        raise NobodyAbove("没有别的人可以答复，请直接向上级党组织反映", "联系")
    add_step(session, opinion, Verdict.HANDED_ON, by=by, now=now)
    _raise(session, opinion, OpinionStatus.OPEN, level, now)
    return Answer(opinion, handed_on=True)


def _raise(session: Session, opinion: Opinion, was: OpinionStatus, level: int, now: datetime) -> None:
    """Open it at a level, with a day of its own, and tell those who answer there; beside who did, the day stays."""
    notices.settle(session, opinion.subject, now)
    anew: dict[str, Any] = {"reminded_on": None}
    if level != opinion.level:
        anew |= {"told_above_at": None, "due_at": filing.due(session, opinion, level, now)}
    change(session, opinion, was, status=OpinionStatus.OPEN, level=level, **anew)
    filing.ask(session, opinion, now=now)


def _tell(session: Session, opinion: Opinion, now: datetime, reason: str) -> None:
    """Tell the sender what became of it, and whose meeting heard it; what asked for the answer is settled."""
    if opinion.status is not OpinionStatus.OPEN:
        notices.settle(session, opinion.subject, now)
    suggestions.tell_leader(session, opinion, now=now)
    key = f"{opinion.step_key}:told"
    facts = {"opinion": opinion.id, "status": opinion.status.value, "reason": reason}
    if opinion.member_id is not None:
        notices.post(session, opinion.member_id, "opinion_answered", key=key, now=now, facts=facts)
    elif opinion.openid is not None:
        notices.post_to_openid(session, opinion.openid, "opinion_answered", key=key, now=now, facts=facts)
