"""The opening balances are read whole, or every bad cell is named (rules 6)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.office import opening_file
from bot.office.opening_file import Opening, OpeningRow
from bot.office.problems import Unreadable
from models.months import Month

HEADER = ["工号", "月份", "积分", "说明"]
MEMBERS = {"1001", "1002"}


@pytest.fixture
def opening(workbook: Callable[..., Path]) -> Callable[..., Opening]:
    def read(*rows: list[object], header: list[str] = HEADER) -> Opening:
        return opening_file.read(workbook(期初=[header, *rows]), members=MEMBERS, running=Month(2026, 11))

    return read


Read = Callable[..., Opening]


def test_balances_are_read_by_member_and_month(opening: Read) -> None:
    read = opening(["1001", "2026-09", 12.5, "纸质台账"], [1002.0, "2026年10月", "-3", None])
    assert read.rows == (
        OpeningRow("1001", Month(2026, 9), Decimal("12.5"), "纸质台账"),
        OpeningRow("1002", Month(2026, 10), Decimal(-3)),
    )
    assert ([row.row for row in read.rows], read.warnings) == ([2, 3], ())


@pytest.mark.parametrize("typed", ["2026-09", "2026/9", "2026年9月", "202609", 202609, "2026.09", date(2026, 9, 1)])
def test_a_month_may_be_typed_in_many_ways(opening: Read, typed: object) -> None:
    assert opening(["1001", typed, 1]).rows[0].month == Month(2026, 9)


def test_what_excel_added_up_is_exact_to_a_hundredth(opening: Read) -> None:
    assert opening(["1001", "2026-09", 0.1 + 0.2]).rows[0].points == Decimal("0.3")


def test_every_bad_cell_is_named_at_once(opening: Read) -> None:
    with pytest.raises(Unreadable) as refused:
        opening(
            ["9999", "2026-09", 1],
            [None, "九月", "十"],
            ["1001", None, None],
            ["1001", "2026-12", 1.005],
            ["1001", "2025-12", 5000],
            ["1002", "2026-09", 1, "长" * 201],
            ["1002", "2026-09", 2],
        )
    assert refused.value.problems == [
        "期初表第2行“工号”（A2）：花名册里没有工号“9999”",
        "期初表第3行“工号”（A3）：不能空着",
        "期初表第3行“月份”（B3）：月份读不懂：“九月”；例如 2026-01",
        "期初表第3行“积分”（C3）：应为数字，最多两位小数，现为“十”；例如 12.5",
        "期初表第4行“月份”（B4）：不能空着",
        "期初表第4行“积分”（C4）：不能空着",
        "期初表第5行“月份”（B5）：应在今年 2026-01 到 2026-11 之间，现为 2026-12",
        "期初表第5行“积分”（C5）：应为数字，最多两位小数，现为“1.005”；例如 12.5",
        "期初表第6行“月份”（B6）：应在今年 2026-01 到 2026-11 之间，现为 2025-12",
        "期初表第6行“积分”（C6）：不能超过 1000，现为 5000",
        "期初表第7行“说明”（D7）：最多 200 个字，现有 201 个",
        "期初表第8行“月份”（B8）：工号“1002”的 2026-09 与第7行重复，请合成一行",
    ]


def test_a_missing_column_and_an_empty_sheet_are_refused(opening: Read) -> None:
    with pytest.raises(Unreadable) as refused:
        opening(["1001", "2026-09"], header=["工号", "月份"])
    assert refused.value.problems == ["期初表第1行：缺列“积分”"]
    with pytest.raises(Unreadable, match="一行也没有"):
        opening()


def test_a_figure_that_looks_like_a_months_score_is_pointed_out(opening: Read) -> None:
    (warning,) = opening(["1001", "2026-09", 76]).warnings
    assert warning == "期初表第2行“积分”（C2）：76 分偏多：这里只写加分减去减分，不含每月起算分"
