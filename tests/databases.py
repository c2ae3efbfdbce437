"""Databases for tests: migrated once, with and without the cast, and copied for each test that writes."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import func, select, text
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
        self._free: list[Path] = []

    def copy(self, template: str) -> str:
        original = self._folder / f"{template}.db"
        if not original.exists():
            fill(f"sqlite:///{original}", template)
        path = self._free.pop() if self._free else self._folder / str(next(self._numbers)) / "xianfeng.db"
        path.parent.mkdir()
        shutil.copyfile(original, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        path = Path(url.removeprefix("sqlite:///"))
        shutil.rmtree(path.parent)
        self._free.append(path)


def fill(url: str, template: str) -> None:
    with opened(url) as engine:
        engine.connect().close()
        if template != BARE:
            database.upgrade(engine)
        if template in FILLS:
            with Sessions(engine).write() as session:
                FILLS[template](session)


class Engines:
    """Engines that are kept from test to test by their URL: a statement is compiled once in each, as in production."""

    def __init__(self) -> None:
        self._kept: dict[str, Engine] = {}

    @contextmanager
    def opened(self, url: str) -> Iterator[Engine]:
        """The engine of a database; a file is let go of afterwards, since it is going to be replaced."""
        engine = self._kept.get(url) or self._kept.setdefault(url, database.make_engine(url))
        try:
            yield engine
        finally:
            if engine.dialect.name == "sqlite":
                engine.dispose()

    def close(self) -> None:
        for engine in self._kept.values():
            engine.dispose()


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
    numbers: "Numbers | None" = None  # of one that several tests share


class Untouched(Sessions):
    """Sessions of a database that several tests share: nobody may write there."""

    def write(self) -> Iterator[Session]:  # type: ignore[override]
        raise AssertionError(
            "a test that commits asks for `sessions`, `engine` or `say`, and gets a database of its own"
        )


SEQUENCES = "SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences"


class Numbers:
    """What PostgreSQL's sequences stand at: they do not roll back."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._first = self._now() if engine.dialect.name == "postgresql" else set()

    def put_back(self) -> None:
        """Let rows be numbered again as in the beginning."""
        if not self._first or not (moved := self._now() - self._first):
            return
        names = {name for name, _, _ in moved}
        with self._engine.begin() as connection:
            for name, value, called in self._first:
                if name in names:
                    connection.execute(select(func.setval(name, value, called)))

    def _now(self) -> set[tuple[str, int, bool]]:
        with self._engine.connect() as connection:
            return {(name, value, called) for name, value, called in connection.execute(text(SEQUENCES))}
