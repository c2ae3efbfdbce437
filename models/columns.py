"""The column types of the field: moments, points, months, the words of an enum."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, String, TypeDecorator

from models.months import Month

CENT = Decimal("0.01")
# SQLite numbers rows by itself only for INTEGER; PostgreSQL gets room for a province.
RowId = BigInteger().with_variant(Integer, "sqlite")


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
