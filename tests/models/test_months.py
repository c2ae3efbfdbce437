"""Shanghai months: their bounds, their arithmetic, and the periods made of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.months import Month, Period, at, end_of, shanghai_day

OCTOBER = Month(2026, 10)
DECEMBER = Month(2026, 12)


def test_a_month_begins_and_ends_at_midnight_in_shanghai():
    assert OCTOBER.begins == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert OCTOBER.ends == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert OCTOBER.ends == OCTOBER.plus(1).begins


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 10, 31, 15, 59, 59, 999_999, tzinfo=UTC), date(2026, 10, 31)),
        (datetime(2026, 10, 31, 16, tzinfo=UTC), date(2026, 11, 1)),
    ],
)
def test_the_day_of_a_moment_is_the_one_in_shanghai(moment: datetime, day: date):
    assert shanghai_day(moment) == day
    assert Month.of(moment) == Month.of(day)


def test_moments_made_from_days_are_in_utc():
    assert at(date(2026, 11, 20), 10, 30) == datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    assert at(date(2026, 11, 20)).tzinfo is UTC
    assert end_of(date(2026, 11, 30)) == at(date(2026, 12, 1)) == Month(2026, 11).ends


def test_months_are_counted_across_years():
    assert DECEMBER.plus(1) == Month(2027, 1)
    assert DECEMBER.plus(-12) == Month(2025, 12)
    assert Month(2026, 1).plus(-1) == Month(2025, 12)
    assert OCTOBER.plus(0) == OCTOBER


@pytest.mark.parametrize(("month", "last"), [(Month(2026, 2), 28), (Month(2028, 2), 29), (DECEMBER, 31)])
def test_the_last_day_of_a_month_knows_leap_years(month: Month, last: int):
    assert month.last_day == month.first_day + timedelta(days=last - 1)


def test_a_month_reads_and_sorts_as_it_is_written():
    assert str(Month(2026, 9)) == "2026-09"
    assert Month.parse("2026-09") == Month(2026, 9)
    months = [Month(2027, 1), DECEMBER, Month(2026, 9)]
    assert sorted(months) == sorted(months, key=str) == months[::-1]


@pytest.mark.parametrize("text", ["", "2026", "2026-9", "2026-13", "2026-00", "26-09", "1899-01", "2026/09", "abcd-ef"])
def test_what_is_no_month_is_refused(text: str):
    with pytest.raises(ValueError, match=r"month|invalid literal"):
        Month.parse(text)


def test_a_quarter_and_a_year_are_whole_months():
    quarter = Period.quarter(Month(2026, 11))
    assert (quarter.first, quarter.last) == (OCTOBER, DECEMBER)
    assert quarter.months == [OCTOBER, Month(2026, 11), DECEMBER]
    year = Period.year(OCTOBER)
    assert (year.months[0], year.months[-1], len(year.months)) == (Month(2026, 1), DECEMBER, 12)
    assert Period.month(OCTOBER).months == [OCTOBER]


def test_a_period_holds_its_bounds_and_nothing_outside():
    quarter = Period.quarter(OCTOBER)
    inside = [month for month in Period.year(OCTOBER).months if month in quarter]
    assert inside == quarter.months
    assert Month(2027, 1) not in quarter
    assert Period(DECEMBER, Month(2027, 2)).months == [DECEMBER, Month(2027, 1), Month(2027, 2)]
