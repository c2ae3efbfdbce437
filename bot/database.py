"""The database: how it is connected to, brought up to date, and found ready (SQLite by default, or PostgreSQL).

Waits are bounded, so that a message is answered within 4 seconds whatever the database does: 2.5 s for
SQLite's one writer, 3 s for a lock or a statement of PostgreSQL, 2 s for a connection; and all of them together by
bot/patience.py.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from models import migrations
from models.compiled import execute
from models.sessions import BUSY, WRITES

STATEMENT = 3.0  # seconds one statement, or the wait for one lock, may take on PostgreSQL
CONNECT = 2  # seconds
IDLE = 10.0  # seconds a process may keep its locks while it asks nothing: one that stands still must not hold up others
PRAGMAS = (
    "PRAGMA journal_mode = WAL",  # readers and the writer do not wait for each other
    "PRAGMA synchronous = FULL",  # what was answered with ✅ survives a power cut
    "PRAGMA foreign_keys = ON",
    # KiB of the file that each connection keeps, so that a process does not grow with it (python -m bench.memory); what
    # another process commits empties it anyhow.
    "PRAGMA cache_size = -4096",
    "PRAGMA temp_store = MEMORY",
    # Pages of the log (16 MiB) from which on a commit brings it into the file. The log begins anew only when nobody
    # has written meanwhile; while processes write one after another each commit tries that again, at two more syncs.
    "PRAGMA wal_autocheckpoint = 4000",
)
# Held while migrations run; any number does that no other program uses in the same database.
_UPGRADING = 20_260_101


class NotReady(Exception):
    """The database cannot be worked with; ``str()`` is one sentence for the operator."""


def make_engine(url: str, *, pool_size: int = 5, statement_timeout: float | None = STATEMENT) -> Engine:
    """An engine for ``sqlite:///…`` or ``postgresql+psycopg://…``; the folder of an SQLite file is made.

    ``statement_timeout`` is in seconds, None for none: what a person or a job starts may take longer than
    a chat reply. SQLite has no such limit.
    """
    parts = make_url(url)
    common: dict[str, Any] = {
        "pool_size": pool_size,
        "pool_timeout": CONNECT,
        "hide_parameters": True,  # an error names the statement; what people wrote stays out of the log
        "json_serializer": json.JSONEncoder(ensure_ascii=False).encode,
    }
    if parts.get_backend_name() == "sqlite":
        return _sqlite(parts, common)
    engine = create_engine(parts, connect_args=_postgresql(statement_timeout), pool_pre_ping=True, **common)
    from bot import patient  # noqa: PLC0415  # the driver, which SQLite's processes have no use for

    patient.listen(engine)
    return engine


def _sqlite(url: URL, common: dict[str, Any]) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY}, **common)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    # The driver would begin transactions late and only for writes: it is told not to, and ``_begin`` does.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma).close()


def _begin(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    if not driver.in_transaction:  # it was begun without SQLAlchemy's own (models/sessions.py)
        writes = connection.get_execution_options().get(WRITES)
        execute(connection, "BEGIN IMMEDIATE" if writes else "BEGIN").close()


def _postgresql(statement_timeout: float | None) -> dict[str, Any]:
    settings = (
        r"default_transaction_isolation=read\ committed",
        f"lock_timeout={STATEMENT * 1000:.0f}",
        f"statement_timeout={(statement_timeout or 0) * 1000:.0f}",
        f"idle_in_transaction_session_timeout={IDLE * 1000 if statement_timeout else 0:.0f}",
        # Or tables of a few pages are read from end to end where a message asks for one row of them.
        "random_page_cost=1.1",
        "timezone=UTC",
    )
    return {
        "connect_timeout": CONNECT,
        "options": " ".join(f"-c {setting}" for setting in settings),
        # Or a connection whose other end has vanished would be waited for a quarter of an hour, or two hours by who
        # has sent everything and listens, as in a COMMIT.
        "tcp_user_timeout": round(STATEMENT * 1000),
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    }


def schema_is_current(engine: Engine) -> bool:
    """Whether every migration of this program, and none of a newer one, has run."""
    with engine.connect() as connection:
        return migrations.current(connection) == migrations.head()


def check_ready(engine: Engine) -> None:
    """Raise NotReady, with what to do, unless the database answers and its schema is this program's."""
    try:
        with engine.connect() as connection:
            revision = migrations.current(connection)
    except SQLAlchemyError as error:
        raise NotReady(f"数据库连不上：{_reason(error)}") from error
    if revision is None:
        raise NotReady("数据库里还没有表，请先运行 xianfeng db upgrade")
    if not migrations.knows(revision):
        raise NotReady("数据库比程序新，请换用较新的程序")
    if revision != migrations.head():
        raise NotReady("数据库是旧版的，请先备份，再运行 xianfeng db upgrade")


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, all or none; a second process waits and finds nothing to do."""
    writer = engine.execution_options(**{WRITES: True})
    if engine.dialect.name == "sqlite":
        with writer.connect() as connection, _as_for_migrations(connection), connection.begin():
            migrations.upgrade(connection)
            _check_foreign_keys(connection)
        return
    with writer.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _UPGRADING})
        # Who changes a table while others use it gives up rather than hold them all up.
        connection.execute(text(f"SET LOCAL lock_timeout = '{STATEMENT}s'"))
        migrations.upgrade(connection)


@contextmanager
def _as_for_migrations(connection: Connection) -> Iterator[None]:
    """Without foreign keys, since building a table anew drops the old one; and with time to wait.

    These pragmas count only outside a transaction, so the driver is asked before one begins.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.executescript("PRAGMA foreign_keys = OFF; PRAGMA busy_timeout = 60000;")
    try:
        yield
    finally:
        driver.executescript(f"PRAGMA foreign_keys = ON; PRAGMA busy_timeout = {BUSY * 1000:.0f};")


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise RuntimeError(f"after the migrations a row of {broken[0]} refers to none of {broken[2]}")


def _reason(error: SQLAlchemyError) -> str:
    """The driver's own words in one line; they name host and port, never the password."""
    words = str(error.orig if isinstance(error, OperationalError) else error)
    return " ".join(words.split())
