"""What was said and answered, as the people remember it: the outside's own record, beside the database."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulation.organization import Person

LINK = re.compile(r"<a [^>]*>([^<]*)</a>")


@dataclass
class Message:
    """One line that somebody typed, all the tries to deliver it, and every answer that was made."""

    who: Person
    openid: str
    key: str
    text: str
    at: datetime
    tries: list[datetime] = field(default_factory=list)
    answers: list[tuple[datetime, str]] = field(default_factory=list)
    seen: str | None = None  # what the person read in the end
    torn: bool = False  # some try died, or lost its database, and may have been committed

    @property
    def accepted(self) -> str:
        """The answer with ✅, whether the person saw it or not; empty without."""
        return next((text for _, text in self.answers if text.startswith("✅")), "")


@dataclass
class Journal:
    """Every message, and what could not be, as soon as it was seen."""

    messages: list[Message] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def by_try(self) -> dict[datetime, Message]:
        """Which message was worked on at a moment; no moment is read twice."""
        return {at: message for message in self.messages for at in message.tries}


def plain(text: str) -> str:
    """A text as a person reads it."""
    return LINK.sub(r"[\1]", text)
