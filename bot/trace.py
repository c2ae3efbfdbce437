"""What becomes known of the message in hand, for its line in the log and for /metrics: no word of what was typed.

It is noted where it is known, deep inside the conversation, and read by whoever began it (bot/observing.py).
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Trace:
    """The command that ran ("" for none), and whether a receipt was taken, the answer a stored one, nobody looked."""

    command: str = ""
    receipt: bool = False
    repeated: bool = False
    turned_away: bool = False


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def begin() -> Trace:
    """A message comes in."""
    trace = Trace()
    _current.set(trace)
    return trace


def command(word: str) -> None:
    """This command runs."""
    if (trace := _current.get()) is not None:
        trace.command = word


def receipt() -> None:
    """The message has a receipt."""
    if (trace := _current.get()) is not None:
        trace.receipt = True


def repeated() -> None:
    """The message was answered before."""
    if (trace := _current.get()) is not None:
        trace.repeated = True


def turned_away() -> None:
    """There was no turn for the message."""
    if (trace := _current.get()) is not None:
        trace.turned_away = True
