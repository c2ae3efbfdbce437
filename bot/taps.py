"""Taps on WeChat: a link that sends a whole command (wechat §2), and pages that fit a message."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

from bot.wechat.answers import MAX_TEXT
from handlers.words import OPEN, TAP, is_address

MORE = "（没完，回“更多”接着看）"
_BYTES = 12  # of one character in a link, at most
_LINK = 64  # bytes around it, at most


@lru_cache(maxsize=16)  # what was measured is sent next, and 帮助 is the same for nearly everybody
def linked(text: str) -> str:
    """A reply's text with its taps as links of a passive reply."""
    return TAP.sub(_link, text)


def _link(found: re.Match[str]) -> str:
    label, says = found.groups()
    return f'<a href="{says}">{label}</a>' if is_address(says) else _command(label, says)


@lru_cache(maxsize=1024)  # the same few commands in most replies, each measured and then sent
def _command(label: str, says: str) -> str:
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={quote(says)}&msgmenuid=1">{label}</a>'


def spelled(text: str) -> str:
    """A text for channels without links: a tap is the command that one types."""
    return TAP.sub(lambda found: f"{found[1]} {found[2]}" if is_address(found[2]) else f"“{found[2]}”", text)


def page(text: str, limit: int = MAX_TEXT) -> tuple[str, str | None]:
    """The first page of a text, measured as it will be sent, and the rest; lines that fit a page stay whole."""
    fits = _BYTES * len(text) + _LINK * text.count(OPEN) <= limit  # as nearly every reply does
    if fits or len(linked(text).encode()) <= limit:
        return text, None
    room = limit - len(MORE.encode()) - 1
    lines = [piece for line in text.split("\n") for piece in _pieces(line, room)]
    used = 0
    for count, line in enumerate(lines):
        used += len(linked(line).encode()) + 1
        if used > room + 1:
            kept = max(count, 1)
            return "\n".join([*lines[:kept], MORE]), "\n".join(lines[kept:]) or None
    return text, None


def _pieces(line: str, room: int) -> Iterator[str]:
    """A line in pieces of so many bytes at most; one with something to tap is not cut."""
    while len(line.encode()) > room and not TAP.search(line):
        piece = line.encode()[:room].decode(errors="ignore")
        yield piece
        line = line[len(piece) :]
    yield line
