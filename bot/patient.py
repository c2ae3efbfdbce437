"""The driver's connection to PostgreSQL, which gives up when the time of a request is up (bot/patience.py)."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Self, TypeVar

import psycopg
from psycopg.abc import PQGen, PQGenConn
from sqlalchemy import Engine, event

from bot.asking import BEGIN, Asking
from bot.patience import Held, InDoubt, OutOfTime, hanging, is_held, left

FRESH = 1.0  # seconds after its last use in which a connection is taken to stand
AWAY = 1.0  # seconds in which nobody tries again to reach a server that did not answer
_LOOKS = 0.1  # seconds between two looks at who waits

RV = TypeVar("RV")


class Late(psycopg.OperationalError, OutOfTime):
    """As the driver's other errors, so that SQLAlchemy does away with the connection."""


class Unsure(psycopg.OperationalError, InDoubt):
    """As Late."""


def listen(engine: Engine) -> None:
    """Let an engine for PostgreSQL wait no longer than its requests."""
    event.listen(engine, "do_connect", _Way().to)
    engine.dialect.do_ping = partial(_stands, engine.dialect.do_ping)  # type: ignore[method-assign]  # there is no event


class _Way:
    """To the servers of an engine."""

    def __init__(self) -> None:
        self._closed_until = 0.0  # by time.monotonic

    def to(self, dialect: object, record: object, cargs: tuple[Any, ...], cparams: dict[str, Any]) -> "Patient":
        """As the driver connects; a request does not wait again for a server that has just not answered."""
        if left() is not None and time.monotonic() < self._closed_until:
            raise Late("the server did not answer a moment ago")
        try:
            return Patient.connect(*cargs, **cparams)
        except psycopg.OperationalError:
            self._closed_until = time.monotonic() + AWAY
            raise


def _stands(ping: Callable[[Any], bool], driver: "Patient") -> bool:
    """Whether a connection stands; one that was used just now is not asked, since that is a way there and back."""
    return (time.monotonic() - driver.used_at < FRESH and not driver.closed) or ping(driver)


class Patient(Asking):
    """A connection that is no more once it has given up."""

    _committing = False
    _doubtful = False

    @classmethod
    def connect(cls, *args: Any, **options: Any) -> Self:
        """As the driver does."""
        connection = super().connect(*args, **options)
        connection.add_notice_handler(connection._noticed)
        return connection

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn[Self]:
        """The driver tries host after host, each for 2 seconds; together they have what is left of the request."""
        coming = super()._connect_gen(conninfo)
        waits = next(coming)
        while True:
            ready = yield waits
            if left() == 0:
                coming.close()
                raise Late("no connection in time")
            try:
                waits = coming.send(ready)
            except StopIteration as done:
                connection: Self = done.value
                return connection

    def wait(self, gen: PQGen[RV], interval: float = _LOOKS, timeout: float | None = None) -> RV:
        """As the driver does; raises Late when the time of the request is up, and the connection is no more."""
        remaining = left()
        at_most = remaining if timeout is None else timeout if remaining is None else min(remaining, timeout)
        try:
            said = super().wait(gen, interval, at_most)
        except psycopg.errors._WaitTimeout:
            if remaining is None or (timeout is not None and timeout < remaining):
                raise
            if self._committing:
                hanging.add(self.pgconn.socket)
            self.close()
            raise Late("no answer in time") from None
        self.used_at = time.monotonic()
        return said

    def begin(self) -> None:
        """Begin to change something, with the first that is asked; raises Held while changes wait for a standby."""
        if left() is not None and is_held():
            raise Held
        self.tell(*BEGIN)

    def commit(self) -> None:
        """Raises Unsure when the connection is lost, or given up, before the outcome is known."""
        self._committing, self._doubtful = True, False
        try:
            super().commit()
        except psycopg.OperationalError as error:
            if self.closed:
                raise Unsure(f"COMMIT: {error}") from None
            raise
        finally:
            self._committing = False
        if self._doubtful:
            raise Unsure("COMMIT: the server did not wait for its standby")

    def _noticed(self, said: psycopg.errors.Diagnostic) -> None:
        """Somebody ended the wait for a standby by hand: the server warns, and says that it has committed."""
        self._doubtful = self._doubtful or (self._committing and said.severity_nonlocalized == "WARNING")
