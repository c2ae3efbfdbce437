"""Attendance on paper: four sheets of one branch (rules 23, 25)."""

from datetime import date

from bot.office import export_attendance
from models.meetings import Attendance
from models.months import Month, Period
from tests.bot.office.printed import assert_printed, header, opened, rows
from tests.cast import NOW
from tests.models.desk import NOVEMBER
from tests.models.test_attendance_figures import held

PRESENT, LATE, LEAVE = Attendance.PRESENT, Attendance.LATE, Attendance.ON_LEAVE


def book_of(desk, branch):
    return opened(export_attendance.build(desk.session, branch, Period.month(NOVEMBER), now=NOW))


def test_members_groups_and_kinds(desk):
    cast = desk.cast
    came = {cast.li_si: PRESENT, cast.zhang_san: LATE, cast.wang_fang: LEAVE}
    held(desk.session, ["党小组会"], cast.li_si, date(2026, 11, 10), came)
    book = book_of(desk, cast.first_branch)
    assert book.sheetnames == ["个人", "小组", "类型"]
    members, groups, kinds = book.worksheets
    assert_printed(members, keep="D")
    assert_printed(groups, keep="B")
    assert_printed(kinds, keep="B")
    assert members["A2"].value == "组织：第一支部　　期间：2026年11月　　单位：人次"
    assert header(members) == ["工号", "姓名", "小组", "应到", "到会", "其中迟到", "请假", "缺席", "到会率%"]
    assert rows(members)[:4] == [
        ["1005", "李四", "第一小组", 1, 1, 0, 0, 0, 100],
        ["1006", "张三", "第一小组", 1, 1, 1, 0, 0, 100],
        ["1007", "王芳", "第一小组", 1, 0, 0, 1, 0, 0],
        ["1008", "刘强", "第一小组", 1, 0, 0, 0, 1, 0],
    ]
    assert rows(groups)[:3] == [
        ["第一小组", 1, 7, 2, 1, 1, 4, 28.57],
        ["第二小组", 0, 0, 0, 0, 0, 0],
        ["第一支部", 1, 7, 2, 1, 1, 4, 28.57],
    ]
    assert rows(kinds)[:2] == [["党小组会", 1, 7, 2, 1, 1, 4, 28.57], ["合计", 1, 7, 2, 1, 1, 4, 28.57]]


def test_leading_cadres_have_a_sheet_where_there_are_any(desk):
    cast = desk.cast
    held(desk.session, ["主题党日"], cast.qian_jin, date(2026, 11, 10), {cast.zhou_guoping: PRESENT})
    sheet = book_of(desk, cast.second_branch)["双重组织生活"]
    assert_printed(sheet, keep="D")
    assert rows(sheet)[0] == ["1001", "周国平", None, 1, 1, 0, 0, 0, 100]
    assert rows(sheet)[1] == ["领导干部以普通党员身份参加所在党支部、党小组组织生活的情况。"]


def test_without_meetings_the_sheets_are_empty_and_no_other_branch_is_named(desk):
    cast = desk.cast
    held(desk.session, ["主题党日"], cast.qian_jin, date(2026, 11, 10), {})
    book = book_of(desk, cast.first_branch)
    named = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert not named & {"周国平", "钱进", "吴刚", "孙丽", "第三小组", "第二支部"}
    assert rows(book["类型"])[0] == ["合计", 0, 0, 0, 0, 0, 0]


def test_any_stretch_of_months_is_named(desk):
    for first, last, word in (
        (Month(2026, 9), Month(2026, 11), "2026年9月至11月"),
        (Month(2026, 11), Month(2027, 2), "2026年11月至2027年2月"),
        (Month(2026, 1), Month(2026, 12), "2026年"),
        (Month(2026, 7), Month(2026, 9), "2026年第3季度"),
    ):
        book = export_attendance.build(desk.session, desk.cast.first_branch, Period(first, last), now=NOW)
        assert f"　　期间：{word}　　" in book["个人"]["A2"].value
