"""Transactions: one for reading, one for writing, over an engine that ``bot`` made."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import PassiveFlag, Session

from models.compiled import execute, told
from models.lent import Lent
from models.objects import of_key
from models.prepared import CONNECTION

# The engine's begin hook looks for this option: on SQLite a writer must take the lock at once
# (BEGIN IMMEDIATE), or the loser of a race is told "database is locked" instead of waiting.
WRITES = "xianfeng_writes"
BUSY = 2.5  # seconds a writer of SQLite waits at most for the one before it
_ASKS = PassiveFlag.PASSIVE_OFF  # how a session looks for an object that it would ask the database for
_LOOK = 0.0002  # seconds between two looks
_PRIMARY = 0xFF  # where an error code of SQLite says what it is; the rest says why


class Sessions:
    """Hands out sessions; ``defaults`` are the configuration's values for settings (models/settings.py).

    ``left`` tells how many seconds there are for what is being done, None when nobody waits for it: a writer of SQLite
    waits no longer than that. The transaction is the connection's, which costs half of what a session's own does; a
    session ends with it.
    """

    def __init__(
        self,
        engine: Engine,
        defaults: Mapping[str, Any] | None = None,
        left: Callable[[], float | None] = lambda: None,
    ) -> None:
        self.engine = engine
        self._defaults = dict(defaults or {})
        self._left = left
        self._lent = Lent.of(engine)
        self.one_writes = engine.dialect.name == "sqlite"  # at a time, and so here: the database is a file

    def read(self) -> AbstractContextManager[Session]:
        """A session whose transaction is never committed."""
        return self._read_here() if self.one_writes else self._read_there()

    def glance(self) -> AbstractContextManager[Session]:
        """As ``read``, for what a message asks: on PostgreSQL each statement by itself.

        There each sees its own moment anyhow, and BEGIN and ROLLBACK would take as long as two statements more.
        """
        return self._read_here() if self.one_writes else self._glance_there()

    @contextmanager
    def _read_here(self) -> Iterator[Session]:
        with self._lent.lend() as connection:
            execute(connection, "BEGIN").close()
            session = self._on(connection, autoflush=False)
            try:
                yield session
            finally:
                session.end()  # giving the connection back rolls it back

    @contextmanager
    def _read_there(self) -> Iterator[Session]:
        with self.engine.connect() as connection:  # the driver begins by itself
            session = self._on(connection, autoflush=False)
            try:
                yield session
            finally:
                session.end()

    @contextmanager
    def _glance_there(self) -> Iterator[Session]:
        with self._lent.lend() as connection:
            session = self._on(connection, autoflush=False)
            try:
                yield session
            finally:
                session.end()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when an exception leaves it.

        The driver is told in its own words, at half the cost of SQLAlchemy's transaction.
        """
        with self._lent.lend() as connection:
            driver: Any = connection.connection.driver_connection
            if self.one_writes:
                _begin_writing(connection, self._left())
            else:
                told(connection, "BEGIN", driver.begin)
            session = self._on(connection, autoflush=True)
            try:
                yield session
                if session.is_made:
                    session.flush()
                if driver.in_transaction or not self.one_writes:  # it is not where somebody rolled it back
                    told(connection, "COMMIT", driver.commit)
            finally:
                session.end()  # and giving the connection back rolls back what is not committed

    def _on(self, connection: Connection, *, autoflush: bool) -> "_Session":
        return _Session(connection, {"defaults": self._defaults, CONNECTION: connection}, autoflush=autoflush)


def _begin_writing(connection: Connection, left: float | None) -> None:
    """Take SQLite's one place to write as soon as the writer before has left it; raises OperationalError after BUSY,
    or when no time is left.

    Left to itself SQLite looks again after 1, 2, 5, 10 and up to 100 ms. With processes that write one after another
    nobody writes half of the time, and who is unlucky waits for half a second (``python -m bench.http``).
    """
    driver: Any = connection.connection.driver_connection
    at_most = BUSY if left is None else min(left, BUSY)
    told(connection, "BEGIN IMMEDIATE", lambda: _wait_to_write(driver, at_most))


def _wait_to_write(driver: Any, at_most: float) -> None:
    """The driver is asked itself: to make an error of SQLAlchemy's of a look in vain costs as much as ten looks."""
    driver.execute("PRAGMA busy_timeout = 0").close()
    ends = time.monotonic() + at_most
    try:
        while not _began(driver, last=time.monotonic() >= ends):
            time.sleep(_LOOK)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY * 1000:.0f}").close()


def _began(driver: Any, *, last: bool) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE").close()
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


class _Session(Session):
    """A session that is made when something asks it for objects.

    Most messages run prepared statements and nothing else (models/prepared.py): for these ``info`` is enough, and
    making a session and ending it costs as much as several of them.
    """

    is_made = False

    def __init__(self, connection: Connection, info: dict[str, Any], *, autoflush: bool) -> None:
        self.__dict__["info"] = info
        self.autoflush = autoflush
        self._on = connection

    def __getattr__(self, name: str) -> Any:
        # Only asked for what is not there: at first that is everything a session begins with.
        if self.is_made or name.startswith("__"):
            raise AttributeError(name)
        self.is_made = True
        super().__init__(self._on, autoflush=self.autoflush)
        return getattr(self, name)

    def in_nested_transaction(self) -> bool:
        """As in every session, and without making it."""
        return self.is_made and super().in_nested_transaction()

    def _identity_lookup(  # type: ignore[override]  # the rest goes on as it came
        self, mapper: Any, primary_key_identity: Any, identity_token: Any = None, passive: Any = _ASKS, **named: Any
    ) -> Any:
        """Where SQLAlchemy lets a session look for an object before it asks the database for it: ``get``, and what
        another object refers to. Asked with a prepared statement, it costs a tenth."""
        found = super()._identity_lookup(mapper, primary_key_identity, identity_token, passive, **named)
        objects = of_key(mapper) if found is None and passive is _ASKS and not self._flushing else None
        if objects is None or None in primary_key_identity:
            return found
        return objects.first(self, **{f"key{n}": value for n, value in enumerate(primary_key_identity)})

    def end(self) -> None:
        """Let go of the objects, if there are any."""
        if self.is_made:
            with suppress(DBAPIError):  # whatever broke the connection is said already
                self.close()
