"""What the platform says of a message closes its notice, also when it says so first (rules 28)."""

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import deliveries, fates, notices
from models.fates import Fate
from models.notices import Notice, NoticeStatus
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together
from tests.models.outbox import MINUTE, S, begin, bring_to, one, post, sent, take


def kept(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Fate)).one()


@pytest.mark.parametrize(("arrived", "status"), [(True, S.DELIVERED), (False, S.FAILED)])
def test_an_event_that_comes_first_closes_the_notice_when_it_is_sent(
    session: Session, cast: Cast, arrived: bool, status: NoticeStatus
):
    notice = bring_to(session, post(session, cast), S.SENDING)
    for _ in range(2):  # the platform repeats what it gets no answer to
        fates.told(session, f"m{notice.id}", arrived=arrived, now=NOW)
    assert (fates.join(session, NOW), one(session).status) == (0, S.SENDING)
    sent(session, notice.id)
    assert fates.join(session, NOW) == 1
    assert (one(session).status, kept(session)) == (status, 0)
    fates.told(session, f"m{notice.id}", arrived=not arrived, now=NOW)  # once said, it is not said otherwise
    assert (fates.join(session, NOW), one(session).status, kept(session)) == (0, status, 0)


def test_an_event_of_nobodys_message_is_forgotten_after_a_day(session: Session):
    fates.told(session, "another-program's", arrived=True, now=NOW)
    fates.told(session, "", arrived=True, now=NOW)
    assert kept(session) == 1
    fates.join(session, NOW + fates.KEPT - MINUTE)
    assert kept(session) == 1
    fates.join(session, NOW + fates.KEPT)
    assert kept(session) == 0


def test_a_failure_told_early_of_what_was_settled_meanwhile_is_not_shown(session: Session, cast: Cast):
    notice = bring_to(session, post(session, cast), S.SENDING)
    fates.told(session, f"m{notice.id}", arrived=False, now=NOW)
    sent(session, notice.id)
    notices.settle(session, "claim:12", NOW)
    fates.join(session, NOW)
    assert one(session).status is S.LAPSED


def test_the_event_may_come_between_the_answer_and_its_commit(sessions: Sessions, cast: Cast):
    """Two connections that do not see each other: the next look closes the notice."""
    with sessions.write() as session:
        id = post(session, cast).id
        take(session, id)
        begin(session, id)

    def tell() -> None:
        with sessions.write() as other:
            fates.told(other, f"m{id}", arrived=True, now=NOW)

    telling = threading.Thread(target=tell)
    with sessions.write() as session:
        sent(session, id)
        telling.start()
        if session.get_bind().dialect.name == "postgresql":  # SQLite lets one write at a time: there it waits for us
            telling.join()
    telling.join()
    with sessions.write() as session:
        fates.join(session, NOW)
        assert (one(session).status, kept(session)) == (S.DELIVERED, 0)


def test_answers_and_events_in_any_order_leave_nothing_open(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        ids = [post(session, cast, str(number)).id for number in range(12)]
        deliveries.take(session, lease="worker-1", now=NOW)
        for id in ids:
            assert begin(session, id)

    def send() -> None:
        for id in ids:
            with sessions.write() as session:
                sent(session, id)

    def tell() -> None:
        for id in ids:
            with sessions.write() as session:
                fates.told(session, f"m{id}", arrived=True, now=NOW)

    def look() -> None:
        for _ in ids:
            with sessions.write() as session:
                fates.join(session, NOW)

    together(send, tell, look, look)
    with sessions.write() as session:
        fates.join(session, NOW)
        assert set(session.scalars(select(Notice.status))) == {S.DELIVERED}
        assert kept(session) == 0
