"""Transactions: one for reading, one for writing, over an engine that ``bot`` made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

# The engine's begin hook looks for this option: on SQLite a writer must take the lock at once
# (BEGIN IMMEDIATE), or the loser of a race is told "database is locked" instead of waiting.
WRITES = "xianfeng_writes"


class Sessions:
    """Hands out sessions; ``defaults`` are the configuration's values for settings (models/settings.py)."""

    def __init__(self, engine: Engine, defaults: Mapping[str, Any] | None = None) -> None:
        self.engine = engine
        self._info = {"defaults": dict(defaults or {})}
        self._writer = engine.execution_options(**{WRITES: True})

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose transaction is never committed."""
        with Session(self.engine, info=self._info, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when an exception leaves it."""
        with Session(self._writer, info=self._info, expire_on_commit=False) as session, session.begin():
            yield session
