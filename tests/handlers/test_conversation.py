"""Dialogs (chat: "Dialogs"): one question at a time, numbers, yes and no, lapses, restarts, repeats, pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from bot.talk import Message, Talk
from bot.taps import MORE, linked
from handlers import words
from handlers.completing import arguments
from handlers.dispatch import FAMILIES
from models import dialogs
from models.ledger import Entry
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.dialogue import SECRET
from tests.handlers.setting import MINUTE
from tests.recording import RecordedSay

ASKED = """\
“下社区2小时”是哪一项？
1 社区志愿服务（每小时+1分）
2 走访慰问、上门帮扶（每户+1分）
3 下基层宣讲、咨询服务（每场+2分）
"""
WORDING = pytest.mark.sqlite_only  # one word or another is no matter of the database
LIKELY = "没看懂这句话，什么都没有改动。您是想："


@pytest.mark.manual("member", "取消", title="不想办了，回“取消”")
def test_cancel_leaves_a_dialog(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "下社区2小时")
    assert say(cast.zhang_san, "取消") == "好的，已取消，什么都没有改动"
    assert say.aside(cast.zhang_san, "我的申报").startswith("11月还没有申报")


def test_a_number_outside_the_choices_is_asked_again(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "下社区2小时")
    assert say(cast.zhang_san, "5") == f"请回 1 到 3 中的一个数字。\n{ASKED}不办了，回“取消”"
    assert say(cast.zhang_san, "1").startswith("✅ #1 已提交")


def test_an_answer_that_is_not_understood_is_asked_again(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "下社区2小时")
    assert say(cast.zhang_san, "阿巴阿巴") == f"没看懂这句话。\n{ASKED}不办了，回“取消”"


@WORDING
@pytest.mark.parametrize("no", ["不是", "不", "算了"])
def test_no_leaves_a_choice(say: RecordedSay, cast: Cast, no: str) -> None:
    say(cast.zhang_san, "下社区2小时")
    assert "什么都没有改动" in say(cast.zhang_san, no)


@WORDING
@pytest.mark.parametrize("no", ["算了", "不用了", "没有", "还是算了", "不对", "不是。"])
def test_a_no_to_nothing_says_that_nothing_changed(say: RecordedSay, cast: Cast, no: str) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天 清扫河堤")
    assert say(cast.zhang_san, no) == "好的，什么都没有改动。要收回报过的，回“撤回”；看能办什么，回“帮助”"
    assert "#1" in say.aside(cast.zhang_san, "我的申报")


@WORDING
@pytest.mark.parametrize("yes", ["1", "对", "是", "好", "可以", "嗯", "确认", "是的", "第一个"])
def test_yes_words_answer_what_was_inferred(say: RecordedSay, cast: Cast, yes: str) -> None:
    asked = say(cast.zhang_san, "申报 社区志愿 昨天下午2点到4点")
    assert asked.endswith("按2小时算，对吗？\n1 2小时\n回数字即可；都不是，回“取消”")
    assert say(cast.zhang_san, yes).startswith("✅ #1 已提交，待组长李四审核\n社区志愿服务 2小时（11月19日）")


@WORDING
@pytest.mark.parametrize("no", ["2", "不", "不是", "算了"])
def test_no_words_answer_a_confirmation(say: RecordedSay, cast: Cast, no: str) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say(cast.zhang_san, "申报 走访 1户 昨天")
    assert say(cast.zhang_san, no) == "好的，什么都没有改动"


def test_the_answer_may_be_a_whole_line(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报")
    answer = say(cast.zhang_san, "社区志愿 3小时 昨天 楼道值守")
    assert answer.startswith("✅ #1 已提交，待组长李四审核\n社区志愿服务 3小时（11月19日）")


def test_a_whole_command_works_inside_a_dialog(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "下社区2小时")
    assert say(cast.zhang_san, "截止").startswith("11月的事")
    assert say(cast.zhang_san, "1").startswith("✅ #1 已提交")


def test_a_whole_command_works_inside_a_confirmation(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say(cast.zhang_san, "申报 走访 1户 昨天")
    assert say(cast.zhang_san, "截止").startswith("11月的事")
    assert say(cast.zhang_san, "1").startswith("✅ #2 已提交")


def test_another_claim_replaces_the_open_question(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "下社区2小时")
    assert say(cast.zhang_san, "申报 走访 1户 昨天").startswith("✅ #1 已提交")


def test_a_claim_told_without_its_word_leaves_a_binding(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "退回")
    assert say(cast.li_si, "昨天社区志愿2小时").startswith("✅ #1 已提交，待书记王建军审核")


@WORDING
@pytest.mark.parametrize("line", ["不要申报社区志愿", "社区志愿能得几分", "怎么申报", "我的申报通过了没有"])
def test_a_question_or_a_negation_is_no_answer(say: RecordedSay, cast: Cast, line: str) -> None:
    say(cast.zhang_san, "申报")
    assert "✅" not in say(cast.zhang_san, line)
    assert say(cast.zhang_san, "我的申报").startswith("11月还没有申报")


@WORDING
@pytest.mark.parametrize("line", ["我有意见", "会议", "申诉 12 不公平"])
def test_a_word_of_an_item_is_no_answer_by_itself(say: RecordedSay, cast: Cast, line: str) -> None:
    for opening in ("申报", "申报 社区志愿"):
        say(cast.zhang_san, opening)
        assert "✅" not in say(cast.zhang_san, line)
    assert say(cast.zhang_san, "我的申报").startswith("11月还没有申报")


def test_a_question_lapses_after_half_an_hour_with_a_word(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "下社区2小时")
    lapsed = "（刚才的“申报”超过30分钟没有办完，已放下，什么都没有改动）\n"
    answer = say(cast.zhang_san, "1", at=NOW + 30 * MINUTE)
    assert answer == f"{lapsed}数字“1”现在没有对应的列表，什么都没有改动。请写完整，例如：\n解释 1\n或回“帮助”"
    assert not say(cast.zhang_san, "1", at=NOW + 31 * MINUTE).startswith("（")


def test_the_word_comes_with_whatever_is_done_next(say: RecordedSay, cast: Cast) -> None:
    lapsed = "\n（刚才的“申报”超过30分钟没有办完，已放下，什么都没有改动）"
    say(cast.zhang_san, "下社区2小时")
    answer = say(cast.zhang_san, "申报 走访 1户 昨天", at=NOW + 40 * MINUTE)
    assert answer.startswith("✅ #1 已提交")  # what changed something says so first
    assert answer.endswith(lapsed)
    say(cast.zhang_san, "下社区2小时", at=NOW + 50 * MINUTE)
    read = say(cast.zhang_san, "截止", at=NOW + 90 * MINUTE)
    assert read.startswith("11月的事")
    assert read.endswith(lapsed)


def test_a_question_counts_until_then(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "下社区2小时")
    assert say(cast.zhang_san, "1", at=NOW + 29 * MINUTE).startswith("✅ #1")


def test_a_dialog_survives_a_restart(say: RecordedSay, cast: Cast, sessions: Sessions) -> None:
    say(cast.zhang_san, "下社区2小时")
    again = Talk(sessions, secret=SECRET)
    reply = again.hear(Message(Cast.openid(cast.zhang_san), "after-restart", "1"), NOW)
    assert reply.text.startswith("✅ #1 已提交")


class Meanwhile(Sessions):
    """Somebody is faster than the next transaction that writes."""

    def __init__(self, sessions: Sessions, act: Callable[[], object]) -> None:
        super().__init__(sessions.engine)
        self._acts = [act]

    @contextmanager
    def write(self) -> Iterator[Session]:
        while self._acts:
            self._acts.pop()()
        with super().write() as session:
            yield session


def test_an_answer_that_was_understood_counts_only_while_its_question_is_open(
    say: RecordedSay, cast: Cast, sessions: Sessions
) -> None:
    say(cast.zhang_san, "下社区2小时")
    faster = Meanwhile(sessions, lambda: say.aside(cast.zhang_san, "取消"))
    reply = Talk(faster, secret=SECRET).hear(Message(Cast.openid(cast.zhang_san), "slower", "1"), NOW)
    assert reply.text.startswith("数字“1”现在没有对应的列表，什么都没有改动")


def test_numbers_count_for_the_list_last_shown_for_ten_minutes(say: RecordedSay, cast: Cast) -> None:
    shown = say(cast.zhang_san, "分")
    assert shown.startswith(LIKELY)
    number = next(line[0] for line in shown.split("\n") if "看我的积分和明细" in line)
    assert say(cast.zhang_san, "4") == "刚才的列表没有第4项，请回 1 到 3"
    assert say(cast.zhang_san, number, at=NOW + 9 * MINUTE).startswith("张三　")
    assert say(cast.zhang_san, "1", at=NOW + 10 * MINUTE).startswith("数字“1”现在没有对应的列表，什么都没有改动")


def test_a_number_is_for_the_newer_of_question_and_list(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say(cast.li_si, "不通过 1")
    say(cast.li_si, "待办", at=NOW + MINUTE)
    assert say(cast.li_si, "1", at=NOW + 2 * MINUTE).startswith("#1 待审核　张三")
    say(cast.li_si, "不通过 1", at=NOW + 3 * MINUTE)
    assert "\n理由：日期不对\n" in say(cast.li_si, "1", at=NOW + 4 * MINUTE)


@WORDING
@pytest.mark.parametrize("word", ["确认", "对", "是", "嗯"])
def test_a_bare_yes_outside_a_dialog_asks_what_is_meant(say: RecordedSay, cast: Cast, word: str) -> None:
    assert say(cast.li_si, word) == (
        "您要确认的是哪一件？现在没有等您回答的问题，什么都没有改动。请写完整，例如：\n通过 12\n或回“帮助”"
    )


def test_a_question_about_a_read_is_answered_by_it(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "我的申报通过了没有").startswith("11月还没有申报")


def test_a_question_about_a_change_is_answered_with_how_to(say: RecordedSay, cast: Cast) -> None:
    assert "写法：申报 事项 [数量] [日期] [说明]" in say(cast.zhang_san, "怎么申报")


def test_a_plain_no_thanks_changes_nothing(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "不要申报社区志愿") == "好的，什么都没有改动。想知道怎么办，回“帮助”"


def test_what_one_may_not_do_names_who_may(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "通过 12") == (
        "❌ “通过”由党小组长、支部委员、支部书记、机关党委办理，您可以回“帮助”看自己能办的"
    )


@WORDING
@pytest.mark.parametrize("line", ["待办", "通过 1", "不通过 1 日期不对", "退回 1 哪一户", "转交 1"])
def test_members_decide_nothing(say: RecordedSay, cast: Cast, line: str) -> None:
    say(cast.wang_fang, "申报 走访 1户 昨天")
    assert say(cast.zhang_san, line).startswith(f"❌ “{line.split(maxsplit=1)[0]}”由党小组长")


@WORDING
@pytest.mark.parametrize(
    "line", ["成员", "催办", "传达 大家好", "谁没看", "代报 刘德福 走访 1户", "代理 王芳 至 12月5日"]
)
def test_what_leads_a_group_is_for_leaders_and_secretaries(say: RecordedSay, cast: Cast, line: str) -> None:
    for who in (cast.zhang_san, cast.sun_lei):
        assert say(who, line).startswith(f"❌ “{line.split(maxsplit=1)[0]}”由党小组长、支部书记办理")


# Repeats


def _hear(say: RecordedSay, who: str, text: str, key: str, at: datetime = NOW) -> str:
    return words.plain(say.talk.hear(Message(who, key, text), at).text)


def test_the_same_message_three_times_acts_once_and_is_answered_alike(say: RecordedSay, cast: Cast) -> None:
    openid = Cast.openid(cast.zhang_san)
    answers = {_hear(say, openid, "申报 社区志愿 2小时 昨天", "twice") for _ in range(3)}
    assert len(answers) == 1
    assert say(cast.zhang_san, "我的申报").startswith("11月申报 1 条")


def test_an_approval_delivered_three_times_counts_once(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    answers = {_hear(say, Cast.openid(cast.li_si), "通过 1", "tap") for _ in range(3)}
    assert len(answers) == 1
    with cast.sessions.read() as session:
        assert session.query(Entry).count() == 1


def test_an_answer_to_a_question_delivered_twice_acts_once(say: RecordedSay, cast: Cast) -> None:
    openid = Cast.openid(cast.zhang_san)
    say(cast.zhang_san, "下社区2小时")
    answers = {_hear(say, openid, "1", "answer") for _ in range(3)}
    assert len(answers) == 1
    assert say(cast.zhang_san, "我的申报").startswith("11月申报 1 条")


def test_a_refusal_is_repeated_too(say: RecordedSay, cast: Cast) -> None:
    answers = {_hear(say, "o-new", "绑定 刘德福 000000", "wrong") for _ in range(6)}
    assert len(answers) == 1  # and counts as one wrong try, not as six


# Pages


def test_a_long_answer_comes_in_pages_that_fit_as_they_are_sent(say: RecordedSay, cast: Cast) -> None:
    for day in range(1, 19):
        say(cast.zhang_san, f"申报 走访 1户 11月{day}日")
    pages = [say.reply(cast.zhang_san, "我的申报").text]
    while MORE in pages[-1]:
        pages.append(say.reply(cast.zhang_san, "更多").text)
    assert len(pages) > 1
    assert all(len(linked(page).encode()) <= 2000 for page in pages)
    shown = "\n".join(pages)
    assert all(f"#{number} " in shown for number in range(1, 19))
    assert say(cast.zhang_san, "更多") == "没有更多了"


def test_another_question_in_between_keeps_the_pages(say: RecordedSay, cast: Cast) -> None:
    for day in range(1, 19):
        say(cast.zhang_san, f"申报 走访 1户 11月{day}日")
    say(cast.zhang_san, "我的申报")
    say(cast.zhang_san, "截止")
    assert say(cast.zhang_san, "更多").startswith("#")


# Questions about what can be done


def test_how_to_do_what_one_may_not_do_is_told_all_the_same(say: RecordedSay, cast: Cast) -> None:
    assert "写法：通过 编号" in say(cast.zhang_san, "怎么通过申报")


def test_a_strangers_question_changes_nothing(say: RecordedSay) -> None:
    assert say("o-stranger", "12通过了没有").startswith("什么都没有改动。\n解释：")


def test_what_was_not_said_and_has_no_default_is_left_out(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.read() as session:
        ctx = say.talk.context_of(session, cast.zhang_san.id, Cast.openid(cast.zhang_san), NOW)
        assert arguments(FAMILIES.get("撤回"), {}, ctx) == {}


def test_our_own_lines_are_commands(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        dialogs.of(session, Cast.openid(cast.zhang_san)).listed = {"choices": ["阿巴"], "all": []}
        dialogs.of(session, Cast.openid(cast.zhang_san)).listed_at = NOW
    with pytest.raises(AssertionError, match="our own line is not a command"):
        say(cast.zhang_san, "1")


@WORDING
def test_thanks_are_answered_in_kind_and_change_nothing(say: RecordedSay, cast: Cast) -> None:
    for thanks in ("谢谢", "辛苦了", "好的谢谢"):
        assert say(cast.zhang_san, thanks) == "不客气，有事随时说，回“帮助”看能办什么"
    say(cast.zhang_san, "下社区2小时")
    assert say(cast.zhang_san, "谢谢") == f"不客气。\n{ASKED}不办了，回“取消”"
    assert say(cast.zhang_san, "1").startswith("✅ #1 已提交")


@WORDING
def test_two_acts_in_one_line_are_shown_as_two_lines_of_which_a_number_sends_one(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.wang_fang, "申报 社区志愿 1小时 昨天")
    assert say(cast.li_si, "1通过 2退回补照片") == (
        "这句话里不止一件事，什么都没有改动。请一件一件办：\n1 [通过 1]\n2 [退回 2 补照片]\n点一下或回数字就办那一件"
    )
    assert say(cast.li_si, "1").startswith("✅ #1 已通过")
    say(cast.li_si, "1通过 2退回补照片")
    assert say(cast.li_si, "2").startswith("✅ #2 已退回")


@WORDING
def test_hours_of_what_no_item_names_are_asked_about_with_the_usual_items(say: RecordedSay, cast: Cast) -> None:
    asked = say(cast.zhang_san, "昨天加班3小时")
    assert asked.startswith("“昨天加班3小时”报哪一项？都不是，请直接写事情\n1 ")
    assert "社区志愿服务（每小时+1分）" in asked
