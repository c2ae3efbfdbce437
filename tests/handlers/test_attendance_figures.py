"""考勤 over a time: each role sees what it may, per member, group, branch and kind (rules 23, 25)."""

from datetime import date

import pytest

from models.meetings import Attendance
from models.months import at
from tests.cast import Cast
from tests.models.test_attendance_figures import held
from tests.recording import RecordedSay

pytestmark = pytest.mark.sqlite_only  # it words what is proved on both databases in tests/models

PRESENT, LATE, LEAVE = Attendance.PRESENT, Attendance.LATE, Attendance.ON_LEAVE


@pytest.fixture
def _held(cast: Cast) -> None:
    """A group meeting in August, one in November, and a gathering of each branch in November, one of two kinds."""
    with cast.sessions.write() as session:
        c = cast.of(session)
        held(session, ["党小组会"], c.li_si, date(2026, 8, 10), {c.li_si: PRESENT, c.zhang_san: PRESENT})
        came = {c.li_si: PRESENT, c.zhang_san: LATE, c.wang_fang: LEAVE}
        held(session, ["党小组会"], c.li_si, date(2026, 11, 10), came)
        both = {c.li_si: PRESENT, c.wang_jianjun: PRESENT}
        held(session, ["主题党日", "党课"], c.wang_jianjun, date(2026, 11, 12), both)
        c.zhou_guoping.leading_cadre = True
        held(session, ["主题党日"], c.qian_jin, date(2026, 11, 13), {c.qian_jin: PRESENT, c.zhou_guoping: PRESENT})


@pytest.mark.manual("member", "考勤", title="看自己的到会情况")
@pytest.mark.usefixtures("_held")
def test_a_member_sees_their_own_and_nobody_elses(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "考勤 今年") == (
        "张三　本年组织生活\n应到 3 次，到会 2（迟到 1），请假 0，缺席 1，到会率 66.67%\n"
        "党小组会：应到 2，到会 2，到会率 100%\n党课：应到 1，到会 0，到会率 0%\n主题党日：应到 1，到会 0，到会率 0%"
    )
    assert say(cast.zhang_san, "考勤 党课 今年") == "张三　本年党课\n应到 1 次，到会 0，请假 0，缺席 1，到会率 0%"
    assert say(cast.zhang_san, "考勤").startswith("张三　本月组织生活\n应到 2 次")
    assert say(cast.zhang_san, "考勤 9月") == "张三　9月组织生活：没有散会的会"
    assert say.aside(cast.zhang_san, "考勤 王芳 今年") == "❌ 别人的考勤由组长和支部看，您可以看自己的\n例如：考勤 今年"
    for elsewhere in ("孙丽", "李大明", "第一小组", "第三小组"):
        expected = f"❌ 没有找到“{elsewhere}”的考勤，请看一下写法\n例如：考勤 今年"
        assert say.aside(cast.zhang_san, f"考勤 {elsewhere}") == expected
    assert say.aside(cast.zhang_san, "考勤 M1") == "❌ 没有找到由您组织的 M1，请看一下编号\n例如：会议"


@pytest.mark.usefixtures("_held")
def test_any_stretch_of_months_can_be_said(say: RecordedSay, cast: Cast) -> None:
    for said, head in (
        ("三季度", "3季度"),
        ("上半年", "1月至6月"),
        ("去年下半年", "2025年7月至2025年12月"),
        ("8月至10月", "8月至10月"),
        ("12月到2月", "2025年12月至2月"),
        ("2026-08至2026-11", "8月至11月"),
        ("2026", "本年"),
        ("我 8月", "8月"),
    ):
        assert say(cast.zhang_san, f"考勤 {said}").startswith(f"张三　{head}组织生活"), said
    assert "应到 1 次，到会 1，" in say(cast.zhang_san, "考勤 8月至10月")
    assert say(cast.zhang_san, "考勤 下半年", at=at(date(2026, 3, 10), 9)).startswith(
        "张三　2025年7月至2025年12月组织生活"
    )
    assert say(cast.liu_qiang, "考勤 8月到今天").startswith("❌ 没有找到“到今天”的考勤")


@pytest.mark.manual("leader", "考勤", title="看小组一段时间的到会情况")
@pytest.mark.usefixtures("_held")
def test_a_leader_sees_the_group_and_each_of_it(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "考勤 今年") == (
        "第一小组　本年组织生活　3次会\n应到 21 人次，到会 5（迟到 1），请假 1，缺席 15，到会率 23.81%\n"
        "党小组会：2次会，应到 14，到会 4，到会率 28.57%\n党课：1次会，应到 7，到会 1，到会率 14.29%\n"
        "主题党日：1次会，应到 7，到会 1，到会率 14.29%\n"
        "每人（到会/应到）：李四 3/3、张三 2/3、王芳 0/3、刘强 0/3、陈静 0/3、赵敏 0/3、欧阳建国 0/3\n"
        "看一个人：考勤 姓名 今年；看自己：考勤 我 今年\n看一次会，回数字：\n"
        "1 M2 11月10日（周二）15:00 党小组会\n2 M1 8月10日（周一）15:00 党小组会"
    )
    assert say(cast.li_si, "2").startswith("M1 党小组会　8月10日（周一）15:00　已散会\n")
    assert say(cast.li_si, "考勤 张三 今年").startswith("张三　本年组织生活\n应到 3 次")
    aged = say.aside(cast.li_si, "考勤 刘德福 党小组会")
    assert aged == "刘德福　本月党小组会\n可以不到会，不计应到"
    assert say.aside(cast.li_si, "考勤 冯涛").startswith("❌ 别人的考勤")
    assert say.aside(cast.li_si, "考勤 第二小组").startswith("❌ 没有找到“第二小组”的考勤")
    assert say.aside(cast.ma_chao, "考勤 党小组会") == (
        "第二小组　本月党小组会：没有散会的会\n看一个人：考勤 姓名 今年；看自己：考勤 我 今年"
    )


@pytest.mark.usefixtures("_held")
def test_the_secretary_sees_the_branch_its_groups_and_its_leading_cadres(say: RecordedSay, cast: Cast) -> None:
    shown = say(cast.wang_jianjun, "考勤 党课 今年")
    assert shown.startswith(
        "第一支部　本年党课　1次会\n应到 13 人次，到会 2，请假 0，缺席 11，到会率 15.38%\n第一小组：1次会"
    )
    assert say(cast.wang_jianjun, "考勤 第二小组 今年").startswith("第二小组　本年组织生活　1次会\n应到 3 人次")
    assert "\n双重组织生活（领导干部 1 人在所在支部、小组）：应到 1，到会 1\n" in say(cast.qian_jin, "考勤 今年")
    assert say(cast.qian_jin, "考勤 双重组织生活") == (
        "本月领导干部参加所在支部、小组组织生活\n周国平：应到 1 次，到会 1，请假 0，缺席 0，到会率 100%"
    )
    assert say(cast.wang_jianjun, "考勤 双重组织生活") == "本月领导干部参加所在支部、小组组织生活：没有散会的会"
    assert say(cast.wang_jianjun, "考勤 第二支部").startswith("❌ 没有找到“第二支部”的考勤")


@pytest.mark.manual("secretary", "考勤", title="机关党委看各支部到会情况")
@pytest.mark.usefixtures("_held")
def test_the_committee_sees_its_branches_in_the_order_of_the_roster(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhou_guoping, "考勤 今年") == (
        "机关党委各支部　本年组织生活\n第一支部：3次会，应到 27，到会 6，到会率 22.22%\n"
        "第二支部：1次会，应到 4，到会 2，到会率 50%\n双重组织生活（领导干部 1 人在所在支部、小组）：应到 1，到会 1\n"
        "看一个支部：考勤 支部名称 今年\n看一个人：考勤 姓名 今年；看自己：考勤 我 今年"
    )
    assert say(cast.zhou_guoping, "考勤 主题党日 今年").splitlines()[1:3] == [
        "第一支部：1次会，应到 13，到会 2，到会率 15.38%",
        "第二支部：1次会，应到 4，到会 2，到会率 50%",
    ]
    assert say(cast.zhou_guoping, "考勤 第一支部 今年").startswith("第一支部　本年组织生活　3次会\n")
    assert say(cast.zhou_guoping, "考勤 我").endswith("\n双重组织生活（所在支部、小组）：应到 1，到会 1")
