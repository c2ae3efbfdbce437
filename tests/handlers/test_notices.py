"""通知 收到 传达 谁没看 催办 (rules 28)."""

from datetime import date, timedelta

import pytest

from models import deliveries, followers
from models.members import NotScored, NotScoredReason
from models.months import Month, at
from tests.cast import BEFORE, NOW, Cast
from tests.handlers.setting import HOUR
from tests.phones import Phones
from tests.recording import Arrivals, RecordedSay

HINT = "您有1条未读通知，发“通知”查看"


@pytest.mark.manual("member", "通知", title="没收到推送，在聊天里看")
def test_what_could_not_be_pushed_waits_in_the_chat(say: RecordedSay, cast: Cast, phones: Phones) -> None:
    phones.refuses = True
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    phones.deliver()
    say.aside(cast.li_si, "通过 1")
    phones.deliver()
    assert say(cast.zhang_san, "截止") == f"11月的事：12月3日（周四）24点前都能报\n{HINT}"
    assert say(cast.zhang_san, "通知") == (
        "未读通知 1 条\n\n#1 已通过，加 2 分\n社区志愿服务 2小时（11月19日）\n您11月现为 72 分 [看明细]"
    )
    assert say.aside(cast.zhang_san, "截止") == "11月的事：12月3日（周四）24点前都能报"
    assert say.aside(cast.zhang_san, "通知") == "没有未读通知"


def test_a_refusal_tells_of_unread_notices_no_less(say: RecordedSay, cast: Cast, phones: Phones) -> None:
    phones.refuses = True
    say(cast.li_si, "传达 周五下午3点三楼开会")
    phones.deliver()
    assert say(cast.zhang_san, "我的申报").endswith(HINT)


def test_what_was_settled_meanwhile_is_said_so(say: RecordedSay, cast: Cast, phones: Phones) -> None:
    phones.refuses = True
    say(cast.li_si, "催办")
    phones.deliver()
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    assert say(cast.zhang_san, "通知") == "未读通知 1 条\n\n申报提醒（已经办完）"


def test_what_may_have_arrived_says_so(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "传达 周五下午3点三楼开会")
    with cast.sessions.write() as session:
        for id in deliveries.take(session, lease="a", now=NOW):
            deliveries.begin(session, id, lease="a", channel="custom", now=NOW)
            deliveries.to_inbox(session, id, maybe_received=True)
    assert say(cast.zhang_san, "通知") == (
        "未读通知 1 条\n\n（可能已收到过）李四传达：\n周五下午3点三楼开会\n看到请回 [收到]"
    )


@pytest.mark.manual("leader", "传达", title="传达一句话，看谁还没看")
def test_a_relay_and_who_has_not_seen_it(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.li_si, "传达 周五下午3点三楼开会") == (
        "✅ 已传达给 6 人\n微信收不到的 1 人，请当面告诉：刘德福\n看谁还没回“收到”：[谁没看]"
    )
    assert arrived(cast.zhang_san) == ["李四传达：\n周五下午3点三楼开会\n看到请回 [收到]"]
    assert say(cast.zhang_san, "收到") == "✅ 已记下您看过：党组织传达"
    assert say(cast.li_si, "谁没看") == (
        "11月20日 10:00传达：周五下午3点三楼开会\n已回“收到” 1 人\n没回 6 人：王芳、刘强、陈静、赵敏、欧阳建国、刘德福"
    )


@pytest.mark.manual("secretary", "全支部", title="传达给全支部")
def test_a_secretarys_relay_goes_to_the_branch(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.wang_jianjun, "传达 周五下午3点三楼开会").startswith("✅ 已传达给 12 人\n")
    assert arrived(cast.feng_tao) == ["王建军传达：\n周五下午3点三楼开会\n看到请回 [收到]"]
    assert arrived(cast.sun_li) == []


def test_where_everybody_can_be_reached_nobody_is_named(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.ma_chao, "传达 周五下午3点三楼开会") == "✅ 已传达给 2 人\n看谁还没回“收到”：[谁没看]"


def test_everybody_has_seen_it(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.ma_chao, "传达 周五下午3点三楼开会")
    arrived(cast.zheng_shuang)
    for who in (cast.zheng_shuang, cast.feng_tao):
        say(who, "👌")
    assert say(cast.ma_chao, "谁没看").endswith("已回“收到” 2 人\n没回 0 人：没有，都看过了")


def test_a_relay_without_a_text_asks_for_it(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    assert say(cast.li_si, "传达").endswith("\n不办了，回“取消”")
    assert say(cast.li_si, "周五下午3点三楼开会").startswith("✅ 已传达给 6 人")


def test_a_planted_link_in_a_relay_is_harmless(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, '传达 <a href="http://evil.example">领奖</a>')
    assert "<" not in arrived(cast.zhang_san)[0]


def test_nobody_has_been_told_anything(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "谁没看") == "❌ 您还没有传达过\n例如：传达 周五下午3点三楼开会"
    assert say(cast.zhang_san, "收到") == "现在没有要回“收到”的通知"


def test_received_speaks_of_the_last_one_told(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, "传达 周五下午3点三楼开会")
    arrived(cast.zhang_san)
    say(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say(cast.li_si, "通过 1", at=NOW + HOUR)
    arrived(cast.zhang_san, at=NOW + HOUR)
    assert say(cast.zhang_san, "知道了", at=NOW + HOUR) == "✅ 已记下您看过：申报已通过"


@pytest.mark.manual("leader", "催办", title="提醒还没办的人")
def test_each_is_reminded_once_a_day(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天")
    say.aside(cast.wang_fang, "本月没有了")
    assert say(cast.li_si, "催办") == ("✅ 已提醒 4 人：刘强、陈静、赵敏、欧阳建国\n同一个人一天只提醒一次")
    assert arrived(cast.liu_qiang) == [
        "李四提醒您：11月还没有申报，12月3日24点前都能报\n例如：申报 社区志愿 2小时 昨天\n"
        "没有要报的：[本月没有了]，不回也行"
    ]
    assert say(cast.li_si, "催办") == "没有要提醒的人：都办了，或者今天已经提醒过"
    assert say(cast.wang_jianjun, "催办", at=NOW + HOUR) == (
        "✅ 已提醒 6 人：何敏、孙磊、李四、马超、郑爽、冯涛\n同一个人一天只提醒一次"
    )
    assert say(cast.li_si, "催办", at=NOW + timedelta(days=1)).startswith("✅ 已提醒 4 人")


def test_who_has_something_to_supplement_is_reminded_of_that(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say(cast.li_si, "退回 1 哪一户")
    arrived(cast.zhang_san)
    say(cast.li_si, "催办")
    assert arrived(cast.zhang_san) == ["李四提醒您：有 1 条申报等您补充 [我的申报]"]


def test_who_is_not_scored_is_left_in_peace(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        session.add(
            NotScored(
                member_id=cast.zhang_san.id,
                reason=NotScoredReason.ILL,
                decided_by_id=cast.wang_jianjun.id,
                decided_at=BEFORE,
                from_month=Month(2026, 11),
            )
        )
    assert "张三" not in say(cast.li_si, "催办")


def test_who_unfollowed_is_not_reminded(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        followers.unfollow(session, Cast.openid(cast.zhang_san), NOW)
    assert "张三" not in say(cast.li_si, "催办")


def test_right_after_a_months_end_it_is_about_the_month_before(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    early = at(date(2026, 12, 1), 9)
    say(cast.li_si, "催办", at=early)
    assert arrived(cast.zhang_san, at=early)[0].startswith("李四提醒您：11月还没有申报，12月3日24点前都能报")


def test_members_do_not_remind_or_relay(say: RecordedSay, cast: Cast) -> None:
    for line, word in (("催办", "催办"), ("传达 大家好", "传达"), ("谁没看", "谁没看")):
        assert say(cast.zhang_san, line) == f"❌ “{word}”由党小组长、支部书记办理，您可以回“帮助”看自己能办的"


def test_a_bare_relay_asks_for_what_to_say(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "传达") == "请写要传达的话，例如：周五下午3点三楼开会\n不办了，回“取消”"
    assert say(cast.li_si, "明天下午开会").startswith("✅ 已传达给")
