"""Workers: the jobs of the real table, run late, twice, in another order, by two at once, and killed in between."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, cast

from bot.delivery import Delivery
from bot.talk import Talk
from bot.wechat.client import Client
from bot.wechat.templates import Template, Templates
from jobs import schedule
from jobs.letters import Channel
from jobs.schedule import TABLE, Job, World
from models.quotas import Limit
from tests.simulation.clock import Clock
from tests.simulation.dice import Dice
from tests.simulation.journal import Journal
from tests.simulation.platform import Courier, Platform
from tests.simulation.processes import MortalSessions, crashed, only_lost

TEMPLATE = Template("simulated", {"thing1": "title", "thing2": "text"})
CHANNELS = (Channel.TEMPLATE, Channel.CUSTOM)
LIMITS = {Channel.TEMPLATE: Limit(100_000, 3_000), Channel.CUSTOM: Limit(500_000, 3_000)}
JOBS = {job.name: job for job in TABLE}


@dataclass(frozen=True)
class Trouble:
    """How often a look at the jobs goes otherwise than one wishes."""

    skipped: float = 0.03  # nobody looks: the next look is late
    another_order: float = 0.2
    twice: float = 0.02  # of a job
    overtaken: float = 0.02  # of a call: meanwhile another worker looks, in half of the cases after a minute's pause


CALM = Trouble(0, 0, 0, 0)


@dataclass
class Workers:
    """One worker, and another that comes in between; ``clean`` are the moments at which every job ran to its end."""

    clock: Clock
    journal: Journal
    throw: Dice
    trouble: Trouble
    platform: Platform
    make: Callable[[], MortalSessions]
    counted: Counter[str]
    clean: list[datetime] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _inside: bool = False
    _loop: asyncio.Runner = field(default_factory=asyncio.Runner)
    # Once in a run: what was opened before a pause is called no more after it, but by the machine's clock, not by ours.
    _paused: bool = False

    def __post_init__(self) -> None:
        self._world = self._start()
        self.platform.during = self._overtake

    def _start(self) -> World:
        sessions = self.make()
        delivery = Delivery(
            Talk(sessions),
            cast(Client, self.platform),
            Templates({"default": TEMPLATE}),
            CHANNELS,
            subscriptions=Templates({}),
            menus=True,
        )
        courier = Courier(delivery, sessions.check)

        async def keep(media_id: str) -> str | None:
            sessions.check()
            return None if self.throw.chance(0.05) else f"{media_id}.jpg"

        name = f"worker-{next(self._numbers)}"
        return World(sessions, courier, keep, name, self._online, LIMITS, clock=self.clock.read)

    def _online(self, work: Callable[[], Coroutine[Any, Any, int]]) -> int:
        """In the worker's own loop, as long as nothing fails; who comes in between has another, in its thread."""
        if self._inside:
            return asyncio.run(work())
        try:
            return self._loop.run(work())
        except BaseException:
            self.close()  # with what was in the air
            self._loop = asyncio.Runner()
            raise

    def close(self) -> None:
        self._loop.close()

    # Looking

    def next_moment(self) -> datetime:
        """When anything may fall due next."""
        return schedule.next_moment(self._reading(), self.clock.now)

    def _reading(self) -> MortalSessions:
        return cast(MortalSessions, self._world.sessions)

    def look(self) -> None:
        """Every job once, as often as not in the order of the table; what died is started again and looks at once."""
        if self.throw.chance(self.trouble.skipped):
            self.counted["look skipped"] += 1
            return
        jobs = list(TABLE)
        if self.throw.chance(self.trouble.another_order):
            self.counted["jobs in another order"] += 1
            self.throw.shuffle(jobs)
        for job in list(jobs):
            if self.throw.chance(self.trouble.twice):
                self.counted["job run twice"] += 1
                jobs.insert(self.throw.randrange(len(jobs) + 1), job)
        now = self.clock.read()
        ended = [self._run(job, now) for job in jobs]
        if all(ended):
            self.clean.append(now)

    def deliver(self) -> None:
        """What the worker does every other second: pictures and notices."""
        for name in ("pictures", "notices"):
            self._run(JOBS[name], self.clock.read())

    def _run(self, job: Job, now: datetime) -> bool:
        """One look of one job; False when it did not come to its end."""
        self.counted["looks of jobs"] += 1
        self._paused = False
        try:
            job.run(self._world, now)
        except BaseException as error:
            if crashed(error):
                self._world = self._start()
            elif not only_lost(error):
                self.journal.broken.append(f"the job {job.name} at {now}: {error!r}")
                if not isinstance(error, Exception):
                    raise
            return False
        return True

    # Two at once

    def _overtake(self) -> None:
        """While one waits for the platform, another delivers: at once, or when the first's lease is over."""
        if self._inside or not self.throw.chance(self.trouble.overtaken):
            return
        self.counted["two workers at once"] += 1
        if not self._paused and self.throw.chance(0.5):
            self.counted["worker paused over its lease"] += 1
            self.clock.wait(timedelta(seconds=self.throw.randint(61, 120)))
            self._paused = True
        self._inside = True
        mine = self._world
        other = self._start()
        thread = threading.Thread(target=self._run_other, args=(other, self.clock.read()))
        thread.start()
        thread.join()
        self._world, self._inside = mine, False

    def _run_other(self, world: World, now: datetime) -> None:
        try:
            JOBS["notices"].run(world, now)
        except BaseException as error:  # noqa: BLE001 - a thread ends silently otherwise
            if not crashed(error) and not only_lost(error):
                self.journal.broken.append(f"the other worker at {now}: {error!r}")
