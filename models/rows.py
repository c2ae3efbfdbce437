"""Rows put into tables and taken from them, at a fraction of what a session's own way costs (models/prepared.py)."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, make_transient_to_detached, object_mapper
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from models.base import Base
from models.lists import listed
from models.objects import of_key
from models.prepared import Question, connection_of, insertion

B = TypeVar("B", bound=Base)


def attach(session: Session, row: B) -> B:
    """Keep a row that is in the database in the session, as though it had been loaded; what it lacks loads on use."""
    make_transient_to_detached(row)
    session.add(row)
    return row


def add(session: Session, row: B, **related: Base) -> B:
    """Insert a new row at once and keep it in the session with its ``related`` objects.

    As ``session.add`` and ``flush`` would, at a third of the cost: for what every message does.
    """
    mapper = object_mapper(row)
    values = {key: row.__dict__[key] for key in _columns(mapper) if key in row.__dict__}
    number = insertion(type(row), tuple(values), connection_of(session).dialect.name).new(session, **values)
    for column in mapper.primary_key:
        if column.key not in values:
            setattr(row, str(column.key), number)
    attach(session, row)
    for name, value in related.items():
        set_committed_value(row, name, value)
    return row


def held(session: Session, table: type[B], key: Any) -> B | None:
    """The object of a row where a session holds it, with what is pending written, before the row changes under it.

    A session that nobody asked for objects (models/sessions.py) is not made for that.
    """
    if not getattr(session, "is_made", True):
        return None
    session.flush()
    return session.identity_map.get(identity_key(table, key))


def by_ids(session: Session, table: type[B], ids: Sequence[int]) -> list[B]:
    """The rows of these ids in their order, read in one statement; in none, where there are none."""
    if not ids:
        return []
    objects = of_key(inspect(table)) if connection_of(session).dialect.name == "sqlite" else None
    if objects is not None:  # nobody is far away: each by itself costs less than to put their list together
        return [row for id in ids if (row := objects.first(session, key0=id)) is not None]
    key = inspect(table).primary_key[0]
    places = {id: place for place, id in enumerate(ids)}
    found = session.scalars(select(table).where(listed(key, "ids")), {"ids": ids})
    return sorted(found, key=lambda row: places[getattr(row, str(key.key))])


def insert(session: Session, table: type[Base], *then: Question, **values: Any) -> int:
    """Insert a row and return its id; nothing is kept of it in the session. What is asked ``then`` goes along."""
    return int(insertion(table, tuple(values), connection_of(session).dialect.name).new(session, *then, **values))


def insert_once(session: Session, table: type[Base], *then: Question, **values: Any) -> bool:
    """Insert a row unless its unique key is taken; waits for a rival that has not committed yet.

    Returns whether this call inserted it. What is asked ``then`` goes along.
    """
    return _inserted(session, table, values, then) is not None


def insert_new(session: Session, table: type[Base], **values: Any) -> int | None:
    """As ``insert_once``; the id of the row, None when this call did not insert it."""
    inserted = _inserted(session, table, values)
    return None if inserted is None else int(inserted)


def _inserted(session: Session, table: type[Base], values: Mapping[str, Any], then: Sequence[Question] = ()) -> Any:
    inserting = insertion(table, tuple(values), connection_of(session).dialect.name, once=True)
    return inserting.new(session, *then, **values)


def insert_all_once(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], **shared: Any) -> None:
    """As ``insert_all``, leaving out rows whose unique key is taken."""
    _insert_all(session, table, rows, shared, once=True)


def insert_all(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], **shared: Any) -> None:
    """Insert rows in one go; all name the same columns, beside those whose values they share."""
    _insert_all(session, table, rows, shared, once=False)


def _insert_all(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any], *, once: bool
) -> None:
    if rows:
        keys, dialect = (*rows[0], *shared), connection_of(session).dialect.name
        insertion(table, keys, dialect, once=once, returns=False).run_all(session, rows, **shared)


@cache
def _columns(mapper: Any) -> tuple[str, ...]:
    return tuple(column.key for column in mapper.column_attrs)
