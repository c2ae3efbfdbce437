"""The database as one file and back: SQLite's backup API, pg_dump and pg_restore (contract, ``backup``).

A dump and what is read beside it are of one moment. What only the running processes need, and what is a secret, is
left out: the access token, and the workers' signs of life.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from bot.operations.manifest import Unusable
from models.access_tokens import AccessToken
from models.heartbeats import Heartbeat
from models.registry import METADATA

LEFT_OUT = (AccessToken.__tablename__, Heartbeat.__tablename__)
KEPT_BY_ALEMBIC = "alembic_version"
# What the triggers of our tables do, wherever that is kept: it outlives the tables.
FUNCTIONS = (
    "SELECT DISTINCT tgfoid::regprocedure::text FROM pg_trigger "
    "JOIN pg_class ON pg_class.oid = tgrelid AND relnamespace = 'public'::regnamespace "
    "WHERE NOT tgisinternal AND relname = ANY(:tables)"
)


@contextmanager
def dumped(engine: Engine, file: Path) -> Iterator[Session]:
    """Write the database to a file; the session that is handed out sees the very state that is in it."""
    if engine.dialect.name == "sqlite":
        _dump_sqlite(engine.url, file)
        copy = create_engine(URL.create("sqlite", database=str(file)), hide_parameters=True)
        with Session(copy) as session:
            yield session
        copy.dispose()
        return
    moment = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(moment) as session:
        snapshot = session.scalar(text("SELECT pg_export_snapshot()"))
        without = [f"--exclude-table-data={name}" for name in LEFT_OUT]
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={file}"]
        _run("pg_dump", engine, *options, *without)
        yield session


def _dump_sqlite(url: URL, file: Path) -> None:
    with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)  # in one step: others read and write meanwhile, and the copy is of one moment
        copy.execute("PRAGMA journal_mode = DELETE").close()
        copy.executescript("".join(f"DELETE FROM {name};" for name in LEFT_OUT))
        copy.execute("VACUUM").close()  # what was deleted, now and before, is in no page of the copy


def check_empty(engine: Engine) -> None:
    """Raise Unusable unless there is nothing in the database that could be lost."""
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        strange = tables - set(METADATA.tables) - {KEPT_BY_ALEMBIC}
        filled = [name for name in tables - {*LEFT_OUT, KEPT_BY_ALEMBIC} - strange if _has_rows(connection, name)]
    if strange:
        raise Unusable(f"数据库里有别的表（{'、'.join(sorted(strange)[:3])}），没有恢复；请换一个空的数据库")
    if filled:
        raise Unusable("数据库里已有数据，没有恢复；请在 config.toml [database] url 里换一个空的数据库，再恢复")


def _has_rows(connection: Connection, table: str) -> bool:
    return connection.execute(text(f'SELECT 1 FROM "{table}" LIMIT 1')).first() is not None


def load(engine: Engine, file: Path) -> None:
    """Fill an empty database from a dump of its kind; all of it or nothing."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        with closing(sqlite3.connect(file)) as copy, closing(sqlite3.connect(str(engine.url.database))) as target:
            copy.backup(target)
        return
    with engine.begin() as connection:
        functions = connection.scalars(text(FUNCTIONS), {"tables": list(METADATA.tables)}).all()
        for name in [*METADATA.tables, KEPT_BY_ALEMBIC]:
            connection.execute(text(f'DROP TABLE IF EXISTS "{name}" CASCADE'))
        for function in functions:
            connection.execute(text(f"DROP FUNCTION {function}"))
    options = ["--no-owner", "--no-privileges", "--single-transaction", str(file)]
    _run("pg_restore", engine, *options)


def _run(program: str, engine: Engine, *options: str) -> None:
    """Run one of PostgreSQL's programs; the password goes through the environment, where nobody else sees it."""
    found = shutil.which(program)
    if found is None:
        raise Unusable(f"找不到 {program}，请安装 PostgreSQL 的客户端程序，版本不低于数据库")
    password = engine.url.password
    environ = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run(
        [found, "--no-password", f"--dbname={_conninfo(engine)}", *options],
        check=False,
        capture_output=True,
        text=True,
        env=environ,
    )
    if done.returncode:
        reason = " ".join(done.stderr.strip().splitlines()[:1]) or f"{program} {done.returncode}"
        raise Unusable(f"{program} 没有做完：{reason}")


def _conninfo(engine: Engine) -> str:
    """Where the database is, in the words of PostgreSQL's own programs; without the password."""
    given: dict[str, Any] = dict(engine.dialect.create_connect_args(engine.url)[1])
    without = ("password", "context")  # the second is the driver's alone
    return make_conninfo("", **{name: value for name, value in given.items() if name not in without})
