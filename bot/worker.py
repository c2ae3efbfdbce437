"""The scheduler: APScheduler looks at the table of jobs at short intervals (architecture, "Jobs").

The wall clock is read at each look, so that one that was moved is noticed. Any number of workers may run.
"""

import logging
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from bot import logs, memory
from bot.bell import Listener
from bot.keeping import end_in_time
from bot.program import Program
from jobs.schedule import TABLE, Job, World
from models import heartbeats

log = logging.getLogger(__name__)
# SQLite takes one writer; delivery has a thread of its own, so that a slow platform delays nothing else.
THREADS = {"default": 1, "network": 3}
NOTICES = "notices"
NETWORK = frozenset({NOTICES, "pictures"})
Looks = dict[str, datetime]  # when each job last looked, and did not fail
# Seconds after which a thread that computes lets another go on: deliveries call the platform in one and wait for the
# database in another, which would otherwise have to wait again after each of its answers.
SWITCH = 0.001
BEAT = 20.0  # seconds between signs of life; doctor misses them after two minutes


def run(program: Program) -> None:
    """Run the jobs until SIGTERM or SIGINT; what is in hand is finished (rules 34)."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()
        end_in_time()  # a commit may wait for its standby without end

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    looks: Looks = {}
    memory.settle()
    sys.setswitchinterval(SWITCH)
    scheduler = start(program, looks, lambda: not stop.is_set())
    with alive(program, looks) as beat, Listener(program.engine, partial(look_now, scheduler)):
        while not stop.wait(1.0):
            beat()
        scheduler.shutdown(wait=True)


@contextmanager
def alive(program: Program, looks: Looks | None = None) -> Iterator[Callable[[], None]]:
    """Signs of life: what is given is called often and writes one now and then; the end takes it back.

    It goes by the time that has passed, not by the clock, which may be moved. A database that does not answer
    stops nobody: the jobs log that themselves.
    """
    process, last = f"{os.uname().nodename[:30]}:{os.getpid()}", -math.inf

    def beat() -> None:
        nonlocal last
        if time.monotonic() - last < BEAT:
            return
        last = time.monotonic()
        with suppress(SQLAlchemyError), program.sessions.write() as session:
            heartbeats.beat(session, process, program.clock(), dict(looks or {}))

    yield beat
    with suppress(SQLAlchemyError), program.sessions.write() as session:
        heartbeats.stop(session, process)


def start(
    program: Program, looks: Looks, going: Callable[[], bool] = lambda: True, table: Sequence[Job] = TABLE
) -> BackgroundScheduler:
    """A running scheduler; every job looks at once, so that what fell due while we were down is made up for."""
    executors = {name: ThreadPoolExecutor(count) for name, count in THREADS.items()}
    scheduler = BackgroundScheduler(executors=executors, timezone="Asia/Shanghai")
    for job in table:
        world = program.world(going)  # its own connections: jobs run side by side
        scheduler.add_job(
            Prompt(program, world, job, looks) if job.name == NOTICES else look,
            "interval",
            args=() if job.name == NOTICES else (program, world, job, looks),
            id=job.name,
            seconds=job.every.total_seconds(),
            executor="network" if job.name in NETWORK else "default",
            next_run_time=datetime.now().astimezone(),
            coalesce=True,
            max_instances=2 if job.name == NOTICES else 1,
            misfire_grace_time=None,
        )
    scheduler.start()
    return scheduler


class Prompt:
    """A job that looks again at once while it finds something to do, or was told that there is some."""

    def __init__(self, program: Program, world: World, job: Job, looks: Looks) -> None:
        self._look = partial(look, program, world, job, looks)
        self._going = world.going
        self._busy = threading.Lock()
        self._told = threading.Event()

    def __call__(self) -> None:
        while self._once() and self._going():
            pass

    def _once(self) -> bool:
        with self._busy:  # one at a time, also when another look comes due meanwhile
            self._told.clear()
            done = self._look()
        return done > 0 or self._told.is_set()

    def told(self) -> bool:
        """There is something to do; False when nobody is looking just now."""
        self._told.set()
        return self._busy.locked()


def look_now(scheduler: BackgroundScheduler) -> None:
    """A notice was posted: it is looked for at once."""
    job = scheduler.get_job(NOTICES)
    if job is not None and not job.func.told():
        job.modify(next_run_time=datetime.now().astimezone())


def look(program: Program, world: World, job: Job, looks: Looks) -> int:
    """One look of one job: how much it did; a failure is logged and the next look tries again."""
    done = 0
    try:
        now = program.clock()
        done = job.run(world, now)
    except Exception:
        log.exception("the job %s failed", job.name)
    else:
        looks[job.name] = now
        if done:
            logs.event(log, "job", job=job.name, did=done)
    return done
