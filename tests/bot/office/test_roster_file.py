"""A roster workbook is read whole, or every bad cell is named with sheet, row, column and reason."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.office import roster_file
from bot.office.problems import Unreadable
from bot.office.roster_file import Known
from bot.office.roster_rows import Held, MemberRow, OrganizationRow, Roster
from models.appointments import Office
from models.members import MemberCategory, NotScoredReason, PartyStanding
from models.organizations import Nature, OrganizationKind

Rows = list[list[object]]

ORGANIZATIONS: Rows = [
    ["名称", "类型", "上级", "性质", "分管领导", "开始日期", "结束日期"],
    ["机关党委", "机关党委", None, None, None, None, None],
    ["第一支部", "党支部", "机关党委", "常设", "1001", None, None],
    ["第二支部", "党支部", "机关党委", None, None, None, None],
    ["第一小组", "党小组", "第一支部", None, None, None, None],
    ["第一小组", "党小组", "第二支部", None, None, None, None],
    ["退休小组", "党小组", "第一支部", "离退休", None, None, None],
]
HEADER: list[object] = ["工号", "姓名", "手机号", "所属组织", "职务", "党员类别", "党籍状态", "领导干部", "计分"]
MEMBERS: Rows = [
    HEADER,
    ["1001", "王建军", "13800001188", "第一支部", "支部书记、支部书记@机关党委", "正式党员", "正常", "是", "是"],
    ["1002", "李四", "3815", "第一支部/第一小组", "小组长", None, None, None, None],
    ["1003", "张三", "138-0000-6021", "第一支部/第一小组", "党员", "预备党员", None, "否", "否:长期病休"],
    ["2001", "赵卫东", None, "第二支部/第一小组", "支部书记，小组长", None, "留党察看", None, None],
    ["1012", "刘德福", None, "退休小组", "小组长", None, None, None, "否：年老体弱"],
]
FIRST, SECOND = ("机关党委", "第一支部"), ("机关党委", "第二支部")

Write = Callable[..., Path]


@pytest.fixture
def roster(workbook: Write) -> Callable[..., Roster]:
    def read(organizations: Rows = ORGANIZATIONS, members: Rows = MEMBERS, known: Known | None = None) -> Roster:
        return roster_file.read(workbook(组织=organizations, 党员=members), known=known)

    return read


@pytest.fixture
def problems(workbook: Write) -> Callable[..., list[str]]:
    def read(organizations: Rows = ORGANIZATIONS, members: Rows = MEMBERS) -> list[str]:
        with pytest.raises(Unreadable) as refused:
            roster_file.read(workbook(组织=organizations, 党员=members))
        return refused.value.problems

    return read


Read = Callable[..., Roster]
Problems = Callable[..., list[str]]


def organizations_with(row: int, **cells: object) -> Rows:
    return _with(ORGANIZATIONS, row, cells)


def members_with(row: int, **cells: object) -> Rows:
    return _with(MEMBERS, row, cells)


def _with(rows: Rows, number: int, cells: dict[str, object]) -> Rows:
    changed = [list(row) for row in rows]
    for column, value in cells.items():
        changed[number - 1][changed[0].index(column)] = value
    return changed


def member(read: Roster, staff_no: str) -> MemberRow:
    return next(row for row in read.members if row.staff_no == staff_no)


def test_organizations_come_with_their_path_each_level_before_the_one_below(roster: Read) -> None:
    assert roster().organizations == (
        OrganizationRow(("机关党委",), OrganizationKind.PARTY_COMMITTEE),
        OrganizationRow(FIRST, OrganizationKind.BRANCH, leaders_in_charge=("1001",)),
        OrganizationRow(SECOND, OrganizationKind.BRANCH),
        OrganizationRow((*FIRST, "第一小组"), OrganizationKind.GROUP),
        OrganizationRow((*SECOND, "第一小组"), OrganizationKind.GROUP),
        OrganizationRow((*FIRST, "退休小组"), OrganizationKind.GROUP, Nature.RETIRED),
    )
    upside_down = [ORGANIZATIONS[0], *reversed(ORGANIZATIONS[1:])]
    assert [row.row for row in roster(upside_down).organizations] == [7, 5, 6, 2, 3, 4]


def test_members_come_with_home_offices_and_state(roster: Read) -> None:
    assert roster().members == (
        MemberRow(
            staff_no="1001",
            name="王建军",
            home=FIRST,
            phone_last4="1188",
            offices=(Held(Office.SECRETARY, FIRST), Held(Office.SECRETARY, ("机关党委",))),
            leading_cadre=True,
        ),
        MemberRow("1002", "李四", (*FIRST, "第一小组"), "3815", (Held(Office.GROUP_LEADER, (*FIRST, "第一小组")),)),
        MemberRow(
            staff_no="1003",
            name="张三",
            home=(*FIRST, "第一小组"),
            phone_last4="6021",
            category=MemberCategory.PROBATIONARY,
            not_scored=NotScoredReason.ILL,
        ),
        MemberRow(
            staff_no="2001",
            name="赵卫东",
            home=(*SECOND, "第一小组"),
            offices=(Held(Office.SECRETARY, SECOND), Held(Office.GROUP_LEADER, (*SECOND, "第一小组"))),
            party_standing=PartyStanding.ON_PROBATION,
        ),
        MemberRow(
            staff_no="1012",
            name="刘德福",
            home=(*FIRST, "退休小组"),
            offices=(Held(Office.GROUP_LEADER, (*FIRST, "退休小组")),),
            not_scored=NotScoredReason.AGED,
        ),
    )
    assert [row.row for row in roster().members] == [2, 3, 4, 5, 6]


def test_only_the_last_four_digits_of_a_phone_number_are_kept(roster: Read) -> None:
    read = roster(members=members_with(2, 手机号=13812345678.0))
    assert member(read, "1001").phone_last4 == "5678"
    assert "13812345678" not in repr(read)


def test_numbers_full_width_letters_and_spaces_read_as_people_see_them(roster: Read) -> None:
    changed = members_with(4, 工号=1003.0, 姓名="张　三 ", 所属组织=" 第一支部／第一小组", 计分="否： 长期病休")
    changed[4][0] = "２００１"
    read = roster(members=changed)
    assert (member(read, "1003").name, member(read, "1003").home) == ("张三", (*FIRST, "第一小组"))
    assert member(read, "2001").name == "赵卫东"


def test_zeros_that_only_the_format_shows_belong_to_the_staff_number(workbook: Write) -> None:
    path = workbook(组织=ORGANIZATIONS, 党员=members_with(3, 工号=12))
    book = load_workbook(path)
    book["党员"]["A3"].number_format = "0000"
    book.save(path)
    assert roster_file.read(path).members[1].staff_no == "0012"


def test_the_order_of_columns_is_free_and_those_that_may_be_empty_may_be_missing(roster: Read) -> None:
    organizations: Rows = [["上级", "类型", "名称"], [None, "党支部", "甲支部"]]
    members: Rows = [["职务", "所属组织", "姓名", "工号"], ["支部书记", "甲支部", "王芳", "7"]]
    read = roster(organizations, members)
    assert read.members == (MemberRow("7", "王芳", ("甲支部",), None, (Held(Office.SECRETARY, ("甲支部",)),)),)
    assert read.warnings == ()


def test_a_title_above_the_column_names_and_empty_rows_do_no_harm(roster: Read) -> None:
    members: Rows = [["云溪县党员花名册"], [], *MEMBERS[:3], [None] * 9, *MEMBERS[3:], []]
    assert [row.row for row in roster(members=members).members] == [4, 5, 7, 8, 9]


def test_a_merged_cell_counts_for_every_row_it_covers(workbook: Write) -> None:
    path = workbook(组织=ORGANIZATIONS, 党员=MEMBERS)
    book = load_workbook(path)
    book["党员"].merge_cells("D3:D4")
    book.save(path)
    assert roster_file.read(path).members[2].home == (*FIRST, "第一小组")


def test_a_value_that_starts_like_a_formula_is_text(roster: Read) -> None:
    read = roster(members=members_with(4, 姓名="=HYPERLINK(1)"))
    assert member(read, "1003").name == "=HYPERLINK(1)"


@pytest.mark.parametrize(
    "typed",
    [date(2026, 1, 5), 46027, 20260105, "2026-01-05", "2026/1/5", "2026.1.5", "２０２６年1月5日"],
)
def test_a_day_may_be_typed_in_many_ways(roster: Read, typed: object) -> None:
    assert roster(organizations_with(3, 开始日期=typed)).organizations[1].starts_on == date(2026, 1, 5)


def test_the_staff_of_the_committee_serve_above_the_branch_unless_said_otherwise(roster: Read) -> None:
    read = roster(members=members_with(4, 职务="党务专干、抽查人员、抽查人员@机关党委、宣传委员@第二支部"))
    assert member(read, "1003").offices == (
        Held(Office.PARTY_AFFAIRS_OFFICER, ("机关党委",)),
        Held(Office.INSPECTOR, FIRST),
        Held(Office.INSPECTOR, ("机关党委",)),
        Held(Office.PUBLICITY_COMMISSIONER, SECOND),
    )


ORGANIZATION_MISTAKES = [
    (3, {"名称": None}, "组织表第3行“名称”（A3）：不能空着"),
    (3, {"名称": "甲/乙"}, "组织表第3行“名称”（A3）：名称里不能有 / @ 和顿号、逗号、分号"),
    (4, {"名称": "第一支部"}, "组织表第4行“名称”（A4）：与第3行重复：同一上级下只能有一个“第一支部”"),
    (3, {"类型": "支部"}, "组织表第3行“类型”（B3）：没有“支部”这种写法，是不是“党支部”？"),
    (3, {"类型": None}, "组织表第3行“类型”（B3）：不能空着，可以写：机关党委、党委、党组、党总支、党支部、党小组"),
    (3, {"上级": "机关党为"}, "组织表第3行“上级”（C3）：组织表里没有“机关党为”，是不是“机关党委”？"),
    (3, {"上级": "第一支部"}, "组织表第3行“上级”（C3）：不能是自己"),
    (5, {"上级": None}, "组织表第5行“上级”（C5）：不能空着，党小组的上级应是党支部"),
    (5, {"上级": "机关党委"}, "组织表第5行“上级”（C5）：“机关党委”是机关党委，党小组的上级应是党支部"),
    (3, {"上级": "退休小组"}, "组织表第3行“上级”（C3）：“退休小组”是党小组，党支部的上级应是党总支、机关党委、党组"),
    (3, {"性质": "退休"}, "组织表第3行“性质”（D3）：没有“退休”这种写法，是不是“离退休”？"),
    (3, {"分管领导": "1001、9999"}, "组织表第3行“分管领导”（E3）：党员表里没有工号“9999”"),
    (3, {"开始日期": "去年"}, "组织表第3行“开始日期”（F3）：日期读不懂：“去年”；例如 2026-01-05"),
    (3, {"开始日期": "2026-02-30"}, "组织表第3行“开始日期”（F3）：日期读不懂：“2026-02-30”；例如 2026-01-05"),
    (
        3,
        {"开始日期": "2026-03-01", "结束日期": "2026-02-01"},
        "组织表第3行“结束日期”（G3）：不能早于开始日期 2026-03-01",
    ),
]


@pytest.mark.parametrize(("row", "cells", "expected"), ORGANIZATION_MISTAKES)
def test_a_bad_cell_of_the_organizations_is_named(
    problems: Problems, row: int, cells: dict[str, object], expected: str
) -> None:
    assert any(problem.startswith(expected) for problem in problems(organizations_with(row, **cells)))


MEMBER_MISTAKES = [
    (3, {"工号": None}, "党员表第3行“工号”（A3）：不能空着"),
    (3, {"工号": "1001"}, "党员表第3行“工号”（A3）：“1001”与第2行重复"),
    (3, {"工号": "10 02"}, "党员表第3行“工号”（A3）：工号里不能有空格、顿号和逗号，现为“10 02”"),
    (3, {"姓名": " "}, "党员表第3行“姓名”（B3）：不能空着"),
    (3, {"姓名": "长" * 41}, "党员表第3行“姓名”（B3）：最多 40 个字，现有 41 个"),
    (3, {"手机号": "123"}, "党员表第3行“手机号”（C3）：至少要有后4位数字；没有就空着"),
    (3, {"手机号": "13800001188/13900002299"}, "党员表第3行“手机号”（C3）：只写一个号码，里面只能有数字；没有就空着"),
    (3, {"所属组织": None}, "党员表第3行“所属组织”（D3）：不能空着"),
    (
        *(3, {"所属组织": "第一小组"}),
        "党员表第3行“所属组织”（D3）：“第一小组”不止一个，请写清是哪一个：第一支部/第一小组、第二支部/第一小组",
    ),
    (3, {"所属组织": "第一支步"}, "党员表第3行“所属组织”（D3）：组织表里没有“第一支步”，是不是“第一支部”？"),
    (3, {"所属组织": "机关党委"}, "党员表第3行“所属组织”（D3）：“机关党委”是机关党委，请写本人所在的党支部或党小组"),
    (3, {"职务": "组长"}, "党员表第3行“职务”（E3）：没有“组长”这种职务，是不是“小组长”？"),
    (3, {"职务": "支部书记@第三支部"}, "党员表第3行“职务”（E3）：组织表里没有“第三支部”"),
    (3, {"职务": "支部书记@退休小组"}, "党员表第3行“职务”（E3）：“退休小组”是党小组，支部书记应写在"),
    (2, {"职务": "小组长"}, "党员表第2行“职务”（E2）：所属组织不是党小组，要写明是哪个小组的小组长"),
    (3, {"职务": "小组长@第一支部"}, "党员表第3行“职务”（E3）：“第一支部”是党支部，小组长应写在党小组"),
    (3, {"党员类别": "积极分子"}, "党员表第3行“党员类别”（F3）：没有“积极分子”这种写法，可以写：正式党员、预备党员"),
    (3, {"党籍状态": "停止"}, "党员表第3行“党籍状态”（G3）：没有“停止”这种写法，是不是“停止党籍”？"),
    (3, {"领导干部": "对"}, "党员表第3行“领导干部”（H3）：没有“对”这种写法，可以写：是、否"),
    (3, {"计分": "否"}, "党员表第3行“计分”（I3）：不计分要写原因，例如 否:长期病休"),
    (3, {"计分": "否:病假"}, "党员表第3行“计分”（I3）：没有“病假”这种原因"),
    (3, {"计分": "不"}, "党员表第3行“计分”（I3）：应为“是”或“否:原因”，现为“不”；例如 否:长期病休"),
]


@pytest.mark.parametrize(("row", "cells", "expected"), MEMBER_MISTAKES)
def test_a_bad_cell_of_the_members_is_named(
    problems: Problems, row: int, cells: dict[str, object], expected: str
) -> None:
    found = problems(members=members_with(row, **cells))
    assert len(found) == 1 and found[0].startswith(expected)


def test_all_bad_cells_are_named_at_once_in_the_order_of_the_sheets(problems: Problems) -> None:
    organizations = _with(organizations_with(3, 性质="长期"), 4, {"类型": "支部"})
    members = _with(members_with(5, 手机号="1"), 2, {"姓名": None, "计分": "否"})
    assert [problem.partition("：")[0] for problem in problems(organizations, members)] == [
        "组织表第3行“性质”（D3）",
        "组织表第4行“类型”（B4）",
        "党员表第2行“姓名”（B2）",
        "党员表第2行“计分”（I2）",
        "党员表第5行“手机号”（C5）",
    ]


def test_a_phone_number_is_never_repeated_in_a_message(problems: Problems) -> None:
    assert "1390000" not in "".join(problems(members=members_with(3, 手机号="1390000x")))


def test_levels_above_that_go_in_a_circle_are_refused(problems: Problems) -> None:
    organizations = [*organizations_with(2, 上级="县委"), ["县委", "党委", "机关党委"]]
    (problem,) = problems(organizations)
    assert problem.endswith("上级绕成了一圈：县委 → 机关党委 → 县委")


def test_a_missing_sheet_is_named_with_those_that_are_there(workbook: Write) -> None:
    with pytest.raises(Unreadable) as refused:
        roster_file.read(workbook(组织=ORGANIZATIONS, 名册=MEMBERS))
    assert refused.value.problems == ["缺工作表“党员”；现有：组织、名册"]


def test_a_missing_column_is_named_once_and_not_for_every_row(problems: Problems) -> None:
    members: Rows = [["编号" if title == "工号" else title for title in HEADER], *MEMBERS[1:]]
    assert problems(members=[[*HEADER[1:]], *[row[1:] for row in MEMBERS[1:]]]) == ["党员表第1行：缺列“工号”"]
    assert problems(members=members) == ["党员表第1行：缺列“工号”，是不是写成了“编号”？"]


def test_without_the_names_of_organizations_homes_are_not_called_unknown(problems: Problems) -> None:
    assert problems([row[1:] for row in ORGANIZATIONS]) == ["组织表第1行：缺列“名称”"]


def test_a_column_that_is_there_twice_is_refused(problems: Problems) -> None:
    members = [[*row, "x"] for row in MEMBERS]
    members[0][-1] = "姓名"
    assert problems(members=members) == ["党员表第1行：列“姓名”有两列，请删去一列"]


def test_an_error_of_excel_in_a_cell_is_named(workbook: Write) -> None:
    with pytest.raises(Unreadable) as refused:
        roster_file.read(workbook(组织=ORGANIZATIONS, 党员=members_with(3, 职务="#N/A")))
    assert refused.value.problems == ["党员表第3行“职务”（E3）：单元格是错误值 #N/A"]


def test_empty_sheets_are_refused(problems: Problems) -> None:
    assert problems(ORGANIZATIONS[:1], MEMBERS[:1]) == [
        "组织表第1行：没有一个组织，至少写一个党支部",
        "党员表第1行：没有一名党员",
    ]


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"不是 \.xlsx 工作簿"):
        roster_file.read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="找不到文件"):
        roster_file.read(tmp_path / "no.xlsx")


def test_what_can_be_imported_but_looks_wrong_is_pointed_out(roster: Read) -> None:
    organizations = _with(organizations_with(3, 分管领导="1002"), 4, {"性质": "临时"})
    members = [[*row, None] for row in members_with(4, 职务="小组长", 所属组织="第一支部/第一小组")]
    members[0][9] = "职位"
    members.append(["1099", "马丽", None, "第二支部", None, None, None, None, None, None])
    assert roster(organizations, members).warnings == (
        "组织表第3行“分管领导”（E3）：工号“1002”在党员表里不是领导干部",
        "组织表第5行“名称”（A5）：“第一小组”有2名小组长，请核对",
        "党员表第1行：列“职位”没有用到",
        "党员表第7行“所属组织”（D7）：“第二支部”是临时组织，党员一般仍归原支部或小组，积分也记在那里",
    )


def test_a_branch_without_a_secretary_is_pointed_out(roster: Read) -> None:
    warnings = roster(members=members_with(2, 职务=None)).warnings
    assert warnings == ("组织表第3行“名称”（A3）：“第一支部”还没有书记，申报会交给上一级审核",)


def test_a_part_of_the_roster_may_refer_to_what_was_imported_before(roster: Read) -> None:
    known = Known(
        {("机关党委",): OrganizationKind.PARTY_COMMITTEE, FIRST: OrganizationKind.BRANCH}, frozenset({"1001"})
    )
    organizations: Rows = [
        ORGANIZATIONS[0],
        ["第三支部", "党支部", "机关党委", None, "1001", None, None],
        ORGANIZATIONS[2],
    ]
    read = roster(
        organizations, [HEADER, ["3001", "新人", None, "第三支部"], ["1002", "李四", None, "第一支部"]], known
    )
    assert [row.path for row in read.organizations] == [("机关党委", "第三支部"), FIRST]
    assert [row.home for row in read.members] == [("机关党委", "第三支部"), FIRST]


def test_a_name_means_the_one_in_the_sheet_before_an_older_one(roster: Read) -> None:
    known = Known({("老党委",): OrganizationKind.PARTY_COMMITTEE, ("老党委", "第一支部"): OrganizationKind.BRANCH})
    assert member(roster(known=known), "1001").home == FIRST
