"""What in a text can be tapped, and what is left as it was written."""

from typing import Any

import pytest

from bot.sandbox.links import bare, parse


def packed(text: str) -> list[dict[str, Any]]:
    return [part.packed() for part in parse(text)]


def test_a_tap_sends_its_decoded_content() -> None:
    text = '通过吗 [<a href="weixin://bizmsgmenu?msgmenucontent=%E9%80%9A%E8%BF%87%2012&msgmenuid=3">通过</a>]'
    assert packed(text) == [{"text": "通过吗 ["}, {"text": "通过", "send": "通过 12", "menu_id": "3"}, {"text": "]"}]


def test_an_escaped_ampersand_in_an_address_is_read() -> None:
    (part,) = packed("<a href='weixin://bizmsgmenu?msgmenucontent=a%26b&amp;msgmenuid=3'>x</a>")
    assert (part["send"], part["menu_id"]) == ("a&b", "3")


def test_web_addresses_are_links_with_and_without_an_anchor() -> None:
    parts = packed('见<a class="x" href="https://a.cn/b?c=1&d=2">细则</a>或http://127.0.0.1:8000/m/1。')
    assert [(part["text"], part.get("url")) for part in parts] == [
        ("见", None),
        ("细则", "https://a.cn/b?c=1&d=2"),
        ("或", None),
        ("http://127.0.0.1:8000/m/1", "http://127.0.0.1:8000/m/1"),
        ("。", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '<a href="javascript:alert(1)">点我</a>',
        '<a href="weixin://dl/scan">点我</a>',
        '<a href="weixin://bizmsgmenu?msgmenuid=1">点我</a>',
        '<a href="https://">点我</a>',
        '<a href="data:text/html,x">点我</a>',
        "<a onclick=alert(1)>点我</a>",
        '<a href="http://[::1">点我</a>',
        "<a href=https://a.cn>点我",
        "<script>alert(1)</script>",
        "＜a href＞点我",
        "1 < 2 & 3 > 2",
    ],
)
def test_anything_else_is_plain_text_as_it_was_written(text: str) -> None:
    assert "".join(part["text"] for part in packed(text)) == text
    assert not any("send" in part for part in packed(text))


def test_a_broken_anchor_does_not_swallow_the_one_behind_it() -> None:
    good = '<a href="weixin://bizmsgmenu?msgmenucontent=a&msgmenuid=1">好</a>'
    assert packed(f"<a href='x'>坏{good}")[-1]["text"] == "好"


def test_a_users_own_text_never_holds_a_tap() -> None:
    text = '<a href="weixin://bizmsgmenu?msgmenucontent=a&msgmenuid=1">好</a>'
    assert [part.packed() for part in bare(text)] == [{"text": text}]
