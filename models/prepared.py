"""Statements that every message runs, made ready once: their text, how values go in and how columns come out.

SQLAlchemy looks a statement up, prepares its values and wraps its rows anew at each execution. For a small
statement that is most of what it costs (``make bench``), so what is hot is compiled once per database: what every
message runs, and what the clock asks every minute, mostly to hear that nothing is due.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    bindparam,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.compiled import Compiled, execute, told
from models.rereading import AT_HAND, NOTES, Note, let_go

CONNECTION = "connection"  # where a session's ``info`` keeps its connection: asking the session costs more


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
        self._for: dict[str, Compiled] = {}

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

    def _ask(self, session: Session, values: Mapping[str, Any]) -> tuple["Compiled", list[tuple[Any, ...]]]:
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

    def new(self, session: Session, *then: "Question", **values: Any) -> Any:
        """Insert a row and return its primary key; None when nothing was inserted. What is asked ``then`` goes along
        (``together``).

        SQLite is not asked to return it: a table for what is returned is made anew each time, at the cost of the row.
        """
        let_go(session)
        connection = connection_of(session)
        if then and _is_far(session, connection):
            inserted = _asked_together(session, connection, (self, values), *then)[0]
            return inserted[0][0] if inserted else None
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

    def compiled(self, dialect: Dialect) -> "Compiled":
        """It in the words of a database."""
        found = self._for.get(dialect.name)
        if found is None:
            found = self._for[dialect.name] = Compiled(self._statement, dialect)
        return found


Question = tuple[Prepared, Mapping[str, Any]]  # and the values with which it is going to be asked


def together(session: Session, *questions: Question) -> None:
    """Ask what is going to be asked next, and needs no other's answer, on one way to PostgreSQL and back.

    The next ``rows`` with these values finds what was true now, unless something was changed meanwhile; so who writes
    asks when the time has come, and under its lock. SQLite is not far away.
    """
    connection = connection_of(session)
    if _is_far(session, connection):
        _asked_together(session, connection, *questions)


def _is_far(session: Session, connection: Connection) -> bool:
    """Whether it is a way to the database, and no object of the session is changed and yet to be written."""
    may_hold_changes = session.autoflush and getattr(session, "is_made", True)
    return connection.dialect.name != "sqlite" and not may_hold_changes


def _asked_together(session: Session, connection: Connection, *questions: Question) -> list[list[tuple[Any, ...]]]:
    """What came of each, which from now on is at hand."""
    compiled = [prepared.compiled(connection.dialect) for prepared, _ in questions]
    asked = [(one.text, one.values(values)) for one, (_, values) in zip(compiled, questions, strict=True)]
    driver: Any = connection.connection.driver_connection
    answers = told(connection, asked[0][0], lambda: driver.ask_together(asked))
    found = [one.rows(answer.rows) for one, answer in zip(compiled, answers, strict=True)]
    at_hand = session.info.setdefault(AT_HAND, {})
    for (prepared, values), rows in zip(questions, found, strict=True):
        at_hand[prepared] = (values, rows)
    return found


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
