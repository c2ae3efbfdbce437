"""What the two databases promise: one writer at a time, bounded waits, nothing half done, a schema that is known."""

import gc
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, literal_column, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from bot import database
from models import appointments, receipts, senders
from models.ledger import Book
from models.organizations import Organization, OrganizationKind
from models.prepared import Prepared
from models.sessions import BUSY, Sessions
from tests.cast import NOW, Cast

COUNT_UP = update(Book).values(sequence=Book.sequence + 1)


def open_book(sessions: Sessions, cast: Cast) -> None:
    with sessions.write() as session:
        session.add(Book(branch_id=cast.first_branch.id))


def sequence(sessions: Sessions) -> int:
    with sessions.read() as session:
        return session.scalars(select(Book.sequence)).one()


def test_of_writers_at_once_none_is_lost_and_none_refused(sessions: Sessions, cast: Cast) -> None:
    open_book(sessions, cast)
    together = threading.Barrier(8)
    locked = select(Book.sequence).with_for_update()  # on SQLite the whole database is

    def count_up() -> None:
        together.wait()
        for _ in range(5):
            with sessions.write() as session:
                before = session.scalars(locked).one()
                session.execute(update(Book).values(sequence=before + 1))

    with ThreadPoolExecutor(8) as pool:
        for counted in [pool.submit(count_up) for _ in range(8)]:
            counted.result()
    assert sequence(sessions) == 40


def test_of_two_with_the_same_key_one_is_told_that_it_came_second(sessions: Sessions) -> None:
    taken = []
    for _ in range(2):
        with sessions.write() as session:
            taken.append(receipts.take(session, "message:1", openid="o-1001", now=NOW))
    assert taken == [True, False]


@pytest.mark.sqlite_only  # elsewhere the pool lends connections
def test_a_connection_serves_one_transaction_after_another_until_its_file_is_let_go_of(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kept.db"
    engine, log = database.make_engine(url), tmp_path / "kept.db-wal"
    sessions = Sessions(engine)
    with sessions.write() as session:
        first = session.connection().connection.driver_connection
        session.execute(text("CREATE TABLE kept (n INTEGER)"))
    with suppress(ZeroDivisionError), sessions.write() as session:
        session.execute(text("INSERT INTO kept VALUES (1)"))
        raise ZeroDivisionError
    with sessions.read() as session:
        assert session.connection().connection.driver_connection is first
        assert session.execute(text("SELECT count(*) FROM kept")).scalar_one() == 0
        session.execute(text("INSERT INTO kept VALUES (1)"))
    with sessions.read() as session, sessions.read() as other:  # what was read, or written there, is gone
        assert session.execute(text("SELECT count(*) FROM kept")).scalar_one() == 0
        assert other.execute(text("SELECT count(*) FROM kept")).scalar_one() == 0
    with sessions.write() as session:
        last = session.connection().connection.driver_connection
        engine.dispose()  # what is lent now is not kept for others
    with sessions.write() as session:
        assert session.connection().connection.driver_connection not in (first, last)
    del first, last, session, other
    engine.dispose()
    gc.collect()
    assert not log.exists()  # all is closed, and the file whole


def test_a_writer_that_waits_too_long_is_told_within_three_seconds(sessions: Sessions, cast: Cast) -> None:
    open_book(sessions, cast)
    with sessions.write() as first:
        first.execute(COUNT_UP)
        begun = time.monotonic()
        with pytest.raises(OperationalError), sessions.write() as second:
            second.execute(COUNT_UP)
        assert 1 < time.monotonic() - begun < 3.5
    with sessions.write() as second:
        second.execute(COUNT_UP)
    assert sequence(sessions) == 2


def test_a_reader_neither_waits_for_a_writer_nor_sees_what_is_not_committed(sessions: Sessions, cast: Cast) -> None:
    open_book(sessions, cast)
    with sessions.write() as writer:
        writer.execute(COUNT_UP)
        begun = time.monotonic()
        assert sequence(sessions) == 0
        assert time.monotonic() - begun < BUSY
    assert sequence(sessions) == 1


def test_what_a_reading_session_wrote_is_gone(sessions: Sessions, cast: Cast) -> None:
    with sessions.read() as session:
        session.execute(text("DELETE FROM bindings"))
    with sessions.read() as session:
        assert session.execute(text("SELECT count(*) FROM bindings")).scalar() == 17


def test_what_a_reading_session_wrote_by_a_prepared_statement_is_gone(sessions: Sessions) -> None:
    with sessions.read() as session:
        assert receipts.take(session, "gone", openid="o", now=NOW)
    with sessions.write() as session:
        assert receipts.take(session, "gone", openid="o", now=NOW)


def test_a_session_is_made_only_when_something_asks_for_objects(sessions: Sessions, cast: Cast) -> None:
    with sessions.glance() as session:
        found = senders.look(session, cast.openid(cast.zhang_san), "", NOW)
        assert "identity_map" not in vars(session)
        assert found.who is not None
        assert found.who.member(session) in session
        with pytest.raises(AttributeError):
            _ = session.nothing_of_the_kind  # type: ignore[attr-defined]  # which is not what is being made


def test_a_savepoint_rolled_back_leaves_the_rest(sessions: Sessions, cast: Cast) -> None:
    with sessions.write() as session:
        assert receipts.take(session, "kept", openid="o-1001", now=NOW)
        savepoint = session.begin_nested()
        assert receipts.take(session, "refused", openid="o-1001", now=NOW)
        savepoint.rollback()
        receipts.store(session, "kept", {"text": "好"})
    with sessions.read() as session:
        assert receipts.find(session, "kept") == {"text": "好"}
        assert session.execute(text("SELECT key FROM receipts")).scalars().all() == ["kept"]
        stored = session.execute(text("SELECT CAST(answer AS TEXT) FROM receipts")).scalar_one()
    assert stored == '{"text": "好"}'  # readable to whoever looks at the table


def test_a_row_cannot_refer_to_nothing(sessions: Sessions) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), sessions.write() as session:
        session.add(Organization(name="第九小组", kind=OrganizationKind.GROUP, parent_id=9))


def test_sqlite_survives_a_power_cut(tmp_path: Path) -> None:
    engine = database.make_engine(f"sqlite:///{tmp_path}/a folder/of its own/xianfeng.db")
    with engine.connect() as connection:
        asked = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}
    engine.dispose()
    assert asked == PRAGMAS


def test_a_writer_of_sqlite_goes_on_as_soon_as_the_one_before_has_done(tmp_path: Path) -> None:
    engine = database.make_engine(f"sqlite:///{tmp_path}/xianfeng.db")
    sessions = Sessions(engine)
    began: list[float] = []

    def write() -> None:
        with sessions.write():
            began.append(time.perf_counter())

    waited = []
    with ThreadPoolExecutor(1) as other:
        for _ in range(5):
            with sessions.write():
                writing = other.submit(write)
                time.sleep(0.06)  # SQLite itself would look after 53 ms, and then after 78
            done = time.perf_counter()
            writing.result()
            waited.append(began.pop() - done)
    with sessions.read() as session:
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == PRAGMAS["busy_timeout"]
    engine.dispose()
    assert min(waited) < 0.01


PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 2500,
    "wal_autocheckpoint": 4000,
    "cache_size": -4096,
}


def test_a_connection_that_broke_is_noticed_before_it_is_used_or_used_again(
    engine: Engine, request: pytest.FixtureRequest
) -> None:
    if engine.dialect.name != "postgresql":
        return
    url = engine.url.render_as_string(hide_password=False)
    alone = database.make_engine(url, pool_size=1)  # which one is lent next must not be left to the pool
    other = database.make_engine(url, pool_size=1)
    sessions = Sessions(alone)

    def broken() -> Any:
        with sessions.read() as session:
            pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            driver = session.connection().connection.driver_connection
        with other.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        return driver

    request.addfinalizer(other.dispose)
    request.addfinalizer(alone.dispose)
    broken().used_at = 0.0  # a while ago
    with sessions.read() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    broken().used_at = time.monotonic() + 60  # just now, however slow this test is
    with pytest.raises(OperationalError), sessions.glance() as session:
        appointments.seats_of(session, 1, NOW)
    with sessions.glance() as session:
        assert appointments.seats_of(session, 1, NOW) == []


def test_postgresql_keeps_statements_prepared_when_a_transaction_is_taken_back(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        return
    asked = Prepared(select(literal_column("1").label("one")))
    kept = []
    with engine.connect() as connection, Session(connection) as session:
        for _ in range(2):
            for _ in range(6):  # upon which the driver prepares a statement by itself
                assert session.execute(text("SELECT 2 AS two")).scalar_one() == 2
            assert asked.rows(session) == [(1,)]
            known = "SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT _ AS %' ORDER BY name"
            kept.append(session.scalars(text(known)).all())
            session.rollback()
    assert len(kept[0]) == 2
    assert kept[1] == kept[0]


def test_postgresql_limits_every_statement_unless_it_is_told_not_to(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        return
    url = engine.url.render_as_string(hide_password=False)
    patient = database.make_engine(url, pool_size=1, statement_timeout=None)
    limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    names = (*limits, "transaction_isolation", "TimeZone")
    asked = []
    for one in (engine, patient):
        with one.connect() as connection:
            asked.append([connection.execute(text(f"SHOW {name}")).scalar() for name in names])
    patient.dispose()
    assert asked == [["3s", "3s", "10s", "read committed", "UTC"], ["0", "3s", "0", "read committed", "UTC"]]


def test_a_database_without_tables_says_what_to_do(bare: Engine) -> None:
    assert not database.schema_is_current(bare)
    with pytest.raises(database.NotReady, match="xianfeng db upgrade"):
        database.check_ready(bare)
    database.upgrade(bare)
    database.check_ready(bare)
    assert database.schema_is_current(bare)


def test_a_database_newer_than_the_program_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not database.schema_is_current(engine)
    with pytest.raises(database.NotReady, match="数据库比程序新"):
        database.check_ready(engine)


def test_a_database_that_is_not_there_is_told_without_its_password() -> None:
    engine = database.make_engine("postgresql+psycopg://xianfeng:geheim@127.0.0.1:1/xianfeng")
    with pytest.raises(database.NotReady, match="数据库连不上") as refusal:
        database.check_ready(engine)
    assert "geheim" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


UPGRADE = """
import sys
from bot import database
engine = database.make_engine(sys.argv[1])
database.upgrade(engine)
database.check_ready(engine)
"""


def test_several_processes_may_upgrade_at_once(bare: Engine) -> None:
    url = bare.url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, url], stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [process.communicate(timeout=60)[1] for process in started] == ["", "", ""]
    database.check_ready(bare)
