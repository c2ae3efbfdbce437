"""The periods for which meetings are owed: week, month, quarter, half-year, year (rules 23, 所属期).

    first ───▶ middle: nothing planned? ───▶ last call ───▶ last ▶ until

``until`` is the last day on which a meeting still counts for the period. It is ``last``, but for the yearly kinds
that may be held until 31 March of the next year. Middle and last call are counted in working days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from models.meeting_kinds import Often, period_of
from models.months import Month, Period, at, end_of
from models.workdays import is_workday

LAST_CALL = 5  # working days before the end, but never more than a quarter of the period's
GRACE = (3, 31)  # of the next year


@dataclass(frozen=True, slots=True)
class Span:
    """One period: ``key`` names it (2026-W47, 2026-11, 2026-Q4, 2026-H2, 2026)."""

    key: str
    first: date
    last: date
    until: date

    @property
    def workdays(self) -> Sequence[date]:
        return _workdays(self.first, self.until)

    @property
    def middle(self) -> datetime:
        """When half of its working days are over."""
        workdays = self.workdays
        return end_of(workdays[(len(workdays) - 1) // 2])

    @property
    def last_call(self) -> datetime:
        """The moment from which min(5, a quarter of its) working days are left, at least one."""
        workdays = self.workdays
        return at(workdays[-max(1, min(LAST_CALL, len(workdays) // 4))])

    @property
    def ends(self) -> datetime:
        return end_of(self.until)


@lru_cache(maxsize=256)  # every branch and group asks for the same ones
def _workdays(first: date, until: date) -> Sequence[date]:
    days = (until - first).days + 1
    return tuple(day for n in range(days) if is_workday(day := first + timedelta(days=n)))


def span_of(often: Often, day: date) -> Span:
    """The period of a cadence in which a day lies; a year's grace time belongs to the year before as well."""
    month = Month.of(day)
    key = period_of(often, day)
    if often is Often.WEEK:
        monday = day - timedelta(days=day.weekday())
        sunday = monday + timedelta(days=6)
        return Span(key, monday, sunday, sunday)
    if often is Often.QUARTER:
        return _whole(key, Period.quarter(month))
    if often is Often.HALF_YEAR:
        half = 1 if day.month <= 6 else 2
        return _whole(key, Period(Month(day.year, 6 * half - 5), Month(day.year, 6 * half)))
    if often is Often.YEAR:
        return _whole(key, Period.year(month), date(day.year + 1, *GRACE))
    return _whole(key, Period.month(month))


def _whole(key: str, period: Period, until: date | None = None) -> Span:
    last = period.last.last_day
    return Span(key, period.first.first_day, last, until or last)


def spans_from(often: Often, since: date, today: date) -> list[Span]:
    """The periods that begin on a day or later, up to the one in which today lies."""
    found, day = [], since
    while day <= today:
        span = span_of(often, day)
        found.append(span)
        day = span.last + timedelta(days=1)
    return found


def often_of_key(key: str) -> Often:
    """How often a kind is held of whose periods this is one."""
    _, _, part = key.partition("-")
    return {"": Often.YEAR, "W": Often.WEEK, "Q": Often.QUARTER, "H": Often.HALF_YEAR}.get(part[:1], Often.MONTH)


def word_of(key: str) -> str:
    """A period as people say it: 第47周, 11月, 第4季度, 下半年, 2026年度."""
    year, _, part = key.partition("-")
    if not part:
        return f"{year}年度"
    if part[0] == "W":
        return f"第{int(part[1:])}周"
    if part[0] == "Q":
        return f"第{part[1:]}季度"
    if part[0] == "H":
        return "上半年" if part == "H1" else "下半年"
    return f"{int(part)}月"
