"""《个人申报表》: a member's month as claimed, with what became of it."""

from datetime import date

from bot.office import export_claims
from models import claims, pictures, zero_claims
from models.members import Member
from models.months import Month
from tests.bot.office.printed import assert_printed, header, opened, rows
from tests.cast import NOW
from tests.models.desk import NOVEMBER, Desk


def book_of(desk: Desk, member: Member | None = None, month: Month = NOVEMBER, branch=None):
    where = branch or desk.cast.first_branch
    return opened(export_claims.build(desk.session, where, month, member=member, now=NOW))


def test_a_form_cell_by_cell(desk):
    done = desk.claim("志愿-01", "2", note="清扫河堤")
    pictures.receive(desk.session, desk.cast.zhang_san.id, "m1", claim_id=done.id, now=NOW)
    desk.approve(done, figure="1.5", reason="实际一个半小时")
    desk.reject(desk.claim("志愿-02", note="=看望陈婆婆"))
    desk.claim("学习-05", day=date(2026, 11, 10), note="没学完")
    desk.undo(desk.approve(desk.claim("义务-01", note="值班")))
    desk.withdraw(desk.claim("志愿-03"))
    (sheet,) = book_of(desk, desk.cast.zhang_san).worksheets
    assert_printed(sheet, keep="B")
    assert (sheet.title, sheet["A1"].value) == ("张三", "个人申报表")
    assert sheet["A2"].value == ("姓名：张三　　工号：1006　　组织：第一支部　第一小组　　月份：2026年11月　　单位：分")
    assert header(sheet) == [
        *("编号", "事项", "数量", "日期", "说明", "佐证", "申报分", "记入分", "状态", "审核人", "审核日期", "审核意见")
    ]
    found = rows(sheet)
    numbers = [f"#{claim.id}" for claim in claims.of_member(desk.session, desk.cast.zhang_san.id, NOVEMBER)]
    assert [row[0] for row in found[:4]] == numbers[:4]
    assert [row[3].date() for row in found[:4]] == [date(2026, 11, 19)] * 2 + [date(2026, 11, 10), date(2026, 11, 19)]
    assert [[*row[1:3], *row[4:10], *row[11:]] for row in found[:4]] == [
        ["社区志愿服务", "2小时", "清扫河堤", "1张", 2, 1.5, "已通过", "李四", "实际一个半小时"],
        ["走访慰问、上门帮扶", "1户", "=看望陈婆婆", None, 1, None, "未通过", "李四", "日期不对"],
        ["无正当理由未完成学习任务", "1月", "没学完", None, -4, None, "待审核"],
        ["完成党组织交办的任务", "1项", "值班", None, 2, None, "待审核"],
    ]
    assert [row[10].date() for row in found[:2]] == [date(2026, 11, 20)] * 2
    assert found[4] == ["合计", "4 条", None, None, None, None, 1, 1.5]
    assert found[5] == ["以上加分、减分项目和理由由本人如实填写。"]
    assert found[7][0].startswith("本人（签名）：") and "党小组组长（签名）：" in found[7][0]


def test_what_a_leader_recorded_says_so(desk):
    desk.claim("志愿-01", of=desk.cast.liu_defu, by=desk.cast.li_si, note="扫雪")
    (sheet,) = book_of(desk, desk.cast.liu_defu).worksheets
    assert rows(sheet)[0][4] == "（李四代报）扫雪"


def test_what_was_returned_says_what_is_missing(desk):
    desk.send_back(desk.claim("志愿-02"))
    (sheet,) = book_of(desk, desk.cast.zhang_san).worksheets
    found = rows(sheet)[0]
    assert [*found[8:10], found[11]] == ["已退回补充", "李四", "走访的哪一户"]


def test_without_claims_the_form_is_empty_and_a_word_of_the_member_stands_on_it(desk):
    zero_claims.say(desk.session, desk.cast.wang_fang.id, NOVEMBER, NOW)
    (sheet,) = book_of(desk, desk.cast.wang_fang).worksheets
    assert rows(sheet)[:2] == [["合计", "0 条", None, None, None, None, 0, 0], ["本人说明：本月没有（其他）要申报的。"]]
    (sheet,) = book_of(desk, desk.cast.chen_jing).worksheets
    assert rows(sheet)[1] == ["以上加分、减分项目和理由由本人如实填写。"]


def test_a_branchs_forms_are_of_who_is_scored_and_of_who_claimed(desk):
    names = book_of(desk).sheetnames
    assert (len(names), names[0], names[4]) == (13, "王建军", "张三")
    assert "刘德福" not in names
    desk.claim("志愿-01", of=desk.cast.liu_defu, by=desk.cast.li_si)
    assert "刘德福" in book_of(desk).sheetnames


def test_a_claim_stays_with_the_branch_of_the_deed(desk):
    claim = desk.claim("志愿-01")
    desk.cast.zhang_san.branch_id, desk.cast.zhang_san.group_id = desk.cast.second_branch.id, None
    desk.session.flush()
    desk.session.expire_all()
    (here,) = book_of(desk, desk.cast.zhang_san).worksheets
    (there,) = book_of(desk, desk.cast.zhang_san, branch=desk.cast.second_branch).worksheets
    assert rows(here)[0][0] == f"#{claim.id}"
    assert rows(there)[0][:2] == ["合计", "0 条"]
    assert "组织：第一支部　　月份" in here["A2"].value
