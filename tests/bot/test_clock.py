"""The clock: aware, and in the stand-in ahead by what the database says, forward only."""

from datetime import UTC, datetime, timedelta

from bot import clock
from bot.clock import StandInClock
from models.sessions import Sessions
from tests.cast import NOW


def test_the_time_is_the_processs_own_and_in_utc() -> None:
    before = datetime.now(UTC)
    now = clock.system()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_every_process_reads_how_far_the_stand_in_is_ahead(sessions: Sessions) -> None:
    one = StandInClock(sessions, lambda: NOW)
    other = StandInClock(Sessions(sessions.engine), lambda: NOW + timedelta(seconds=1))
    assert one() == NOW
    one.go_to(NOW + timedelta(days=3, microseconds=7))
    assert one() == NOW + timedelta(days=3, microseconds=7)
    assert other() == one() + timedelta(seconds=1)
    other.go_to(NOW + timedelta(days=40))
    assert one() == NOW + timedelta(days=40, seconds=-1)


def test_the_clock_of_the_stand_in_never_goes_back(sessions: Sessions) -> None:
    stand_in = StandInClock(sessions, lambda: NOW)
    stand_in.go_to(NOW - timedelta(days=1))
    assert stand_in() == NOW
    stand_in.go_to(NOW + timedelta(days=2))
    stand_in.go_to(NOW + timedelta(days=1))
    assert stand_in() == NOW + timedelta(days=2)
