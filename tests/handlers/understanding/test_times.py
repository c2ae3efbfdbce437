"""Months, quarters and years; this month is November 2026."""

import pytest

from handlers.understanding.line import Line
from handlers.understanding.times import month_said, span_of, span_said
from models.months import Month

NOVEMBER = Month(2026, 11)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        *(
            ("10月", "2026-10"),
            ("上个月", "2026-10"),
            ("上上个月", "2026-09"),
            ("本月", "2026-11"),
            ("这个月份", "2026-11"),
        ),
        *(("2026-10", "2026-10"), ("2026年9月", "2026-09"), ("去年12月", "2025-12"), ("今年3月", "2026-03")),
        *(("12月", "2025-12"), ("十月份", "2026-10"), ("下个月", "2026-12")),
    ],
)
def test_a_month_is_read(text: str, month: str) -> None:
    found = month_said(Line.of(text), NOVEMBER)
    assert found is not None
    assert str(found[0]) == month


@pytest.mark.parametrize("text", ["积分", "13月", "10月26日", "0月"])
def test_no_month_is_read_out_of_anything_else(text: str) -> None:
    assert month_said(Line.of(text), NOVEMBER) is None


@pytest.mark.parametrize(
    ("text", "value", "word"),
    [
        *(
            ("月", "2026-11", "本月"),
            ("本月", "2026-11", "本月"),
            ("10月", "2026-10", "10月"),
            ("12月", "2025-12", "2025年12月"),
        ),
        *(
            ("季", "2026-Q4", "本季"),
            ("本季度", "2026-Q4", "本季"),
            ("上季度", "2026-Q3", "3季度"),
            ("三季度", "2026-Q3", "3季度"),
        ),
        *(("年", "2026", "本年"), ("今年", "2026", "本年"), ("去年", "2025", "2025年"), ("2024年", "2024", "2024年")),
    ],
)
def test_a_span_is_read_and_has_its_word(text: str, value: str, word: str) -> None:
    found = span_said(Line.of(text), NOVEMBER)
    assert found is not None
    assert (found[0], span_of(found[0], NOVEMBER).word) == (value, word)


def test_a_quarter_to_come_is_last_years() -> None:
    found = span_said(Line.of("四季度"), Month(2026, 5))
    assert found is not None
    assert found[0] == "2025-Q4"
    assert span_of(found[0], Month(2026, 5)).word == "2025年4季度"


def test_nothing_is_no_span() -> None:
    assert span_said(Line.of("积分"), NOVEMBER) is None
