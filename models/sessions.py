"""Transactions: one for reading, one for writing, over an engine that ``bot`` made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from models.prepared import CONNECTION

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

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose transaction is never committed."""
        with self.engine.connect() as connection, self._on(connection, autoflush=False) as session:
            connection.begin()  # closing the connection rolls it back
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when an exception leaves it."""
        with self._writer.connect() as connection, connection.begin(), self._on(connection) as session:
            yield session
            session.flush()

    def _on(self, connection: Connection, **options: Any) -> Session:
        info = {"defaults": self._defaults, CONNECTION: connection}
        return Session(connection, info=info, **options)
