"""The simulated clock: it goes forward only, and no two readings are the same."""

from datetime import datetime, timedelta

INSTANT = timedelta(milliseconds=1)


class Clock:
    """Every reading is a moment of its own, so that what was written can be told by when it was."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    @property
    def now(self) -> datetime:
        """What was read last."""
        return self._now

    def read(self) -> datetime:
        self._now += INSTANT
        return self._now

    def go_to(self, moment: datetime) -> None:
        """Wait for a moment; one that is over is not waited for."""
        self._now = max(self._now, moment)

    def wait(self, time: timedelta) -> None:
        self._now += time
