"""Databases for tests: migrated once, with and without the cast, and copied for each test that writes."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, NullPool, create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from bot import database
from models.sessions import Sessions
from tests import cast

Fill = Callable[[Session], None]
FILLS: dict[str, Fill] = {"cast": cast.build}
BARE = "bare"  # without any table; every other template is migrated


class Source(Protocol):
    """Makes databases of one kind: a template once, copies as often as wanted."""

    def copy(self, template: str) -> str:
        """The URL of a fresh copy of a template."""

    def drop(self, url: str) -> None:
        """Remove a copy."""


class Files:
    """SQLite: a template is a file, and so is its copy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def copy(self, template: str) -> str:
        original = self._folder / f"{template}.db"
        if not original.exists():
            _fill(f"sqlite:///{original}", template)
        path = self._folder / str(next(self._numbers)) / "xianfeng.db"
        path.parent.mkdir()
        shutil.copyfile(original, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        shutil.rmtree(Path(url.removeprefix("sqlite:///")).parent)


class Clones:
    """PostgreSQL: a template is a database, and so is its clone."""

    def __init__(self, server: URL, prefix: str) -> None:
        self._server = server
        self._prefix = prefix
        self._numbers = count(1)
        self._made: list[str] = []
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def copy(self, template: str) -> str:
        original = f"{self._prefix}_{template}"
        if original not in self._made:
            self._create(original)
            _fill(self._url(original), template)
        name = f"{self._prefix}_{next(self._numbers)}"
        self._create(name, f"TEMPLATE {original} STRATEGY FILE_COPY")
        return self._url(name)

    def drop(self, url: str) -> None:
        self._drop(url.rpartition("/")[2])

    def close(self) -> None:
        """Remove what is left, for the server may be somebody's own."""
        for name in list(self._made):
            self._drop(name)

    def _create(self, name: str, how: str = "") -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} {how}"))
        self._made.append(name)

    def _drop(self, name: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        self._made.remove(name)

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)


def _fill(url: str, template: str) -> None:
    with opened(url) as engine:
        engine.connect().close()
        if template != BARE:
            database.upgrade(engine)
        if template in FILLS:
            with Sessions(engine).write() as session:
                FILLS[template](session)


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine as Xianfeng makes it, closed in the end."""
    engine = database.make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@dataclass(frozen=True)
class Database:
    """One database a test works with."""

    url: str
    engine: Engine
    sessions: Sessions


class Untouched(Sessions):
    """Sessions of a database that several tests share: nobody may write there."""

    def write(self) -> Iterator[Session]:  # type: ignore[override]
        raise AssertionError(
            "a test that commits asks for `sessions`, `engine` or `say`, and gets a database of its own"
        )


@contextmanager
def numbering(engine: Engine) -> Iterator[None]:
    """Rows are numbered afterwards as before: PostgreSQL's sequences do not roll back."""
    if engine.dialect.name == "sqlite":
        yield
        return
    query = "SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences"
    with engine.connect() as connection:
        before = connection.execute(text(query)).all()
    yield
    with engine.connect() as connection:
        for name, value, called in before:
            connection.execute(
                text("SELECT setval(:name, :value, :called)"), {"name": name, "value": value, "called": called}
            )
