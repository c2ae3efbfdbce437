"""``export``: one branch a file, what is asked for, logged, and refused in one sentence (rules 17, 31, 32)."""

import re
import shlex
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bot.cli.export import export
from bot.clock import system
from models import ledger
from models.exports import Export
from models.months import Month, Period
from models.organizations import Organization, OrganizationKind
from models.rulebooks import Source

NOW = system()
THIS_MONTH = Month.of(NOW)
pytestmark = pytest.mark.usefixtures("cast")


DOCS = Path(__file__).parents[3] / "docs"
IN_DOCS = sorted(
    {
        line
        for page in DOCS.rglob("*.md")
        for line in re.findall(r"xianfeng (export [^`\n]*\.xlsx)", page.read_text(encoding="utf-8"))
    }
)


def credit(office, member, branch, points: str, cause: str, source: Source = Source.BRANCH) -> None:
    with office.sessions.write() as session:
        ledger.lock(session, branch.id)
        ledger.write(
            session,
            member,
            Decimal(points),
            branch_id=branch.id,
            about=THIS_MONTH,
            source=source,
            cause=cause,
            by=None,
            now=NOW,
        )


def logged(office) -> list[Export]:
    with office.sessions.read() as session:
        return list(session.scalars(select(Export).order_by(Export.id)))


def written(path) -> dict[str, list[list[Any]]]:
    """Every sheet's cells."""
    book = load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_a_branchs_ledger_of_the_year_is_written_for_its_owner_and_logged(office, cast):
    credit(office, cast.zhang_san, cast.first_branch, "4", "a")
    path = office.folder / "台账.xlsx"
    assert office.ok("export", "ledger", "--org", "第一支部", "--out", path) == f"已导出到 {path}：第一支部\n"
    sheets = written(path)
    assert len(sheets) == 15
    assert f"期间：{THIS_MONTH.year}年" in str(sheets["汇总"][1][0])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (found,) = logged(office)
    assert (found.what, found.branch_id, found.member_id, found.by_id) == ("ledger", cast.first_branch.id, None, None)
    assert (found.first, found.last) == (Month(THIS_MONTH.year, 1), Month(THIS_MONTH.year, 12))
    assert abs((found.at - NOW).total_seconds()) < 3600


def test_a_members_ledger_needs_no_branch_and_points_to_another_one(office, cast):
    credit(office, cast.zhang_san, cast.first_branch, "4", "a")
    credit(office, cast.zhang_san, cast.second_branch, "3", "b")
    path = office.folder / "张三.xlsx"
    said = office.ok("export", "ledger", "--member", "1006", "--month", THIS_MONTH, "--out", path)
    assert said.splitlines() == [
        f"已导出到 {path}：第一支部 张三",
        "请看一下：张三在第二支部也有记录，要另外导出：--org 第二支部",
    ]
    assert list(written(path)) == ["张三"]
    assert logged(office)[0].member_id == cast.zhang_san.id
    office.ok("export", "ledger", "--member", "1006", "--month", THIS_MONTH, "--org", "第二支部", "--out", path)
    (sheet,) = written(path).values()
    assert [row[3] for row in sheet if str(row[0]).startswith("J")] == [3]


@pytest.mark.parametrize(
    ("words", "period"),
    [
        (["--month", "2026-10"], Period.month(Month(2026, 10))),
        (["--quarter", "2026Q3"], Period.quarter(Month(2026, 7))),
        (["--quarter", "2026-q4"], Period.quarter(Month(2026, 10))),
        (["--year", "2026"], Period.year(Month(2026, 1))),
        ([], Period.month(THIS_MONTH)),
    ],
)
@pytest.mark.sqlite_only  # what is read of the command line is the same on both
def test_the_time_is_a_month_a_quarter_or_a_year(office, words, period):
    office.ok("export", "standings", "--org", "第一支部", *words, "--out", office.folder / "排名.xlsx")
    assert [(found.first, found.last) for found in logged(office)] == [(period.first, period.last)]


def test_forms_and_the_disclosure_sheet(office, cast):
    path = office.folder / "表.xlsx"
    office.ok("export", "claims", "--org", "第一支部", "--out", path)
    assert len(written(path)) == 13
    office.ok("export", "claims", "--member", "1006", "--month", THIS_MONTH.plus(-1), "--out", path)
    assert written(path)["张三"][0][0] == "个人申报表"
    office.ok("export", "disclosure", "--org", "第一支部", "--out", path)
    last = THIS_MONTH.plus(-1)
    assert f"月份：{last.year}年{last.number}月" in written(path)["公示表"][1][0]
    assert [(found.what, found.first) for found in logged(office)] == [
        ("claims", THIS_MONTH),
        ("claims", last),
        ("disclosure", last),
    ]


def test_the_years_evaluation_and_the_plain_table(office):
    path = office.folder / "总评.xlsx"
    assert office.ok("export", "year", "--org", "第一支部", "--out", path) == f"已导出到 {path}：第一支部\n"
    assert list(written(path)) == ["年终总评", "民主评议名单", "绩效考核"]
    office.ok("export", "year", "--org", "第一支部", "--year", "2026", "--out", path)
    assert [(found.what, found.first.year) for found in logged(office)] == [("year", THIS_MONTH.year), ("year", 2026)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ledger"], "支部之间不放在一起比，一份文件一个支部，请用 --org 写明：第一支部、第二支部"),
        (["standings"], "支部之间不放在一起比，一份文件一个支部，请用 --org 写明：第一支部、第二支部"),
        (["ledger", "--org", "第一支布"], "没有“第一支布”这个党支部，是不是“第一支部”？"),
        (["ledger", "--org", "机关党委"], "没有“机关党委”这个党支部，可以写：第一支部、第二支部"),
        (["standings", "--org", "第一小组"], "没有“第一小组”这个党支部"),
        (["ledger", "--member", "100"], "花名册里没有工号“100”，是不是“1001”？"),
        (["ledger", "--member", "张三"], "花名册里没有工号“张三”"),
        (["ledger", "--org", "第一支部", "--year", "2999"], "2999-01 还没开始，没有可以导出的"),
        (["ledger", "--org", "第一支部", "--year", "2025"], "12月还没有积分细则，请联系机关党委导入"),
    ],
)
@pytest.mark.sqlite_only  # what is refused is the same on both
def test_what_cannot_be_exported_is_refused_in_one_sentence_and_leaves_nothing(office, words, said):
    refused = office.refused("export", *words, "--out", office.folder / "x.xlsx")
    assert refused.startswith(said) and len(refused.splitlines()) == 1
    assert [path.name for path in office.folder.glob("*x.xlsx*")] == []
    assert logged(office) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ledger", "--out", "x.xls"], "'x.xls' 要以 .xlsx 结尾"),
        (["ledger"], "--out"),
        (["ledger", "--month", "10月", "--out", "x.xlsx"], "'10月' 不是月份，例如 2026-10"),
        (["ledger", "--month", "2026-13", "--out", "x.xlsx"], "不是月份"),
        (["ledger", "--quarter", "2026-3", "--out", "x.xlsx"], "'2026-3' 不是季度，例如 2026Q3"),
        (["ledger", "--quarter", "0000Q1", "--out", "x.xlsx"], "不是季度"),
        (["ledger", "--year", "26", "--out", "x.xlsx"], "--year"),
        (["standings", "--month", "2026-10", "--year", "2026", "--out", "x.xlsx"], "只写一种"),
        (["minutes", "--from", "2026-09", "--out", "x.xlsx"], "--from 和 --to 一起写"),
        (["attendance", "--from", "2026-09", "--to", "2026-08", "--out", "x.xlsx"], "先后不能颠倒"),
        (["claims", "--year", "2026", "--out", "x.xlsx"], "没有 --year 这个选项"),
        (["attendances"], "没有 attendances 这个命令，是不是 attendance"),
    ],
)
@pytest.mark.sqlite_only  # the database is not even opened
def test_wrong_usage_is_2(office, words, said):
    assert said in office.refused("export", *words, code=2)


@pytest.mark.sqlite_only  # no database is involved
def test_a_folder_that_is_not_there_is_said(office):
    said = office.refused("export", "ledger", "--org", "第一支部", "--out", office.folder / "none" / "x.xlsx")
    assert said.endswith("没有这个文件或文件夹\n")
    assert logged(office) == []


@pytest.mark.sqlite_only  # names are compared the same way on both
def test_one_of_two_branches_of_a_name_is_named_with_its_parent(office, cast):
    with office.sessions.write() as session:
        above = Organization(name="离退休党总支", kind=OrganizationKind.GENERAL_BRANCH, parent_id=cast.committee.id)
        session.add(above)
        session.flush()
        session.add(Organization(name="第一支部", kind=OrganizationKind.BRANCH, parent_id=above.id))
    path = office.folder / "x.xlsx"
    said = office.refused("export", "standings", "--org", "第一支部", "--out", path)
    assert said == "“第一支部”不止一个，请连上级一起写，例如 机关党委/第一支部\n"
    office.ok("export", "standings", "--org", "机关党委/第一支部", "--out", path)


@pytest.mark.sqlite_only  # names are compared the same way on both
def test_of_many_branches_a_few_are_named(office, cast):
    with office.sessions.write() as session:
        for number in range(20):
            session.add(Organization(name=f"{number}处", kind=OrganizationKind.BRANCH, parent_id=cast.committee.id))
    said = office.refused("export", "standings", "--out", office.folder / "x.xlsx")
    assert said.endswith("请用 --org 写明：第一支部、第二支部、0处、1处、2处、3处、4处、5处、6处、7处等22个\n")
    said = office.refused("export", "standings", "--org", "机关", "--out", office.folder / "x.xlsx")
    assert said == "没有“机关”这个党支部\n"


def test_the_only_branch_need_not_be_named(office, cast):
    with office.sessions.write() as session:
        session.get_one(Organization, cast.second_branch.id).kind = OrganizationKind.GENERAL_BRANCH
    path = office.folder / "x.xlsx"
    assert office.ok("export", "standings", "--out", path) == f"已导出到 {path}：第一支部\n"


def test_a_roster_without_a_branch_is_said(office, cast):
    with office.sessions.write() as session:
        for branch in (cast.first_branch, cast.second_branch):
            session.get_one(Organization, branch.id).kind = OrganizationKind.GENERAL_BRANCH
    said = office.refused("export", "standings", "--out", office.folder / "x.xlsx")
    assert said == "还没有党支部，请先用 xianfeng roster import 导入花名册\n"


def test_the_head_that_is_printed_is_one_that_verify_takes(office, cast):
    cause = f"opening:{cast.zhang_san.id}:{THIS_MONTH}"
    credit(office, cast.zhang_san, cast.first_branch, "3", cause, Source.OPENING)
    path = office.folder / "x.xlsx"
    for what in ("ledger", "claims", "disclosure", "standings", "year"):
        office.ok("export", what, "--org", "第一支部", "--out", path)
        printed = [row[0] for row in next(iter(written(path).values())) if str(row[0]).startswith("台账链头")]
        head = str(printed[0]).split()[1]
        assert head.startswith("1:")
        assert "台账核对无误" in office.ok("verify", "--head", head)


@pytest.mark.parametrize("line", IN_DOCS)
@pytest.mark.sqlite_only  # what the documents say is the same on both
def test_what_the_documents_say_can_be_typed(office, line):
    words = shlex.split(line)
    path = office.folder / words.pop()
    assert office.ok(*words, path).startswith(f"已导出到 {path}：第一支部")
    assert written(path)


@pytest.mark.sqlite_only  # no database is involved
def test_the_documents_name_every_export():
    assert {line.split()[1] for line in IN_DOCS} == set(export.commands)


@pytest.mark.parametrize(("what", "sheet"), [("attendance", "个人"), ("minutes", "会议记录")])
def test_meetings_are_exported_of_a_branch_and_need_no_rulebook(office, what, sheet):
    path = office.folder / f"{what}.xlsx"
    year = ("--year", "2024")  # before the first rulebook
    assert office.ok("export", what, "--org", "第一支部", *year, "--out", path) == f"已导出到 {path}：第一支部\n"
    assert sheet in written(path)
    assert [found.what for found in logged(office)] == [what]
    office.ok("export", what, "--org", "第一支部", "--out", path)
    assert logged(office)[-1].last == (Month(THIS_MONTH.year, 12) if what == "attendance" else THIS_MONTH)
    office.ok("export", what, "--org", "第一支部", "--from", "2024-11", "--to", "2025-02", "--out", path)
    assert (logged(office)[-1].first, logged(office)[-1].last) == (Month(2024, 11), Month(2025, 2))
