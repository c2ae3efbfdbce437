"""Statements that every message runs, made ready once: their text, how values go in and how columns come out.

SQLAlchemy looks a statement up, prepares its values and wraps its rows anew at each execution. For a small
statement that is most of what it costs (``make bench``), so what is hot is compiled once per database: what every
message runs, and what the clock asks every minute, mostly to hear that nothing is due.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    Dialect,
    Enum,
    bindparam,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from models.rereading import AT_HAND, NOTES, Note, let_go

CONNECTION = "connection"  # where a session's ``info`` keeps its connection: asking the session costs more

Change = Callable[[Any], Any]
_Open = tuple[str, Change | None, tuple[int, ...]]  # a value's name, how it goes in, and where


def connection_of(session: Session) -> Connection:
    """The connection of a session's transaction."""
    known: Connection | None = session.info.get(CONNECTION)
    # A session makes its savepoint on the connection only when it is asked for it.
    return session.connection() if known is None or session.in_nested_transaction() else known


class Prepared:
    """A statement with named values; of lists of varying length, only those that ``listed`` takes."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._changes = bool(getattr(statement, "is_dml", False))
        self._for: dict[str, _Compiled] = {}

    def rows(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """What it selects or returns; nothing is flushed before."""
        at_hand = session.info.get(AT_HAND)
        if at_hand and self in at_hand:
            asked, known = at_hand.pop(self)
            if asked == values:
                return known  # type: ignore[no-any-return]  # rows, as they were left there
        compiled, said = self._ask(session, values)
        found = compiled.rows(said)
        notes: list[Note] | None = session.info.get(NOTES)
        if notes is not None:
            notes.append(Note(self, values, said, found))
        return found

    def said(self, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The same rows as the driver says them."""
        return self._ask(session, values)[1]

    def _ask(self, session: Session, values: Mapping[str, Any]) -> tuple["_Compiled", list[tuple[Any, ...]]]:
        if self._changes:
            let_go(session)
        connection = connection_of(session)
        compiled = self.compiled(connection.dialect)
        cursor = compiled.execute(connection, compiled.text, compiled.values(values))
        found = cursor.fetchall()
        cursor.close()
        return compiled, found

    def first(self, session: Session, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        found = self.rows(session, **values)
        return found[0] if found else None

    def column(self, session: Session, **values: Any) -> list[Any]:
        """The first column of each row; what is pending in the session is flushed before."""
        if session.autoflush:
            session.flush()
        return [row[0] for row in self.rows(session, **values)]

    def run(self, session: Session, **values: Any) -> int:
        """Change rows; returns how many."""
        let_go(session)
        connection = connection_of(session)
        compiled = self.compiled(connection.dialect)
        cursor = compiled.execute(connection, compiled.text, compiled.values(values))
        count = int(cursor.rowcount)
        cursor.close()
        return count

    def tell(self, session: Session, **values: Any) -> None:
        """Change rows, however many there are: PostgreSQL hears of it with what it is asked next.

        An error is raised there, and at the end of the transaction at the latest.
        """
        let_go(session)
        connection = connection_of(session)
        compiled = self.compiled(connection.dialect)
        if connection.dialect.name == "postgresql":
            driver: Any = connection.connection.driver_connection
            driver.tell(compiled.text, compiled.values(values))
        else:
            execute(connection, compiled.text, compiled.values(values)).close()

    def new(self, session: Session, **values: Any) -> Any:
        """Insert a row and return its primary key; None when nothing was inserted.

        SQLite is not asked to return it: a table for what is returned is made anew each time, at the cost of the row.
        """
        let_go(session)
        connection = connection_of(session)
        compiled = self.compiled(connection.dialect)
        cursor = compiled.execute(connection, compiled.text, compiled.values(values))
        if compiled.returns:
            found = cursor.fetchone()
            key = None if found is None else found[0]
        else:
            key = cursor.lastrowid if cursor.rowcount > 0 else None
        cursor.close()
        return key

    def run_all(self, session: Session, rows: Iterable[Mapping[str, Any]], **shared: Any) -> None:
        """Change something once for the values of each row and those that all ``shared``; rows name the same ones."""
        let_go(session)
        connection = connection_of(session)
        compiled = self.compiled(connection.dialect)
        compiled.execute(connection, compiled.text, compiled.each(rows, shared), many=True).close()

    def compiled(self, dialect: Dialect) -> "_Compiled":
        """It in the words of a database."""
        found = self._for.get(dialect.name)
        if found is None:
            found = self._for[dialect.name] = _Compiled(self._statement, dialect)
        return found


Question = tuple[Prepared, Mapping[str, Any]]  # and the values with which it is going to be asked


def together(session: Session, *questions: Question) -> None:
    """Ask what is going to be asked next, and needs no other's answer, on one way to PostgreSQL and back.

    The next ``rows`` with these values finds what was true now, unless something was changed meanwhile; so who writes
    asks when the time has come, and under its lock. SQLite is not far away.
    """
    connection = connection_of(session)
    may_hold_changes = session.autoflush and getattr(session, "is_made", True)  # that are yet to be written
    if connection.dialect.name == "sqlite" or may_hold_changes:
        return
    compiled = [prepared.compiled(connection.dialect) for prepared, _ in questions]
    asked = [(one.text, one.values(values)) for one, (_, values) in zip(compiled, questions, strict=True)]
    driver: Any = connection.connection.driver_connection
    answers = told(connection, asked[0][0], lambda: driver.ask_together(asked))
    at_hand = session.info.setdefault(AT_HAND, {})
    for (prepared, values), one, answer in zip(questions, compiled, answers, strict=True):
        at_hand[prepared] = (values, one.rows(answer.rows))


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


class _Compiled:
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


@cache
def insertion(table: Any, keys: tuple[str, ...], dialect: str, *, once: bool = False, returns: bool = True) -> Prepared:
    """The INSERT of a row with values for these columns and the defaults of the others, for ``Prepared.new``.

    With ``once`` nothing happens, and nothing is returned, when one of its unique keys is taken. One that is to run
    for many rows ``returns`` nothing.
    """
    columns = table.__table__.columns
    values = {key: bindparam(key, type_=columns[key].type) for key in keys}
    values |= {c.key: c.default.arg for c in columns if c.key not in keys and c.default is not None}
    asks = returns and dialect == "postgresql"
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table.__table__).values(values)
    if once:
        statement = statement.on_conflict_do_nothing()
    return Prepared(statement.returning(*table.__table__.primary_key) if asks else statement)
