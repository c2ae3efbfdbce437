"""Who may record what about whom, and when: the guards of ``models/records.py`` (rules 5, 14, 15)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from models import appointments, rounds, rulebooks
from models.appointments import ABOVE_BRANCHES, BRANCH_OFFICES, Office
from models.deciders import offices_of
from models.errors import Refused
from models.members import Member
from models.months import Month, shanghai_day
from models.rounds import MonthClosed, NotYet
from models.rulebooks import Item, Rulebook, Source

# Who of a level above speaks for its committee.
_COMMITTEE = frozenset({Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER})


class NotYourBranch(Refused):
    """Records are made by the committee of the member's branch; about its secretary, by the level above too."""


class NotForOneself(Refused):
    """Nobody records about themselves."""


class NotRecorded(Refused):
    """The item is credited another way, or not to this member."""


class BadAmount(Refused):
    """Not positive, or more than the item takes at once."""


class ReasonMissing(Refused):
    """A record or a zeroing without a reason, or without its document."""


class PictureNeeded(Refused):
    """The item cannot be recorded without a picture."""


def check(
    session: Session,
    member: Member,
    item: Item,
    quantity: Decimal,
    *,
    day: date,
    source: Source,
    by: Member,
    now: datetime,
) -> tuple[Rulebook, Item]:
    """Whether something may be recorded about a member; returns the rulebook of its month and the item in it.

    Raises NotForOneself, NotYourBranch, NotRecorded or BadAmount.
    """
    from_above = _check_recorder(session, member, by, now)
    rulebook = rulebooks.in_force(session, member.branch_id, Month.of(day))
    found = _check_item(session, member, rulebook, item, source, now)
    if found.roles and not found.claimable and not from_above:
        raise NotYourBranch(f"“{found.title}”由上级党组织登记，支部不登记", "细则")
    _check_quantity(found, quantity)
    return rulebook, found


def check_month(session: Session, branch_id: int, day: date, now: datetime) -> None:
    """Raise NotYet or MonthClosed when nothing more is recorded about a day (rules 14, 15)."""
    if day > shanghai_day(now):
        raise NotYet(f"{day.month}月{day.day}日还没到，发生以后再记")
    month = Month.of(day)
    if rounds.left_review(session, branch_id, month, now):
        raise MonthClosed(f"{month.number}月的评审已经结束，不再加扣分。确有更正，本人可以提出申诉，由书记答复时更正")


def speaks_above(session: Session, branch_id: int, member: Member, now: datetime) -> bool:
    """Whether a member speaks for the committee of a level above a branch."""
    seats = offices_of(session, branch_id, now).held_by(member.id)
    return any(seat.kind in ABOVE_BRANCHES and seat.office in _COMMITTEE for seat in seats)


def _check_recorder(session: Session, member: Member, by: Member, now: datetime) -> bool:
    """Whether ``by`` records from above; raises when they may not record about this member at all."""
    if by.id == member.id:
        raise NotForOneself("自己的积分由别人登记。自己做的事可以申报", "申报 社区志愿 2小时 昨天")
    offices = offices_of(session, member.branch_id, now)
    above = speaks_above(session, member.branch_id, by, now)
    of_secretary = any(s.id == member.id for s in offices.holders(member.branch_id, Office.SECRETARY))
    if above and of_secretary:
        return True
    mine = offices.held_by(by.id)
    if any(seat.organization_id == member.branch_id and seat.office in BRANCH_OFFICES for seat in mine):
        return False
    if above:
        raise NotYourBranch(f"{member.name}的加扣分由他的支部登记，上级只登记支部书记的")
    raise NotYourBranch(f"{member.name}不在您的支部，由他的支部登记", "成员")


def _check_item(
    session: Session, member: Member, rulebook: Rulebook, item: Item, source: Source, now: datetime
) -> Item:
    found = rulebook.find_item(item.code)
    if found is None:
        raise NotRecorded(f"当月的细则里没有“{item.title}”", "细则")
    if source not in found.sources:
        raise NotRecorded(f"“{found.title}”不由支部登记，请看细则", "细则")
    offices = appointments.office_words(session, member, now)
    if found.roles and offices.isdisjoint(found.roles):
        raise NotRecorded(f"“{found.title}”只适用于担任相应职务的党员，{member.name}不适用", "细则")
    return found


def _check_quantity(item: Item, quantity: Decimal) -> None:
    if quantity <= 0:
        raise BadAmount("数量要大于0")
    if quantity > item.max_quantity:
        raise BadAmount(f"{item.title}一次最多记{item.max_quantity:f}{item.unit}，您写的是{quantity:f}{item.unit}")
