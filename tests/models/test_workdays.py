"""Working days of 2026 as the State Council published them, make-up workdays included."""

from datetime import date, datetime, timedelta

import pytest

from models.months import Month, at
from models.workdays import (
    KNOWN_YEARS,
    began_before,
    first_workdays,
    is_workday,
    last_workday,
    workday_after,
    working_days_after,
)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 3)),  # 元旦
        (date(2026, 2, 15), date(2026, 2, 23)),  # 春节
        (date(2026, 4, 4), date(2026, 4, 6)),  # 清明
        (date(2026, 5, 1), date(2026, 5, 5)),  # 劳动节
        (date(2026, 6, 19), date(2026, 6, 21)),  # 端午
        (date(2026, 9, 25), date(2026, 9, 27)),  # 中秋
        (date(2026, 10, 1), date(2026, 10, 7)),  # 国庆
    ],
)
def test_nobody_works_on_the_holidays_of_2026(first: date, last: date):
    assert not [day for day in days(first, last) if is_workday(day)]


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ],
)
def test_the_make_up_weekends_of_2026_are_working_days(day: date):
    assert day.weekday() >= 5
    assert is_workday(day)


def test_an_ordinary_week_has_five_working_days():
    week = days(date(2026, 11, 16), date(2026, 11, 22))
    assert [is_workday(day) for day in week] == [True] * 5 + [False] * 2


def test_a_year_that_is_not_published_falls_back_to_monday_to_friday():
    assert 2026 in KNOWN_YEARS
    unknown = max(KNOWN_YEARS) + 1
    october = days(date(unknown, 10, 1), date(unknown, 10, 7))
    assert [is_workday(day) for day in october] == [day.weekday() < 5 for day in october]


def test_two_working_days_over_the_october_holidays_end_after_the_ninth():
    # Wednesday the 30th; the next working days are the 8th and the 9th.
    assert workday_after(date(2026, 9, 30), 2) == date(2026, 10, 9)
    assert working_days_after(at(date(2026, 9, 30), 10), 2) == at(date(2026, 10, 10))


def test_a_make_up_saturday_counts():
    assert workday_after(date(2026, 10, 8), 2) == date(2026, 10, 10)
    assert workday_after(date(2026, 10, 8), 3) == date(2026, 10, 12)


def test_the_day_itself_never_counts_and_the_hour_does_not_matter():
    friday = date(2026, 11, 20)
    tuesday_ends = at(date(2026, 11, 25))
    assert working_days_after(at(friday, 0, 0), 2) == working_days_after(at(friday, 23, 59), 2) == tuesday_ends


def test_no_working_days_after_a_day_is_the_day():
    assert workday_after(date(2026, 11, 21), 0) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("month", "last"),
    [
        (Month(2026, 2), date(2026, 2, 28)),  # a Saturday made up for
        (Month(2026, 9), date(2026, 9, 30)),
        (Month(2026, 10), date(2026, 10, 30)),
        (Month(2026, 11), date(2026, 11, 30)),
    ],
)
def test_the_last_working_day_of_a_month(month: Month, last: date):
    assert last_workday(month) == last


def test_the_third_working_day_of_a_month_begun_with_holidays():
    assert first_workdays(Month(2026, 10), 3) == date(2026, 10, 10)
    assert first_workdays(Month(2026, 12), 3) == date(2026, 12, 3)
    assert first_workdays(Month(2026, 2), 1) == date(2026, 2, 2)


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize(
    "now",
    [
        at(date(2026, 11, 20), 10),
        at(date(2026, 11, 23)),
        at(date(2026, 10, 8), 9),  # the first working day after a week of holidays
        at(date(2026, 2, 28), 9),  # a Saturday made up for
    ],
)
def test_what_began_before_that_moment_and_nothing_later_began_so_many_working_days_ago(now: datetime, count: int):
    moment = began_before(now, count)
    assert working_days_after(moment - timedelta(microseconds=1), count) <= now < working_days_after(moment, count)
