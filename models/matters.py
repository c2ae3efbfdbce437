"""What an appeal or an objection may be about, and when (rules 14, 15)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import explaining, rounds
from models.claims import Claim, ClaimStatus
from models.consequences import FollowUp
from models.errors import NotFound, Refused
from models.ledger import Entry
from models.members import Member
from models.months import Month, shanghai_day
from models.rounds import Round, RoundState
from models.rulebooks import Source

BACK = 14  # months in which a disclosure is looked for


class NotNow(Refused):
    """It cannot be objected to or appealed against at this time; the sentence says when."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What an appeal or an objection is about: a claim, an entry, a follow-up, or a member's result of a month."""

    claim: Claim | None = None
    entry: Entry | None = None
    follow_up: FollowUp | None = None
    member: Member | None = None
    month: Month | None = None


def disclosed(session: Session, branch_id: int, now: datetime) -> Round | None:
    """The round of a branch whose result may be objected to now; the oldest when there are several."""
    for ago in range(BACK, 0, -1):
        found = rounds.find(session, branch_id, Month.of(now).plus(-ago))
        if found is not None and under_disclosure(found, now):
            return found
    return None


def under_disclosure(found: Round | None, now: datetime) -> bool:
    """Whether a month's result may be objected to now."""
    if found is None or found.state is not RoundState.DISCLOSURE or found.disclosure_until is None:
        return False
    return now < found.disclosure_until


def about_number(session: Session, kind: str, number: int, *, by: Member, now: datetime) -> Matter:
    """The claim or the ledger entry of a number that the asker may speak of: one of theirs, or under disclosure.

    Raises NotFound, the same whether it exists or not.
    """
    if kind == "claim":
        claim = session.get(Claim, number)
        if claim is None or not _may_name(session, claim, claim.month, by, now):
            raise NotFound(f"没有找到 #{number}，请看一下编号", "我的申报")
        return Matter(claim=claim, member=claim.member, month=claim.month)
    entry = session.get(Entry, number)
    if entry is None or not _may_name(session, entry, entry.about_month, by, now):
        raise NotFound(f"没有找到 J{number}，请看一下编号", "积分")
    claim_id = explaining.claim_id_of(entry)
    if claim_id is not None:  # what became of a claim is one matter, whichever of its numbers is said
        return about_number(session, "claim", claim_id, by=by, now=now)
    return Matter(entry=entry, member=session.get_one(Member, entry.member_id), month=entry.about_month)


def _may_name(session: Session, thing: Claim | Entry, month: Month, by: Member, now: datetime) -> bool:
    if by.id == thing.member_id or (isinstance(thing, Claim) and by.id == thing.submitted_by_id):
        return True
    if thing.branch_id != by.branch_id or (isinstance(thing, Claim) and thing.status is not ClaimStatus.APPROVED):
        return False
    return under_disclosure(rounds.find(session, thing.branch_id, month), now)


def is_own(matter: Matter, by: Member) -> bool:
    """Whether it is something of the asker's own, or recorded by them."""
    recorded = matter.claim is not None and matter.claim.submitted_by_id == by.id
    return recorded or matter.member is None or matter.member.id == by.id


def branch_of(matter: Matter, by: Member) -> int:
    """The branch whose book or round the matter belongs to."""
    thing = matter.claim or matter.entry or matter.follow_up
    return thing.branch_id if thing is not None else by.branch_id


def month_meant(session: Session, branch_id: int, now: datetime) -> Month:
    """The month under disclosure, or the last one when there is none."""
    found = disclosed(session, branch_id, now)
    return found.month if found is not None else Month.of(now).plus(-1)


def check_appeal(session: Session, matter: Matter, branch_id: int, month: Month, now: datetime) -> None:
    """Raise NotNow when this cannot be appealed against now."""
    found = rounds.find_anew(session, branch_id, month)
    year_end = rounds.find(session, branch_id, Month(month.year, 12))
    if year_end is not None and year_end.state is RoundState.FINAL and matter.follow_up is None:
        raise NotNow(f"{month.year}年12月已经审定，全年已结，不再受理申诉。确有错误请找支部书记", "联系")
    if matter.claim is not None:
        return _check_claim(matter.claim)
    if matter.entry is not None:
        return _check_entry(session, matter.entry)
    if matter.follow_up is None and (found is None or found.state not in rounds.DISCLOSED):
        raise NotNow(
            f"{month.number}月的结果还没有公示，公示后5个工作日内可以提。对其中一条有意见，现在就能按编号提",
            "申诉 12 当天确有走访",
        )
    return None


def _check_claim(claim: Claim) -> None:
    number = claim.id
    if claim.status is ClaimStatus.SUBMITTED:
        raise NotNow(f"#{number} 还没有审核，审核后有不同意见再提", f"解释 {number}")
    if claim.status is ClaimStatus.RETURNED:
        raise NotNow(f"#{number} 已退回补充，补上就会再审", f"补充 {number} 看望独居老人陈婆婆")
    if claim.status is ClaimStatus.WITHDRAWN:
        raise NotNow(f"#{number} 是您自己撤回的，需要时可以再报", "申报 社区志愿 2小时 昨天")


def _check_entry(session: Session, entry: Entry) -> None:
    if entry.source is Source.ZEROING:
        raise NotNow(f"J{entry.id} 是归零，由机关党委决定，请直接找机关党委", "联系")
    undone = session.scalars(select(Entry.id).where(Entry.reverses_id == entry.id)).first()
    if undone is not None:
        raise NotNow(f"J{entry.id} 已由 J{undone} 冲销。对冲销有意见，请写 J{undone}", f"申诉 J{undone} 理由")


def check_disclosed(session: Session, matter: Matter, branch_id: int, month: Month, now: datetime) -> None:
    """Raise NotNow, with the day, when a result cannot be objected to now."""
    if matter.entry is not None:
        _check_entry(session, matter.entry)
    found = rounds.find_anew(session, branch_id, month)
    if under_disclosure(found, now):
        return
    if found is not None and found.disclosure_until is not None:
        last = shanghai_day(rounds.before(found.disclosure_until))
        raise NotNow(f"{month.number}月的公示到{last.month}月{last.day}日为止，现在不能再提异议", "我有意见")
    raise NotNow(f"{month.number}月的结果还没有公示，公示后5个工作日内可以提异议", "公示")
