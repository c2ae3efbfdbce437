"""Signs of life: written by each worker, taken back at the end, forgotten when one was killed."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import heartbeats
from models.heartbeats import Heartbeat
from tests.cast import NOW


def test_the_last_sign_of_any_process_counts(session: Session):
    assert heartbeats.last(session) is None
    heartbeats.beat(session, "a:1", NOW)
    heartbeats.beat(session, "b:2", NOW + timedelta(seconds=20))
    heartbeats.beat(session, "a:1", NOW + timedelta(seconds=10))
    assert heartbeats.last(session) == NOW + timedelta(seconds=20)
    assert session.scalars(select(Heartbeat.process).order_by(Heartbeat.process)).all() == ["a:1", "b:2"]


def test_who_ends_takes_it_back(session: Session):
    heartbeats.beat(session, "a:1", NOW)
    heartbeats.stop(session, "a:1")
    assert heartbeats.last(session) is None


def test_who_was_killed_is_forgotten_after_a_day(session: Session):
    heartbeats.beat(session, "a:1", NOW)
    heartbeats.beat(session, "b:2", NOW + timedelta(days=1))
    assert len(session.scalars(select(Heartbeat)).all()) == 2
    heartbeats.beat(session, "b:2", NOW + timedelta(days=1, seconds=1))
    assert session.scalars(select(Heartbeat.process)).all() == ["b:2"]
