"""What a benchmark over HTTP stands on: a filled database, ``xianfeng`` in processes of its own, and the bare echo."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import town
from bench.databases import Keeper, analyze, opened
from bench.load import Letter
from bench.messages import AES_KEY, APP_ID, TOKEN
from bot import config_file
from bot.clock import system
from bot.database import upgrade

STARTS_WITHIN = 60  # seconds
WORKERS, THREADS = 2, 1  # as shipped


@dataclass
class Stage:
    """A filled database, and what is served on it."""

    folder: Path
    url: str
    people: list[str]
    claims: Iterator[Letter]  # each can be sent once
    threads: int  # of each process
    stack: ExitStack = field(repr=False)

    def serve(self, *words: str, port: int | None = None) -> "Served":
        """``xianfeng`` with these words, once it takes messages (a worker: at once)."""
        environ = {} if port is None else {"XIANFENG_SERVER__PORT": str(port)}
        line = [sys.executable, "-m", "bot.cli", "--config", str(self.folder / "config.toml"), *words]
        return self.stack.enter_context(_running(line, self.folder / f"{words[0]}.log", port, environ))

    def analyze(self) -> None:
        """Let PostgreSQL look at its tables once more, when there is in them what was not at the beginning."""
        with opened(self.url) as sessions:
            analyze(sessions)

    def echo(self, port: int) -> "Served":
        """Bare WeRoBot, under as many processes."""
        line = [sys.executable, "-m", "bench.echo", str(port), str(WORKERS), str(self.threads)]
        return self.stack.enter_context(_running(line, self.folder / "echo.log", port, {}))


@dataclass(frozen=True)
class Served:
    """A process and those that it has started."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def pids(self) -> list[int]:
        """Itself and its children."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [self.process.pid, *sorted(int(child) for thread in threads for child in thread.read_text().split())]


@contextmanager
def staged(keeper: Keeper, branches: int, *, threads: int = THREADS, history: bool = True) -> Iterator[Stage]:
    """A stage on a new database with the sample organisation and so many further branches."""
    url, now = keeper.new("stage"), system()
    with ExitStack() as stack:
        with opened(url) as sessions:
            upgrade(sessions.engine)
            town.fill(sessions, now, branches, history=history)
            analyze(sessions)
            people, claims = town.openids(sessions, now), town.claims(town.claimants(sessions), now)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xianfeng-bench-")))
        _configure(folder, url, threads)
        yield Stage(folder, url, people, claims, threads, stack)


def _configure(folder: Path, url: str, threads: int) -> None:
    config_file.write_new(
        folder / "config.toml",
        {
            ("database", "url"): url,
            ("server", "workers"): WORKERS,
            ("server", "threads"): threads,
            ("wechat", "app_id"): APP_ID,
            ("wechat", "token"): TOKEN,
            ("wechat", "encoding_aes_key"): AES_KEY,
            ("wechat", "api_base"): "http://127.0.0.1:9",  # nobody is there
        },
    )


@contextmanager
def _running(line: Sequence[str], log: Path, port: int | None, environ: dict[str, str]) -> Iterator[Served]:
    with log.open("ab") as file:
        process = subprocess.Popen(
            line, env={**os.environ, **environ}, stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
    try:
        if port is not None:
            _wait_for(process, port, log)
        yield Served(process, port or 0)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"nothing is served on port {port}:\n{log.read_text()[-2000:]}")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
