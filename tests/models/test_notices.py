"""The outbox: one notice, one recipient, one key; its states and who may move it (rules 28)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notices
from models.notices import BACK_OFF, Notice, NoticeStatus
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together

S = NoticeStatus
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WORKER = "worker-1"


def post(session: Session, cast: Cast, key: str = "k", **more: object) -> Notice:
    values = {"key": key, "now": NOW, "subject": "claim:12"} | more
    assert notices.post(session, cast.zhang_san.id, "claim_waiting", **values)  # type: ignore[arg-type]
    return one(session, key)


def one(session: Session, key: str = "k") -> Notice:
    return session.scalars(select(Notice).where(Notice.key == key).execution_options(populate_existing=True)).one()


def bring_to(session: Session, notice: Notice, status: NoticeStatus) -> Notice:
    """Lead a fresh notice into a state by the steps a worker takes."""
    ways: dict[NoticeStatus, list[Callable[[Session, int], object]]] = {
        S.QUEUED: [],
        S.TAKEN: [take],
        S.SENDING: [take, begin],
        S.SENT: [take, begin, sent],
        S.DELIVERED: [take, begin, sent, delivered],
        S.FAILED: [take, begin, sent, failed],
        S.INBOX: [take, inbox],
        S.SEEN: [take, inbox, seen],
        S.LAPSED: [take, lapse],
    }
    for step in ways[status]:
        step(session, notice.id)
    session.expire_all()
    assert notice.status is status
    return notice


def take(session: Session, id: int, now: datetime = NOW) -> list[int]:
    return notices.take(session, lease=WORKER, now=now)


def begin(session: Session, id: int, now: datetime = NOW, lease: str = WORKER) -> bool:
    return notices.begin(session, id, lease=lease, channel="template", now=now)


def sent(session: Session, id: int) -> None:
    notices.sent(session, id, message_id=f"m{id}", now=NOW)


def delivered(session: Session, id: int) -> None:
    notices.report(session, f"m{id}", delivered=True)


def failed(session: Session, id: int) -> None:
    notices.report(session, f"m{id}", delivered=False)


def inbox(session: Session, id: int) -> None:
    notices.to_inbox(session, id)


def lapse(session: Session, id: int) -> None:
    notices.lapse(session, id, NOW)


def seen(session: Session, id: int) -> None:
    notices.mark_seen(session, [session.get_one(Notice, id, populate_existing=True)], NOW)
    session.flush()


# Posting


def test_a_notice_is_queued_with_its_facts(session: Session, cast: Cast):
    notice = post(session, cast, facts={"claim": 12}, due=NOW + MINUTE)
    assert (notice.member_id, notice.openid, notice.kind) == (cast.zhang_san.id, None, "claim_waiting")
    assert (notice.status, notice.facts, notice.subject) == (S.QUEUED, {"claim": 12}, "claim:12")
    assert (notice.due, notice.next_try, notice.attempts) == (NOW + MINUTE, NOW + MINUTE, 0)


def test_a_notice_is_posted_once(session: Session, cast: Cast):
    post(session, cast)
    assert not notices.post(session, cast.wang_fang.id, "another", key="k", now=NOW)
    assert not notices.post_to_openid(session, "o-1", "another", key="k", now=NOW)
    assert one(session).member_id == cast.zhang_san.id


def test_many_are_told_in_one_statement_and_each_once(session: Session, cast: Cast):
    both = [cast.zhang_san.id, cast.wang_fang.id]
    notices.post_all(session, both[:1], "result", key="k", now=NOW, subject="s", facts={"month": "2026-10"})
    notices.post_all(session, both, "result", key="k", now=NOW + MINUTE, subject="s", facts={"month": "2026-10"})
    notices.post_all(session, [], "result", key="k", now=NOW)
    found = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [(n.member_id, n.key, n.due, n.status, n.facts) for n in found] == [
        (id, f"k:{id}", due, NoticeStatus.QUEUED, {"month": "2026-10"})
        for id, due in zip(both, (NOW, NOW + MINUTE), strict=True)
    ]


def test_a_notice_may_go_to_a_wechat_that_is_nobodys(session: Session):
    assert notices.post_to_openid(session, "o-1", "rebound", key="k", now=NOW, facts={"a": 1})
    notice = one(session)
    assert (notice.openid, notice.member_id, notice.facts, notice.due) == ("o-1", None, {"a": 1}, NOW)


def test_a_notice_posted_at_once_by_many_is_posted_by_one(sessions: Sessions, cast: Cast):
    def try_() -> bool:
        with sessions.write() as session:
            return notices.post(session, cast.zhang_san.id, "month_end", key="k", now=NOW)

    assert sorted(map(str, together(*[try_] * 6))) == ["False"] * 5 + ["True"]


# Taking


def test_what_is_due_is_taken_oldest_first_and_not_more_than_asked_for(session: Session, cast: Cast):
    due = [post(session, cast, str(n), due=NOW - n * MINUTE).id for n in range(4)]
    post(session, cast, "later", due=NOW + SECOND)
    assert notices.take(session, lease=WORKER, now=NOW, most=3) == due[:0:-1]
    assert notices.take(session, lease=WORKER, now=NOW) == due[:1]
    assert notices.take(session, lease=WORKER, now=NOW) == []
    taken = one(session, "3")
    assert (taken.status, taken.lease, taken.next_try) == (S.TAKEN, WORKER, NOW)


def test_what_is_due_at_one_moment_is_taken_in_the_order_it_was_posted(session: Session, cast: Cast):
    ids = [post(session, cast, str(n)).id for n in range(9)]
    assert take(session, 0) == ids


def test_a_lease_that_was_not_used_in_a_minute_is_free_again(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.TAKEN)
    assert notices.take(session, lease="worker-2", now=NOW + MINUTE - SECOND) == []
    assert notices.take(session, lease="worker-2", now=NOW + MINUTE) == [notice.id]
    assert not begin(session, notice.id)
    assert begin(session, notice.id, lease="worker-2")


@pytest.mark.parametrize("status", [s for s in S if s is not S.QUEUED and s is not S.TAKEN])
def test_only_what_waits_is_taken(session: Session, cast: Cast, status: NoticeStatus):
    bring_to(session, post(session, cast), status)
    assert notices.take(session, lease=WORKER, now=NOW + timedelta(days=1)) == []


def test_no_notice_is_taken_twice_by_four_workers(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        for number in range(60):
            post(session, cast.of(session), str(number))

    def work(name: str) -> list[int]:
        mine: list[int] = []
        while True:
            with sessions.write() as session:
                taken = notices.take(session, lease=name, now=NOW, most=7)
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
    notices.hand_back(session, notice.id, lease="worker-2", next_try=NOW + MINUTE)
    session.refresh(notice)
    assert (notice.status, notice.next_try) == (S.TAKEN, NOW)


def test_a_leased_notice_is_handed_back_untouched(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.TAKEN)
    notices.hand_back(session, notice.id, lease=WORKER, next_try=NOW + MINUTE)
    session.refresh(notice)
    assert (notice.status, notice.next_try, notice.attempts) == (S.QUEUED, NOW + MINUTE, 0)


def test_what_was_sent_keeps_the_platforms_number(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENT)
    assert (notice.message_id, notice.sent_at) == (f"m{notice.id}", NOW)


@pytest.mark.parametrize(("arrived", "status"), [(True, S.DELIVERED), (False, S.FAILED)])
def test_the_platform_says_what_became_of_it(session: Session, cast: Cast, arrived: bool, status: NoticeStatus):
    notice = bring_to(session, post(session, cast), S.SENT)
    notices.report(session, "another", delivered=not arrived)
    notices.report(session, f"m{notice.id}", delivered=arrived)
    notices.report(session, f"m{notice.id}", delivered=not arrived)
    session.refresh(notice)
    assert notice.status is status


@pytest.mark.parametrize("status", [s for s in S if s not in (S.TAKEN, S.SENDING)])
def test_the_outcome_of_a_call_changes_only_what_is_on_its_way(session: Session, cast: Cast, status: NoticeStatus):
    notice = bring_to(session, post(session, cast), status)
    for outcome in (
        lambda: notices.retry(session, notice.id, attempts=1, now=NOW),
        lambda: notices.to_inbox(session, notice.id, maybe_received=True),
        lambda: notices.lapse(session, notice.id, NOW),
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
        notices.retry(session, notice.id, attempts=attempt, now=now)
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
    notices.retry(session, notice.id, attempts=len(BACK_OFF) + 1, now=NOW)
    session.refresh(notice)
    assert (notice.status, notice.maybe_received) == (S.INBOX, False)


def test_the_platform_may_ask_for_a_longer_wait(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENDING)
    notices.retry(session, notice.id, attempts=1, now=NOW, wait=MINUTE)
    session.refresh(notice)
    assert notice.next_try == NOW + MINUTE


def test_what_may_have_arrived_once_stays_marked(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENDING)
    notices.retry(session, notice.id, attempts=1, now=NOW, maybe_received=True)
    for attempt in range(2, len(BACK_OFF) + 2):
        session.refresh(notice)
        take(session, notice.id, notice.next_try)
        assert begin(session, notice.id, notice.next_try)
        notices.retry(session, notice.id, attempts=attempt, now=notice.next_try)
    session.refresh(notice)
    assert (notice.status, notice.maybe_received) == (S.INBOX, True)


def test_a_call_that_hangs_for_a_minute_is_stranded(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENDING)
    assert notices.stranded(session, NOW + MINUTE - SECOND) == []
    assert notices.stranded(session, NOW + MINUTE) == [notice]


# Settling


@pytest.mark.parametrize("status", [S.QUEUED, S.TAKEN, S.INBOX, S.FAILED])
def test_what_was_not_received_lapses_with_its_subject(session: Session, cast: Cast, status: NoticeStatus):
    notice = bring_to(session, post(session, cast), status)
    other = post(session, cast, "other", subject="claim:13")
    notices.settle(session, "claim:12", NOW + MINUTE)
    for found in (notice, other):
        session.refresh(found)
    assert (notice.status, notice.settled_at) == (S.LAPSED, NOW + MINUTE)
    assert (other.status, other.settled_at) == (S.QUEUED, None)
    assert notices.unread_count(session, cast.zhang_san.id) == 0


@pytest.mark.parametrize("status", [S.SENT, S.DELIVERED, S.SEEN])
def test_what_was_received_is_closed(session: Session, cast: Cast, status: NoticeStatus):
    notice = bring_to(session, post(session, cast), status)
    notices.settle(session, "claim:12", NOW + MINUTE)
    notices.settle(session, "claim:12", NOW + 2 * MINUTE)
    session.refresh(notice)
    assert (notice.status, notice.settled_at) == (status, NOW + MINUTE)


@pytest.mark.parametrize(
    "outcome",
    [
        lambda session, id: notices.retry(session, id, attempts=1, now=NOW),
        lambda session, id: notices.retry(session, id, attempts=9, now=NOW),
        lambda session, id: notices.to_inbox(session, id, maybe_received=True),
    ],
    ids=["later", "tries used up", "unknown"],
)
def test_what_was_settled_during_the_call_is_not_sent_again(session: Session, cast: Cast, outcome):
    notice = bring_to(session, post(session, cast), S.SENDING)
    notices.settle(session, "claim:12", NOW)
    outcome(session, notice.id)
    session.refresh(notice)
    assert notice.status is S.LAPSED


def test_what_was_settled_before_the_platform_says_it_failed_is_not_shown_again(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENT)
    notices.settle(session, "claim:12", NOW)
    failed(session, notice.id)
    assert notices.unread(session, cast.zhang_san.id) == []


def test_only_some_kinds_of_a_subject_may_be_settled(session: Session, cast: Cast):
    notice = post(session, cast)
    notices.settle(session, "claim:12", NOW, kinds=["claim_overdue"])
    session.refresh(notice)
    assert notice.status is S.QUEUED
    notices.settle(session, "claim:12", NOW, kinds=["claim_overdue", "claim_waiting"])
    session.refresh(notice)
    assert notice.status is S.LAPSED


def test_a_settled_notice_is_taken_by_nobody(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.TAKEN)
    notices.settle(session, "claim:12", NOW)
    assert not begin(session, notice.id)


def test_an_open_notice_of_a_kind_is_one_whose_subject_is_not_settled(session: Session, cast: Cast):
    def is_open() -> bool:
        return notices.has_open(session, cast.zhang_san.id, "claim_waiting")

    post(session, cast, "without subject", subject="")
    assert not is_open()
    bring_to(session, post(session, cast, due=NOW - SECOND), S.QUEUED)
    assert is_open()
    take(session, 0)
    assert is_open()
    notices.settle(session, "claim:12", NOW)
    assert not is_open()


# The inbox


def test_the_inbox_holds_what_could_not_be_sent_oldest_first(session: Session, cast: Cast):
    first = bring_to(session, post(session, cast, "1"), S.INBOX)
    second = bring_to(session, post(session, cast, "2"), S.FAILED)
    bring_to(session, post(session, cast, "3"), S.SENT)
    post(session, cast, "4")
    assert notices.unread(session, cast.zhang_san.id) == [first, second]
    assert notices.unread_count(session, cast.zhang_san.id) == 2
    assert notices.unread(session, cast.wang_fang.id) == []


def test_what_was_shown_is_seen(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SEEN)
    assert notice.seen_at == NOW
    assert notices.unread_count(session, cast.zhang_san.id) == 0


def test_received_speaks_of_the_last_one_that_reached_the_member(session: Session, cast: Cast):
    assert notices.last_told(session, cast.zhang_san.id) is None
    first = bring_to(session, post(session, cast, "1"), S.SENT)
    second = bring_to(session, post(session, cast, "2"), S.SEEN)
    third = bring_to(session, post(session, cast, "3"), S.SENT)
    third.sent_at = NOW - MINUTE
    second.seen_at = NOW + MINUTE
    session.flush()
    bring_to(session, post(session, cast, "4"), S.INBOX)
    assert notices.last_told(session, cast.zhang_san.id) is second
    second.seen_at = NOW - 2 * MINUTE
    session.flush()
    assert notices.last_told(session, cast.zhang_san.id) is first


def test_the_first_received_counts(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENT)
    for moment in (NOW, NOW + MINUTE):
        notices.acknowledge(session, notice, moment)
    assert notice.acknowledged_at == NOW


# The clock


def test_when_the_next_one_falls_due(session: Session, cast: Cast):
    assert notices.next_due(session) is None
    for key, due in (("1", NOW + MINUTE), ("2", NOW + SECOND), ("3", NOW)):
        post(session, cast, key, due=due)
    take(session, 0)
    assert notices.next_due(session) == NOW + SECOND
