"""What WeChat tells us, taken from known tags only (wechat.md 3): whatever else a body holds is never looked at."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLParser, fromstring

_PROLOG = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml\s[^<>]*\?>)?\s*<xml[\s/>]")
# Nearly every body is flat: tags with a text in each, none of them twice. It is taken apart without the parser's help,
# to the same result; anything else, well-formed or not, is left to the parser.
_FIELD = re.compile(
    rb"<([A-Za-z]+)>(?:<!\[CDATA\[([^\]\x00-\x08\x0b-\x1f]*)\]\]>|([^<&\]\x00-\x08\x0b-\x1f]*))</\1>[ \t\n]*"
)
_BLANK = b" \t\n"
_FORBIDDEN = b"\xef\xbf"  # begins the two characters beside the control characters that XML forbids
_NUMBER = re.compile(r"\A[0-9]{1,20}\Z", re.ASCII)
_SECONDS = re.compile(r"\A[0-9]{1,11}\Z", re.ASCII)  # the latest is the year 5138
_NAME = re.compile(r"\A[\w.@-]{1,64}\Z", re.ASCII)

# The only events after which WeChat shows a reply; an answer to any other is dropped.
_ANSWERED_EVENTS = frozenset({"subscribe", "SCAN", "CLICK", "scancode_waitmsg", "location_select"})
_DEPTH = 2  # of what we know: below the root, the lines of a subscription event, and what each of them says
_SUBSCRIPTION_LISTS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")


class Rejected(Exception):
    """A request that is not worth an answer: the HTTP status (400, 403 or 413), and the reason for the log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Subscription:
    """One line of a subscription event: a grant or refusal (`choice`: accept, reject), or what became of a notice."""

    template_id: str
    choice: str = ""
    msg_id: str = ""
    error_code: str = ""
    error_status: str = ""


class Incoming(NamedTuple):
    """One message or event of a follower. A text that is absent is "", never None.

    `kind` is the MsgType (text, image, voice, video, shortvideo, location, link) or `event:` and the Event in the
    platform's own spelling (event:subscribe, event:CLICK). `key` is the same for every delivery of the same thing and
    names no person. `tapped` says that a text was sent by a tap, which counts as a menu click. `msg_id` is the MsgId of
    a message, for an event the id of the notice it speaks of.
    """

    key: str
    kind: str
    to_user: str
    from_user: str
    created: datetime
    msg_id: str = ""
    content: str = ""
    tapped: bool = False
    media_id: str = ""
    pic_url: str = ""
    recognition: str = ""
    event: str = ""
    event_key: str = ""
    ticket: str = ""
    status: str = ""
    scan_result: str = ""
    subscriptions: tuple[Subscription, ...] = ()

    @property
    def is_event(self) -> bool:
        """Whether this is an event rather than a message."""
        return bool(self.event)

    @property
    def answerable(self) -> bool:
        """Whether WeChat shows a reply to it."""
        return not self.event or self.event in _ANSWERED_EVENTS


def parse_xml(body: bytes) -> dict[str, Any]:
    """The children of the root `<xml>`; neither a document type nor an entity is let in.

    Raises Rejected (400) for anything else.
    """
    flat = _flat(body)
    if flat is not None:
        return flat
    # Nothing stands before the root, and inside it no document type can begin.
    if not _PROLOG.match(body):
        raise Rejected(400, "no <xml> root")
    try:
        root = fromstring(body, XMLParser(encoding="utf-8"))
    except (ParseError, ValueError, LookupError):
        raise Rejected(400, "bad XML") from None
    if not len(root):
        raise Rejected(400, "empty XML")
    return _children(root, _DEPTH)


def _flat(body: bytes) -> dict[str, Any] | None:
    """The texts of a flat body by their tags; None for any other."""
    # What stands before the first field, then of each its tag, either kind of text, and what follows it.
    parts = _FIELD.split(body)
    between = [part.rstrip(_BLANK) for part in parts[::4]]
    if between[0] != b"<xml>" or between[-1] != b"</xml>" or any(between[1:-1]) or _FORBIDDEN in body:
        return None
    fields = zip(parts[1::4], parts[2::4], parts[3::4], strict=True)
    try:
        found = {tag.decode(): (inside or plain or b"").decode().strip() or None for tag, inside, plain in fields}
    except UnicodeDecodeError:
        return None
    return found if len(found) == len(between) - 1 else None


def _children(element: Element, depth: int) -> dict[str, Any]:
    """Children by their tags: a text, or the children of one; a list of them where a tag is repeated."""
    found: dict[str, Any] = {}
    for child in element:
        inside = _children(child, depth - 1) if depth and len(child) else {}
        value = inside if len(child) else (child.text or "").strip() or None
        before = found.get(child.tag)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            found[child.tag] = [before, value]
    return found


def read_incoming(fields: Mapping[str, Any]) -> Incoming:
    """The message or event in the fields of a body. Raises Rejected (400) where one of the known tags is wrong."""
    kind = _match(fields, "MsgType", _NAME).lower()
    if kind == "event":
        return _event(fields)
    number = _match(fields, "MsgId", _NUMBER)
    return Incoming(
        key=f"msg:{number}",
        kind=kind,
        to_user=_match(fields, "ToUserName", _NAME),
        from_user=_match(fields, "FromUserName", _NAME),
        created=_created(fields),
        msg_id=number,
        content=text(fields, "Content"),
        tapped=fields.get("bizmsgmenuid") is not None,
        media_id=text(fields, "MediaId"),
        pic_url=text(fields, "PicUrl"),
        recognition=text(fields, "Recognition"),
    )


def _event(fields: Mapping[str, Any]) -> Incoming:
    event = _match(fields, "Event", _NAME)
    event_key = text(fields, "EventKey")
    number = _optional_number(fields, "MsgID")
    subscriptions = _subscriptions(fields)
    sender, created = _match(fields, "FromUserName", _NAME), _created(fields)
    ids = (number, *(line.msg_id for line in subscriptions))
    return Incoming(
        key=f"event:{_digest(sender, str(int(created.timestamp())), event, event_key, *ids)}",
        kind=f"event:{event}",
        to_user=_match(fields, "ToUserName", _NAME),
        from_user=sender,
        created=created,
        msg_id=number,
        event=event,
        event_key=event_key,
        ticket=text(fields, "Ticket"),
        status=text(fields, "Status"),
        scan_result=text(_inner(fields, "ScanCodeInfo"), "ScanResult"),
        subscriptions=subscriptions,
    )


def _created(fields: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(_match(fields, "CreateTime", _SECONDS)), UTC)


def _subscriptions(fields: Mapping[str, Any]) -> tuple[Subscription, ...]:
    """The lines of a subscription event; one line comes as an element, several as a list of them."""
    lines: list[Subscription] = []
    for name in _SUBSCRIPTION_LISTS:
        found = _inner(fields, name).get("List")
        for line in found if isinstance(found, list) else [found] if found is not None else []:
            if not isinstance(line, dict):
                raise Rejected(400, f"wrong tag {name}")
            lines.append(
                Subscription(
                    template_id=text(line, "TemplateId"),
                    choice=text(line, "SubscribeStatusString"),
                    msg_id=_optional_number(line, "MsgID"),
                    error_code=text(line, "ErrorCode"),
                    error_status=text(line, "ErrorStatus"),
                )
            )
    return tuple(lines)


def text(fields: Mapping[str, Any], tag: str) -> str:
    """The text of a tag, "" where it is absent or empty. Raises Rejected (400) if it is repeated or has children."""
    value = fields.get(tag)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Rejected(400, f"wrong tag {tag}")
    return value


def _inner(fields: Mapping[str, Any], tag: str) -> Mapping[str, Any]:
    value = fields.get(tag)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Rejected(400, f"wrong tag {tag}")
    return value


def _match(fields: Mapping[str, Any], tag: str, pattern: re.Pattern[str]) -> str:
    value = text(fields, tag)
    if not pattern.match(value):
        raise Rejected(400, f"wrong tag {tag}")
    return value


def _optional_number(fields: Mapping[str, Any], tag: str) -> str:
    return _match(fields, tag, _NUMBER) if fields.get(tag) is not None else ""


def _digest(*parts: str) -> str:
    # Each part with its length, so that no two different events read alike.
    data = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(data.encode()).hexdigest()[:40]
