"""The sentences of notices (rules 28, 29; replies)."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handlers.announcements import KINDS, compose
from jobs import claims as reminding
from jobs import month_end
from models import followers, rounds
from models.months import Month, at
from models.notices import Notice
from tests.cast import NOW, Cast
from tests.handlers.setting import HOUR, code_of, enter
from tests.phones import Phones
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
LAST_WORKDAY = at(date(2026, 11, 30), 17)


def test_every_kind_that_is_posted_is_worded() -> None:
    sources = [path.read_text() for room in ("models", "jobs") for path in Path(room).rglob("*.py")]
    posted = {kind for source in sources for kind in re.findall(r"notices\.post\w*\([^\"=]*\"(\w+)\"", source)}
    assert {"claim_lapsed", "binding_refused"} <= posted <= set(KINDS)


def test_the_first_is_told_at_once_further_ones_together(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.wang_fang, "申报 走访 1户 昨天")
    say(cast.chen_jing, "申报 走访 1户 昨天")
    assert len(arrived(cast.li_si)) == 1
    assert arrived(cast.li_si, at=at(date(2026, 11, 20), 12)) == [
        "您有 3 条待审\n#1 张三 社区志愿服务 2小时 +2\n#2 王芳 走访慰问、上门帮扶 1户 +1\n"
        "#3 陈静 走访慰问、上门帮扶 1户 +1\n[待办]"
    ]


def test_a_digest_of_what_was_decided_meanwhile_is_not_sent(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.wang_fang, "申报 走访 1户 昨天")
    arrived(cast.li_si)
    say(cast.li_si, "通过 1 2")
    assert arrived(cast.li_si, at=NOW + 2 * HOUR) == []


def test_a_card_says_what_else_waits_when_it_is_sent(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.wang_fang, "申报 走访 1户 昨天")
    assert arrived(cast.li_si)[0].endswith("\n另有 1 条，回“待办”一起看 [待办]")


@pytest.mark.sqlite_only  # whose driver tells every statement
def test_what_waits_is_looked_for_once_however_much_is_told(say: RecordedSay, cast: Cast) -> None:
    for who in (cast.zhang_san, cast.wang_fang, cast.chen_jing):
        say(who, "申报 走访 1户 昨天")
    looks: list[str] = []
    with say.talk.sessions.read() as session:
        driver: Any = session.connection().connection.driver_connection
        driver.set_trace_callback(looks.append)
        for number in (1, 2, 3):
            ctx = say.talk.context_of(session, cast.li_si.id, cast.openid(cast.li_si), NOW)
            found = compose(ctx, Notice(kind="claim_waiting", subject=f"claim:{number}", facts={}))
            assert found is not None
            assert "\n另有 2 条" in found.text
        driver.set_trace_callback(None)
    assert len([look for look in looks if "WHERE claims.branch_id = " in look]) == 1


def test_a_returned_claim_that_was_supplemented_is_told_no_more(say: RecordedSay, cast: Cast, phones: Phones) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    phones.deliver()
    say(cast.li_si, "退回 1 哪一户")
    say(cast.zhang_san, "补充 1 陈婆婆")
    assert phones.arrived(cast.zhang_san) == []


def test_an_undone_approval_is_told_no_more(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say(cast.li_si, "通过 1")
    say(cast.li_si, "撤销 1")
    assert [text.split("\n")[0] for text in arrived(cast.zhang_san)] == ["#1 的审核已撤销，正在重新审核"]


@pytest.mark.manual("leader", "超时", title="放久了会提醒，再久就同时交上一级")
def test_undecided_claims_are_reminded_and_moved_up(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    assert arrived.aside(cast.li_si)
    later = at(date(2026, 11, 25), 9)
    reminding.remind(cast.sessions, now=later)
    assert arrived(cast.li_si, at=later)[0].startswith("这条已等了2个工作日，请抽空审一下\n待审 #1　张三\n")
    later = at(date(2026, 11, 27), 9)
    reminding.move_up(cast.sessions, now=later)
    told = arrived(cast.wang_jianjun, at=later)
    assert told[0].startswith("这条已等了4个工作日，现在李四、王建军都可以审，谁先审都行\n待审 #1　张三\n")
    assert say(cast.wang_jianjun, "通过 1", at=later).startswith("✅ #1 已通过：张三")


def test_several_reminders_come_as_one(say: RecordedSay, cast: Cast, phones: Phones) -> None:
    for day in range(11, 18):
        say(cast.zhang_san, f"申报 走访 1户 {day}日")
    phones.arrived(cast.li_si)
    later = at(date(2026, 11, 27), 9)
    reminding.remind(cast.sessions, now=later)
    reminding.move_up(cast.sessions, now=later)
    overdue, moved_up = (text for text in phones.arrived(cast.li_si, at=later) if text.startswith("有 7 条"))
    assert overdue.split("\n")[0] == "有 7 条等了2个工作日以上，请抽空审一下"
    assert overdue.split("\n")[-3:] == ["#5 张三 走访慰问、上门帮扶 1户 +1", "另有 2 条", "[待办]"]
    assert moved_up.split("\n")[0] == "有 7 条等了4个工作日以上，现在上下两级都可以审，谁先审都行"


def test_reminders_of_what_was_decided_meanwhile_are_not_sent(say: RecordedSay, cast: Cast, phones: Phones) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    phones.arrived(cast.li_si)
    later = at(date(2026, 11, 27), 9)
    reminding.remind(cast.sessions, now=later)
    reminding.move_up(cast.sessions, now=later)
    say(cast.li_si, "通过 1", at=later)
    assert phones.arrived(cast.li_si, at=later) == []
    assert phones.arrived(cast.wang_jianjun, at=later) == []


def test_the_points_of_who_is_not_scored_are_for_the_record(say: RecordedSay, cast: Cast, phones: Phones) -> None:
    phones.refuses = True
    say(cast.li_si, "代报 刘德福 社区志愿 2小时 昨天")
    say(cast.wang_jianjun, "通过 1")
    phones.deliver()
    say("o-1012", f"绑定 刘德福 {code_of(cast, cast.liu_defu)}")
    assert say(cast.liu_defu, "通知").endswith(
        "#1 已通过，加 2 分\n社区志愿服务 2小时（11月19日）\n您11月不计分，仅作记录 [看明细]"
    )


def test_what_is_recorded_for_others_is_told_to_who_recorded_it(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    say(cast.li_si, "代报 刘德福 社区志愿 2小时 昨天")
    say(cast.wang_jianjun, "不通过 1 日期不对")
    assert arrived(cast.li_si) == [
        "#1 未通过，这次不加分\n刘德福　社区志愿服务 2小时（11月19日）\n理由：日期不对\n审核人：书记王建军\n"
        "有不同意见：[我有意见] 或回“申诉 1 理由”"
    ]


def test_a_deduction_that_was_approved_says_so(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 无正当理由未完成学习任务")
    say(cast.li_si, "通过 1")
    assert arrived(cast.zhang_san) == [
        "#1 已通过，扣 4 分\n无正当理由未完成学习任务（11月20日）\n您11月现为 66 分 [看明细]"
    ]


@pytest.mark.manual("member", "月末提醒", title="月末提醒自己来")
def test_month_end_to_a_member(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    enter(cast, cast.zhang_san, "6", date(2026, 11, 6), "志愿-01")
    say.aside(cast.zhang_san, "申报 走访 1户 昨天")
    month_end.tell(cast.sessions, now=LAST_WORKDAY)
    assert arrived(cast.zhang_san, at=LAST_WORKDAY) == [
        "11月快结束了，您现为 76 分（合格60）\n待审 1 条：#1\n11月的事，12月3日24点前都能报\n"
        "例如：申报 社区志愿 2小时 28日 清扫河堤\n没有要报的：[本月没有了]，不回也行"
    ]


def test_month_end_that_comes_late_speaks_of_a_month_that_is_over(say: RecordedSay, cast: Cast, phones: Phones) -> None:
    late = at(date(2026, 12, 5), 8)
    for branch in (cast.first_branch, cast.second_branch):
        with cast.sessions.write() as session:
            rounds.begin(session, branch.id, Month(2026, 11))
    month_end.tell(cast.sessions, now=late)
    assert phones.arrived(cast.zhang_san, at=late) == [
        "11月已经结束，您现为 70 分（合格60）\n申报已经截止，支部评审后公示 [积分]"
    ]
    assert phones.arrived(cast.ma_chao, at=late)[0].startswith("您组11月没有等您审的，申报已经截止\n")


def test_month_end_to_who_is_not_scored(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say("o-1012", f"绑定 刘德福 {code_of(cast, cast.liu_defu)}")
    month_end.tell(cast.sessions, now=LAST_WORKDAY)
    assert arrived(cast.liu_defu, at=LAST_WORKDAY)[0].startswith("11月快结束了，您不计分（年老体弱）\n11月的事")


@pytest.mark.manual("leader", "月末提醒", title="月末提醒自己来")
def test_month_end_to_a_leader(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    for who in (cast.zhang_san, cast.wang_fang, cast.liu_qiang, cast.chen_jing):
        say.aside(who, "申报 走访 1户 昨天")
    say.aside(cast.zhao_min, "本月没有了")
    with cast.sessions.write() as session:
        followers.unfollow(session, Cast.openid(cast.ouyang_jianguo), NOW)
    month_end.tell(cast.sessions, now=LAST_WORKDAY)
    told = arrived(cast.li_si, at=LAST_WORKDAY)
    assert told[2] == (  # before what tells them of their own month: it wants something done
        "您组11月还有 4 条等您审，12月3日前有人还会报\n未绑定或取消关注 2 人：欧阳建国、刘德福，可用“代报”\n"
        "没有申报的 1 人：[提醒他们]\n[待办]"
    )


def test_who_did_not_get_a_notice_nor_looked_at_it_is_listed_to_the_leader(
    say: RecordedSay, cast: Cast, phones: Phones
) -> None:
    say.aside(cast.zhang_san, "申报 走访 1户 昨天")
    say.aside(cast.li_si, "不通过 1 日期不对")
    phones.refuses = True
    phones.deliver()
    assert "\n张三 本月申报1条，1条通知没看到\n" in say(cast.li_si, "成员")
    phones.refuses = False
    month_end.tell(cast.sessions, now=LAST_WORKDAY)
    assert "\n有通知没看到 1 人：张三，请当面告诉\n" in "".join(phones.arrived(cast.li_si, at=LAST_WORKDAY))
    say(cast.zhang_san, "通知")
    assert "没看到" not in say(cast.li_si, "成员")


def test_month_end_to_a_leader_with_nothing_left(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    for who in (cast.ma_chao, cast.zheng_shuang, cast.feng_tao):
        say(who, "本月没有了")
    month_end.tell(cast.sessions, now=LAST_WORKDAY)
    assert arrived(cast.ma_chao, at=LAST_WORKDAY)[0] == "您组11月没有等您审的，12月3日前有人还会报\n[待办]"


def test_month_end_to_a_secretary_is_about_the_branch(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    month_end.tell(cast.sessions, now=LAST_WORKDAY)
    assert arrived(cast.wang_jianjun, at=LAST_WORKDAY)[0].startswith("支部11月没有等您审的")


def test_month_end_above_the_branches_is_about_what_came_up(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    """The branches are not the committee's own; with nothing to decide there is nothing to say."""
    month_end.tell(cast.sessions, now=LAST_WORKDAY)
    texts = arrived(cast.zhou_guoping, at=LAST_WORKDAY)
    assert [text for text in texts if "等您审" in text] == []


def test_month_end_above_names_what_waits(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.qian_jin, "申报 走访 1户 昨天")
    arrived(cast.zhou_guoping)
    month_end.tell(cast.sessions, now=LAST_WORKDAY)
    texts = arrived(cast.zhou_guoping, at=LAST_WORKDAY)
    assert texts[0] == "11月快结束了，各支部转到您这里的还有 1 条等您审\n[待办]"


@pytest.mark.parametrize("settle", ["撤回 1", "补充 1 陈婆婆"])
def test_what_was_settled_under_way_is_not_said(say: RecordedSay, cast: Cast, phones: Phones, settle: str) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say(cast.li_si, "退回 1 哪一户")
    say(cast.zhang_san, settle)
    assert _worded(say, "claim_returned") == [None]
    assert (_worded(say, "claim_waiting")[0] is None) == (settle == "撤回 1")


def test_reminders_that_come_after_the_decision_are_not_said(say: RecordedSay, cast: Cast, phones: Phones) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    later = at(date(2026, 11, 27), 9)
    reminding.remind(cast.sessions, now=later)
    reminding.move_up(cast.sessions, now=later)
    say(cast.li_si, "通过 1", at=later)
    assert _worded(say, "claim_overdue") == [None]
    assert _worded(say, "claim_moved_up") == [None, None]


def test_a_request_that_was_decided_under_way_is_not_said(say: RecordedSay, cast: Cast) -> None:
    say("o-new", "绑定 刘德福 8012")
    say(cast.li_si, "通过 L1")
    assert _worded(say, "request_waiting") == [None]


def _worded(say: RecordedSay, kind: str) -> list[object]:
    """What a worker finds to say that had taken these notices before their matter was settled."""
    with say.talk.sessions.read() as session:
        found = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)).all()
        return [compose(say.talk.context_of(session, n.member_id, "", NOW), n) for n in found]


@pytest.mark.manual("member", "过期", title="退回的一直没补")
def test_a_returned_claim_lapses_at_the_end_of_review(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申报 走访 1户 昨天")
    say.aside(cast.li_si, "退回 1 走访的哪一户")
    arrived.aside(cast.zhang_san)
    later = at(date(2026, 12, 10), 9)
    assert reminding.lapse(cast.sessions, now=later) == 1
    assert arrived(cast.zhang_san, at=later) == [
        "#1 退回后没有补充，11月的评审已经结束，这条不再审核\n走访慰问、上门帮扶 1户（11月19日）\n"
        "有不同意见：[我有意见] 或回“申诉 1 理由”"
    ]
    assert "已过期" in say.aside(cast.zhang_san, "我的申报 11月", at=later)


def test_who_decided_is_named_without_an_office_that_has_ended(say: RecordedSay, cast: Cast, phones: Phones) -> None:
    phones.refuses = True
    say(cast.li_si, "代理 王芳 至 11月20日")
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say(cast.wang_fang, "不通过 1 日期不对")
    phones.deliver()
    assert "\n审核人：王芳\n" in say(cast.zhang_san, "通知", at=at(date(2026, 11, 21), 9))
