"""A second bookkeeper, who has read rules.md and nothing of the code, works a branch's year out from its entries.

Plain Python of its own: the standard library, the tables as they lie in the database, the rulebook's own file.
All points are whole hundredths, as the tables hold them. A month is the text ``2026-10``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.years.holidays import following
from tests.years.sources import (
    Entry,
    Person,
    Rows,
    Rulebook,
    as_day,
    read_entry,
    read_person,
    read_rulebook,
)

YEAR = [f"2026-{number:02d}" for number in range(1, 13)]
QUARTERS = {number + 1: YEAR[number * 3 : number * 3 + 3] for number in range(4)}
FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """A member's month as it was fixed; without rank where it is not scored."""

    base: int
    plus: int
    minus: int
    score: int
    stars: int
    rank: int | None
    not_scored: str | None


def average(scores: Sequence[int]) -> int:
    """Half up to 0.01; scores are never negative."""
    return (2 * sum(scores) + len(scores)) // (2 * len(scores))


def ranks(scores: Mapping[int, int]) -> dict[int, int]:
    """Equal scores share a rank, the next is skipped: 1, 2, 2, 4."""
    return {id: 1 + sum(other > score for other in scores.values()) for id, score in scores.items()}


@dataclass
class Books:
    """Everything the bookkeeper copied from the database, and what follows from it."""

    rulebooks: Sequence[Rulebook]
    entries: Sequence[Entry]
    people: Mapping[int, Person]
    organizations: Mapping[int, dict[str, Any]]
    moves: Sequence[dict[str, Any]]
    left_out: Sequence[dict[str, Any]]
    _by: dict[tuple[int, int, str], list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for entry in self.entries:
            self._by[entry.branch, entry.member, entry.month].append(entry)

    # Months

    def rulebook(self, month: str) -> Rulebook:
        """The newest version that the month has reached (rules 6)."""
        return max((book for book in self.rulebooks if book.effective_from <= month), key=lambda b: b.effective_from)

    def of(self, branch: int, member: int, month: str, until: datetime = FAR) -> list[Entry]:
        return [entry for entry in self._by.get((branch, member, month), []) if entry.at <= until]

    def zeroed(self, branch: int, member: int, month: str, until: datetime = FAR) -> bool:
        """A zeroing that nobody took back (rules 5)."""
        entries = self.of(branch, member, month, until)
        undone = {entry.reverses for entry in entries}
        return any(entry.source == "zeroing" and entry.id not in undone for entry in entries)

    def score(self, branch: int, member: int, month: str, until: datetime = FAR) -> int:
        """Base and the sum of the entries, between floor and ceiling (rules 4)."""
        if self.zeroed(branch, member, month, until):
            return 0
        return self.rulebook(month).score(sum(entry.points for entry in self.of(branch, member, month, until)))

    def parts(self, branch: int, member: int, month: str, until: datetime = FAR) -> tuple[int, int]:
        """What was added and what was taken off, in entries that stand."""
        entries = self.of(branch, member, month, until)
        undone = {entry.reverses for entry in entries}
        stand = [e.points for e in entries if e.reverses is None and e.id not in undone]
        return sum(p for p in stand if p > 0), -sum(p for p in stand if p < 0)

    # Who is scored

    def homes(self, person: Person, month: str) -> set[int]:
        """The branches a member was at home in at some time of a month (rules 31)."""
        first, last = date.fromisoformat(f"{month}-01"), date.fromisoformat(f"{following(month)}-01")
        mine = [move for move in self.moves if move["member_id"] == person.id]
        home, found = person.branch, set()
        for move in sorted(mine, key=lambda move: (move["moved_on"], move["id"]), reverse=True):
            day = move["moved_on"]
            if day < last:
                found.add(home)
            if day < first:
                return found
            home = move["from_branch_id"]
        return found | {home}

    def home_after(self, person: Person, month: str) -> tuple[int, int | None]:
        """The branch and group of a member when a month was over."""
        later = [m for m in self.moves if m["member_id"] == person.id and m["moved_on"].isoformat()[:7] > month]
        if not later:
            return person.branch, person.group
        left = min(later, key=lambda move: (move["moved_on"], move["id"]))
        return left["from_branch_id"], left["from_group_id"]

    def roll(self, branch: int, month: str) -> list[Person]:
        """Who was at home in a branch at some time of a month, in the order of the roster."""
        first, last = f"{month}-01", f"{following(month)}-01"
        here = [person for person in self.people.values() if branch in self.homes(person, month)]
        came = [person for person in here if person.joined is None or person.joined.isoformat() < last]
        return sorted((p for p in came if p.left is None or p.left.isoformat() >= first), key=lambda p: p.id)

    def reason(self, person: Person, month: str) -> str | None:
        """Why a member's month is not scored (rules 7)."""
        for row in self.left_out:
            until = row["until_month"]
            if row["member_id"] == person.id and row["from_month"] <= month and (until is None or month <= until):
                return str(row["reason"])
        if person.standing == "suspended":
            return "停止党籍"
        if any(id and self.organizations[id]["nature"] == "retired" for id in self.home_after(person, month)):
            return "离退休"
        between = [m for m in self.moves if m["from_branch_id"] != m["to_branch_id"]]
        days = [person.joined, person.left, *(m["moved_on"] for m in between if m["member_id"] == person.id)]
        return "转入转出当月" if any(day and day.isoformat()[:7] == month for day in days) else None

    def scored(self, branch: int, month: str) -> list[Person]:
        return [person for person in self.roll(branch, month) if self.reason(person, month) is None]

    # A month's result

    def result(self, branch: int, month: str, until: datetime = FAR) -> dict[int, Line]:
        """Every member's month as the entries of a moment have it (rules 4, 7, 15, 17, 18)."""
        book = self.rulebook(month)
        scores = {p.id: self.score(branch, p.id, month, until) for p in self.scored(branch, month)}
        places = ranks(scores)
        lines = {}
        for person in self.roll(branch, month):
            plus, minus = self.parts(branch, person.id, month, until)
            score = self.score(branch, person.id, month, until)
            why = self.reason(person, month)
            rank = places.get(person.id)
            lines[person.id] = Line(book.base, plus, minus, score, book.stars_of(score), rank, why)
        return lines

    def months_of(self, branch: int, member: int, months: Iterable[str]) -> list[str]:
        """The months of these in which a member is scored in a branch."""
        return [month for month in months if member in {person.id for person in self.scored(branch, month)}]

    def averages(self, branch: int, months: Sequence[str], until: datetime = FAR) -> dict[int, int]:
        """Of each member the average of the scored months, corrections included (rules 21, 22)."""
        found = {}
        for person in self.people.values():
            mine = self.months_of(branch, person.id, months)
            if mine:
                found[person.id] = average([self.score(branch, person.id, month, until) for month in mine])
        return found

    def group_averages(self, branch: int, months: Sequence[str], until: datetime = FAR) -> dict[int, tuple[int, int]]:
        """Of each group the average over its scored members, and how many they are."""
        mine = self.averages(branch, months, until)
        found: dict[int, list[int]] = defaultdict(list)
        for id, score in mine.items():
            group = self.people[id].group
            if group is not None and self.organizations[group]["parent_id"] == branch:
                found[group].append(score)
        return {group: (average(scores), len(scores)) for group, scores in found.items()}

    # What follows

    def streak(self, branch: int, member: int, month: str, until: datetime = FAR) -> int:
        """How many scored months in a row, up to a month, lie under the mark (rules 20)."""
        count = 0
        for one in reversed([m for m in self.months_of(branch, member, YEAR) if m <= month]):
            if self.score(branch, member, one, until) >= self.rulebook(one).mark:
                break
            count += 1
        return count

    def caps_passed(self) -> list[str]:
        """Caps that the entries do not keep (rules 4)."""
        months: dict[tuple[int, str, str], int] = defaultdict(int)
        years: dict[tuple[int, str], int] = defaultdict(int)
        classes: dict[tuple[int, str, str], int] = defaultdict(int)
        for entry in self.entries:
            if entry.item is None:
                continue
            item = self.rulebook(entry.month).items[entry.item]
            months[entry.member, entry.month, entry.item] += entry.points
            years[entry.member, entry.item] += entry.points
            if item.points > 0:
                classes[entry.member, entry.month, item.category] += entry.points
        over = []
        for (member, month, code), total in months.items():
            cap = self.rulebook(month).items[code].cap_month
            over += [f"{member} {month} {code}: {total}"] if cap is not None and abs(total) > cap else []
        for (member, code), total in years.items():
            bounds = [book.items[code].cap_year for book in self.rulebooks if code in book.items]
            known = [cap for cap in bounds if cap is not None]
            over += [f"{member} {code}: {total}"] if known and abs(total) > max(known) else []
        for (member, month, code), total in classes.items():
            cap = self.rulebook(month).caps[code]
            over += [f"{member} {month} {code}: {total}"] if cap is not None and total > cap else []
        return over

    def room(self, entry: Entry) -> int | None:
        """What the caps left just before an entry was written; None without caps (rules 4)."""
        if entry.item is None:
            return None
        book = self.rulebook(entry.month)
        item = book.items[entry.item]
        before = [e for e in self.entries if e.id < entry.id and e.member == entry.member and e.item is not None]
        same = [e for e in before if e.item == entry.item]
        left = []
        if item.cap_month is not None:
            left.append(item.cap_month - abs(sum(e.points for e in same if e.month == entry.month)))
        if item.cap_year is not None:
            left.append(item.cap_year - abs(sum(e.points for e in same if e.month[:4] == entry.month[:4])))
        cap = book.caps[item.category]
        if item.points > 0 and cap is not None:
            earning = [e for e in before if e.month == entry.month and book.items[e.item or ""].points > 0]
            left.append(cap - sum(e.points for e in earning if book.items[e.item or ""].category == item.category))
        return max(min(left), 0) if left else None


def with_entries(books: Books, entries: Sequence[Entry]) -> Books:
    """The same books with other entries, as of an earlier time."""
    return Books(books.rulebooks, entries, books.people, books.organizations, books.moves, books.left_out)


def read_books(rows: Rows, rulebooks: Sequence[Path]) -> Books:
    """Copy what is needed from the tables, by SQL of our own."""
    moves = [{**row, "moved_on": as_day(row["moved_on"])} for row in rows("SELECT * FROM moves ORDER BY id")]
    left_out = rows("SELECT * FROM not_scored ORDER BY id DESC")
    organizations = {row["id"]: row for row in rows("SELECT * FROM organizations")}
    people = {person.id: person for person in map(read_person, rows("SELECT * FROM members ORDER BY id"))}
    entries = [read_entry(row) for row in rows("SELECT * FROM entries ORDER BY id")]
    return Books([read_rulebook(path) for path in rulebooks], entries, people, organizations, moves, left_out)
