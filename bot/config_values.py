"""What a value of config.toml may be: an address, a time, a list without repeats."""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

Mode = Literal["aes", "plain"]
Account = Literal["service", "subscription"]
Channel = Literal["template", "subscribe", "custom"]


def key(says: str, default: Any = ..., *, secret: bool = False, **bounds: Any) -> Any:
    """One key; without a default it must be given, and a secret is never shown."""
    return Field(default, description=says, repr=not secret, **bounds)


def _listed(value: object) -> object:
    """A list written as one text, as environment variables have it: ``12:00,17:30``."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("not an address")
    return value.rstrip("/")


def _hook(value: str) -> str:
    """An address that may hold a key in its query, as those of group robots do."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("not an address")
    return value


def _database(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ValueError("not a database URL") from error
    if url.drivername == "sqlite" and url.database not in {None, "", ":memory:"}:
        return value
    if url.drivername in {"postgresql", "postgresql+psycopg"} and url.database:
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    raise ValueError("neither an SQLite file nor PostgreSQL")


def _pair(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) not in {0, 2}:
        raise ValueError("from and until")
    return value


def _each_once(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) < len(value):
        raise ValueError("one of them twice")
    return value


Address = Annotated[str, AfterValidator(_address)]
Hook = Annotated[str, AfterValidator(_hook)]
Mail = Annotated[str, StringConstraints(pattern=r"^([^@\s]+@[^@\s]+)?$")]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
Time = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Span = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,2}[dhm]$")]
Times = Annotated[tuple[Time, ...], BeforeValidator(_listed), AfterValidator(_each_once)]
Quiet = Annotated[tuple[Time, ...], BeforeValidator(_listed), AfterValidator(_pair)]
Spans = Annotated[tuple[Span, ...], BeforeValidator(_listed), AfterValidator(_each_once)]
Channels = Annotated[tuple[Channel, ...], BeforeValidator(_listed), AfterValidator(_each_once)]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Keyword = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*\d*$")]
Filled = Annotated[str, StringConstraints(min_length=1)]
