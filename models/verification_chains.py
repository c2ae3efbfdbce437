"""Replays the chains of all branches (rules 2): a changed, removed or inserted entry, and a rewritten chain."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, Self

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import ledger
from models.ledger import GENESIS, HASHED, Book, Entry
from models.months import Month
from models.organizations import Organization

SHORTEST = 12  # of a hash's 64 digits, so many are enough to name it
BATCH = 1000
_COLUMNS = [getattr(Entry, name) for name in ("id", "previous", "hash", *HASHED)]
_HASHED = slice(3, None)  # of those columns
# What a value that nothing of ours wrote makes the column types raise.
FOREIGN = (ValueError, LookupError, TypeError, ArithmeticError)


class Head(NamedTuple):
    """The last entry of a chain as it was printed: its number and its hash, or the hash's first digits."""

    sequence: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``12:9f86d0818…``; raises ValueError for anything else."""
        found = re.fullmatch(rf"\s*(\d{{1,18}})\s*[:：]\s*([0-9a-f]{{{SHORTEST},64}})\s*", text.lower())
        if found is None:
            raise ValueError(f"not a head: {text!r}")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


class _Foreign(NamedTuple):
    """An entry that cannot even be read."""

    id: int
    sequence: int


Found = Row[*tuple[Any, ...]] | _Foreign


@dataclass
class _Replay:
    """Where the replay of one branch's chain stands."""

    branch: str
    sequence: int = 0
    head: str = GENESIS

    def place(self, id: int, sequence: int) -> str:
        return f"{self.branch} 第{sequence}条（J{id}）"

    def skip_to(self, sequence: int) -> Iterator[str]:
        """Name the entries between the last one and this one."""
        first, last = self.sequence + 1, sequence - 1
        if first <= last:
            yield f"{self.branch}：缺第{first}条" if first == last else f"{self.branch}：缺第{first}到{last}条"


def differences(session: Session, printed: Sequence[Head]) -> Iterator[str]:
    """Replay every branch's chain; ``printed`` heads that no chain has show that one was rewritten."""
    books = {book.branch_id: book for book in session.scalars(select(Book))}
    branch_ids = {*books, *session.scalars(select(Entry.branch_id).distinct())}
    names = dict(session.execute(select(Organization.id, Organization.name)).all())
    missing: dict[int, set[Head]] = defaultdict(set)
    for head in printed:
        if not (head.sequence == 0 and GENESIS.startswith(head.hash)):
            missing[head.sequence].add(head)
    for branch_id in sorted(branch_ids):
        replay = _Replay(names.get(branch_id, f"支部{branch_id}"))
        for found in _entries(session, branch_id):
            yield from _step(replay, found)
            if replay.sequence in missing:
                missing[replay.sequence] -= {h for h in missing[replay.sequence] if replay.head.startswith(h.hash)}
        yield from _check_book(replay, books.get(branch_id))
    for head in sorted(set().union(*missing.values())):
        yield f"留存的链头 {head.sequence}:{head.hash[:SHORTEST]} 不在任何支部的台账里：台账在那以后被改写过"


def _step(replay: _Replay, found: Found) -> Iterator[str]:
    """Compare one entry with what the chain so far demands, and go on from what it says of itself."""
    place, gap = replay.place(found.id, found.sequence), found.sequence != replay.sequence + 1
    yield from replay.skip_to(found.sequence)
    if isinstance(found, _Foreign):
        yield f"{place}：内容读不出来，写入后被改过"
        replay.sequence, replay.head = found.sequence, ""
        return
    if not gap and replay.head and found.previous != replay.head:
        yield f"{place}：与前一条接不上，其中一条写入后被改过"
    if ledger.hash_over(found.previous, found[_HASHED]) != found.hash:
        yield f"{place}：内容与哈希不符，写入后被改过"
    elif found.day is not None and not _within(found.about_month, found.day):
        yield f"{place}：日期 {found.day} 不在所属月份 {found.about_month}"
    elif not _begins(found.booked_month) <= found.at < _ends(found.booked_month):
        yield f"{place}：记账月份 {found.booked_month} 与记账时间不符"
    replay.sequence, replay.head = found.sequence, found.hash


def _within(month: Month, day: date) -> bool:
    return day.year == month.year and day.month == month.number


@cache
def _begins(month: Month) -> datetime:
    return month.begins


@cache
def _ends(month: Month) -> datetime:
    return month.ends


def _check_book(replay: _Replay, book: Book | None) -> Iterator[str]:
    if book is None:
        yield f"{replay.branch}：有台账明细，没有账本"
    elif book.sequence != replay.sequence:
        yield f"{replay.branch}：账本记到第{book.sequence}条，明细到第{replay.sequence}条"
    elif replay.head and book.head != replay.head:
        yield f"{replay.branch}：账本的链头与最后一条（第{replay.sequence}条）不符"


def _entries(session: Session, branch_id: int) -> Iterator[Found]:
    """A branch's entries in order; where one cannot be read, it and those after it one by one."""
    ordered = select(*_COLUMNS).where(Entry.branch_id == branch_id).order_by(Entry.sequence)
    reached = 0
    try:
        with session.execute(ordered.execution_options(yield_per=BATCH)) as rows:
            for row in rows:
                reached = row.sequence
                yield row
    except FOREIGN:
        yield from _one_by_one(session, branch_id, reached)


def _one_by_one(session: Session, branch_id: int, after: int) -> Iterator[Found]:
    numbers = select(Entry.id, Entry.sequence).where(Entry.branch_id == branch_id, Entry.sequence > after)
    numbers = numbers.order_by(Entry.sequence).execution_options(yield_per=BATCH)
    for id, sequence in session.execute(numbers):
        try:
            yield session.execute(select(*_COLUMNS).where(Entry.id == id)).one()
        except FOREIGN:
            yield _Foreign(id, sequence)
