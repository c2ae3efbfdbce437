"""Text that fits into a chat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat.answers import MAX_TEXT, fit, printable

LINK = '<a href="weixin://bizmsgmenu?msgmenucontent=%E9%80%9A%E8%BF%87%2012&msgmenuid=1">通过</a>'


def test_a_text_that_fits_is_left_alone() -> None:
    for text in ("", "积分", "a" * MAX_TEXT, "好" * (MAX_TEXT // 3), LINK):
        assert fit(text) == text


@given(st.text(max_size=1500), st.sampled_from(["好", "😀", "é", "a"]))
def test_a_longer_text_is_cut_between_characters(start: str, filler: str) -> None:
    text = start + filler * (MAX_TEXT + 1)
    cut = fit(text)
    assert len(cut.encode()) <= MAX_TEXT
    assert cut.endswith("…")
    assert printable(text).startswith(cut[:-1])
    assert len(cut.encode()) > MAX_TEXT - 8 or not start.isprintable()


@pytest.mark.parametrize("before", range(1990 - len(LINK.encode()), 1999))
def test_no_text_is_cut_inside_a_link(before: int) -> None:
    cut = fit("x" * before + LINK + "y" * 2000)
    assert cut.count("<a ") == cut.count("</a>")
    assert "<" not in cut.replace(LINK, "")
    assert len(cut.encode()) <= MAX_TEXT


def test_links_before_the_cut_stay_whole() -> None:
    cut = fit((LINK + "\n") * 40)
    assert cut.count(LINK) == cut.count("<a ") == (MAX_TEXT - 3) // len((LINK + "\n").encode())


def test_a_link_that_never_ends_is_left_out() -> None:
    assert fit("看<a href='" + "x" * 3000) == "看…"


def test_what_a_chat_cannot_carry_is_removed() -> None:
    assert printable("一\r\n二\t三\x00\x07\x1b\x7f\x85\ud83d\ufffe四") == "一\n二\t三四"
