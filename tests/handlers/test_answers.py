"""处理: answering opinions in the chat, and 待办, where they wait (rules 14, 15)."""

from datetime import date

import pytest
from sqlalchemy import select

from handlers.announcements import compose
from handlers.announcements.announcement import Announcement
from jobs import opinions as job
from models import followers
from models.months import at
from models.notices import Notice
from tests.cast import NOW, Cast
from tests.handlers.setting import enter
from tests.handlers.test_opinions import MORNING, rejected, show
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
OCTOBER_15 = date(2026, 10, 15)


@pytest.fixture
def appealed(say: RecordedSay, cast: Cast) -> None:
    """Y1: 张三 appeals against #1, which 李四 rejected."""
    rejected(say, cast)
    say.aside(cast.zhang_san, "申诉 1 当天确有走访")


def test_what_waits_stands_in_the_list_with_its_buttons(say: RecordedSay, cast: Cast, appealed: None) -> None:
    say(cast.li_si, "申报 社区志愿 2小时 昨天")
    assert say(cast.wang_jianjun, "待办") == (
        "等您办的 2 条\n\n待答复 Y1 申诉　张三\n#1 走访慰问、上门帮扶 1户（11月18日）未通过\n内容：当天确有走访\n"
        "请在11月25日24点前答复\n[成立] [不成立]\n\n#2 李四 社区志愿服务 2小时 +2分\n11月19日\n"
        "[通过] [退回补充] [不通过] [转交]"
    )
    assert say(cast.wang_jianjun, "待办 张三").startswith("等您办的 1 条\n\n待答复 Y1")
    assert say(cast.wang_jianjun, "1") == "成立还是不成立？\n1 成立\n2 不成立\n回数字即可；都不是，回“取消”"


def test_an_upheld_appeal_says_what_was_written(
    say: RecordedSay, cast: Cast, appealed: None, arrived: Arrivals
) -> None:
    arrived.aside(cast.zhang_san)
    assert say(cast.wang_jianjun, "处理 Y1 成立") == "请写一句理由，会告诉本人\n不办了，回“取消”"
    assert say(cast.wang_jianjun, "查了走访记录，确有此事") == (
        "✅ Y1 已答复：成立，已告知提出人\n已记入 J1 +1 走访慰问、上门帮扶 [看明细]"
    )
    assert arrived(cast.zhang_san) == [
        "您的申诉 Y1 成立\n#1 走访慰问、上门帮扶 1户（11月18日）未通过\n答复：查了走访记录，确有此事\n"
        "已更正：J1 +1 走访慰问、上门帮扶"
    ]
    assert say(cast.li_si, "撤销 1") == "❌ #1 已按 Y1 的答复更正，审核不能撤销\n例如：解释 1"


def test_a_refusal_says_until_when_it_may_be_taken_up(
    say: RecordedSay, cast: Cast, appealed: None, arrived: Arrivals
) -> None:
    arrived.aside(cast.zhang_san)
    assert say(cast.wang_jianjun, "处理 Y1 不成立 当天没有走访安排") == (
        "✅ Y1 已答复：不成立，理由已告知提出人\n本人11月24日前可请上一级复核"
    )
    assert arrived(cast.zhang_san) == [
        "您的申诉 Y1 经核实不成立\n#1 走访慰问、上门帮扶 1户（11月18日）未通过\n答复：当天没有走访安排\n"
        "不同意这个答复，11月24日24点前可以[请上一级复核]，也可回“申诉 Y1 理由”"
    ]
    say(cast.zhang_san, "申诉 Y1")
    assert say(cast.zhou_guoping, "处理 Y1 不成立 查无记录") == "✅ Y1 已答复：不成立，理由已告知提出人"
    assert arrived(cast.zhang_san)[0].startswith("您的申诉 Y1 经核实不成立，这是最后的答复\n")


def test_a_refusal_told_late_says_that_it_was_taken_up(say: RecordedSay, cast: Cast, appealed: None) -> None:
    say(cast.wang_jianjun, "处理 Y1 不成立 当天没有走访安排")
    say(cast.zhang_san, "申诉 Y1")
    (told,) = worded(say, "opinion_answered")
    assert told is not None
    assert told.text.endswith("\n您已请上一级复核")


def test_an_upheld_objection_asks_what_changes_and_tells_whose_points_they_are(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    enter(cast, cast.wang_fang, "1", OCTOBER_15, "志愿-02")
    show(cast)
    say(cast.zhang_san, "异议 王芳 没有去走访")
    assert arrived(cast.wang_jianjun)[0] == (
        "待答复 Y1 异议　张三\n王芳10月的结果\n内容：没有去走访\n请在11月25日24点前答复\n[成立] [不成立]"
    )
    assert say(cast.wang_jianjun, "处理 Y1 成立") == (
        "成立后改哪一条？要补记别的事项，请直接写事项名称\n1 冲销 J1 +1 走访慰问、上门帮扶\n2 不用改分（已经更正）\n"
        "回数字即可；都不是，回“取消”"
    )
    # He recorded J1 himself, so that it is not his to answer.
    say(cast.wang_jianjun, "1")
    assert say(cast.wang_jianjun, "是我记错了") == "✅ Y1 涉及您定的事项，已转副书记何敏答复，不用您再办"
    assert arrived(cast.he_min)[0].startswith("待答复 Y1 异议　张三\nJ1 +1 走访慰问、上门帮扶\n")
    assert say(cast.he_min, "处理 Y1 成立 没有这次走访") == (
        "✅ Y1 已答复：成立，已告知提出人\n已记入 J2 −1 走访慰问、上门帮扶 [看明细]"
    )
    told = arrived(cast.wang_fang)
    assert told == [
        "您10月的积分有更正：扣 1 分\nJ2 −1 走访慰问、上门帮扶\n说明：Y1 成立：没有这次走访\n"
        "[看明细] 有不同意见：[我有意见]"
    ]
    assert "张三" not in told[0]
    assert say(cast.wang_fang, "申诉 J2 我去了，有照片").startswith("✅ Y2 申诉已收到：J2 −1 走访慰问、上门帮扶")


def test_the_line_may_say_what_changes(say: RecordedSay, cast: Cast) -> None:
    enter(cast, cast.wang_fang, "1", OCTOBER_15, "志愿-02")
    show(cast)
    say(cast.zhang_san, "异议 王芳 没有去走访")
    assert say(cast.wang_jianjun, "处理 Y1 成立 J1 重复了").startswith("✅ Y1 涉及您定的事项，已转副书记何敏")


def test_nothing_need_change(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    show(cast)
    say(cast.zhang_san, "异议 王芳 没有去走访")
    say(cast.wang_jianjun, "处理 Y1 成立")
    say(cast.wang_jianjun, "不用改")
    assert say(cast.wang_jianjun, "已经改过了") == "✅ Y1 已答复：成立，已告知提出人\n积分没有改动"
    assert arrived(cast.zhang_san)[0].endswith("\n积分没有改动")


def test_an_item_is_credited_by_its_title(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    show(cast)
    say(cast.zhang_san, "申诉 我的结果 少算了一次走访")
    assert "1 不用改分（已经更正）" in say(cast.wang_jianjun, "处理 Y1 成立")
    say(cast.wang_jianjun, "走访慰问、上门帮扶")
    assert say(cast.wang_jianjun, "确实漏了").startswith(
        "✅ Y1 已答复：成立，已告知提出人\n已记入 J1 +1 走访慰问、上门帮扶"
    )


def test_a_claim_that_was_denied_is_credited_by_its_number(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 走访 1户 30日", at=at(date(2026, 11, 2), 9))
    say(cast.zhang_san, "申报 走访 1户 10月30日", at=at(date(2026, 11, 2), 9))
    say(cast.li_si, "不通过 1 日期不对", at=at(date(2026, 11, 2), 10))
    show(cast)
    say(cast.zhang_san, "申诉 我的结果 10月30日那次没算")
    shown = say(cast.wang_jianjun, "处理 Y1 成立")
    assert "1 补记 #1 走访慰问、上门帮扶 +1\n" in shown
    say(cast.wang_jianjun, "#1")
    assert "已记入 J1 +1" in say(cast.wang_jianjun, "确有此事")


def test_a_suggestion_is_adopted_or_passed_up(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "建议 多办活动")
    assert say(cast.wang_jianjun, "处理 Y1") == "采纳吗？\n1 采纳\n2 不采纳\n3 转上级\n回数字即可；都不是，回“取消”"
    say(cast.wang_jianjun, "3")
    assert say(cast.wang_jianjun, "要统一安排") == "✅ Y1 已转机关党委书记周国平，已告知提出人"
    assert arrived(cast.zhang_san) == ["您的建议 Y1 已转上级答复，有结果会告诉您\n答复：要统一安排"]
    assert arrived(cast.zhou_guoping)[0].startswith("待答复 Y1 建议　张三\n内容：多办活动\n")
    assert say(cast.zhou_guoping, "处理 Y1 不采纳 经费不够") == "✅ Y1 已答复：不采纳，理由已告知提出人"
    assert arrived(cast.zhang_san) == ["您的建议 Y1 这次没有采纳\n答复：经费不够"]
    say(cast.zhang_san, "建议 换个时间")
    assert say(cast.wang_jianjun, "处理 Y2 采纳 下月起办") == "✅ Y2 已答复：采纳，已告知提出人"


def test_a_report_that_proves_true_is_recorded_by_name(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "反映 王芳上班经常脱岗")
    assert say(cast.wang_jianjun, "处理 Y1 成立", at=MORNING) == (
        "要登记加扣分吗？别的人和事请直接写，例如：李四 脱岗\n1 登记 王芳 违反考勤、会风等工作纪律 −2\n"
        "2 只作答复，不登记\n回数字即可；都不是，回“取消”"
    )
    say(cast.wang_jianjun, "1", at=MORNING)
    assert say(cast.wang_jianjun, "情况属实", at=MORNING) == (
        "✅ Y1 已答复：成立，已告知提出人\n已记入 J1 −2 违反考勤、会风等工作纪律 [看明细]"
    )
    (told,) = arrived(cast.wang_fang, at=MORNING)
    assert told.startswith("支部给您扣 2 分　J1\n")
    assert "Y1" not in told
    assert "张三" not in told


def test_somebody_else_than_the_report_names_is_recorded(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "反映 有人上班经常脱岗")
    say(cast.wang_jianjun, "处理 Y1 成立", at=MORNING)
    assert say(cast.wang_jianjun, "刘强", at=MORNING).startswith(
        "登记哪一项？\n1 登记 刘强 违反考勤、会风等工作纪律 −2\n"
    )
    say(cast.wang_jianjun, "1", at=MORNING)
    assert "已记入 J1 −2" in say(cast.wang_jianjun, "查看了考勤", at=MORNING)


def test_a_refused_report_is_told_to_its_sender(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "反映 王芳上班经常脱岗")
    say(cast.wang_jianjun, "处理 Y1 不成立 那几天她在下乡", at=MORNING)
    assert arrived(cast.zhang_san, at=MORNING) == ["您的反映 Y1 经核实不成立\n答复：那几天她在下乡"]


def test_numbers_out_of_sight_are_answered_alike(say: RecordedSay, cast: Cast, appealed: None) -> None:
    for line in ("处理 {} 成立 是", "处理 {} 不成立 否", "处理 {}", "处理 {} 转上级 请定", "反映人 {}"):
        who = cast.zhou_guoping if line.startswith("反映人") else cast.qian_jin
        assert say(who, line.format("Y1")).replace("Y1", "Y99") == say(who, line.format("Y99"))


def test_nobody_answers_their_own(say: RecordedSay, cast: Cast) -> None:
    show(cast)
    say(cast.wang_jianjun, "异议 王芳 没有去走访")
    assert say(cast.wang_jianjun, "处理 Y1 成立 没有去") == "❌ Y1 与您有关，由别人答复\n例如：待办"
    say(cast.zhang_san, "异议 何敏 没有到会")
    assert say(cast.he_min, "处理 Y2 不成立 到了") == "❌ 没有找到 Y2，请看一下编号\n例如：我有意见"


def test_an_answer_needs_its_number_and_its_verdict(say: RecordedSay, cast: Cast, appealed: None) -> None:
    assert say(cast.wang_jianjun, "处理").startswith("是哪一条？请写编号，例如 Y7")
    assert say(cast.wang_jianjun, "Y1").startswith("成立还是不成立？")
    assert say(cast.wang_jianjun, "不成立，当天没有安排").startswith("✅ Y1 已答复：不成立")


def test_reminders_and_the_level_above(say: RecordedSay, cast: Cast, appealed: None, arrived: Arrivals) -> None:
    arrived.aside(cast.wang_jianjun)
    day, over = at(date(2026, 11, 25), 9), at(date(2026, 11, 26), 9)
    job.remind(cast.sessions, now=day)
    assert arrived(cast.wang_jianjun, at=day)[0].startswith(
        "这条意见快到答复期限了，请抽空答复\n待答复 Y1 申诉　张三\n"
    )
    job.remind(cast.sessions, now=over)
    job.tell_above(cast.sessions, now=over)
    assert arrived(cast.wang_jianjun, at=over)[0].startswith("这条意见已经过了答复期限，请尽快答复\n")
    assert arrived(cast.zhou_guoping, at=over) == [
        "第一支部有一条申诉（Y1）超期未答复\n应在11月25日前由王建军答复，请督促"
    ]


def test_what_was_answered_under_way_is_not_said(say: RecordedSay, cast: Cast, appealed: None) -> None:
    over = at(date(2026, 11, 26), 9)
    job.remind(cast.sessions, now=over)
    job.tell_above(cast.sessions, now=over)
    say(cast.wang_jianjun, "处理 Y1 不成立 没有安排")
    for kind in ("opinion_waiting", "opinion_due", "opinion_overdue"):
        assert worded(say, kind) == [None]


def test_a_late_answer_of_nobody_is_the_branchs(
    say: RecordedSay, cast: Cast, appealed: None, arrived: Arrivals
) -> None:
    with cast.sessions.write() as session:
        for member in (cast.wang_jianjun, cast.he_min, cast.sun_lei):
            followers.unfollow(session, Cast.openid(member), NOW)
    over = at(date(2026, 11, 26), 9)
    job.tell_above(cast.sessions, now=over)
    assert arrived(cast.zhou_guoping, at=over)[0].endswith("应在11月25日前由支部答复，请督促")


def worded(say: RecordedSay, kind: str) -> list[Announcement | None]:
    """What a worker finds to say that had taken these notices before their matter went on."""
    with say.talk.sessions.read() as session:
        found = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)).all()
        return [compose(say.talk.context_of(session, n.member_id, "", NOW), n) for n in found]
