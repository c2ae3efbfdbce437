"""Where a benchmark keeps its databases: SQLite files in a folder, or a PostgreSQL server of its own, as durable as an
operator has them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import NullPool, create_engine, make_url, text

from bot.database import make_engine
from models.sessions import Sessions
from tests import servers


class Keeper(Protocol):
    """Makes databases, and copies of them."""

    word: str  # for the heading of a table

    def new(self, name: str) -> str:
        """The URL of an empty database."""

    def copy(self, url: str, name: str) -> str:
        """The URL of a copy; nobody is connected to the original."""


class Files:
    """SQLite with synchronous=FULL."""

    word = "SQLite synchronous=FULL"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.db"

    def copy(self, url: str, name: str) -> str:
        shutil.copyfile(make_url(url).database or "", self._folder / f"{name}.db")
        return self.new(name)


class Server:
    """PostgreSQL with fsync and synchronous_commit."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with self._admin.connect() as connection:
            self.word = f"PostgreSQL {connection.scalar(text('SHOW server_version'))}, durable"

    def new(self, name: str) -> str:
        return self._create(name, "template1")

    def copy(self, url: str, name: str) -> str:
        return self._create(name, make_url(url).database or "")

    def _create(self, name: str, template: str) -> str:
        own = f"bench_{os.getpid()}_{name}"
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{own}" TEMPLATE "{template}"'))
        return self._url.set(database=own).render_as_string(hide_password=False)


@contextmanager
def kept(folder: Path | None = None, *, postgresql: bool = False, roomy: bool = False) -> Iterator[Keeper]:
    """A keeper whose databases are gone at the end; files are put below ``folder``, else where temporary ones go.

    A ``roomy`` PostgreSQL has a quarter of the machine's memory to itself, as its manual advises.
    """
    if postgresql:
        room = {"shared_buffers": f"{_memory() // 4 >> 20}MB"} if roomy else {}
        with servers.postgresql({}, {**servers.DURABLE, **room}) as url:
            yield Server(url.render_as_string(hide_password=False))
        return
    with tempfile.TemporaryDirectory(dir=folder) as own:
        yield Files(Path(own))


def _memory() -> int:
    """Bytes of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@contextmanager
def opened(url: str) -> Iterator[Sessions]:
    """Sessions of a database, without a limit for statements; what SQLite has in its log is in the file at the end."""
    engine = make_engine(url, statement_timeout=None)
    try:
        yield Sessions(engine)
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def settle(sessions: Sessions) -> None:
    """Bring a database that was just filled to where one in use is: looked at, tidied up, and in memory.

    PostgreSQL tidies up by itself after a while, and would do so in the middle of a measurement. Some machines give up
    what nobody has read for a while, and filling another takes minutes.
    """
    if sessions.engine.dialect.name == "sqlite":
        with Path(sessions.engine.url.database or "").open("rb") as file:
            while file.read(1 << 24):
                pass
        return
    with sessions.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ("VACUUM (ANALYZE)", "CHECKPOINT", "CREATE EXTENSION IF NOT EXISTS pg_prewarm", _ALL):
            connection.execute(text(statement))


# Tables and their indexes, which are of the kinds r and i.
_ALL = "SELECT sum(pg_prewarm(oid)) FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"


def analyze(sessions: Sessions) -> None:
    """Let PostgreSQL look at its tables, as it does by itself after a while; SQLite never does."""
    if sessions.engine.dialect.name == "postgresql":
        with sessions.write() as session:
            session.connection().exec_driver_sql("ANALYZE")
