"""Starting and stopping the processes: web, worker, and both in one group (contract: serve, web, worker)."""

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from bot import config as configuration
from bot.clock import StandInClock, system
from bot.program import Program
from bot.sandbox.options import is_loopback
from bot.worker import run as run_jobs
from handlers.understanding import hear

# Set by the demo for its children alone: they read the time from the stand-in's clock.
STAND_IN = "STAND_IN_CLOCK"
# Set by whoever keeps a process: the id of the one with which it ends.
KEEPER = "KEPT_BY"
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
    from bot.web.app import create_app  # noqa: PLC0415  # heavy parts are for web processes alone

    die_with_keeper()
    _log()
    return create_app(make_program(configuration.load(None, os.environ)))


def run_web(config: configuration.Config, path: Path) -> None:
    """Serve pages until SIGTERM; ``path`` is the configuration's file, for the processes that serve."""
    die_with_keeper()
    _serve(config, path)


def run_worker(config: configuration.Config) -> None:
    """Run the jobs until SIGTERM."""
    die_with_keeper()
    _log()
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    run_jobs(make_program(config))


def run_both(config: configuration.Config, path: Path) -> None:
    """Web and scheduler in one process group, on one machine."""
    die_with_keeper()
    keeper = Kept([sys.executable, "-m", "bot.cli", "--config", str(path), "worker"])
    keeper.start()
    try:
        _serve(config, path, stopping=keeper.ask_to_stop)
    finally:
        keeper.stop()


def _serve(config: configuration.Config, path: Path, stopping: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT; ``stopping`` is called at once when it comes."""
    server = config.server
    address = usable_address(server.host, server.port)
    os.environ[configuration.PATH_VARIABLE] = str(path)
    os.environ[KEEPER] = str(os.getpid())  # of the processes that serve
    granian = Server(
        "bot.serve:application",
        factory=True,
        address=address,
        port=server.port,
        interface=Interfaces.WSGI,
        workers=server.workers,
        blocking_threads=server.threads,
        log_access=False,  # query strings of /wechat are never logged
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    )
    granian.on_startup(lambda: _also_on_signals(stopping))
    hear.warm_up()  # what is loaded here, the processes that serve share
    granian.serve()


def _also_on_signals(stopping: Callable[[], None]) -> None:
    """Call ``stopping`` before what the server does on SIGTERM and SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        servers = signal.getsignal(number)
        assert callable(servers)

        def both(number: int, frame: FrameType | None, servers: Callable[..., object] = servers) -> None:
            stopping()
            servers(number, frame)

        signal.signal(number, both)


def usable_address(host: str, port: int) -> str:
    """The numeric address of a host on which pages can be served; raises OSError when its port is taken.

    A port that another of our own is just leaving can be used, as the server itself does.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = min(found, key=lambda one: one[0] is not socket.AF_INET)
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise OSError(error.errno, error.strerror, f"{host}:{port}") from None
    return str(address[0])


def _log() -> None:
    # The demonstration's terminal shows its address, and what went wrong.
    level = logging.WARNING if os.environ.get(STAND_IN) else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # /healthz asks it for the revision at each look


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
        while True:
            with self._starting:
                if self._stopping.is_set():
                    return
                self._child = subprocess.Popen(self._line, env=self._environ)
            code = self._child.wait()
            if not self._stopping.wait(1.0):
                log.error("a process ended with %s and is started again", code)

    def ask_to_stop(self) -> None:
        """Start it no more, and end it politely, by its id; safe in a signal handler."""
        self._stopping.set()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()

    def stop(self) -> None:
        """End it politely, and after a while by force."""
        self._stopping.set()
        with self._starting:
            child = self._child
        if child is None:
            return
        child.terminate()
        try:
            child.wait(GRACE)
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


def _watch(keeper: int) -> None:
    """The kernel's signal follows the thread that made us; the parent's id is the surer sign."""
    while os.getppid() == keeper:
        time.sleep(1.0)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.kill(os.getpid(), signal.SIGKILL)
