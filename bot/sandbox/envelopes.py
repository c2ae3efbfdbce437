"""What users do, as the XML that WeChat sends to /wechat (wechat.md 3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

REPLIED_EVENTS = {"subscribe", "SCAN", "CLICK", "scancode_waitmsg", "location_select"}
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
Value = str | int | Mapping[str, "Value"]


@dataclass(frozen=True)
class Envelope:
    """One message or event, ready to be sent: the clear XML, and whether an answer to it is shown."""

    openid: str
    what: str
    xml: str
    answered: bool = True


@dataclass(frozen=True)
class Head:
    """What every envelope begins with."""

    openid: str
    account_id: str
    at: datetime


def text(head: Head, msgid: int, content: str, *, menu_id: str | None = None) -> Envelope:
    """A text; `menu_id` when it comes from a tap."""
    extra: dict[str, Value] = {} if menu_id is None else {"bizmsgmenuid": menu_id}
    return _message(head, msgid, "text", {"Content": content, **extra})


def image(head: Head, msgid: int, url: str, media_id: str) -> Envelope:
    """A picture."""
    return _message(head, msgid, "image", {"PicUrl": url, "MediaId": media_id})


def voice(head: Head, msgid: int, media_id: str, recognition: str) -> Envelope:
    """A voice message; the recognised text is empty on the real platform nowadays."""
    return _message(head, msgid, "voice", {"MediaId": media_id, "Format": "amr", "Recognition": recognition})


def event(head: Head, name: str, fields: Mapping[str, Value] | None = None) -> Envelope:
    """An event; the page's phones show answers only to those the platform lets be answered."""
    body = {**_head(head, "event"), "Event": name, **(fields or {})}
    return Envelope(head.openid, f"event {name}", _xml(body), answered=name in REPLIED_EVENTS)


def _message(head: Head, msgid: int, kind: str, fields: Mapping[str, Value]) -> Envelope:
    return Envelope(head.openid, kind, _xml({**_head(head, kind), **fields, "MsgId": msgid}))


def _head(head: Head, kind: str) -> dict[str, Value]:
    at = int(head.at.timestamp())
    return {"ToUserName": head.account_id, "FromUserName": head.openid, "CreateTime": at, "MsgType": kind}


def _xml(fields: Mapping[str, Value]) -> str:
    return f"<xml>{_inner(fields)}</xml>"


def _inner(fields: Mapping[str, Value]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: Value) -> str:
    if isinstance(value, Mapping):
        return _inner(value)
    if isinstance(value, int):
        return str(value)
    return f"<![CDATA[{NOT_XML.sub('', value).replace(']]>', ']]]]><![CDATA[>')}]]>"
