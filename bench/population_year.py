"""The year that every branch of ``bench.population`` has lived through: its deeds, and what two months came to.

Every branch lives the same; only its numbers differ. So what follows from the year is worked out once.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from bench.bulk import Row, hundredths, moment
from bench.messages import NOW
from models import standings
from models.months import Month, Period, at
from models.rolls import Listed
from models.rulebooks import Rulebook

MEMBERS, GROUPS = 50, 3  # of a branch
PRESENT = Month.of(NOW)
MONTHS = Period(PRESENT.plus(-11), PRESENT).months
FINALS = MONTHS[-3:-1]  # before them rounds were kept elsewhere
NAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
CLAIMED, LOST = 4, 40  # one member in so many has a claim that was approved, and once lost points


class Deed(NamedTuple):
    """What gives one entry; ``member`` is a place in the branch."""

    month: Month
    member: int
    item: str
    points: Decimal
    source: str

    @property
    def day(self) -> date:
        return date(self.month.year, self.month.number, 1 + self.member % 15)


CLAIM, LEARNT = ("义务-01", Decimal(2), "claim"), ("学习-01", Decimal(3), "learning")
FAILED = ("学习-05", Decimal(-4), "learning")


def deeds(entries: int) -> list[Deed]:
    """The year of a branch in the order of its chain: each member has so many entries, at most one a month."""
    found = []
    for member in range(MEMBERS):
        for number in range(entries):
            kind = LEARNT
            if number == 0 and member % CLAIMED == 0:
                kind = CLAIM
            elif number == 1 and member % LOST == 1:
                kind = FAILED
            found.append(Deed(MONTHS[(member + number) % len(MONTHS)], member, *kind))
    return sorted(found, key=lambda deed: (deed.month, deed.member))


class Booked(NamedTuple):
    """A deed as its entries have it: columns, the same as hashed, and the moment in both forms."""

    deed: Deed
    fixed: Row  # month booked, month about, day, item, rulebook
    hashed: str
    points: int
    when: str
    said: str

    @classmethod
    def of(cls, deed: Deed, rulebook_id: int) -> "Booked":
        month, day, when = str(deed.month), deed.day.isoformat(), at(deed.day, 20)
        fixed = (month, month, day, deed.item, rulebook_id)
        hashed = json.dumps([*fixed, f"{deed.points:.2f}", deed.source], ensure_ascii=False)[1:-1]
        points = int(deed.points * 100)
        return cls(deed, fixed, hashed, points, moment(when), when.astimezone(UTC).isoformat())


@dataclass(frozen=True)
class Year:
    """What every branch of a population has lived through."""

    rulebook: Rulebook
    entries: int

    @cached_property
    def deeds(self) -> list[Deed]:
        return deeds(self.entries)

    @cached_property
    def booked(self) -> list[Booked]:
        """The deeds with what is the same in every branch's entries."""
        return [Booked.of(deed, self.rulebook.id) for deed in self.deeds]

    @cached_property
    def claimed(self) -> list[int]:
        """The places in the chain of what was claimed."""
        return [place for place, deed in enumerate(self.deeds) if deed.source == "claim"]

    @cached_property
    def until(self) -> dict[Month, int]:
        """How long the chain was at the end of each month."""
        return {month: sum(deed.month <= month for deed in self.deeds) for month in MONTHS}

    @cached_property
    def results(self) -> dict[Month, list[Row]]:
        """Each final month: member, group, base, plus, minus, zeroed, score, rank and stars of everyone."""
        return {month: list(self._results(month)) for month in FINALS}

    def _results(self, month: Month) -> Iterator[Row]:
        base = hundredths(self.rulebook.base)
        for line in sorted(self._lines(month), key=lambda line: line.member.id):
            assert line.score is not None
            mine = [d.points for d in self.deeds if d.month == month and d.member == line.member.id]
            plus, minus = sum(p for p in mine if p > 0), -sum(p for p in mine if p < 0)
            figures = (base, hundredths(Decimal(plus)), hundredths(Decimal(minus)), 0, hundredths(line.score))
            yield (line.member.id, line.member.group_id, *figures, line.rank, self.rulebook.stars_at(line.score))

    def _lines(self, month: Month) -> list[standings.Line]:
        people = [Listed(place, NAMES[place % 20], place % GROUPS, None) for place in range(MEMBERS)]
        sums = {place: Decimal(0) for place in range(MEMBERS)}
        for deed in self.deeds:
            if deed.month == month:
                sums[deed.member] += deed.points
        return standings.ranked(people, {place: self.rulebook.score(points) for place, points in sums.items()})

    @cached_property
    def groups(self) -> dict[Month, list[Row]]:
        """Each final month: group, scored, average, rank and stars of the groups."""
        return {month: list(self._groups(month)) for month in FINALS}

    def _groups(self, month: Month) -> Iterator[Row]:
        lines = self._lines(month)
        scores = [[ln.score for ln in lines if ln.member.group_id == g and ln.score is not None] for g in range(GROUPS)]
        averages = [standings.average(found) for found in scores]
        for group, average in enumerate(averages):
            rank = 1 + sum(other > average for other in averages)
            yield group, len(scores[group]), hundredths(average), rank, self.rulebook.stars_at(average)
