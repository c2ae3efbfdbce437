"""Statements that every message runs, made ready once: their text, how values go in and how columns come out.

SQLAlchemy looks a statement up, prepares its values and wraps its rows anew at each execution. For a small
statement that is most of what it costs (``make bench``), so what is hot is compiled once per database.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

CONNECTION = "connection"  # where a session's ``info`` keeps its connection: asking the session costs more

Change = Callable[[Any], Any]


def connection_of(session: Session) -> Connection:
    """The connection of a session's transaction."""
    known: Connection | None = session.info.get(CONNECTION)
    # A session makes its savepoint on the connection only when it is asked for it.
    return session.connection() if known is None or session.in_nested_transaction() else known


class Prepared:
    """A statement with named values; a list of varying length among them cannot be prepared."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._for: dict[str, _Compiled] = {}

    def rows(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """What it selects or returns; nothing is flushed before."""
        connection = connection_of(session)
        compiled = self._compiled(connection.dialect)
        cursor = execute(connection, compiled.text, compiled.values(values))
        found = [compiled.row(row) for row in cursor.fetchall()]
        cursor.close()
        return found

    def first(self, session: Session, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        found = self.rows(session, **values)
        return found[0] if found else None

    def run(self, session: Session, **values: Any) -> int:
        """Change rows; returns how many."""
        connection = connection_of(session)
        compiled = self._compiled(connection.dialect)
        cursor = execute(connection, compiled.text, compiled.values(values))
        count = int(cursor.rowcount)
        cursor.close()
        return count

    def _compiled(self, dialect: Dialect) -> "_Compiled":
        found = self._for.get(dialect.name)
        if found is None:
            found = self._for[dialect.name] = _Compiled(self._statement, dialect)
        return found


def execute(connection: Connection, text: str, values: Any = ()) -> Any:
    """The driver's cursor after a statement in its own words; its errors are SQLAlchemy's, as everywhere else."""
    dialect = connection.dialect
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, values)
    except dialect.loaded_dbapi.Error as error:
        cursor.close()
        base = dialect.loaded_dbapi.Error
        raise DBAPIError.instance(text, None, error, base, hide_parameters=True, dialect=dialect) from error
    return cursor


class _Compiled:
    """A statement in the words of one database."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        if "POSTCOMPILE" in self.text:
            raise TypeError(f"a list of values cannot be prepared: {self.text}")
        types = {name: bind.type for bind, name in compiled.bind_names.items()}
        self._order: list[str] | None = compiled.positiontup
        self._fixed = {
            name: _changed(types[name], dialect, value) for name, value in compiled.params.items() if value is not None
        }
        self._into = _changes(types.items(), dialect, _into)
        columns = getattr(statement, "selected_columns", None) or statement._returning
        self._out = tuple(_changes(enumerate(column.type for column in columns), dialect, _out).items())

    def values(self, values: dict[str, Any]) -> Any:
        """The values as the driver takes them."""
        given = self._fixed | values
        for name, change in self._into.items():
            if name in values:
                given[name] = change(values[name])
        return given if self._order is None else tuple([given[name] for name in self._order])

    def row(self, row: Any) -> tuple[Any, ...]:
        """A row of the driver with the values that its columns stand for."""
        found = list(row)
        for place, change in self._out:
            if found[place] is not None:
                found[place] = change(found[place])
        return tuple(found)


def _changes(types: Iterable[tuple[Any, TypeEngine[Any]]], dialect: Dialect, way: Any) -> dict[Any, Change]:
    found = {name: way(type_, dialect) for name, type_ in types}
    return {name: change for name, change in found.items() if change is not None}


def _into(type_: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _out(type_: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return type_.dialect_impl(dialect).result_processor(dialect, None)


def _changed(type_: TypeEngine[Any], dialect: Dialect, value: Any) -> Any:
    change = _into(type_, dialect)
    return value if change is None else change(value)


@cache
def insertion(table: Any, keys: tuple[str, ...], dialect: str, *, once: bool = False) -> Prepared:
    """The INSERT of a row with values for these columns and the defaults of the others; returns the primary key.

    With ``once`` nothing happens, and nothing is returned, when one of its unique keys is taken.
    """
    columns = table.__table__.columns
    values = {key: bindparam(key, type_=columns[key].type) for key in keys}
    values |= {c.key: c.default.arg for c in columns if c.key not in keys and c.default is not None}
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table.__table__).values(values)
    if once:
        statement = statement.on_conflict_do_nothing()
    return Prepared(statement.returning(*table.__table__.primary_key))
