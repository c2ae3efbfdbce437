"""《党员积分量化管理台账》: every figure of a branch's months, opened down to its entries."""

from datetime import date
from decimal import Decimal

import pytest

from bot.office import export_ledger
from models import ledger
from models.members import Member
from models.months import Month, Period, at
from models.rulebooks import Source
from tests.bot.office.printed import assert_printed, header, opened, rows
from tests.cast import NOW
from tests.models.desk import NOVEMBER, Desk

OCTOBER = Month(2026, 10)
IN_OCTOBER, FINAL = at(date(2026, 10, 20), 10), at(date(2026, 11, 18), 9)
SIGNED = (
    "本人（签名）：　　　　　　　　党小组组长（签名）：　　　　　　　　支部书记（签名）：　　　　　　　　年　　月　　日"
)


def deduct(desk: Desk, member: Member, code: str, points: str, cause: str, reason: str, *, about=NOVEMBER, now=NOW):
    """What the branch records."""
    ledger.lock(desk.session, desk.cast.first_branch.id)
    return ledger.write(
        desk.session,
        member,
        Decimal(points),
        branch_id=desk.cast.first_branch.id,
        about=about,
        source=Source.BRANCH,
        cause=cause,
        by=desk.cast.wang_jianjun,
        now=now,
        rulebook_id=desk.rulebook.id,
        item_code=code,
        reason=reason,
    )


def book_of(desk: Desk, period: Period, member: Member | None = None, branch=None):
    where = branch or desk.cast.first_branch
    return opened(export_ledger.build(desk.session, where, period, member=member, now=NOW))


def head_of(desk: Desk) -> str:
    book = desk.session.get_one(ledger.Book, desk.cast.first_branch.id)
    return f"{book.sequence}:{book.head[:12]}"


@pytest.fixture
def november(desk: Desk) -> Desk:
    """张三's November: a claim, one that was undone, and a deduction."""
    desk.approve(desk.claim("志愿-01", "2", note="清扫河堤"))
    undone = desk.approve(desk.claim("志愿-02", day=date(2026, 11, 16), note="=1+1 看望陈婆婆"))
    desk.undo(undone)
    deduct(desk, desk.cast.zhang_san, "组织-03", "-6", "record:1", "11月3日党课", about=date(2026, 11, 3))
    return desk


def test_a_members_month_cell_by_cell(november):
    (sheet,) = book_of(november, Period.month(NOVEMBER), november.cast.zhang_san).worksheets
    assert_printed(sheet, keep="B")
    assert sheet.title == "张三"
    assert sheet["A1"].value == "党员积分量化管理台账"
    assert sheet["A2"].value == ("姓名：张三　　工号：1006　　组织：第一支部　第一小组　　期间：2026年11月　　单位：分")
    assert header(sheet) == ["编号", "日期", "事项", "分值", "来源", "说明", "审核人", "记账月份", "月内得分"]
    found = rows(sheet)
    ids = [entry.id for entry in november.entries()]
    days = [row[1].date() for row in found[1:5]]  # type: ignore[attr-defined]
    assert days == [date(2026, 11, 19), date(2026, 11, 16), date(2026, 11, 16), date(2026, 11, 3)]
    assert found[0] == ["2026年11月（未审定）　　细则第1版，基础70分"]
    assert [[row[0], *row[2:]] for row in found[1:5]] == [
        [f"J{ids[0]}", "社区志愿服务", 2, "本人申报", "清扫河堤", "李四", "2026-11", 72],
        [f"J{ids[1]}", "走访慰问、上门帮扶", 1, "本人申报", "=1+1 看望陈婆婆", "李四", "2026-11", 73],
        [
            *(f"J{ids[2]}", "冲销：走访慰问、上门帮扶", -1, "冲销"),
            *(f"冲销 J{ids[1]}；=1+1 看望陈婆婆；撤销审核", "李四", "2026-11", 72),
        ],
        [f"J{ids[3]}", "无故缺席", -6, "支部登记", "11月3日党课", "王建军", "2026-11", 66],
    ]
    assert found[5] == ["合计", None, "加分2　扣分6", -4, None, "★", None, None, 66]
    assert found[6:] == [[], [SIGNED], [f"台账链头 {head_of(november)}　　导出时间 2026-11-20 10:00"]]
    assert sheet.oddFooter.left.text == f"台账链头 {head_of(november)}"
    assert sheet["A9"].font.bold and not sheet["A5"].font.bold


def test_a_branchs_month_is_summed_up_in_roster_order(november):
    book = book_of(november, Period.month(NOVEMBER))
    sheet = book["汇总"]
    assert_printed(sheet, keep="D")
    assert sheet["A1"].value == "党员积分量化管理台账（汇总）"
    assert header(sheet) == ["序号", "工号", "姓名", "小组", "基础分", "加分", "扣分", "得分", "星级", "备注"]
    found = rows(sheet)
    assert found[0] == [1, "1002", "王建军", None, 70, 0, 0, 70, "★★"]
    assert found[4] == [5, "1006", "张三", "第一小组", 70, 2, 6, 66, "★"]
    assert found[10] == [11, "1012", "刘德福", "第一小组", 70, 0, 0, "不计分", None, "不计分：年老体弱"]
    assert found[14][0].startswith("按花名册顺序排列，不是名次")
    assert [row[1] for row in found[:14]] == [str(number) for number in range(1002, 1016)]
    assert book.sheetnames[1:] == [row[2] for row in found[:14]]
    for sheet in book.worksheets[1:]:
        assert_printed(sheet, keep="B")


def test_a_year_has_a_column_a_month_and_the_average_of_the_scored_ones(november):
    sheet = book_of(november, Period.year(NOVEMBER))["汇总"]
    months = [f"{number}月" for number in range(1, 13)]
    assert header(sheet) == ["序号", "工号", "姓名", "小组", *months, "计分月数", "平均分", "备注"]
    zhang_san, liu_defu = rows(sheet)[4], rows(sheet)[10]
    assert zhang_san[4:] == [*[70] * 10, 66, None, 11, 69.64]
    assert liu_defu[4:] == [*["不计分"] * 11, None, 0, None, "不计分：年老体弱"]


def test_a_members_year_has_every_month_and_ends_with_the_average(november):
    (sheet,) = book_of(november, Period.year(NOVEMBER), november.cast.zhang_san).worksheets
    said = [row[0] for row in rows(sheet) if row]
    assert [text for text in said if "细则" in str(text)] == [
        f"2026年{number}月（未审定）　　细则第1版，基础70分" for number in range(1, 12)
    ]
    assert "计分 11 个月，平均 69.64 分。" in said
    (sheet,) = book_of(november, Period.quarter(NOVEMBER), november.cast.liu_defu).worksheets
    assert "期间：2026年第4季度" in sheet["A2"].value
    assert rows(sheet)[0] == ["2026年10月（未审定）　　细则第1版，基础70分　　不计分（年老体弱），仅作记录"]
    assert rows(sheet)[1] == ["合计", None, "加分0　扣分0", 0, None, None, None, None, "不计分"]
    assert not any("平均" in str(row[0]) for row in rows(sheet) if row)


def test_a_correction_of_a_final_month_stands_beside_what_was_published(desk, make_final):
    deduct(desk, desk.cast.zhang_san, "组织-03", "-6", "record:1", "", about=OCTOBER, now=IN_OCTOBER)
    make_final(OCTOBER, FINAL)
    deduct(desk, desk.cast.zhang_san, "志愿-01", "4", "record:2", "漏记", about=OCTOBER)
    (sheet,) = book_of(desk, Period.month(OCTOBER), desk.cast.zhang_san).worksheets
    found = rows(sheet)
    assert found[0] == ["2026年10月（审定）　　细则第1版，基础70分"]
    assert [row[7] for row in found[1:3]] == ["2026-10", "2026-11"]
    assert found[3] == ["合计", None, "加分4　扣分6", -2, None, "★　审定64，更正后68", None, None, 68]
    summary = rows(book_of(desk, Period.year(OCTOBER))["汇总"])
    assert summary[4][13] == 68
    assert summary[4][-1] == "10月审定64，更正后68"


def test_a_score_that_is_not_the_plain_sum_says_why(desk):
    cast = desk.cast
    for number, (who, points) in enumerate([(cast.zhang_san, "45"), (cast.wang_fang, "-80"), (cast.liu_qiang, "3")]):
        deduct(desk, who, "纪律-02", points, f"record:{number}", "")
    ledger.write(
        desk.session,
        cast.liu_qiang,
        Decimal(0),
        branch_id=cast.first_branch.id,
        about=NOVEMBER,
        source=Source.ZEROING,
        cause="zeroing:1",
        by=cast.zhou_guoping,
        now=NOW,
        reason="组织处理",
    )
    book = book_of(desk, Period.month(NOVEMBER))
    totals = {name: next(row for row in rows(book[name]) if row[0] == "合计") for name in ("张三", "王芳", "刘强")}
    assert [(row[5], row[8]) for row in totals.values()] == [
        ("★★★★★　115，封顶100", 100),
        ("无星　-10，保底0", 0),
        ("无星　归零，得分为0", 0),
    ]
    assert rows(book["刘强"])[2][2:6] == ["归零", 0, "归零", "组织处理"]


def test_no_sheet_holds_two_branches_points(november):
    there, sun_li = november.cast.second_branch, november.cast.sun_li
    ledger.lock(november.session, there.id)
    common = {"source": Source.BRANCH, "by": None, "now": NOW, "about": NOVEMBER, "branch_id": there.id}
    for number, member in enumerate((sun_li, november.cast.zhang_san)):
        ledger.write(november.session, member, Decimal(3), cause=f"there:{number}", **common)
    first, second = book_of(november, Period.month(NOVEMBER)), book_of(november, Period.month(NOVEMBER), branch=there)
    assert "孙丽" not in first.sheetnames and "钱进" not in first.sheetnames
    assert rows(first["汇总"])[4][5] == 2
    assert second.sheetnames == ["汇总", "周国平", "张三", "钱进", "吴刚", "孙丽"]
    zhang_san = rows(second["汇总"])[1]
    assert zhang_san == [2, "1006", "张三", None, 70, 3, 0, "不计分", None, "不计分：不在本支部名册"]
    assert {sheet.oddFooter.left.text for sheet in first} != {sheet.oddFooter.left.text for sheet in second}


def test_two_of_one_name_have_a_sheet_each(november):
    november.cast.wang_fang.name = "张三"
    november.session.flush()
    assert book_of(november, Period.month(NOVEMBER)).sheetnames[5:7] == ["张三", "张三(2)"]
