"""What every table is made of: the declarative base and the three column types of the field."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache, lru_cache, wraps
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    event,
    inspect,
    select,
)
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, make_transient_to_detached, object_mapper
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from models.lists import listed
from models.months import Month
from models.objects import of_key
from models.prepared import connection_of, insertion
from models.rereading import let_go

CENT = Decimal("0.01")
_MEMORY = "read before"
_UNREAD: Any = object()

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def rounded(value: Decimal) -> Decimal:
    """Half up to 0.01, as wherever a product or an average is formed (rules, "Rounding")."""
    return value.quantize(CENT, ROUND_HALF_UP) + 0  # of -0.004 there remains 0.00, not -0.00


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite has no time zones: without one, its texts compare in the order of time.
        return _utc(value).replace(tzinfo=None) if dialect.name == "sqlite" else _utc(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        # The same text that SQLAlchemy puts together from its parts; each message writes several.
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        # A text with its time zone is read in one go.
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {moment!r}")
    return moment.astimezone(UTC)


@lru_cache(maxsize=64)  # a message writes its one moment several times
def _as_text(moment: datetime | None) -> str | None:
    """A moment as SQLite keeps it: ``2026-11-20 02:00:00.000000``."""
    return None if moment is None else _utc(moment).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(text: str | None) -> datetime | None:
    """The moment that SQLite keeps as such a text."""
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


class Points(TypeDecorator[Decimal]):
    """Points or a quantity, exact to 0.01: a whole number of hundredths in the database (rules 1)."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return _hundredths(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Decimal | None], int | None]:
        return _hundredths  # every month that becomes final writes hundreds of them

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return _points(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        return _points


@lru_cache(maxsize=4096)  # standings read hundreds of them, and most are alike
def _points(hundredths: Any) -> Decimal | None:
    return None if hundredths is None else Decimal(int(hundredths)).scaleb(-2)


def _hundredths(value: Decimal | None) -> int | None:
    if value is None:
        return None
    exact = Decimal(value) * 100
    whole = int(exact)
    if whole != exact:
        raise ValueError(f"finer than 0.01: {value}")
    return whole


class MonthOf(TypeDecorator[Month]):
    """A Shanghai calendar month, kept as ``2026-10`` so that it sorts and reads as it is."""

    impl = String(7)
    cache_ok = True

    def process_bind_param(self, value: Month | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Month | None], str | None]:
        return _month_text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Month | None:
        return None if value is None else Month.parse(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], Month | None]:
        return _month


@lru_cache(maxsize=1024)
def _month(text: str | None) -> Month | None:
    return None if text is None else Month.parse(text)


@lru_cache(maxsize=1024)
def _month_text(month: Month | None) -> str | None:
    return None if month is None else str(month)


def one_of(kind: type[StrEnum]) -> Enum:
    """A column for an enum that stores the values, with a CHECK on every database."""
    longest = max(len(member.value) for member in kind)
    name = "".join("_" + c.lower() if c.isupper() else c for c in kind.__name__).lstrip("_")
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=longest,
        values_callable=lambda members: [member.value for member in members],
    )


# SQLite numbers rows by itself only for INTEGER; PostgreSQL gets room for a province.
RowId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """The tables of Xianfeng."""

    # Whether what was read of the table may be remembered by ``once_per_session``.
    read_once: ClassVar[bool] = False
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment, Decimal: Points, Month: MonthOf, date: Date}


P = ParamSpec("P")
R = TypeVar("R")
B = TypeVar("B", bound="Base")


def once_per_session(read: Callable[Concatenate[Session, P], R]) -> Callable[Concatenate[Session, P], R]:
    """Remember what a function read, by its positional arguments, for the life of the session.

    For what a message or a job's step asks again and again: settings, offices, the rulebook in force. A change
    to a table that says ``read_once`` ends the memory.
    """

    @wraps(read)
    def remembered(session: Session, /, *args: P.args, **named: P.kwargs) -> R:
        memory: dict[Any, Any] = session.info.setdefault(_MEMORY, {})
        key = (remembered, args)
        known: R = _UNREAD if named else memory.get(key, _UNREAD)
        if known is _UNREAD:
            known = memory[key] = read(session, *args, **named)
        return known

    return remembered


def remember(session: Session, read: Callable[..., Any], args: tuple[Any, ...], value: Any) -> None:
    """Tell ``once_per_session`` what a function would read, where another statement has read it along."""
    session.info.setdefault(_MEMORY, {})[read, args] = value


def forget(session: Session) -> None:
    """End the memory of ``once_per_session``: for a change that the session does not see."""
    session.info.pop(_MEMORY, None)


def _forget_after_flush(session: Session, _: object) -> None:
    let_go(session)
    if any(changed.read_once for changed in (*session.new, *session.dirty, *session.deleted)):
        forget(session)


def _forget_after_statement(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    changes = state.is_update or state.is_insert or state.is_delete
    if changes:
        let_go(state.session)
    if changes and mapper is not None and mapper.class_.read_once:
        forget(state.session)


def _forget_after_rollback(session: Session, _: object) -> None:
    forget(session)


event.listen(Session, "after_soft_rollback", _forget_after_rollback)
event.listen(Session, "after_flush", _forget_after_flush)
event.listen(Session, "do_orm_execute", _forget_after_statement)


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


def insert(session: Session, table: type[Base], **values: Any) -> int:
    """Insert a row and return its id; nothing is kept of it in the session."""
    return int(insertion(table, tuple(values), connection_of(session).dialect.name).new(session, **values))


def insert_once(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert a row unless its unique key is taken; waits for a rival that has not committed yet.

    Returns whether this call inserted it.
    """
    return _inserted(session, table, values) is not None


def insert_new(session: Session, table: type[Base], **values: Any) -> int | None:
    """As ``insert_once``; the id of the row, None when this call did not insert it."""
    inserted = _inserted(session, table, values)
    return None if inserted is None else int(inserted)


def _inserted(session: Session, table: type[Base], values: Mapping[str, Any]) -> Any:
    inserting = insertion(table, tuple(values), connection_of(session).dialect.name, once=True)
    return inserting.new(session, **values)


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
