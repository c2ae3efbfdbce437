"""Kinds of arguments: argparse says which one is wrong and why, and exits with 2, before anything is begun."""

from argparse import ArgumentTypeError


def number(text: str) -> int:
    """A whole number from 1 on."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ArgumentTypeError(f"{text!r} is no whole number from 1 on, such as 20")
    return int(text)


def numbers(text: str) -> list[int]:
    """Whole numbers from 1 on, with commas between them."""
    return [number(part) for part in text.split(",")]


def length(text: str) -> float:
    """More than nothing, of seconds or minutes."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise ArgumentTypeError(f"{text!r} is no length of time, such as 2.5")
    return found
