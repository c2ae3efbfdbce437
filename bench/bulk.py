"""Filling tables fast: millions of rows in the form the database keeps them in, past checks and triggers.

Moments are ``2026-11-20 02:00:00.000000`` in UTC, points whole hundredths, months ``2026-11``, truth 0 and 1.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection

FAST = ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -1000000")

Row = Sequence[Any]


class Bulk(Protocol):
    """Takes rows; nothing is certain before the end."""

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Put rows into a table."""


@contextmanager
def bulk(engine: Engine) -> Iterator[Bulk]:
    """Open a database for filling; nobody else uses it meanwhile, and what breaks off leaves it useless."""
    engine.dispose()  # connections that wait for whoever is next would be others, too
    connection = engine.raw_connection()
    driver: Any = connection.driver_connection
    kind = _Sqlite if engine.dialect.name == "sqlite" else _Postgresql
    try:
        filling = kind(driver)
        yield filling
        filling.end()
    finally:
        connection.invalidate()
        engine.dispose()


class _Sqlite:
    """Without a journal, and without the triggers of the ledger, which are put back."""

    def __init__(self, driver: DBAPIConnection) -> None:
        self._driver: Any = driver
        for pragma in FAST:
            self._driver.execute(f"PRAGMA {pragma}").close()
        found = self._driver.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        self._triggers = [sql for _, sql in found]
        for name, _ in found:
            self._driver.execute(f"DROP TRIGGER {name}")
        self._driver.execute("BEGIN EXCLUSIVE")

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        places = ", ".join("?" * len(columns))
        self._driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)

    def end(self) -> None:
        for trigger in self._triggers:
            self._driver.execute(trigger)
        self._driver.execute("COMMIT")


class _Postgresql:
    """By COPY, as a replica takes rows: without triggers, those of foreign keys among them."""

    def __init__(self, driver: DBAPIConnection) -> None:
        self._driver: Any = driver
        self._tables: set[str] = set()
        self._driver.execute("SET session_replication_role = replica")
        self._driver.execute("SET statement_timeout = 0")

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        self._tables.update([table] if "id" in columns else [])
        with self._driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def end(self) -> None:
        for table in sorted(self._tables):
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            self._driver.execute(f"SELECT setval({sequence}, (SELECT max(id) FROM {table}))")
        self._driver.execute("ANALYZE")
        self._driver.commit()


def moment(when: datetime) -> str:
    """As a database keeps it."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def hundredths(points: Decimal | None) -> int | None:
    """As a database keeps them."""
    return None if points is None else int(points * 100)
