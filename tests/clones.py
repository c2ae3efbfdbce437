"""PostgreSQL databases for tests: cloned from a template once, and put back to it after each test.

A clone copies some 1,500 files; to put one back takes a statement that asks each table whether anything changed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count

import psycopg
from psycopg import sql
from sqlalchemy import URL, NullPool, create_engine, text

USES = 200  # of a clone; what is deleted leaves holes in its files
MOST_ROWS = 3_000  # what a test left behind that is more than this is not cleaned up: the clone is dropped
# What is defined: tables, columns, checks, triggers, functions. A test that touched it has spoilt its clone.
DEFINED = """
SELECT array_agg(found ORDER BY found) FROM (
    SELECT 'class ' || c.oid || ' ' || c.xmin FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'column ' || attrelid || ' ' || max(a.xmin::text::bigint)
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
        WHERE c.relnamespace = 'public'::regnamespace GROUP BY attrelid
    UNION ALL SELECT 'constraint ' || oid || ' ' || xmin FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger ' || oid || ' ' || xmin FROM pg_trigger
    UNION ALL SELECT 'function ' || oid || ' ' || xmin FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS defined (found)
"""
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
SEQUENCES = (
    "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences "
    "WHERE schemaname = 'public' ORDER BY sequencename"
)
OTHERS = (
    "SELECT count(pg_terminate_backend(pid, 2000)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)

Stamp = tuple[int, int]  # how many rows, and the last transaction that wrote one
Rows = dict[str, bytes]  # of a table, as COPY writes them


class Spoilt(Exception):
    """A clone that cannot be put back."""


class Clones:
    """A template is a database, and so is its clone. A clone that is dropped is put back, and handed out again."""

    def __init__(self, server: URL, prefix: str, fill: Callable[[str, str], None]) -> None:
        """``fill`` migrates and fills the database of a URL as a template wants it."""
        self._server = server
        self._prefix = prefix
        self._fill = fill
        self._numbers = count(1)
        self._made: list[str] = []
        self._rows: dict[str, Rows] = {}  # of each template
        self._clones: dict[str, _Clone] = {}  # by name
        self._free: dict[str, list[str]] = {}  # by template
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def copy(self, template: str) -> str:
        """The URL of a database that is as the template."""
        if free := self._free.setdefault(template, []):
            return self._url(free.pop())
        original = f"{self._prefix}_{template}"
        if original not in self._made:
            self._create(original)
            self._fill(self._url(original), template)
        name = f"{self._prefix}_{next(self._numbers)}"
        self._create(name, f"TEMPLATE {original} STRATEGY FILE_COPY")
        self._clones[name] = _Clone(template, self._dsn(name), self._rows.setdefault(template, {}))
        return self._url(name)

    def drop(self, url: str) -> None:
        """Take a database back."""
        name = url.rpartition("/")[2]
        clone = self._clones[name]
        try:
            clone.put_back()
        except (Spoilt, psycopg.Error):
            clone.close()
            del self._clones[name]
            self._drop(name)
        else:
            self._free[clone.template].append(name)

    def close(self) -> None:
        """Remove what is left, for the server may be somebody's own."""
        for clone in self._clones.values():
            clone.close()
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

    def _dsn(self, name: str) -> str:
        return self._server.set(database=name, drivername="postgresql").render_as_string(hide_password=False)


@dataclass
class _Clone:
    """One clone, looked at when it is new, and compared with that afterwards."""

    template: str
    dsn: str
    rows: Rows  # of its template; shared by all clones of it

    def __post_init__(self) -> None:
        self._uses = 0
        self._connection = psycopg.connect(self.dsn, autocommit=True)
        self._connection.execute("SET session_replication_role = replica")  # no trigger, no foreign key
        self._connection.execute("SET lock_timeout = '1s'")
        self._tables = [name for (name,) in self._connection.execute(TABLES)]
        self._defined = self._ask(DEFINED)
        self._sequences = self._ask(SEQUENCES)
        self._stamped = self._stamps(self._tables)
        for table in self._tables:
            if self._stamped[table][0] and table not in self.rows:
                self.rows[table] = self._read(table)

    def put_back(self) -> None:
        """Make every table and sequence what it was.

        Raises: Spoilt: more was changed than rows, or it is worn. psycopg.Error: somebody still holds on to it.
        """
        self._uses += 1
        if self._uses == USES:
            raise Spoilt
        if self._ask(DEFINED) != self._defined:
            raise Spoilt
        changed = [table for table, stamp in self._stamps(self._tables).items() if stamp != self._stamped[table]]
        try:
            self._restore(changed)
        except psycopg.errors.LockNotAvailable:  # somebody was left in the middle of something
            self._connection.execute(OTHERS)
            self._restore(changed)
        self._stamped |= self._stamps(changed)
        for name, value, called in set(self._sequences) - set(self._ask(SEQUENCES)):
            self._connection.execute("SELECT setval(%s, %s, %s)", (name, value, called))

    def close(self) -> None:
        self._connection.close()

    def _ask(self, statement: str) -> list[tuple[object, ...]]:
        return self._connection.execute(statement.encode()).fetchall()

    def _stamps(self, tables: Iterable[str]) -> dict[str, Stamp]:
        one = sql.SQL("SELECT {}, count(*), coalesce(max(xmin::text::bigint), 0) FROM {}")
        asked = [one.format(sql.Literal(table), sql.Identifier(table)) for table in tables]
        if not asked:
            return {}
        return {name: (rows, last) for name, rows, last in self._connection.execute(sql.SQL(" UNION ALL ").join(asked))}

    def _restore(self, tables: Iterable[str]) -> None:
        with self._connection.transaction():
            for table in tables:
                self._refill(table)

    def _refill(self, table: str) -> None:
        deleted = self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        if deleted.rowcount > MOST_ROWS:
            raise Spoilt
        if table in self.rows:
            with self._connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                copy.write(self.rows[table])

    def _read(self, table: str) -> bytes:
        with self._connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
            return b"".join(bytes(part) for part in copy)
