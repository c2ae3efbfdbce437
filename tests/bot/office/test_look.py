"""The look of a printed sheet: what an office expects, whatever stands in it."""

from datetime import date
from decimal import Decimal

import pytest

from bot.office.look import Column, Kind, Paper, breadth, lines_in
from models.verification import Head
from tests.bot.office.printed import assert_printed, header, opened, rows
from tests.cast import NOW

HEAD = Head(12, "9f86d081884c7d65")
COLUMNS = (Column("编号", 8), Column("日期", 12, Kind.DAY), Column("说明", 20, Kind.TEXT), Column("分", 8, Kind.SIGNED))


@pytest.fixture
def paper() -> Paper:
    return Paper("第一支部", HEAD, NOW)


def test_a_page_has_title_lead_table_signatures_and_the_head_of_the_chain(paper):
    page = paper.page("张三", "台账", "姓名：张三", COLUMNS, keep=1)
    page.band("2026年10月")
    page.row(["J1", date(2026, 10, 3), "清扫河堤", Decimal("2.50")])
    page.row(["合计", None, None, Decimal("2.5")], strong=True)
    page.note("按花名册顺序")
    page.sign("本人", "支部书记")
    page.end()
    sheet = opened(paper.book)["张三"]
    assert_printed(sheet, keep="B")
    assert (sheet["A1"].value, sheet["A2"].value) == ("台账", "姓名：张三")
    assert header(sheet) == ["编号", "日期", "说明", "分"]
    found = rows(sheet)
    assert found[0] == ["2026年10月"]
    assert found[1][2:] == ["清扫河堤", 2.5]
    assert found[2] == ["合计", None, None, 2.5]
    assert found[5][0].startswith("本人（签名）：") and "支部书记（签名）：" in found[5][0]
    assert found[6] == ["台账链头 12:9f86d081884c　　导出时间 2026-11-20 10:00"]
    assert sheet["A6"].font.bold and not sheet["A5"].font.bold


def test_days_and_points_stay_values_that_can_be_counted(paper):
    page = paper.page("张三", "台账", "", COLUMNS)
    page.row(["J1", date(2026, 10, 3), "", Decimal("-0.25")])
    page.end()
    sheet = opened(paper.book)["张三"]
    assert (sheet["B4"].is_date, sheet["B4"].number_format) == (True, "yyyy-mm-dd")
    assert (sheet["D4"].value, sheet["D4"].number_format) == (-0.25, "+General;-General;General")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", '=HYPERLINK("http://x")'])
def test_a_text_that_starts_like_a_formula_stays_text(paper, text):
    page = paper.page("=张三", text, text, COLUMNS)
    page.row([text, None, text, None])
    page.note(text)
    page.end()
    (sheet,) = opened(paper.book).worksheets
    cells = [sheet["A1"], sheet["A2"], sheet["A4"], sheet["C4"], sheet["A5"]]
    assert [(cell.value, cell.data_type, cell.number_format) for cell in cells] == [(text, "s", "@")] * 5


def test_characters_that_no_workbook_may_hold_are_left_out(paper):
    page = paper.page("张\x00三", "台账", "", COLUMNS)
    page.row(["J\x081", None, "清扫\x0b河堤", None])
    page.end()
    (sheet,) = opened(paper.book).worksheets
    assert (sheet.title, sheet["A4"].value, sheet["C4"].value) == ("张三", "J1", "清扫河堤")


def test_sheets_have_names_that_a_workbook_takes_and_tells_apart(paper):
    names = ["张三", "张三", "张三", "a/b[c]*?:'\\", "'''", "长" * 40, "长" * 40, "Zhang", "ZHANG"]
    assert [paper.sheet(name).title for name in names] == [
        *("张三", "张三(2)", "张三(3)", "abc", "表", "长" * 31, "长" * 28 + "(2)", "Zhang", "ZHANG(2)"),
    ]


def test_a_row_is_as_high_as_its_longest_text_needs(paper):
    page = paper.page("张三", "台账", "", COLUMNS)
    page.row(["J1", None, "短", None])
    page.row(["J2", None, "说" * 30, None])
    page.row(["J3", None, "说" * 3000, None])
    page.end()
    sheet = paper.book["张三"]
    assert sheet.row_dimensions[4].height < sheet.row_dimensions[5].height
    assert sheet.row_dimensions[6].height == 409  # Excel has no higher row
    assert sheet["C5"].alignment.wrap_text


def test_the_width_of_a_text():
    assert (breadth("ab1"), breadth("张三"), breadth("（a）")) == (3, 4, 5)
    assert [lines_in(value, 11) for value in (None, "", "a" * 10, "a" * 11, "一\n二", 5)] == [1, 1, 1, 2, 2, 1]


def test_the_workbook_names_the_branch_and_the_moment(paper):
    paper.page("张三", "台账", "", COLUMNS).end()
    found = opened(paper.book).properties
    assert (found.creator, found.created.isoformat()) == ("第一支部", "2026-11-20T02:00:00")
