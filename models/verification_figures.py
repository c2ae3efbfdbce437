"""Checks what entries must be among each other: causes, reversals and caps (rules 2, 3, 4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from sqlalchemy import String, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from models import rulebooks
from models.columns import Points
from models.ledger import Entry
from models.members import Member
from models.rulebooks import Item, Rulebook, Source

BATCH = 1000

Group = tuple[int, str, str, int | None, Decimal]  # member, month, item, rulebook, points


def differences(session: Session) -> Iterator[str]:
    """Causes that count twice, reversals that are none, and caps that were passed."""
    yield from _twice(session)
    yield from _reversals(session)
    yield from _caps(session)


def _twice(session: Session) -> Iterator[str]:
    """The unique keys forbid both, as long as they are there."""
    more = func.count() > 1
    for cause in session.scalars(select(Entry.cause).group_by(Entry.cause).having(more)):
        yield f"同一决定记了不止一条：{cause}"
    named = select(Entry.reverses_id).where(Entry.reverses_id.is_not(None))
    for id in session.scalars(named.group_by(Entry.reverses_id).having(more)):
        yield f"J{id}：冲销了不止一次"


def _reversals(session: Session) -> Iterator[str]:
    first = aliased(Entry)
    source, first_source = type_coerce(Entry.source, String), type_coerce(first.source, String)
    query = (
        select(Entry.id, Entry.reverses_id, source.label("kind"), Entry.points)
        .add_columns(first.id, first_source.label("first_kind"), first.points)
        .add_columns((Entry.member_id == first.member_id) & (Entry.branch_id == first.branch_id))
        .add_columns(type_coerce(Entry.about_month, String) == type_coerce(first.about_month, String))
        .outerjoin(first, first.id == Entry.reverses_id)
        .where(or_(source == Source.REVERSAL.value, Entry.reverses_id.is_not(None)))
        .order_by(Entry.id)
    )
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        id, reverses, kind, points, first_id, first_kind, first_points, same_person, same_month = row
        if first_id is None:
            yield f"J{id}：冲销的 J{reverses} 不存在" if reverses else f"J{id}：是冲销，却没有写明冲销哪一条"
        elif kind != Source.REVERSAL.value:
            yield f"J{id}：写着冲销 J{reverses}，来源却不是冲销"
        elif first_kind == Source.REVERSAL.value:
            yield f"J{id}：冲销的 J{reverses} 本身就是冲销"
        elif points != -first_points:
            yield f"J{id}：冲销 {points} 分，所冲销的 J{reverses} 是 {first_points} 分"
        elif not (same_person and same_month):
            yield f"J{id}：与所冲销的 J{reverses} 不是同一人、同一支部、同一月份"


def _caps(session: Session) -> Iterator[str]:
    """Sums by member, month and item, one member at a time.

    Who moved may have a month with two rulebooks; the wider cap of the two holds then.
    """
    month = type_coerce(Entry.about_month, String)
    keys = (Entry.member_id, month, Entry.item_code, Entry.rulebook_id)
    query = (
        select(Entry.member_id, month.label("month"), Entry.item_code, Entry.rulebook_id)
        .add_columns(func.sum(Entry.points, type_=Points))
        .where(Entry.item_code.is_not(None))
        .group_by(*keys)
        .order_by(Entry.member_id, month)
    )
    books = _Books(session)
    rows: Iterable[Group] = session.execute(query.execution_options(yield_per=BATCH))
    for member_id, groups in groupby(rows, key=itemgetter(0)):
        for sentence in _passed(list(groups), books):
            member = session.get_one(Member, member_id)
            yield f"{member.name}（{member.staff_no}）{sentence}"


class _Books:
    """The versions met so far; a version never changes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, Rulebook] = {}

    def __getitem__(self, id: int) -> Rulebook:
        if id not in self._known:
            self._known[id] = rulebooks.get(self._session, id)
        return self._known[id]

    def item(self, id: int | None, code: str) -> Item | None:
        return self[id].find_item(code) if id is not None else None


def _passed(groups: list[Group], books: _Books) -> Iterator[str]:
    """The caps that one member's sums passed: of an item's month and year, and of a category's month."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    caps: dict[tuple[str, str, str], list[Decimal | None]] = defaultdict(list)
    for _, month, code, rulebook_id, points in groups:
        item = books.item(rulebook_id, code)
        if item is None or rulebook_id is None:
            yield f"{month} 事项 {code}：所用的细则里没有这一项"
            continue
        category = books[rulebook_id].get_category(item.category)
        bounds = [("每月", month, code, item.cap_month), ("全年", month[:4], code, item.cap_year)]
        if item.is_plus:
            bounds.append(("一类每月", month, category.code, category.cap_month))
        for what, when, name, cap in bounds:
            sums[what, when, name] += points
            caps[what, when, name].append(cap)
    for key, total in sums.items():
        bound = _widest(caps[key])
        if bound is not None and abs(total) > bound:
            yield f"{key[1]} {key[2]} 合计 {total} 分，超过{key[0]}封顶 {bound} 分"


def _widest(caps: list[Decimal | None]) -> Decimal | None:
    """The widest of several caps; None is no cap at all."""
    known = [cap for cap in caps if cap is not None]
    return max(known) if len(known) == len(caps) else None
