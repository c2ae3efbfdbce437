"""What a notice becomes when it is told, and how a family declares its own (rules 28).

A notice carries facts; it is worded when it is sent, so that it shows what is true then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from handlers.command import Context
from handlers.words import plain
from models.notices import Notice


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is told: ``text`` with taps for the chat, ``title`` and ``values`` for typed templates.

    ``decides`` says that it carries something to decide: such a one prefers a message with buttons.
    """

    title: str
    text: str
    decides: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """The text of a notice, before its title; ``values`` are for templates of its own."""

    text: str
    decides: bool = False
    values: Mapping[str, str] = field(default_factory=dict)

    def under(self, title: str) -> Announcement:
        """The announcement of this text under a title."""
        values = {"title": title, "text": plain(self.text).replace("\n", " "), **self.values}
        return Announcement(title, self.text, self.decides, values)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice: its name, its title in a few characters, and its wording (None: nothing to say any more)."""

    name: str
    title: str
    word: Callable[[Context, Notice], Told | None]


def told(text: str, *, decides: bool = False, **values: str) -> Told:
    """A text, and what a template of its own may show beside it."""
    return Told(text, decides, values)
