"""Which months are open for claims, and until when they are reviewed (rules 14)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from models import rounds, settings
from models.months import Month, at
from models.rounds import MonthClosed, NotYet
from tests.cast import NOW, Cast

OCTOBER, NOVEMBER, SEPTEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 9)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("month", "last_day", "review_ends"),
    [
        # Counted from the end of the month, by the official calendar.
        (SEPTEMBER, date(2026, 10, 10), date(2026, 10, 15)),  # the October holidays, and a make-up Saturday
        (OCTOBER, date(2026, 11, 4), date(2026, 11, 10)),
        (NOVEMBER, date(2026, 12, 3), date(2026, 12, 9)),
        (Month(2026, 1), date(2026, 2, 4), date(2026, 2, 10)),
        (Month(2025, 12), date(2026, 1, 6), date(2026, 1, 12)),  # New Year, and a make-up Sunday
    ],
)
def test_claims_close_after_three_working_days_and_review_after_four_more(
    session: Session, cast: Cast, month: Month, last_day: date, review_ends: date
):
    branch = cast.first_branch.id
    assert rounds.last_claim_day(session, branch, month) == last_day
    assert rounds.claims_until(session, branch, month) == at(last_day + timedelta(days=1))
    assert rounds.review_until(session, branch, month) == at(review_ends + timedelta(days=1))


def test_a_month_is_open_from_its_first_moment_until_claims_close(session: Session, cast: Cast):
    branch = cast.first_branch.id
    closes = at(date(2026, 11, 5))
    for now, is_open in (
        (OCTOBER.begins - INSTANT, False),
        (OCTOBER.begins, True),
        (closes - INSTANT, True),
        (closes, False),
    ):
        assert rounds.is_open(session, branch, OCTOBER, now) is is_open


def test_two_months_are_open_at_the_beginning_of_a_month_and_one_later(session: Session, cast: Cast):
    branch = cast.first_branch.id
    assert rounds.open_months(session, branch, at(date(2026, 11, 4), 23, 59)) == [OCTOBER, NOVEMBER]
    assert rounds.open_months(session, branch, at(date(2026, 11, 5))) == [NOVEMBER]
    assert rounds.open_months(session, branch, NOW) == [NOVEMBER]


def test_how_many_days_is_a_setting(session: Session, cast: Cast):
    for setting, days in ((settings.CLAIM_DAYS, 1), (settings.REVIEW_DAYS, 2)):
        settings.put(session, setting, days, organization_id=cast.first_branch.id, by_id=None, now=NOW)
    assert rounds.last_claim_day(session, cast.first_branch.id, OCTOBER) == date(2026, 11, 2)
    assert rounds.review_until(session, cast.first_branch.id, OCTOBER) == at(date(2026, 11, 5))
    assert rounds.last_claim_day(session, cast.second_branch.id, OCTOBER) == date(2026, 11, 4)


def test_a_day_is_checked_against_today_and_the_months_end(session: Session, cast: Cast):
    branch = cast.first_branch.id
    rounds.check_day(session, branch, date(2026, 11, 20), NOW)
    rounds.check_day(session, branch, date(2026, 11, 1), NOW)
    with pytest.raises(NotYet, match="11月21日还没到，做完再报"):
        rounds.check_day(session, branch, date(2026, 11, 21), NOW)
    with pytest.raises(MonthClosed, match="10月的事到11月4日为止"):
        rounds.check_day(session, branch, date(2026, 10, 31), NOW)


def test_the_day_is_the_one_in_shanghai(session: Session, cast: Cast):
    # Eleven at night in London is seven in the morning of the next day in Shanghai.
    rounds.check_day(session, cast.first_branch.id, date(2026, 11, 21), datetime(2026, 11, 20, 23, tzinfo=UTC))
