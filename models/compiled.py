"""A statement in the words of one database, run by the driver itself: how values go in and how columns come out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Dialect, Enum
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Change = Callable[[Any], Any]
_Open = tuple[str, Change | None, tuple[int, ...]]  # a value's name, how it goes in, and where


def execute(connection: Connection, text: str, values: Any = (), *, many: bool = False) -> Any:
    """The driver's cursor after a statement in its own words; its errors are SQLAlchemy's, as everywhere else.

    With ``many`` it runs once for each of a list of values.
    """
    cursor = connection.connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(text, values)
    except connection.dialect.loaded_dbapi.Error as error:
        cursor.close()
        raise _known(error, text, connection.dialect) from error
    return cursor


def told(connection: Connection, text: str, act: Callable[[], Any]) -> Any:
    """What comes of telling the driver something; its errors are SQLAlchemy's."""
    try:
        return act()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _known(error, text, connection.dialect) from error


def _asked(connection: Connection, text: str, values: Any, *, many: bool = False) -> Any:
    """As ``execute`` for PostgreSQL, whose driver's connection knows a shorter way (bot/asking.py)."""
    driver: Any = connection.connection.driver_connection
    return told(connection, text, lambda: (driver.ask_each if many else driver.ask)(text, values))


def _known(error: Exception, text: str, dialect: Dialect) -> BaseException:
    """A driver's error as SQLAlchemy's."""
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, None, error, base, hide_parameters=True, dialect=dialect)


class Compiled:
    """A statement in the words of one database."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=_in_places(dialect))
        self.execute = _asked if dialect.name == "postgresql" else execute
        self.text = str(compiled)
        if "POSTCOMPILE" in self.text:
            raise TypeError(f"a list of values cannot be prepared: {self.text}")
        into = {name: _into(bind.type, dialect) for bind, name in compiled.bind_names.items()}
        own = {name: _changed(into[name], value) for name, value in compiled.params.items()}
        order: list[str] = compiled.positiontup or []
        places = list(enumerate(order))
        # What the statement says itself stands in its place; what each execution gives is put into the others.
        self._form = [own[name] for name in order]
        given = [name for name, value in own.items() if value is None]
        self._open = tuple((name, into[name], tuple(p for p, of in places if of == name)) for name in given)
        columns = getattr(statement, "selected_columns", None) or statement._returning
        self.returns = bool(columns)
        out = ((place, _out(column.type, dialect)) for place, column in enumerate(columns))
        self._out = tuple((place, change) for place, change in out if change is not None)

    def values(self, values: Mapping[str, Any]) -> list[Any]:
        """The values as the driver takes them."""
        return _filled(self._form.copy(), self._open, values)

    def each(self, rows: Iterable[Mapping[str, Any]], shared: Mapping[str, Any]) -> list[list[Any]]:
        """The values of many executions; what is shared goes in once."""
        form, own = self._form.copy(), []
        for name, change, places in self._open:
            if name not in shared:
                own.append((name, change, places))
                continue
            for place in places:
                form[place] = _changed(change, shared[name])
        return [_filled(form.copy(), own, row) for row in rows]

    def rows(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows of the driver with the values that their columns stand for."""
        if not self._out or not rows:
            return rows
        if len(rows) == 1:
            return [self._row(rows[0])]
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, change in self._out:
            columns[place] = [None if value is None else change(value) for value in columns[place]]
        return list(zip(*columns, strict=True))

    def _row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        found = list(row)
        for place, change in self._out:
            if found[place] is not None:
                found[place] = change(found[place])
        return tuple(found)


def _in_places(dialect: Dialect) -> Dialect:
    """The dialect that knows a value by its place, as PostgreSQL itself does."""
    alike: Any = type(dialect)
    return alike(paramstyle="numeric_dollar") if dialect.name == "postgresql" else dialect


def _filled(form: list[Any], open_: Iterable[_Open], values: Mapping[str, Any]) -> list[Any]:
    """A form with values in its open places."""
    for name, change, places in open_:
        value = values[name] if change is None else change(values[name])
        for place in places:
            form[place] = value
    return form


def _into(type_: TypeEngine[Any], dialect: Dialect) -> Change | None:
    if isinstance(type_, Date) and dialect.name == "sqlite":
        return _day
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _day(day: date | None) -> str | None:
    """The same text that SQLAlchemy puts together from a day's parts."""
    return None if day is None else day.isoformat()


def _out(type_: TypeEngine[Any], dialect: Dialect) -> Change | None:
    if isinstance(type_, Enum) and type_.enum_class is not None:  # as SQLAlchemy reads them, without its way there
        return {member.value: member for member in type_.enum_class}.__getitem__
    return type_.dialect_impl(dialect).result_processor(dialect, None)


def _changed(change: Change | None, value: Any) -> Any:
    return value if change is None or value is None else change(value)
