"""``roster`` and ``opening``: whole files in, or nothing; codes out."""

import csv
import io
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from bot import config as configuration
from bot.clock import system
from models import bindings, deciding_requests, followers, planning, requests
from models.bindings import BindingCode
from models.ledger import Entry
from models.members import Member
from models.months import Month, shanghai_day
from models.organizations import Organization
from models.requests import RequestKind, RequestStatus
from models.rulebooks import Source
from tests.bot.cli.conftest import Office


def count(office: Office, table: type) -> int:
    with office.sessions.read() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def balances(folder: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "期初"
    for row in (("工号", "月份", "积分", "说明"), *rows):
        sheet.append(list(row))
    path = folder / "期初.xlsx"
    book.save(path)
    return path


def test_the_sample_roster_is_imported_and_the_second_time_changes_nothing(office, sample):
    said = office.ok("roster", "import", sample)
    assert said.splitlines()[0] == "新党员 60 人"
    assert said.splitlines()[-1] == "已导入 60 人、13 个组织"
    assert (count(office, Member), count(office, Organization)) == (60, 13)
    assert office.ok("roster", "import", sample) == "已导入 60 人、13 个组织\n"


def test_a_dry_run_says_the_same_and_stores_nothing(office, sample):
    said = office.ok("roster", "import", sample, "--dry-run")
    assert said.splitlines()[0] == "新党员 60 人"
    assert said.splitlines()[-1] == "只试了一遍，没有写入"
    assert (count(office, Member), count(office, Organization)) == (0, 0)


def test_every_bad_cell_is_named_on_a_line_of_its_own_and_nothing_is_stored(office, sample):
    book = load_workbook(sample)
    people = book["党员"]
    people["E2"], people["G3"], people["A4"] = "组长长", "退党", people["A5"].value
    book.save(sample)
    said = office.refused("roster", "import", sample).splitlines()
    assert len(said) == 3
    assert all(line.startswith("党员表第") for line in said)
    assert count(office, Member) == 0


def test_what_can_be_imported_but_should_be_looked_at_is_said(office, sample):
    book = load_workbook(sample)
    book["党员"]["E2"] = "党员"  # 第一小组 has lost its leader
    book.save(sample)
    assert any(line.startswith("请看一下：") for line in office.ok("roster", "import", sample).splitlines())


@pytest.mark.parametrize(
    ("content", "says"), [(None, "找不到文件"), (b"no workbook", "不是 .xlsx 工作簿")], ids=["missing", "foreign"]
)
def test_a_file_that_is_no_workbook_is_refused(office, content, says):
    path = office.folder / "r.xlsx"
    if content is not None:
        path.write_bytes(content)
    assert says in office.refused("roster", "import", path)


def test_an_operation_that_refuses_leaves_nothing_half_imported(office, sample):
    office.ok("roster", "import", sample)
    book = load_workbook(sample)
    places = book["组织"]
    row = next(cell.row for cell in places["A"] if cell.value == "第一支部")
    places.cell(row, 2).value = "党总支"
    for other in places.iter_rows(min_row=2):
        if other[2].value == "第一支部":
            other[2].value = "第二支部"
            other[0].value = f"{other[0].value}之一"
    people = book["党员"]
    for other in people.iter_rows(min_row=2):
        other[3].value = "第二支部"
        other[4].value = "党员"
    people["B2"] = "改过的名字"
    book.save(sample)
    assert "的类型不能改" in office.refused("roster", "import", sample)
    with office.sessions.read() as session:
        assert session.scalars(select(Member.id).where(Member.name == "改过的名字")).first() is None
    assert count(office, Organization) == 13


def test_codes_are_printed_for_who_is_unbound_and_bind_them(office, sample):
    office.ok("roster", "import", sample)
    rows = list(csv.reader(io.StringIO(office.ok("roster", "codes"))))
    assert rows[0] == ["工号", "姓名", "绑定码"]
    assert len(rows) == 61
    codes = {staff_no: (name, code) for staff_no, name, code in rows[1:]}
    assert len(codes["1001"][1]) == 10  # a group leader's
    assert len(codes["1002"][1]) == 6
    key = secret(office)
    with office.sessions.write() as session:
        bindings.bind(session, "o-1", *codes["1002"], key=key, now=system())
        binding = bindings.find(session, "o-1")
        assert binding is not None
        assert binding.member.staff_no == "1002"
    assert "1002," not in office.ok("roster", "codes")


def secret(office: Office) -> bytes:
    line = next(line for line in office.config.read_text().splitlines() if line.startswith("secret_key"))
    return line.split('"')[1].encode()


def test_codes_for_some_end_only_theirs(office, sample):
    office.ok("roster", "import", sample)
    first = office.ok("roster", "codes", "--only", "1002", "--only", "1003", "--only", "1002")
    assert [line.split(",")[0] for line in first.splitlines()[1:]] == ["1002", "1003"]
    assert count(office, BindingCode) == 2
    again = office.ok("roster", "codes", "--only", "1003")
    assert again.splitlines()[1] not in first


def test_codes_for_strangers_are_refused_all_at_once(office, sample):
    office.ok("roster", "import", sample)
    said = office.refused("roster", "codes", "--only", "x1", "--only", "1002", "--only", "x2")
    assert said.splitlines() == [f"工号“{no}”不在花名册里，或已经绑定" for no in ("x1", "x2")]
    assert count(office, BindingCode) == 0


def test_codes_go_to_a_file_for_its_owner_only(office, sample):
    office.ok("roster", "import", sample)
    path = office.folder / "码.csv"
    assert office.ok("roster", "codes", "--out", path).startswith("60 人的绑定码已写到 ")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text("utf-8-sig").splitlines()) == 61


def test_a_file_that_cannot_be_written_leaves_the_old_codes_in_force(office, sample):
    office.ok("roster", "import", sample)
    assert "没有这个文件或文件夹" in office.refused("roster", "codes", "--out", office.folder / "no" / "c.csv")
    assert count(office, BindingCode) == 0


def test_a_template_is_written_once(office):
    path = office.folder / "空表.xlsx"
    office.ok("roster", "template", path)
    assert load_workbook(path).sheetnames[:2] == ["组织", "党员"]
    assert "已经有了" in office.refused("roster", "template", path)


@pytest.mark.usefixtures("cast")
def test_opening_balances_are_imported_once(office):
    month = Month.of(system())
    path = balances(office.folder, ("1006", str(month), 12.5, "上半年"), ("1005", str(month), -2, None))
    assert office.ok("opening", "import", path) == "已导入 2 条期初积分\n"
    with office.sessions.read() as session:
        entries = session.scalars(select(Entry).order_by(Entry.id)).all()
        assert [(entry.source, entry.about_month) for entry in entries] == [(Source.OPENING, month)] * 2
    said = office.refused("opening", "import", path)
    assert said == f"已经导入过期初积分，这次一条也没有导入：张三（1006）{month}、李四（1005）{month}\n"
    assert count(office, Entry) == 2
    assert "台账核对无误：2 条" in office.ok("verify")


@pytest.mark.usefixtures("cast")
def test_bad_opening_balances_are_named_all_at_once(office):
    path = balances(office.folder, ("x", "2026-13", "many", None), ("1006", None, 1, None))
    assert len(office.refused("opening", "import", path).splitlines()) == 4
    assert count(office, Entry) == 0


def test_a_month_without_a_rulebook_is_pointed_out(office, sample):
    office.ok("roster", "import", sample)
    month = Month.of(system())
    path = balances(office.folder, ("1002", str(month), 60, None))
    said = office.ok("opening", "import", path).splitlines()
    assert said[0].startswith("请看一下：期初表第2行")
    assert said[1].startswith(f"请看一下：第一支部 {month} 还没有积分细则")


def test_who_leaves_is_written_down_and_bound_no_more(office, cast):
    said = office.ok("roster", "leave", "1006", "--on", "2026-03-31")
    assert said.splitlines()[0] == "张三（1006）到 2026-03-31 为止：职务和绑定已结束，当月不计分，积分记录保留"
    with office.sessions.read() as session:
        assert bindings.find(session, "o-1006") is None
        assert session.get_one(Member, cast.zhang_san.id).left_on == date(2026, 3, 31)
    assert office.refused("roster", "leave", "1006").startswith("张三 已于 2026-03-31 离开；例如 xianfeng roster leave")


def test_who_leaves_today_needs_no_day(office, cast):
    today = shanghai_day(system())
    assert office.ok("roster", "leave", "1006").startswith(f"张三（1006）到 {today} 为止")


def test_nobody_leaves_who_is_not_there_or_on_no_day(office, cast):
    assert office.refused("roster", "leave", "9999") == "花名册里没有工号“9999”\n"
    assert "还没到，离开的那天再办" in office.refused("roster", "leave", "1006", "--on", "2999-01-01")
    assert office("roster", "leave", "1006", "--on", "昨天").exit_code == 2


def test_whom_nobody_can_confirm_gets_a_code_that_binds_at_once(well, cast):
    with well.sessions.write() as session:
        for staff_no in ("1001", "1003", "1004"):
            followers.unfollow(session, f"o-{staff_no}", system())
        secretary = session.get_one(Member, cast.wang_jianjun.id)
        requests.open_binding(session, secretary, openid="o-new", now=system(), kind=RequestKind.REBINDING)
        tomorrow = system() + timedelta(days=1)
        meeting = planning.plan(session, ["主题党日"], tomorrow, "三楼", by=cast.of(session).he_min, now=system())
        leave = deciding_requests.ask_leave(session, meeting.id, "出差", by=secretary, now=system()).id
    said = well("doctor").stdout
    assert "✗ 没有人能审批的申请：L2 王建军；" in said
    assert (
        "✗ 没有人能核对的绑定申请：L1 王建军；请当面核对本人，再用 xianfeng roster codes --only 1002 发绑定码" in said
    )
    code = well.ok("roster", "codes", "--only", "1002").splitlines()[1].split(",")[2]
    secret = configuration.load(well.config, {}).app.secret_key.encode()
    with well.sessions.write() as session:
        bound = bindings.bind(session, "o-new", "王建军", code, key=secret, now=system())
        assert isinstance(bound, Member)
        assert requests.get(session, leave).status is RequestStatus.WAITING  # a leave is no binding
    assert "没有人能核对" not in well("doctor").stdout


def test_a_bound_member_gets_no_code_while_somebody_can_confirm_a_new_phone(office, cast):
    with office.sessions.write() as session:
        secretary = session.get_one(Member, cast.wang_jianjun.id)
        requests.open_binding(session, secretary, openid="o-new", now=system(), kind=RequestKind.REBINDING)
    assert "工号“1002”不在花名册里，或已经绑定" in office.refused("roster", "codes", "--only", "1002")
