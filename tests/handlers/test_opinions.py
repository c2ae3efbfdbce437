"""我有意见: one door for four, filed by content (rules 14, 15, 32, 33)."""

from datetime import date

import pytest
from sqlalchemy import select

from handlers.understanding.kinds_of_opinions import SORTS
from models import followers
from models.members import Member
from models.months import at
from models.opinions import Opinion, OpinionKind
from models.registry import METADATA
from models.rounds import RoundState
from tests.cast import NOW, Cast
from tests.handlers.setting import enter
from tests.models.counter import disclose, under_the_mark
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
FOUR = (
    "您的意见是哪一种？\n1 申诉：我的申报、扣分或公示结果不对\n2 异议：公示里别人的结果不对\n"
    "3 建议：对工作、细则的想法\n4 反映：我知道的情况（为您保密）\n回数字即可；都不是，回“取消”"
)
REDIRECTED = (
    "❌ 这里不受理违纪违法方面的检举控告，您写的内容没有保存\n"
    "请向机关纪委反映，或拨打 12388，或登录 www.12388.gov.cn（中央纪委国家监委举报网站）\n"
    "涉嫌犯罪的请报警 110，或向检察机关 12309 反映"
)
MORNING = at(date(2026, 11, 21), 9)


def rejected(say: RecordedSay, cast: Cast) -> None:
    """#1 of 张三, rejected by 李四."""
    say.aside(cast.zhang_san, "申报 走访 1户 18日")
    say.aside(cast.li_si, "不通过 1 日期不对")


def show(cast: Cast) -> None:
    """October of the first branch is under disclosure."""
    with cast.sessions.write() as session:
        disclose(session, cast.of(session).first_branch)


def filed(cast: Cast) -> list[tuple[OpinionKind, str]]:
    with cast.sessions.read() as session:
        return [(o.kind, o.text) for o in session.scalars(select(Opinion).order_by(Opinion.id))]


# The door


def test_the_door_asks_which_of_four_and_then_what_it_is_about(say: RecordedSay, cast: Cast) -> None:
    rejected(say, cast)
    assert say(cast.zhang_san, "我有意见") == FOUR
    assert say(cast.zhang_san, "1") == (
        "是哪一条？请选，或直接写编号，例如 12 或 J88\n1 #1 走访慰问、上门帮扶（11月18日）未通过\n"
        "回数字即可；都不是，回“取消”"
    )
    assert say(cast.zhang_san, "1") == "请写具体内容\n不办了，回“取消”"
    assert say(cast.zhang_san, "当天确有走访") == (
        "✅ Y1 申诉已收到：#1 走访慰问、上门帮扶 1户（11月18日）未通过\n由书记王建军答复，11月25日前有结果，会告诉您"
    )


@pytest.mark.parametrize("word", ["我有意见", "不服", "提意见", "不公平"])
def test_every_word_opens_the_door(say: RecordedSay, cast: Cast, word: str) -> None:
    assert say(cast.zhang_san, word) == FOUR


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("我有意见 1 当天确有走访", OpinionKind.APPEAL),
        ("我有意见 #1 当天确有走访", OpinionKind.APPEAL),
        ("我有意见 我的结果 少算了一次", OpinionKind.APPEAL),
        ("我有意见 王芳 没有去扫雪", OpinionKind.OBJECTION),
        ("我有意见 希望多办活动", OpinionKind.SUGGESTION),
        ("我有意见 反映有人脱岗", OpinionKind.REPORT),
        ("申诉 王芳 没有去扫雪", OpinionKind.OBJECTION),
        ("异议 1 当天确有走访", OpinionKind.APPEAL),
        ("异议 张三 少算了一次", OpinionKind.APPEAL),
        ("申诉 10月 少算了一次", OpinionKind.APPEAL),
        ("建议 多办活动", OpinionKind.SUGGESTION),
        ("反映 有人脱岗", OpinionKind.REPORT),
    ],
)
def test_it_is_filed_by_content_and_not_by_the_word(say: RecordedSay, cast: Cast, said: str, kind: OpinionKind) -> None:
    rejected(say, cast)
    show(cast)
    assert say(cast.zhang_san, said).startswith("✅ Y1 ")
    assert [found for found, _ in filed(cast)] == [kind]


def test_what_tells_nothing_is_asked_about_and_kept_meanwhile(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "我有意见 这样不行") == FOUR
    assert say(cast.zhang_san, "3") == ("✅ Y1 建议已收到\n由书记王建军答复，11月25日前有结果，会告诉您")
    assert filed(cast) == [(OpinionKind.SUGGESTION, "这样不行")]


def test_the_answer_to_the_door_may_be_the_whole_matter(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "我有意见")
    assert say(cast.zhang_san, "建议多办便民活动").startswith("✅ Y1 建议已收到")


def test_an_objection_asked_for_names_somebody(say: RecordedSay, cast: Cast) -> None:
    show(cast)
    say(cast.zhang_san, "我有意见")
    assert say(cast.zhang_san, "2").startswith("对谁的结果有异议？请写姓名，或写编号，例如 J88\n")
    assert say(cast.zhang_san, "王芳 没有去扫雪") == (
        "✅ Y1 异议已收到：王芳10月的结果\n由书记王建军答复，11月25日前有结果，会告诉您"
    )


def test_who_stands_in_the_middle_of_an_objection_is_asked_about(say: RecordedSay, cast: Cast) -> None:
    show(cast)
    assert say(cast.zhang_san, "异议 我觉得王芳没有去扫雪").startswith("是对王芳的结果有异议吗？\n1 王芳\n")
    assert say(cast.zhang_san, "1").startswith("✅ Y1 异议已收到：王芳10月的结果")


def test_the_choices_of_an_appeal_are_what_went_wrong_lately(say: RecordedSay, cast: Cast) -> None:
    rejected(say, cast)
    enter(cast, cast.zhang_san, "-2", date(2026, 11, 6), "纪律-01")
    enter(cast, cast.zhang_san, "-1", date(2026, 11, 6), None)
    show(cast)
    assert say(cast.zhang_san, "申诉") == (
        "是哪一条？请选，或直接写编号，例如 12 或 J88\n1 #1 走访慰问、上门帮扶（11月18日）未通过\n"
        "2 J2 −1 其他\n3 J1 −2 违反考勤、会风等工作纪律\n4 我10月公示的结果\n回数字即可；都不是，回“取消”"
    )


def test_an_answer_holds_the_number_and_the_reason(say: RecordedSay, cast: Cast) -> None:
    rejected(say, cast)
    say(cast.zhang_san, "申诉")
    assert say(cast.zhang_san, "#1，当天确有走访").startswith("✅ Y1 申诉已收到")
    assert filed(cast) == [(OpinionKind.APPEAL, "当天确有走访")]


def test_a_number_beyond_what_is_offered_is_that_of_a_claim(say: RecordedSay, cast: Cast) -> None:
    rejected(say, cast)
    say(cast.zhang_san, "申诉")
    assert say(cast.zhang_san, "12").startswith("❌ 没有找到 #12")
    assert say(cast.zhang_san, "1") == "请写一句理由，例如：当天确有走访，有照片\n不办了，回“取消”"


@pytest.mark.parametrize("said", ["申诉 组长李四不给我通过", "申诉 L7 不对", "申诉 扣得不对，10月那次"])
def test_words_that_name_no_matter_are_kept_while_it_is_asked_for(say: RecordedSay, cast: Cast, said: str) -> None:
    rejected(say, cast)
    assert say(cast.zhang_san, said).startswith("是哪一条？请选，或直接写编号，例如 12 或 J88\n1 #1 ")
    assert say(cast.zhang_san, "1").startswith("✅ Y1 申诉已收到：#1")
    assert filed(cast) == [(OpinionKind.APPEAL, said.removeprefix("申诉 "))]


def test_a_rejection_says_how_to_appeal(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    rejected(say, cast)
    assert arrived(cast.zhang_san)[0].endswith("\n有不同意见：[我有意见] 或回“申诉 1 理由”")
    assert say(cast.zhang_san, "申诉 1") == "请写一句理由，例如：当天确有走访，有照片\n不办了，回“取消”"


def test_a_picture_sent_before_goes_with_it(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    rejected(say, cast)
    say.picture(cast.zhang_san, "media-1")
    assert say(cast.zhang_san, "申诉 1 当天确有走访").endswith("会告诉您\n照片1张已附上")
    assert "\n照片1张\n请在11月25日24点前答复\n" in arrived(cast.wang_jianjun)[-1]
    say(cast.zhang_san, "申报 走访 1户 昨天")
    assert "照片" not in say(cast.zhang_san, "解释 2")  # it belongs to the appeal


def test_a_follow_up_is_disputed_through_the_door_too(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "申诉 T5 当月住院").startswith("❌ 没有找到 T5")
    with cast.sessions.write() as session:
        under_the_mark(session, cast.of(session).zhang_san)
    assert say(cast.zhang_san, "申诉 T1 当月住院") == (
        "✅ Y1 申诉已收到：T1 的跟进\n由书记王建军答复，11月25日前有结果，会告诉您\nT1 的跟进先放一放，等答复"
    )


def test_a_number_out_of_sight_is_answered_alike(say: RecordedSay, cast: Cast) -> None:
    rejected(say, cast)
    show(cast)
    for line in ("申诉 {} 不对", "异议 {} 不对", "我有意见 {} 不对"):
        assert say(cast.wang_fang, line.format("1")).replace("#1", "#99") == say(cast.wang_fang, line.format("99"))
    assert say(cast.zhang_san, "申诉 J99 不对").startswith("❌ 没有找到 J99，请看一下编号")


def test_out_of_time_it_is_said_when(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "异议 王芳 没去扫雪") == (
        "❌ 10月的结果还没有公示，公示后5个工作日内可以提异议\n例如：公示"
    )


# Ones own earlier ones


def test_an_earlier_one_is_shown_and_its_refusal_taken_up(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    rejected(say, cast)
    say(cast.zhang_san, "申诉 1 当天确有走访")
    assert say(cast.zhang_san, "我有意见 Y1") == (
        "Y1 申诉　办理中\n#1 走访慰问、上门帮扶 1户（11月18日）未通过\n当天确有走访\n由书记王建军答复，11月25日前有结果"
    )
    say(cast.wang_jianjun, "处理 Y1 不成立 当天没有走访安排")
    arrived.aside(cast.zhang_san)
    assert say(cast.zhang_san, "申诉 Y1") == ("✅ Y1 已请机关党委书记周国平复核\n11月27日前答复，答复就是最后的意见")
    assert arrived(cast.zhou_guoping) == [
        "待答复 Y1 申诉　张三　请您复核\n#1 走访慰问、上门帮扶 1户（11月18日）未通过\n内容：当天确有走访\n"
        "支部答复：当天没有走访安排（王建军）\n请在11月27日24点前答复\n[成立] [不成立]"
    ]
    say(cast.zhou_guoping, "处理 Y1 成立 查了记录，确有走访")
    assert say(cast.zhang_san, "我有意见 Y1").startswith("Y1 申诉　成立，已办结\n")


def test_another_ones_number_is_unknown(say: RecordedSay, cast: Cast) -> None:
    rejected(say, cast)
    say(cast.zhang_san, "申诉 1 当天确有走访")
    assert say(cast.wang_fang, "我有意见 Y1") == "❌ 没有找到 Y1，请看一下编号\n例如：我有意见"


def test_a_month_that_is_final_takes_a_correction(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        disclose(session, cast.of(session).first_branch, state=RoundState.FINAL)
    assert say(cast.zhang_san, "申诉 10月 少算了一次").startswith("✅ Y1 申诉已收到：张三10月的结果")


# Suggestions and reports


def test_a_follower_suggests_and_hears_what_became_of_it(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say("o-new", "我有意见") == (
        "您的意见是哪一种？\n1 建议：对工作、细则的想法\n2 反映：我知道的情况（为您保密）\n回数字即可；都不是，回“取消”"
    )
    say("o-new", "1")
    assert say("o-new", "多办便民活动") == ("✅ Y1 建议已收到\n由机关党委书记周国平答复，11月25日前有结果，会告诉您")
    assert arrived(cast.zhou_guoping)[0].startswith("待答复 Y1 建议　关注者\n内容：多办便民活动\n")
    say(cast.zhou_guoping, "处理 Y1 采纳 明年列入计划")
    with cast.sessions.write() as session:
        followers.touch(session, "o-new", followers.Touch.MESSAGE, NOW)
    assert arrived("o-new") == ["您的建议 Y1 已采纳\n答复：明年列入计划"]


def test_a_follower_neither_appeals_nor_objects(say: RecordedSay, cast: Cast) -> None:
    assert say("o-new", "申诉 1 不对").startswith("您好，这里是机关党委党员积分服务。\n先绑定一次")
    assert say("o-new", "我有意见 1 不对").startswith("您的意见是哪一种？\n1 建议")
    assert set(SORTS) == {kind.value for kind in OpinionKind}


def test_a_report_carries_the_line_and_protects_its_sender(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    warning = "请勿发送涉密、案件和内部文件内容"
    assert say(cast.zhang_san, "反映") == f"请写要反映的情况：谁、什么时候、什么事\n{warning}\n不办了，回“取消”"
    assert say(cast.zhang_san, "王芳上班经常脱岗") == (
        f"✅ Y1 收到了您的反映\n谁反映的、几点反映的，不告诉支部\n11月25日前答复您\n{warning}"
    )
    assert arrived(cast.wang_jianjun) == []
    seen = [*arrived(cast.wang_jianjun, at=MORNING), say(cast.wang_jianjun, "待办", at=MORNING)]
    seen += [say(cast.wang_jianjun, line, at=MORNING) for line in ("处理 Y1", "取消", "反映人 Y1", "解释 Y1")]
    seen.append(say(cast.wang_jianjun, "处理 Y1 成立 不登记 提醒过了", at=MORNING))
    assert seen[0] == (
        "待答复 Y1 反映（11月20日）\n内容：王芳上班经常脱岗\n请在11月25日24点前答复\n[成立] [不成立] [转上级]"
    )
    assert seen[1].startswith("等您办的 1 条\n\n待答复 Y1 反映（11月20日）")
    for text in seen:
        assert "张三" not in text
        assert "10:00" not in text
    assert arrived(cast.zhang_san, at=MORNING) == ["您的反映 Y1 经核实，已办理\n答复：提醒过了"]


def test_through_the_door_a_report_carries_the_line_too(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "我有意见")
    assert "请勿发送涉密、案件和内部文件内容" in say(cast.zhang_san, "4")


def test_a_report_about_the_secretary_never_reaches_the_branch(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "反映 王建军开会经常迟到")
    told = arrived(cast.zhou_guoping, at=MORNING)
    assert told[0].endswith("[成立] [不成立] [转上级] [反映人]")
    for officer in (cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.li_si):
        assert arrived(officer, at=MORNING) == []
        assert say(officer, "待办", at=MORNING) == "现在没有等您办的事"
    assert say(cast.wang_jianjun, "处理 Y1 不成立 没有的事", at=MORNING).startswith("❌ 没有找到 Y1")
    assert say(cast.zhou_guoping, "反映人 Y1", at=MORNING) == (
        "✅ 您查看了 Y1 的反映人，已记录\n反映人：张三（第一支部）\n请为反映人保密，不向支部透露"
    )


def test_a_followers_report_has_no_name(say: RecordedSay, cast: Cast) -> None:
    say("o-new", "反映 有人脱岗")
    assert "反映人：不是党员的关注者" in say(cast.zhou_guoping, "反映人 Y1", at=MORNING)


# Breaches


def everything(cast: Cast) -> str:
    """What every table holds."""
    with cast.sessions.read() as session:
        return repr([session.execute(select(table)).all() for table in METADATA.sorted_tables])


OF_EVERYONE = [
    ["反映 王建军贪污工程款"],
    ["举报 王建军贪污工程款"],
    ["反映王建军贪污工程款"],
    ["我要举报王建军贪污工程款"],
    ["王建军贪污工程款"],
    ["我有意见 王建军贪污工程款"],
    ["我有意见，王建军贪污工程款"],
    ["建议 查一查王建军贪污工程款"],
    ["反映", "王建军贪污工程款"],
    ["我有意见", "王建军贪污工程款"],
]
OF_MEMBERS = [
    ["异议 王建军 他贪污工程款"],
    ["申诉 1 王建军贪污工程款"],
    ["我有意见", "4", "王建军贪污工程款"],
    ["我有意见", "3", "王建军贪污工程款"],
    ["申诉", "王建军贪污工程款"],
    ["申诉 1", "王建军贪污工程款"],
]
OF_FOLLOWERS = [
    ["我有意见", "1", "王建军贪污工程款"],
    ["我有意见", "2", "王建军贪污工程款"],
]


@pytest.mark.parametrize("lines", OF_EVERYONE + OF_MEMBERS)
def test_a_breach_of_discipline_is_redirected_and_leaves_no_trace(
    say: RecordedSay, cast: Cast, lines: list[str]
) -> None:
    _redirected(say, cast, cast.zhang_san, lines)


@pytest.mark.parametrize("lines", OF_EVERYONE + OF_FOLLOWERS)
def test_it_is_redirected_for_who_is_no_member_too(say: RecordedSay, cast: Cast, lines: list[str]) -> None:
    _redirected(say, cast, "o-new", lines)


def _redirected(say: RecordedSay, cast: Cast, sender: Member | str, lines: list[str]) -> None:
    rejected(say, cast)
    answers = [say(sender, line) for line in lines]
    assert answers[-1] == REDIRECTED
    assert "工程款" not in everything(cast)
    assert filed(cast) == []


def test_after_a_redirection_the_question_is_over(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "反映")
    say(cast.zhang_san, "书记收受红包")
    say(cast.zhang_san, "好的我去那边说")
    assert filed(cast) == []


def test_what_would_be_found_if_it_were_kept(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "建议 公开工程款的用途")
    assert "工程款" in everything(cast)


def test_links_in_an_opinion_are_harmless(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "建议 看 <a href='x'>这里</a>")
    assert "<" not in arrived(cast.wang_jianjun)[0]


def test_an_opinion_is_opened_and_withdrawn_while_it_waits(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "建议 小组会早点开")
    arrived(cast.wang_jianjun)
    opened = say(cast.zhang_san, "解释 Y1")
    assert opened == "Y1 建议　办理中\n小组会早点开\n由书记王建军答复，11月25日前有结果\n不提了：[撤回]"
    assert say(cast.wang_jianjun, "解释 Y1") == opened.rpartition("\n")[0]
    assert say(cast.wang_fang, "解释 Y1") == "❌ 没有找到 Y1，请看一下编号\n例如：我有意见"
    assert say(cast.wang_fang, "撤回 Y1") == "❌ 没有找到 Y1，请看一下编号\n例如：我有意见"
    assert say(cast.zhang_san, "撤回 Y1") == ("✅ Y1 已撤回，不再办理，会告知王建军\n还想提，随时可以再说：[我有意见]")
    assert arrived(cast.wang_jianjun) == ["建议 Y1 已由提出的人撤回，不用答复了"]
    assert say(cast.zhang_san, "解释 Y1") == "Y1 建议　已撤回\n小组会早点开\n11月20日 10:00 张三 撤回"
    assert say(cast.zhang_san, "撤回 Y1") == "❌ Y1 已经撤回\n例如：我有意见 Y1"


def test_what_became_of_an_opinion_is_told_step_by_step(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "建议 小组会早点开")
    say(cast.wang_jianjun, "处理 Y1 不采纳 时间定了")
    assert say(cast.zhang_san, "解释 Y1").endswith("\n11月20日 10:00 王建军 不采纳：时间定了")
    say(cast.zhang_san, "反映 有人经常脱岗")
    assert say(cast.zhang_san, "撤回 Y2") == "✅ Y2 已撤回，不再办理\n还想提，随时可以再说：[我有意见]"
    assert say(cast.zhang_san, "解释 Y2").endswith("\n11月20日 撤回")
