"""Calling the platform for many notices at once, and never with the database in hand (rules 28).

    due ─opened by the group▶ ready ─a place is free▶ in the air ─▶ back ─written by the group▶ done
                                ▲                                     │
                                └──────── the next channel ◀─refused──┘

The groups overlap: while one is in the air the next is opened, and what has come back is written beside it, so that
the places in the air are taken as long as anything is due.
"""

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from jobs.attempts import STOPS, Desk, Opened, close, open_channel
from jobs.letters import Outcome, Sent
from jobs.opening import Unreserved, Unworded, open_group
from models import deliveries, fates, sendings

IN_THE_AIR = 64  # calls at one moment, at most
FIRST = 16  # so many at first
GROUP = 100  # notices opened in one transaction
READY = 100  # letters that wait for a place in the air; with fewer the next group is opened
SMALL_GROUP = 20  # where nobody else can write meanwhile: SQLite
WRITTEN = 64  # answers written in one transaction, or those of the last moment
MOMENT = 0.03  # seconds
RUN = 20.0  # seconds after which nothing more is opened
LOOKS = 0.5  # seconds between looks at a queue that was empty, while something is in the air
JOINS = 1.0  # seconds between looks at what the platform spoke of before its message was written down
AGAIN, TRIES = 1.0, 40  # seconds between tries, when the database does not take what came back
# What was noted as being sent so long ago is not called any more: another worker may have taken it over.
STALE = deliveries.LEASE.total_seconds() * 2 / 3
NOT_CALLED = Sent(Outcome.NOT_THIS_WAY)

# How work with the database is done: at once, or beside the calls in a thread.
Aside = Callable[[Callable[[], Any]], Awaitable[Any]]


async def at_once(work: Callable[[], Any]) -> Any:
    """Do what is to be done aside while everything else waits."""
    return work()


async def send(desk: Desk, opened: Opened, going: Callable[[], bool]) -> Sent:
    """Call the platform once, unless its channel was stopped, we are to end, or the letter is too old."""
    if desk.allowance.closed(opened.channel) or not going():
        return NOT_CALLED
    if time.monotonic() - opened.since > STALE:
        return Sent(Outcome.LATER)
    return await desk.post.send(opened.channel, opened.letter)


class Flight:
    """What is due is sent until there is no more of it, ``most`` was opened, or it is told not to go on.

    ``aside`` keeps the calls going while the database is waited for, and makes it worth while to wait a moment
    before writing and to look again; ``at_once`` does the same things in the same order at each run.
    """

    def __init__(self, desk: Desk, *, most: int, aside: Aside, going: Callable[[], bool], again: float = AGAIN) -> None:
        self._desk = desk
        one_writer = desk.sessions.engine.dialect.name != "postgresql"
        self._group = SMALL_GROUP if one_writer else GROUP
        # Held by who counts calls, so that opening and writing are not at the allowance at one moment.
        self._counting = threading.Lock()
        self._writing: AbstractContextManager[Any] = self._counting if one_writer else nullcontext()
        self._aside = aside
        self._going = going
        self._left = most
        self._waits = aside is not at_once
        self._ready: deque[Opened] = deque()
        self._air: set[asyncio.Task[Sent]] = set()
        self._places = FIRST  # in the air
        self._back: list[tuple[Opened, Sent]] = []
        self._first_back = 0.0
        self._empty_at: float | None = None  # when nothing was due any more
        self._ends = time.monotonic() + RUN if self._waits else math.inf
        self._again, self._tries = again, 0
        self._joined = time.monotonic()
        self._sent = 0
        self._failures: list[BaseException] = []
        self._at_work = 0  # opening, writing, or both
        self._stopped = False
        self._changed = asyncio.Event()

    async def run(self) -> int:
        """Send; returns how many were sent. What failed for a mistake of ours is raised in the end, in a group."""
        both = self._work(self._opens, self._open), self._work(self._writes, self._write)
        for error in await asyncio.gather(*both, return_exceptions=True):
            if error is not None:
                raise error
        if self._failures:
            raise BaseExceptionGroup("notices that could not be sent", self._failures)
        return self._sent

    async def _work(self, due: Callable[[], bool], work: Callable[[], Awaitable[None]]) -> None:
        """Open groups, or write them, until there is nothing more to do for either."""
        while not self._stopped and (self._at_work or self._air or self._back or self._opens()):
            if not due():
                await self._wait()
                continue
            self._at_work += 1
            try:
                await work()
                await asyncio.sleep(0)  # now the other, where nothing is done aside
            except BaseException:
                self._stop()
                raise
            finally:
                self._at_work -= 1
                self._changed.set()

    def _stop(self) -> None:
        """Nothing more is opened or called, for what comes back can not be written."""
        self._stopped = True
        self._ready.clear()

    # Opening

    def _opens(self) -> bool:
        if self._left <= 0 or len(self._ready) >= READY or not self._going():
            return False
        if time.monotonic() > self._ends:
            return False
        if self._empty_at is None:
            return True
        return self._waits and bool(self._air) and time.monotonic() - self._empty_at >= LOOKS

    async def _open(self) -> None:
        wanted = min(self._group, self._left)
        try:
            found = await self._aside(partial(self._open_group, wanted))
        except SQLAlchemyError as error:
            if not self._waits:
                raise
            self._failures.append(error)  # what is in the air is finished
            self._left = 0
            return
        if found is None:
            return
        opened, looked_at = found
        self._left -= looked_at
        self._empty_at = time.monotonic() if looked_at < wanted else None
        self._ready.extend(opened)
        self._call()

    def _open_group(self, wanted: int) -> tuple[list[Opened], int] | None:
        """None when they are to be looked at again: with calls reserved, or without one that could not be worded."""
        with self._counting:
            return self._open_counted(wanted)

    def _open_counted(self, wanted: int) -> tuple[list[Opened], int] | None:
        desk = self._desk
        try:
            with desk.sessions.write() as session:
                return open_group(session, desk, wanted)
        except Unreserved:
            with desk.sessions.write() as session:
                desk.allowance.reserve(session, desk.now)
        except Unworded as broken:
            self._failures.append(broken.__cause__ or broken)
            with desk.sessions.write() as session:
                sendings.lay_aside(session, [broken.id], lease=desk.worker, now=desk.now)
        return None

    # Calling

    def _call(self) -> None:
        """Fill the places in the air."""
        while self._ready and len(self._air) < self._places and not self._stopped:
            opened = self._ready.popleft()
            task = asyncio.ensure_future(send(self._desk, opened, self._going))
            self._air.add(task)
            task.add_done_callback(partial(self._landed, opened))

    def _landed(self, opened: Opened, task: "asyncio.Task[Sent]") -> None:
        self._air.discard(task)
        if task.cancelled():
            return
        first = not self._back
        if (error := task.exception()) is not None:
            self._failures.append(error)
        else:
            sent = task.result()
            if sent.outcome in STOPS:  # nor are those called that are ready
                self._desk.allowance.stop(opened.channel)
            self._learn(sent)
            self._back.append((opened, sent))
        if first:
            self._first_back = time.monotonic()
        self._call()
        if first or self._opens() or self._writes():  # else there is nothing to wake up for
            self._changed.set()

    def _learn(self, sent: Sent) -> None:
        """One place more with each answer, half of them with each that did not come: it may have too much to do."""
        if sent.outcome is Outcome.UNKNOWN:
            self._places = max(self._places // 2, 1)
        elif sent is not NOT_CALLED:
            self._places = min(self._places + 1, IN_THE_AIR)

    async def _wait(self) -> None:
        """Until something lands, or there is something to do without."""
        self._changed.clear()
        seconds = (MOMENT if self._back else LOOKS) if self._waits else None
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    # Writing

    def _writes(self) -> bool:
        if not self._back:
            return False
        if len(self._back) >= WRITTEN or not self._air:
            return True
        return self._waits and time.monotonic() - self._first_back >= MOMENT

    async def _write(self) -> None:
        back, self._back = self._back, []
        try:
            await self._aside(partial(self._write_group, back))
        except SQLAlchemyError:
            self._tries += 1
            if not self._waits or self._tries > TRIES:
                raise
            self._back = back + self._back
            await asyncio.sleep(self._again)
        else:
            self._tries = 0
        self._call()

    def _write_group(self, back: list[tuple[Opened, Sent]]) -> None:
        """Write down what came of calls, and take it out of the list when it is written."""
        desk = self._desk
        accepted = {one.id: sent.message_id for one, sent in back if sent.outcome is Outcome.SENT}
        if accepted:
            with self._writing, desk.sessions.write() as session:
                held = sendings.sent(session, accepted, desk.now)
            self._sent += len(accepted)
            back[:] = [(one, sent) for one, sent in back if one.id not in accepted or one.id in held]
        while back:
            with self._counting:
                self._write_other(back)
        if self._waits and time.monotonic() - self._joined >= JOINS:
            self._joined = time.monotonic()
            with self._writing, desk.sessions.write() as session:
                fates.join(session, desk.now)

    def _write_other(self, back: list[tuple[Opened, Sent]]) -> None:
        """What was not simply accepted, one by one; a mistake of ours with one holds up no other."""
        opened, sent = back[0]
        try:
            with self._desk.sessions.write() as session:
                goes_on = close(session, self._desk, opened, sent)
            del back[0]
            if goes_on:
                self._open_next(opened, sent)
        except Exception as error:
            if isinstance(error, SQLAlchemyError) or not self._waits:
                raise
            self._failures.append(error)
            back[:] = [one for one in back if one[0] is not opened]

    def _open_next(self, opened: Opened, sent: Sent) -> None:
        desk, letter = self._desk, opened.letter
        if sent is NOT_CALLED and not self._going():
            with desk.sessions.write() as session:
                deliveries.hand_back(session, opened.id, lease=desk.worker, next_try=desk.now)
            return
        first = letter.channels.index(opened.channel) + (sent is not NOT_CALLED)
        later = sent.wait or opened.later
        # In another transaction: whoever locks both a reader and a notice locks the reader first.
        with desk.sessions.write() as session:
            again = open_channel(session, desk, opened.id, letter, first=first, later=later)
        if again is not None:
            self._ready.appendleft(again)
