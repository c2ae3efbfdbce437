"""Quotas are counted per day and minute and kept below; what needs an answer has the last of them (rules 28)."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models import quotas
from models.months import at
from models.quotas import NO_LIMIT, Limit, Quota, Room
from models.sessions import Sessions
from tests.cast import NOW
from tests.models.desk import together

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LAST = at(date(2026, 11, 20), 23, 59)


def reserve(session: Session, wanted: int, limit: Limit = NO_LIMIT, now: datetime = NOW) -> Room:
    return quotas.reserve(session, "template", wanted, limit=limit, now=now)


def test_without_a_limit_there_is_room_for_all(session: Session):
    assert reserve(session, 5000) == Room(5000, 5000)


def test_the_last_tenth_of_a_day_is_for_what_needs_an_answer(session: Session):
    limit = Limit(per_day=20)
    assert reserve(session, 12, limit) == Room(12, 12)
    assert reserve(session, 7, limit) == Room(7, 6)
    assert reserve(session, 7, limit) == Room(1, 0)
    assert reserve(session, 7, limit) == Room(0, 0)
    assert quotas.reserve(session, "custom", 7, limit=limit, now=NOW) == Room(7, 7)


def test_a_day_begins_at_midnight_in_china_and_a_minute_with_its_first_second(session: Session):
    limit = Limit(per_day=20, per_minute=10)
    assert reserve(session, 15, limit, LAST) == Room(10, 10, LAST + MINUTE)
    assert reserve(session, 1, limit, LAST + 59 * SECOND) == Room(0, 0, LAST + MINUTE)
    assert reserve(session, 10, limit, LAST + MINUTE) == Room(10, 10)
    (found,) = quotas.found(session)
    assert (found.day, found.used, found.used_in_minute) == (date(2026, 11, 21), 10, 10)


def test_what_was_reserved_and_not_used_is_given_back_to_its_day_and_minute(session: Session):
    limit = Limit(per_day=20, per_minute=10)
    reserve(session, 10, limit, LAST)
    quotas.give_back(session, {"template": 4}, at=LAST, now=LAST)
    assert reserve(session, 9, limit, LAST) == Room(4, 4, LAST + MINUTE)
    quotas.give_back(session, {"template": 4}, at=LAST, now=LAST + MINUTE)
    assert [q.used for q in quotas.found(session)] == [0]


def test_an_interface_that_rests_has_room_again_when_its_time_is_over(session: Session):
    quotas.rest(session, "template", NOW + MINUTE, code=45011, now=NOW, waits=True)
    assert reserve(session, 5) == Room(0, 0, NOW + MINUTE)
    quotas.rest(session, "template", quotas.midnight(NOW), code=45009, now=NOW)
    quotas.rest(session, "template", NOW + MINUTE, code=45011, now=NOW, waits=True)  # shortens nothing
    assert reserve(session, 5, now=NOW + 2 * MINUTE) == Room(0, 0)
    assert reserve(session, 5, now=at(date(2026, 11, 21))) == Room(5, 5)
    assert session.get_one(Quota, "template").code == 45011


def test_many_workers_together_keep_below(sessions: Sessions):
    def work() -> int:
        with sessions.write() as session:
            return reserve(session, 3, Limit(per_day=10)).calls

    assert sorted(together(*[work] * 5)) == [0, 1, 3, 3, 3]  # type: ignore[type-var]
