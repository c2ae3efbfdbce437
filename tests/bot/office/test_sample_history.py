"""The sample's history is one that the rules allow, and its months score as the rulebook's table says."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from bot.office import rulebook_file, sample
from bot.office.rulebooks import SEVEN_CONTENTS
from bot.office.sample_history import Decision, Deed, Record, Step, history, timeline
from models.months import Month, at, end_of, shanghai_day
from models.rulebooks import Evidence, Rulebook, Source
from models.workdays import first_workdays

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
MOMENTS = [
    NOW,
    datetime(2026, 10, 31, 16, 10, tzinfo=UTC),  # ten past midnight on 1 November in Shanghai
    datetime(2026, 11, 2, 3, 0, tzinfo=UTC),
    datetime(2027, 2, 28, 15, 50, tzinfo=UTC),
    datetime(2028, 1, 1, 0, 0, tzinfo=UTC),  # a year the working calendar may not know
]
COUNTED = {Decision.APPROVED}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebook_file.read(SEVEN_CONTENTS)


@cache
def planned(now: datetime) -> tuple[Deed | Record, ...]:
    return tuple(history(now))


def deeds(now: datetime) -> list[Deed]:
    return [one for one in planned(now) if isinstance(one, Deed)]


def records(now: datetime) -> list[Record]:
    return [one for one in planned(now) if isinstance(one, Record)]


def whole_months(
    now: datetime, book: Rulebook, month_score: Callable[..., Decimal]
) -> dict[tuple[str, Month], Decimal]:
    """Every scored member's two whole months, by what was approved and recorded."""
    entries: dict[tuple[str, Month], list[tuple[str, Decimal]]] = defaultdict(list)
    for one in planned(now):
        if isinstance(one, Record) or one.decision in COUNTED:
            entries[one.staff_no, Month.of(one.day)].append((one.item_code, one.quantity))
    months = [Month.of(now).plus(-2), Month.of(now).plus(-1)]
    keys = [(member.staff_no, month) for member in sample.scored() for month in months]
    return {key: month_score(book, entries[key]) for key in keys}


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_every_claim_could_have_been_made_and_decided(now: datetime, book: Rulebook) -> None:
    people = {member.staff_no: member for member in sample.MEMBERS}
    for deed in deeds(now):
        item = book.get_item(deed.item_code)
        member = people[deed.staff_no]
        roles = {held.office.value for held in member.offices} | ({"leading_cadre"} if member.leading_cadre else set())
        assert item.claimable and item.evidence is not Evidence.REQUIRED
        assert not item.roles or roles & set(item.roles)
        assert 0 < deed.quantity <= item.max_quantity
        assert deed.day <= shanghai_day(deed.submitted_at)
        closes = end_of(first_workdays(Month.of(deed.day).plus(1), 3))
        assert at(deed.day) <= deed.submitted_at < closes
        assert deed.submitted_at <= now
        assert (deed.decided_at is None) == (deed.decision is None)
        assert deed.decided_at is None or deed.submitted_at < deed.decided_at <= now
        assert bool(deed.reason) == (deed.decision in {Decision.REJECTED, Decision.RETURNED}) or deed.decision is None


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_every_record_is_one_that_its_item_may_have(now: datetime, book: Rulebook) -> None:
    for record in records(now):
        assert record.source in book.get_item(record.item_code).sources
        assert at(record.day) <= record.recorded_at <= now
    sources = {record.source for record in records(NOW)}
    assert sources == {Source.ATTENDANCE, Source.BRANCH}


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_it_spans_the_two_whole_months_before_and_the_running_one(now: datetime) -> None:
    months = {Month.of(one.day) for one in planned(now)}
    running = Month.of(now)
    assert {running.plus(-2), running.plus(-1)} <= months <= {running.plus(-2), running.plus(-1), running}


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_some_claims_wait_for_a_leader_a_secretary_and_another_branch(now: datetime) -> None:
    waiting = {deed.staff_no for deed in deeds(now) if deed.decision is None}
    assert {"1002", "1003", "1001", "1021", "2005"} <= waiting
    assert all(now - deed.submitted_at < timedelta(days=5) for deed in deeds(now) if deed.decision is None)


def test_one_claim_was_sent_back_with_what_is_to_be_supplemented() -> None:
    (returned,) = [deed for deed in deeds(NOW) if deed.decision is Decision.RETURNED]
    assert returned.reason and Month.of(returned.day) == Month(2026, 11)


def test_nobody_claims_one_item_twice_for_a_day() -> None:
    counted = Counter((deed.staff_no, deed.item_code, deed.day) for deed in deeds(NOW))
    assert max(counted.values()) == 1


def test_the_same_moment_gives_the_same_history_and_another_seed_another() -> None:
    assert tuple(history(NOW)) == planned(NOW)
    assert tuple(history(NOW, seed=7)) != planned(NOW)


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_whole_months_score_between_57_and_the_ceiling(
    now: datetime, book: Rulebook, month_score: Callable[..., Decimal]
) -> None:
    scores = whole_months(now, book, month_score)
    assert all(57 <= score <= 100 for score in scores.values())
    assert len(set(scores.values())) >= 8
    assert min(scores.values()) <= 64 and max(scores.values()) >= 92
    average = sum(scores.values()) / len(scores)
    assert 78 <= average <= 84


def test_a_month_of_two_meetings_scores_what_the_habit_says(
    book: Rulebook, month_score: Callable[..., Decimal]
) -> None:
    scores = whole_months(NOW, book, month_score)
    october = Month(2026, 10)
    assert scores["1004", october] == 88  # 刘强, active
    assert scores["1010", october] in {57, 64}  # 孙志远, behind


def test_the_timeline_does_each_thing_at_its_moment_and_submits_before_it_decides() -> None:
    steps = timeline(planned(NOW))
    moments = [moment for moment, _, _ in steps]
    assert moments == sorted(moments)
    assert Counter(step for _, step, _ in steps)[Step.SUBMIT] == len(deeds(NOW))
    submitted: set[int] = set()
    for _, step, one in steps:
        if step is Step.SUBMIT:
            submitted.add(id(one))
        if step is Step.DECIDE:
            assert id(one) in submitted
