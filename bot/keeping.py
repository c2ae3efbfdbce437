"""Keeping a process: started again when it dies, ended when its keeper ends (contract: serve, demo)."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

# Set by whoever keeps a process: the id of the one with which it ends.
KEEPER = "KEPT_BY"
# Set by the demonstration for what it keeps: they read the time from the stand-in's clock.
STAND_IN = "STAND_IN_CLOCK"
GRACE = 15  # seconds; all processes end within 20 s of SIGTERM (rules 34)
PR_SET_PDEATHSIG = 1
log = logging.getLogger(__name__)


class Kept:
    """A child process that is started again when it dies, until it is stopped; it ends with us, even by kill -9."""

    def __init__(self, line: Sequence[str], environ: dict[str, str] | None = None) -> None:
        self._line = list(line)
        self._environ = {**(os.environ if environ is None else environ), KEEPER: str(os.getpid())}
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start it, and watch over it."""
        self._thread.start()

    def _keep(self) -> None:
        # What is started from this thread inherits it: Ctrl-C is the keeper's, who then ends it politely.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while True:
            with self._starting:
                if self._stopping.is_set():
                    return
                self._child = subprocess.Popen(self._line, env=self._environ)
            code = self._child.wait()
            if not self._stopping.wait(1.0):
                log.error("a process ended with %s and is started again", code)

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self._child is not None and self._child.poll() is None

    def ask_to_stop(self) -> None:
        """Start it no more, and end it politely, by its id; safe in a signal handler."""
        self._stopping.set()
        if self._child is not None and self.alive:
            self._child.terminate()

    def stop(self, grace: float = GRACE) -> None:
        """End it politely, and after so many seconds by force."""
        self._stopping.set()
        with self._starting:
            child = self._child
        if child is None:
            return
        child.terminate()
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            child.kill()


def die_with_keeper() -> None:
    """End when the process that keeps this one is gone, even by kill -9: nobody is left holding the port.

    Without a keeper nothing happens: what an operator starts in the background outlives the shell.
    """
    keeper = int(os.environ.get(KEEPER, "0"))
    if not keeper:
        return
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    threading.Thread(target=_watch, args=(keeper,), daemon=True).start()


def end_in_time() -> None:
    """End this process within GRACE seconds from now, whatever it still waits for (rules 34)."""
    ending = threading.Timer(GRACE, os.kill, (os.getpid(), signal.SIGKILL))
    ending.daemon = True
    ending.start()


def _watch(keeper: int) -> None:
    """The kernel's signal follows the thread that made us; the parent's id is the surer sign."""
    while os.getppid() == keeper:
        time.sleep(1.0)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.kill(os.getpid(), signal.SIGKILL)
