"""The log: one line of JSON an event, with nothing in it that is about a person (rules 32, 33).

Who wrote is a keyed hash, so that the lines of one person belong together and nobody can tell whose they are.
"""

import hmac
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic_core import to_json

from bot.keeping import STAND_IN
from bot.wechat.privacy import describe
from models.months import SHANGHAI

PLAIN = "%(asctime)s %(levelname)s %(name)s %(message)s"
# They say at each look what nobody needs to know.
_LOUD = ("alembic", "apscheduler")

Person = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with its figures."""

    what: str
    fields: dict[str, Any]

    def __str__(self) -> str:
        return " ".join([self.what, *(f"{name}={value}" for name, value in self.fields.items())])


class Lines(logging.Formatter):
    """One JSON object a line: when, how bad, from where, what, and its fields."""

    def format(self, record: logging.LogRecord) -> str:
        at = f"{_second(int(record.created))}.{int(record.msecs):03}+08:00"
        line: dict[str, Any] = {"at": at, "level": record.levelname, "from": record.name}
        if isinstance(record.msg, Event):
            line |= {"what": record.msg.what, **record.msg.fields}
        else:
            line["what"] = record.getMessage()
        if record.exc_info is not None and record.exc_info[1] is not None:
            line["error"] = describe(record.exc_info[1])  # where and of what kind, without what it says of people
        return to_json(line, fallback=str).decode()


@lru_cache(maxsize=1)  # hundreds of deliveries have it in common
def _second(seconds: int) -> str:
    """A second of Shanghai's clock as ISO 8601."""
    return datetime.fromtimestamp(seconds, SHANGHAI).replace(tzinfo=None).isoformat()


def begin() -> None:
    """Write to stderr from now on; the demonstration's terminal shows its address, and what went wrong."""
    handler = logging.StreamHandler()
    if os.environ.get(STAND_IN):
        level = logging.WARNING
        handler.setFormatter(logging.Formatter(PLAIN))
    else:
        level = logging.INFO
        handler.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[handler])
    # Not shown, and asked for with every line otherwise; so is the place in the code that writes it.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # the documented way
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


def event(log: logging.Logger, what: str, /, *, level: int = logging.INFO, **fields: Any) -> None:
    """One line about something that happened; ``fields`` never hold what is a person's."""
    log.log(level, Event(what, fields))


def hashed_by(secret: str) -> Person:
    """Names a person by a keyed hash of the openid: the same in every line, and nobody's to turn back."""
    key = hmac.digest(secret.encode(), b"the log's names", "sha256")

    @lru_cache(maxsize=1024)  # who writes, writes again
    def person(openid: str) -> str:
        return hmac.digest(key, openid.encode(), "sha256").hex()[:12] if openid else ""

    return person
