"""What in a text can be tapped: the links WeChat's client makes of it, and nothing else (wechat.md 2).

Parsing happens here and only here; the page gets plain pieces and sets them as text, so that no markup of a message
ever reaches the browser as markup.
"""

import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

ANCHOR = re.compile(r"<a\s([^<>]*)>((?:(?!<a\s|</a>).)*)</a>", re.IGNORECASE | re.DOTALL)
HREF = re.compile(r"""(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
BARE = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
TAP = "weixin://bizmsgmenu?"


@dataclass(frozen=True)
class Part:
    """A piece of a text. With `send`, a tap sends that text; with `url`, it opens that page."""

    text: str
    send: str | None = None
    menu_id: str | None = None
    url: str | None = None

    def packed(self) -> dict[str, Any]:
        """The piece as JSON values, without what it has not."""
        return {key: value for key, value in asdict(self).items() if value is not None}


def parse(text: str) -> list[Part]:
    """The pieces of a text from the account: `<a href>` of the allowed kinds and bare web addresses are links."""
    parts: list[Part] = []
    end = 0
    for anchor in ANCHOR.finditer(text):
        link = _link(anchor.group(1), anchor.group(2))
        if link is not None:
            parts += [*bare(text[end : anchor.start()]), link]
            end = anchor.end()
    return parts + bare(text[end:])


def bare(text: str) -> list[Part]:
    """The pieces of a text in which only bare web addresses are links, such as a user's own."""
    parts: list[Part] = []
    end = 0
    for found in BARE.finditer(text):
        url = found.group().rstrip(".,;:!?)'")
        if is_web(url):
            parts += [Part(text[end : found.start()]), Part(url, url=url)]
            end = found.start() + len(url)
    parts.append(Part(text[end:]))
    return [part for part in parts if part.text]


def is_web(url: str) -> bool:
    """Whether this is an address a phone's browser would open."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _link(attributes: str, label: str) -> Part | None:
    """The link of an anchor, or None when its address is of no allowed kind: then it is shown as it was written."""
    found = HREF.search(attributes)
    if found is None or not label.strip():
        return None
    href = (found.group(1) or found.group(2) or "").replace("&amp;", "&").strip()
    if href.lower().startswith(TAP):
        return _tap(label, href[len(TAP) :])
    return Part(label, url=href) if is_web(href) else None


def _tap(label: str, query: str) -> Part | None:
    values = dict(piece.partition("=")[::2] for piece in query.split("&"))
    content = unquote(values.get("msgmenucontent", ""))
    return Part(label, send=content, menu_id=unquote(values.get("msgmenuid", "0"))) if content else None
