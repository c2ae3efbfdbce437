"""公示表: everyone in roster order with the figures, what may be published of each item, and room to sign."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.office import export_disclosure
from models import disclosures, ledger, reviewing, rounds, rulebooks
from models.members import Member
from models.months import Month, at
from models.rulebooks import Publish, Source
from tests.bot.office.printed import assert_printed, header, opened, rows
from tests.cast import NOW
from tests.models.desk import Desk

OCTOBER = Month(2026, 10)
IN_OCTOBER = at(date(2026, 10, 20), 10)
SUBMITTED, FINAL = at(date(2026, 11, 10), 10), at(date(2026, 11, 18), 9)
DEEDS = date(2026, 10, 19)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A branch with a rulebook of its own that publishes one item by its figure alone."""
    items = tuple(
        replace(item, publish=Publish.POINTS) if item.code == "纪律-02" else item for item in desk.rulebook.items
    )
    own = replace(desk.rulebook, items=items)
    made = rulebooks.add_version(desk.session, desk.cast.first_branch, own, now=IN_OCTOBER)
    return Desk(desk.session, desk.cast, made)


def enter(desk: Desk, member: Member, points: str, cause: str, code: str | None, *, now=IN_OCTOBER, **more) -> None:
    ledger.lock(desk.session, desk.cast.first_branch.id)
    ledger.write(
        desk.session,
        member,
        Decimal(points),
        branch_id=desk.cast.first_branch.id,
        about=more.pop("about", DEEDS),
        cause=cause,
        by=desk.cast.wang_jianjun,
        now=now,
        rulebook_id=desk.rulebook.id if code else None,
        item_code=code,
        **{"source": Source.BRANCH, "reason": "内部的理由", **more},
    )


def sheet_of(desk: Desk, month: Month = OCTOBER):
    return opened(export_disclosure.build(desk.session, desk.cast.first_branch, month, now=NOW))["公示表"]


def submit(desk: Desk) -> str:
    """Put October into disclosure; the head of the chain as it was."""
    branch_id = desk.cast.first_branch.id
    rounds.begin(desk.session, branch_id, OCTOBER)
    reviewing.submit(desk.session, branch_id, OCTOBER, by=None, now=SUBMITTED)
    book = desk.session.get_one(ledger.Book, branch_id)
    return f"{book.sequence}:{book.head[:12]}"


@pytest.fixture
def october(desk: Desk) -> Desk:
    """A claim, a deduction published by its figure alone, an opening balance, a zeroing."""
    cast = desk.cast
    desk.approve(desk.claim("志愿-01", "2", day=DEEDS, now=IN_OCTOBER), now=IN_OCTOBER)
    enter(desk, cast.zhang_san, "-10", "record:1", "纪律-02")
    enter(desk, cast.wang_fang, "3", "opening:1", None, source=Source.OPENING, about=OCTOBER, reason="上半年")
    enter(desk, cast.liu_qiang, "0", "record:2", None, source=Source.ZEROING, about=OCTOBER)
    enter(desk, cast.li_si, "-1", "record:3", "组织-02", reason="")
    return desk


def test_the_sheet_cell_by_cell(october):
    head = submit(october)
    disclosures.check(october.session, OCTOBER, by=october.cast.wang_fang, now=NOW)
    sheet = sheet_of(october)
    assert_printed(sheet, keep="C")
    assert sheet["A1"].value == "党员积分公示表"
    assert sheet["A2"].value == (
        "组织：第一支部　　月份：2026年10月（公示）　　公示期：11月10日至11月17日（5个工作日）　　单位：分"
    )
    assert header(sheet) == [
        *("序号", "姓名", "小组", "基础分", "加分", "扣分", "得分", "加减分事项", "本人核实（签名）", "备注")
    ]
    found = rows(sheet)
    assert [row[1] for row in found[:14]][:5] == ["王建军", "何敏", "孙磊", "李四", "张三"]
    assert found[0] == [1, "王建军", None, 70, 0, 0, 70]
    assert found[3] == [4, "李四", "第一小组", 70, 0, 1, 69, "迟到、早退−1（10月19日）"]
    assert found[4] == [5, "张三", "第一小组", 70, 2, 10, 62, "社区志愿服务+2（10月19日）；−10（只公示分数）"]
    assert found[5] == [6, "王芳", "第一小组", 70, 3, 0, 73, "期初积分+3（上半年）", None, "已在微信核实"]
    assert found[6] == [7, "刘强", "第一小组", 70, 0, 0, 0, "+0（只公示分数）"]
    assert found[10] == [11, "刘德福", "第一小组", 70, 0, 0, "不计分", None, None, "不计分：年老体弱"]
    assert found[14] == ["按花名册顺序排列，不是名次。本人核实后签名；公示期内没有提出意见的，视为无异议。"]
    assert found[15] == ["有不同意见，公示期内在微信里发“我有意见”，或当面找支部书记。"]
    assert found[16] == [f"没有写明评审会议　　提交公示时的台账链头 {head}"]
    assert found[18][0].startswith("支部书记（签名）：")
    assert not any("内部的理由" in str(value) for row in found for value in row)


def test_the_meeting_that_reviewed_it_is_named(october):
    submit(october)
    round_ = rounds.find(october.session, october.cast.first_branch.id, OCTOBER)
    assert round_ is not None
    round_.meeting = 7
    october.session.flush()
    assert rows(sheet_of(october))[16][0].startswith("评审会议 M7　")


def test_before_its_disclosure_a_month_says_where_it_stands(october):
    rounds.begin(october.session, october.cast.first_branch.id, OCTOBER)
    sheet = sheet_of(october)
    assert "2026年10月（登记）　　单位：分" in sheet["A2"].value
    assert not any("提交公示时" in str(row[0]) for row in rows(sheet) if row)


def test_a_month_without_a_round_was_never_disclosed(october):
    assert "2026年10月（未公示）　　单位：分" in sheet_of(october)["A2"].value


def test_after_final_the_published_figures_stay_and_corrections_are_remarked(october, make_final):
    make_final(OCTOBER, FINAL)
    enter(october, october.cast.zhang_san, "10", "record:9", "纪律-02", now=NOW)
    sheet = sheet_of(october)
    assert "2026年10月（审定）" in sheet["A2"].value
    found = rows(sheet)[4]
    assert (found[6], found[9]) == (62, "审定后更正为72")


def test_nobody_of_another_branch_is_on_it(october):
    names = [row[1] for row in rows(sheet_of(october))[:14]]
    assert len(names) == 14
    assert not set(names) & {"周国平", "钱进", "吴刚", "孙丽"}
