"""What an upheld appeal or objection may change; nothing is edited (rules 14, 15).

A remedy is written as what it names: J88 reverses that entry, +J99 restores what that reversal took back, #14 credits
that claim, 组织-01 credits that item once, R3:纪律-01 records it about member 3, as a report that proved true does,
and 不变 changes nothing. It is carried out in ``models/correcting.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from models import ledger, restoring, rulebooks
from models.claims import Claim, ClaimStatus, of_member
from models.errors import Refused
from models.ledger import Entry
from models.members import Member
from models.months import Month, Period
from models.opinions import Opinion, OpinionKind, OpinionStatus
from models.rulebooks import Item, Rulebook, Source

NOTHING = "不变"
CREDITABLE = (ClaimStatus.REJECTED, ClaimStatus.LAPSED, ClaimStatus.APPROVED)


class BadRemedy(Refused):
    """Not something of this member, branch and month, or nothing is left to change about it."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to put a matter right: exactly one of these, or none; an item about ``member``."""

    entry: Entry | None = None
    claim: Claim | None = None
    restores: Entry | None = None
    item: Item | None = None
    member: Member | None = None

    @property
    def value(self) -> str:
        """As it is written down."""
        if self.entry is not None:
            return f"J{self.entry.id}"
        if self.claim is not None:
            return f"#{self.claim.id}"
        if self.restores is not None:
            return f"+J{self.restores.id}"
        if self.item is None:
            return NOTHING
        return self.item.code if self.member is None else f"R{self.member.id}:{self.item.code}"

    @property
    def decided_by_id(self) -> int | None:
        """Who decided what it puts right."""
        thing = self.entry or self.claim or self.restores
        return thing.decided_by_id if thing is not None else None


def implied(session: Session, opinion: Opinion) -> Remedy | None:
    """The remedy that follows from what an opinion names; None when whoever upholds it must say."""
    if opinion.entry_id is not None:
        entry = session.get_one(Entry, opinion.entry_id)
        if entry.source is Source.REVERSAL:
            return Remedy() if _is_restored(session, entry) else Remedy(restores=entry)
        return Remedy(entry=entry) if _reversible(session, entry) else Remedy()
    if opinion.claim_id is None:
        return None
    claim = session.get_one(Claim, opinion.claim_id)
    standing = _entry_of(session, claim)
    if opinion.kind is OpinionKind.APPEAL and claim.points > 0:
        return Remedy(claim=claim) if claim.status in CREDITABLE and net(session, claim) < claim.points else None
    return Remedy(entry=standing) if standing is not None and _reversible(session, standing) else None


def options(session: Session, opinion: Opinion) -> list[Remedy]:
    """What may be put right for the member an opinion is about, newest first; always also nothing."""
    if opinion.about_member_id is None or opinion.month is None:
        return [Remedy()]
    entries = ledger.entries_of(session, opinion.about_member_id, Period.month(opinion.month))
    taken = [e for e in reversed(entries) if e.branch_id == opinion.organization_id and _reversible(session, e)]
    found = [Remedy(entry=entry) for entry in taken]
    if opinion.kind is OpinionKind.APPEAL:
        mine = [c for c in of_member(session, opinion.about_member_id, opinion.month) if may_credit(session, c)]
        given = [Remedy(claim=claim) for claim in reversed(mine) if claim.branch_id == opinion.organization_id]
        found = [*given, *(r for r in found if r.entry is not None and r.entry.points < 0)]
    return [*found, Remedy()]


def get(session: Session, opinion: Opinion, value: str) -> Remedy:
    """The remedy of a written value, for this opinion; raises BadRemedy."""
    number = int(value[1:]) if value[1:].isdigit() else 0
    if value == NOTHING:
        return Remedy()
    if value.startswith("J"):
        entry = session.get(Entry, number)
        if entry is None or not _is_about(opinion, entry.member_id, entry.branch_id, entry.about_month):
            raise _elsewhere(opinion, value)
        return Remedy(entry=entry)
    if value.startswith("#"):
        claim = session.get(Claim, number)
        if claim is None or not _is_about(opinion, claim.member_id, claim.branch_id, claim.month):
            raise _elsewhere(opinion, value)
        return Remedy(claim=claim)
    return _of_item(session, opinion, value)


def _of_item(session: Session, opinion: Opinion, value: str) -> Remedy:
    whose, _, code = value.rpartition(":")
    item = rulebook_of(session, opinion).find_item(code)
    if item is None or item.effect or bool(whose) is not (opinion.is_report):
        raise _elsewhere(opinion, value)
    return Remedy(item=item, member=session.get_one(Member, int(whose[1:])) if whose else None)


def _elsewhere(opinion: Opinion, value: str) -> BadRemedy:
    return BadRemedy(f"{value} 与 Y{opinion.id} 不是同一人、同一月份的，不能据此更正", f"处理 Y{opinion.id} 成立")


def _is_about(opinion: Opinion, member_id: int, branch_id: int, month: Month) -> bool:
    mine = (opinion.about_member_id, opinion.organization_id, opinion.month)
    return (member_id, branch_id, month) == mine


def _is_restored(session: Session, entry: Entry) -> bool:
    query = select(Opinion.id).where(Opinion.remedy == f"+J{entry.id}", Opinion.status == OpinionStatus.UPHELD)
    return session.scalars(query.limit(1)).first() is not None


def net(session: Session, claim: Claim) -> Decimal:
    """What a claim has brought so far: its approval and upheld appeals, less what was reversed of them."""
    causes = [f"opinion:{id}" for id in _upheld(session, claim)]
    undone = aliased(Entry)
    reversed_ = exists().where(undone.reverses_id == Entry.id)
    points = session.scalars(select(Entry.points).where(Entry.cause.in_(causes), ~reversed_))
    standing = restoring.standing(session, claim)
    return sum(points, standing.points if standing is not None else Decimal(0))


def _upheld(session: Session, claim: Claim) -> Sequence[int]:
    query = select(Opinion.id).where(Opinion.remedy == f"#{claim.id}", Opinion.status == OpinionStatus.UPHELD)
    return session.scalars(query).all()


def may_credit(session: Session, claim: Claim) -> bool:
    """Whether a claim asked for more than it has brought."""
    if claim.status not in CREDITABLE:
        return False
    wanted = claim.points - net(session, claim)
    return bool(wanted) and (wanted > 0) == (claim.points > 0)


def _entry_of(session: Session, claim: Claim) -> Entry | None:
    if claim.status is not ClaimStatus.APPROVED:
        return None
    return restoring.standing(session, claim) or ledger.by_cause(session, claim.decision_key)


def _reversible(session: Session, entry: Entry) -> bool:
    """Whether an entry stands and is not for the committee alone to take back (rules 2, 5)."""
    if entry.source in (Source.REVERSAL, Source.ZEROING):
        return False
    return session.scalars(select(Entry.id).where(Entry.reverses_id == entry.id)).first() is None


def rulebook_of(session: Session, opinion: Opinion) -> Rulebook:
    """The rulebook of the month an opinion is about."""
    return rulebooks.in_force(session, opinion.organization_id, month_of(opinion))


def month_of(opinion: Opinion) -> Month:
    """The month an opinion is about; of a report the one in which it was filed."""
    return opinion.month or Month.of(opinion.filed_at)
