"""积分 and 解释 (rules 4, 7, 18)."""

from datetime import date

import pytest

from models import rulebooks
from models.bindings import Binding
from models.followers import Follower
from models.members import NotScored, NotScoredReason
from models.months import Month, at
from models.organizations import Organization
from tests.cast import BEFORE, NOW, Cast
from tests.handlers.setting import enter, own_rulebook
from tests.recording import RecordedSay

pytestmark = pytest.mark.sqlite_only  # what is read here is counted on both databases in tests/models


@pytest.mark.manual("member", "积分", title="看自己的积分")
def test_my_points(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.zhang_san, "申报 学习任务")
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say.aside(cast.li_si, "通过 1 2")
    say.aside(cast.zhang_san, "申报 走访 1户 昨天")
    assert say(cast.zhang_san, "积分") == (
        "张三　11月现为 75 分（未审定）\n"
        "基础70　加分5　扣分0\n"
        "+2 社区志愿服务　11月19日　J2\n"
        "+3 完成当月学习任务　11月20日　J1\n"
        "待审 1 条（+1）　再得 5 分到三星\n"
        "[10月] [本年]"
    )


@pytest.mark.parametrize("said", ["李四的分是多少", "积分 李四", "李四10月多少分"])
def test_points_of_somebody_else_are_not_taken_for_ones_own(say: RecordedSay, cast: Cast, said: str) -> None:
    assert say(cast.zhang_san, said) == "这里只看本人的积分\n[李四公示的积分]　[我的积分]　[排名]"
    assert say(cast.li_si, said).startswith("李四　")


def test_a_deduction_has_its_sign(say: RecordedSay, cast: Cast) -> None:
    enter(cast, cast.zhang_san, "-1", date(2026, 11, 6), "组织-02")
    assert "基础70　加分0　扣分1\n−1 迟到、早退　11月6日　J1\n" in say(cast.zhang_san, "积分")


def test_under_the_mark_one_reads_what_is_missing_to_it(say: RecordedSay, cast: Cast) -> None:
    enter(cast, cast.zhang_san, "-12", date(2026, 11, 6), "组织-03")
    assert "\n再得 2 分合格\n" in say(cast.zhang_san, "积分")


def test_at_the_last_star_nothing_is_missing(say: RecordedSay, cast: Cast) -> None:
    enter(cast, cast.zhang_san, "26", date(2026, 11, 6), "志愿-01")
    shown = say(cast.zhang_san, "积分")
    assert "96 分" in shown
    assert "再得" not in shown


def test_only_the_newest_entries_are_shown(say: RecordedSay, cast: Cast) -> None:
    for day in range(1, 9):
        enter(cast, cast.zhang_san, "0.5", date(2026, 11, day), "志愿-01")
    shown = say(cast.zhang_san, "积分")
    assert "+0.5 社区志愿服务　11月8日　J8" in shown
    assert "11月4日" not in shown
    assert "\n另有 4 条更早的 [全部明细]\n" in shown
    whole = say(cast.zhang_san, "积分 11月 全部")
    assert all(f"11月{day}日" in whole for day in range(1, 9))
    assert "更早" not in whole


def test_a_past_month(say: RecordedSay, cast: Cast) -> None:
    enter(cast, cast.zhang_san, "2", date(2026, 10, 8), "志愿-01")
    assert say(cast.zhang_san, "积分 10月").startswith("张三　10月为 72 分（未审定）\n基础70　加分2　扣分0\n")


def test_the_month_before_the_rulebook_has_no_score(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "积分 去年12月").startswith("❌ 12月还没有积分细则")


@pytest.mark.manual("member", "一年的积分", title="看一年的")
def test_the_year_month_by_month_with_its_average(say: RecordedSay, cast: Cast) -> None:
    enter(cast, cast.zhang_san, "12", date(2026, 11, 6), "志愿-01")
    shown = say(cast.zhang_san, "积分 年")
    assert shown.startswith("张三　本年平均 71.09 分（未审定）\n11月：82 分★★★\n10月：70 分★★\n")
    assert shown.endswith("\n1月：70 分★★")


def test_a_quarter(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "积分 季") == "张三　本季平均 70 分（未审定）\n11月：70 分★★\n10月：70 分★★"


def test_months_without_a_rulebook_are_left_out_of_the_average(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "积分 去年") == "张三　2025年没有计分的月份"


def test_who_is_not_scored_reads_so(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        session.add(Follower(openid="o-1012", followed_at=BEFORE))
        session.add(Binding(openid="o-1012", member_id=cast.liu_defu.id, bound_at=BEFORE))
    assert say(cast.liu_defu, "积分").startswith("刘德福　11月不计分（年老体弱），仅作记录\n基础70")
    assert say(cast.liu_defu, "积分 季") == "刘德福　本季没有计分的月份\n11月：不计分\n10月：不计分"
    assert "11月不计分（年老体弱）" in say(cast.liu_defu, "我")
    assert "您：不计名次（年老体弱）" in say(cast.liu_defu, "排名")


def test_a_part_of_the_year_not_scored_is_left_out(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        session.add(
            NotScored(
                member_id=cast.zhang_san.id,
                reason=NotScoredReason.ILL,
                decided_by_id=cast.wang_jianjun.id,
                decided_at=BEFORE,
                from_month=Month(2026, 10),
                until_month=Month(2026, 10),
            )
        )
    enter(cast, cast.zhang_san, "2", date(2026, 11, 6), "志愿-01")
    assert say(cast.zhang_san, "积分 季") == "张三　本季平均 72 分（未审定）\n11月：72 分★★\n10月：不计分"


def test_before_any_rulebook_everything_about_points_is_refused_alike(say: RecordedSay, cast: Cast) -> None:
    early = at(date(2025, 12, 30), 10)
    for line in ("积分", "细则", "申报 社区志愿 2小时 昨天"):
        assert say(cast.zhang_san, line, at=early).startswith("❌ 12月还没有积分细则，请联系机关党委导入")


@pytest.mark.manual("member", "解释", title="一条分是怎么来的")
def test_a_claim_is_opened_down_to_who_decided(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天 清扫河堤")
    say.aside(cast.li_si, "通过 1")
    assert say(cast.zhang_san, "解释 1") == (
        "#1 已通过　张三\n社区志愿服务 2小时（11月19日）清扫河堤\n细则：社区志愿服务 +1/小时（第1版）\n"
        "申报 +2，记入 +2\n11月20日 10:00 张三提交\n11月20日 10:00 李四通过"
    )
    assert say(cast.zhang_san, "解释 J1") == (
        "J1　+2 分　本人申报\n社区志愿服务（细则第1版）\n11月19日的事，11月20日 10:00记入\n审核人：李四\n[看申报 #1]"
    )


def test_every_step_of_a_claim_is_told_with_its_reason(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say.picture(cast.zhang_san, "media-1")
    say(cast.li_si, "退回 1 哪一户")
    say(cast.zhang_san, "补充 1 陈婆婆")
    say(cast.li_si, "不通过 1 日期不对")
    say(cast.li_si, "撤销 1")
    shown = say(cast.zhang_san, "解释 1")
    assert "\n照片1张\n" in shown
    assert shown.endswith(
        "11月20日 10:00 张三提交\n11月20日 10:00 李四退回补充：哪一户\n11月20日 10:00 张三补充：陈婆婆\n"
        "11月20日 10:00 李四不通过：日期不对\n11月20日 10:00 李四撤销审核"
    )


def test_a_reversal_leads_to_what_it_reverses(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.li_si, "通过 1")
    say(cast.li_si, "撤销 1")
    assert "−2 冲销：社区志愿服务　11月19日　J2" in say(cast.zhang_san, "积分")
    assert say(cast.zhang_san, "解释 J2") == (
        "J2　−2 分　冲销\n冲销：社区志愿服务（细则第1版）\n11月19日的事，11月20日 10:00记入\n审核人：李四\n"
        "说明：撤销审核\n冲销的是 J1 [看原来那条]\n[看申报 #1]"
    )


def test_an_opening_balance_has_no_item_no_day_and_no_decider(say: RecordedSay, cast: Cast) -> None:
    enter(cast, cast.zhang_san, "4.5", Month(2026, 10), None)
    assert "\n+4.5 期初积分　J1\n" in say(cast.zhang_san, "积分 10月")
    assert say(cast.zhang_san, "解释 J1") == "J1　+4.5 分　期初积分\n10月的事，11月20日 10:00记入"


def test_the_entries_of_others_are_unknown(say: RecordedSay, cast: Cast) -> None:
    enter(cast, cast.zhang_san, "2", date(2026, 11, 6), "志愿-01")
    unknown = "❌ 没有找到 J{}，请看一下编号\n例如：积分"
    assert say(cast.wang_fang, "解释 J1") == unknown.format(1)
    assert say(cast.wang_fang, "解释 J99") == unknown.format(99)
    assert say(cast.li_si, "解释 J1").startswith("J1　+2 分")


def test_a_branchs_own_rulebook_counts_for_its_members(say: RecordedSay, cast: Cast) -> None:
    own_rulebook(cast)
    with cast.sessions.read() as session:
        branch = session.get_one(Organization, cast.second_branch.id)
        assert rulebooks.in_force(session, branch.id, Month.of(NOW)).id == 2
    assert say(cast.sun_li, "积分").startswith("孙丽　11月现为 70 分")
