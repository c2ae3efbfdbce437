"""Starting and stopping the processes: web, worker, and both in one group (contract: serve, web, worker)."""

import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from flask import Flask

from bot import config as configuration
from bot import logs, memory
from bot.keeping import KEEPER, Kept, die_with_keeper
from bot.observing import COUNTED_IN
from bot.operations import watch
from bot.program import make_program
from bot.server import server_of
from bot.worker import run as run_jobs
from handlers.understanding import hear


def application() -> Flask:
    """What each web process serves; the configuration's place comes through the environment."""
    from bot.web.app import create_app  # noqa: PLC0415  # heavy parts are for web processes alone

    die_with_keeper()
    logs.begin()
    program = make_program(configuration.load(None, os.environ))
    watch.start(program)
    app = create_app(program)
    memory.settle()
    return app


def run_web(config: configuration.Config, path: Path) -> None:
    """Serve pages until SIGTERM; ``path`` is the configuration's file, for the processes that serve."""
    die_with_keeper()
    _serve(config, path)


def run_worker(config: configuration.Config, path: Path) -> None:
    """Run the jobs until SIGTERM; ``path`` is the configuration's file, for the nightly look at the ledger."""
    die_with_keeper()
    logs.begin()
    program = make_program(config)
    watch.start(program, watch.verify_with(path))
    run_jobs(program)


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
    granian = server_of("bot.serve:application", address, server.port, workers=server.workers, threads=server.threads)
    granian.on_startup(lambda: _also_on_signals(stopping))
    with TemporaryDirectory(prefix="xianfeng-", ignore_cleanup_errors=True) as folder:
        os.environ[COUNTED_IN] = folder
        importlib.import_module("bot.web.app")  # what is loaded here, the processes that serve share
        hear.warm_up()
        memory.share()
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
