"""Numbers of claims, requests and entries; dates, counts and positions are none."""

import pytest

from handlers.understanding import targets
from handlers.understanding.line import Line
from handlers.understanding.targets import ALL, Target


@pytest.mark.parametrize(
    ("text", "values"),
    [
        *(
            ("12", "12"),
            ("#12", "12"),
            ("12号", "12"),
            ("L1 人在国内", "L1"),
            ("12 人不在本地", "12"),
            ("第12条", "12"),
            ("第十二条", "12"),
            ("十二", "12"),
            ("Ｌ７", "L7"),
        ),
        *(("12 13 14", "12 13 14"), ("12、13和14", "12 13 14"), ("12号13号都", "12 13"), ("#12、#13", "12 13")),
        *(
            ("十二和十三", "12 13"),
            ("12，L7", "12 L7"),
            ("J88", "J88"),
            ("12 12", "12"),
            ("全部", "全部"),
            ("统统", "全部"),
        ),
        *(("12 改 1.5", "12"), ("12，那天他没来", "12"), ("13 走访2户", "13")),
    ],
)
def test_the_first_run_of_numbers_is_read(text: str, values: str) -> None:
    read = targets.read(Line.of(text))
    assert read is not None
    assert (read.values, read.inferred) == (tuple(values.split()), False)


@pytest.mark.parametrize(("text", "values"), [("12-14", "12 13 14"), ("12到13", "12 13"), ("12-13、15", "12 13 15")])
def test_a_range_was_not_said_number_by_number(text: str, values: str) -> None:
    read = targets.read(Line.of(text))
    assert read is not None
    assert (read.values, read.inferred) == (tuple(values.split()), True)


@pytest.mark.parametrize(
    "text", ["张三的", "11月12号的", "2张照片", "3号楼", "一条", "第一条", "2户", "12 人参加", "1.5", "0", "9:30"]
)
def test_dates_counts_and_places_are_no_numbers(text: str) -> None:
    assert targets.read(Line.of(text)) is None


@pytest.mark.parametrize(("text", "values"), [("14-12", ("14",)), ("1-900", ("1",)), ("L7-L9", ("L7",))])
def test_a_range_that_makes_no_sense_is_its_first_number(text: str, values: tuple[str, ...]) -> None:
    read = targets.read(Line.of(text))
    assert read is not None
    assert read.values == values


def test_a_spoken_number_may_follow_its_word_at_once() -> None:
    read = targets.read(Line.of("十二过了"), glued=True)
    assert read is not None
    assert read.values == ("12",)
    assert targets.read(Line.of("一下"), glued=True) is None


@pytest.mark.parametrize(("value", "shown"), [("12", "#12"), ("L7", "L7"), ("J88", "J88")])
def test_a_target_is_kept_and_shown(value: str, shown: str) -> None:
    target = Target.parse(value)
    assert (target.value, str(target)) == (value, shown)


def test_all_is_no_claim_of_its_own() -> None:
    assert Target("claim", 0) == ALL
