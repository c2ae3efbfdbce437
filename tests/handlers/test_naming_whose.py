"""Who names a person instead of a number is offered what of theirs waits; the number alone decides."""

import pytest

from tests.cast import Cast
from tests.recording import RecordedSay

pytestmark = pytest.mark.sqlite_only  # words are no matter of the database

WHICH = "是哪一条？点一下，或直接写编号，例如 12\n"
HERS = "[#2 王芳 社区志愿服务 1小时（11月18日）]\n"
HIS = "[#1 张三 社区志愿服务 2小时（11月19日）]\n"
NOTHING_ELSE = "不办了，回“取消”"


@pytest.fixture(autouse=True)
def waiting(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say.aside(cast.wang_fang, "申报 社区志愿 1小时 前天")


@pytest.mark.parametrize("said", ["王芳的那条通过", "通过 王芳", "通过 王芳的", "给王芳通过", "王芳的可以通过"])
def test_a_leader_names_whose_it_is_and_taps_the_one(say: RecordedSay, cast: Cast, said: str) -> None:
    assert say(cast.li_si, said) == WHICH + HERS + NOTHING_ELSE
    assert say(cast.li_si, "2").startswith("✅ #2 已通过：王芳")


@pytest.mark.parametrize(
    "said", ["王芳的不通过，照片里没有人", "王芳那条不通过，照片里没有人", "不通过 王芳 照片里没有人"]
)
def test_the_reason_is_kept_while_the_number_is_asked(say: RecordedSay, cast: Cast, said: str) -> None:
    assert say(cast.li_si, said) == WHICH + HERS + NOTHING_ELSE
    assert say(cast.li_si, "2").startswith("✅ #2 已定为不通过，理由已告知王芳\n理由：照片里没有人\n")


@pytest.mark.manual("leader", "写名字", title="不记得编号，写名字也行")
def test_a_name_will_do(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "王芳那条不通过，照片里没有人") == WHICH + HERS + NOTHING_ELSE
    assert "理由：照片里没有人" in say(cast.li_si, "2")


@pytest.mark.parametrize("said", ["把王芳的退回", "王芳那条退回去吧", "退回 王芳的"])
def test_what_points_to_a_thing_is_no_reason(say: RecordedSay, cast: Cast, said: str) -> None:
    assert say(cast.li_si, said) == WHICH + HERS + NOTHING_ELSE
    assert say(cast.li_si, "2").startswith("要他补充什么？")


@pytest.mark.parametrize("said", ["王芳那条不通过吗", "王芳那条为什么不通过", "王芳的先不要退回", "王芳的通过了没有"])
def test_a_question_about_somebody_decides_nothing(say: RecordedSay, cast: Cast, said: str) -> None:
    assert WHICH not in say(cast.li_si, said)
    assert not say(cast.li_si, "2").startswith("✅")


def test_whose_nothing_waits_is_said_and_the_others_are_offered(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "李四的不通过") == f"李四没有等您审核的申报。\n{WHICH}{HIS}{HERS}{NOTHING_ELSE}"
    assert say(cast.li_si, "取消") == "好的，已取消，什么都没有改动"


def test_without_a_name_all_that_wait_are_offered(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "转交") == WHICH + HIS + HERS + NOTHING_ELSE
    assert say(cast.li_si, "王芳的") == WHICH + HERS + NOTHING_ELSE
    assert say(cast.li_si, "2").startswith("✅ #2 已转交")


def test_more_than_five_are_seen_in_the_list(say: RecordedSay, cast: Cast) -> None:
    for day in range(10, 15):
        say(cast.zhang_san, f"申报 社区志愿 1小时 11月{day}日")
    offered = say(cast.li_si, "通过")
    assert offered.count("[#") == 5
    assert "另有 2 条，回 [待办]\n" in offered


def test_a_member_taking_something_back_is_offered_what_nobody_has_decided(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "撤回刚才那条") == (
        "是哪一条？点一下，或直接写编号，例如 J88\n[#1 社区志愿服务 2小时（11月19日）]\n" + NOTHING_ELSE
    )
    assert say(cast.zhang_san, "1").startswith("✅ #1 已撤回")
    assert say(cast.zhang_san, "补充") == (
        "是哪一条？请写编号，例如 12（回“我的申报”或“待办”可以看编号）\n" + NOTHING_ELSE
    )


def test_a_member_supplements_one_of_their_own(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_fang, "补充") == WHICH + "[#2 社区志愿服务 1小时（11月18日）]\n" + NOTHING_ELSE
    assert say(cast.wang_fang, "2 清扫河堤").startswith("✅ #2 已补充")
