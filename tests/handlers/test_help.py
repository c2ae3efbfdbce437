"""帮助, what is not understood, 更多 and 取消."""

import pytest

from bot.taps import MORE, linked
from handlers.dispatch import FAMILIES
from models.members import Member
from models.organizations import Organization
from tests.cast import NOW, Cast
from tests.recording import RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it

WELCOME = """\
您好，这里是机关党委党员积分服务。
先绑定一次，以后不用再绑。请回：
绑定 姓名 绑定码（组长给您）
例如：绑定 张三 123456
没有绑定码：绑定 张三 1234（手机后四位），组长核对后开通
不是党员，想提建议：[我有意见]"""


@pytest.mark.parametrize("line", ["你好", "帮助", "阿巴阿巴", "我"])
def test_a_stranger_is_told_how_to_bind(say: RecordedSay, line: str) -> None:
    assert say("o-stranger", line) == WELCOME


def test_where_two_committees_share_the_account_none_is_named(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        session.add(Organization(name="另一个党委", kind=cast.committee.kind))
    assert say("o-stranger", "你好").startswith("您好，这里是党员积分服务。")


@pytest.mark.parametrize("line", ["积分", "申报 社区志愿 2小时 昨天", "通过 12"])
def test_a_stranger_cannot_do_anything_else(say: RecordedSay, line: str) -> None:
    """Nothing is refused: who does not belong yet is told how to begin."""
    assert say("o-stranger", line) == say("o-stranger", "你好")


@pytest.mark.manual("member", "帮助", title="忘了怎么写，发“帮助”")
def test_help_lists_what_one_can_do_and_explains_one(say: RecordedSay, cast: Cast) -> None:
    shown = say(cast.zhang_san, "帮助")
    assert shown.startswith("您现在可以：\n【我的积分】[申报] [我的申报]")
    assert shown.endswith("\n看一项怎么写，例如：帮助 申报")
    assert say(cast.zhang_san, "帮助 申报") == (
        "申报：申报积分，等组长审核。\n写法：申报 事项 [数量] [日期] [说明]\n"
        "例如：申报 社区志愿 2小时 昨天 清扫河堤\n也可以说：报分、加分申报"
    )


def test_a_command_without_other_words_names_none(say: RecordedSay, cast: Cast) -> None:
    assert "也可以说" not in say(cast.zhang_san, "帮助 我的申报")


def test_help_about_something_unknown_is_the_whole_list(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "帮助 投票").startswith("您现在可以：")


def _words(text: str) -> set[str]:
    lines = [line.partition("】")[2] for line in text.split("\n") if line.startswith("【")]
    return {word.strip("[]") for line in lines for word in line.split()}


@pytest.mark.parametrize("who", ["zhang_san", "li_si", "wang_jianjun", "sun_lei", "zhou_guoping"])
def test_help_names_every_command_one_may_use_and_no_other(say: RecordedSay, cast: Cast, who: str) -> None:
    member: Member = getattr(cast, who)
    with cast.sessions.read() as session:
        roles = say.talk.context_of(session, member.id, Cast.openid(member), NOW).roles
    mine = {c.word for c in FAMILIES.commands if c.open_to(roles)}
    everyones = {"绑定", "帮助", "更多", "取消", "我"}
    assert _words(say(member, "帮助")) | everyones == mine | everyones


@pytest.mark.parametrize("who", ["zhang_san", "li_si", "wang_jianjun", "sun_lei", "zhou_guoping"])
def test_help_fits_one_message_for_everyone(say: RecordedSay, cast: Cast, who: str) -> None:
    shown = say.reply(getattr(cast, who), "帮助").text
    assert MORE not in shown
    assert len(linked(shown).encode()) <= 2000


@pytest.mark.manual("member", "没看懂", title="它没看懂的时候")
def test_what_is_not_understood_gets_the_likeliest_and_a_person(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "今天天气不错") == (
        "没看懂这句话，什么都没有改动。您是想：\n1 申报积分，等组长审核\n2 看我的积分和明细\n3 看现在能办什么\n"
        "回数字就行，也可以照着写：\n申报 社区志愿 2小时 昨天 清扫河堤\n要找人：组长李四"
    )
    assert say(cast.zhang_san, "2").startswith("张三　11月现为 70 分")


def test_where_nothing_is_likely_the_help_is_named(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "  ") == "没看懂这句话，什么都没有改动。回“帮助”看能办什么\n要找人：组长李四"


def test_who_leads_is_sent_to_the_secretary(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "分").endswith("\n要找人：书记王建军")


def test_who_has_nobody_to_ask_is_sent_nowhere(say: RecordedSay, cast: Cast) -> None:
    assert "要找人" not in say(cast.qian_jin, "分")


def test_a_matter_of_others_names_whom_to_ask(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "党费怎么交") == "党费不在这里办，请问组长李四，什么都没有改动"
    assert say(cast.qian_jin, "党费怎么交") == "党费不在这里办，请问支部，什么都没有改动"


def test_more_without_more(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "更多") == "没有更多了"


def test_cancel_outside_a_dialog(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "取消") == "现在没有正在办的事，什么都没有改动"


@pytest.mark.parametrize("command", FAMILIES.commands, ids=lambda command: command.word)
def test_every_command_explains_itself_in_one_sentence(say: RecordedSay, cast: Cast, command: object) -> None:
    assert hasattr(command, "word")
    shown = say(cast.zhang_san, f"帮助 {command.word}")
    assert shown.startswith(f"{command.word}：")
    assert "！" not in shown
    assert "系统" not in shown


@pytest.mark.parametrize("line", ["关于", "关于 隐私"])
def test_anyone_may_read_what_is_kept_and_who_sees_it(say: RecordedSay, line: str) -> None:
    answer = say("o-stranger", line)
    assert answer.startswith("这里记您的姓名、支部、申报和积分，手机号只留后四位")
    assert "满30天清除您的微信号" in answer
