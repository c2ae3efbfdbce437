"""Parametric QR codes: tickets, the scenes behind them, and their pictures (wechat.md 6)."""

import io
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import segno

from bot.sandbox.errors import ApiError
from bot.sandbox.store import Store

LONGEST = 2_592_000  # seconds; 30 days
DEFAULT = 60
KEPT = 200


@dataclass(frozen=True)
class Ticket:
    """One QR code; `until` is an ISO 8601 moment, or None for a permanent code."""

    ticket: str
    url: str
    scene: str
    until: str | None

    def lives(self, now: datetime) -> bool:
        """Whether scanning it still works."""
        return self.until is None or now < datetime.fromisoformat(self.until)


class Tickets:
    """The account's QR codes, newest last; the newest 200 are kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tickets = [Ticket(**packed) for packed in store.kept("tickets") or ()]

    def create(self, body: dict[str, Any], now: datetime) -> dict[str, object]:
        """The answer of /cgi-bin/qrcode/create; raises ApiError 40052 or 40053."""
        permanent, scene = _scene(body)
        seconds = None if permanent else _seconds(body)
        until = seconds and (now + timedelta(seconds=seconds)).isoformat()
        url = f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}"
        ticket = Ticket("g" + secrets.token_urlsafe(64) + "==", url, scene, until or None)
        self._tickets = [*self._tickets[1 - KEPT :], ticket]
        self._store.keep("tickets", [asdict(t) for t in self._tickets])
        answer: dict[str, object] = {"ticket": ticket.ticket, "url": url}
        return answer if seconds is None else {**answer, "expire_seconds": seconds}

    def living(self, now: datetime) -> list[Ticket]:
        """The codes that may be scanned, newest first."""
        return [ticket for ticket in reversed(self._tickets) if ticket.lives(now)]

    def scanned(self, code: str, now: datetime) -> Ticket | None:
        """The living code that someone scanned: by its content, its ticket, its picture's address or its scene."""
        code = code.strip()
        told = unquote(code.rpartition("ticket=")[2])
        for ticket in self.living(now):
            if code in {ticket.url, ticket.scene} or told == ticket.ticket:
                return ticket
        return None

    def picture(self, ticket: str, now: datetime) -> bytes | None:
        """The PNG of a code, or None when there is no such living code."""
        found = next((t for t in self.living(now) if t.ticket == ticket), None)
        if found is None:
            return None
        out = io.BytesIO()
        segno.make(found.url, error="m").save(out, kind="png", scale=8, border=4)
        return out.getvalue()


def _scene(body: dict[str, Any]) -> tuple[bool, str]:
    """Whether the code is permanent, and its scene as events carry it."""
    name = body.get("action_name")
    if name not in {"QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"}:
        raise ApiError(40052)
    info = body.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict):
        raise ApiError(40053)
    permanent = "LIMIT" in name
    if "STR" in name:
        text = scene.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise ApiError(40053)
        return permanent, text
    number = scene.get("scene_id")
    if not isinstance(number, int) or not 1 <= number <= (100_000 if permanent else 2**32 - 1):
        raise ApiError(40053)
    return permanent, str(number)


def _seconds(body: dict[str, Any]) -> int:
    seconds = body.get("expire_seconds", DEFAULT)
    if not isinstance(seconds, int) or not 1 <= seconds <= LONGEST:
        raise ApiError(40053)
    return seconds
