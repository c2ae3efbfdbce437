"""绑定 我 成员 联系 截止 (rules 30)."""

from datetime import date, timedelta

import pytest

from models import followers
from models.members import Member
from models.months import at
from tests.cast import NOW, Cast
from tests.handlers.setting import HOUR, MINUTE, code_of
from tests.recording import Arrivals, RecordedSay

NEW = "o-new-phone"
WRONG = "❌ 姓名和绑定码对不上，没有绑定。请核对后再试，或请组长再给一个\n例如：绑定 张三 123456"
LOCKED = "❌ 试错次数多了，请一小时后再绑，或请组长帮您核对绑定码"
REBOUND = "您的党员积分账号已换到另一个微信。不是您本人办的，请马上告诉组长或支部书记"


def test_a_code_binds_at_once(say: RecordedSay, cast: Cast) -> None:
    code = code_of(cast, cast.liu_defu)
    assert say(NEW, f"绑定 刘德福 {code}") == (
        "✅ 已绑定：刘德福（第一支部·第一小组）\n以后直接说话就行，例如：\n申报 社区志愿 2小时 昨天 清扫河堤\n"
        "看能办什么：[帮助]"
    )
    assert say(NEW, "我").startswith("刘德福　第一支部·第一小组")


def test_a_code_works_once(say: RecordedSay, cast: Cast) -> None:
    code = code_of(cast, cast.liu_defu)
    say(NEW, f"绑定 刘德福 {code}")
    assert say("o-second", f"绑定 刘德福 {code}") == WRONG


@pytest.mark.parametrize("code", ["JK3CY9R4QU", "QU8PL7JXLU", "GTJA3HU86U", "jk3cy9r4qu"])
def test_letters_of_a_code_are_no_pinyin(say: RecordedSay, cast: Cast, code: str) -> None:
    """One code in two hundred holds a word: 4QU is not 4 去, nor HU 户."""
    assert say(NEW, f"绑定 孙磊 {code}") == WRONG


def test_who_is_in_no_group_reads_only_the_branch(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.qian_jin, "我").startswith("钱进　第二支部\n职务：第二支部书记\n")
    assert say(NEW, f"绑定 孙磊 {code_of(cast, cast.sun_lei)}").startswith("✅ 已请上一级党组织核对")


@pytest.mark.manual("member", "绑定", title="第一次用：没有绑定码的，用手机后四位")
def test_name_and_phone_wait_for_the_leader(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(NEW, "你好")
    assert say(NEW, "绑定 刘德福 8012") == "✅ 已请组长核对（L1），通过后会告诉您，不用再发"
    assert arrived(cast.li_si) == ["待审 L1　刘德福 申请绑定微信\n请当面或电话核对是本人再通过\n[通过] [不通过]"]
    assert say(cast.li_si, "通过 L1") == "✅ L1 已通过：刘德福 的微信已绑定，已告知本人\n没有待审的了"
    assert arrived(NEW) == ["绑定成功：刘德福，由李四核对\n看能办什么：[帮助]"]


def test_a_waiting_request_stands_in_the_list(say: RecordedSay, cast: Cast) -> None:
    say(NEW, "绑定 刘德福 8012")
    assert say(cast.li_si, "待办") == (
        "等您办的 1 条\n\n待审 L1　刘德福 申请绑定微信\n请当面或电话核对是本人再通过\n[通过] [不通过]"
    )


def test_the_tap_of_a_refusal_names_its_reason(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(NEW, "绑定 刘德福 8012")
    assert say(cast.li_si, "不通过 L1 不是本人") == (
        "✅ L1 已定为不通过，理由已告知刘德福\n理由：不是本人\n没有待审的了"
    )
    assert arrived(NEW) == ["绑定没有通过：不是本人\n请和组长当面核对，或请组长给您一个绑定码"]


def test_a_request_is_decided_once(say: RecordedSay, cast: Cast) -> None:
    say(NEW, "绑定 刘德福 8012")
    say(cast.li_si, "通过 L1")
    assert say(cast.wang_jianjun, "通过 L1") == "❌ L1 已由李四办理，不用再办"


def test_requests_and_claims_are_approved_together(say: RecordedSay, cast: Cast) -> None:
    say(NEW, "绑定 刘德福 8012")
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    assert say(cast.li_si, "通过 L1 1").startswith(
        "✅ L1 已通过：刘德福 的微信已绑定，已告知本人\n#1 已通过：张三 社区志愿服务 +2 分\n"
    )


def test_unknown_requests_are_answered_alike(say: RecordedSay, cast: Cast) -> None:
    say(NEW, "绑定 刘德福 8012")
    existing, unknown = say(cast.wu_gang, "通过 L1"), say(cast.wu_gang, "通过 L9")
    assert existing == "❌ 没有找到 L1，请看一下编号\n例如：待办"
    assert existing.replace("L1", "L9") == unknown


def test_neither_way_tells_whether_a_person_exists(say: RecordedSay, cast: Cast) -> None:
    assert say(NEW, "绑定 刘德福 1234") == WRONG
    assert say(NEW, "绑定 查无此人 1234") == WRONG
    assert say(NEW, "绑定 刘德福 123456") == WRONG
    assert say(NEW, "绑定 查无此人 123456") == WRONG


def test_five_wrong_tries_lock_for_an_hour(say: RecordedSay, cast: Cast) -> None:
    code = code_of(cast, cast.liu_defu)
    for wrong in range(5):
        assert say(NEW, f"绑定 刘德福 00000{wrong}") == WRONG
    assert say(NEW, f"绑定 刘德福 {code}") == LOCKED
    assert say("o-another", f"绑定 刘德福 {code}") == LOCKED
    assert say(NEW, f"绑定 刘德福 {code}", at=NOW + HOUR - MINUTE) == LOCKED
    assert say(NEW, f"绑定 刘德福 {code}", at=NOW + HOUR).startswith("✅ 已绑定：刘德福")


def test_a_new_phone_is_told_to_the_old_one(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(NEW, f"换绑 张三 {code_of(cast, cast.zhang_san)}").startswith("✅ 已绑定：张三")
    assert arrived(cast.zhang_san) == [REBOUND]
    assert say(cast.zhang_san, "积分").startswith("您好，这里是机关党委党员积分服务。\n先绑定一次")


def test_a_new_phone_of_a_leader_waits_for_the_level_above(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert (
        say(NEW, f"换绑 李四 {code_of(cast, cast.li_si)}") == "✅ 已请上一级党组织核对（L1），通过后会告诉您，不用再发"
    )
    assert arrived(cast.zhou_guoping) == ["待审 L1　李四 申请换绑新微信\n请当面或电话核对是本人再通过\n[通过] [不通过]"]
    assert say(cast.zhou_guoping, "待办").startswith("等您办的 1 条\n\n待审 L1　李四 申请换绑新微信")
    assert say(cast.zhou_guoping, "通过 L1").startswith("✅ L1 已通过：李四")
    assert say(NEW, "待办") == "现在没有等您办的事"


def test_one_wechat_is_one_members(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "绑定 刘德福 123456") == "❌ 这个微信已经绑定了一位党员，不能再绑别人"
    assert say(cast.zhang_san, "绑定 张三 123456") == "❌ 这个微信已经绑定张三，不用再绑"


def test_binding_asks_for_one_thing_at_a_time(say: RecordedSay, cast: Cast) -> None:
    assert say(NEW, "绑定") == "请写您的姓名\n不办了，回“取消”"
    assert say(NEW, "刘德福") == "请写绑定码（组长给您的），没有就写您手机号的后四位\n不办了，回“取消”"
    assert say(NEW, "8012").startswith("✅ 已请组长核对（L1）")


@pytest.mark.manual("member", "我", title="我是谁、在哪个组")
def test_me(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    assert say(cast.zhang_san, "我") == (
        "张三　第一支部·第一小组\n11月现为 70 分★★（未审定）\n申报未办完 1 条 [我的申报]\n[积分] [排名] [细则] [截止]"
    )


def test_me_names_ones_offices(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "代理 王芳 至 12月5日")
    assert "\n职务：第一小组小组长\n" in say(cast.li_si, "我")
    assert "\n职务：第一小组小组长（代理）\n" in say(cast.wang_fang, "我")


@pytest.mark.manual("leader", "成员", title="看组员")
def test_my_people(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say.aside(cast.wang_fang, "申报 走访 1户 昨天")
    say.aside(cast.li_si, "退回 2 走访的哪一户")
    say.aside(cast.liu_qiang, "本月没有了")
    with cast.sessions.write() as session:
        followers.unfollow(session, Cast.openid(cast.chen_jing), NOW)
    assert say(cast.li_si, "成员") == (
        "您的成员 8 人\n李四 本月未申报\n张三 本月申报1条\n王芳 本月申报1条，待办1条\n刘强 本月没有要报的\n"
        "陈静 取消了关注，本月未申报\n赵敏 本月未申报\n欧阳建国 本月未申报\n刘德福 未绑定，本月未申报\n"
        "[催办] 未绑定的可用“代报 姓名 事项”"
    )


def test_a_secretarys_people_are_the_branch(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.wang_jianjun, "成员").startswith("您的成员 14 人\n王建军 本月未申报\n何敏")


@pytest.mark.manual("member", "联系", title="找谁")
def test_whom_to_ask(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "联系") == "第一小组组长：李四\n第一支部书记：王建军\n第一支部副书记：何敏"
    assert say.aside(cast.qian_jin, "联系") == "第二支部书记：钱进"


def test_where_nobody_is_appointed_the_committee_is_asked(say: RecordedSay, cast: Cast) -> None:
    before = at(date(2024, 12, 30), 10)
    assert say(cast.zhang_san, "联系", at=before) == "还没有登记组长和书记，请问机关党委"


@pytest.mark.manual("member", "截止", title="哪天以前要报完")
def test_the_dates_of_this_month(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "截止") == "11月的事：12月3日（周四）24点前都能报"


def test_in_the_first_days_two_months_are_open(say: RecordedSay, cast: Cast) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say(cast.li_si, "退回 1 哪一户")
    assert say(cast.zhang_san, "截止", at=at(date(2026, 12, 1), 9)) == (
        "11月的事：12月3日（周四）24点前都能报\n12月的事：1月5日（周二）24点前都能报\n#1 要在那之前补充：补充 1 …"
    )


def test_a_code_ends_after_thirty_days(say: RecordedSay, cast: Cast) -> None:
    code = code_of(cast, cast.liu_defu)
    assert say(NEW, f"绑定 刘德福 {code}", at=NOW + timedelta(days=30)) == WRONG


def test_who_is_asked_about_a_new_phone_when_nobody_above_can_be_reached(say: RecordedSay, cast: Cast) -> None:
    def gone(*people: Member) -> None:
        with cast.sessions.write() as session:
            for member in people:
                followers.unfollow(session, Cast.openid(member), NOW)

    gone(cast.zhou_guoping)
    answer = say("o-new", f"换绑 王建军 {code_of(cast, cast.wang_jianjun)}")
    assert answer == "✅ 已请支部核对（L1），通过后会告诉您，不用再发"
    gone(cast.he_min, cast.sun_lei)
    answer = say("o-newer", f"换绑 王建军 {code_of(cast, cast.wang_jianjun)}")
    assert answer == "✅ 申请已记下（L2）\n现在没有人能在微信里核对，请找本单位的管理员当面要一个绑定码"
