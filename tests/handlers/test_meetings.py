"""开会 会议 参加 请假 改期 取消会议, as dialogues (rules 23, 24; replies)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from jobs import meetings as jobs
from models.followers import Follower
from models.months import at
from tests.cast import NOW, Cast
from tests.handlers.hall import CALL, OVER, STARTS
from tests.handlers.setting import HOUR, MINUTE
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
CARD = "11月26日（周四）15:00　三楼会议室\n内容：学习全会精神\n14:30起签到"

# Planning


@pytest.mark.manual("leader", "开会", title="组长通知开会")
def test_the_leader_calls_a_meeting(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.li_si, CALL) == (
        f"✅ M1 已通知 8 人：党小组会\n{CARD}\n微信收不到的 1 人请当面告诉：刘德福\n[签到码] [考勤] [改期] [取消会议]"
    )
    assert arrived(cast.zhang_san) == [f"会议 M1　党小组会\n{CARD}\n[参加] [请假]"]


def test_one_gathering_serves_several_kinds(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    answer = say(cast.wang_jianjun, "开会 主题党日＋党课 11月26日15:00-16:30 三楼会议室")
    assert answer.startswith(
        "✅ M1 已通知 14 人：主题党日＋党课\n11月26日（周四）15:00至16:30　三楼会议室\n14:30起签到\n"
    )
    assert arrived(cast.feng_tao)[0].startswith("会议 M1　主题党日＋党课\n")


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("明天下午三点", "11月21日（周六）15:00"),
        ("下周五 9:30", "11月27日（周五）09:30"),
        ("10月28日15点", ""),  # eleven months ahead is asked about by nobody: it is next year's
        ("11月28日15点", "11月28日（周六）15:00"),
        ("周三上午十点半", "11月25日（周三）10:30"),
        ("后天晚上7点", "11月22日（周日）19:00"),
        ("今天15：00", "11月20日（周五）15:00"),
        ("15点", "11月20日（周五）15:00"),
        ("下周一下午两点到四点", "11月23日（周一）14:00至16:00"),
        ("明天上午九点一刻", "11月21日（周六）09:15"),
        ("明天中午1点", "11月21日（周六）13:00"),
        ("12月1日 9:00～10:30", "12月1日（周二）09:00至10:30"),
    ],
)
def test_times_are_understood_as_people_say_them(say: RecordedSay, cast: Cast, said: str, when: str) -> None:
    answer = say(cast.li_si, f"开会 小组会 {said} 三楼会议室")
    assert (when or "10月28日（周四）15:00") in answer
    assert answer.startswith("✅")
    assert "三楼会议室" in answer


@pytest.mark.parametrize("said", ["明天三点", "9:30"])
def test_a_time_that_was_only_hinted_at_is_asked_about(say: RecordedSay, cast: Cast, said: str) -> None:
    assert say(cast.li_si, f"开会 小组会 {said} 三楼").startswith("是这个时间吗？\n1 11月21日（周六）")
    assert say(cast.li_si, "1").startswith("✅ M1 已通知 8 人：党小组会\n11月21日（周六）")


@pytest.mark.parametrize("said", ["明天", "25点", "明天9:75", "下午", "9点到25点"])
def test_half_a_time_is_asked_for(say: RecordedSay, cast: Cast, said: str) -> None:
    answer = say(cast.li_si, f"开会 小组会 {said}")
    assert "什么时候开？请写日期和几点，例如：明天15:00" in answer
    assert say(cast.li_si, "明天15:00").startswith("在哪里开？")


def test_the_order_of_the_parts_is_free(say: RecordedSay, cast: Cast) -> None:
    assert CARD in say(cast.li_si, "开会 11月26日15点 地点：三楼会议室 党小组会 议题：学习全会精神")
    assert "M2 已通知" in say(cast.li_si, "明天上午9点在二楼召开小组会")


@pytest.mark.manual("leader", "开会一步一步", title="也可以一步一步来")
def test_step_by_step(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "开会").startswith(
        "开什么会？一次开几种，请用“＋”连起来写，例如：主题党日＋党课\n1 支部委员会\n2 支部党员大会\n3 党课\n"
    )
    assert say(cast.wang_jianjun, "1").startswith("什么时候开？")
    assert say(cast.wang_jianjun, "11月26日下午3点").startswith("在哪里开？")
    assert say(cast.wang_jianjun, "三楼会议室").startswith("✅ M1 已通知 3 人：支部委员会\n11月26日（周四）15:00")


def test_a_time_that_is_over_is_refused_before_anything_else_is_asked(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "开会 小组会")
    assert say(cast.li_si, "昨天15点").startswith("❌ 开会时间已经过了")
    assert say(cast.li_si, "明天15点").startswith("在哪里开？")


def test_a_kind_inside_another_word_is_asked_about(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "开会 明天15:00 三楼 学习主题党日方案").startswith("是开主题党日吗？")


def test_the_committee_calls_several_branches(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    answer = say(cast.zhou_guoping, "开会 主题党日 第一支部、第二支部 11月26日15点 大礼堂")
    assert answer.startswith("✅ M1 已通知 18 人：主题党日\n11月26日（周四）15:00　大礼堂\n")
    assert arrived(cast.sun_li)
    assert "请写明是哪一个" in say(cast.zhou_guoping, "开会 主题党日 12月26日15点 第一支部会议室")


def test_a_clash_is_pointed_out_and_asked(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    assert say(cast.wang_jianjun, "开会 主题党日 11月26日16:00 大礼堂") == (
        "这个时间另有会：\nM1 党小组会 11月26日（周四）15:00，有 8 人要参加\n仍定在这个时间吗\n1 是　2 不是"
    )
    assert say(cast.wang_jianjun, "2") == "好的，什么都没有改动"
    say(cast.wang_jianjun, "开会 主题党日 11月26日16:00 大礼堂")
    assert say(cast.wang_jianjun, "是").startswith("✅ M2 已通知 14 人")


def test_who_leads_nobody_is_told_who_does(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, CALL).startswith("❌ “开会”由")
    assert say(cast.li_si, "开会 支委会 明天15:00 三楼") == (
        "❌ 支部委员会由支委发起；管着几个的，请写明是哪一个\n例如：开会 主题党日 明天15点 三楼会议室"
    )
    assert say(cast.li_si, "开会 小组会 今天9:00 三楼").startswith("❌ 开会时间已经过了")


def test_what_is_typed_is_harmless_to_others(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, "开会 小组会 11月26日15点 <a>三楼</a> 看http://evil.example.com")
    (text,) = arrived(cast.zhang_san)
    assert "<" not in text
    assert "http://" not in text


# Looking


def test_what_lies_ahead(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "会议") == "近期没有通知您参加的会"
    say(cast.li_si, CALL)
    say(cast.wang_jianjun, "开会 主题党日 11月25日15:00 大礼堂")
    say(cast.zhang_san, "参加 M1")
    reply = say.reply(cast.zhang_san, "会议")
    assert reply.text == (
        "要开的会 2 次，回数字看一次\nM2 11月25日（周三）15:00 主题党日　大礼堂\n"
        "M1 11月26日（周四）15:00 党小组会　三楼会议室（您已回复参加）"
    )
    assert say(cast.zhang_san, "2") == f"会议 M1　党小组会　未开\n{CARD}\n您已回复参加\n[参加] [请假]"
    assert say(cast.zhang_san, "会议 M2").startswith("会议 M2　主题党日　未开\n")


def test_many_are_cut(say: RecordedSay, cast: Cast) -> None:
    for day in range(21, 28):
        say(cast.li_si, f"开会 小组会 11月{day}日15:00 三楼")
    text = say(cast.zhang_san, "会议")
    assert text.startswith("要开的会 7 次")
    assert text.endswith("\n另有 2 次")


def test_who_runs_it_sees_the_taps_of_its_state(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    assert say(cast.wang_jianjun, "会议 M1") == f"会议 M1　党小组会　未开\n{CARD}\n[签到码] [考勤] [改期] [取消会议]"
    say(cast.li_si, "取消会议 M1 停电")
    assert say(cast.li_si, "会议 M1") == (
        "会议 M1　党小组会　已取消\n11月26日（周四）15:00　三楼会议室\n内容：学习全会精神\n取消理由：停电\n[考勤]"
    )


def test_out_of_sight_is_answered_like_unknown(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    unseen = say(cast.ma_chao, "会议 M1")
    assert unseen == "❌ 没有找到 M1，请看一下编号\n例如：会议"
    assert say(cast.ma_chao, "会议 M9") == unseen.replace("M1", "M9")


# Coming, leave


@pytest.mark.manual("member", "参加", title="回复参加，或请假")
def test_one_comes_or_asks_for_leave(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.li_si, CALL)
    assert say(cast.zhang_san, "参加 M1") == (
        "✅ 已记下：您参加 M1 党小组会\n11月26日（周四）15:00　三楼会议室\n14:30起签到，临时来不了：[请假]"
    )
    arrived.aside(cast.zhang_san)
    assert say(cast.zhang_san, "请假 M1 出差") == (
        "✅ 已请假（L1）：M1，待李四审批\n批了会告诉您；会前不再提醒您\n又能来了：[参加]"
    )
    assert arrived(cast.li_si) == [
        "待审 L1　张三 请假\nM1 党小组会　11月26日（周四）15:00\n原因：出差\n[通过] [不通过]"
    ]
    assert say(cast.li_si, "通过 L1") == "✅ L1 已通过：张三 准假（M1），已告知本人\n没有待审的了"
    assert arrived(cast.zhang_san) == ["请假批了：M1 党小组会\n会前不再提醒您，也不会记缺席"]


def test_a_refused_leave_says_why(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, CALL)
    say(cast.zhang_san, "请假 M1 出差")
    arrived(cast.zhang_san)
    say(cast.li_si, "不通过 L1 出差已经取消")
    assert arrived(cast.zhang_san) == [
        "请假没有批：M1 党小组会\n理由：出差已经取消\n请按时参加：11月26日（周四）15:00　三楼会议室"
    ]


def test_a_leave_is_asked_for_step_by_step(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    assert say(cast.zhang_san, "请假") == (
        "是哪次会？别的会请写编号，例如 M3\n1 M1 11月26日（周四）15:00 党小组会\n回数字即可；都不是，回“取消”"
    )
    assert say(cast.zhang_san, "1").startswith("请写一句请假的原因，例如：出差")
    assert say(cast.zhang_san, "老家有事").startswith("✅ 已请假（L1）：M1")
    assert say(cast.ma_chao, "参加").startswith("是哪次会？请写编号，例如 M3")


def test_a_question_about_leave_changes_nothing(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    for asked in ("请假怎么请", "能不能请假", "我不请假"):
        assert not say(cast.zhang_san, asked).startswith("✅")


def test_without_anybody_to_decide_the_branch_is_named(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    with cast.sessions.write() as session:
        session.execute(update(Follower).values(unfollowed_at=NOW))
    assert "待支部审批" in say(cast.zhang_san, "请假 M1 出差")
    assert "待会议组织人核对" in say(cast.zhang_san, "补签 M1 手机没电", at=STARTS)


# Moving and cancelling


@pytest.mark.manual("leader", "改期", title="改期和取消")
def test_moving_and_cancelling(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.li_si, CALL)
    arrived.aside(cast.zhang_san)
    card = "11月27日（周五）09:30　三楼会议室\n内容：学习全会精神\n09:00起签到"
    assert say(cast.li_si, "改期 M1 下周五 9:30") == (
        f"✅ M1 已改期，已通知 8 人：党小组会\n{card}\n微信收不到的 1 人请当面告诉：刘德福"
    )
    assert arrived(cast.zhang_san) == [f"会议 M1 改期　党小组会\n{card}\n[参加] [请假]"]
    assert say(cast.li_si, "取消会议 M1 书记出差") == (
        "✅ M1 已取消，已通知 8 人：党小组会\n理由：书记出差\n微信收不到的 1 人请当面告诉：刘德福"
    )
    assert arrived(cast.zhang_san) == [
        "会议 M1 取消了　党小组会\n原定11月27日（周五）09:30　三楼会议室\n理由：书记出差"
    ]


def test_a_move_into_another_meeting_is_asked_about(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    say(cast.wang_jianjun, "开会 主题党日 11月25日15:00 大礼堂")
    assert say(cast.li_si, "改期 M1 11月25日15:30").startswith("这个时间另有会：\nM2 主题党日")
    assert say(cast.li_si, "1").startswith("✅ M1 已改期")


def test_the_asker_is_offered_the_meetings_of_their_own(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    say(cast.wang_jianjun, "开会 主题党日 11月25日15:00 大礼堂")
    assert "M2" not in say(cast.li_si, "取消会议")
    assert say(cast.li_si, "1").startswith("请写一句取消的理由")
    assert say(cast.li_si, "停电").startswith("✅ M1 已取消")


def test_what_was_moved_before_it_was_told_is_told_as_it_is(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, CALL)
    say(cast.li_si, "改期 M1 11月27日15:00")
    assert [text.split("\n")[0] for text in arrived(cast.zhang_san)] == ["会议 M1 改期　党小组会"]


# Reminders


def test_reminders_say_when_where_and_how_to_stay_away(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, CALL)
    arrived(cast.zhang_san)
    for moment, day in ((STARTS - timedelta(days=1), "明天"), (STARTS - HOUR, "今天")):
        jobs.remind(cast.sessions, now=moment)
        assert arrived(cast.zhang_san, at=moment) == [
            f"{day}15:00 党小组会（M1），三楼会议室\n14:30起签到，15:10后算迟到\n来不了，开会前 [请假]"
        ]


def test_what_lapsed_before_it_was_sent_is_not_told(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, CALL)
    jobs.remind(cast.sessions, now=STARTS - HOUR)
    assert arrived(cast.zhang_san, at=OVER) == []


def test_in_the_night_only_what_would_be_missed_arrives(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    night = at(date(2026, 11, 25), 23)
    say(cast.li_si, "开会 小组会 11月26日 7:00 操场", at=night)
    say(cast.ma_chao, "开会 小组会 11月26日 9:00 操场", at=night)
    assert len(arrived(cast.zhang_san, at=night)) == 1
    assert arrived(cast.feng_tao, at=night) == []
    assert len(arrived(cast.feng_tao, at=at(date(2026, 11, 26), 7, 30))) == 1


# Sentences that only look like it


@pytest.mark.parametrize("said", ["开会 昨天 1次", "参加 党课 1次", "昨天开会了", "开会了2次", "开会算不算分"])
def test_a_deed_is_no_meeting(say: RecordedSay, cast: Cast, said: str) -> None:
    assert "已通知" not in say(cast.li_si, said)


# Who joins or leaves after the announcement


def test_who_joins_is_told_and_who_leaves_reads_that_and_nothing_else(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    say(cast.li_si, CALL)
    with cast.sessions.write() as session:
        here = cast.of(session)
        here.zhang_san.group_id, here.feng_tao.group_id = here.second_group.id, here.first_group.id
    jobs.follow(cast.sessions, now=NOW)
    assert arrived(cast.feng_tao) == [f"会议 M1　党小组会\n{CARD}\n[参加] [请假]"]
    assert arrived(cast.zhang_san) == [  # what was announced and not sent yet is not sent any more
        "会议 M1 您不用参加了　党小组会\n11月26日（周四）15:00　三楼会议室\n现在的名单上，您不在第一小组参会人员里"
    ]
    assert say(cast.zhang_san, "会议") == "近期没有通知您参加的会"
    jobs.remind(cast.sessions, now=STARTS - HOUR)
    with cast.sessions.write() as session:
        cast.of(session).feng_tao.group_id = cast.second_group.id
    jobs.follow(cast.sessions, now=STARTS - HOUR)
    assert [text.split("\n")[0] for text in arrived(cast.feng_tao, at=STARTS - HOUR)] == [
        "会议 M1 您不用参加了　党小组会"
    ]
    arrived(cast.liu_qiang, at=STARTS - HOUR)
    for group in (cast.second_group, cast.first_group):  # and back, before it was told
        with cast.sessions.write() as session:
            cast.of(session).liu_qiang.group_id = group.id
        jobs.follow(cast.sessions, now=STARTS - HOUR)
    assert arrived(cast.liu_qiang, at=STARTS - HOUR) == []


def test_a_correction_of_who_was_uninvited_then_is_not_told(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, CALL)
    arrived(cast.chen_jing)
    early = STARTS - 20 * MINUTE
    say(cast.li_si, "补记 M1 陈静 缺席 出差", at=early)
    with cast.sessions.write() as session:
        cast.of(session).chen_jing.group_id = cast.second_group.id
    jobs.follow(cast.sessions, now=early)
    assert arrived(cast.chen_jing, at=early) == []
