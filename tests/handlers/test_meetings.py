"""开会 会议 参加 改期 取消会议 请假 签到 补签 签到码 考勤 补记, as dialogues (rules 23 to 26; replies)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from jobs import meetings as jobs
from models import check_ins, meetings
from models.followers import Follower
from models.months import at
from tests.cast import NOW, Cast
from tests.handlers.setting import HOUR, MINUTE
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
STARTS = at(date(2026, 11, 26), 15)
OVER = STARTS + 2 * HOUR
CALL = "开会 党小组会 11月26日15点 三楼会议室 学习全会精神"
CARD = "11月26日（周四）15:00　三楼会议室\n内容：学习全会精神\n14:30起签到"


def code(cast: Cast, now: datetime, number: int = 1) -> str:
    with cast.sessions.read() as session:
        meeting = meetings.find(session, number)
        assert meeting is not None
        return check_ins.code_of(meeting, now)


def fixed(cast: Cast) -> None:
    """Give M1 a secret that stays, so that the manual shows the same codes every time."""
    with cast.sessions.write() as session:
        session.get_one(meetings.Meeting, 1).secret = "00" * 16


def close(cast: Cast, now: datetime = OVER) -> None:
    jobs.open_check_in(cast.sessions, now=now)
    jobs.close(cast.sessions, now=now)


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


# Check-in


@pytest.mark.manual("member", "签到", title="用大屏上的6位数字签到")
def test_six_digits_check_in(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.li_si, CALL)
    fixed(cast)
    now = STARTS - 8 * MINUTE
    digits = code(cast, now)
    assert say(cast.zhang_san, f"签到 {digits}", at=now) == (
        "✅ 已签到：党小组会（M1）14:52\n散会后自动计分，不用再申报"
    )
    assert say(cast.zhang_san, digits, at=now + timedelta(seconds=5)) == "您已经签过到：党小组会（M1）14:52"
    late = STARTS + 12 * MINUTE
    assert say(cast.wang_fang, code(cast, late), at=late) == (
        "✅ 已签到（迟到12分钟）：党小组会（M1）\n有原因的，可请会议组织人更正"
    )


def test_chinese_numerals_and_spaces_are_digits_too(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    digits = code(cast, STARTS)
    han = digits.translate(str.maketrans("0123456789", "零一二三四五六七八九"))
    for who, said in (
        (cast.zhang_san, han),
        (cast.wang_fang, f"{digits[:3]} {digits[3:]}"),
        (cast.liu_qiang, f"签到{han}"),
    ):
        assert say(who, said, at=STARTS).startswith("✅ 已签到")


def test_check_in_step_by_step(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    assert say(cast.zhang_san, "签到", at=STARTS).startswith("请发会场大屏上的6位数字，例如：483920")
    assert say(cast.zhang_san, code(cast, STARTS), at=STARTS).startswith("✅ 已签到")


def test_outside_the_window_one_is_told_when(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    assert say(cast.zhang_san, "签到 483920") == (
        "❌ 没有签到：现在不在签到时间\nM1 党小组会 11月26日14:30起可签，请看会场大屏的6位数字\n例如：签到 483920"
    )
    assert say(cast.ma_chao, "483920") == "❌ 没有签到：现在没有等您签到的会\n例如：签到 483920"
    assert say("o-new", "483920").startswith("❌ 请先绑定") or "绑定" in say("o-new", "483920")


def test_wrong_digits_are_kept_and_limited(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    wrong = f"{(int(code(cast, STARTS)) + 1) % 10**6:06d}"
    for _ in range(5):
        assert say(cast.zhang_san, wrong, at=STARTS).startswith("❌ 这6位数字不对，或已经过时")
    assert say(cast.zhang_san, code(cast, STARTS), at=STARTS).startswith("❌ 输错的次数多了")


def test_no_member_is_ever_told_the_code(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    digits = code(cast, STARTS)
    for asked in ("签到码 M1", "会议 M1", "会议", "签到", "取消", "签到码是多少", "考勤 M1"):
        assert digits not in say(cast.zhang_san, asked, at=STARTS)
    assert digits in say(cast.li_si, "签到码 M1", at=STARTS)


@pytest.mark.manual("leader", "签到码", title="组织人看签到码和到会情况")
def test_the_organizer_sees_the_code_and_who_came(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.li_si, CALL)
    fixed(cast)
    say.aside(cast.wang_fang, "参加 M1")
    digits = code(cast, STARTS)
    say.aside(cast.zhang_san, digits, at=STARTS)
    assert say(cast.li_si, "签到码 M1", at=STARTS) == f"M1 现在的签到码：{digits}\n每分钟换一个，换了以后30秒内仍可用"
    assert say(cast.li_si, "考勤 M1", at=STARTS) == (
        "M1 党小组会　11月26日（周四）15:00　未开\n通知 8 人，到会 1 人\n"
        "还没签到 7 人，其中 1 人回复参加：李四、王芳、刘强、陈静、赵敏、欧阳建国、刘德福\n"
        "有出入：补记 M1 姓名 到会 理由"
    )


def test_the_code_is_for_the_organizer_alone_and_in_its_time(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    assert say(cast.wang_jianjun, "签到码 M1", at=STARTS) == "❌ 签到码只给会议组织人李四看\n例如：考勤 M1"
    assert say(cast.li_si, "签到码 M1") == "M1 党小组会：11月26日（周四）14:30起签到"
    close(cast)
    assert say(cast.li_si, "签到码 M1", at=OVER) == "M1 党小组会：签到已结束"


def test_where_pages_are_served_their_links_are_shown(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.talk.site = "https://dang.example"
    say(cast.li_si, CALL)
    assert arrived(cast.zhang_san)[0].endswith("[参加] [请假] [加入日历]")
    assert "/m/calendar/" in say.reply(cast.zhang_san, "会议 M1").text
    for now in (NOW, STARTS):
        assert "https://dang.example/m/screen/" in say.reply(cast.li_si, "签到码 M1", at=now).text


# The end


@pytest.mark.manual("leader", "散会", title="散会后自动计分；有出入，组织人更正")
def test_the_end_and_a_correction(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.li_si, CALL)
    say.aside(cast.zhang_san, code(cast, STARTS), at=STARTS)
    late = STARTS + 12 * MINUTE
    say.aside(cast.wang_fang, code(cast, late), at=late)
    say.aside(cast.liu_qiang, "请假 M1 出差")
    say.aside(cast.li_si, "通过 L1")
    arrived.aside(cast.li_si)
    arrived.aside(cast.chen_jing)
    close(cast)
    assert arrived(cast.li_si, at=OVER) == [
        "M1 党小组会 已散会\n通知 8 人，到会 2 人（迟到 1）\n迟到 1 人：王芳\n请假 1 人：刘强\n"
        "缺席 4 人：李四、陈静、赵敏、欧阳建国\n年老体弱等可不到会 1 人：刘德福\n有出入：补记 M1 姓名 到会 理由\n"
        "会议记录请在12月1日前写 [会议记录]\n请勿发送涉密、案件和内部文件内容"
    ]
    corrected = say(cast.li_si, "补记 M1 陈静 到会 手机没电", at=OVER)
    assert corrected.startswith("✅ M1 已更正：陈静 记为到会，已告知本人\n理由：手机没电\n11月记 +1 分（J")
    (told,) = arrived(cast.chen_jing, at=OVER)
    assert told.startswith("M1 党小组会（11月26日）更正为到会\n更正人：李四\n理由：手机没电\n记 +1 分　J")
    assert told.endswith("\n有不同意见：[我有意见]")
    assert say(cast.li_si, "补记 M1 赵敏 请假 孩子发烧", at=OVER).endswith("不加分也不扣分")
    assert "−6 无故缺席　11月26日" in say(cast.ouyang_jianguo, "积分", at=OVER)


def test_a_quorum_that_is_missed_is_shown(say: RecordedSay, cast: Cast) -> None:
    say(cast.wang_jianjun, "开会 支委会 11月26日15点 三楼")
    say(cast.he_min, code(cast, STARTS), at=STARTS)
    assert "\n支部委员会：有表决权的应到 3 人，实到 1 人，未达法定人数\n" in say(
        cast.wang_jianjun, "考勤 M1", at=STARTS
    )
    say(cast.sun_lei, code(cast, STARTS), at=STARTS)
    assert "，达到法定人数\n" in say(cast.wang_jianjun, "考勤 M1", at=STARTS)


def test_many_in_one_second_are_pointed_out(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    for name in ("zhang_san", "wang_fang", "liu_qiang", "chen_jing", "zhao_min"):
        say(getattr(cast, name), code(cast, STARTS), at=STARTS)
    assert "请留意：15:00 有一秒内签到 5 人" in say(cast.li_si, "考勤 M1", at=STARTS)


def test_many_names_are_cut(say: RecordedSay, cast: Cast) -> None:
    say(cast.wang_jianjun, "开会 主题党日 11月26日15点 大礼堂")
    assert "等 14 人" in say(cast.wang_jianjun, "考勤 M1", at=STARTS)


@pytest.mark.manual("member", "补签", title="到会忘了签到")
def test_a_forgotten_check_in(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.li_si, CALL)
    close(cast)
    arrived.aside(cast.li_si, at=OVER)
    arrived.aside(cast.zhang_san, at=OVER)
    assert say(cast.zhang_san, "补签 M1 手机没电，全程在场", at=OVER) == (
        "✅ 已提出补签（L1）：M1，待李四核对\n核对后会告诉您，不用再发"
    )
    assert arrived(cast.li_si, at=OVER) == [
        "待审 L1　张三 补签\nM1 党小组会　11月26日（周四）15:00\n说明：手机没电，全程在场\n[通过] [不通过]"
    ]
    assert say(cast.li_si, "待办", at=OVER).startswith("等您办的 1 条\n\n待审 L1　张三 补签\n")
    assert say(cast.li_si, "通过 L1", at=OVER).startswith("✅ L1 已通过：张三 记为到会（M1），已告知本人")
    assert arrived(cast.zhang_san, at=OVER) == ["补签批了：M1 党小组会\n已记您到会"]


def test_a_refused_one_may_be_objected_to(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, CALL)
    close(cast)
    say(cast.zhang_san, "补签 M1 手机没电", at=OVER)
    say(cast.li_si, "不通过 L1 没有看到您", at=OVER)
    assert arrived(cast.zhang_san, at=OVER)[-1] == ("补签没有批：M1 党小组会\n理由：没有看到您\n有不同意见：[我有意见]")


def test_a_correction_during_the_meeting_counts_at_its_end(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, CALL)
    arrived(cast.chen_jing)
    assert say(cast.li_si, "补记 M1 陈静 到会 手机没电", at=STARTS) == (
        "✅ M1 已更正：陈静 记为到会，已告知本人\n理由：手机没电"
    )
    assert arrived(cast.chen_jing, at=STARTS) == [
        "M1 党小组会（11月26日）更正为到会\n更正人：李四\n理由：手机没电\n有不同意见：[我有意见]"
    ]


def test_a_correction_that_a_move_undid_is_told_no_more(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    early = STARTS - 20 * MINUTE
    say(cast.li_si, CALL)
    arrived(cast.chen_jing)
    say(cast.li_si, "补记 M1 陈静 到会 手机没电", at=early)
    say(cast.li_si, "改期 M1 11月27日15:00", at=early)
    assert [text.split("\n")[0] for text in arrived(cast.chen_jing, at=early)] == ["会议 M1 改期　党小组会"]


def test_a_correction_step_by_step(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    close(cast)
    assert say(cast.li_si, "补记 M1 陈静", at=OVER) == (
        "记为哪一种？\n1 到会\n2 迟到\n3 请假\n4 缺席\n5 不计应到\n回数字即可；都不是，回“取消”"
    )
    assert say(cast.li_si, "3", at=OVER).startswith("请写一句理由")
    assert say(cast.li_si, "孩子发烧", at=OVER).startswith("✅ M1 已更正：陈静 记为请假")


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
