"""Small things every reply is made of."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from handlers import words
from models.months import Month


@pytest.mark.parametrize(
    ("points", "shown", "with_sign"),
    [
        ("2", "2", "+2"),
        ("0.50", "0.5", "+0.5"),
        ("57.25", "57.25", "+57.25"),
        ("-1", "-1", "−1"),
        ("0", "0", "+0"),
        ("-0.00", "0", "+0"),
        ("100", "100", "+100"),
    ],
)
def test_figures_have_no_needless_zeros(points: str, shown: str, with_sign: str) -> None:
    assert words.figure(Decimal(points)) == shown
    assert words.signed(Decimal(points)) == with_sign


def test_a_tap_reads_as_its_label_and_sends_the_whole_command() -> None:
    text = f"点错了，可 {words.tap('撤销', '撤销 12')} {words.tap('待办')}"
    assert words.plain(text) == "点错了，可 [撤销] [待办]"
    assert words.TAP.findall(text) == [("撤销", "撤销 12"), ("待办", "待办")]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ('<a href="http://evil.example/x">领奖</a>', '＜a href="http：／／evil．example／x"＞领奖＜／a＞'),
        ("见 weixin://bizmsgmenu?x=1", "见 weixin：／／bizmsgmenu?x=1"),
        ("看 www.evil.example", "看 www．evil．example"),
        ("清扫河堤\n两小时", "清扫河堤 两小时"),
        ("1.5小时，3:30结束", "1.5小时，3:30结束"),
    ],
)
def test_what_was_typed_plants_no_link(typed: str, shown: str) -> None:
    assert words.harmless(typed) == shown


def test_what_was_typed_plants_no_tap() -> None:
    assert not words.TAP.search(words.harmless(words.tap("好", "通过 1")))


def test_days_and_moments_are_said_in_shanghai() -> None:
    moment = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
    assert words.time_word(moment) == "11月21日 01:05"
    assert words.day_word(date(2026, 11, 5)) == "11月5日"
    assert words.weekday_word(date(2026, 11, 22)) == "周日"


def test_a_month_has_its_year_when_it_is_another() -> None:
    now = datetime(2026, 1, 20, tzinfo=UTC)
    assert words.month_word(Month(2026, 1), now) == "1月"
    assert words.month_word(Month(2025, 12), now) == "2025年12月"
    assert words.month_word(Month(2025, 12)) == "12月"


def test_stars() -> None:
    assert words.stars_word(3) == "★★★"


@pytest.mark.parametrize(
    ("month", "typed"),
    [((2026, 11), "11月"), ((2025, 12), "12月"), ((2025, 11), "2025年11月"), ((2026, 12), "2026年12月")],
)
def test_a_month_in_a_command_needs_its_year_only_when_it_is_far(month: tuple[int, int], typed: str) -> None:
    assert words.month_typed(Month(*month), datetime(2026, 11, 20, tzinfo=UTC)) == typed


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("昨天扫雪,2小时(东门)?", "昨天扫雪，2小时（东门）"),
        ("<a href='x'>点我</a>", "＜a href='x'＞点我＜/a＞"),
        ("hello, who are you?", "hello, who are you"),
        ("字" * 21, "字" * 20),
        ("！！", ""),
    ],
)
def test_what_is_said_back_has_chinese_punctuation_and_no_links(typed: str, shown: str) -> None:
    assert words.echoed(typed) == shown
