"""A leader's people: bound, active, with something open; and reminding them (chat: 成员, 催办)."""

from datetime import date, timedelta

import pytest

from models import appointments, followers, groups, notices, nudges, zero_claims
from models.groups import State
from models.members import Member, NotScored, NotScoredReason
from models.months import Month, at
from tests.cast import NOW, Cast
from tests.models.desk import NOVEMBER, Desk


def led_by(desk: Desk, member: Member) -> list[str]:
    offices = appointments.held_by(desk.session, member.id, NOW)
    return [m.name for m in groups.led_by(desk.session, offices)]


def state(desk: Desk, member: Member, month: Month = NOVEMBER) -> State:
    return groups.state_of(desk.session, [member], month)[0]


def nudge(desk: Desk, *people: Member, days: int = 0) -> list[str]:
    told = nudges.send(desk.session, people, by=desk.cast.li_si, now=NOW + timedelta(days=days))
    return [member.name for member in told]


def test_a_leader_leads_the_group_and_a_secretary_the_branch(desk: Desk):
    group = ["李四", "张三", "王芳", "刘强", "陈静", "赵敏", "欧阳建国", "刘德福"]
    assert led_by(desk, desk.cast.li_si) == group
    branch = ["王建军", "何敏", "孙磊", *group, "马超", "郑爽", "冯涛"]
    assert led_by(desk, desk.cast.wang_jianjun) == led_by(desk, desk.cast.he_min) == branch
    assert led_by(desk, desk.cast.zhang_san) == led_by(desk, desk.cast.sun_lei) == []


def test_who_left_is_led_by_nobody(desk: Desk):
    desk.cast.feng_tao.left_on = date(2026, 11, 1)
    desk.session.flush()
    assert led_by(desk, desk.cast.ma_chao) == ["马超", "郑爽"]


def test_how_a_member_stands_with_a_month(desk: Desk):
    assert state(desk, desk.cast.zhang_san) == State(desk.cast.zhang_san, True, True, 0, 0, False, 0)
    desk.claim()
    desk.withdraw(desk.claim())
    desk.send_back(desk.claim())
    desk.approve(desk.claim())
    zero_claims.say(desk.session, desk.cast.zhang_san.id, NOVEMBER, NOW)
    assert state(desk, desk.cast.zhang_san) == State(desk.cast.zhang_san, True, True, 3, 1, True, 0)
    assert state(desk, desk.cast.zhang_san, Month(2026, 10)).claims == 0


def test_who_is_not_bound_and_who_unfollowed(desk: Desk):
    followers.unfollow(desk.session, Cast.openid(desk.cast.wang_fang), NOW)
    people = [desk.cast.liu_defu, desk.cast.wang_fang]
    found = groups.state_of(desk.session, people, NOVEMBER)
    assert [(s.member, s.bound, s.following) for s in found] == [(people[0], False, False), (people[1], True, False)]


# 催办


def test_who_has_said_nothing_is_reminded_once_a_day(desk: Desk):
    assert nudge(desk, desk.cast.zhang_san, desk.cast.wang_fang) == ["张三", "王芳"]
    assert nudge(desk, desk.cast.zhang_san, desk.cast.wang_fang) == []
    assert nudge(desk, desk.cast.zhang_san, days=1) == ["张三"]
    told = desk.notices("nudge")[0]
    assert told.facts == {"by": "李四", "open": 0, "month": "2026-11"}


def test_who_has_claimed_or_has_nothing_to_claim_is_left_in_peace(desk: Desk):
    desk.claim()
    zero_claims.say(desk.session, desk.cast.wang_fang.id, NOVEMBER, NOW)
    assert nudge(desk, desk.cast.zhang_san, desk.cast.wang_fang) == []


def test_who_has_something_to_supplement_is_reminded(desk: Desk):
    desk.send_back(desk.claim())
    assert nudge(desk, desk.cast.zhang_san) == ["张三"]
    assert desk.notices("nudge")[0].facts["open"] == 1


def test_nobody_reminds_oneself_or_who_cannot_be_reached(desk: Desk):
    followers.unfollow(desk.session, Cast.openid(desk.cast.wang_fang), NOW)
    assert nudge(desk, desk.cast.li_si, desk.cast.wang_fang, desk.cast.liu_defu) == []


@pytest.mark.parametrize("open_", [True, False])
def test_who_is_not_scored_is_reminded_only_of_what_they_began(desk: Desk, open_: bool):
    member = desk.cast.zhang_san
    desk.session.add(NotScored(member_id=member.id, reason=NotScoredReason.ILL, decided_at=NOW, from_month=NOVEMBER))
    if open_:
        desk.send_back(desk.claim())
    assert nudge(desk, member) == (["张三"] if open_ else [])


def test_in_the_first_days_the_month_that_closes_next_is_meant(desk: Desk):
    now = at(date(2026, 11, 3), 9)
    desk.claim(day=date(2026, 11, 2), now=now)
    told = nudges.send(desk.session, [desk.cast.zhang_san], by=desk.cast.li_si, now=now)
    assert told == [desk.cast.zhang_san]
    assert notices.unread(desk.session, desk.cast.zhang_san.id) == []
    assert desk.notices("nudge")[0].facts["month"] == "2026-10"
