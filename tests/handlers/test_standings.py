"""排名 and 小组排名 (rules 17)."""

from datetime import date

import pytest

from models import settings
from models.members import Member
from models.organizations import Organization, OrganizationKind
from tests.cast import NOW, Cast
from tests.handlers.setting import enter
from tests.recording import RecordedSay

pytestmark = pytest.mark.sqlite_only  # what is read here is counted on both databases in tests/models


@pytest.fixture
def _scores(cast: Cast) -> None:
    for who, points in ((cast.wang_fang, "22"), (cast.liu_qiang, "18"), (cast.chen_jing, "18"), (cast.zhang_san, "6")):
        enter(cast, who, points, date(2026, 11, 6), "志愿-01")


@pytest.mark.usefixtures("_scores")
@pytest.mark.manual("member", "排名", title="看排名")
def test_the_first_three_and_oneself(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "排名") == (
        "第一支部 11月（截至今天，未审定）\n"
        "1 王芳 92　2 刘强 88　2 陈静 88\n"
        "您：第4名，76分（计名次13人）\n"
        "离退休、病休等1人不计名次\n"
        "仅在本支部内看 [小组] [本季] [本年]"
    )


@pytest.mark.usefixtures("_scores")
def test_everyone_where_the_branch_wishes_so(say: RecordedSay, cast: Cast) -> None:
    _show(cast, "everyone")
    shown = say(cast.zhang_san, "排名")
    assert "\n1 王芳 92\n2 刘强 88\n2 陈静 88\n4 张三 76\n5 王建军 70\n" in shown


@pytest.mark.usefixtures("_scores")
def test_oneself_alone_where_the_branch_wishes_so(say: RecordedSay, cast: Cast) -> None:
    _show(cast, "own")
    assert say(cast.zhang_san, "排名").startswith("第一支部 11月（截至今天，未审定）\n您：第4名，76分")


def test_nothing_where_the_branch_wishes_so(say: RecordedSay, cast: Cast) -> None:
    _show(cast, "off")
    assert say(cast.zhang_san, "排名") == "本支部没有开放排名，看自己的分请回 [积分]"
    assert say(cast.sun_li, "排名").startswith("第二支部 11月")


def _show(cast: Cast, value: str) -> None:
    with cast.sessions.write() as session:
        branch_id = cast.first_branch.id
        settings.put(session, settings.STANDINGS_SHOWN, value, organization_id=branch_id, by_id=None, now=NOW)


def test_a_first_place_shared_by_many_is_cut(say: RecordedSay, cast: Cast) -> None:
    assert "\n1 王建军 70　1 何敏 70　1 孙磊 70　1 李四 70　1 张三 70\n" in say(cast.zhang_san, "排名")


def test_where_everybody_is_scored_nobody_is_left_out(say: RecordedSay, cast: Cast) -> None:
    assert "不计名次" not in say(cast.sun_li, "排名")


def test_the_year_and_the_quarter(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "排名 年").startswith("第一支部 本年（截至今天，未审定）")
    assert say(cast.zhang_san, "排名 年").endswith("仅在本支部内看 [小组] [本月] [本季]")
    assert say(cast.zhang_san, "排名 季").startswith("第一支部 本季（截至今天，未审定）")
    assert say(cast.zhang_san, "排名 10月").startswith("第一支部 10月（截至今天，未审定）")


@pytest.mark.usefixtures("_scores")
@pytest.mark.manual("member", "小组排名", title="看各小组")
def test_the_groups_of_the_branch(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "小组排名") == (
        "第一支部 11月小组平均分（未审定）\n1 第一小组 79.14（7人）\n2 第二小组 70（3人）\n仅在本支部内看 [个人]"
    )


def test_a_group_of_which_nobody_is_scored(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        group = Organization(name="离退休小组", kind=OrganizationKind.GROUP, parent_id=cast.first_branch.id)
        session.add(group)
        session.flush()
        session.get_one(Member, cast.liu_defu.id).group_id = group.id
    assert "\n3 离退休小组 不计分\n" in say(cast.zhang_san, "小组排名")


def test_other_branches_are_never_compared(say: RecordedSay, cast: Cast) -> None:
    for line in ("排名", "小组排名", "排名 年"):
        assert "第二支部" not in say(cast.zhang_san, line)
        assert "孙丽" not in say(cast.zhang_san, line)
