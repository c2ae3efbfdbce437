"""What several printed sheets say alike: periods, homes, stars."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.ledger import GENESIS, Book
from models.members import Member
from models.months import Month, Period
from models.organizations import Organization
from models.rulebooks import Rulebook
from models.verification import Head

UNIT = "单位：分"


def month_title(month: Month) -> str:
    """2026年10月."""
    return f"{month.year}年{month.number}月"


def period_title(period: Period) -> str:
    """2026年, 2026年第3季度, 2026年10月, 2026年9月至2027年2月."""
    first, last = period.first, period.last
    if period == Period.month(first):
        return month_title(first)
    if period == Period.quarter(first):
        return f"{first.year}年第{(first.number + 2) // 3}季度"
    if period == Period.year(first):
        return f"{first.year}年"
    return f"{month_title(first)}至{f'{last.number}月' if last.year == first.year else month_title(last)}"


def stars_word(rulebook: Rulebook, count: int) -> str:
    """★★★, or 无星; nothing where the rulebook has no stars."""
    return "★" * count or ("无星" if rulebook.stars else "")


def people(session: Session, ids: Iterable[int]) -> dict[int, Member]:
    """Members with their groups, by id."""
    query = select(Member).where(Member.id.in_(list(ids))).options(joinedload(Member.group))
    return {member.id: member for member in session.scalars(query)}


def group_word(member: Member, branch: Organization) -> str:
    """The member's group in this branch; nothing for who has none, or is at home elsewhere by now."""
    return member.group.name if member.group is not None and member.branch_id == branch.id else ""


def head_of(session: Session, branch: Organization) -> Head:
    """The head of a branch's chain; of an empty one, its beginning."""
    book = session.get(Book, branch.id)
    return Head(0, GENESIS) if book is None else Head(book.sequence, book.head)
