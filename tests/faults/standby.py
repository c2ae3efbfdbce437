"""A synchronous standby of a server, built as docs/deploy says."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers import Server

NAME = "standby"


class Standby(Server):
    """A copy that follows: nothing is committed on the primary that has not reached it."""

    def __init__(self, folder: Path, primary: Server, port: int) -> None:
        super().__init__(folder, primary.settings)
        self.primary, self.port = primary, port
        self.password = primary.password

    def __enter__(self) -> "Standby":
        self._copy()
        self.process = self._start()
        self.take_part()
        return self

    def take_part(self) -> None:
        """From now on nothing is committed without it."""
        self._until(lambda: self._ask(self.primary, "SELECT 1 FROM pg_stat_replication"), "it follows")
        self._name(f"FIRST 1 ({NAME})")
        state = "SELECT sync_state FROM pg_stat_replication"
        self._until(lambda: self._ask(self.primary, state) == "sync", "it is synchronous")

    def leave(self) -> None:
        """From now on the primary waits for nobody."""
        self._name("")

    def _name(self, whom: str) -> None:
        with psycopg.connect(_dsn(self.primary), autocommit=True) as connection:
            connection.execute("SET synchronous_commit = local")
            connection.execute(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}").format(whom))
            connection.execute("SELECT pg_reload_conf()")

    def _copy(self) -> None:
        """pg_basebackup, with where to follow from (-R)."""
        whom = f"host=127.0.0.1 port={self.primary.port} user=postgres application_name={NAME}"
        program = str(self.binaries / "pg_basebackup")
        line = [program, "-d", whom, "-D", str(self.data), "-R", "-X", "stream", "-c", "fast"]
        environ = {**os.environ, "PGPASSWORD": self.password}
        done = subprocess.run(line, check=False, capture_output=True, cwd=self.folder, env=environ, **self.who)
        if done.returncode:
            raise RuntimeError(f"pg_basebackup failed:\n{done.stderr.decode()}")

    def promote(self) -> float:
        """``pg_ctl promote``; the seconds until it can be written to."""
        began = time.monotonic()
        self._run(str(self.binaries / "pg_ctl"), "promote", "-D", str(self.data))
        self._until(lambda: self._ask(self, "SELECT pg_is_in_recovery()") is False, "it is promoted")
        return time.monotonic() - began

    @staticmethod
    def _ask(server: Server, question: str) -> object:
        try:
            with psycopg.connect(_dsn(server), autocommit=True) as connection:
                found = connection.execute(question.encode()).fetchone()
        except psycopg.OperationalError:
            return None
        return found[0] if found else None

    def _until(self, true: Callable[[], object], what: str) -> None:
        ends = time.monotonic() + 30
        while not true():
            if time.monotonic() > ends:
                raise RuntimeError(f"not so in time: {what}\n{(self.folder / 'log').read_text()}")
            time.sleep(0.05)


def _dsn(server: Server) -> str:
    return server.url.set(drivername="postgresql").render_as_string(hide_password=False)
