"""The server under the pages: granian, in whose queue requests wait for their turn (bot/turns.py)."""

import logging
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from granian.server.common import AbstractServer

from bot.keeping import GRACE
from bot.turns import CONNECTIONS


def server_of(target: str, address: str, port: int, *, workers: int, threads: int) -> AbstractServer[Any]:
    """The server for a factory of WSGI applications; each process works on as many requests as it has threads."""
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())
    return Server(
        target,
        factory=True,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backpressure=CONNECTIONS,
        log_access=False,  # query strings of /wechat are never logged
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    )
