"""The account's menu: checked as /cgi-bin/menu/create checks it, and found again by what someone taps."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.errors import ApiError
from bot.sandbox.store import Store

KEYED = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
}
FIELDS = {"media_id": "media_id", "article_id": "article_id", "article_view_limited": "article_id"}


@dataclass(frozen=True)
class Size:
    """How many buttons a row may have, how long a name may be in bytes, and the error codes for both."""

    buttons: int
    name_bytes: int
    count_code: int
    name_code: int


BAR = Size(3, 16, 40016, 40018)
SUB = Size(5, 60, 40023, 40025)


def check(body: Any) -> list[dict[str, Any]]:
    """The buttons of a menu that may be created; raises ApiError with the code of what is wrong."""
    if not isinstance(body, dict):
        raise ApiError(47001)
    buttons = _row(body.get("button"), BAR)
    for button in buttons:
        if button.get("sub_button"):
            for sub in _row(button["sub_button"], SUB):
                _button(sub)
        else:
            _button(button)
    return buttons


def _row(buttons: Any, size: Size) -> list[dict[str, Any]]:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= size.buttons:
        raise ApiError(size.count_code)
    for button in buttons:
        name = button.get("name") if isinstance(button, dict) else None
        if not isinstance(name, str) or not 1 <= len(name.encode()) <= size.name_bytes:
            raise ApiError(size.name_code)
    return buttons


def _button(button: dict[str, Any]) -> None:
    kind = button.get("type")
    if kind in KEYED:
        _text(button.get("key"), 128, 40019)
    elif kind in {"view", "miniprogram"}:
        url = _text(button.get("url"), 1024, 40020)
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ApiError(40055)
    elif kind in FIELDS:
        _text(button.get(FIELDS[kind]), 512, 40007)
    else:
        raise ApiError(40017)


def _text(value: Any, limit: int, code: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= limit:
        raise ApiError(code)
    return value


class Menu:
    """The menu as the phones show it, kept in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.buttons: list[dict[str, Any]] = store.kept("menu") or []

    def create(self, body: Any) -> None:
        """Replace the menu by this one."""
        self.buttons = check(body)
        self._store.keep("menu", self.buttons)

    def at(self, path: list[int]) -> dict[str, Any] | None:
        """The button at a place: [first level] or [first level, second level], counted from 0."""
        row, button = self.buttons, None
        for index in path:
            if not 0 <= index < len(row):
                return None
            button = row[index]
            row = button.get("sub_button") or []
        return button

    def named(self, name: str) -> dict[str, Any] | None:
        """The button with this name that does something."""
        every = [b for button in self.buttons for b in (button.get("sub_button") or [button])]
        return next((button for button in every if button["name"] == name), None)
