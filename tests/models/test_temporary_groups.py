"""Temporary groups: founded by a secretary, led for a while, over by themselves (rules 9; S0)."""

from datetime import date, timedelta

import pytest

from models import (
    claiming,
    claims,
    deciding,
    followers,
    group_memberships,
    groups,
    organizations,
    sight,
    standings,
    waiting,
)
from models import temporary_groups as founding
from models.appointments import Office, held_by
from models.claiming import NotInGroup
from models.claims import Claim, ClaimStatus
from models.deciders import deciders, offices_of
from models.deciding import NotYours
from models.errors import NotFound
from models.members import Member
from models.months import Period, at
from models.organizations import Nature, Organization
from tests.cast import NOW, Cast
from tests.models.desk import NOVEMBER, TODAY, D, Desk
from tests.temporary import UNTIL, found_group

AFTER = at(UNTIL + timedelta(days=1))
DAY = timedelta(days=1)


@pytest.fixture
def group(desk: Desk) -> Organization:
    return found_group(desk.session, desk.cast)


def claim(desk: Desk, group: Organization | None, *, of: Member | None = None, day: date = TODAY) -> Claim:
    member = of or desk.cast.zhang_san
    item = claiming.claimable_items(desk.session, member, NOVEMBER, NOW)[0]
    group_id = group.id if group else None
    made, _ = claiming.submit(
        desk.session, member, item, D(1), day=day, temporary_group_id=group_id, by=member, now=NOW
    )
    return claims.get(desk.session, made.id)


def asked(desk: Desk, thing: Claim, now=NOW) -> list[str]:
    return [seat.name for seat in deciders(desk.session, thing, now).asked]


def test_everybody_in_it_is_told_but_who_founded_it(desk: Desk, group: Organization):
    assert desk.told("temporary_group_founded") == ["张三", "王芳", "孙丽"]
    assert [m.name for m in group_memberships.members_of(desk.session, group.id)] == ["张三", "王芳", "孙丽"]
    assert (group.starts_on, group.ends_on, group.parent_id) == (TODAY, UNTIL, desk.cast.first_branch.id)


def test_a_secretary_in_it_is_not_told_of_the_own_deed(desk: Desk):
    cast = desk.cast
    people = [cast.zhang_san, cast.wang_jianjun]
    founding.found(desk.session, "专班", leader=cast.li_si, people=people, until=UNTIL, by=cast.wang_jianjun, now=NOW)
    assert desk.told("temporary_group_founded") == ["李四", "张三"]


@pytest.mark.parametrize("who", ["li_si", "zhang_san", "zhou_guoping", "sun_lei"])
def test_only_a_branchs_secretary_founds_one(desk: Desk, who: str):
    people = [desk.cast.zhang_san, desk.cast.wang_fang]
    by = getattr(desk.cast, who)
    with pytest.raises(founding.NotFounder):
        founding.found(desk.session, "专班", leader=desk.cast.li_si, people=people, until=UNTIL, by=by, now=NOW)


@pytest.mark.parametrize("name", ["", "字" * 13, "扫雪/专班", "扫雪\n专班", "扫雪专班", "第一小组"])
def test_a_name_that_cannot_be(desk: Desk, group: Organization, name: str):
    people = [desk.cast.zhang_san, desk.cast.wang_fang]
    with pytest.raises(founding.BadName):
        founding.found(
            desk.session, name, leader=desk.cast.li_si, people=people, until=UNTIL, by=desk.cast.he_min, now=NOW
        )


def test_three_people_with_the_leader_are_enough_and_two_are_not(desk: Desk):
    cast = desk.cast
    with pytest.raises(founding.TooFew):
        founding.found(
            desk.session,
            "专班",
            leader=cast.li_si,
            people=[cast.li_si, cast.ma_chao],
            until=UNTIL,
            by=cast.he_min,
            now=NOW,
        )
    people = [cast.zhang_san, cast.ma_chao]
    founding.found(desk.session, "专班", leader=cast.li_si, people=people, until=TODAY, by=cast.he_min, now=NOW)


def test_it_cannot_be_over_before_it_begins(desk: Desk):
    with pytest.raises(founding.AlreadyOver):
        found_group(desk.session, desk.cast, until=TODAY - DAY)


def test_its_leader_is_asked_of_what_was_done_in_it_and_nothing_else(desk: Desk, group: Organization):
    assert asked(desk, claim(desk, group)) == ["王芳"]
    assert asked(desk, claim(desk, None)) == ["李四"]


def test_its_leader_decides_for_members_of_other_branches_and_the_points_stay_there(desk: Desk, group: Organization):
    done = claim(desk, group, of=desk.cast.sun_li)
    assert (done.branch_id, asked(desk, done)) == (desk.cast.second_branch.id, ["王芳"])
    assert [c.id for c in waiting.waiting_for(desk.session, desk.cast.wang_fang, NOW)] == [done.id]
    deciding.approve(desk.session, done.id, by=desk.cast.wang_fang, now=NOW)
    assert [e.branch_id for e in desk.entries(desk.cast.sun_li)] == [desk.cast.second_branch.id]


def test_the_leaders_own_deed_goes_the_ordinary_way(desk: Desk, group: Organization):
    assert asked(desk, claim(desk, group, of=desk.cast.wang_fang)) == ["李四"]


def test_a_leader_whom_no_push_reaches_is_passed_over(desk: Desk, group: Organization):
    followers.unfollow(desk.session, Cast.openid(desk.cast.wang_fang), NOW)
    assert asked(desk, claim(desk, group)) == ["李四"]


def test_its_leader_hands_over_to_the_secretary(desk: Desk, group: Organization):
    done = claim(desk, group)
    _, now_asked = deciding.hand_over(desk.session, done.id, by=desk.cast.wang_fang, now=NOW)
    assert [seat.name for seat in now_asked] == ["王建军"]


def test_its_leader_sees_what_was_done_in_it_and_nothing_else(desk: Desk, group: Organization):
    done, other = claim(desk, group), claim(desk, None)
    assert sight.sees_claim(desk.session, desk.cast.wang_fang, done, NOW)
    assert not sight.sees_claim(desk.session, desk.cast.wang_fang, other, NOW)
    assert not sight.sees_claim(desk.session, desk.cast.chen_jing, done, NOW)
    with pytest.raises(NotFound):
        deciding.approve(desk.session, other.id, by=desk.cast.wang_fang, now=NOW)
    with pytest.raises(NotYours):
        deciding.approve(desk.session, done.id, by=desk.cast.li_si, now=NOW)


def test_its_leader_records_for_nobody(desk: Desk, group: Organization):
    assert not sight.may_record_for(desk.session, desk.cast.wang_fang, desk.cast.sun_li, NOW)


def test_only_its_members_name_it(desk: Desk, group: Organization):
    with pytest.raises(NotInGroup):
        claim(desk, group, of=desk.cast.chen_jing)


def test_nothing_was_done_in_it_before_it_was_there(desk: Desk, group: Organization):
    with pytest.raises(NotInGroup):
        claim(desk, group, day=TODAY - DAY)


def test_it_is_over_with_its_last_day(desk: Desk, group: Organization):
    done = claim(desk, group)
    last = AFTER - timedelta(seconds=1)
    mine = group_memberships.groups_of_member
    assert (asked(desk, done, last), mine(desk.session, desk.cast.zhang_san.id, last)) == (["王芳"], [group])
    assert (asked(desk, done, AFTER), mine(desk.session, desk.cast.zhang_san.id, AFTER)) == (["李四"], [])
    assert waiting.waiting_for(desk.session, desk.cast.wang_fang, AFTER) == []
    assert not sight.sees_claim(desk.session, desk.cast.wang_fang, done, AFTER)
    assert offices_of(desk.session, desk.cast.first_branch.id, AFTER).holders(group.id, Office.GROUP_LEADER) == []


def test_its_end_is_told_once_and_their_own_leaders_are_asked(desk: Desk, group: Organization):
    done = claim(desk, group)
    desk.approve(claim(desk, group), by=desk.cast.wang_fang)
    assert founding.due(desk.session, AFTER - timedelta(seconds=1)) == []
    assert founding.due(desk.session, AFTER) == [group.id]
    assert [founding.end(desk.session, group.id, now=AFTER) for _ in range(2)] == [True, False]
    assert founding.due(desk.session, AFTER) == []
    assert desk.told("temporary_group_ended") == ["张三", "王芳", "孙丽"]
    assert desk.told("claim_waiting") == ["王芳", "李四"]
    assert done.status is ClaimStatus.SUBMITTED


def test_it_is_no_group_of_the_branch(desk: Desk, group: Organization):
    assert group not in organizations.groups_of(desk.session, desk.cast.first_branch.id)
    found = standings.of_branch(desk.session, desk.cast.first_branch.id, Period.month(NOVEMBER), NOW)
    assert [line.name for line in standings.groups(desk.session, found)] == ["第一小组", "第二小组"]


def test_its_leader_leads_nobody_but_passes_decisions_down(desk: Desk, group: Organization):
    offices = held_by(desk.session, desk.cast.wang_fang.id, NOW)
    assert groups.led_by(desk.session, offices) == []
    assert [m.name for m in groups.told_by(desk.session, offices)] == ["张三", "王芳", "孙丽"]
    assert groups.temporary(offices) == [group]


def test_a_temporary_group_of_the_roster_is_its_peoples_home_while_it_lasts(desk: Desk):
    """The sheet 组织 may make people at home in one; its leader decides as any group's, until its last day is over."""
    home = desk.cast.third_group
    home.nature, home.ends_on = Nature.TEMPORARY, UNTIL
    desk.session.flush()
    done = claim(desk, None, of=desk.cast.sun_li)
    assert asked(desk, done) == ["吴刚"]
    assert [c.id for c in waiting.waiting_for(desk.session, desk.cast.wu_gang, NOW)] == [done.id]
    assert asked(desk, done, AFTER) == ["钱进"]
