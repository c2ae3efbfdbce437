"""Xianfeng's own processes, started from the command line as an operator starts them, and ended by their ids."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

XIANFENG = str(Path(sys.executable).with_name("xianfeng"))
STARTS_WITHIN = 90  # seconds; two when the machine is idle
ENDS_WITHIN = 20  # seconds after SIGTERM (rules 34)
_OPENER = build_opener(ProxyHandler({}))


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def eventually(true: Callable[[], object], *, within: float = 60, what: str = "") -> None:
    """Wait until something is so; fails when it is not in time."""
    ends = time.monotonic() + within
    while not true():
        assert time.monotonic() < ends, f"not within {within:g} s: {what or true}"
        time.sleep(0.05)


def processes_of(group: int) -> list[int]:
    """The living processes of a group, its leader first."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(entry.name))
    return sorted(found, key=lambda pid: (pid != group, pid))


@dataclass
class Running:
    """One ``xianfeng …`` and whatever it has started, in a process group of their own."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int
    started: float = field(default_factory=time.monotonic)

    @property
    def output(self) -> str:
        """What they have written so far."""
        return self.log.read_text(encoding="utf-8")

    @property
    def group(self) -> list[int]:
        """The ids of all that live."""
        return processes_of(self.process.pid)

    def health(self) -> int:
        """The status of /healthz; 0 while nobody answers."""
        try:
            with _OPENER.open(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as response:
                return int(response.status)
        except HTTPError as error:
            return error.code
        except (URLError, OSError):
            return 0

    def wait_until_healthy(self) -> None:
        """Wait until messages can be served."""
        self.wait_for(lambda: self.health() == 200, "healthy")

    def wait_for(self, true: Callable[[], object], what: str) -> None:
        """Wait until something is so; an early end is told with its reason."""

        def so() -> object:
            assert self.process.poll() is None, f"ended with {self.process.poll()}:\n{self.output}"
            return true()

        eventually(so, within=STARTS_WITHIN, what=f"{what}\n{self.output}")

    def terminate(self) -> float:
        """SIGTERM to the parent alone; the seconds until all have ended."""
        return self._end([self.process.pid], signal.SIGTERM)

    def interrupt(self) -> float:
        """SIGINT to all, as Ctrl-C does in a terminal; the seconds until they have ended."""
        return self._end(self.group, signal.SIGINT)

    def _end(self, pids: list[int], number: int) -> float:
        began = time.monotonic()
        for pid in pids:
            with suppress(ProcessLookupError):  # one that ended with another
                os.kill(pid, number)
        eventually(lambda: self.process.poll() is not None and not self.group, within=60, what="all have ended")
        return time.monotonic() - began

    def kill_all(self) -> None:
        """kill -9 each of them, the parent first."""
        for pid in self.group:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        eventually(lambda: not self.group, within=10, what="all are dead")


@contextmanager
def running(line: Sequence[str], folder: Path, *, port: int, environ: Mapping[str, str]) -> Iterator[Running]:
    """A command line in a folder; whatever is left of it in the end is killed."""
    log = folder / f"{time.monotonic_ns()}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            line,
            cwd=folder,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    one = Running(process, log, port)
    try:
        yield one
    finally:
        one.kill_all()
