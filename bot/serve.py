"""Starting and stopping the processes: web, worker, and both in one group (contract: serve, web, worker)."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

from bot import config as configuration
from bot.clock import Clock, StandInClock, system
from bot.program import Program
from bot.sandbox.options import is_loopback
from bot.worker import run as run_jobs

# Set by the demo for its children alone: they read the time from the stand-in's clock.
STAND_IN = "STAND_IN_CLOCK"
GRACE = 15  # seconds; all processes end within 20 s of SIGTERM (rules 34)
PR_SET_PDEATHSIG = 1
log = logging.getLogger(__name__)


def make_program(config: configuration.Config) -> Program:
    """The program of this process, with the clock it is meant to read."""
    program = Program(config, system)
    if os.environ.get(STAND_IN) and is_loopback(urlsplit(config.wechat.api_base).hostname):
        return Program(config, StandInClock(program.sessions))
    return program


def application() -> Flask:
    """What each web process serves; the configuration's place comes through the environment."""
    from bot.web.app import create_app  # heavy parts are for web processes alone

    die_with_parent()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return create_app(make_program(configuration.load(None, os.environ)))


def run_web(config: configuration.Config, path: Path) -> None:
    """Serve pages until SIGTERM; ``path`` is the configuration's file, for the processes that serve."""
    os.environ[configuration.PATH_VARIABLE] = str(path)
    _server(config).serve()


def run_worker(config: configuration.Config) -> None:
    """Run the jobs until SIGTERM."""
    die_with_parent()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    run_jobs(make_program(config))


def run_both(config: configuration.Config, path: Path) -> None:
    """Web and scheduler in one process group, on one machine."""
    os.environ[configuration.PATH_VARIABLE] = str(path)
    keeper = Kept([sys.executable, "-m", "bot.cli", "--config", str(path), "worker"])
    keeper.start()
    try:
        _server(config).serve()
    finally:
        keeper.stop()


def _server(config: configuration.Config) -> "Server":
    return Server(
        "bot.serve:application",
        factory=True,
        address=config.server.host,
        port=config.server.port,
        interface=Interfaces.WSGI,
        workers=config.server.workers,
        blocking_threads=config.server.threads,
        log_access=False,  # query strings of /wechat are never logged
        log_level="warning",
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    )


class Kept:
    """A child process that is started again when it dies, until it is stopped."""

    def __init__(self, line: Sequence[str], environ: dict[str, str] | None = None) -> None:
        self.line = list(line)
        self.environ = environ
        self.stopping = threading.Event()
        self.child: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def _keep(self) -> None:
        while not self.stopping.is_set():
            self.child = subprocess.Popen(self.line, env=self.environ)
            code = self.child.wait()
            if not self.stopping.wait(1.0):
                log.error("a process ended with %s and is started again", code)

    def stop(self) -> None:
        """End the child by its id: politely, and after a while by force."""
        self.stopping.set()
        child = self.child
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()


def die_with_parent() -> None:
    """On Linux, end when the parent is gone, even by kill -9: nobody is left holding the port."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    """The kernel's signal follows the thread that made us; the parent's id is the surer sign."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os.kill(os.getpid(), signal.SIGKILL)
