"""Days: said, hinted at, behind and ahead; today is Friday 2026-11-20."""

from datetime import date

import pytest

from handlers.understanding import days
from handlers.understanding.line import Line

TODAY = date(2026, 11, 20)


def day(text: str, today: date = TODAY, *, ahead: bool = False) -> list[str] | None:
    """The days a text speaks of, a question mark behind them when it is not sure."""
    read = days.read(Line.of(text), today, ahead=ahead)
    return None if read is None else [str(found) for found in read.days] + ([] if read.sure else ["?"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *(("今天", "2026-11-20"), ("昨天", "2026-11-19"), ("昨晚", "2026-11-19"), ("前天", "2026-11-18")),
        *(("大前天", "2026-11-17"), ("昨儿个", "2026-11-19"), ("前儿个", "2026-11-18"), ("今朝", "2026-11-20")),
        *(("琴日", "2026-11-19"), ("尋晚", "2026-11-19"), ("噚日", "2026-11-19"), ("夜儿个", "2026-11-19")),
        *(("昨晌午", "2026-11-19"), ("上周五", "2026-11-13"), ("上个礼拜六", "2026-11-14"), ("上上周五", "2026-11-06")),
        *(("星期一", "2026-11-16"), ("礼拜天", "2026-11-15"), ("周3", "2026-11-18"), ("本周二", "2026-11-17")),
        *(("15日", "2026-11-15"), ("十五号", "2026-11-15"), ("9-15", "2026-09-15"), ("11/15", "2026-11-15")),
        *(("11.12", "2026-11-12"), ("9.15", "2026-09-15"), ("十一月十八号", "2026-11-18"), ("11月18", "2026-11-18")),
        *(
            ("上月28", "2026-10-28"),
            ("上个月30号", "2026-10-30"),
            ("本月8号", "2026-11-08"),
            ("11月25日", "2026-11-25"),
        ),
        *(("2026-11-07", "2026-11-07"), ("2026年11月8日", "2026-11-08"), ("26年11月8日", "2026-11-08")),
        *(
            ("20261115", "2026-11-15"),
            ("1115 扫雪", "2026-11-15"),
            ("三天前", "2026-11-17"),
            ("连续3天前", "2026-11-17"),
            ("两周前", "2026-11-06"),
        ),
        *(
            ("昨天上午9点到11点", "2026-11-19"),
            ("上上个月3号", "2026-09-03"),
            ("去年12月", "?"),
            ("下月3号", "2026-12-03"),
        ),
    ],
)
def test_a_day_that_is_said_is_read(text: str, said: str) -> None:
    assert day(text) == [said]


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("上周末", ["2026-11-14", "2026-11-15", "?"]),
        ("周末", ["2026-11-14", "2026-11-15", "?"]),
        ("这周末", ["2026-11-21", "2026-11-22", "?"]),
        ("上上周末", ["2026-11-07", "2026-11-08", "?"]),
        ("周五", ["2026-11-20", "2026-11-13", "?"]),
        ("28号", ["2026-10-28", "2026-11-28", "?"]),
        ("昨天和前天", ["2026-11-19", "2026-11-18", "?"]),
        ("好像是上周三", ["2026-11-11", "?"]),
        *(
            (text, ["?"])
            for text in ("前几天", "月初", "11月中旬", "上周", "最近", "国庆节", "每周三", "连续三天", "10月")
        ),
    ],
)
def test_a_day_that_is_only_hinted_at_is_asked(text: str, choices: list[str]) -> None:
    assert day(text) == choices


@pytest.mark.parametrize("text", ["3号楼", "12号线", "2.5", "8:30-11:30", "第15号", "三八红旗手", "2月30日", "45日"])
def test_what_only_looks_like_a_day_is_none(text: str) -> None:
    assert day(text) in (None, ["?"])


def test_a_day_of_last_month_is_meant_while_it_is_fresh() -> None:
    assert day("28日", date(2026, 12, 2)) == ["2026-11-28"]
    assert day("28号", date(2026, 12, 20)) == ["2026-11-28", "2026-12-28", "?"]
    assert day("31号", date(2026, 12, 2)) == ["2026-12-31"]
    assert day("31号", date(2027, 2, 20)) == ["2027-01-31"]
    assert day("32号") is None


def test_a_month_far_ahead_is_last_years() -> None:
    assert day("12月28日", date(2027, 1, 3)) == ["2026-12-28"]


def test_a_weekend_that_has_begun_is_this_one() -> None:
    assert day("周末", date(2026, 11, 22)) == ["2026-11-21", "2026-11-22", "?"]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        *(("至12月5日", "2026-12-05"), ("到11月30日", "2026-11-30"), ("下周五", "2026-11-27"), ("周三", "2026-11-25")),
        *(("周六", "2026-11-21"), ("月底", "2026-11-30"), ("下个月底", "2026-12-31"), ("下个月5号", "2026-12-05")),
        *(("5号", "2026-12-05"), ("25号", "2026-11-25"), ("十天后", "2026-11-30"), ("两周", "2026-12-04")),
        *(("1月5日", "2027-01-05"), ("明天", "2026-11-21"), ("后天", "2026-11-22")),
    ],
)
def test_an_end_lies_ahead(text: str, end: str) -> None:
    assert day(text, ahead=True) == [end]


@pytest.mark.parametrize("text", ["三天前", "前几天", "随便", "1000天后"])
def test_nothing_behind_is_an_end(text: str) -> None:
    assert day(text, ahead=True) is None


@pytest.mark.parametrize("text", ["十天后", "月底前500天前"])
def test_nothing_ahead_is_a_deed(text: str) -> None:
    assert day(text) in (None, ["?"])
