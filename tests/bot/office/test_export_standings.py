"""Standings on paper: ranks of one branch, groups inside it, and never two branches."""

from datetime import date
from decimal import Decimal

from bot.office import export_standings
from models import ledger
from models.members import Member
from models.months import Month, Period, at
from models.organizations import Nature
from models.rulebooks import Source
from tests.bot.office.printed import assert_printed, header, opened, rows
from tests.cast import NOW
from tests.models.desk import NOVEMBER, Desk

OCTOBER = Month(2026, 10)
IN_OCTOBER, FINAL = at(date(2026, 10, 20), 10), at(date(2026, 11, 18), 9)


def credit(desk: Desk, member: Member, points: str, cause: str, *, about=NOVEMBER, now=NOW) -> None:
    ledger.lock(desk.session, desk.cast.first_branch.id)
    branch_id = desk.cast.first_branch.id
    common = {"source": Source.BRANCH, "by": None, "now": now, "about": about, "branch_id": branch_id, "cause": cause}
    ledger.write(desk.session, member, Decimal(points), **common)


def book_of(desk: Desk, period: Period, branch=None):
    return opened(export_standings.build(desk.session, branch or desk.cast.first_branch, period, now=NOW))


def test_members_by_rank_and_groups_by_average(desk):
    credit(desk, desk.cast.feng_tao, "12", "a")
    credit(desk, desk.cast.zhang_san, "6", "b")
    credit(desk, desk.cast.wang_fang, "6", "c")
    credit(desk, desk.cast.liu_defu, "6", "d")
    book = book_of(desk, Period.month(NOVEMBER))
    assert book.sheetnames == ["个人", "小组"]
    members, groups = book.worksheets
    assert_printed(members, keep="D")
    assert_printed(groups)
    assert (members["A1"].value, groups["A1"].value) == ("党员积分排名", "党小组平均分")
    assert members["A2"].value == "组织：第一支部　　期间：2026年11月（未审定）　　单位：分"
    assert header(members) == ["名次", "工号", "姓名", "小组", "得分", "星级", "备注"]
    found = rows(members)
    assert found[:4] == [
        [1, "1015", "冯涛", "第二小组", 82, "★★★"],
        [2, "1006", "张三", "第一小组", 76, "★★"],
        [2, "1007", "王芳", "第一小组", 76, "★★"],
        [4, "1002", "王建军", None, 70, "★★"],
    ]
    assert found[13] == [None, "1012", "刘德福", "第一小组", "不计分", None, "年老体弱"]
    assert found[14] == ["得分相同的名次相同，下一名次顺延。只在本支部内使用，支部之间不比分。"]
    assert header(groups) == ["名次", "小组", "平均分", "计分人数"]
    assert rows(groups)[:3] == [
        [1, "第二小组", 74, 3],
        [2, "第一小组", 71.71, 7],
        ["只在本支部内使用，支部之间不比分。"],
    ]
    assert groups["C5"].number_format == "0.00"


def test_groups_with_equal_averages_share_a_rank(desk):
    assert [row[0] for row in rows(book_of(desk, Period.month(NOVEMBER))["小组"])[:2]] == [1, 1]
    desk.cast.first_group.nature = Nature.RETIRED
    desk.session.flush()
    found = rows(book_of(desk, Period.month(NOVEMBER))["小组"])
    assert found[:2] == [[1, "第二小组", 70, 3], [None, "第一小组", "不计分", 0]]


def test_a_year_shows_averages(desk):
    credit(desk, desk.cast.feng_tao, "12", "a")
    sheet = book_of(desk, Period.year(NOVEMBER))["个人"]
    assert sheet["A2"].value == "组织：第一支部　　期间：2026年（含未审定的月份）　　单位：分"
    assert header(sheet)[4] == "平均分"
    assert rows(sheet)[0][:6] == [1, "1015", "冯涛", "第二小组", 71.09, "★★"]
    assert sheet["E4"].number_format == "0.00"


def test_a_final_month_is_printed_as_published_with_the_correction_beside_it(desk, make_final):
    credit(desk, desk.cast.feng_tao, "12", "a", about=OCTOBER, now=IN_OCTOBER)
    credit(desk, desk.cast.zhang_san, "6", "b", about=OCTOBER, now=IN_OCTOBER)
    make_final(OCTOBER, FINAL)
    credit(desk, desk.cast.zhang_san, "9", "c", about=OCTOBER)
    members, groups = book_of(desk, Period.month(OCTOBER)).worksheets
    assert members["A2"].value == "组织：第一支部　　期间：2026年10月（审定）　　单位：分"
    found = rows(members)
    assert found[:2] == [
        [1, "1015", "冯涛", "第二小组", 82, "★★★"],
        [2, "1006", "张三", "第一小组", 76, "★★", "审定76，更正后85"],
    ]
    assert found[13] == [None, "1012", "刘德福", "第一小组", "不计分", None, "年老体弱"]
    assert rows(groups)[:2] == [[1, "第二小组", 74, 3], [2, "第一小组", 70.86, 7]]


def test_no_file_has_two_branches(desk):
    first, second = (
        book_of(desk, Period.month(NOVEMBER)),
        book_of(desk, Period.month(NOVEMBER), desk.cast.second_branch),
    )
    named = {str(cell.value) for sheet in first for row in sheet.iter_rows() for cell in row}
    assert not named & {"周国平", "钱进", "吴刚", "孙丽", "第三小组"}
    assert [row[2] for row in rows(second["个人"])[:4]] == ["周国平", "钱进", "吴刚", "孙丽"]
    assert rows(second["小组"])[0] == [1, "第三小组", 70, 2]
