"""The periods of meetings, and the moments in them, by the calendar of working days (rules 23)."""

from datetime import date

import pytest

from models.meeting_kinds import Often
from models.months import at
from models.spans import span_of, spans_from, word_of

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("often", "key", "first", "last", "until"),
    [
        (Often.WEEK, "2026-W47", date(2026, 11, 16), date(2026, 11, 22), date(2026, 11, 22)),
        (Often.MONTH, "2026-11", date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 30)),
        (Often.QUARTER, "2026-Q4", date(2026, 10, 1), date(2026, 12, 31), date(2026, 12, 31)),
        (Often.HALF_YEAR, "2026-H2", date(2026, 7, 1), date(2026, 12, 31), date(2026, 12, 31)),
        (Often.YEAR, "2026", date(2026, 1, 1), date(2026, 12, 31), date(2027, 3, 31)),
    ],
)
def test_a_period_has_its_days(often: Often, key: str, first: date, last: date, until: date):
    span = span_of(often, DAY)
    assert (span.key, span.first, span.last, span.until) == (key, first, last, until)


def test_the_first_half_year_and_a_week_across_the_year():
    assert span_of(Often.HALF_YEAR, date(2026, 6, 30)).last == date(2026, 6, 30)
    week = span_of(Often.WEEK, date(2027, 1, 1))
    assert (week.key, week.first) == ("2026-W53", date(2026, 12, 28))


def test_middle_last_call_and_end_of_a_month():
    """November 2026 has 21 working days: the 11th is Monday, the 16th; the last five begin on Tuesday, the 24th."""
    span = span_of(Often.MONTH, DAY)
    assert len(span.workdays) == 21
    assert (span.middle, span.last_call, span.ends) == (
        at(date(2026, 11, 17)),
        at(date(2026, 11, 24)),
        at(date(2026, 12, 1)),
    )


def test_in_a_week_the_last_call_is_a_quarter_of_it():
    span = span_of(Often.WEEK, DAY)
    assert (span.middle, span.last_call) == (at(date(2026, 11, 19)), at(date(2026, 11, 20)))


def test_a_quarter_is_called_five_working_days_before_its_end_and_a_year_before_its_grace_is_over():
    assert span_of(Often.QUARTER, DAY).last_call == at(date(2026, 12, 25))
    assert span_of(Often.YEAR, DAY).last_call == at(date(2027, 3, 25))


def test_a_week_of_holidays_has_no_working_days():
    assert not span_of(Often.WEEK, date(2026, 2, 18)).workdays  # 春节


def test_periods_since_a_day_up_to_the_running_one():
    assert [span.key for span in spans_from(Often.MONTH, date(2026, 9, 12), DAY)] == ["2026-09", "2026-10", "2026-11"]
    assert spans_from(Often.MONTH, date(2026, 12, 1), DAY) == []


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("2026-W07", "第7周"),
        ("2026-09", "9月"),
        ("2026-Q4", "第4季度"),
        ("2026-H1", "上半年"),
        ("2026-H2", "下半年"),
        ("2026", "2026年度"),
    ],
)
def test_periods_as_people_say_them(key: str, word: str):
    assert word_of(key) == word
