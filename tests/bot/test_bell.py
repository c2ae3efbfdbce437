"""A notice is delivered as soon as it is posted, though nobody is going to look for a while (rules 28)."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text

from bot import config as configuration
from bot import config_file, worker
from bot.bell import Listener
from bot.clock import system
from bot.program import Program
from jobs import notices as job
from jobs.letters import Channel, Letter, Sent
from jobs.schedule import Job, World
from models import notices
from tests.cast import Cast
from tests.databases import Database
from tests.jobs.outside import SENT, OutsideWorld

PROMPTLY = 1.0  # seconds from the commit to the call; the machine may be busy
LONG = timedelta(minutes=5)  # between looks


class Platform(OutsideWorld):
    """Tells when it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.called = threading.Event()

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        self.calls.append((channel, letter.key))
        self.called.set()
        return SENT


class Office(NamedTuple):
    """A worker that looks every five minutes, and whoever posts."""

    database: Database
    cast: Cast
    platform: Platform
    looked: threading.Event

    def post(self, key: str) -> None:
        self.platform.called.clear()
        with self.database.sessions.write() as session:
            notices.post(session, self.cast.zhang_san.id, "claim_approved", key=key, now=system())


@pytest.fixture
def office(database: Database, cast: Cast, sessions: object, tmp_path: Path) -> Iterator[Office]:
    config_file.write_new(tmp_path / "config.toml", {("database", "url"): database.url})
    program = Program(configuration.load(tmp_path / "config.toml", {}), system)
    platform, looked = Platform(), threading.Event()

    def deliver(world: World, now: datetime) -> int:
        clock = {"clock": world.clock, "aside": world.aside}
        sent = asyncio.run(job.deliver(world.sessions, platform, worker=world.worker, now=now, **clock))  # type: ignore[arg-type]  # of mixed values
        if not sent:
            looked.set()
        return sent

    scheduler = worker.start(program, {}, table=[Job("notices", LONG, deliver, "")])
    with Listener(program.engine, partial(worker.look_now, scheduler), rest=0.05):
        yield Office(database, cast, platform, looked)
    scheduler.shutdown(wait=True)
    program.engine.dispose()


def listening(office: Office) -> list[int]:
    """The connections of PostgreSQL on which somebody listens."""
    query = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    with office.database.sessions.read() as session:
        return list(session.scalars(text(query)))


def until_somebody_listens(office: Office, *, but: int = 0) -> int:
    for _ in range(500):
        if pids := [pid for pid in listening(office) if pid != but]:
            return pids[0]
        threading.Event().wait(0.02)
    raise AssertionError("nobody listens")


def test_what_is_posted_is_delivered_at_once_also_after_the_database_was_away(office: Office) -> None:
    if office.database.engine.dialect.name == "sqlite":  # nobody rings there, and the looks remain
        assert office.looked.wait(10)
        office.post("nobody rings")
        assert not office.platform.called.wait(0.1)
        return
    pid = until_somebody_listens(office)
    assert office.looked.wait(10)
    for key in ("one", "another"):
        office.post(key)
        assert office.platform.called.wait(PROMPTLY), key
    with office.database.sessions.write() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    office.post("while nobody listened")
    assert office.platform.called.wait(10 * PROMPTLY)
    until_somebody_listens(office, but=pid)
    office.post("afterwards")
    assert office.platform.called.wait(PROMPTLY)
    assert len(office.platform.calls) == 4
