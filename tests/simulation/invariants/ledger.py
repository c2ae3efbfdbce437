"""One entry per decision, none without; caps as the rulebook has them; the chains and the replay of it all."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from models import verification
from models.sessions import Sessions
from tests.simulation.world import World
from tests.years.independent import Books
from tests.years.sources import Entry

DECISIONS = ("approved", "rejected", "returned")


def broken(world: World, books: Books) -> Iterator[str]:
    """What is wrong with the entries."""
    yield from _once(world, books)
    yield from _caps(books)
    with Sessions(world.engine).read() as session:
        yield from verification.differences(session)


def _once(world: World, books: Books) -> Iterator[str]:
    causes = Counter(entry.cause for entry in books.entries)
    yield from (f"the cause {cause} has {times} entries" for cause, times in causes.items() if times > 1)
    undone = Counter(entry.reverses for entry in books.entries if entry.reverses is not None)
    yield from (f"entry {id} is reversed {times} times" for id, times in undone.items() if times > 1)
    by_cause = {entry.cause: entry for entry in books.entries}
    due, taken_back = _decided(world)
    for cause in due:
        if cause not in by_cause:
            yield f"the decision {cause} has no entry"
    for entry in books.entries:
        if entry.source == "claim" and entry.cause not in due:
            yield f"entry {entry.id} has no decision {entry.cause}"
    for cause in taken_back:
        if cause in by_cause and not undone[by_cause[cause].id]:
            yield f"the decision {cause} was undone, and its entry stands"


def _decided(world: World) -> tuple[dict[str, int], list[str]]:
    """The causes of every approval, and those that were undone; a claim's decisions are counted from 1."""
    decisions: dict[int, int] = defaultdict(int)
    due: dict[str, int] = {}
    taken_back: list[str] = []
    for row in world.rows("SELECT claim_id, verb FROM claim_steps ORDER BY id"):
        number = row["claim_id"]
        decisions[number] += row["verb"] in DECISIONS
        cause = f"claim:{number}:{decisions[number]}"
        if row["verb"] == "approved":
            due[cause] = number
        elif row["verb"] == "undo" and cause in due:
            taken_back.append(cause)
    return due, taken_back


def _caps(books: Books) -> Iterator[str]:
    """After no entry is a cap passed that was not passed before it (rules 4)."""
    months: Mapping[tuple[int, str, str], int] = defaultdict(int)
    years: Mapping[tuple[int, str, str], int] = defaultdict(int)
    classes: Mapping[tuple[int, str, str], int] = defaultdict(int)
    for entry in sorted((e for e in books.entries if e.item is not None), key=lambda e: e.id):
        book = books.rulebook(entry.month)
        item = book.items[entry.item or ""]
        sums = [
            (months, (entry.member, entry.month, entry.item), item.cap_month),
            (years, (entry.member, entry.month[:4], entry.item), item.cap_year),
            (
                classes,
                (entry.member, entry.month, item.category),
                book.caps[item.category] if item.points > 0 else None,
            ),
        ]
        for table, key, cap in sums:
            if table is classes and item.points <= 0:
                continue
            table[key] += entry.points  # type: ignore[index]
            if cap is not None and abs(table[key]) > cap and _grows(entry, table[key]):  # type: ignore[index]
                yield f"entry {entry.id} of {entry.points}: {key} comes to {table[key]} of at most {cap}"  # type: ignore[index]


def _grows(entry: Entry, total: int) -> bool:
    return entry.points * total > 0
