"""What ``doctor`` says: one line per thing it looked at, marked, with the remedy where there is one to tell."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a thing stands; the value is what is printed."""

    FINE = "✓"
    NOTE = "!"  # works, but somebody should know
    FAILS = "✗"  # something does not work until it is put right


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    mark: Mark
    text: str


def fine(text: str) -> Finding:
    return Finding(Mark.FINE, text)


def note(text: str, remedy: str = "") -> Finding:
    return Finding(Mark.NOTE, f"{text}；{remedy}" if remedy else text)


def fails(text: str, remedy: str = "") -> Finding:
    return Finding(Mark.FAILS, f"{text}；{remedy}" if remedy else text)
