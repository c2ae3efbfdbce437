"""Working days by the official Chinese calendar, make-up workdays included."""

from datetime import date, datetime, timedelta
from functools import lru_cache

import chinese_calendar
from chinese_calendar.constants import holidays, workdays

from models.months import Month, at, end_of, shanghai_day

KNOWN_YEARS = frozenset(day.year for day in (*holidays, *workdays))


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Whether an office works that day; Monday to Friday in years the calendar does not know yet."""
    if day.year in KNOWN_YEARS:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def workday_after(day: date, count: int) -> date:
    """The count-th working day after a day (the day itself never counts)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def working_days_after(moment: datetime, count: int) -> datetime:
    """n working days after a moment: 24:00 of the nth working day after its date (rules, "Words")."""
    return end_of(workday_after(shanghai_day(moment), count))


def last_workday(month: Month) -> date:
    """The last working day of a month."""
    day = month.last_day
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def first_workdays(month: Month, count: int) -> date:
    """The count-th working day of a month."""
    return workday_after(month.first_day - timedelta(days=1), count)


def workday_before(moment: datetime, count: int) -> datetime:
    """The moment from which n working days are left until a moment that ends a day: the nth one back begins then."""
    day = shanghai_day(moment - timedelta(microseconds=1)) + timedelta(days=1)
    while count > 0:
        day -= timedelta(days=1)
        count -= is_workday(day)
    return at(day)


def began_before(now: datetime, count: int) -> datetime:
    """From which moment on n working days have not passed yet: what began before it began so long ago."""
    today = shanghai_day(now)
    day = today - timedelta(days=1)
    while workday_after(day, count) >= today:
        day -= timedelta(days=1)
    return end_of(day)
