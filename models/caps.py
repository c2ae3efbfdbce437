"""What the caps leave of what is claimed or recorded (rules 4)."""

from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.columns import MonthOf, Points
from models.ledger import Entry
from models.months import Month, Period
from models.prepared import Prepared, Question
from models.rulebooks import Item, Rulebook

_MONTHS = Entry.about_month.between(bindparam("first", type_=MonthOf), bindparam("last", type_=MonthOf))
_CREDITED = Prepared(
    select(Entry.about_month, Entry.item_code, func.sum(Entry.points, type_=Points))
    .where(Entry.member_id == bindparam("member_id"), _MONTHS, Entry.item_code.is_not(None))
    .group_by(Entry.about_month, Entry.item_code)
)


def credited(session: Session, member_id: int, period: Period) -> dict[tuple[Month, str], Decimal]:
    """Net credited points of a member by month and item, reversed ones taken off."""
    rows = _CREDITED.rows(session, **_of(member_id, period))
    return {(month, code): points for month, code, points in rows if code is not None}


def _of(member_id: int, period: Period) -> dict[str, Any]:
    return {"member_id": member_id, "first": period.first, "last": period.last}


def asks_room(member_id: int, item: Item, month: Month) -> Question:
    """What ``room`` asks."""
    return _CREDITED, _of(member_id, _capped(item, month))


def _capped(item: Item, month: Month) -> Period:
    """The months in which an item's caps count what was credited."""
    return Period.month(month) if item.cap_year is None else Period.year(month)


def room(session: Session, member_id: int, rulebook: Rulebook, item: Item, month: Month) -> Decimal | None:
    """Points that the caps of item and category leave in a month, always positive; None without caps (rules 4)."""
    have = credited(session, member_id, _capped(item, month))
    of_month = {code: points for (about, code), points in have.items() if about == month}
    left: list[Decimal] = []
    if item.cap_month is not None:
        left.append(item.cap_month - abs(of_month.get(item.code, Decimal(0))))
    if item.cap_year is not None:
        left.append(item.cap_year - abs(sum((v for (_, code), v in have.items() if code == item.code), Decimal(0))))
    category = rulebook.get_category(item.category)
    if item.is_plus and category.cap_month is not None:
        codes = rulebook.plus_codes(item.category)
        left.append(category.cap_month - sum((of_month[code] for code in codes if code in of_month), Decimal(0)))
    return max(min(left), Decimal(0)) if left else None


def within(points: Decimal, left: Decimal | None) -> Decimal:
    """What of claimed points is credited when so much room is left; keeps the sign."""
    if left is None or abs(points) <= left:
        return points
    return left if points > 0 else -left
