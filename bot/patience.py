"""How long one request waits for the database in all (contract: an answer within 4 seconds, whatever else is down).

PostgreSQL's own limits (bot/database.py) end a lock or a statement while the server is well. They end nothing when it
stands still, when its machine is gone without a word, or in a COMMIT that waits for a synchronous standby. So a request
brings a limit of its own, and the driver's connection looks at it wherever it waits (bot/patient.py). A writer of
SQLite looks at it while it waits for the one before (models/sessions.py).

A COMMIT that is given up may yet come true: it is InDoubt, and never answered with ✅. The server goes on waiting for
its standby with all locks held, and each such COMMIT takes a place there; so until it is through, a process begins no
other change for a request: it says at once that it cannot (Held).
"""

import os
import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

REQUEST = 3.3  # seconds; what is left of four is for the way there and back
_own = threading.local()  # until: when the request of this thread is to be answered, by time.monotonic


class OutOfTime(Exception):
    """The time of a request is up; nothing of what it began will come true."""


class InDoubt(Exception):
    """A COMMIT was sent and its outcome is not known, or it has reached one machine alone."""


class Held(Exception):
    """Changes wait for a standby: nothing was begun."""


@contextmanager
def at_most(seconds: float, since: float | None = None) -> Iterator[None]:
    """While inside, this thread waits no longer than this for the database, whatever it asks.

    ``since`` is when the request came, by ``time.monotonic``; without it, it came now.
    """
    _own.until = (time.monotonic() if since is None else since) + seconds
    try:
        yield
    finally:
        _own.until = None


def left() -> float | None:
    """The seconds that are left of a request; None outside of one."""
    until = getattr(_own, "until", None)
    return None if until is None else max(until - time.monotonic(), 0.0)


def is_in_doubt(error: BaseException) -> bool:
    """Whether an error leaves open what became of a change."""
    return isinstance(error.orig if isinstance(error, DBAPIError) else error, InDoubt)


class _Hanging:
    """The sockets on which a COMMIT still waits; one that says anything, or is closed, waits no longer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._sockets)

    def add(self, socket: int) -> None:
        """Keep a socket open beyond its connection."""
        with self._lock:
            self._sockets.append(os.dup(socket))

    def any(self) -> bool:
        """Whether one still waits."""
        with self._lock:
            said = select.poll()
            for socket in self._sockets:
                said.register(socket, select.POLLIN)
            for socket, _ in said.poll(0):
                os.close(socket)
                self._sockets.remove(socket)
            return bool(self._sockets)


hanging = _Hanging()


def is_held() -> bool:
    """Whether a COMMIT that was given up still waits."""
    return bool(hanging) and hanging.any()
