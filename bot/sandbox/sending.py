"""The three ways the bot can push something to a user (wechat.md 5.1 to 5.3)."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox import keywords, messages
from bot.sandbox.errors import ApiError
from bot.sandbox.options import Template
from bot.sandbox.platform import MSGID_BASE, Platform

SUCCESS = "success"
BLOCKED = "failed:user block"


@dataclass(frozen=True)
class Sent:
    """An accepted template message; `status` is what TEMPLATESENDJOBFINISH will say, None for a repeated one."""

    msgid: int
    status: str | None


def template(platform: Platform, body: dict[str, Any]) -> Sent:
    """Send a template message, once per user and client_msg_id within 10 minutes.

    Raises ApiError 40003, 40037, 43004, 47003, or the configured code for a repeated client_msg_id.
    """
    with platform.lock:
        user = platform.user(body.get("touser"))
        card = _template(platform, body)
        if not user.follows:
            raise ApiError(43004)
        rows = keywords.fill(card, body.get("data"))
        once = body.get("client_msg_id")
        before = platform.sent_before(user.openid, once) if isinstance(once, str) else None
        if before is not None:
            return _repeated(platform, before)
        msgid = MSGID_BASE + platform.next_id()
        if isinstance(once, str) and once:
            platform.remember_sent(user.openid, once, msgid)
        if user.receiving:
            _show(platform, user.openid, card, rows, body)
        return Sent(msgid, SUCCESS if user.receiving else BLOCKED)


def subscription(platform: Platform, body: dict[str, Any]) -> int:
    """Send a subscription notice, which uses up one grant; its msgid. Raises ApiError 40003, 40037, 43101 or 47003."""
    with platform.lock:
        user = platform.user(body.get("touser"))
        card = _template(platform, body)
        rows = keywords.fill(card, body.get("data"))
        with platform.changing(user.openid):
            user.take_grant(str(body["template_id"]))
        _show(platform, user.openid, card, rows, {**body, "url": body.get("page")})
        return MSGID_BASE + platform.next_id()


def custom(platform: Platform, body: dict[str, Any]) -> None:
    """Send a customer-service message inside an open window; raises the ApiErrors of messages.read and User.take."""
    now = platform.now()
    with platform.lock:
        user = platform.user(body.get("touser"))
        kind, shown = messages.read(body, platform.media, now)
        with platform.changing(user.openid):
            user.take(now)
        platform.show(user.openid, kind, shown)


def _template(platform: Platform, body: dict[str, Any]) -> Template:
    found = platform.options.templates.get(str(body.get("template_id")))
    if found is None:
        raise ApiError(40037)
    return found


def _repeated(platform: Platform, msgid: int) -> Sent:
    if platform.options.duplicate_errcode:
        raise ApiError(platform.options.duplicate_errcode)
    return Sent(msgid, None)


def _show(platform: Platform, openid: str, card: Template, rows: list[dict[str, str]], body: dict[str, Any]) -> None:
    """Put the card into the chat; a mini program wins over an address (wechat.md 5.2)."""
    shown: dict[str, object] = {"title": card.title, "rows": rows}
    if isinstance(body.get("url"), str) and not body.get("miniprogram"):
        shown["url"] = body["url"]
    platform.show(openid, "template", shown)
