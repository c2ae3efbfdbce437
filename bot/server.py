"""The server under the pages: granian, with a thread for whatever waits for its turn."""

import logging
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from granian.server.common import AbstractServer

from bot.keeping import GRACE
from bot.turns import DOORMEN, ROOM

CONNECTIONS = 512  # open ones of one process; the next wait in the kernel until there is a thread to turn them away


def server_of(target: str, address: str, port: int, *, workers: int, threads: int) -> AbstractServer[Any]:
    """The server for a factory of WSGI applications, of whose requests so many are worked on at once (bot/turns.py).

    Those that wait for their turn have a thread each, which costs little, and comes and goes with them.
    """
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())
    return Server(
        target,
        factory=True,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads + ROOM + DOORMEN,
        backpressure=CONNECTIONS,
        log_access=False,  # query strings of /wechat are never logged
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    )
