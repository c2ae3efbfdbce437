"""Turns: few requests are worked on at once, some wait for their turn, nobody for long (contract: 4 seconds).

A person waits at most PATIENCE, so that there is time left for the work itself. Whoever finds no place to wait, or
waits in vain, is turned away at once: with a word, as long as words keep up, else with 503, upon which WeChat asks
again. Nothing is stored for who is turned away, not even a receipt, so the same message may come again and is then
handled, once. The word says of this delivery alone that nobody looked at it; an earlier one may have been answered.

    came ──▶ turn ──▶ done
      └──▶ waits ──▶ turn
             └──▶ turned away ──▶ a word | 503
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bot import patience

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ROOM = 128  # requests of one process that may wait
PATIENCE = 1.4  # seconds; a database that is waited for as long as may be (bot/database.py) leaves it within 4
DOORMEN = 8  # threads beside those that work and wait, for whoever finds no place
AGAIN = "5"  # seconds after which a machine may ask again; WeChat does by itself
TURNED_AWAY = "xianfeng.turned_away"  # in the environment of a request


class Turns:
    """So many at once; the others in the order in which they came."""

    def __init__(self, at_once: int, *, room: int = ROOM, patience: float = PATIENCE) -> None:
        self._free = at_once
        self._room = room
        self._patience = patience
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return len(self._waiting)

    def take(self) -> bool:
        """Wait for a turn, which is to be given back; False for who is turned away."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            if len(self._waiting) >= self._room:
                return False
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        return mine.acquire(timeout=self._patience) or not self._left(mine)

    def _left(self, mine: threading.Lock) -> bool:
        """Stop waiting; False when the turn has come at this very moment."""
        with self._lock, suppress(ValueError):
            self._waiting.remove(mine)
            return True
        return False

    def give_back(self) -> None:
        """To whoever has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


class InTurn:
    """A WSGI application whose requests take turns; `counted` hears of each that is turned away without a word."""

    def __init__(self, app: "WSGIApplication", turns: Turns, counted: Callable[[], None]) -> None:
        self.app = app
        self.turns = turns
        self.counted = counted
        self._door = threading.Lock()  # one word at a time, or nobody would get on with the work

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse", /) -> Iterable[bytes]:
        came = time.monotonic()
        if self.turns.take():
            try:
                with patience.at_most(patience.REQUEST, since=came):
                    return self.app(environ, start)
            finally:
                self.turns.give_back()
        with self._word(environ) as possible:
            if possible:
                environ[TURNED_AWAY] = True
                return self.app(environ, start)
        self.counted()
        start("503 Service Unavailable", [("Retry-After", AGAIN), ("Content-Length", "0")])
        return [b""]

    @contextmanager
    def _word(self, environ: "WSGIEnvironment") -> "Iterator[bool]":
        """Whether somebody who wrote can be told, which is said to one at a time."""
        wrote = environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == "/wechat"
        possible = wrote and self._door.acquire(blocking=False)
        try:
            yield possible
        finally:
            if possible:
                self._door.release()
