"""Receipts: a message acts once, and its repeats get its answer (contract: HTTP)."""

from datetime import timedelta
from threading import Event, Thread

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import receipts
from models.receipts import Receipt
from models.sessions import Sessions
from tests.cast import NOW
from tests.models.desk import together


def test_a_message_is_taken_once_and_its_answer_kept(session: Session):
    assert receipts.find(session, "m:1") is None
    assert receipts.take(session, "m:1", openid="o-1", now=NOW)
    assert receipts.find(session, "m:1") is None
    receipts.store(session, "m:1", {"text": "✅ #12 已提交"})
    assert not receipts.take(session, "m:1", openid="o-1", now=NOW)
    assert receipts.find(session, "m:1") == {"text": "✅ #12 已提交"}
    assert receipts.take(session, "m:2", openid="o-1", now=NOW)
    assert receipts.find(session, "m:2") is None


def test_receipts_are_forgotten_after_a_week(session: Session):
    for key, age in (("old", 7), ("young", 6)):
        receipts.take(session, key, openid="o-1", now=NOW - timedelta(days=age, seconds=1))
    assert receipts.forget_old(session, NOW) == 1
    assert session.scalars(select(Receipt.key)).all() == ["young"]


def test_of_eight_deliveries_at_once_exactly_one_acts(sessions: Sessions):
    def deliver() -> bool:
        with sessions.write() as session:
            mine = receipts.take(session, "m:1", openid="o-1", now=NOW)
            if mine:
                receipts.store(session, "m:1", {"text": "ok"})
            else:  # whoever comes second finds the answer of the first
                assert receipts.find(session, "m:1") == {"text": "ok"}
            return mine

    assert sorted(map(str, together(*[deliver] * 8))) == ["False"] * 7 + ["True"]


def test_a_second_delivery_acts_when_the_first_came_to_nothing(sessions: Sessions):
    """The first takes the message and dies; the second, waiting for it, must not lose the message."""
    taken, outcome = Event(), list[bool]()

    def second() -> None:
        taken.wait(10)
        with sessions.write() as session:
            outcome.append(receipts.take(session, "m:1", openid="o-1", now=NOW))

    thread = Thread(target=second)
    thread.start()
    try:
        with sessions.write() as session:
            assert receipts.take(session, "m:1", openid="o-1", now=NOW)
            taken.set()
            raise ConnectionError
    except ConnectionError:
        pass
    thread.join(10)
    assert outcome == [True]
