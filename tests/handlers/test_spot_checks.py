"""抽查, as dialogues (rules 16)."""

from datetime import date

import pytest
from sqlalchemy import update

from jobs import spot_checks as job
from models import rounds, settings
from models.appointments import Appointment, Office
from models.members import Member
from models.months import Month, at
from models.rounds import Round, RoundState
from models.spot_checks import Finding, SpotCheck, SpotDraw
from tests.cast import NOW, Cast
from tests.recording import Arrivals, RecordedSay

NOVEMBER = Month(2026, 11)
LATER = at(date(2026, 12, 4), 9)


def inspector(cast: Cast, member: Member) -> None:
    with cast.sessions.write() as session:
        session.add(
            Appointment(
                member_id=member.id,
                organization_id=cast.committee.id,
                office=Office.INSPECTOR,
                starts_on=date(2026, 1, 1),
            )
        )


def drawn(cast: Cast) -> None:
    """November's review opens, and everything that was approved is drawn."""
    with cast.sessions.write() as session:
        settings.put(session, settings.SPOT_SHARE, 100, organization_id=None, by_id=None, now=NOW)
        rounds.begin(session, cast.first_branch.id, NOVEMBER)
        session.execute(update(Round).values(state=RoundState.REVIEW))
    assert job.draw(cast.sessions, now=LATER) == 1


@pytest.fixture
def scene(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    """张三's and 王芳's claims, approved by 李四, are given to 孙丽."""
    inspector(cast, cast.sun_li)
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 昨天 清扫河堤")
    say.aside(cast.wang_fang, "申报 走访 1户 昨天 看望陈婆婆")
    say.aside(cast.li_si, "通过 1 2")
    for who in (cast.zhang_san, cast.li_si):
        arrived.aside(who)
    drawn(cast)


@pytest.mark.manual("secretary", "抽查", title="抽查人员看佐证、写结果")
def test_an_inspector_is_told_looks_and_finds(say: RecordedSay, cast: Cast, arrived: Arrivals, scene: None) -> None:
    assert arrived(cast.sun_li, at=LATER) == ["请您抽查第一支部11月的 2 条申报，看佐证、问情况，再写属实或不实\n[抽查]"]
    listed = say(cast.sun_li, "抽查", at=LATER)
    assert listed.startswith("待查 2 条，查完一条写一条\n\n")
    assert (
        "#1 张三（第一支部）社区志愿服务 2小时 +2分\n11月19日　清扫河堤\n审核人：李四\n"
        "[属实]　不实请写明：抽查 1 不实 查到的情况"
    ) in listed
    assert say(cast.sun_li, "抽查 2 属实", at=LATER) == "✅ #2 抽查结果已记：属实\n还有 1 条待查 [抽查]"
    assert say(cast.sun_li, "抽查 1 不实 签到表上没有", at=LATER) == (
        "✅ #1 抽查结果已记：不实\n说明：签到表上没有\n"
        "张三这条得的分已冲销，另扣 5 分，会告知本人和审核人\n点错了，24小时内可 [撤销 1]\n没有待查的了"
    )
    assert arrived(cast.zhang_san, at=LATER) == [
        "#1 抽查结果：不实\n社区志愿服务 2小时（11月19日）\n说明：签到表上没有\n这条得的分已冲销，另扣 5 分（J4）\n"
        "您11月现为 65 分 [看明细]\n有不同意见：[我有意见]"
    ]
    assert arrived(cast.li_si, at=LATER) == [
        "您审核通过的 #1 抽查不实\n张三　社区志愿服务 2小时（11月19日）\n说明：签到表上没有\n这条得的分已冲销 [看经过]"
    ]


def test_what_became_of_it_is_explained(say: RecordedSay, cast: Cast, scene: None) -> None:
    say(cast.sun_li, "抽查 1 不实 签到表上没有", at=LATER)
    assert say(cast.zhang_san, "解释 1", at=LATER).endswith("12月4日 09:00 孙丽抽查不实：签到表上没有")
    assert "\n申报 +2，记入 +2（已冲销）\n" in say(cast.zhang_san, "解释 1", at=LATER)
    opened = say(cast.zhang_san, "解释 J4", at=LATER)
    assert "\n抽查人：孙丽\n" in opened
    assert opened.endswith("\n[看申报 #1]")
    assert say(cast.zhang_san, "解释 J1", at=LATER).endswith("\n这条后来冲销了\n[看申报 #1]")
    listed = say(cast.zhang_san, "我的申报 11月", at=LATER)
    assert listed == "11月申报 1 条\n#1 11月19日 社区志愿服务 2小时 +2 已冲销 [看经过]"


def test_a_finding_is_taken_back_within_a_day(say: RecordedSay, cast: Cast, arrived: Arrivals, scene: None) -> None:
    say(cast.sun_li, "抽查 1 不实 签到表上没有", at=LATER)
    assert say(cast.sun_li, "撤销 1", at=LATER) == (
        "✅ #1 的抽查结果已撤销，张三这条的分恢复原样，告知过的人会知道\n重新写：[属实]，或 抽查 1 不实 查到的情况"
    )
    # What had not been sent yet is not said any more.
    assert arrived(cast.zhang_san, at=LATER) == [
        "#1 的抽查结果“不实”已撤销，重新查\n社区志愿服务 2小时（11月19日）\n冲销和另扣的分已恢复\n"
        "您11月现为 72 分 [看明细]"
    ]
    assert arrived(cast.li_si, at=LATER) == [
        "#1 的抽查结果“不实”已撤销，重新查\n张三　社区志愿服务 2小时（11月19日）\n冲销和另扣的分已恢复\n[看经过]"
    ]
    assert "已冲销" not in say(cast.zhang_san, "我的申报 11月", at=LATER)
    assert say(cast.zhang_san, "解释 1", at=LATER).endswith("孙丽撤销抽查结果")
    assert "\n[看申报 #1]" in say(cast.zhang_san, "解释 J6", at=LATER)
    assert say(cast.sun_li, "抽查 1 属实", at=LATER).startswith("✅ #1 抽查结果已记：属实")


def test_who_has_not_looked_is_reminded_before_the_review_ends(
    say: RecordedSay, cast: Cast, arrived: Arrivals, scene: None
) -> None:
    assert arrived(cast.sun_li, at=LATER)
    with cast.sessions.write() as session:
        session.execute(update(Round).values(review_until=at(date(2026, 12, 10))))
        session.execute(update(SpotDraw).values(remind_at=at(date(2026, 12, 8), 9)))
    assert job.remind(cast.sessions, now=LATER) == 0
    morning = at(date(2026, 12, 8), 9)
    assert (job.remind(cast.sessions, now=morning), job.remind(cast.sessions, now=morning)) == (1, 0)
    assert arrived(cast.sun_li, at=morning) == [
        "第一支部11月还有 2 条抽查没有写结果\n评审到12月9日为止，请抽空查 [抽查]"
    ]


def test_a_reminder_of_what_was_looked_at_meanwhile_is_not_sent(
    say: RecordedSay, cast: Cast, arrived: Arrivals, scene: None
) -> None:
    assert arrived(cast.sun_li, at=LATER)
    with cast.sessions.write() as session:
        session.execute(update(SpotDraw).values(remind_at=LATER))
    job.remind(cast.sessions, now=LATER)
    with cast.sessions.write() as session:
        session.execute(update(SpotCheck).values(finding=Finding.TRUE))
    assert arrived(cast.sun_li, at=LATER) == []


def test_a_result_that_no_longer_stands_is_not_sent(
    say: RecordedSay, cast: Cast, arrived: Arrivals, scene: None
) -> None:
    say(cast.sun_li, "抽查 1 不实 签到表上没有", at=LATER)
    with cast.sessions.write() as session:
        session.execute(update(SpotCheck).values(finding=Finding.WAITING))
    assert (arrived(cast.zhang_san, at=LATER), arrived(cast.li_si, at=LATER)) == ([], [])


def test_one_is_opened_by_its_number(say: RecordedSay, cast: Cast, scene: None) -> None:
    card = say(cast.sun_li, "抽查 1", at=LATER)
    assert card.startswith("#1 张三（第一支部）社区志愿服务 2小时 +2分\n11月19日　清扫河堤\n")


def test_untrue_needs_to_say_what_was_found(say: RecordedSay, cast: Cast, scene: None) -> None:
    assert say(cast.sun_li, "抽查 1 不实", at=LATER) == (
        "❌ 不实要写明查到的情况，本人会看到\n例如：抽查 1 不实 签到表上没有"
    )


def test_what_was_not_given_to_one_is_not_found(say: RecordedSay, cast: Cast, scene: None) -> None:
    inspector(cast, cast.feng_tao)
    refused = "❌ 没有交给您抽查的 #1，请看一下编号\n例如：抽查"
    assert say(cast.feng_tao, "抽查 1 属实", at=LATER) == refused
    assert say(cast.feng_tao, "抽查", at=LATER) == "现在没有交给您抽查的申报"


def test_who_is_no_inspector_is_told_who_is(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "抽查").startswith("❌ “抽查”由抽查人员办理")


def test_a_long_list_comes_five_at_a_time(say: RecordedSay, cast: Cast) -> None:
    inspector(cast, cast.sun_li)
    for day in range(10, 17):
        say(cast.zhang_san, f"申报 走访 1户 11月{day}日")
    say(cast.li_si, "通过 1 2 3 4 5 6 7")
    drawn(cast)
    listed = say(cast.sun_li, "抽查", at=LATER)
    assert listed.startswith("待查 7 条")
    assert listed.count("审核人：李四") == 5
    assert listed.endswith("\n\n另有 2 条，查完这些再回 [抽查]")


def test_a_notice_of_what_was_looked_at_meanwhile_is_not_sent(
    say: RecordedSay, cast: Cast, arrived: Arrivals, scene: None
) -> None:
    say(cast.sun_li, "抽查 1 属实", at=LATER)
    say(cast.sun_li, "抽查 2 属实", at=LATER)
    assert arrived(cast.sun_li, at=LATER) == []


def test_what_was_undone_meanwhile_is_not_given(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    inspector(cast, cast.sun_li)
    say(cast.zhang_san, "申报 走访 1户 昨天")
    say(cast.li_si, "通过 1")
    drawn(cast)
    say(cast.li_si, "撤销 1")
    assert arrived(cast.sun_li, at=LATER) == []


def test_who_recorded_for_another_is_told_too(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    inspector(cast, cast.sun_li)
    say(cast.li_si, "代报 刘德福 社区志愿 2小时 昨天")
    say(cast.wang_jianjun, "通过 1")
    arrived(cast.li_si)
    drawn(cast)
    say(cast.sun_li, "抽查 1 不实 本人说没有去", at=LATER)
    assert arrived(cast.li_si, at=LATER) == [
        "#1 抽查结果：不实\n刘德福　社区志愿服务 2小时（11月19日）\n说明：本人说没有去\n"
        "这条得的分已冲销，另扣 5 分（J3）\n[看经过]\n有不同意见：[我有意见]"
    ]
