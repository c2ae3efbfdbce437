"""``month``: the round by hand, branch by branch, under the same guards (contract, ``month``; rules 14 to 16)."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.clock import system
from models import claiming, rounds, rulebooks
from models.members import Member
from models.months import SHANGHAI, Month
from models.organizations import Organization, OrganizationKind
from models.rounds import Round
from tests.bot.cli.conftest import Office
from tests.cast import Cast
from tests.models.desk import D

NOW = system()
# Claims about it closed in any case; those about the present month are taken.
PAST, PRESENT, FUTURE = (str(Month.of(NOW).plus(n)) for n in (-2, 0, 1))


def states(office: Office, month: str = PAST) -> list[str]:
    """``status``: each branch's line without the moments."""
    return [" ".join(line.split()[:2]) for line in office.ok("month", "status", month).splitlines()]


def claim(office: Office, cast: Cast) -> None:
    """A claim of 张三 about the past month, made in it, that nobody has decided."""
    month = Month.parse(PAST)
    with office.sessions.write() as session:
        member = session.get_one(Member, cast.zhang_san.id)
        item = rulebooks.in_force(session, member.branch_id, month).get_item("志愿-01")
        day = month.first_day
        claiming.submit(session, member, item, D(1), day=day, by=member, now=month.begins + timedelta(hours=12))


def test_the_states_are_printed_by_branch(office: Office, cast: Cast) -> None:
    assert states(office) == ["第一支部 -", "第二支部 -"]
    assert states(office, PRESENT) == ["第一支部 open（登记）", "第二支部 open（登记）"]
    assert office.ok("month", "status", FUTURE) == "第一支部  -  还没有开始\n第二支部  -  还没有开始\n"
    assert office.ok("month", "status", PAST, "--org", "第二支部") == "第二支部  -  没有记录\n"
    assert len(office.ok("month", "status", PAST, "--org", "机关党委").splitlines()) == 2
    with office.sessions.write() as session:
        rounds.begin(session, cast.first_branch.id, Month.parse(PRESENT))
        closes = rounds.claims_until(session, cast.first_branch.id, Month.parse(PRESENT)).astimezone(SHANGHAI)
    shown = office.ok("month", "status", PRESENT, "--org", "第一支部")
    assert shown == f"第一支部  open（登记）  {closes:%Y-%m-%d %H:%M}登记截止\n"


@pytest.mark.usefixtures("cast")
def test_a_month_is_taken_through_its_states_by_hand(office: Office) -> None:
    assert [line.split()[1] for line in office.ok("month", "review", PAST).splitlines()] == ["review（评审）"] * 2
    assert states(office) == ["第一支部 review（评审）", "第二支部 review（评审）"]
    assert "前提交公示" in office.ok("month", "status", PAST)
    drawn = office.ok("month", "draw", PAST, "--org", "第一支部")
    assert drawn.startswith(f"第一支部  {PAST} 抽查：已通过 0 条")
    assert drawn == office.ok("month", "draw", PAST, "--org", "第一支部")
    assert office.ok("month", "submit", PAST, "--org", "第一支部").startswith("第一支部  disclosure（公示）  ")
    assert states(office) == ["第一支部 disclosure（公示）", "第二支部 review（评审）"]
    assert "公示还没有结束，不能审定" in office.refused("month", "finalize", PAST, "--org", "第一支部")
    with office.sessions.write() as session:
        session.execute(update(Round).values(final_from=NOW - timedelta(hours=1)))
    assert office.ok("month", "finalize", PAST, "--org", "第一支部").startswith("第一支部  final（审定）  ")
    assert states(office) == ["第一支部 final（审定）", "第二支部 review（评审）"]


def test_one_branch_that_is_refused_keeps_no_other(office: Office, cast: Cast) -> None:
    claim(office, cast)
    office.ok("month", "review", PAST)
    result = office("month", "submit", PAST)
    assert result.exit_code == 1
    assert result.stdout.startswith("第二支部  disclosure（公示）")
    number = Month.parse(PAST).number
    assert result.stderr == f"第一支部：{number}月还有申报没办完，不能提交公示：待审 #1（张三）\n"
    assert states(office) == ["第一支部 review（评审）", "第二支部 disclosure（公示）"]


@pytest.mark.usefixtures("cast")
def test_nothing_is_done_before_its_time(office: Office) -> None:
    number = Month.parse(PRESENT).number
    assert f"第一支部：{number}月的评审" in office.refused("month", "review", PRESENT)
    assert "没有要评审的积分" in office.refused("month", "submit", PAST)
    assert "不在公示中，不能审定" in office.refused("month", "finalize", PAST)
    assert "评审" in office.refused("month", "draw", PAST)


@pytest.mark.usefixtures("cast")
def test_what_is_no_month_and_no_organization_is_said(office: Office) -> None:
    assert "'十月' 不是月份，例如 2026-10" in office.refused("month", "status", "十月", code=2)
    assert office.refused("month", "status", PAST, "--org", "第九支部") == "没有“第九支部”这个组织\n"


def test_an_organization_without_branches_and_an_empty_roster(office: Office) -> None:
    assert office.refused("month", "status", PAST) == "还没有支部，请先用 xianfeng roster import 导入花名册\n"
    with office.sessions.write() as session:
        session.add(Organization(name="机关党委", kind=OrganizationKind.PARTY_COMMITTEE))
    assert office.refused("month", "status", PAST, "--org", "机关党委") == "“机关党委”下面没有支部\n"
