"""The scheduler: APScheduler looks at the table of jobs at short intervals (architecture, "Jobs").

The wall clock is read at each look, so that one that was moved is noticed. Any number of workers may run.
"""

import logging
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.program import Program
from jobs.schedule import TABLE, Job, World
from models import heartbeats

log = logging.getLogger(__name__)
# SQLite takes one writer; delivery has a thread of its own, so that a slow platform delays nothing else.
THREADS = {"default": ThreadPoolExecutor(1), "network": ThreadPoolExecutor(2)}
NETWORK = frozenset({"notices", "pictures"})
Looks = dict[str, datetime]  # when each job last looked, and did not fail
BEAT = 20.0  # seconds between signs of life; doctor misses them after two minutes


def run(program: Program) -> None:
    """Run the jobs until SIGTERM or SIGINT; what is in hand is finished (rules 34)."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    looks: Looks = {}
    scheduler = start(program, looks)
    with alive(program, looks) as beat:
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


def start(program: Program, looks: Looks) -> BackgroundScheduler:
    """A running scheduler; every job looks at once, so that what fell due while we were down is made up for."""
    scheduler = BackgroundScheduler(executors=THREADS, timezone="Asia/Shanghai")
    for job in TABLE:
        scheduler.add_job(
            look,
            "interval",
            args=(program, program.world(), job, looks),  # its own connections: jobs run side by side
            id=job.name,
            seconds=job.every.total_seconds(),
            executor="network" if job.name in NETWORK else "default",
            next_run_time=datetime.now().astimezone(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    return scheduler


def look(program: Program, world: World, job: Job, looks: Looks) -> None:
    """One look of one job; a failure is logged and the next look tries again."""
    try:
        now = program.clock()
        done = job.run(world, now)
    except Exception:
        log.exception("the job %s failed", job.name)
    else:
        looks[job.name] = now
        if done:
            logs.event(log, "job", job=job.name, did=done)
