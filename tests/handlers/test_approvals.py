"""What a group leader and the levels above decide (rules 9 to 12)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete

from bot.talk import Talk
from models.months import at
from models.pictures import Picture
from tests.cast import NOW, Cast
from tests.dialogue import SECRET
from tests.handlers.setting import HOUR, MINUTE, own_rulebook
from tests.recording import Arrivals, RecordedSay

BUTTONS = "[通过] [退回补充] [不通过] [转交]"


@pytest.mark.manual("leader", "待办", title="看等自己审的，一条一条点")
def test_the_list_of_what_waits(say: RecordedSay, cast: Cast) -> None:
    assert say.aside(cast.li_si, "待办") == "现在没有等您办的事"
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天 清扫河堤")
    say.aside(cast.wang_fang, "申报 走访 1户 16日 看望陈婆婆")
    assert say(cast.li_si, "待办") == (
        f"等您办的 2 条　[通过 全部]（下面2条）\n\n"
        f"#1 张三 社区志愿服务 2小时 +2分\n11月19日　清扫河堤\n{BUTTONS}\n\n"
        f"#2 王芳 走访慰问、上门帮扶 1户 +1分\n11月16日　看望陈婆婆\n{BUTTONS}"
    )
    assert say(cast.li_si, "通过 1") == (
        "✅ #1 已通过：张三 社区志愿服务 +2 分\n点错了，24小时内可 [撤销 1]\n还有 1 条待审 [下一条] [待办]"
    )


def test_the_list_of_one_person(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天 清扫河堤")
    say(cast.wang_fang, "申报 走访 1户 16日")
    assert say(cast.li_si, "待办 王芳").startswith("等您办的 1 条\n\n#2 王芳")


@pytest.mark.sqlite_only
def test_the_list_says_when_it_knows_nobody_so_called(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "待办 张六") == "没有找到“张六”，现在也没有等您办的事"
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天 清扫河堤")
    assert say(cast.li_si, "待办 张六").startswith("没有找到“张六”，下面是所有等您办的事\n\n等您办的 1 条\n\n#1 张三")
    for line in ("我的待办", "看看待办", "待办有哪些", "有什么要我审的"):
        assert say(cast.li_si, line).startswith("等您办的 1 条"), line


def test_a_long_list_comes_three_at_a_time(say: RecordedSay, cast: Cast) -> None:
    for day in (16, 17, 18, 19):
        say(cast.zhang_san, f"申报 走访 1户 {day}日")
    shown = say(cast.li_si, "待办")
    assert shown.startswith("等您办的 4 条　[通过 全部]（下面3条）")
    assert shown.endswith("\n\n另有 1 条，办完这些再回 [待办]")
    assert "#4" not in shown


def test_one_claim_opened_has_its_buttons(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天 清扫河堤")
    assert say(cast.li_si, "解释 1").endswith(f"\n{BUTTONS}")


@pytest.mark.manual("leader", "一次通过", title="一次通过几条，或者全部")
def test_several_are_approved_at_once(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say.aside(cast.wang_fang, "申报 走访 1户 昨天")
    assert say(cast.li_si, "通过 1 2") == (
        "✅ #1 已通过：张三 社区志愿服务 +2 分\n#2 已通过：王芳 走访慰问、上门帮扶 +1 分\n"
        "点错了，24小时内可“撤销 编号”\n没有待审的了"
    )
    assert arrived(cast.zhang_san)[0].startswith("#1 已通过，加 2 分")
    assert arrived(cast.wang_fang)[0].startswith("#2 已通过，加 1 分")


def test_in_a_list_each_number_succeeds_or_is_refused_by_itself(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.wang_fang, "申报 走访 1户 昨天")
    say(cast.wang_jianjun, "通过 2")
    assert say(cast.li_si, "通过 1 2 77") == (
        "✅ #1 已通过：张三 社区志愿服务 +2 分\n点错了，24小时内可 [撤销 1]\n没有待审的了\n"
        "没有办：#2 已通过（王建军），以此为准\n没有办：没有找到 #77，请看一下编号"
    )


def test_a_list_of_which_nothing_succeeded_is_refused(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "通过 76 77") == "❌ 没有找到 #76，请看一下编号\n没有找到 #77，请看一下编号"


def test_all_is_the_list_last_shown_without_those_flagged(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.wang_fang, "申报 走访 1户 昨天")
    say(cast.wang_fang, "申报 走访 1户 昨天")
    say(cast.wang_fang, "1")
    assert "#3 王芳 走访慰问、上门帮扶 1户 +1分\n11月19日\n请留意：重复\n" in say(cast.li_si, "待办")
    say(cast.chen_jing, "申报 走访 1户 昨天")  # came after the list
    assert say(cast.li_si, "通过 全部") == (
        "✅ #1 已通过：张三 社区志愿服务 +2 分\n#2 已通过：王芳 走访慰问、上门帮扶 +1 分\n"
        "点错了，24小时内可“撤销 编号”\n还有 2 条待审 [下一条] [待办]\n没有办：#3 王芳（重复），请单独看"
    )


def test_all_leaves_out_what_an_earlier_one_brought_over_the_cap(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 3小时 18日")
    say(cast.zhang_san, "申报 社区志愿 2小时 19日")
    say(cast.li_si, "待办")
    assert say(cast.li_si, "通过 全部").endswith("没有办：#2 张三（超限），请单独看")


def test_all_counts_for_ten_minutes(say: RecordedSay, cast: Cast) -> None:
    refused = "❌ “全部”指刚看过的待办，请先看一下待办\n例如：待办"
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    assert say(cast.li_si, "通过 全部") == refused
    say(cast.li_si, "待办")
    assert say(cast.li_si, "通过 全部", at=NOW + 10 * MINUTE) == refused
    assert say(cast.li_si, "通过 全部", at=NOW + 9 * MINUTE).startswith("✅ #1 已通过")


def test_what_to_look_at_stands_on_the_card(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.picture(cast.zhang_san, "media-1")
    say(cast.zhang_san, "申报 心得 昨天")
    with cast.sessions.write() as session:
        session.execute(delete(Picture))  # lost, say with a disk
    assert arrived(cast.li_si)[0] == (
        "待审 #1　张三\n撰写心得体会 1篇 +1分\n11月19日　没有照片\n"
        f"此项本月已得 0 分，最多 1 分\n请留意：缺佐证\n{BUTTONS}"
    )
    assert "请留意：缺佐证" in say(cast.li_si, "待办")


def test_pictures_are_looked_at_on_a_page_of_ones_own(say: RecordedSay, cast: Cast) -> None:
    def page(picture_id: int, member_id: int) -> str:
        return f"https://x.example/{picture_id}/{member_id}"

    say.talk = Talk(cast.sessions, secret=SECRET, picture_page=page)
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say.picture(cast.zhang_san, "media-1")
    assert say.reply(cast.li_si, "待办").text.count(f"看照片\ue001https://x.example/1/{cast.li_si.id}\ue002") == 1
    say.picture(cast.zhang_san, "media-2")
    assert "照片2张 [看1] [看2]" in say(cast.li_si, "待办")


def test_more_than_five_points_want_a_look(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    own_rulebook(cast, points=Decimal(6), cap_month=None, cap_year=None)
    say(cast.sun_li, "申报 走访 1户 昨天")
    assert "请留意：超过5分" in arrived(cast.wu_gang)[0]


@pytest.mark.manual("leader", "改分", title="分数不对，改了再通过")
def test_another_figure_needs_a_reason(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    assert say(cast.li_si, "通过 1 改 1.5") == "❌ 改分要写一句理由\n例如：通过 1 改 1.5 实际时间少些"
    assert say(cast.li_si, "通过 1 改 1.5 实际一个半小时").startswith(
        "✅ #1 已通过：张三 社区志愿服务 +1.5 分（申报+2，改分）"
    )
    assert arrived(cast.zhang_san) == [
        "#1 已通过，加 1.5 分\n社区志愿服务 2小时（11月19日）\n申报 2 分，审核改为 1.5 分：实际一个半小时\n"
        "您11月现为 71.5 分 [看明细]"
    ]


def test_a_figure_only_gets_smaller(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    assert say(cast.li_si, "通过 1 改 3 做得好").startswith("❌ #1 申报 2 分，只能改成比它小、大于0的分数")


def test_what_the_cap_cuts_is_said_to_both(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 社区志愿 3小时 18日")
    say(cast.zhang_san, "申报 社区志愿 2小时 19日")
    say(cast.li_si, "通过 1")
    assert say(cast.li_si, "通过 2").startswith("✅ #2 已通过：张三 社区志愿服务 +1 分（申报+2，已到上限）")
    assert arrived(cast.zhang_san)[-1] == (
        "#2 已通过，加 1 分\n社区志愿服务 2小时（11月19日）\n申报 2 分，此项当月已到上限，超出的 1 分只作记录\n"
        "您11月现为 74 分 [看明细]"
    )


@pytest.mark.manual("leader", "不通过", title="不通过，要有理由")
def test_a_refusal_has_a_reason(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申报 走访 1户 18日")
    assert say(cast.li_si, "不通过 1") == (
        "不通过的理由是？别的理由请直接写\n1 日期不对\n2 数量不符\n3 缺佐证\n4 重复\n5 不属于此项\n"
        "回数字即可；都不是，回“取消”"
    )
    assert say(cast.li_si, "当天没有走访安排") == (
        "✅ #1 已定为不通过，理由已告知张三\n理由：当天没有走访安排\n点错了，24小时内可 [撤销 1]\n没有待审的了"
    )
    assert arrived(cast.zhang_san) == [
        "#1 未通过，这次不加分\n走访慰问、上门帮扶 1户（11月18日）\n理由：当天没有走访安排\n审核人：组长李四\n"
        "有不同意见：[我有意见] 或回“申诉 1 理由”"
    ]


def test_a_usual_reason_is_a_number(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 走访 1户 18日")
    say(cast.li_si, "不通过 1")
    assert "\n理由：日期不对\n" in say(cast.li_si, "1")


def test_several_are_rejected_for_one_reason(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 走访 1户 18日")
    say(cast.wang_fang, "申报 走访 1户 18日")
    assert say(cast.li_si, "不通过 1 2 日期不对") == (
        "✅ #1 已定为不通过，理由已告知张三\n#2 已定为不通过，理由已告知王芳\n理由：日期不对\n没有待审的了"
    )


def test_a_declared_deduction_that_is_rejected_costs_nothing(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 无正当理由未完成学习任务")
    say(cast.li_si, "不通过 1 已经补学")
    assert arrived(cast.zhang_san)[0].startswith("#1 未通过，这次不扣分")


@pytest.mark.manual("leader", "退回", title="退回，请他补一点")
def test_sending_back_asks_what_is_missing(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.zhang_san, "申报 走访 1户 16日")
    assert say(cast.li_si, "退回 1") == "要他补充什么？请直接写，例如：走访的哪一户\n不办了，回“取消”"
    assert say(cast.li_si, "走访的哪一户、做了什么") == (
        "✅ #1 已退回张三补充\n要补的：走访的哪一户、做了什么\n补好后会再送给您\n没有待审的了"
    )


@pytest.mark.manual("leader", "转交", title="拿不准的，转交书记")
def test_handing_over_to_the_next_level(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申报 走访 1户 昨天")
    assert say(cast.li_si, "转交 1") == "✅ #1 已转交书记王建军审核，已告知\n没有待审的了"
    assert arrived(cast.wang_jianjun)[0].startswith("待审 #1　张三")
    assert say(cast.li_si, "通过 1") == "❌ #1 不由您审核\n例如：待办"
    assert say(cast.wang_jianjun, "通过 1").startswith("✅ #1 已通过：张三")


def test_handing_over_goes_up_to_the_committee(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    answers = [say(who, "转交 1") for who in (cast.li_si, cast.wang_jianjun, cast.he_min, cast.sun_lei)]
    assert [answer.split("\n")[0] for answer in answers] == [
        "✅ #1 已转交书记王建军审核，已告知",
        "✅ #1 已转交副书记何敏审核，已告知",
        "✅ #1 已转交纪检委员孙磊审核，已告知",
        "✅ #1 已转交机关党委书记周国平审核，已告知",
    ]
    assert say(cast.zhou_guoping, "转交 1") == "❌ #1 没有可以转交的上一级，请您审核\n例如：通过 1"


@pytest.mark.manual("leader", "撤销", title="点错了，24小时内可以撤销")
def test_undoing_and_deciding_again_is_told_both_times(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.li_si, "通过 1")
    arrived(cast.zhang_san)
    assert say(cast.li_si, "撤销 1") == "✅ #1 的审核已撤销，回到待审，已告知张三\n重新审核：[通过] [不通过]"
    assert arrived(cast.zhang_san) == [
        "#1 的审核已撤销，正在重新审核\n社区志愿服务 2小时（11月19日）\n有结果会再告诉您"
    ]
    assert say(cast.li_si, "通过 1").startswith("✅ #1 已通过：张三 社区志愿服务 +2 分")
    assert arrived(cast.zhang_san) == ["#1 已通过，加 2 分\n社区志愿服务 2小时（11月19日）\n您11月现为 72 分 [看明细]"]


def test_a_rejection_is_undone_too(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.li_si, "不通过 1 日期不对")
    assert say(cast.li_si, "撤销 1").startswith("✅ #1 的审核已撤销")


def test_after_a_day_nothing_is_undone(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.li_si, "通过 1")
    assert say(cast.li_si, "撤销 1", at=NOW + 24 * HOUR) == (
        "❌ #1 审核已超过24小时，不能撤销。确需更正，请找支部书记\n例如：解释 1"
    )


def test_nobody_decides_their_own_claim(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.li_si, "申报 社区志愿 2小时 昨天").startswith("✅ #1 已提交，待书记王建军审核")
    assert say(cast.li_si, "通过 1") == "❌ #1 是您自己的申报，由别人审核\n例如：我的申报"
    assert arrived(cast.wang_jianjun)[0].startswith("待审 #1　李四")


@pytest.mark.manual("secretary", "两人同审", title="两个人同时审，只有一个算数")
def test_a_second_decision_is_refused_and_says_whose_stands(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.li_si, "通过 1")
    assert say(cast.wang_jianjun, "不通过 1 日期不对") == "❌ #1 已通过（李四），以此为准\n例如：解释 1"


def test_unknown_numbers_are_answered_alike_whether_they_exist_or_not(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.zhang_san, "申报 走访 1户 昨天")
    for line in ("通过 {}", "不通过 {} 日期不对", "退回 {} 哪一户", "转交 {}", "解释 {}", "撤回 {}", "补充 {} 说明"):
        existing, unknown = say(cast.wu_gang, line.format(1)), say(cast.wu_gang, line.format(99))
        assert existing.startswith("❌ 没有找到 #1，请看一下编号")
        assert existing.replace("#1", "#99") == unknown


def test_a_member_of_the_same_group_does_not_see_a_claim(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    assert say(cast.wang_fang, "解释 1") == "❌ 没有找到 #1，请看一下编号\n例如：我的申报"


@pytest.mark.manual("leader", "代理", title="出差几天，请人代审")
def test_an_acting_leader(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.li_si, "代理 王芳 至 12月5日") == (
        "✅ 王芳代理到12月5日，已告知\n这期间的待审也送给王芳，您仍可审核"
    )
    assert arrived(cast.wang_fang) == ["李四请您代理审核，到12月5日为止\n等您审的：[待办]"]
    assert say(cast.zhang_san, "申报 走访 1户 昨天").startswith("✅ #1 已提交，待组长王芳、组长李四审核")
    assert say(cast.wang_fang, "通过 1").startswith("✅ #1 已通过：张三")


def test_an_acting_leader_is_one_until_that_days_end(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "代理 王芳 至 12月5日")
    say(cast.zhang_san, "申报 走访 1户 昨天")
    assert say(cast.wang_fang, "待办", at=at(date(2026, 12, 5), 23, 59)).startswith("等您办的 1 条")
    assert say(cast.wang_fang, "待办", at=at(date(2026, 12, 6))).startswith("❌ “待办”由党小组长")
