"""Who decides: the ladder of rule 9 in all its cases."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, update

from models import acting, deciding, followers, requests
from models.appointments import Appointment, Office
from models.bindings import Binding
from models.claims import Claim
from models.deciders import Decision, deciders, offices_of
from models.deciding import NobodyAbove, NotYours
from models.errors import NotFound
from models.members import Member
from models.organizations import Organization, OrganizationKind
from models.requests import RequestKind
from tests.cast import NOW, Cast
from tests.models.desk import Desk

TOMORROW = NOW + timedelta(days=1)


def decision(desk: Desk, claim: Claim) -> Decision:
    """Who decides, which is the same whether or not the levels above the branch had to be looked at."""
    found = deciders(desk.session, claim, NOW)
    assert found == offices_of(desk.session, claim.deciding_branch_id, NOW).decide(claim)
    return found


def asked(desk: Desk, claim: Claim) -> list[str]:
    return [member.name for member in decision(desk, claim).asked]


def allowed(desk: Desk, claim: Claim) -> set[str]:
    return {desk.session.get_one(Member, id).name for id in decision(desk, claim).allowed}


def unbind(desk: Desk, *members: Member) -> None:
    ids = [member.id for member in members]
    desk.session.execute(delete(Binding).where(Binding.member_id.in_(ids)))


def unfollow(desk: Desk, *members: Member) -> None:
    for member in members:
        followers.unfollow(desk.session, Cast.openid(member), NOW)


def end_office(desk: Desk, *members: Member, on: date = date(2026, 11, 19)) -> None:
    ids = [member.id for member in members]
    desk.session.execute(update(Appointment).where(Appointment.member_id.in_(ids)).values(ends_on=on))


def give_office(desk: Desk, member: Member, office: Office, of: Organization, **more: object) -> None:
    desk.session.add(
        Appointment(
            **{"member_id": member.id, "organization_id": of.id, "office": office, "starts_on": date(2026, 1, 1)} | more
        )
    )
    desk.session.flush()


def above(desk: Desk, kind: OrganizationKind, parent: Organization | None = None) -> Organization:
    found = Organization(name="新设的一级", kind=kind, parent_id=parent.id if parent else None)
    desk.session.add(found)
    desk.session.flush()
    return found


# The first rung


def test_a_members_claim_is_asked_of_the_group_leader(desk: Desk):
    claim = desk.claim()
    assert asked(desk, claim) == ["李四"]
    assert allowed(desk, claim) == {"李四", "王建军"}


def test_every_group_has_its_own_leader(desk: Desk):
    assert asked(desk, desk.claim(of=desk.cast.feng_tao)) == ["马超"]


def test_a_leaders_own_claim_goes_to_the_secretary(desk: Desk):
    claim = desk.claim(of=desk.cast.li_si)
    assert asked(desk, claim) == ["王建军"]
    assert allowed(desk, claim) == {"王建军"}


def test_a_leading_cadres_own_claim_goes_to_the_secretary(desk: Desk):
    desk.cast.zhang_san.leading_cadre = True
    claim = desk.claim()
    assert asked(desk, claim) == ["王建军"]
    assert allowed(desk, claim) == {"王建军"}


def test_the_claim_of_a_member_without_a_group_goes_to_the_secretary(desk: Desk):
    assert asked(desk, desk.claim(of=desk.cast.he_min)) == ["王建军"]


def test_a_group_without_a_leader_is_the_secretarys(desk: Desk):
    end_office(desk, desk.cast.li_si)
    claim = desk.claim()
    assert asked(desk, claim) == ["王建军"]
    assert allowed(desk, claim) == {"王建军"}


def test_a_leader_who_is_not_bound_is_passed_over(desk: Desk):
    unbind(desk, desk.cast.li_si)
    assert asked(desk, desk.claim()) == ["王建军"]


def test_a_leader_who_unfollowed_is_passed_over(desk: Desk):
    unfollow(desk, desk.cast.li_si)
    assert asked(desk, desk.claim()) == ["王建军"]


def test_a_leader_who_is_passed_over_may_still_decide(desk: Desk):
    unfollow(desk, desk.cast.li_si)
    assert allowed(desk, desk.claim()) == {"李四", "王建军"}


def test_a_leader_who_left_decides_nothing(desk: Desk):
    desk.cast.li_si.left_on = date(2026, 11, 1)
    desk.session.flush()
    claim = desk.claim()
    assert asked(desk, claim) == ["王建军"]
    assert allowed(desk, claim) == {"王建军"}


def test_the_claim_of_a_member_who_moved_is_the_secretarys_where_the_deed_was(desk: Desk):
    """An open claim stays with the branch of the deed (rules 31); the new group's leader has no say there."""
    claim, member = desk.claim(), desk.cast.zhang_san
    member.branch_id, member.group_id = desk.cast.second_branch.id, desk.cast.third_group.id
    desk.session.flush()
    assert asked(desk, claim) == ["王建军"]
    assert allowed(desk, claim) == {"王建军"}


# The rungs above


def test_the_secretarys_own_claim_goes_to_the_deputy(desk: Desk):
    claim = desk.claim(of=desk.cast.wang_jianjun)
    assert asked(desk, claim) == ["何敏"]
    assert allowed(desk, claim) == {"何敏"}


def test_the_ladder_is_climbed_past_everyone_who_cannot_be_reached(desk: Desk):
    cast = desk.cast
    rungs = [(cast.li_si, "李四"), (cast.wang_jianjun, "王建军"), (cast.he_min, "何敏"), (cast.sun_lei, "孙磊")]
    claim = desk.claim()
    seen = []
    for member, name in rungs:
        assert asked(desk, claim) == [name]
        seen.append(name)
        unfollow(desk, member)
    assert asked(desk, claim) == ["周国平"]
    # Who was passed over may decide as well as who is asked.
    assert allowed(desk, claim) == {*seen, "周国平"}


def test_at_the_top_nobody_is_asked_and_the_secretary_may_decide(desk: Desk):
    cast = desk.cast
    unfollow(desk, cast.li_si, cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.zhou_guoping)
    claim = desk.claim()
    assert asked(desk, claim) == []
    assert "王建军" in allowed(desk, claim)


def test_the_levels_above_are_climbed_one_by_one(desk: Desk):
    """一级抓一级: the general branch before the committee above it."""
    cast, session = desk.cast, desk.session
    general = above(desk, OrganizationKind.GENERAL_BRANCH, cast.committee)
    cast.first_branch.parent_id = general.id
    give_office(desk, cast.qian_jin, Office.SECRETARY, general)
    unbind(desk, cast.li_si, cast.wang_jianjun, cast.he_min, cast.sun_lei)
    claim = desk.claim()
    assert asked(desk, claim) == ["钱进"]
    assert "周国平" not in allowed(desk, claim)
    deciding.hand_over(session, claim.id, by=cast.qian_jin, now=NOW)
    assert asked(desk, claim) == ["周国平"]


def test_the_leading_group_is_no_rung_of_the_ladder(desk: Desk):
    cast = desk.cast
    cast.committee.parent_id = above(desk, OrganizationKind.LEADING_GROUP).id
    give_office(desk, cast.qian_jin, Office.SECRETARY, desk.session.get_one(Organization, cast.committee.parent_id))
    unbind(desk, cast.li_si, cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.zhou_guoping)
    assert asked(desk, desk.claim()) == []


# 代理


def test_an_acting_leader_is_asked_beside_the_leader(desk: Desk):
    acting.appoint(desk.session, desk.cast.wang_fang, until=date(2026, 11, 22), by=desk.cast.li_si, now=NOW)
    claim = desk.claim()
    assert asked(desk, claim) == ["王芳", "李四"]
    assert allowed(desk, claim) == {"王芳", "李四", "王建军"}


def test_an_acting_leaders_own_claim_goes_to_the_secretary(desk: Desk):
    acting.appoint(desk.session, desk.cast.wang_fang, until=date(2026, 11, 22), by=desk.cast.li_si, now=NOW)
    for member in (desk.cast.wang_fang, desk.cast.li_si):
        assert allowed(desk, desk.claim(of=member)) == {"王建军"}


# An office has a start and an end


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        (date(2026, 11, 20), None, True),
        (date(2026, 11, 21), None, False),
        (date(2026, 1, 1), date(2026, 11, 20), True),
        (date(2026, 1, 1), date(2026, 11, 19), False),
    ],
)
def test_an_office_counts_from_its_first_to_its_last_day(desk: Desk, starts: date, ends: date | None, holds: bool):
    end_office(desk, desk.cast.li_si)
    give_office(desk, desk.cast.wang_fang, Office.GROUP_LEADER, desk.cast.first_group, starts_on=starts, ends_on=ends)
    assert asked(desk, desk.claim()) == (["王芳"] if holds else ["王建军"])


# Handing over


def test_handing_over_climbs_the_ladder_up_to_the_top(desk: Desk):
    cast, claim = desk.cast, desk.claim()
    ladder = [cast.li_si, cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.zhou_guoping]
    for giver, taker in pairwise(ladder):
        assert asked(desk, claim) == [giver.name]
        _, told = deciding.hand_over(desk.session, claim.id, by=giver, now=NOW)
        assert [member.name for member in told] == [taker.name]
    with pytest.raises(NobodyAbove, match=f"#{claim.id} 没有可以转交的上一级"):
        deciding.hand_over(desk.session, claim.id, by=cast.zhou_guoping, now=NOW)
    assert asked(desk, claim) == ["周国平"]


def test_who_handed_over_no_longer_decides_but_the_secretary_always_may(desk: Desk):
    cast, claim = desk.cast, desk.claim()
    for giver in (cast.li_si, cast.wang_jianjun):
        deciding.hand_over(desk.session, claim.id, by=giver, now=NOW)
    assert allowed(desk, claim) == {"何敏", "王建军"}
    with pytest.raises(NotYours, match=f"#{claim.id} 不由您审核"):
        desk.approve(claim, by=cast.li_si)
    assert desk.approve(claim, by=cast.wang_jianjun).decided_by is cast.wang_jianjun


def test_handing_over_passes_who_cannot_be_reached(desk: Desk):
    unbind(desk, desk.cast.wang_jianjun)
    claim = desk.claim()
    _, told = deciding.hand_over(desk.session, claim.id, by=desk.cast.li_si, now=NOW)
    assert [member.name for member in told] == ["何敏"]


def test_handing_over_never_reaches_the_member_concerned(desk: Desk):
    claim = desk.claim(of=desk.cast.he_min)
    _, told = deciding.hand_over(desk.session, claim.id, by=desk.cast.wang_jianjun, now=NOW)
    assert [member.name for member in told] == ["孙磊"]


def test_a_leader_who_holds_a_higher_office_hands_over_to_the_next_level_only(desk: Desk):
    """李四 is 纪检委员 as well: what he hands over still goes to the secretary first."""
    give_office(desk, desk.cast.li_si, Office.DISCIPLINE_COMMISSIONER, desk.cast.first_branch)
    claim = desk.claim()
    _, told = deciding.hand_over(desk.session, claim.id, by=desk.cast.li_si, now=NOW)
    assert [member.name for member in told] == ["王建军"]


def test_a_secretary_who_leads_the_group_hands_over_to_the_deputy(desk: Desk):
    end_office(desk, desk.cast.li_si)
    give_office(desk, desk.cast.wang_jianjun, Office.GROUP_LEADER, desk.cast.first_group)
    claim = desk.claim()
    _, told = deciding.hand_over(desk.session, claim.id, by=desk.cast.wang_jianjun, now=NOW)
    assert [member.name for member in told] == ["何敏"]


def test_the_secretary_hands_over_what_waits_for_the_leader(desk: Desk):
    claim = desk.claim()
    _, told = deciding.hand_over(desk.session, claim.id, by=desk.cast.wang_jianjun, now=NOW)
    assert [member.name for member in told] == ["何敏"]


def test_the_secretary_hands_over_what_is_above_already(desk: Desk):
    claim = desk.claim()
    for giver in (desk.cast.li_si, desk.cast.wang_jianjun, desk.cast.wang_jianjun):
        _, told = deciding.hand_over(desk.session, claim.id, by=giver, now=NOW)
    assert [member.name for member in told] == ["孙磊"]


# 代报


def test_what_a_leader_recorded_is_decided_by_the_secretary_and_never_by_the_leader(desk: Desk):
    claim = desk.claim(of=desk.cast.liu_defu, by=desk.cast.li_si)
    assert asked(desk, claim) == ["王建军"]
    assert allowed(desk, claim) == {"王建军"}
    with pytest.raises(NotYours, match="不由您审核"):
        desk.approve(claim, by=desk.cast.li_si)


def test_what_the_secretary_recorded_is_decided_by_the_deputy(desk: Desk):
    claim = desk.claim(of=desk.cast.liu_defu, by=desk.cast.wang_jianjun)
    assert asked(desk, claim) == ["何敏"]
    assert allowed(desk, claim) == {"何敏"}


def test_what_the_deputy_recorded_for_the_secretary_is_neithers(desk: Desk):
    claim = desk.claim(of=desk.cast.wang_jianjun, by=desk.cast.he_min)
    assert asked(desk, claim) == ["孙磊"]
    assert allowed(desk, claim) == {"孙磊"}


# Nobody else


@pytest.mark.parametrize("name", ["zhang_san", "wang_fang", "ma_chao", "he_min", "sun_lei", "zhou_guoping"])
def test_who_sees_a_claim_or_not_does_not_decide_it(desk: Desk, name: str):
    claim = desk.claim()
    with pytest.raises((NotYours, NotFound)):
        desk.approve(claim, by=getattr(desk.cast, name))
    assert desk.entries() == []


def test_nobody_decides_their_own_claim(desk: Desk):
    cast = desk.cast
    for member in (cast.zhang_san, cast.li_si, cast.wang_jianjun, cast.he_min, cast.sun_lei):
        claim = desk.claim(of=member)
        with pytest.raises(NotYours, match=f"#{claim.id} 是您自己的申报，由别人审核"):
            desk.approve(claim, by=member)


# Requests have the same ladder


def test_a_binding_is_asked_of_the_leader_and_a_leaders_of_the_secretary(desk: Desk):
    for member, name in ((desk.cast.zhang_san, "李四"), (desk.cast.li_si, "王建军")):
        request = requests.open_binding(desk.session, member, openid="o-new", now=NOW)
        assert [m.name for m in deciders(desk.session, request, NOW).asked] == [name]


def test_a_new_phone_of_someone_with_an_office_is_asked_of_the_level_above(desk: Desk):
    request = requests.open_binding(
        desk.session, desk.cast.wang_jianjun, openid="o-new", now=NOW, kind=RequestKind.REBINDING
    )
    decision = deciders(desk.session, request, NOW)
    assert [m.name for m in decision.asked] == ["周国平"]
    assert decision.allowed == {desk.cast.zhou_guoping.id}
