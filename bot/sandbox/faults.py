"""Failures on order: the next calls of an interface go wrong in a chosen way (wechat.md 9, rule 28).

errcode      refused with this error code; certain
hang         done, but answered only after so many seconds
drop         done, then the connection is cut without an answer
lost         the connection is cut before anything is done
bad_gateway  HTTP 502, nothing done
html         HTTP 200 with a page instead of JSON, nothing done
"""

import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count

EVERY_PATH = "*"
FOREVER = -1


class How(StrEnum):
    """The way a call fails."""

    ERRCODE = "errcode"
    HANG = "hang"
    DROP = "drop"
    LOST = "lost"
    BAD_GATEWAY = "bad_gateway"
    HTML = "html"


@dataclass(frozen=True)
class Fault:
    """An order: the next `times` calls of `path` ("*" for any, -1 for without end) fail in this way."""

    path: str
    how: How
    times: int = 1
    errcode: int = -1
    seconds: float = 30.0
    number: int = 0


class Faults:
    """The orders that stand; the oldest that fits a call is used up first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._faults: list[Fault] = []
        self._released = threading.Event()

    def add(self, fault: Fault) -> Fault:
        """Give an order; it comes back with its number."""
        with self._lock:
            numbered = replace(fault, number=next(self._numbers))
            self._faults.append(numbered)
            self._released.clear()
        return numbered

    def take(self, path: str) -> Fault | None:
        """The fault that this call meets, used up by one."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.path in {path, EVERY_PATH} and fault.times != 0:
                    if fault.times > 0:
                        self._faults[place] = replace(fault, times=fault.times - 1)
                    self._faults = [f for f in self._faults if f.times != 0]
                    return fault
        return None

    def standing(self) -> list[Fault]:
        """The orders not yet used up."""
        with self._lock:
            return list(self._faults)

    def clear(self, number: int | None = None) -> None:
        """Take one order back, or all of them; calls that hang are let go."""
        with self._lock:
            self._faults = [f for f in self._faults if number is not None and f.number != number]
            self._released.set()

    def hang(self, seconds: float) -> None:
        """Wait, unless the orders are taken back meanwhile."""
        self._released.wait(seconds)
