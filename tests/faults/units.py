"""Processes kept running as systemd keeps them (docs/deploy, ``Restart=always``), and what is done to them."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from tests.e2e.processes import Running, eventually

RESTART = 0.5  # seconds before a process that ended is started again


@dataclass
class Unit:
    """One ``xianfeng web`` or ``xianfeng worker``, started again whenever it has ended, until it is to rest."""

    name: str
    port: int
    begin: Callable[[], Running]
    starts: int = 0
    paused: list[tuple[float, float]] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start it, and watch over it."""
        self._run()
        self._thread = threading.Thread(target=self._keep)
        self._thread.start()

    def _run(self) -> None:
        self.running = self.begin()
        self.starts += 1

    def _keep(self) -> None:
        while not self._over.wait(0.1):
            if self.running.process.poll() is None:
                continue
            if self._over.wait(RESTART):
                return
            self._run()

    def rest(self) -> float:
        """End it politely, once; the seconds until all of it have ended."""
        self._over.set()
        self._thread.join()
        return self.running.terminate() if self.running.process.poll() is None else 0.0

    def kill_one(self, dice: random.Random) -> str:
        """kill -9 one of its processes, whichever it is; says which."""
        pids = self.running.group
        if not pids:
            return f"{self.name}: it is not there just now"
        pid = dice.choice(pids)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return f"{self.name}: kill -9 of {'the parent' if pid == self.running.process.pid else 'a child'}"

    def kill_twice(self) -> str:
        """kill -9 a child, and the one in its place at once: the server takes that for a mistake, and ends itself."""
        for _ in range(2):
            eventually(lambda: self._children, within=30, what=f"{self.name} has a child")
            killed = self._children
            self._signal(killed, signal.SIGKILL)
            eventually(partial(self._are_gone, killed), within=30, what=f"{self.name}: they are gone")
        return f"{self.name}: kill -9 of a child, and of the one in its place"

    def _are_gone(self, pids: list[int]) -> bool:
        return not set(self._children) & set(pids)

    @property
    def _children(self) -> list[int]:
        return [pid for pid in self.running.group if pid != self.running.process.pid]

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """SIGSTOP to all of it while inside, SIGCONT afterwards."""
        began, pids = time.monotonic(), self.running.group
        self._signal(pids, signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(pids, signal.SIGCONT)
            self.paused.append((began, time.monotonic()))

    def _signal(self, pids: list[int], number: int) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
