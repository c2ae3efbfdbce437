"""What was read, read again: whether a transaction that writes finds what another has read before it.

Whoever writes to SQLite holds up all who write. What can be worked out from what one may read without holding up
anybody is worked out before, and stands when every statement that it took answers alike in the transaction that writes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session

AT_HAND = "at hand"  # where a session keeps answers to what is going to be asked, by statement, with its values
NOTES = "notes"  # where it notes what it was asked


class Statement(Protocol):
    """What can be asked again (models/prepared.py)."""

    def said(self, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]: ...


class Note(NamedTuple):
    """One statement that a session was asked, and what came of it."""

    asked: Statement
    values: Mapping[str, Any]
    said: list[tuple[Any, ...]]  # as the driver said it
    found: list[tuple[Any, ...]]  # as it is understood


def take_notes(session: Session) -> list[Note]:
    """Note from now on what a session that only reads is asked, in the list that is returned."""
    notes: list[Note] = []
    session.info[NOTES] = notes
    return notes


def are_whole(session: Session) -> bool:
    """Whether the notes of a session tell all that it read: objects load in ways of their own."""
    return not getattr(session, "is_made", True)


def unchanged(session: Session, notes: Sequence[Note]) -> bool:
    """Whether a session finds all that was noted in another; what it finds is at hand for who asks it the same.

    It is no more when the session has changed anything (``let_go``).
    """
    at_hand = session.info[AT_HAND] = {}
    for note in notes:
        if note.asked.said(session, note.values) != note.said:
            return False
        at_hand[note.asked] = (note.values, note.found)
    return True


def let_go(session: Session) -> None:
    """Something changes: what was read before may not be true any more."""
    session.info.pop(AT_HAND, None)
