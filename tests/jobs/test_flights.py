"""Many notices in the air at once, while the database is worked with beside them (rules 28)."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from jobs import notices as job
from jobs.allowances import Allowance
from jobs.attempts import Desk, Opened
from jobs.flights import FIRST, GROUP, IN_THE_AIR, SMALL_GROUP, Flight, send
from jobs.letters import Channel, Letter, Outcome, Sent
from models import followers, notices, quotas
from models.followers import Touch
from models.notices import Notice
from models.quotas import Limit
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.jobs.outside import CUSTOM, MINUTE, SECOND, SENT, TEMPLATE, Outbox, OutsideWorld, S

COUNT = IN_THE_AIR + GROUP + 30


class Far(OutsideWorld):
    """A platform whose answers take a while."""

    open, most = 0, 0

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(0.01)
        self.open -= 1
        self.calls.append((channel, letter.key))
        return SENT


def post(sessions: Sessions, cast: Cast, count: int = COUNT) -> None:
    with sessions.write() as session:
        for number in range(count):
            notices.post(session, cast.zhang_san.id, "relay", key=str(number), now=NOW)


def sent(sessions: Sessions) -> int:
    with sessions.read() as session:
        return session.scalars(select(func.count()).where(Notice.status == S.SENT)).one()


class Overloaded(OutsideWorld):
    """One that takes longer than anybody waits for."""

    open = 0
    seen: tuple[int, ...] = ()

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        self.open += 1
        self.seen += (self.open,)
        await asyncio.sleep(0.01)
        self.open -= 1
        return Sent(Outcome.UNKNOWN)


def test_a_platform_that_does_not_answer_is_called_by_fewer_at_once(sessions: Sessions, cast: Cast):
    post(sessions, cast, FIRST + 4)
    world = Overloaded()
    asyncio.run(job.deliver(sessions, world, worker="w1", now=NOW, aside=asyncio.to_thread))
    assert world.seen == (*range(1, FIRST + 1), 1, 1, 1, 1)


def test_groups_are_opened_and_written_while_others_are_in_the_air(sessions: Sessions, cast: Cast):
    post(sessions, cast)
    world, aside = Far(), asyncio.to_thread
    assert asyncio.run(job.deliver(sessions, world, worker="w1", now=NOW, aside=aside)) == COUNT
    first = GROUP if sessions.engine.dialect.name == "postgresql" else SMALL_GROUP
    assert (sent(sessions), min(first, IN_THE_AIR) <= world.most <= IN_THE_AIR) == (COUNT, True)
    assert sorted(key for _, key in world.calls) == sorted(map(str, range(COUNT)))
    with sessions.read() as session:
        assert {q.channel: q.used for q in quotas.found(session)} == {"template": COUNT, "subscribe": 0, "custom": 0}


class Away(Sessions):
    """A database that does not answer a few times, once something has come back."""

    def __init__(self, sessions: Sessions, world: OutsideWorld, times: int) -> None:
        super().__init__(sessions.engine)
        self.world, self.times = world, times

    @contextmanager
    def write(self) -> Iterator[Session]:
        if self.world.calls and self.times:
            self.times -= 1
            raise OperationalError("COMMIT", None, Exception("away"))
        with super().write() as session:
            yield session


@pytest.mark.sqlite_only  # nothing that differs between databases
def test_what_came_back_is_written_as_soon_as_the_database_answers_again(sessions: Sessions, cast: Cast):
    post(sessions, cast, 3)
    for times, done in ((2, True), (99, False)):
        world = Far()
        desk = Desk(Away(sessions, world, times), world, "w1", lambda: NOW, Allowance({}))
        flight = Flight(desk, most=2, aside=asyncio.to_thread, going=lambda: True, again=0)
        if done:
            assert asyncio.run(flight.run()) == 2 == sent(sessions)
        else:
            with pytest.raises(OperationalError):
                asyncio.run(flight.run())
            assert (sent(sessions), len(world.calls)) == (2, 1)


def test_what_is_in_the_air_is_finished_and_the_rest_given_back_when_it_is_to_end(outbox: Outbox):
    for number in range(IN_THE_AIR + 9):
        outbox.post(str(number))
    world = OutsideWorld()
    run = job.deliver(outbox.sessions, world, worker="w1", now=NOW, going=lambda: not world.calls)
    assert (asyncio.run(run), len(world.calls)) == (1, 1)
    left = [notice for notice in outbox.session.query(Notice) if notice.status is S.QUEUED]
    assert len(left) == IN_THE_AIR + 8
    assert {(notice.attempts, notice.next_try) for notice in left} == {(0, NOW)}
    assert outbox.deliver(world) == IN_THE_AIR + 8


def test_a_letter_that_waited_too_long_is_not_called(outbox: Outbox):
    world, letter = OutsideWorld(), Letter("o-1006", (TEMPLATE,), None, "k")
    desk = Desk(outbox.sessions, world, "w1", lambda: NOW, Allowance({}))
    old = Opened(1, letter, TEMPLATE, NOW, since=time.monotonic() - 60)
    assert asyncio.run(send(desk, old, lambda: True)).outcome is Outcome.LATER
    assert world.calls == []


def test_a_reader_who_is_writing_to_us_is_looked_at_again_a_second_later(sessions: Sessions, cast: Cast):
    if sessions.engine.dialect.name == "sqlite":
        return  # it has one writer: nobody else is at anything
    with sessions.write() as session:
        followers.touch(session, "o-1006", Touch.MESSAGE, NOW)
        for key, member in (("busy", cast.zhang_san), ("free", cast.wang_fang)):
            notices.post(session, member.id, "claim_approved", key=key, now=NOW)
    world = OutsideWorld(channels=(CUSTOM, TEMPLATE))
    with sessions.write() as other:
        followers.touch(other, "o-1006", Touch.CLICK, NOW)
        assert asyncio.run(job.deliver(sessions, world, worker="w1", now=NOW)) == 1
    assert asyncio.run(job.deliver(sessions, world, worker="w1", now=NOW + SECOND)) == 1
    assert world.calls == [(TEMPLATE, "free"), (CUSTOM, "busy")]


@pytest.mark.sqlite_only  # each statement is tried on both databases in tests/models
def test_what_was_reserved_counts_for_the_minute_in_which_it_is_used(outbox: Outbox):
    allowance = Allowance({TEMPLATE: Limit(per_minute=5)})
    with outbox.sessions.write() as session:
        assert not allowance.enough(1, NOW)
        allowance.reserve(session, NOW)
        allowance.use(TEMPLATE)
        assert allowance.enough(1, NOW + SECOND)
        assert not allowance.enough(1, NOW + MINUTE)
        allowance.reserve(session, NOW + MINUTE)
        (quota,) = [q for q in quotas.found(session) if q.channel == "template"]
        assert (quota.used, quota.used_in_minute) == (6, 5)
        allowance.give_back(session, NOW + MINUTE + SECOND)
        assert (quota.used, quota.used_in_minute) == (1, 0)
