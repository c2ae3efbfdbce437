"""The menu under the chat (chat, "The menu under the chat"): every button sends a whole command.

Only what works is on it: a button whose command no family knows yet is left out.
"""

from collections.abc import Callable
from typing import Any

SCAN = "扫一扫"  # marks a button that opens the camera
COLUMNS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("我要申报", (("申报", ""), ("我的申报", ""), ("细则", ""))),
    ("我的积分", (("积分", ""), ("排名", ""), ("公示", ""))),
    ("会议待办", (("签到", SCAN), ("会议", ""), ("待办", ""), ("我有意见", ""))),
)


def build(works: Callable[[str], object]) -> dict[str, Any]:
    """The body of /cgi-bin/menu/create; ``works`` finds a command by its word, or None."""
    columns = [(title, [_button(word, how) for word, how in words if works(word)]) for title, words in COLUMNS]
    return {"button": [_column(title, buttons) for title, buttons in columns if buttons]}


def _column(title: str, buttons: list[dict[str, str]]) -> dict[str, Any]:
    """A column of one button is that button itself."""
    return buttons[0] if len(buttons) == 1 else {"name": title, "sub_button": buttons}


def _button(word: str, how: str) -> dict[str, str]:
    return {"type": "scancode_waitmsg" if how == SCAN else "click", "name": word, "key": word}
