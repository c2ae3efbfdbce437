"""Whether what Xianfeng answered is what WeChat accepts, and the bubble it becomes (wechat.md 2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from werobot.crypto import MessageCrypt
from werobot.crypto.exceptions import AppIdValidationError, InvalidSignature

TEXT_BYTES = 2047
Shown = tuple[str, dict[str, Any]]


class BadAnswer(Exception):
    """The answer is none that WeChat takes; the text says why."""


@dataclass(frozen=True)
class Reader:
    """Reads answers to one account. `crypt` is None in plain mode; `has_media` knows which uploads still live."""

    account_id: str
    crypt: MessageCrypt | None
    has_media: Callable[[str, str], bool]

    def read(self, text: str | None, openid: str) -> Shown | None:
        """The bubble of a clear answer, or None when there is nothing to show; raises BadAnswer."""
        if text is None:
            return None
        fields = _fields(text)
        self._check_head(fields, openid)
        kind = fields.get("MsgType")
        if kind == "transfer_customer_service":
            return None
        reader = READERS.get(str(kind))
        if reader is None:
            raise BadAnswer(f"unknown MsgType {kind!r}")
        shown = reader(fields)
        if shown[0] in {"image", "voice"} and not self.has_media(str(shown[1].get("media_id")), shown[0]):
            raise BadAnswer("unknown or expired MediaId")
        return shown

    def clear(self, body: bytes) -> str | None:
        """The clear XML of an answer, or None for an empty body and for `success`."""
        if body in {b"", b"success"}:
            return None
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise BadAnswer("not UTF-8") from None
        return text if self.crypt is None else self._decrypt(self.crypt, text)

    def _decrypt(self, crypt: MessageCrypt, text: str) -> str:
        outer = _fields(text)
        values = [outer.get(name) for name in ("TimeStamp", "Nonce", "MsgSignature", "Encrypt")]
        if not all(isinstance(value, str) for value in values):
            raise BadAnswer("not encrypted, though the account is in secure mode")
        if len(str(values[0])) != 10:
            raise BadAnswer("TimeStamp is not in seconds")
        try:
            return bytes(crypt.decrypt_message(*values)).decode()
        except InvalidSignature:
            raise BadAnswer("wrong MsgSignature") from None
        except (AppIdValidationError, ValueError, IndexError):
            raise BadAnswer("cannot be decrypted") from None

    def _check_head(self, fields: dict[str, Any], openid: str) -> None:
        if fields.get("ToUserName") != openid or fields.get("FromUserName") != self.account_id:
            raise BadAnswer("ToUserName and FromUserName are not swapped")
        if not str(fields.get("CreateTime")).isdigit():
            raise BadAnswer("CreateTime is not in seconds")


def _fields(text: str) -> dict[str, Any]:
    try:
        root = xmltodict.parse(text)
    except (ExpatError, ValueError):
        raise BadAnswer("not XML") from None
    fields = root.get("xml")
    if not isinstance(fields, dict):
        raise BadAnswer("no fields in <xml>")
    return fields


def _text(fields: dict[str, Any]) -> Shown:
    content = fields.get("Content")
    if not isinstance(content, str) or not content.strip():
        raise BadAnswer("empty Content")
    if len(content.encode()) > TEXT_BYTES:
        raise BadAnswer(f"Content of {len(content.encode())} bytes; {TEXT_BYTES} are the most")
    return "text", {"text": content}


def _medium(kind: str, tag: str) -> Callable[[dict[str, Any]], Shown]:
    def read(fields: dict[str, Any]) -> Shown:
        inner = fields.get(tag)
        media_id = inner.get("MediaId") if isinstance(inner, dict) else None
        return kind, {"media_id": media_id, "text": ""}

    return read


def _news(fields: dict[str, Any]) -> Shown:
    articles = fields.get("Articles")
    item = articles.get("item") if isinstance(articles, dict) else None
    if fields.get("ArticleCount") != "1" or not isinstance(item, dict):
        raise BadAnswer("a user's message is answered with exactly one article")
    names = {"Title": "title", "Description": "description", "Url": "url", "PicUrl": "picurl"}
    return "news", {"articles": [{name: str(item.get(tag) or "") for tag, name in names.items()}]}


def _music(fields: dict[str, Any]) -> Shown:
    music = fields.get("Music")
    if not isinstance(music, dict):
        raise BadAnswer("no Music")
    shown = {"title": music.get("Title") or "", "description": music.get("Description") or ""}
    return "card", {**shown, "url": music.get("MusicUrl") or ""}


READERS: dict[str, Callable[[dict[str, Any]], Shown]] = {
    "text": _text,
    "image": _medium("image", "Image"),
    "voice": _medium("voice", "Voice"),
    "news": _news,
    "music": _music,
}
