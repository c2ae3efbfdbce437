"""The clock on the page: forward only, and every due moment on the way is done by whoever moves it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.sandbox.options import SHANGHAI
from bot.sandbox.platform import Platform

MONTH_END = time(17)  # rule 29: month end is its last working day at 17:00
MORNING = time(9)
TICK = 0.3  # seconds between two words on how far it is


class Backwards(ValueError):
    """The chosen moment is not after the present one."""


class Moving(RuntimeError):
    """The clock is already on its way."""


class Step(StrEnum):
    """The buttons."""

    HOUR = "hour"
    DAY = "day"
    MONTH_END = "month_end"
    REVIEW = "review"


class OffsetClock:
    """A clock that only jumps ahead of another one; what a stand-in without a demonstration around it is given."""

    def __init__(self, read: Callable[[], datetime]) -> None:
        self._read = read
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """The other clock's time, and what was jumped."""
        return self._read() + self._offset

    def jump(self, target: datetime, /) -> None:
        """Be at `target`."""
        self._offset += max(target - self.now(), timedelta(0))


def target_of(step: Step, now: datetime, is_workday: Callable[[date], bool]) -> datetime:
    """The moment a button leads to, always after `now`.

    month_end is 17:00 on the last working day of this month, or of the next when that has passed; review is 9:00 on
    the fourth working day of the next month, when rule 14 has begun the review.
    """
    if step is Step.HOUR:
        return now + timedelta(hours=1)
    if step is Step.DAY:
        return now + timedelta(days=1)
    today = now.astimezone(SHANGHAI).date()
    if step is Step.REVIEW:
        return _at(_workdays(_next_month(today), is_workday)[3], MORNING)
    end = _at(_workdays(today, is_workday)[-1], MONTH_END)
    return end if end > now else _at(_workdays(_next_month(today), is_workday)[-1], MONTH_END)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _workdays(day: date, is_workday: Callable[[date], bool]) -> list[date]:
    """The working days of the month that `day` lies in."""
    first = day.replace(day=1)
    days = [first + timedelta(days=n) for n in range((_next_month(day) - first).days)]
    return [each for each in days if is_workday(each)]


class Journey:
    """Moves the clock, one journey at a time, and tells the pages how far it is."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._one = threading.Lock()
        self._target: datetime | None = None

    def state(self) -> dict[str, object]:
        """The time, and where the clock is going, if it is."""
        target = self._target
        return {"now": self._platform.now().isoformat(), "target": target and target.isoformat()}

    def go(self, target: datetime) -> None:
        """Go to `target` and return when there; raises Backwards, Moving, or what the journey itself raised."""
        if not self._one.acquire(blocking=False):
            raise Moving("the clock is on its way")
        try:
            if target <= self._platform.now():
                raise Backwards("the clock goes forward only")
            self._target = target
            self._travel(target)
        finally:
            self._target = None
            self._one.release()
            self._tell()

    def _travel(self, target: datetime) -> None:
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="journey") as pool:
            journey = pool.submit(self._platform.options.jump, target)
            while not journey.done():
                self._tell()
                wait([journey], timeout=TICK)
            journey.result()

    def _tell(self) -> None:
        self._platform.feed.publish("clock", self.state())
