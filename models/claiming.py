"""What members do with claims: submit, supplement, withdraw (rules 8, 13)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, bindparam, exists, select
from sqlalchemy.orm import Session

from models import (
    appointments,
    caps,
    claims,
    deciders,
    group_memberships,
    members,
    notices,
    pictures,
    rounds,
    rulebooks,
    sight,
    waiting,
)
from models.claims import (
    LONGEST,
    STATUS_WORDS,
    UNDECIDED,
    AlreadyDecided,
    Claim,
    ClaimStatus,
    add_step,
    change,
    get_own,
    item_of,
    waiting_anew,
)
from models.columns import rounded
from models.deciders import LEADER, SECRETARY
from models.errors import Refused
from models.members import Member, Move, Person
from models.months import Month
from models.once import remember
from models.prepared import Prepared
from models.rows import insert
from models.rulebooks import Evidence, Item, Rulebook, Source
from models.seats import Seat
from models.submitted import Submitted


class NotClaimable(Refused):
    """The item is credited without a claim, or not to this member."""


class BadQuantity(Refused):
    """Not positive, or more than the item takes at once."""


class NotYourMember(Refused):
    """Only the leader of the member's group, or the secretary, records for a member (rules 13)."""


class NotInGroup(Refused):
    """The temporary group named does not run, or the member was not in it on the day of the deed (rules 9)."""


class PictureMissing(Refused):
    """The item cannot be claimed without a picture."""


def claimable_items(session: Session, member: Person, month: Month, now: datetime) -> list[Item]:
    """The items a member may claim in a month, in the rulebook's order."""
    rulebook = rulebooks.in_force(session, member.branch_id, month)
    return claimable_with(rulebook, appointments.office_words(session, member, now))


def claimable_with(rulebook: Rulebook, offices: frozenset[str]) -> list[Item]:
    """The items of a rulebook that a member with these offices may claim, in its order."""
    return [item for item in rulebook.items if item.claimable and _open_to(item, offices)]


def _open_to(item: Item, offices: frozenset[str]) -> bool:
    return not item.roles or not offices.isdisjoint(item.roles)


def _before() -> Any:
    sent = pictures.TALLY.subquery("sent")
    # Hardly anybody moved; their moves are put in order only then.
    moved = exists().where(Move.member_id == bindparam("member_id"), Move.moved_on > bindparam("day", type_=Date))
    return select(claims.SAME_DAY.scalar_subquery(), moved, sent.c.loose, sent.c.ever).select_from(sent)


_BEFORE = Prepared(_before())


def same_day(session: Session, member: Person, item: Item, day: date, *, by: Person, now: datetime) -> Claim | None:
    """As ``claims.same_day``; the statement reads along what making another one will ask for."""
    since = now - pictures.SENT_SHORTLY
    values = {"member_id": member.id, "month": Month.of(day), "day": day, "code": item.code}
    number, moved, loose, ever = _BEFORE.rows(session, **values, sender_id=by.id, since=since)[0]
    if not moved:
        remember(session, members.left_since, (member.id, day), None)
    remember(session, pictures.tally, (by.id, now), (loose, ever))
    return None if number is None else session.get_one(Claim, number)


def needs_picture(session: Session, member: Person, item: Item, now: datetime) -> bool:
    """Whether a claim of this item still lacks the picture it cannot go without."""
    return item.evidence is Evidence.REQUIRED and not pictures.tally(session, member.id, now)[0]


def check(
    session: Session, member: Person, item: Item, quantity: Decimal, *, day: date, now: datetime
) -> tuple[Rulebook, Item]:
    """Whether a deed may be claimed at all; returns the rulebook of its month and the item in it.

    Raises NotYet, MonthClosed, NotClaimable or BadQuantity.
    """
    branch_id = members.home_on(session, member, day)
    rounds.check_day(session, branch_id, day, now)
    rulebook = rulebooks.in_force(session, branch_id, Month.of(day))
    item = _check_item(session, member, rulebook, item, now)
    _check_quantity(item, quantity)
    return rulebook, item


def submit(
    session: Session,
    member: Person,
    item: Item,
    quantity: Decimal,
    *,
    day: date,
    note: str = "",
    temporary_group_id: int | None = None,
    by: Person,
    now: datetime,
) -> tuple[Submitted, Sequence[Seat]]:
    """Claim points for a deed, in the branch of that day, and ask whoever decides; returns also whom (rules 8, 9, 31).

    ``by`` is the member, or who records for them (代报); ``temporary_group_id`` names the temporary group
    in which it was done. Raises NotYet, MonthClosed, NotClaimable, BadQuantity, NotInGroup or PictureMissing.
    """
    rulebook, item = check(session, member, item, quantity, day=day, now=now)
    if by.id != member.id and not sight.may_record_for(session, by, member, now):
        raise NotYourMember(f"{member.name}不在您的组里，请他的组长或书记代报", "成员")
    _check_group(session, member, temporary_group_id, day, now)
    if needs_picture(session, by, item, now):
        raise PictureMissing(f"{item.title}需要照片佐证。请先发一张照片，10分钟内再报", f"申报 {item.title}")
    draft = Submitted(
        id=0,  # until it has one
        member=member,
        by=by,
        branch_id=members.home_on(session, member, day),
        rulebook=rulebook,
        item=item,
        quantity=quantity,
        points=rounded(item.points * quantity),
        day=day,
        waiting_since=now,
        rung=LEADER if by.id == member.id else SECRETARY,
        temporary_group_id=temporary_group_id,
    )
    claim = draft._replace(id=_insert(session, draft, note))
    if item.evidence is not Evidence.NONE:
        pictures.attach_loose(session, by.id, claim.id, now)
    return claim, waiting.ask(session, claim, now=now)


def _insert(session: Session, draft: Submitted, note: str) -> int:
    """The number of the claim. Whoever answers it says what room it has, so that is asked along with who decides."""
    return insert(
        session,
        Claim,
        *deciders.asks_leaders(draft, draft.waiting_since),
        caps.asks_room(draft.member.id, draft.item, draft.month),
        member_id=draft.member.id,
        branch_id=draft.branch_id,
        rulebook_id=draft.rulebook.id,
        item_code=draft.item.code,
        quantity=draft.quantity,
        points=draft.points,
        day=draft.day,
        month=draft.month,
        note=note[:LONGEST],
        status=ClaimStatus.SUBMITTED,
        submitted_by_id=draft.by.id,
        submitted_at=draft.waiting_since,
        waiting_since=draft.waiting_since,
        rung=draft.rung,
        temporary_group_id=draft.temporary_group_id,
    )


def _check_group(session: Session, member: Person, group_id: int | None, day: date, now: datetime) -> None:
    if group_id is None:
        return
    mine = group_memberships.groups_of_member(session, member.id, now)
    if not any(group.id == group_id and group.starts_on and group.starts_on <= day for group in mine):
        raise NotInGroup("这个临时小组那天没有您，或已经结束，没有提交。请再报一次", "申报 社区志愿 2小时 昨天")


def _check_item(session: Session, member: Person, rulebook: Rulebook, item: Item, now: datetime) -> Item:
    found = rulebook.find_item(item.code)
    if found is None:
        raise NotClaimable(f"当月的细则里没有“{item.title}”", "细则")
    if Source.ATTENDANCE in found.sources and not found.claimable:
        raise NotClaimable("签到已自动计分，不用申报", "积分")
    offices = appointments.office_words(session, member, now)
    if not found.claimable or not _open_to(found, offices):
        raise NotClaimable(f"“{found.title}”不由本人申报，由支部登记", "细则")
    return found


def _check_quantity(item: Item, quantity: Decimal) -> None:
    if quantity <= 0:
        raise BadQuantity("数量要大于0", f"申报 {item.title} 1{item.unit}")
    if quantity > item.max_quantity:
        raise BadQuantity(
            f"没有提交：{item.title}一次最多报{item.max_quantity:f}{item.unit}，您写的是{quantity:f}{item.unit}。请按实际再报",
            f"申报 {item.title} {min(Decimal(2), item.max_quantity):f}{item.unit} 昨天",
        )


def last_for_picture(session: Session, member: Member, now: datetime) -> Claim | None:
    """The claim a picture belongs to: the member's last one of the past 10 minutes (rules 13)."""
    query = select(Claim).where(Claim.submitted_by_id == member.id, Claim.status.in_(UNDECIDED))
    recent = query.where(Claim.waiting_since > now - pictures.SENT_SHORTLY)
    claim = session.scalars(recent.order_by(Claim.waiting_since.desc(), Claim.id.desc()).limit(1)).first()
    if claim is None or item_of(session, claim).evidence is Evidence.NONE:
        return None
    return claim


def withdraw(session: Session, number: int, *, by: Member, now: datetime) -> Claim:
    """Take an undecided claim back, by its member or who recorded it (rules 8)."""
    claim = get_own(session, number, by)
    if claim.status not in UNDECIDED:
        raise AlreadyDecided(f"#{number} 现在是“{STATUS_WORDS[claim.status]}”，不能撤回", f"解释 {number}")
    change(session, claim, claim.status, ClaimStatus.WITHDRAWN)
    notices.settle(session, claim.subject, now)
    add_step(session, claim, "withdraw", by=by, now=now)
    return claim


def supplement(session: Session, number: int, text: str, *, by: Member, now: datetime) -> Claim:
    """Add what was asked for; a returned claim is submitted again (rules 8)."""
    claim = get_own(session, number, by)
    if claim.status not in UNDECIDED:
        raise AlreadyDecided(f"#{number} 现在是“{STATUS_WORDS[claim.status]}”，不能再补充", f"解释 {number}")
    was = claim.status
    note = f"{claim.note}；{text}".strip("；")[:LONGEST]
    again = waiting_anew(now) if was is ClaimStatus.RETURNED else {}
    change(session, claim, was, ClaimStatus.SUBMITTED, note=note, **again)
    if item_of(session, claim).evidence is not Evidence.NONE:
        pictures.attach_loose(session, by.id, claim.id, now)
    add_step(session, claim, "supplement", by=by, now=now, reason=text)
    if was is ClaimStatus.RETURNED:
        notices.settle(session, claim.subject, now)
        waiting.ask(session, claim, now=now)
    return claim


def lapse(session: Session, claim: Claim, *, now: datetime) -> bool:
    """End a returned claim whose review is over; False when it is not, or was settled meanwhile (rules 8)."""
    over = now >= rounds.review_until(session, claim.branch_id, claim.month)
    if not over or claim.status is not ClaimStatus.RETURNED:
        return False
    try:
        change(session, claim, ClaimStatus.RETURNED, ClaimStatus.LAPSED)
    except AlreadyDecided:
        return False
    notices.settle(session, claim.subject, now)
    add_step(session, claim, "lapse", by=None, now=now)
    notices.post(
        session,
        claim.member_id,
        "claim_lapsed",
        key=f"{claim.decision_key}:lapsed",
        now=now,
        subject=claim.decision_key,
        facts={"claim": claim.id},
    )
    return True
