"""What the second bookkeeper reads: the rulebook's own file, and the rows of the tables as they lie there.

Plain Python of its own. All points are whole hundredths, as the tables hold them; a month is the text ``2026-10``.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Rows = Callable[[str], list[Row]]


@dataclass(frozen=True)
class Item:
    """An item of the rulebook, in hundredths."""

    category: str
    points: int
    cap_month: int | None
    cap_year: int | None


@dataclass(frozen=True)
class Rulebook:
    """What a month is computed with."""

    effective_from: str
    base: int
    mark: int
    floor: int
    ceiling: int | None
    stars: tuple[int, ...]
    items: Mapping[str, Item]
    caps: Mapping[str, int | None]  # of categories

    def score(self, points: int) -> int:
        score = max(self.base + points, self.floor)
        return score if self.ceiling is None else min(score, self.ceiling)

    def stars_of(self, score: int) -> int:
        return len([mark for mark in self.stars if score >= mark])


def hundredths(value: Any) -> int | None:
    return None if value is None else int(Decimal(str(value)) * 100)


def read_rulebook(path: Path) -> Rulebook:
    """A rulebook from its own file."""
    with path.open("rb") as file:
        raw = tomllib.load(file, parse_float=Decimal)
    head: dict[str, Any] = raw["rulebook"]
    items = {
        item["code"]: Item(
            item["category"],
            hundredths(item["points"]) or 0,
            hundredths(item.get("cap_month")),
            hundredths(item.get("cap_year")),
        )
        for item in raw["item"]
    }
    return Rulebook(
        head["effective_from"],
        hundredths(head["base"]) or 0,
        hundredths(head["pass"]) or 0,
        hundredths(head["floor"]) or 0,
        hundredths(head.get("ceiling")),
        tuple(hundredths(mark) or 0 for mark in head["stars"]),
        items,
        {category["code"]: hundredths(category.get("cap_month")) for category in raw["category"]},
    )


@dataclass(frozen=True)
class Entry:
    """A line of the ledger."""

    id: int
    branch: int
    sequence: int
    member: int
    month: str
    booked: str
    item: str | None
    points: int
    source: str
    cause: str
    reverses: int | None
    at: datetime


@dataclass(frozen=True)
class Person:
    """A line of the roster."""

    id: int
    name: str
    staff_no: str
    branch: int
    group: int | None
    full: bool
    standing: str
    joined: date | None
    left: date | None


def read_entry(row: Row) -> Entry:
    """A row of the table of entries."""
    return Entry(
        row["id"],
        row["branch_id"],
        row["sequence"],
        row["member_id"],
        row["about_month"],
        row["booked_month"],
        row["item_code"],
        row["points"],
        row["source"],
        row["cause"],
        row["reverses_id"],
        as_moment(row["at"]),
    )


def read_person(row: Row) -> Person:
    """A row of the table of members."""
    return Person(
        row["id"],
        row["name"],
        row["staff_no"],
        row["branch_id"],
        row["group_id"],
        row["category"] == "full",
        row["party_standing"],
        as_day(row["joined_on"]),
        as_day(row["left_on"]),
    )


def as_day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def as_moment(value: Any) -> datetime:
    """SQLite keeps UTC as text without a zone."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
