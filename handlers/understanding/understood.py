"""What may come of understanding a line: a command, a question that is answered, or nothing."""

from dataclasses import dataclass, field

from handlers.command import Command
from handlers.kind import Found, Json


@dataclass(frozen=True, slots=True)
class Heard:
    """A command with what the line says for it; ``doubts`` are to be asked before it runs.

    A doubt without candidates is asked openly, one with a single candidate is a confirmation. ``rest`` is what is to be
    read again when an answer has come: None for the whole line without the command's word before it.
    """

    command: Command
    values: dict[str, Json] = field(default_factory=dict)
    doubts: dict[str, Found] = field(default_factory=dict)
    rest: str | None = None


@dataclass(frozen=True, slots=True)
class Wondered:
    """A question, a negation or a wish: answered by a command that only reads, or by a word; changes nothing."""

    command: Command | None
    query: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not understood: up to three whole lines that may have been meant.

    A bare word asks for what it needs; lines with numbers (通过 12) are the several acts of one sentence.
    ``elsewhere`` is a matter that is not dealt with here.
    """

    likely: tuple[str, ...] = ()
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Thanked:
    """Thanks or a kind word, to be answered in kind."""


Understood = Heard | Wondered | Thanked | Unknown
