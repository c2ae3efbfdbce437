"""A month's round: its states, the moments that are stored, and what is computed before there is one (rules 14)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from models import rounds, settings
from models.months import Month, at
from models.rounds import MonthClosed, MonthDisclosed, NotYet, Round, RoundState
from tests.cast import NOW, Cast
from tests.models.desk import NOVEMBER, Desk
from tests.models.round_desk import CLOSED, INSTANT, OCTOBER, REVIEWED, begin, in_state, review

SEPTEMBER = Month(2026, 9)


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


# The stored round


def test_a_round_arises_once_with_the_moment_its_claims_close(session: Session, cast: Cast):
    branch = cast.first_branch.id
    assert [rounds.begin(session, branch, OCTOBER), rounds.begin(session, branch, OCTOBER)] == [True, False]
    found = rounds.find(session, branch, OCTOBER)
    assert found is not None
    assert (found.state, found.claims_until, found.review_until) == (RoundState.OPEN, CLOSED, None)
    assert (found.word, found.facts) == ("登记", {"branch": branch, "month": "2026-10"})


def test_a_setting_changed_later_does_not_move_what_was_stored(desk: Desk):
    session, branch = desk.session, desk.cast.first_branch.id
    review(session, branch)
    for setting in (settings.CLAIM_DAYS, settings.REVIEW_DAYS):
        settings.put(session, setting, 9, organization_id=branch, by_id=None, now=NOW)
    assert rounds.claims_until(session, branch, OCTOBER) == CLOSED
    assert rounds.last_claim_day(session, branch, OCTOBER) == date(2026, 11, 4)
    assert rounds.review_until(session, branch, OCTOBER) == REVIEWED
    assert rounds.claims_until(session, branch, NOVEMBER) == at(date(2026, 12, 12))  # not begun: as it is set now


def test_before_review_opens_its_end_is_computed_from_the_stored_close(desk: Desk):
    session, branch = desk.session, desk.cast.first_branch.id
    begin(session, branch)
    settings.put(session, settings.CLAIM_DAYS, 9, organization_id=branch, by_id=None, now=NOW)
    settings.put(session, settings.REVIEW_DAYS, 1, organization_id=branch, by_id=None, now=NOW)
    assert rounds.review_until(session, branch, OCTOBER) == at(date(2026, 11, 6))


def test_review_opens_once_when_claims_are_closed(desk: Desk):
    round_ = begin(desk.session, desk.cast.first_branch.id)
    assert not rounds.begin_review(desk.session, round_, CLOSED - INSTANT)
    assert rounds.begin_review(desk.session, round_, CLOSED)
    assert (round_.state, round_.review_until) == (RoundState.REVIEW, REVIEWED)
    assert not rounds.begin_review(desk.session, round_, CLOSED)


def test_a_passage_somebody_else_was_faster_with_changes_nothing(desk: Desk):
    round_ = review(desk.session, desk.cast.first_branch.id)
    elsewhere = update(Round).where(Round.id == round_.id).values(state=RoundState.DISCLOSURE)
    desk.session.connection().execute(elsewhere)  # the object in the session still says review
    assert not rounds.move(desk.session, round_, RoundState.OPEN, head="1:abc")
    assert (round_.state, round_.head) == (RoundState.DISCLOSURE, "")


@pytest.mark.parametrize(
    ("days", "submitted", "until", "final"),
    [
        (5, at(date(2026, 11, 9), 10), at(date(2026, 11, 17)), at(date(2026, 11, 17), 9)),
        (5, at(date(2026, 11, 6), 23, 59), at(date(2026, 11, 14)), at(date(2026, 11, 16), 9)),  # ends with a Friday
        (2, at(date(2026, 9, 25), 10), at(date(2026, 9, 30)), at(date(2026, 9, 30), 9)),  # Mid-Autumn
        (3, at(date(2026, 9, 25), 10), at(date(2026, 10, 1)), at(date(2026, 10, 8), 9)),  # the October holidays
    ],
)
def test_the_disclosure_runs_working_days_and_ends_before_a_working_morning(
    session: Session, cast: Cast, days: int, submitted: datetime, until: datetime, final: datetime
):
    branch = cast.first_branch.id
    settings.put(session, settings.DISCLOSURE_DAYS, days, organization_id=cast.committee.id, by_id=None, now=NOW)
    assert rounds.disclosure_ends(session, branch, submitted) == until
    assert rounds.final_from(until) == final


def test_oldest_and_latest_of_some_states(desk: Desk):
    session, branch = desk.session, desk.cast.first_branch.id
    for month in (SEPTEMBER, NOVEMBER, OCTOBER):
        rounds.begin(session, branch, month)
    rounds.begin(session, desk.cast.second_branch.id, Month(2026, 1))
    rounds.begin(session, desk.cast.second_branch.id, Month(2027, 1))
    oldest, latest = (of(session, branch, RoundState.OPEN, RoundState.FINAL) for of in (rounds.oldest, rounds.latest))
    assert oldest is not None
    assert latest is not None
    assert (oldest.month, latest.month) == (SEPTEMBER, NOVEMBER)
    assert rounds.oldest(session, branch, RoundState.FINAL) is None
    assert rounds.latest(session, branch, RoundState.REVIEW) is None


@pytest.mark.parametrize(
    ("state", "left"),
    [(RoundState.OPEN, False), (RoundState.REVIEW, False), (RoundState.DISCLOSURE, True), (RoundState.FINAL, True)],
)
def test_a_month_has_left_review_when_its_round_says_so(desk: Desk, state: RoundState, left: bool):
    in_state(desk, state)
    branch = desk.cast.first_branch.id
    assert rounds.left_review(desk.session, branch, OCTOBER, REVIEWED + timedelta(days=1)) is left
    if left:
        with pytest.raises(MonthDisclosed, match=r"10月已经(公示|审定)，申报不再审核"):
            rounds.check_undisclosed(desk.session, branch, OCTOBER, NOW, "积分")
    else:
        rounds.check_undisclosed(desk.session, branch, OCTOBER, NOW, "积分")


def test_without_a_round_a_month_leaves_review_when_its_time_is_over(session: Session, cast: Cast):
    branch = cast.first_branch.id
    assert not rounds.left_review(session, branch, OCTOBER, REVIEWED - INSTANT)
    assert rounds.left_review(session, branch, OCTOBER, REVIEWED)
    rounds.check_undisclosed(session, branch, OCTOBER, NOW, "积分")


def test_of_the_present_month_nothing_need_be_read(session: Session, cast: Cast):
    seen: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *args: seen.append(args[2]))
    assert rounds.is_open(session, cast.first_branch.id, NOVEMBER, NOW)
    assert not rounds.left_review(session, cast.first_branch.id, NOVEMBER, NOW)
    rounds.check_day(session, cast.first_branch.id, date(2026, 11, 20), NOW)
    rounds.check_undisclosed(session, cast.first_branch.id, NOVEMBER, NOW, "积分")
    assert seen == []
