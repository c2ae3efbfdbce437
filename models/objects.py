"""Rows as objects of a session, at a fraction of what its own way from one to the other costs (models/prepared.py).

What a session holds already is handed out as it stands there, as it does itself.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import set_committed_value

from models.prepared import Prepared

T = TypeVar("T")
LAZY = ("select", True)


class Objects(Generic[T]):
    """A prepared SELECT of one table's objects; further tables it selects are the ``related`` objects of each.

    What is pending in the session is flushed before. Relationships that are not named here load on use.
    """

    def __init__(self, statement: "Select[T, *tuple[Any, ...]]", *related: str) -> None:
        mappers = [inspect(described["entity"]) for described in statement.column_descriptions]
        self._rows = Prepared(statement.with_only_columns(*(column for m in mappers for column in m.columns)))
        self._first, *others = map(_Maker, mappers)
        self._related = list(zip(related, others, strict=True))

    def all(self, session: Session, **values: Any) -> list[T]:
        """The objects of all rows."""
        if session.autoflush:
            session.flush()
        return [self._object(session, row) for row in self._rows.rows(session, **values)]

    def first(self, session: Session, **values: Any) -> T | None:
        """The object of the first row, or None."""
        found = self.all(session, **values)
        return found[0] if found else None

    def _object(self, session: Session, row: Sequence[Any]) -> T:
        made: T = self._first.object(session, row)
        place = self._first.width
        for name, maker in self._related:
            set_committed_value(made, name, maker.object(session, row[place : place + maker.width]))
            place += maker.width
        return made


class _Maker:
    """Makes the objects of one table."""

    def __init__(self, mapper: Mapper[Any]) -> None:
        self._mapper = mapper
        self._names = [mapper.get_property_by_column(column).key for column in mapper.columns]
        self._key = [self._names.index(mapper.get_property_by_column(column).key) for column in mapper.primary_key]
        self.width = len(self._names)

    def object(self, session: Session, row: Sequence[Any]) -> Any:
        """The object of a row: the one the session holds, or a new one, kept there as its own loading would."""
        key = self._mapper.identity_key_from_primary_key(tuple(row[place] for place in self._key))
        known = session.identity_map.get(key)
        if known is not None:
            return known
        made: Any = self._mapper.class_manager.new_instance()
        made.__dict__.update(zip(self._names, row, strict=False))
        state: Any = inspect(made)
        state.key, state.session_id = key, session.hash_key
        session.identity_map.add(state)
        return made


def kept(session: Session, table: type[T], row: Sequence[Any]) -> T:
    """The object of a row that was read in whole, its columns in the table's order."""
    made: T = _maker(inspect(table)).object(session, row)
    return made


_maker = cache(_Maker)


@cache
def of_key(mapper: Mapper[Any]) -> Objects[Any] | None:
    """The object of a primary key, named ``key0`` and so on; None for a table that is read together with others."""
    if any(relationship.lazy not in LAZY for relationship in mapper.relationships):
        return None
    mine = (column == bindparam(f"key{n}", type_=column.type) for n, column in enumerate(mapper.primary_key))
    return Objects(select(mapper.class_).where(*mine))
