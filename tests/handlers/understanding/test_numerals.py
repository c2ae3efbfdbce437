"""Numerals: written, spoken, and what only looks like one."""

from decimal import Decimal

import pytest

from handlers.understanding.numerals import integer, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("12", "12"), ("1.5", "1.5"), ("两", "2"), ("俩", "2"), ("仨", "3"), ("十", "10"), ("十二", "12")),
        *(("二十", "20"), ("二十三", "23"), ("廿三", "23"), ("卅", "30"), ("一百零五", "105"), ("一百二十", "120")),
        *(
            ("三点五", "3.5"),
            ("零点五", "0.5"),
            ("十二点二五", "12.25"),
            ("二〇二六", "2026"),
            ("四八三九二〇", "483920"),
        ),
    ],
)
def test_a_numeral_has_its_value(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "两三", "三四", "点", "三点", "三点x", "百", "十百", "abc", "1.2.3"])
def test_a_guess_is_no_number(text: str) -> None:
    assert number(text) is None


def test_an_integer_is_whole() -> None:
    assert integer("十二") == 12
    assert integer("1.5") is None
    assert integer("两三") is None
