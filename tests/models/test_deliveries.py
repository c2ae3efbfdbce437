"""A notice on its way: leased, sent, refused, tried again, stranded (rules 28)."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import deliveries, fates
from models.deliveries import BACK_OFF
from models.notices import NoticeStatus
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together
from tests.models.outbox import MINUTE, SECOND, WORKER, S, begin, bring_to, one, post, take

# Taking


def test_what_is_due_is_taken_oldest_first_and_not_more_than_asked_for(session: Session, cast: Cast):
    due = [post(session, cast, str(n), due=NOW - n * MINUTE).id for n in range(4)]
    post(session, cast, "later", due=NOW + SECOND)
    assert deliveries.take(session, lease=WORKER, now=NOW, most=3) == due[:0:-1]
    assert deliveries.take(session, lease=WORKER, now=NOW) == due[:1]
    assert deliveries.take(session, lease=WORKER, now=NOW) == []
    taken = one(session, "3")
    assert (taken.status, taken.lease, taken.next_try) == (S.TAKEN, WORKER, NOW)


def test_what_is_due_at_one_moment_is_taken_in_the_order_it_was_posted(session: Session, cast: Cast):
    ids = [post(session, cast, str(n)).id for n in range(9)]
    assert take(session, 0) == ids


def test_a_lease_that_was_not_used_in_a_minute_is_free_again(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.TAKEN)
    assert deliveries.take(session, lease="worker-2", now=NOW + MINUTE - SECOND) == []
    assert deliveries.take(session, lease="worker-2", now=NOW + MINUTE) == [notice.id]
    assert not begin(session, notice.id)
    assert begin(session, notice.id, lease="worker-2")


@pytest.mark.parametrize("status", [s for s in S if s is not S.QUEUED and s is not S.TAKEN])
def test_only_what_waits_is_taken(session: Session, cast: Cast, status: NoticeStatus):
    bring_to(session, post(session, cast), status)
    assert deliveries.take(session, lease=WORKER, now=NOW + timedelta(days=1)) == []


def test_no_notice_is_taken_twice_by_four_workers(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        for number in range(60):
            post(session, cast.of(session), str(number))

    def work(name: str) -> list[int]:
        mine: list[int] = []
        while True:
            with sessions.write() as session:
                taken = deliveries.take(session, lease=name, now=NOW, most=7)
            if not taken:
                return mine
            mine += taken

    shares = together(*(lambda n=n: work(f"worker-{n}") for n in range(4)))  # type: ignore[misc]
    taken = [id for share in shares for id in share]  # type: ignore[union-attr]
    assert sorted(taken) == list(range(1, 61))


# On its way


def test_channel_and_attempt_are_noted_before_the_call(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.TAKEN)
    assert begin(session, notice.id, NOW + SECOND)
    session.refresh(notice)
    assert (notice.status, notice.channel, notice.attempts) == (S.SENDING, "template", 1)
    assert notice.next_try == NOW + SECOND


@pytest.mark.parametrize("status", [s for s in S if s is not S.TAKEN])
def test_only_what_one_has_taken_is_sent(session: Session, cast: Cast, status: NoticeStatus):
    notice = bring_to(session, post(session, cast), status)
    assert not begin(session, notice.id)
    session.refresh(notice)
    assert notice.status is status


def test_what_another_has_taken_is_left_alone(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.TAKEN)
    assert not begin(session, notice.id, lease="worker-2")
    deliveries.hand_back(session, notice.id, lease="worker-2", next_try=NOW + MINUTE)
    session.refresh(notice)
    assert (notice.status, notice.next_try) == (S.TAKEN, NOW)


def test_a_leased_notice_is_handed_back_untouched(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.TAKEN)
    deliveries.hand_back(session, notice.id, lease=WORKER, next_try=NOW + MINUTE)
    session.refresh(notice)
    assert (notice.status, notice.next_try, notice.attempts) == (S.QUEUED, NOW + MINUTE, 0)


def test_what_was_sent_keeps_the_platforms_number(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENT)
    assert (notice.message_id, notice.sent_at) == (f"m{notice.id}", NOW)


@pytest.mark.parametrize(("arrived", "status"), [(True, S.DELIVERED), (False, S.FAILED)])
def test_the_platform_says_what_became_of_it(session: Session, cast: Cast, arrived: bool, status: NoticeStatus):
    notice = bring_to(session, post(session, cast), S.SENT)
    fates.told(session, "another", arrived=not arrived, now=NOW)
    fates.told(session, f"m{notice.id}", arrived=arrived, now=NOW)
    fates.told(session, f"m{notice.id}", arrived=not arrived, now=NOW)
    session.refresh(notice)
    assert notice.status is status


@pytest.mark.parametrize("status", [s for s in S if s not in (S.TAKEN, S.SENDING)])
def test_the_outcome_of_a_call_changes_only_what_is_on_its_way(session: Session, cast: Cast, status: NoticeStatus):
    notice = bring_to(session, post(session, cast), status)
    for outcome in (
        lambda: deliveries.retry(session, notice.id, attempts=1, now=NOW),
        lambda: deliveries.to_inbox(session, notice.id, maybe_received=True),
        lambda: deliveries.lapse(session, notice.id, NOW),
    ):
        outcome()
        session.refresh(notice)
        assert notice.status is status


# Back-off


def test_the_first_retry_comes_within_5_seconds_and_five_failures_within_4_minutes(session: Session, cast: Cast):
    notice, now = post(session, cast), NOW
    for attempt in range(1, 6):
        take(session, notice.id, now)
        assert begin(session, notice.id, now)
        deliveries.retry(session, notice.id, attempts=attempt, now=now)
        session.refresh(notice)
        assert notice.status is S.QUEUED
        now = notice.next_try
        if attempt == 1:
            assert now - NOW <= 5 * SECOND
    assert now - NOW <= 4 * MINUTE
    take(session, notice.id, now)
    assert begin(session, notice.id, now)


def test_after_the_last_try_it_waits_in_the_inbox(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENDING)
    deliveries.retry(session, notice.id, attempts=len(BACK_OFF) + 1, now=NOW)
    session.refresh(notice)
    assert (notice.status, notice.maybe_received) == (S.INBOX, False)


def test_the_platform_may_ask_for_a_longer_wait(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENDING)
    deliveries.retry(session, notice.id, attempts=1, now=NOW, wait=MINUTE)
    session.refresh(notice)
    assert notice.next_try == NOW + MINUTE


def test_what_may_have_arrived_once_stays_marked(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENDING)
    deliveries.retry(session, notice.id, attempts=1, now=NOW, maybe_received=True)
    for attempt in range(2, len(BACK_OFF) + 2):
        session.refresh(notice)
        take(session, notice.id, notice.next_try)
        assert begin(session, notice.id, notice.next_try)
        deliveries.retry(session, notice.id, attempts=attempt, now=notice.next_try)
    session.refresh(notice)
    assert (notice.status, notice.maybe_received) == (S.INBOX, True)


def test_a_call_that_hangs_for_a_minute_is_stranded(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENDING)
    assert deliveries.stranded(session, NOW + MINUTE - SECOND) == []
    assert deliveries.stranded(session, NOW + MINUTE) == [notice]
