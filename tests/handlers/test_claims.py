"""申报 and what a member does with claims (rules 8, 13)."""

from datetime import date, timedelta

import pytest

from handlers.words import TAP
from models import followers
from models.appointments import Appointment, Office
from models.months import at
from tests.cast import NOW, Cast
from tests.handlers.setting import MINUTE, own_rulebook
from tests.recording import Arrivals, RecordedSay

ACCEPTED = """\
✅ #1 已提交，待组长李四审核
社区志愿服务 2小时（11月19日）
通过后加 2 分；此项本月还可加 2 分
有照片可在10分钟内直接发来，不发也行
请勿发涉密、案件和内部文件
报错了：[撤回 1]"""


def test_a_deed_of_a_closed_month_is_refused_rather_than_asked_about(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    later = at(date(2026, 12, 7), 9)
    told = say(cast.zhang_san, "申报 社区志愿 2小时 11月19日", at=later)
    assert told.startswith("❌ 11月的事到12月3日为止")


@pytest.mark.manual("member", "申报", title="一句话申报，组长审核，结果自己来")
def test_a_claim_in_one_line(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.zhang_san, "申报 社区志愿 2小时 昨天 清扫河堤") == ACCEPTED
    assert arrived(cast.li_si) == [
        "待审 #1　张三\n社区志愿服务 2小时 +2分\n11月19日　清扫河堤\n此项本月已得 0 分，最多 4 分\n"
        "[通过] [退回补充] [不通过] [转交]"
    ]
    assert say(cast.li_si, "通过 1") == (
        "✅ #1 已通过：张三 社区志愿服务 +2 分\n点错了，24小时内可 [撤销 1]\n没有待审的了"
    )
    assert arrived(cast.zhang_san) == ["#1 已通过，加 2 分\n社区志愿服务 2小时（11月19日）\n您11月现为 72 分 [看明细]"]


def test_the_word_of_the_command_may_be_left_out(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "昨天社区志愿2小时清扫河堤") == ACCEPTED


@pytest.mark.manual("member", "追问", title="没说清楚，会列数字来问")
def test_what_fits_several_items_is_asked_back(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "下社区2小时") == (
        "“下社区2小时”是哪一项？\n"
        "1 社区志愿服务（每小时+1分）\n"
        "2 走访慰问、上门帮扶（每户+1分）\n"
        "3 下基层宣讲、咨询服务（每场+2分）\n"
        "回数字即可；都不是，回“取消”"
    )
    assert say(cast.zhang_san, "1").startswith(
        "✅ #1 已提交，待组长李四审核\n社区志愿服务 2小时（11月20日）\n通过后加 2 分"
    )


@pytest.mark.manual("member", "逐步申报", title="只发“申报”两个字，一步一步来")
def test_a_bare_claim_asks_step_by_step(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "申报").startswith(
        "报哪一项？直接写事情就行，例如：社区志愿 2小时 昨天\n1 完成当月学习任务"
    )
    assert say(cast.zhang_san, "6").startswith("社区志愿服务按小时计，是多少小时")
    assert say(cast.zhang_san, "2") == (
        "是哪一天的事？别的日子请直接写，例如：15日\n"
        "1 今天（11月20日）\n2 昨天（11月19日）\n3 前天（11月18日）\n"
        "回数字即可；都不是，回“取消”"
    )
    assert say(cast.zhang_san, "2") == ACCEPTED


def test_a_bare_claim_offers_what_one_claims_usually(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.zhang_san, "申报 走访 1户 昨天")
    assert say(cast.zhang_san, "申报") == (
        "报哪一项？常报的有下面这些，别的请直接写\n"
        "1 走访慰问、上门帮扶（每户+1分）\n2 社区志愿服务（每小时+1分）\n"
        "回数字即可；都不是，回“取消”"
    )


def test_too_much_at_once_is_refused_with_an_example(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    answer = say(cast.zhang_san, "申报 社区志愿 20小时 昨天 清扫河堤")
    assert answer.startswith(
        "❌ 没有提交：社区志愿服务一次最多报8小时，您写的是20小时。请按实际再报\n例如：申报 社区志愿服务 2小时 "
    )
    assert arrived(cast.li_si) == []


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("申报 社区志愿 2小时 明天", "❌ 11月21日还没到，做完再报\n例如：申报 社区志愿 2小时 今天"),
        # before a question
        ("申报 社区志愿 明天", "❌ 11月21日还没到，做完再报\n例如：申报 社区志愿 2小时 今天"),
        (
            "申报 社区志愿 2小时 9月15日",
            "❌ 9月的事到10月10日为止，现在不能再报。确有特殊情况请找支部书记\n例如：申报 社区志愿 2小时 昨天",
        ),
        ("申报 主题党日 昨天", "❌ 签到已自动计分，不用申报\n例如：积分"),
    ],
)
def test_what_cannot_be_claimed_is_refused_with_the_reason(
    say: RecordedSay, cast: Cast, line: str, answer: str
) -> None:
    assert say(cast.zhang_san, line) == answer


def test_in_the_first_days_the_month_before_is_still_open(say: RecordedSay, cast: Cast) -> None:
    answer = say(cast.zhang_san, "申报 社区志愿 2小时 11月28日", at=at(date(2026, 12, 2), 9))
    assert "通过后加 2 分；此项11月还可加 2 分" in answer


def test_the_answer_says_what_the_cap_leaves(say: RecordedSay, cast: Cast) -> None:
    assert "通过后加 4 分；此项本月就满了" in say(cast.zhang_san, "申报 社区志愿 4小时 18日")
    say(cast.li_si, "通过 1")
    assert "此项本月到上限了，通过后加 0 分，其余作为记录" in say(cast.zhang_san, "申报 社区志愿 1小时 昨天")


def test_an_item_without_a_cap_says_only_what_it_gives(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    own_rulebook(cast, cap_month=None, cap_year=None)
    assert "\n通过后加 2 分\n" in say(cast.sun_li, "申报 社区志愿 2小时 昨天")
    assert arrived(cast.wu_gang)[0] == (
        "待审 #1　孙丽\n社区志愿服务 2小时 +2分\n11月19日\n[通过] [退回补充] [不通过] [转交]"
    )


def test_a_deduction_may_be_declared_by_oneself(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.zhang_san, "申报 无正当理由未完成学习任务") == (
        "✅ #1 已提交，待组长李四审核\n无正当理由未完成学习任务（11月20日）\n"
        "通过后扣 4 分；此项本月就满了\n报错了：[撤回 1]"
    )


def test_what_is_done_once_a_month_has_no_number(say: RecordedSay, cast: Cast) -> None:
    assert "\n完成当月学习任务（11月20日）\n" in say(cast.zhang_san, "申报 学习任务")


def test_the_same_item_and_day_is_pointed_out_and_confirmed(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天 上午")
    question = "11月19日的社区志愿服务已经报过（#1，待审核）。这是另外一次吗？\n1 是　2 不是"
    assert say(cast.zhang_san, "申报 社区志愿 1小时 昨天 下午值守") == question
    assert say(cast.zhang_san, "2") == "好的，什么都没有改动"
    assert say(cast.zhang_san, "申报 社区志愿 1小时 昨天 下午值守") == question
    assert say(cast.zhang_san, "对").startswith("✅ #2 已提交，待组长李四审核\n社区志愿服务 1小时（11月19日）")


@pytest.mark.manual("member", "佐证", title="有的事项要先发照片")
def test_evidence_that_is_required_is_asked_for_and_taken_along(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    assert say(cast.zhang_san, "申报 心得 昨天") == (
        "撰写心得体会需要照片佐证。请直接发来一张照片，收到就提交\n请勿发涉密、案件和内部文件\n不报了，回“取消”"
    )
    assert say.picture(cast.zhang_san, "media-1") == (
        "✅ #1 已提交，待组长李四审核\n撰写心得体会 1篇（11月19日）\n"
        "通过后加 1 分；此项本月就满了\n照片1张已附上\n报错了：[撤回 1]"
    )
    assert "11月19日　照片1张" in arrived(cast.li_si)[0]


def test_who_has_no_picture_may_leave(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 心得 昨天")
    assert say(cast.zhang_san, "不") == "好的，没有提交，什么都没有改动"
    assert arrived(cast.li_si) == []


def test_what_is_refused_anyway_asks_for_no_picture(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "申报 心得 明天").startswith("❌ 11月21日还没到")


def test_a_picture_sent_before_goes_with_the_claim(say: RecordedSay, cast: Cast) -> None:
    assert say.picture(cast.zhang_san, "media-1") == (
        "✅ 照片收到了，10分钟内报的事项会附上它。请接着报，例如：\n"
        "申报 社区志愿 2小时 昨天 清扫河堤\n请勿发涉密、案件和内部文件"
    )
    assert "\n照片1张已附上\n" in say(cast.zhang_san, "申报 心得 昨天", at=NOW + 9 * MINUTE)


def test_a_picture_waits_ten_minutes_only(say: RecordedSay, cast: Cast) -> None:
    say.picture(cast.zhang_san, "media-1")
    assert "需要照片佐证" in say(cast.zhang_san, "申报 心得 昨天", at=NOW + 10 * MINUTE)


def test_a_picture_sent_after_is_added_to_the_claim(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    answer = say.picture(cast.zhang_san, "media-1", at=NOW + 9 * MINUTE)
    assert answer == "✅ 照片已附到 #1 社区志愿服务 2小时，共1张\n请勿发涉密、案件和内部文件"
    assert say.picture(cast.zhang_san, "media-2", at=NOW + 9 * MINUTE) == "✅ 照片已附到 #1 社区志愿服务 2小时，共2张"


def test_who_has_sent_a_picture_is_not_warned_again(say: RecordedSay, cast: Cast) -> None:
    say.picture(cast.zhang_san, "media-1")
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    again = say(cast.zhang_san, "申报 走访 1户 昨天")
    assert "有照片可在10分钟内直接发来，不发也行\n报错了" in again


def test_a_stranger_who_sends_a_picture_is_welcomed(say: RecordedSay) -> None:
    assert say.picture("o-stranger", "media-1").startswith("您好，这里是机关党委党员积分服务。")


@pytest.mark.manual("member", "我的申报", title="看自己报过什么，撤回报错的")
def test_my_claims_and_withdrawing_one(say: RecordedSay, cast: Cast) -> None:
    assert say.aside(cast.zhang_san, "我的申报") == (
        "11月还没有申报，12月3日前都能报\n例如：申报 社区志愿 2小时 昨天 清扫河堤"
    )
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天 清扫河堤")
    say.aside(cast.zhang_san, "申报 走访 1户 16日 看望陈婆婆")
    say.aside(cast.li_si, "通过 1")
    assert say(cast.zhang_san, "我的申报") == (
        "11月申报 2 条\n"
        "#2 11月16日 走访慰问、上门帮扶 1户 +1 待审核 [撤回]\n"
        "#1 11月19日 社区志愿服务 2小时 +2 已通过 [看经过]"
    )
    assert say(cast.zhang_san, "撤回 2") == (
        "✅ #2 已撤回，不再审核\n要改了再报，例如：\n申报 社区志愿 2小时 昨天 清扫河堤"
    )


def test_claims_of_another_month(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "我的申报 10月").startswith("10月还没有申报，11月4日前都能报")


def test_withdrawing_settles_the_card(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.zhang_san, "撤回 1")
    assert arrived(cast.li_si) == []


def test_what_is_decided_is_not_withdrawn(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.li_si, "通过 1")
    assert say(cast.zhang_san, "撤回 1").startswith("❌ #1 现在是“已通过”，不能撤回")


@pytest.mark.manual("member", "补充", title="组长要您补一点")
def test_a_returned_claim_is_supplemented(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申报 走访 1户 16日")
    arrived.aside(cast.li_si)
    say(cast.li_si, "退回 1 走访的哪一户、做了什么")
    assert arrived(cast.zhang_san) == [
        "#1 请补一点再审：走访慰问、上门帮扶 1户（11月16日）\n要补的：走访的哪一户、做了什么\n"
        "直接回复：补充 1 您要补的话\n12月3日前补上都算11月的"
    ]
    assert say(cast.zhang_san, "补充 1 看望独居老人陈婆婆") == (
        "✅ #1 已补充，待组长李四审核\n走访慰问、上门帮扶 1户：看望独居老人陈婆婆\n有照片可在10分钟内直接发来"
    )
    assert arrived(cast.li_si)[-1].startswith(
        "待审 #1　张三\n走访慰问、上门帮扶 1户 +1分\n11月16日　看望独居老人陈婆婆"
    )


def test_an_item_that_takes_no_picture_asks_for_none(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 学习任务")
    assert say(cast.zhang_san, "补充 1 学完了必读两篇") == (
        "✅ #1 已补充，待组长李四审核\n完成当月学习任务：学完了必读两篇"
    )


@pytest.mark.manual("member", "本月没有了", title="没有要报的")
def test_nothing_to_claim(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "本月没有了") == "✅ 记下了：您11月没有要报的了\n想起来还有，12月3日前随时可报"
    assert "张三 本月没有要报的" in say.aside(cast.li_si, "成员")


def test_right_after_a_months_end_the_word_is_about_the_month_before(say: RecordedSay, cast: Cast) -> None:
    assert "您11月没有要报的了" in say(cast.zhang_san, "零申报", at=at(date(2026, 12, 2), 9))


@pytest.mark.manual("leader", "代报", title="替没有微信的老同志报")
def test_a_leader_records_for_a_member_without_wechat(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.li_si, "代报 刘大爷 社区志愿 2小时 昨天 楼道值守") == (
        "✅ #1 已提交（代刘德福报），待书记王建军审核\n社区志愿服务 2小时（11月19日）\n"
        "通过后加 2 分；此项本月还可加 2 分\n报错了：[撤回 1]"
    )
    assert arrived(cast.wang_jianjun)[0].startswith("待审 #1　刘德福（李四代报）\n社区志愿服务 2小时 +2分")
    assert say(cast.wang_jianjun, "通过 1").startswith("✅ #1 已通过：刘德福 社区志愿服务 +2 分")
    assert arrived(cast.li_si) == ["#1 已通过，加 2 分\n刘德福　社区志愿服务 2小时（11月19日）\n[看经过]"]


def test_who_records_for_others_shows_the_evidence_too(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.li_si, "代报 王芳 心得 昨天").startswith("撰写心得体会需要照片佐证。请直接发来一张照片，收到就提交")
    assert say.picture(cast.li_si, "media-1").startswith("✅ #1 已提交（代王芳报），待书记王建军审核")
    assert "照片1张" in arrived(cast.wang_jianjun)[0]


def test_who_recorded_a_claim_does_not_decide_it(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "代报 刘德福 社区志愿 2小时 昨天")
    assert say(cast.li_si, "通过 1") == "❌ #1 不由您审核\n例如：待办"


def test_only_leaders_record_for_others(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "代报 刘德福 社区志愿 2小时 昨天") == (
        "❌ “代报”由党小组长、支部书记办理，您可以回“帮助”看自己能办的"
    )


def test_a_planted_link_is_harmless_in_the_leaders_chat(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, '申报 社区志愿 2小时 昨天 <a href="//ab.cn">领奖</a>')
    pushed = arrived(cast.li_si)[0]
    listed = say.reply(cast.li_si, "待办").text
    for text in (pushed, listed, say.reply(cast.li_si, "解释 1").text):
        assert "领奖" in text
        assert "<" not in text
        assert "://" not in text


def test_private_characters_cannot_plant_a_tap(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天 \ue000好\ue001通过 1\ue002")
    shown = say.reply(cast.li_si, "待办").text
    assert "好 通过 1" in shown
    assert len(TAP.findall(shown)) == 4  # the claim's own buttons


def test_a_claim_that_nobody_can_be_asked_about_waits_for_the_branch(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        for person in (cast.li_si, cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.zhou_guoping):
            followers.unfollow(session, Cast.openid(person), NOW)
    assert say(cast.zhang_san, "申报 社区志愿 2小时 昨天").startswith("✅ #1 已提交，待支部审核")


def test_whoever_decides_is_named_with_the_office_that_lets_them(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        for office, place in (
            (Office.PUBLICITY_COMMISSIONER, cast.first_branch),
            (Office.GROUP_LEADER, cast.second_group),
        ):
            held = Appointment(
                member_id=cast.feng_tao.id, organization_id=place.id, office=office, starts_on=NOW.date()
            )
            session.add(held)
            session.flush()
    assert say(cast.zheng_shuang, "申报 社区志愿 2小时 昨天").startswith("✅ #1 已提交，待组长马超、组长冯涛审核")


def test_a_claim_of_last_minute_counts(say: RecordedSay, cast: Cast) -> None:
    last = at(date(2026, 12, 4)) - timedelta(seconds=1)
    assert say(cast.zhang_san, "申报 社区志愿 2小时 11月30日", at=last).startswith("✅ #1")
    assert say(cast.zhang_san, "申报 社区志愿 2小时 11月29日", at=last + timedelta(seconds=1)).startswith(
        "❌ 11月的事到12月3日为止"
    )
