"""What is said to a question and is not quite its answer."""

import pytest

from tests.cast import Cast
from tests.recording import RecordedSay

pytestmark = pytest.mark.sqlite_only  # words are no matter of the database

HOURS = """\
社区志愿服务按小时计，是多少小时？更多的请写上单位，例如：5小时
1 1小时
2 2小时
3 3小时
4 4小时
"""
WHICH = "是哪一条？点一下，或直接写编号，例如 12\n[#1 张三 社区志愿服务 2小时（11月19日）]\n不办了，回“取消”"


def test_another_argument_is_kept_and_the_question_asked_again(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "志愿").startswith(HOURS)
    assert say(cast.zhang_san, "昨天") == f"好的。\n{HOURS}不办了，回“取消”"
    assert "社区志愿服务 2小时（11月19日）" in say(cast.zhang_san, "2")


def test_a_day_that_has_not_come_is_not_kept(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "志愿")
    assert say(cast.zhang_san, "明天").startswith("❌ 11月21日还没到，做完再报")
    assert "社区志愿服务 2小时（11月20日）" in say(cast.zhang_san, "2")


def test_what_follows_a_number_says_the_rest(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    assert say(cast.li_si, "退回") == WHICH
    assert say(cast.li_si, "1 缺照片").startswith("✅ #1 已退回张三补充\n要补的：缺照片")


@pytest.mark.parametrize("said", ["1 算了", "1不退了", "1 要不要退"])
def test_what_takes_the_number_back_does_nothing(say: RecordedSay, cast: Cast, said: str) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.li_si, "退回")
    assert not say(cast.li_si, said).startswith(("✅", "❌"))
    assert "待审核" in say(cast.zhang_san, "我的申报")


def test_who_gives_up_does_so_whatever_was_asked(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.li_si, "退回")
    assert say(cast.li_si, "1").startswith("要他补充什么？")
    assert say(cast.li_si, "算了") == "好的，什么都没有改动"
    assert "待审核" in say(cast.zhang_san, "我的申报")


def test_a_question_about_what_is_decided_holds_nobody(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.li_si, "通过 1")
    say(cast.li_si, "退回")
    say(cast.li_si, "1")
    assert say(cast.li_si, "缺照片").startswith("❌ #1 已通过（李四），以此为准")
    assert say(cast.li_si, "谢谢大家") == "不客气，有事随时说，回“帮助”看能办什么"


def test_a_matter_of_others_is_no_answer(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报")
    assert say(cast.zhang_san, "党费怎么交") == "党费不在这里办，请问组长李四，什么都没有改动"
    assert say(cast.zhang_san, "志愿").startswith(HOURS)
