"""What happens, as it happens: a stream of events for the open pages, and a journal of calls for the tools panel."""

import json
import secrets
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

KEPT = 500
HEARTBEAT = 15.0  # seconds


class Feed:
    """Server-sent events. An id is `run-number`; a reader from another run, or too far behind, is told to reload."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._news = threading.Condition()
        self._events: deque[tuple[int, str, str]] = deque(maxlen=KEPT)
        self._last = 0
        self._closed = False

    @property
    def cursor(self) -> str:
        """Where a reader that knows everything up to now goes on."""
        return f"{self._run}-{self._last}"

    def publish(self, kind: str, data: Any) -> None:
        """Tell every open page."""
        with self._news:
            self._last += 1
            self._events.append((self._last, kind, json.dumps(data, ensure_ascii=False)))
            self._news.notify_all()

    def follow(self, cursor: str | None) -> Iterator[str]:
        """The events after a cursor, in the wire format, without end; a comment now and then keeps it alive."""
        run, _, number = (cursor or self.cursor).rpartition("-")
        seen = int(number) if number.isdigit() else -1
        yield "retry: 1000\n\n"
        if run != self._run or not self._oldest() - 1 <= seen <= self._last:
            yield f"id: {self.cursor}\nevent: reload\ndata: {{}}\n\n"
            seen = self._last
        while not self._closed:
            fresh = self._wait(seen)
            if not fresh:
                yield ": still here\n\n"
            for seen, kind, data in fresh:
                yield f"id: {self._run}-{seen}\nevent: {kind}\ndata: {data}\n\n"

    def close(self) -> None:
        """End every stream."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _oldest(self) -> int:
        return self._events[0][0] if self._events else self._last + 1

    def _wait(self, seen: int) -> list[tuple[int, str, str]]:
        with self._news:
            self._news.wait_for(lambda: self._closed or self._last > seen, timeout=HEARTBEAT)
            return [event for event in self._events if event[0] > seen]


@dataclass(frozen=True)
class Entry:
    """One call of an interface or one message to /wechat. Neither tokens nor openids are in it."""

    at: str
    what: str
    result: str
    fine: bool
    milliseconds: int


class Journal:
    """The last calls in both directions."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._entries: deque[Entry] = deque(maxlen=100)

    def note(self, at: datetime, what: str, result: str, *, fine: bool, seconds: float) -> None:
        """Add one line."""
        entry = Entry(at.isoformat(), what, result, fine, round(seconds * 1000))
        self._entries.append(entry)
        self._feed.publish("journal", asdict(entry))

    def entries(self) -> list[dict[str, Any]]:
        """All lines, newest first."""
        return [asdict(entry) for entry in reversed(list(self._entries))]
