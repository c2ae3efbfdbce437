"""Turns: requests wait in the server's own queue until a thread is free, nobody for long (contract: 4 seconds).

Waiting there costs nothing, but nobody tells how long it was, so it is bounded (Waits). Whoever may have waited for
more than PATIENCE is turned away at once, so that there is time left for the work itself: with a word, as long as there
are words left, else with 503, upon which WeChat asks again. Nothing is stored for who is turned away, not even a
receipt, so the same message may come again and is then handled, once. The word says of this delivery alone that nobody
looked at it; an earlier one may have been answered.

    came ──▶ waits ──▶ begun ──▶ done
                         └──▶ turned away ──▶ a word | 503
"""

import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from bot import patience
from bot.wechat.door import PATH

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

CONNECTIONS = 512  # open ones of one process; the next wait in the kernel, where nobody counts them
FULL = 448  # open ones from which on
CROWDED = 0.1  # seconds are waited at most, so that none of the next has to wait in the kernel
PATIENCE = 2.4  # seconds; what is left of patience.REQUEST is for the work, and for the database if that is slow too
IDLE = 0.02  # seconds in which a thread was free, after which nobody can have been waiting
WORDS = 50  # in a second; each is work, and who works should get on with it
AGAIN = "5"  # seconds after which a machine may ask again; WeChat does by itself
_COUNTED = 0.05  # seconds for which the number of open connections is taken to be the same


def open_sockets() -> int:
    """How many sockets this process has open, its connections among them."""
    with os.scandir("/dev/fd") as found:
        return sum(_is_socket(int(one.name)) for one in found)


def _is_socket(number: int) -> bool:
    with suppress(OSError):  # closed meanwhile
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    return False


class Waits:
    """How long requests may have waited at most, from how many connections were open when others were done.

    Whoever waits has a connection open, and the queue is first come, first served: those who were there at some moment
    are all done when as many are done as connections were open. Who is begun after them came after that moment. Nor
    did anybody wait while one of the ``threads`` had nothing to do.
    """

    def __init__(self, threads: int, sockets: Callable[[], int] = open_sockets) -> None:
        self._threads = threads
        self._sockets = sockets
        self._others = sockets()  # that are there without any connection
        self._begun = 0  # requests that are not done
        self._free_since = float("-inf")  # the last moment in which not all threads had something to do any more
        self._open = 0  # connections
        self._open_at = float("-inf")  # when these were counted
        self._done = 0  # requests
        self._counted: deque[tuple[float, int]] = deque()  # moments, and how many are done when all are who were there
        self._after = 0.0  # the last moment after which all have come who are not done
        self._lock = threading.Lock()

    def begin(self, now: float) -> float:
        """Since when, at the earliest, the request waits with which a thread begins; by time.monotonic."""
        with self._lock:
            if now - self._free_since > IDLE:
                self._counted.clear()
                self._after = now
            self._begun += 1
            while self._counted and self._counted[0][1] <= self._done:
                self._after = max(self._after, self._counted.popleft()[0])
            return self._after

    def end(self, now: float) -> None:
        """A thread is done with its request, whose connection is still open."""
        with self._lock:
            if self._begun == self._threads:
                self._free_since = now
            self._begun -= 1
            self._done += 1
            if not self._counted or now - self._counted[-1][0] > _COUNTED:
                self._count(now)
                self._counted.append((self._open_at, self._done + self._open - 1))

    def _count(self, now: float) -> None:
        if now - self._open_at > _COUNTED:
            self._open = max(self._sockets() - self._others, 1)
            self._open_at = now

    @property
    def bearable(self) -> float:
        """How many seconds may be waited."""
        return CROWDED if self._open >= FULL else PATIENCE


class Words:
    """WORDS in a second, and no more than that at once."""

    def __init__(self) -> None:
        self._left, self._counted_at = float(WORDS), 0.0

    def take(self, now: float) -> bool:
        """Whether there is one left."""
        self._left = min(self._left + (now - self._counted_at) * WORDS, WORDS)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class InTurn:
    """A WSGI application that looks at no request too late: `sorry` has the words for a message that is turned away,
    `counted` hears of each that is turned away without any."""

    def __init__(
        self,
        app: "WSGIApplication",
        sorry: "WSGIApplication",
        counted: Callable[[], None],
        waits: Waits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self.sorry = sorry
        self.counted = counted
        self.waits = waits
        self.clock = clock
        self._words = Words()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse", /) -> Iterable[bytes]:
        now = self.clock()
        came = self.waits.begin(now)
        try:
            if now - came <= self.waits.bearable:
                with patience.at_most(patience.REQUEST, since=came):
                    return self.app(environ, start)
            if _is_a_message(environ) and self._words.take(now):
                return self.sorry(environ, start)
        finally:
            self.waits.end(self.clock())
        self.counted()
        start("503 Service Unavailable", [("Retry-After", AGAIN), ("Content-Length", "0")])
        return [b""]


def _is_a_message(environ: "WSGIEnvironment") -> bool:
    """Whether somebody may have written."""
    return bool(environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == PATH)
