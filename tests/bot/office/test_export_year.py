"""年终总评 on paper: each eligibility with its figure and its rule, and a plain table beside it (rules 22)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import pytest

from bot.office import export_ledger, export_standings, export_year
from models import commendations, ledger
from models.consequences import FollowUp, FollowUpKind
from models.members import Member, MemberCategory
from models.months import Month, Period, at
from models.rulebooks import Source
from tests.bot.office.printed import assert_printed, header, opened, rows
from tests.cast import NOW
from tests.models.desk import Desk

DECEMBER = Month(2026, 12)
NEXT_YEAR = at(date(2027, 1, 20), 9)


def enter(desk: Desk, points: Mapping[Member, str], *months: int, source: Source = Source.BRANCH) -> None:
    """The same entry for each member in each of these months."""
    ledger.lock(desk.session, desk.cast.first_branch.id)
    for number in months:
        for member, figure in points.items():
            ledger.write(
                desk.session,
                member,
                Decimal(figure),
                branch_id=desk.cast.first_branch.id,
                about=Month(2026, number),
                source=source,
                cause=f"test:{member.id}:{number}:{source}",
                by=None,
                now=NOW,
            )


@pytest.fixture
def year(desk: Desk) -> Desk:
    """张三 leads, 王芳 is second but on probation, 刘强 is zeroed once, 陈静 and 赵敏 average under the mark."""
    cast = desk.cast
    enter(
        desk, {cast.zhang_san: "20", cast.wang_fang: "15", cast.chen_jing: "-20", cast.zhao_min: "-11"}, *range(1, 12)
    )
    enter(desk, {cast.liu_qiang: "10"}, *range(1, 12))
    enter(desk, {cast.liu_qiang: "0"}, 5, source=Source.ZEROING)
    cast.wang_fang.category = MemberCategory.PROBATIONARY
    desk.session.flush()
    return desk


def book_of(desk: Desk, now: datetime = NOW, branch=None):
    return opened(export_year.build(desk.session, branch or desk.cast.first_branch, 2026, now=now))


def test_the_evaluation_cell_by_cell(year):
    book = book_of(year)
    assert book.sheetnames == ["年终总评", "民主评议名单", "绩效考核"]
    sheet = book["年终总评"]
    assert_printed(sheet, keep="D")
    assert sheet["A1"].value == "党员积分年终总评表"
    assert sheet["A2"].value == "组织：第一支部　　年度：2026年（截至11月，全年还没有审定）　　单位：分"
    assert header(sheet) == [
        *("名次", "工号", "姓名", "小组", "计分月数", "年度平均", "星级", "可评优秀"),
        *("说明（条件：本人数字）", "民主评议", "表彰记录"),
    ]
    found = rows(sheet)
    assert found[0] == [
        *(1, "1006", "张三", "第一小组", 11, 90, "★★★★", "可以"),
        "√支部名次前3（并列都算）：第1名；√正式党员：正式党员；√计分满6个月：计分11个月；"
        "√年度平均不低于合格分60.00：平均90.00分；√全年没有归零：没有归零",
    ]
    assert found[1][:8] == [2, "1007", "王芳", "第一小组", 11, 85, "★★★", "不符合"]
    assert "×正式党员：预备党员" in found[1][8]
    assert found[2][:8] == [3, "1008", "刘强", "第一小组", 11, 72.73, "★★", "不符合"]
    assert "×全年没有归零：有归零" in found[2][8]
    assert found[3][:8] == [4, "1002", "王建军", None, 11, 70, "★★", "不符合"]
    assert "×支部名次前3（并列都算）：第4名" in found[3][8]
    assert found[12][:8] == [13, "1009", "陈静", "第一小组", 11, 50, "无星", "不符合"]
    assert "×年度平均不低于合格分60.00：平均50.00分" in found[12][8]
    assert found[13][:8] == [None, "1012", "刘德福", "第一小组", 0, "不计分", None, "不符合"]
    assert found[14] == ["计分 13 人，年度平均低于合格分60的 2 人，占15.38%，没有达到30%：不影响本支部和书记评优。"]
    assert sheet["F4"].number_format == "0.00"


def test_three_tenths_under_the_mark_bar_the_branch_and_its_secretary(year):
    cast = year.cast
    enter(year, {cast.feng_tao: "-11", cast.ma_chao: "-11"}, *range(1, 12))
    assert rows(book_of(year)["年终总评"])[14] == [
        "计分 13 人，年度平均低于合格分60的 4 人，占30.77%，达到30%：本支部不能评五好党支部，书记不能评优秀党支部书记。"
    ]


def test_the_list_for_the_evaluation_names_each_follow_up(year):
    assert rows(book_of(year)["民主评议名单"])[0] == ["没有。"]
    year.session.add(
        FollowUp(
            member_id=year.cast.chen_jing.id,
            branch_id=year.cast.first_branch.id,
            month=Month(2026, 9),
            kind=FollowUpKind.EVALUATION,
            score=Decimal(50),
            mark=Decimal(60),
            streak=3,
            **dict.fromkeys(("opened_at", "due", "remind_at", "object_until"), NOW),
        )
    )
    year.session.flush()
    book = book_of(year)
    sheet = book["民主评议名单"]
    assert_printed(sheet, keep="D")
    assert header(sheet) == ["序号", "工号", "姓名", "小组", "跟进编号", "依据", "支部意见"]
    assert rows(sheet)[0] == [1, "1009", "陈静", "第一小组", "T1", "9月50分（合格60分），连续第3个月"]
    assert rows(book["年终总评"])[12][9] == "T1"


def test_the_plain_table_has_values_alone_in_roster_order(year):
    sheet = book_of(year)["绩效考核"]
    found = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert found[0] == ["工号", "姓名", "计分月数", "年度平均", "名次", "星级"]
    assert found[1] == ["1002", "王建军", 11, 70, 4, 2]
    assert found[5] == ["1006", "张三", 11, 90, 1, 4]
    assert found[7] == ["1008", "刘强", 11, 72.73, 3, 2]
    assert found[11] == ["1012", "刘德福", 0, None, None, None]
    assert len(found) == 15
    assert sheet["A2"].data_type == "s"
    assert not sheet.merged_cells.ranges
    assert all(cell.border.left.style is None and not cell.font.bold for row in sheet.iter_rows() for cell in row)


def test_a_closed_year_says_so_and_what_was_commended(year, make_final):
    make_final(DECEMBER, NEXT_YEAR)
    committee = year.cast.zhou_guoping
    commendations.record(year.session, year.cast.zhang_san, "优秀共产党员", year=2026, by=committee, now=NEXT_YEAR)
    commendations.record(year.session, year.cast.first_branch, "五好党支部", year=2026, by=committee, now=NEXT_YEAR)
    sheet = book_of(year, NEXT_YEAR)["年终总评"]
    assert "2026年（全年已审定）" in sheet["A2"].value
    assert rows(sheet)[0][4:6] == [12, 88.33]
    assert rows(sheet)[0][10] == "优秀共产党员"
    assert rows(sheet)[15] == ["本支部已记录的表彰：五好党支部。"]


def test_a_branch_in_which_nobody_is_scored_says_so(desk):
    cast = desk.cast
    for member in (cast.zhou_guoping, cast.qian_jin, cast.wu_gang, cast.sun_li):
        member.left_on = date(2025, 1, 1)
    desk.session.flush()
    assert rows(book_of(desk, branch=cast.second_branch)["年终总评"])[0] == ["全年没有计分的党员。"]


def test_ledger_standings_and_evaluation_agree(year):
    period, branch = Period.year(DECEMBER), year.cast.first_branch
    ledger_ = opened(export_ledger.build(year.session, branch, period, now=NOW))["汇总"]
    ranked = opened(export_standings.build(year.session, branch, period, now=NOW))["个人"]
    scored = {row[1]: row[5] for row in rows(book_of(year)["年终总评"])[:13]}
    assert {row[1]: row[17] for row in rows(ledger_)[:14] if row[16]} == scored
    assert {row[1]: row[4] for row in rows(ranked)[:13]} == scored


def test_nobody_of_another_branch_is_on_it(year):
    names = {str(cell.value) for sheet in book_of(year) for row in sheet.iter_rows() for cell in row}
    assert not names & {"周国平", "钱进", "吴刚", "孙丽"}
