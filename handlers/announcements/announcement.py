"""What a notice becomes when it is told, and how a family declares its own (rules 28).

A notice carries facts; it is worded when it is sent, so that it shows what is true then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from handlers.command import Context
from handlers.words import plain
from models.notices import Posted

LONGEST_SHORT = 20  # characters that a template shows of a value


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
    """The text of a notice, before its title.

    ``short`` is its point in at most 20 characters, which is what a template shows; ``values`` are for
    templates of its own.
    """

    text: str
    short: str
    decides: bool = False
    values: Mapping[str, str] = field(default_factory=dict)

    def under(self, title: str) -> Announcement:
        """The announcement of this text under a title."""
        values = {"title": title, "text": self.short, **self.values}
        return Announcement(title, self.text, self.decides, values)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice: its name, its title in a few characters, and its wording (None: nothing to say any more)."""

    name: str
    title: str
    word: Callable[[Context, Posted], Told | None]


def told(text: str, *, short: str = "", decides: bool = False, **values: str) -> Told:
    """A text, its point in at most 20 characters, and what a template of its own may show beside it.

    Without ``short`` its first line is the point. A long reason or name is cut at the end.
    """
    point = short or plain(text).partition("\n")[0]
    if len(point) > LONGEST_SHORT:
        point = f"{point[: LONGEST_SHORT - 1]}…"
    return Told(text, point, decides, values)
