"""谈话 指派 认可 有异议 跟进, and what is told of them (rules 15, 19, 20)."""

from datetime import date, datetime

import pytest
from sqlalchemy import update

from jobs import follow_ups as job
from models import follow_ups, ledger, rounds
from models.consequences import FollowUp, FollowUpStatus
from models.ledger import Entry
from models.members import Member
from models.months import Month, at
from tests.cast import NOW, Cast
from tests.models.scores import in_earnest, score, zero
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (Month(2026, n) for n in (8, 9, 10, 11))
LATER = at(date(2026, 12, 18), 9)
RECORD = "谈话 T1 出差较多 每月参加一次志愿服务 12月31日"


def final(cast: Cast, month: Month = OCTOBER, now: datetime = NOW, since: str = "2026-01") -> None:
    with cast.sessions.write() as session:
        in_earnest(session, since)
        follow_ups.at_final(session, cast.first_branch.id, month, now=now)


def scored(cast: Cast, member: Member, points: int | str, *months: Month) -> None:
    with cast.sessions.write() as session:
        for month in months or (OCTOBER,):
            score(session, session.get_one(Member, member.id), month, points)


def zeroed(cast: Cast, member: Member) -> None:
    with cast.sessions.write() as session:
        zero(session, session.get_one(Member, member.id), OCTOBER)


@pytest.mark.manual("member", "跟进", title="低于合格分时，书记会来谈一次")
def test_the_member_is_told_why_and_accepts(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    assert arrived(cast.zhang_san) == [
        "您10月55分（合格60分）\nT1 书记王建军会在12月4日前和您谈一次，一起看看原因和改进办法\n"
        "[认可] [有异议]\n11月27日24点前可以提异议，答复前先不办"
    ]
    assert say(cast.zhang_san, "认可 T1") == (
        "✅ T1 您已认可：支部书记谈话整改\n书记王建军会和您联系，有困难可以直接说"
    )
    assert say.aside(cast.zhang_san, "跟进 T1") == (
        "T1 张三　待办理\n10月55分（合格60分）\n支部书记谈话整改，责任人：书记王建军，12月4日前\n"
        "本人已认可\n[认可] [有异议]"
    )


@pytest.mark.manual("secretary", "谈话", title="谈完话，一句话记下来")
def test_the_secretary_records_a_talk(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    assert arrived(cast.wang_jianjun) == ["T1 张三　10月55分（合格60分）\n请谈一次话并记录，12月4日前　[记录谈话]"]
    assert say(cast.wang_jianjun, RECORD) == (
        "T1 张三　10月55分（合格60分）\n原因：出差较多\n措施：每月参加一次志愿服务\n期限：12月31日\n"
        "这样记录吗？记录后本人会看到\n1 是　2 不是"
    )
    assert say(cast.wang_jianjun, "1") == ("✅ T1 已记录：张三，已告知本人\n期限：12月31日　下一个月审定后复核是否达标")
    assert arrived.aside(cast.zhang_san)[-1] == (
        "T1 已由王建军记录\n原因：出差较多\n措施：每月参加一次志愿服务\n期限：12月31日\n"
        "有出入可以和他说，或回 [我有意见]"
    )
    assert say.aside(cast.wang_jianjun, RECORD) == "❌ T1 现在是“已记录，待复核”，不用再办\n例如：待办"
    assert say.aside(cast.zhang_san, "跟进 T1").endswith(
        "11月20日 王建军记录\n原因：出差较多\n措施：每月参加一次志愿服务\n期限：12月31日"
    )


def test_a_bare_talk_asks_for_one_thing_after_another(say: RecordedSay, cast: Cast) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    assert say(cast.wang_jianjun, "谈话").startswith("是哪一件？请写编号")
    assert say(cast.wang_jianjun, "T1").startswith("谈下来是什么原因？别的请直接写\n1 工作忙")
    assert say(cast.wang_jianjun, "家里有事；11月8日住院").startswith("定了什么措施？别的请直接写\n1 每月参加")
    assert say(cast.wang_jianjun, "2") == (
        "到哪一天为止？别的日子请直接写，例如：12月15日\n1 11月30日\n2 12月31日\n回数字即可；都不是，回“取消”"
    )
    assert say(cast.wang_jianjun, "12月15日") == (
        "T1 张三　10月55分（合格60分）\n原因：家里有事；11月8日住院\n措施：按时参加组织生活\n期限：12月15日\n"
        "这样记录吗？记录后本人会看到\n1 是　2 不是"
    )


def test_what_a_line_leaves_out_is_asked_for(say: RecordedSay, cast: Cast) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    assert say(cast.wang_jianjun, "谈话 T1").startswith("谈下来是什么原因？")
    assert say(cast.wang_jianjun, "谈话 T1 什么时候").startswith("谈下来是什么原因？")
    assert say(cast.wang_jianjun, "谈话 T1 出差").startswith("定了什么措施？")
    assert say(cast.wang_jianjun, "谈话 T1 出差 12月15日").startswith("定了什么措施？")
    assert "\n原因：出差\n措施：多参加\n期限：12月15日\n" in say(cast.wang_jianjun, "多参加")


def test_what_the_branch_sees_of_a_follow_up(say: RecordedSay, cast: Cast) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    assert say(cast.wang_jianjun, "跟进 T1").endswith("书记王建军，12月4日前\n[记录谈话]")
    assert say(cast.sun_lei, "跟进 T1").endswith("书记王建军，12月4日前")
    say(cast.wang_jianjun, RECORD)
    say(cast.wang_jianjun, "1")
    assert say(cast.sun_lei, "跟进 T1").endswith("\n期限：12月31日")


def test_what_was_settled_while_a_notice_was_under_way_is_not_told(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    with cast.sessions.write() as session:
        session.execute(update(FollowUp).values(status=FollowUpStatus.RESTING))
    assert arrived(cast.wang_jianjun) == []


@pytest.mark.parametrize(
    "line",
    [
        "谈话 T1 原因：11月8日起住院 措施：按时参加组织生活 期限12月15日",
        "谈话 T1 11月8日起住院；按时参加组织生活；12月15日前",
        "谈话 t1 原因是11月8日起住院，措施是按时参加组织生活 12月15日之前完成",
    ],
)
def test_reason_measures_and_day_are_told_apart(say: RecordedSay, cast: Cast, line: str) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    assert "\n原因：11月8日起住院\n措施：按时参加组织生活\n期限：12月15日\n" in say(cast.wang_jianjun, line)


def test_what_is_typed_plants_no_link(say: RecordedSay, cast: Cast) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    asked = say(cast.wang_jianjun, "谈话 T1 <a>出差 去www.example.com 12月31日")
    assert "原因：＜a＞出差\n措施：去www．example．com" in asked


@pytest.mark.manual("secretary", "指派", title="连续第二个月，党委指派一位同志谈")
def test_the_committee_names_who_talks(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    scored(cast, cast.zhang_san, 55, SEPTEMBER, OCTOBER)
    final(cast)
    assert arrived(cast.zhou_guoping) == [
        "T1 张三　10月55分（合格60分），连续第2个月\n请指派谈话人，12月4日前谈完　[指派]"
    ]
    assert arrived.aside(cast.zhang_san)[0].startswith(
        "您10月55分（合格60分），连续第2个月\nT1 上级党组织会指派一位同志，在12月4日前和您谈一次"
    )
    assert say(cast.zhou_guoping, "指派 T1 何敏") == "✅ T1 由何敏和张三谈话，已告知\n12月4日前谈完并记录"
    assert arrived(cast.he_min) == [
        "T1 张三　10月55分（合格60分），连续第2个月\n请谈一次话并记录，12月4日前　[记录谈话]"
    ]
    assert say.aside(cast.he_min, "跟进") == (
        "T1 张三　10月55分（合格60分），连续第2个月\n请谈一次话并记录，12月4日前　[记录谈话]"
    )
    say.aside(cast.he_min, RECORD)
    assert say.aside(cast.he_min, "好").startswith("✅ T1 已记录：张三")


def test_before_anybody_is_named_nobody_records(say: RecordedSay, cast: Cast) -> None:
    scored(cast, cast.zhang_san, 55, SEPTEMBER, OCTOBER)
    final(cast)
    assert say(cast.zhou_guoping, RECORD) == ("❌ T1 还没有指派谈话人，请机关党委先指派\n例如：指派 T1 张三")
    assert say(cast.zhou_guoping, "跟进 T1").endswith("12月4日前\n[指派]")
    assert say(cast.wang_jianjun, "跟进 T1").endswith("机关党委书记周国平，12月4日前")
    assert say(cast.wang_jianjun, "跟进") == "T1 张三　党委指派人员约谈整改（待办理） [看]"


def test_a_dispute_rests_until_it_is_answered(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    arrived(cast.wang_jianjun)
    assert say(cast.zhang_san, "有异议 T1 当月住院，有证明") == (
        "✅ 已收到您对 T1 的异议（Y1），答复前先不办\n有答复会告诉您"
    )
    assert "本人有异议：当月住院，有证明" in say(cast.zhang_san, "跟进 T1")
    assert say(cast.wang_jianjun, RECORD) == "❌ T1 现在是“本人有异议，待答复”，不用再办\n例如：待办"
    say(cast.wang_jianjun, "处理 Y1 成立 情况属实")
    assert job.wake(cast.sessions, now=NOW) == 1
    assert "T1 已取消：您的10月积分已更正，或异议成立，不用再办" in arrived(cast.zhang_san)
    assert "T1 已取消：张三的10月积分已更正，或异议成立，不用再办" in arrived(cast.wang_jianjun)


def test_who_is_named_during_an_appeal_is_told_afterwards(say: RecordedSay, cast: Cast) -> None:
    scored(cast, cast.zhang_san, 55, SEPTEMBER, OCTOBER)
    final(cast)
    say(cast.zhang_san, "有异议 T1 当月住院")
    assert say(cast.zhou_guoping, "指派 T1 何敏").startswith("✅ T1 由何敏和张三谈话，本人有异议，答复后再告知\n")


def test_a_number_out_of_sight_is_answered_as_though_it_did_not_exist(say: RecordedSay, cast: Cast) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    for line in ("跟进 T1", RECORD, "认可 T1", "有异议 T1 不对"):
        existing, unknown = say(cast.wang_fang, line), say(cast.wang_fang, line.replace("T1", "T8"))
        assert existing.startswith("❌ 没有找到 T1，请看一下编号")
        assert existing.replace("T1", "T8") == unknown
    assert say(cast.wang_fang, "跟进") == "现在没有与您有关的跟进"


def test_only_the_committee_names(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "指派 T1 何敏").startswith("❌ “指派”由")


def test_the_third_month_is_listed_for_evaluation(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    scored(cast, cast.zhang_san, 55, AUGUST, SEPTEMBER, OCTOBER)
    final(cast)
    assert "\nT1 将列入年度民主评议，由支部提出、会议决定\n" in arrived(cast.zhang_san)[0]
    assert arrived(cast.wang_jianjun) == [
        "T1 张三　10月55分（合格60分），连续第3个月\n请支部提出列入年度民主评议，并记录，12月4日前　[记录]"
    ]
    say(cast.wang_jianjun, RECORD)
    assert say(cast.wang_jianjun, "1") == "✅ T1 已记录：张三，已告知本人\n期限：12月31日　不用再办"


def test_a_zeroed_month_is_told_with_what_follows(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    zeroed(cast, cast.zhang_san)
    final(cast)
    texts = arrived(cast.zhang_san)
    assert texts[1] == (
        "您10月按处理决定记为0分\nT2 分管领导在民主生活会上说明情况，3月31日前\n[认可] [有异议]\n"
        "11月27日24点前可以提异议，答复前先不办"
    )
    assert arrived(cast.zhou_guoping) == [
        "T2 张三　10月按处理决定记为0分\n请在民主生活会上说明情况，并记录，3月31日前　[记录]"
    ]


def test_a_recheck_is_told_to_both(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    scored(cast, cast.zhang_san, 55)
    scored(cast, cast.wang_fang, 50, OCTOBER, NOVEMBER)
    final(cast)
    for number in (1, 2):
        say(cast.wang_jianjun, RECORD.replace("T1", f"T{number}"))
        say(cast.wang_jianjun, "1")
    arrived(cast.wang_jianjun)
    arrived(cast.zhang_san)
    final(cast, NOVEMBER, LATER)
    assert arrived(cast.zhang_san, LATER) == ["T1 谈话整改复核：您11月审定70分，达标，这件办结"]
    told = arrived(cast.wang_jianjun, LATER)
    assert told[1] == "T2 谈话整改复核：王芳11月审定50分，还没有达到合格分"
    assert say(cast.zhang_san, "跟进 T1", at=LATER).endswith("11月审定70分，达标")
    assert say(cast.wang_fang, "跟进 T2", at=LATER).endswith("11月审定50分，未达标")
    assert say(cast.zhang_san, "跟进", at=LATER) == "现在没有与您有关的跟进"


def test_in_the_trial_period_only_the_secretary_hears_of_it(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    scored(cast, cast.zhang_san, 55, SEPTEMBER, OCTOBER)
    scored(cast, cast.wang_fang, 58)
    final(cast, since="2026-11")
    assert arrived(cast.zhang_san) == []
    assert arrived(cast.wang_jianjun) == [
        "试运行：10月如果正式执行，会有以下跟进。现在只给您看，没有告知本人，不用办理\n"
        "张三 55分，连续第2个月：党委指派人员约谈整改\n王芳 58分：支部书记谈话整改"
    ]


def test_a_long_trial_list_is_cut_and_one_without_ground_is_not_sent(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    people = (
        cast.zhang_san, cast.wang_fang, cast.liu_qiang, cast.chen_jing, cast.zhao_min,
        cast.ouyang_jianguo, cast.ma_chao, cast.zheng_shuang, cast.feng_tao,
    )  # fmt: skip
    for member in people:
        scored(cast, member, 50)
    final(cast, since="2026-11")
    assert arrived(cast.wang_jianjun)[0].endswith("\n另有1件")
    scored(cast, cast.wang_fang, 50, NOVEMBER)
    final(cast, NOVEMBER, since="2026-12")
    scored(cast, cast.wang_fang, 60, NOVEMBER)
    assert arrived(cast.wang_jianjun) == []


def test_what_is_settled_meanwhile_is_not_told(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    with cast.sessions.write() as session:
        entry = session.get_one(Entry, 1)
        ledger.lock(session, entry.branch_id)
        ledger.reverse(session, entry, by=session.get_one(Member, cast.wang_jianjun.id), now=NOW, reason="记错了")
    assert job.correct(cast.sessions, now=NOW) == 1
    assert arrived(cast.zhang_san) == ["T1 已取消：您的10月积分已更正，或异议成立，不用再办"]
    assert arrived(cast.wang_jianjun) == ["T1 已取消：张三的10月积分已更正，或异议成立，不用再办"]


def test_reminders_and_who_hears_when_it_is_over(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    arrived(cast.wang_jianjun)
    arrived(cast.zhou_guoping)
    morning = at(date(2026, 12, 3), 8)
    assert job.remind(cast.sessions, now=morning) == 1
    assert arrived(cast.wang_jianjun, morning) == [
        "提醒您：下面这件12月4日到期\nT1 张三　10月55分（合格60分）\n请谈一次话并记录，12月4日前　[记录谈话]"
    ]
    over = at(date(2026, 12, 5), 8)
    assert job.remind(cast.sessions, now=over) == 1
    assert arrived(cast.wang_jianjun, over)[0].startswith("下面这件已过期（12月4日），请尽快办理，上级已知\nT1 张三")
    assert arrived(cast.zhou_guoping, over) == [
        "T1 张三（第一支部）支部书记谈话整改\n到12月4日没有办完，责任人：书记王建军，已提醒\n[看]"
    ]


def test_a_warning_says_what_is_missing(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    scored(cast, cast.zhang_san, "58.5", NOVEMBER)
    scored(cast, cast.wang_fang, 50, NOVEMBER)
    with cast.sessions.write() as session:
        in_earnest(session)
        rounds.begin(session, cast.first_branch.id, NOVEMBER)
    # November 30 is a Monday: with five working days left it is Tuesday, the 24th.
    soon = at(date(2026, 11, 24), 8)
    assert job.warn(cast.sessions, now=soon) == 2
    scored(cast, cast.wang_fang, 60, NOVEMBER)
    assert arrived(cast.wang_fang, soon) == []
    assert arrived(cast.zhang_san, soon) == [
        "11月快结束了，您现为 58.5 分，再得 1.5 分合格\n11月做过的事，12月3日24点前都能报：[申报] [细则]\n"
        "有困难可以和组长、书记说"
    ]


def test_many_follow_ups_are_cut(say: RecordedSay, cast: Cast) -> None:
    people = (
        cast.zhang_san, cast.wang_fang, cast.liu_qiang, cast.chen_jing, cast.zhao_min, cast.ouyang_jianguo,
        cast.ma_chao,
    )  # fmt: skip
    for member in people:
        scored(cast, member, 50, SEPTEMBER, OCTOBER)
    final(cast)
    assert say(cast.wang_jianjun, "跟进").endswith("\n另有1件")


def test_a_follow_up_stands_with_what_a_member_sees_of_himself(say: RecordedSay, cast: Cast) -> None:
    line = "\nT1 支部书记谈话整改（待办理） [看]\n"
    scored(cast, cast.zhang_san, 55)
    final(cast)
    assert line in say(cast.zhang_san, "我")
    assert line in say(cast.zhang_san, "积分 10月")
    assert line not in say(cast.zhang_san, "积分")
    assert line not in say(cast.wang_fang, "积分 10月")
    assert say(cast.zhang_san, "跟进") == "T1 支部书记谈话整改（待办理） [看]"


def test_a_number_out_of_sight_is_refused_before_anything_is_asked(say: RecordedSay, cast: Cast) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    talk = "❌ 没有找到 {}，请看一下编号\n例如：待办"
    for number in ("T99", "T1"):  # one that does not exist, and one that is not the asker's to see
        assert say(cast.qian_jin, f"谈话 {number}") == talk.format(number)
    assert say(cast.wang_fang, "有异议 T1") == talk.format("T1")
    assert say(cast.zhou_guoping, "指派 T99") == talk.format("T99")
    for line in ("不通过 1", "退回 1", "不通过 L9", "处理 Y9"):
        number = f"#{line[-1]}" if line.endswith("1") else line.split()[1]
        example = "我有意见" if line.startswith("处理") else "待办"
        assert say(cast.qian_jin, line) == f"❌ 没有找到 {number}，请看一下编号\n例如：{example}"
    assert say(cast.wang_fang, "补充 1") == "❌ 没有找到 #1，请看一下编号\n例如：我的申报"
    assert say(cast.wang_fang, "申诉 1") == "❌ 没有找到 #1，请看一下编号\n例如：我的申报"
    assert say(cast.wang_fang, "申诉 J9") == "❌ 没有找到 J9，请看一下编号\n例如：积分"
    assert say(cast.wang_fang, "申诉 T1") == talk.format("T1")
    assert say(cast.wang_fang, "请假 M9") == "❌ 没有找到请您参加的 M9，请看一下编号\n例如：会议"
    assert say(cast.li_si, "取消会议 M9") == "❌ 没有找到由您组织的 M9，请看一下编号\n例如：会议"
    assert say(cast.li_si, "会议记录 M9") == "❌ 没有找到由您组织的 M9，请看一下编号\n例如：会议"
    # Of several each is refused by itself, once it is decided.
    assert say(cast.li_si, "不通过 1 99").startswith("不通过的理由是")


def test_a_dialog_goes_on_after_a_number_out_of_sight(say: RecordedSay, cast: Cast) -> None:
    scored(cast, cast.zhang_san, 55)
    final(cast)
    say(cast.wang_jianjun, "谈话")
    assert say(cast.wang_jianjun, "T99").startswith("❌ 没有找到 T99")
    assert say(cast.wang_jianjun, "T1").startswith("谈下来是什么原因？")
    assert say(cast.zhang_san, "解释 T1") == say(cast.zhang_san, "跟进 T1")
