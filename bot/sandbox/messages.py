"""Customer-service messages: what the body of /cgi-bin/message/custom/send must look like (wechat.md 5.1)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.sandbox.errors import ApiError
from bot.sandbox.media import Media

TEXT_BYTES = 2048
Shown = tuple[str, dict[str, Any]]


def read(body: dict[str, Any], media: Media, now: datetime) -> Shown:
    """The kind and body of the bubble this message becomes; raises ApiError with the code of what is wrong."""
    kind = body.get("msgtype")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise ApiError(40008)
    content = body.get(str(kind))
    if not isinstance(content, dict):
        raise ApiError(47001)
    return reader(content, media, now)


def _text(content: dict[str, Any], media: Media, now: datetime) -> Shown:
    return "text", {"text": _string(content, "content", required=True)}


def _image(content: dict[str, Any], media: Media, now: datetime) -> Shown:
    return "image", {"media_id": media.get(content.get("media_id"), now, kind="image").media_id}


def _voice(content: dict[str, Any], media: Media, now: datetime) -> Shown:
    media.get(content.get("media_id"), now, kind="voice")
    return "voice", {"text": ""}


def _news(content: dict[str, Any], media: Media, now: datetime) -> Shown:
    articles = content.get("articles")
    if not isinstance(articles, list) or not articles or not all(isinstance(a, dict) for a in articles):
        raise ApiError(44003)
    if len(articles) > 1:
        raise ApiError(45008)
    keys = ("title", "description", "url", "picurl")
    return "news", {"articles": [{key: _string(article, key) for key in keys} for article in articles]}


def _menu(content: dict[str, Any], media: Media, now: datetime) -> Shown:
    items = content.get("list")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise ApiError(44004)
    listed = [{"id": str(item.get("id", "")), "content": _string(item, "content", required=True)} for item in items]
    return "menu", {"head": _string(content, "head_content"), "items": listed, "tail": _string(content, "tail_content")}


def _music(content: dict[str, Any], media: Media, now: datetime) -> Shown:
    shown = {"title": _string(content, "title"), "description": _string(content, "description")}
    return "card", {**shown, "url": _string(content, "musicurl")}


def _mini_program(content: dict[str, Any], media: Media, now: datetime) -> Shown:
    return "card", {"title": _string(content, "title", required=True), "description": "小程序"}


def _string(content: dict[str, Any], key: str, *, required: bool = False) -> str:
    value = content.get(key, "")
    if not isinstance(value, str):
        raise ApiError(47001)
    if required and not value:
        raise ApiError(44004)
    if len(value.encode()) > TEXT_BYTES:
        raise ApiError(45002)
    return value


READERS: dict[str, Callable[[dict[str, Any], Media, datetime], Shown]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "news": _news,
    "msgmenu": _menu,
    "music": _music,
    "miniprogrampage": _mini_program,
}
