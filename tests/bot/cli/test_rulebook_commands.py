"""``rulebook``: a version in, checked, tried and shown."""

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.clock import system
from bot.office.rulebooks import SEVEN_CONTENTS, TEMPLATES
from models.months import Month, shanghai_day
from models.organizations import Organization, OrganizationKind
from models.rounds import before
from models.rulebooks import RulebookVersion
from models.workdays import working_days_after
from tests.bot.cli.conftest import Office

# The first month that 5 working days of consultation leave to a version imported today.
UNTIL = working_days_after(system(), 5)
NEXT = Month.of(before(UNTIL)).plus(1)
LAST_DAY = shanghai_day(before(UNTIL)).isoformat()


@pytest.fixture
def newer(office: Office) -> Path:
    """A changed version that begins with the next month it can."""
    text = SEVEN_CONTENTS.read_text("utf-8").replace('effective_from = "2026-01"', f'effective_from = "{NEXT}"')
    path = office.folder / "newer.toml"
    path.write_text(text.replace("base = 70", "base = 75"), encoding="utf-8")
    return path


def versions(office: Office) -> int:
    with office.sessions.read() as session:
        return session.scalars(select(func.count()).select_from(RulebookVersion)).one()


@pytest.mark.sqlite_only  # needs no database
@pytest.mark.parametrize("path", TEMPLATES.values(), ids=TEMPLATES)
def test_the_rulebooks_that_ship_pass_the_check_without_a_warning(office, path):
    said = office.ok("rulebook", "check", path).splitlines()
    assert len(said) == 1
    assert " 可以用：“" in said[0]


@pytest.mark.sqlite_only  # needs no database
def test_every_mistake_of_a_rulebook_is_named_on_a_line_of_its_own(office):
    path = office.folder / "bad.toml"
    text = SEVEN_CONTENTS.read_text("utf-8").replace("base = 70", 'base = "seventy"')
    path.write_text(text.replace('category = "志愿"', 'category = "自愿"', 1), encoding="utf-8")
    said = office.refused("rulebook", "check", path).splitlines()
    assert len(said) == 2
    assert said[0].startswith("[rulebook].base")
    assert "是不是“志愿”" in said[1]


def test_without_a_name_the_rulebook_goes_to_the_top_of_the_ladder(office, sample):
    office.ok("roster", "import", sample)
    said = office.ok("rulebook", "import", SEVEN_CONTENTS)
    assert said == "已导入“党员积分细则（七项内容）”第1版，云溪县人民检察院机关党委从 2026-01 起用\n"


def test_a_branch_may_be_named(office, sample):
    office.ok("roster", "import", sample)
    assert "第一支部从 2026-01 起用" in office.ok("rulebook", "import", SEVEN_CONTENTS, "--org", "第一支部")
    assert "云溪县人民检察院机关党委还没有积分细则" in office.refused("rulebook", "show")
    assert "第1版" in office.ok("rulebook", "show", "--org", "第一支部")


@pytest.mark.usefixtures("cast")
def test_a_group_shows_the_rulebook_of_the_level_above(office):
    said = office.ok("rulebook", "show", "--org", "第一支部").splitlines()
    assert said[0] == "现行的是上级的细则：第1版 从 2026-01 起 党员积分细则（七项内容）"


def test_before_a_roster_there_is_nothing_to_give_a_rulebook_to(office):
    said = office.refused("rulebook", "import", SEVEN_CONTENTS)
    assert said == "还没有组织，请先用 xianfeng roster import 导入花名册\n"


@pytest.mark.usefixtures("cast")
def test_an_unknown_or_ambiguous_organization_is_refused_with_the_names(office):
    assert "没有“第九支部”这个组织" in office.refused("rulebook", "show", "--org", "第九支部")
    with office.sessions.write() as session:
        session.add(Organization(name="乙机关党委", kind=OrganizationKind.PARTY_COMMITTEE))
    said = office.refused("rulebook", "show")
    assert said == "最上级的组织不止一个，请用 --org 写明是哪一个：机关党委、乙机关党委\n"
    with office.sessions.write() as session:
        above = session.scalars(select(Organization.id).where(Organization.name == "乙机关党委")).one()
        session.add(Organization(name="第一支部", kind=OrganizationKind.BRANCH, parent_id=above))
    said = office.refused("rulebook", "show", "--org", "第一支部")
    assert said == "“第一支部”不止一个，请用 --org 写明是哪一个：机关党委/第一支部、乙机关党委/第一支部\n"
    assert "现行的是上级的细则" in office.ok("rulebook", "show", "--org", "机关党委/第一支部")


@pytest.mark.usefixtures("cast")
def test_the_same_rulebook_again_is_refused(office):
    assert "完全相同，没有导入" in office.refused("rulebook", "import", SEVEN_CONTENTS)
    assert versions(office) == 1


@pytest.mark.usefixtures("cast")
def test_a_changed_rulebook_begins_with_a_month_that_has_not_begun(office, newer):
    now = Month.of(system())
    newer.write_text(newer.read_text("utf-8").replace(str(NEXT), str(now)), encoding="utf-8")
    said = office.refused("rulebook", "import", newer)
    assert said == f'新版细则要从还没开始的月份起用，{now} 已经开始；例如 effective_from = "{NEXT}"\n'
    assert "已经开始" in office.refused("rulebook", "import", newer, "--dry-run")
    assert versions(office) == 1


@pytest.mark.usefixtures("cast")
def test_a_new_version_is_kept_beside_the_one_in_force(office, newer):
    assert office.ok("rulebook", "import", newer).splitlines() == [
        f"已导入“党员积分细则（七项内容）”第2版，机关党委从 {NEXT} 起用",
        f"征求意见到 {LAST_DAY}，已告知 17 人；发“细则 草案”看，发“建议”提",
    ]
    said = office.ok("rulebook", "show").splitlines()
    assert said[0].endswith("（现行）")
    assert said[1] == (
        f"第2版 从 {NEXT} 起 党员积分细则（七项内容） 32 项（征求意见到 {LAST_DAY}） 意见 0 条，未答复 0 条"
    )
    assert said[2] == "起算 70 合格 60 最低 0 最高 100 星级 60 70 80 88 95"
    assert "  志愿-01 社区志愿服务 每小时 +1 分 每月封顶 4" in said
    assert "  纪律-04 受组织处理、党纪处分 归零" in said


@pytest.mark.sqlite_only  # what is written is tested with the model
@pytest.mark.usefixtures("cast")
def test_a_draft_is_replaced_or_withdrawn_before_its_month(office, newer):
    office.ok("rulebook", "import", newer)
    newer.write_text(newer.read_text("utf-8").replace("base = 75", "base = 76"), encoding="utf-8")
    tried = office.ok("rulebook", "import", newer, "--dry-run").splitlines()
    assert tried[-2:] == ["会替换还没起用的第2版", "只试了一遍，没有写入"]
    assert office.ok("rulebook", "import", newer).splitlines()[-1] == "已替换还没起用的第2版"
    assert office.ok("rulebook", "withdraw") == "已撤回第3版，机关党委现行的细则不变\n"
    assert "不用撤回" in office.refused("rulebook", "withdraw")
    shown = office.ok("rulebook", "show").splitlines()[:3]
    assert [re.findall("项（(.+?)）", line) for line in shown] == [["现行"], ["已撤回"], ["已撤回"]]


@pytest.mark.usefixtures("cast")
def test_a_dry_run_shows_what_changes_and_what_last_month_would_have_been_and_stores_nothing(office, newer):
    text = newer.read_text("utf-8")
    text = text.replace('code = "志愿-04"', 'code = "志愿-09"').replace('title = "社区志愿服务"', 'title = "社区服务"')
    newer.write_text(text, encoding="utf-8")
    said = office.ok("rulebook", "import", newer, "--dry-run").splitlines()
    last = Month.of(system()).plus(-1)
    assert "起算分：70 → 75" in said
    assert any(line.startswith("新事项：志愿-09 ") for line in said)
    assert any(line.startswith("去掉：志愿-04 ") for line in said)
    assert any(line.startswith("有改动：志愿-01 社区志愿服务 ") and " → 志愿-01 社区服务 " in line for line in said)
    start = said.index(f"第一支部 {last}（计分 13 人）")
    assert said[start + 1] == "  原来：平均 70 分，低于合格分值 0 人；★★ 13 人"
    assert said[start + 2] == "  新版：平均 75 分，低于合格分值 0 人；★★ 13 人"
    assert said[-1] == "只试了一遍，没有写入"
    assert not any(name in line for line in said for name in ("张三", "李四"))
    assert versions(office) == 1


@pytest.mark.usefixtures("cast")
def test_a_bad_file_stores_nothing(office):
    path = office.folder / "bad.toml"
    path.write_text("[rulebook", encoding="utf-8")
    office.refused("rulebook", "import", path)
    office.refused("rulebook", "import", office.folder / "none.toml")
    assert versions(office) == 1
