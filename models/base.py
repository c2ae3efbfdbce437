"""What every table is made of: the declarative base and the three column types of the field."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

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
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from models.months import Month

CENT = Decimal("0.01")

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
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        moment = value.astimezone(UTC)
        # SQLite has no time zones: without one, its texts compare in the order of time.
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Points(TypeDecorator[Decimal]):
    """Points or a quantity, exact to 0.01: a whole number of hundredths in the database (rules 1)."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        hundredths = Decimal(value) * 100
        if hundredths != hundredths.to_integral_value():
            raise ValueError(f"finer than 0.01: {value}")
        return int(hundredths)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-2)


class MonthOf(TypeDecorator[Month]):
    """A Shanghai calendar month, kept as ``2026-10`` so that it sorts and reads as it is."""

    impl = String(7)
    cache_ok = True

    def process_bind_param(self, value: Month | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Month | None:
        return None if value is None else Month.parse(value)


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

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Moment, Decimal: Points, Month: MonthOf, date: Date}


def insert_once(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert a row unless its unique key is taken; waits for a rival that has not committed yet.

    Returns whether this call inserted it.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    # Of an INSERT the count is -1 on PostgreSQL unless it is asked for.
    result = session.execute(statement.execution_options(preserve_rowcount=True))
    return result.rowcount == 1  # type: ignore[attr-defined,no-any-return]
