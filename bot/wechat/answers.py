"""What the bot can answer within the five seconds, as the XML that WeChat reads (wechat.md 2)."""

import re
from dataclasses import dataclass

from werobot.replies import Article, ArticlesReply, ImageReply, TextReply

MAX_TEXT = 2000  # bytes of UTF-8; measured limits are 2,047 for a reply and 2,048 for a customer-service message
_ELLIPSIS = "…"
_LINK = re.compile(r"<a\s.*?(?:</a\s*>|\Z)", re.DOTALL | re.IGNORECASE)
# Neither XML nor a chat has a use for these: control characters but tab and line feed, halves of surrogate pairs,
# and the two non-characters that XML 1.0 forbids.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """Text, which may hold `<a href=…>` links; cut to what WeChat takes as a last resort (paging is the caller's)."""

    text: str


@dataclass(frozen=True, slots=True)
class ImageAnswer:
    """A picture that was uploaded before."""

    media_id: str


@dataclass(frozen=True, slots=True)
class NewsAnswer:
    """One article: title, a line below it, the address of a picture, and where a tap leads."""

    title: str
    description: str
    picture: str
    url: str


Answer = TextAnswer | ImageAnswer | NewsAnswer


def printable(text: str) -> str:
    """`text` without characters that XML or a chat cannot carry; line ends become line feeds."""
    text = text.replace("\r\n", "\n")
    # Nearly every text is, but for line ends and wide blanks; that is seen sooner than nothing is found to replace.
    if text.replace("\n", "").replace("\u3000", "").isprintable():
        return text
    return _UNPRINTABLE.sub("", text)


def fit(text: str, limit: int = MAX_TEXT) -> str:
    """`text` in at most `limit` bytes of UTF-8, printable, cut between characters and never inside a link."""
    text = printable(text)
    data = text.encode()
    if len(data) <= limit:
        return text
    kept = data[: limit - len(_ELLIPSIS.encode())].decode(errors="ignore")
    for link in _LINK.finditer(text):
        if link.start() < len(kept) < link.end():
            kept = kept[: link.start()]
            break
    return kept.rstrip() + _ELLIPSIS


def render(answer: Answer, *, source: str, target: str, time: int) -> str:
    """The XML of an answer from the account `source` to the follower `target`, `time` in seconds since 1970.

    Empty where there is nothing to say: a reply with an empty Content is not the same as none.
    """
    if isinstance(answer, TextAnswer):
        content = _safe(fit(answer.text))
        if not content:
            return ""
        # Its template without the object around it: this is nearly every answer there is.
        return str(TextReply.TEMPLATE.format(source=source, target=target, time=time, content=content))
    if isinstance(answer, ImageAnswer):
        return str(ImageReply(source=source, target=target, time=time, media_id=_safe(answer.media_id)).render())
    reply = ArticlesReply(source=source, target=target, time=time)
    parts = (answer.title, answer.description, answer.picture, answer.url)
    reply.add_article(Article(*(_safe(printable(part)) for part in parts)))
    return str(reply.render())


def _safe(text: str) -> str:
    """`text` for the inside of a CDATA section: its end mark is split over two sections."""
    return text.replace("]]>", "]]]]><![CDATA[>")
