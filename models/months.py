"""Shanghai months and the moments of their bounds; all ranges are half-open."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


@lru_cache(maxsize=64)  # a message or a run has one moment, whose day everything in it asks for
def shanghai_day(moment: datetime) -> date:
    """The calendar day in Shanghai of an aware moment."""
    return moment.astimezone(SHANGHAI).date()


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The aware UTC moment of a Shanghai wall-clock time on a day."""
    return datetime.combine(day, time(hour, minute), SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """24:00 of a Shanghai day, that is the first moment after it."""
    return at(day + timedelta(days=1))


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A Shanghai calendar month; sorts by time and reads ``2026-10``."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 12 and 1900 <= self.year <= 9999):
            raise ValueError(f"no such month: {self.year}-{self.number}")

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read ``2026-10``; raises ValueError for anything else."""
        return _parsed(text)

    @classmethod
    def of(cls, moment: datetime | date) -> "Month":
        """The month in which an aware moment or a Shanghai day lies."""
        day = shanghai_day(moment) if isinstance(moment, datetime) else moment
        return _month(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def plus(self, months: int) -> "Month":
        """The month so many months later; earlier for a negative number."""
        index = self.year * 12 + self.number - 1 + months
        return _month(index // 12, index % 12 + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return self.plus(1).first_day - timedelta(days=1)

    @property
    def begins(self) -> datetime:
        """The first moment of the month."""
        return at(self.first_day)

    @property
    def ends(self) -> datetime:
        """The first moment after the month."""
        return at(self.plus(1).first_day)


@lru_cache(maxsize=1024)
def _month(year: int, number: int) -> Month:
    """Months are few and asked for all the time, so each is made once."""
    return Month(year, number)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Month:
    """Months are few and read with every row, so each is read once."""
    year, _, number = text.partition("-")
    if len(year) != 4 or len(number) != 2:
        raise ValueError(f"not a month like 2026-10: {text!r}")
    return _month(int(year), int(number))


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months from ``first`` up to and including ``last``: a month, a quarter or a year."""

    first: Month
    last: Month

    @classmethod
    def month(cls, month: Month) -> Self:
        return cls(month, month)

    @classmethod
    def quarter(cls, month: Month) -> Self:
        """The quarter in which a month lies."""
        start = month.plus(-((month.number - 1) % 3))
        return cls(start, start.plus(2))

    @classmethod
    def year(cls, month: Month) -> Self:
        """The calendar year in which a month lies."""
        return cls(Month(month.year, 1), Month(month.year, 12))

    @property
    def months(self) -> list[Month]:
        count = (self.last.year - self.first.year) * 12 + self.last.number - self.first.number + 1
        return [self.first.plus(n) for n in range(count)]

    def __contains__(self, month: Month) -> bool:
        return self.first <= month <= self.last
