"""A message waits for the database only so long, and what was given up is not called done (contract: HTTP)."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, Text, cast, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import patience
from bot.database import CONNECT, make_engine
from models import receipts
from models.prepared import Prepared, together
from models.sessions import BUSY, Sessions
from tests.clones import Clones
from tests.databases import opened
from tests.e2e.processes import eventually

SHORT = 0.3
SLEEP, NAP = (Prepared(select(cast(func.pg_sleep(seconds), Text))) for seconds in (2, 0.03))
# Of a session's own: nothing of it outlives the connection but what it writes.
SLOW_COMMIT = (
    "CREATE TEMP TABLE slow (id int)",
    "CREATE FUNCTION pg_temp.wait() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM pg_sleep(0.9); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION pg_temp.wait()",
    "INSERT INTO slow VALUES (1)",
    "INSERT INTO clock_offsets VALUES (1, 0)",
)


@pytest.fixture
def silent() -> Iterator[Engine]:
    """An engine for two servers that take connections and never say a word."""
    with ExitStack() as stack:
        servers = [stack.enter_context(closing(socket.create_server(("127.0.0.1", 0)))) for _ in range(2)]
        hosts = "&".join(f"host=127.0.0.1:{server.getsockname()[1]}" for server in servers)
        engine = make_engine(f"postgresql+psycopg://somebody:secret@/xianfeng?{hosts}")
        stack.callback(engine.dispose)
        yield engine


def seconds_of(engine: Engine) -> float:
    began = time.monotonic()
    with pytest.raises(OperationalError), patience.at_most(SHORT), engine.connect():
        pass
    return time.monotonic() - began


def test_servers_that_say_nothing_are_waited_for_only_so_long_and_not_asked_again_at_once(silent: Engine) -> None:
    assert SHORT <= seconds_of(silent) < CONNECT  # which each of the two would be given
    assert min(seconds_of(silent) for _ in range(3)) < SHORT


@pytest.fixture
def sessions(clones: Clones) -> Iterator[Sessions]:
    """On PostgreSQL: SQLite's one writer has a limit of its own."""
    url = clones.copy("cast")
    with opened(url) as engine:
        yield Sessions(engine)
    clones.drop(url)


def commit_slowly(sessions: Sessions, *told: str) -> None:
    with patience.at_most(SHORT), sessions.write() as session:
        for statement in SLOW_COMMIT:
            session.execute(text(statement))
        for key in told:
            receipts.store(session, key, {"text": "✅"})


@pytest.mark.parametrize(
    "ask",
    [
        lambda session: session.execute(text("SELECT pg_sleep(2)")),
        SLEEP.rows,
        lambda session: together(session, (SLEEP, {}), (NAP, {})),
    ],
)
def test_a_statement_is_given_up_and_the_next_message_has_another_connection(
    sessions: Sessions, ask: Callable[[Session], object]
) -> None:
    with pytest.raises(OperationalError) as raised, patience.at_most(SHORT), sessions.read() as session:
        ask(session)
    assert not patience.is_in_doubt(raised.value)
    with patience.at_most(SHORT), sessions.read() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_what_is_not_said_at_once_is_waited_for(sessions: Sessions) -> None:
    with sessions.glance() as session:
        assert NAP.rows(session) == [("",)]
        together(session, (NAP, {}), (NAP, {}))
        assert NAP.rows(session) == [("",)]


@pytest.mark.parametrize("told", [(), ("k",)])
def test_a_commit_that_is_given_up_is_in_doubt_and_holds_back_others_until_it_is_through(
    sessions: Sessions, told: tuple[str, ...]
) -> None:
    with pytest.raises(OperationalError) as raised:
        commit_slowly(sessions, *told)
    assert patience.is_in_doubt(raised.value)
    with pytest.raises(patience.Held), patience.at_most(SHORT), sessions.write():
        pass
    with patience.at_most(SHORT), sessions.read() as session:  # what only reads goes on
        assert session.scalar(text("SELECT count(*) FROM clock_offsets")) == 0
    eventually(lambda: not patience.is_held(), within=10)
    with patience.at_most(SHORT), sessions.write() as session:
        assert session.scalar(text("SELECT count(*) FROM clock_offsets")) == 1  # it came true


def test_a_writer_of_sqlite_waits_for_the_one_before_no_longer_than_there_is_time(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/xianfeng.db") as engine:
        sessions = Sessions(engine, left=patience.left)
        with sessions.write():
            began = time.monotonic()
            with pytest.raises(OperationalError, match="locked"), patience.at_most(SHORT), sessions.write():
                pass
            assert SHORT <= time.monotonic() - began < BUSY
        with patience.at_most(-1.0), sessions.write():  # it is free: one look is enough
            pass
