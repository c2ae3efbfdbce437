"""What the platform knows of one user: following, receiving, and the windows for customer-service messages.

Windows (wechat.md 5.1), each restarted by its own trigger:

    a message            5 messages, 48 hours
    a menu click or tap  3 messages, 1 minute
    following            3 messages, 1 minute
    scanning a QR code   3 messages, 1 minute
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.sandbox.errors import ApiError


class Trigger(StrEnum):
    """What opens a window."""

    MESSAGE = "message"
    CLICK = "click"
    FOLLOW = "follow"
    SCAN = "scan"


ALLOWANCES = {
    Trigger.MESSAGE: (5, timedelta(hours=48)),
    Trigger.CLICK: (3, timedelta(minutes=1)),
    Trigger.FOLLOW: (3, timedelta(minutes=1)),
    Trigger.SCAN: (3, timedelta(minutes=1)),
}


@dataclass
class Window:
    """How many customer-service messages may still be sent, and until when."""

    left: int
    until: datetime


@dataclass
class User:
    """A user of WeChat as this account sees one, with the phone the page shows for them.

    `read_to` is the newest bubble that was looked at; `shown` is the phone's place on the page, 0 when it is not there.
    """

    openid: str
    name: str
    staff_no: str | None = None
    follows: bool = False
    receiving: bool = True
    followed_at: datetime | None = None
    scene: str = ""
    read_to: int = 0
    shown: int = 0
    grants: dict[str, int] = field(default_factory=dict)
    windows: dict[Trigger, Window] = field(default_factory=dict)

    def follow(self, now: datetime, *, scene: str = "") -> None:
        """Follow the account, by a parametric QR code when there is a scene."""
        self.follows, self.followed_at, self.scene = True, now, scene
        self.open(Trigger.FOLLOW, now)

    def unfollow(self) -> None:
        """Leave the account; whatever window was open closes."""
        self.follows, self.receiving = False, True
        self.windows.clear()

    def open(self, trigger: Trigger, now: datetime) -> None:
        """Open or restart the window of this trigger."""
        count, life = ALLOWANCES[trigger]
        self.windows[trigger] = Window(count, now + life)

    def take(self, now: datetime) -> None:
        """Use up one customer-service message, or raise ApiError 48002, 45015 or 45047.

        The window that closes first is used first.
        """
        if not self.receiving:
            raise ApiError(48002)
        windows = sorted((w for w in self.windows.values() if now < w.until), key=lambda w: w.until)
        if not self.follows or not windows:
            raise ApiError(45015)
        usable = next((w for w in windows if w.left > 0), None)
        if usable is None:
            raise ApiError(45047)
        usable.left -= 1

    def take_grant(self, template_id: str) -> None:
        """Use up one subscription grant, or raise ApiError 43101."""
        if not self.receiving or self.grants.get(template_id, 0) < 1:
            raise ApiError(43101)
        self.grants[template_id] -= 1

    def pack(self) -> dict[str, Any]:
        """The user as JSON values, for the store."""
        packed = asdict(self)
        packed["followed_at"] = self.followed_at and self.followed_at.isoformat()
        packed["windows"] = {t.value: [w.left, w.until.isoformat()] for t, w in self.windows.items()}
        return packed

    @classmethod
    def unpack(cls, packed: dict[str, Any]) -> "User":
        """The user that `pack` packed."""
        followed_at = packed.pop("followed_at")
        windows = packed.pop("windows")
        return cls(
            **packed,
            followed_at=followed_at and datetime.fromisoformat(followed_at),
            windows={Trigger(t): Window(left, datetime.fromisoformat(until)) for t, (left, until) in windows.items()},
        )
