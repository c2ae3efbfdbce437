"""The outbox: one notice, one recipient, one key; its states and who may move it (rules 28)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import deliveries, notices
from models.notices import Notice, NoticeStatus
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together
from tests.models.outbox import MINUTE, SECOND, S, begin, bring_to, failed, one, post, take

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
        lambda session, id: deliveries.retry(session, id, attempts=1, now=NOW),
        lambda session, id: deliveries.retry(session, id, attempts=9, now=NOW),
        lambda session, id: deliveries.to_inbox(session, id, maybe_received=True),
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
        return notices.told(session, cast.zhang_san.id, "claim_waiting", "")[0]

    post(session, cast, "without subject", subject="")
    assert not is_open()
    bring_to(session, post(session, cast, due=NOW - SECOND), S.QUEUED)
    assert is_open()
    key = session.scalars(select(Notice.key).where(Notice.kind == "claim_waiting", Notice.subject != "")).one()
    assert notices.told(session, cast.zhang_san.id, "claims_waiting", key) == (False, True)
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
