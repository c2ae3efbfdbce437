"""How long each job of the clock looks for what is due, where nothing is: it does so every minute, day and night."""

import asyncio
import time
from collections.abc import Coroutine
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import update

from jobs import schedule
from jobs.schedule import Job, World
from models.notices import Notice, NoticeStatus
from models.sessions import Sessions

TRIES = 1000  # until a job says that nothing was due; some see a part of all organizations at each look
CALLING = ("pictures", "notices")  # what calls the platform, which is not there


class Look(NamedTuple):
    """A job, how much it found due at first, and the milliseconds of a look that found nothing.

    ``minutes`` lie between its looks, at least one.
    """

    name: str
    minutes: float
    did: int
    ms: float


def look(sessions: Sessions, now: datetime) -> list[Look]:
    """Let every job do what is due, let everyone read what they are told, and look once more."""
    nothing: Any = _nothing  # nobody calls it
    world = World(sessions, nothing, nothing, "bench", _online)
    did = {job.name: _done(job, world, now) for job in schedule.TABLE if job.name not in CALLING}
    with sessions.write() as session:
        session.execute(update(Notice).where(Notice.status == NoticeStatus.QUEUED).values(status=NoticeStatus.SEEN))
    return [
        Look(job.name, max(job.every / schedule.MINUTE, 1), did.get(job.name, 0), _took(job, world, now))
        for job in schedule.TABLE
    ]


def _done(job: Job, world: World, now: datetime) -> int:
    """Do what is due until nothing is; returns how much that was."""
    did = 0
    for _ in range(TRIES):
        now_done = job.run(world, now)
        if not now_done:
            return did
        did += now_done
    return did


def _took(job: Job, world: World, now: datetime) -> float:
    """Milliseconds of a look, the better of two."""
    times = []
    for _ in range(2):
        began = time.perf_counter()
        job.run(world, now)
        times.append(time.perf_counter() - began)
    return min(times) * 1000


async def _nothing(*_: Any) -> Any:
    """The platform is not there."""
    raise ConnectionError("no platform in a benchmark")


def _online(coroutine: Any) -> int:
    made: Coroutine[Any, Any, int] = coroutine()
    return asyncio.run(made)
