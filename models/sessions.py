"""Transactions: one for reading, one for writing, over an engine that ``bot`` made."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from models.prepared import CONNECTION, execute

# The engine's begin hook looks for this option: on SQLite a writer must take the lock at once
# (BEGIN IMMEDIATE), or the loser of a race is told "database is locked" instead of waiting.
WRITES = "xianfeng_writes"


class Sessions:
    """Hands out sessions; ``defaults`` are the configuration's values for settings (models/settings.py).

    The transaction is the connection's, which costs half of what a session's own does; a session ends with it.
    """

    def __init__(self, engine: Engine, defaults: Mapping[str, Any] | None = None) -> None:
        self.engine = engine
        self._defaults = dict(defaults or {})
        self._writer = engine.execution_options(**{WRITES: True})
        self._each = None if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="AUTOCOMMIT")

    def read(self) -> AbstractContextManager[Session]:
        """A session whose transaction is never committed."""
        return self._read(self.engine)

    def glance(self) -> AbstractContextManager[Session]:
        """As ``read``, for what a message asks: on PostgreSQL each statement by itself.

        There each sees its own moment anyhow, and BEGIN and ROLLBACK would take as long as two statements more.
        """
        return self.read() if self._each is None else self._read(self._each)

    @contextmanager
    def _read(self, engine: Engine) -> Iterator[Session]:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":  # the drivers of others begin by themselves
                execute(connection, "BEGIN").close()
            session = self._on(connection, autoflush=False)
            try:
                yield session
            finally:
                session.end()  # giving the connection back rolls it back

    def write(self) -> AbstractContextManager[Session]:
        """A session that commits at the end, or rolls back when an exception leaves it."""
        return self._write_here() if self._each is None else self._write_there()

    @contextmanager
    def _write_here(self) -> Iterator[Session]:
        """On SQLite the driver is told in its own words, at half the cost of SQLAlchemy's transaction."""
        with self._writer.connect() as connection:
            execute(connection, "BEGIN IMMEDIATE").close()
            driver: Any = connection.connection.driver_connection
            session = self._on(connection, autoflush=True)
            try:
                yield session
                if session.is_made:
                    session.flush()
                if driver.in_transaction:  # it is not where somebody rolled it back
                    execute(connection, "COMMIT").close()
            finally:
                session.end()  # and giving the connection back rolls back what is not committed

    @contextmanager
    def _write_there(self) -> Iterator[Session]:
        with self._writer.connect() as connection, connection.begin():
            session = self._on(connection, autoflush=True)
            try:
                yield session
                if session.is_made:
                    session.flush()
            finally:
                session.end()

    def _on(self, connection: Connection, *, autoflush: bool) -> "_Session":
        return _Session(connection, {"defaults": self._defaults, CONNECTION: connection}, autoflush=autoflush)


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

    def end(self) -> None:
        """Let go of the objects, if there are any."""
        if self.is_made:
            self.close()
