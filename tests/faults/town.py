"""A world on a PostgreSQL that keeps what it commits, with several web processes and workers under traffic."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, text

from tests.databases import fill
from tests.e2e.processes import free_port
from tests.e2e.worlds import World, world
from tests.faults.crowd import Crowd, Doors
from tests.faults.units import Unit
from tests.servers import DURABLE, Server

# Each notice at once, at any hour: as many deliveries as can be.
ENVIRON = {"XIANFENG_NOTICES__DIGEST": "", "XIANFENG_MEETINGS__QUIET": ""}
# Two machines may be asked for; what is broken off is seen soon.
SETTINGS = {**DURABLE, "max_connections": "100", "max_wal_senders": "5", "wal_level": "replica"}


DATABASE = "xianfeng"


@dataclass(frozen=True)
class One:
    """A source of databases (tests/databases.py): the one of a server, under the URL that processes are given."""

    server: URL
    given: URL

    def copy(self, template: str) -> str:
        admin = create_engine(self.server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {DATABASE}"))
        fill(self.server.set(database=DATABASE).render_as_string(hide_password=False), template)
        return self.given.render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """It ends with its server."""


@dataclass
class Town:
    """Everything of it, and what was started."""

    world: World
    server: Server
    webs: list[Unit]
    workers: list[Unit]
    crowd: Crowd

    @property
    def units(self) -> list[Unit]:
        return [*self.webs, *self.workers]


@contextmanager
def town(*, webs: int, workers: int, seed: int, other_port: int = 0) -> Iterator[Town]:
    """Start it, and wait until every web process takes messages; everything ends with it.

    ``other_port`` is where a standby is going to be; the processes are told of both.
    """
    folder = Path(tempfile.mkdtemp(prefix="xianfeng-faults-"))
    folder.chmod(0o755)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "server").mkdir()
        (folder / "world").mkdir()
        server = stack.enter_context(Server(folder / "server", SETTINGS))
        given = url_of(server, *([other_port] if other_port else []))
        one = stack.enter_context(world(One(server.url, given), folder / "world", environ=ENVIRON, server_threads=4))
        ports = [one.config.server.port, *(free_port() for _ in range(webs - 1))]
        found = Town(
            one,
            server,
            [Unit(f"web {n}", port, partial(one.start, "web", port=port)) for n, port in enumerate(ports, 1)],
            [Unit(f"worker {n}", 0, partial(one.start, "worker")) for n in range(1, workers + 1)],
            Crowd(one, Doors(ports), seed),
        )
        for unit in found.units:
            unit.start()
            stack.callback(unit.rest)
        for web in found.webs:
            web.running.wait_until_healthy()
        yield found


def url_of(server: Server, *other_ports: int) -> URL:
    """As in docs/deploy: all hosts, of which the driver takes the one that can be written to."""
    url = server.url.set(database=DATABASE)
    if not other_ports:
        return url
    hosts = [f"127.0.0.1:{port}" for port in (server.port, *other_ports)]
    return url.set(host=None, port=None, query={"host": hosts, "target_session_attrs": "read-write"})
