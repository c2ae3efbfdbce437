"""Columns that stand below each other in a terminal, where a Chinese character is two places wide."""

import unicodedata
from collections.abc import Iterator, Sequence

GAP = "  "


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A line a row; every column but the last is as wide as its widest cell. All rows have as many cells."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell + " " * (most - width(cell)) for cell, most in zip(row, widths, strict=True)]
        yield GAP.join(cells).rstrip()


def width(text: str) -> int:
    """How many places a text takes."""
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)
