"""The watch: every minute a look at what a person must see, told outside the chat once a day and cause.

Each process that serves and each worker keeps one, so that a worker that is gone is missed by somebody. Once a night a
worker has the ledger verified, by a process of its own, which ends with it and which a stop does not wait for.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from bot.keeping import KEEPER
from bot.operations import troubles
from bot.operations.telling import NotTold, tell
from bot.operations.troubles import Trouble
from bot.program import Program
from models import alerts
from models.months import SHANGHAI

log = logging.getLogger(__name__)
EVERY = 60.0  # seconds
NIGHT = 3  # o'clock: when the ledger is verified
LONGEST = 6 * 3600  # seconds for a verification

Verify = Callable[[], int]  # the exit code of ``xianfeng verify``


def start(program: Program, verify: Verify | None = None) -> None:
    """Keep watch in a thread that ends with the process; without anybody to tell, there is nothing to watch for."""
    configured = program.config.alerts
    if configured.url or configured.mail:
        threading.Thread(target=_run, args=(Watch(program, verify),), daemon=True, name="watch").start()


def _run(watch: "Watch") -> None:
    ever = threading.Event()
    while not ever.wait(EVERY):
        try:
            watch.look()
        except Exception:
            log.exception("the watch failed")


def verify_with(path: Path) -> Verify:
    """``xianfeng verify`` with the configuration of a file."""
    line = [sys.executable, "-m", "bot.cli", "--config", str(path), "verify"]

    def verify() -> int:
        environ = {**os.environ, KEEPER: str(os.getpid())}
        return subprocess.run(line, check=False, capture_output=True, timeout=LONGEST, env=environ).returncode

    return verify


class Watch:
    """Looks, and tells what it has seen."""

    def __init__(self, program: Program, verify: Verify | None = None) -> None:
        self._program = program
        self._verify = verify
        self._since = program.clock()

    def look(self) -> int:
        """One look; returns how many troubles were told."""
        now = self._program.clock()
        return sum(self._tell(trouble, now) for trouble in [*self._seen(now), *self._verified(now)])

    def _seen(self, now: datetime) -> list[Trouble]:
        with self._program.sessions.read() as session:
            return [
                *troubles.of_worker(session, self._since, now),
                *troubles.of_queue(session, now),
                *troubles.of_platform(session, now),
                *troubles.of_disk(self._program.config),
            ]

    def _verified(self, now: datetime) -> Iterator[Trouble]:
        """Once a night, by whichever worker comes first."""
        if self._verify is None or now.astimezone(SHANGHAI).hour < NIGHT:
            return
        with self._program.sessions.write() as session:
            mine = alerts.claim(session, "verification", now)
        if mine and self._verify():
            yield Trouble("ledger", "台账核对有出入；请运行 xianfeng verify，它会逐条指出")

    def _tell(self, trouble: Trouble, now: datetime) -> bool:
        """Tell a trouble unless it was told today; what could not be told is tried again at the next look."""
        with self._program.sessions.write() as session:
            if not alerts.claim(session, trouble.cause, now):
                return False
        config = self._program.config
        try:
            tell(config.alerts, trouble.cause, trouble.says, site=config.app.base_url, now=now)
        except NotTold as error:
            log.error("the alert %s could not be sent: %s", trouble.cause, error)
            with self._program.sessions.write() as session:
                alerts.release(session, trouble.cause, now)
            return False
        log.warning("the alert %s was sent", trouble.cause)
        return True
