"""What waits for whom: the first at once, further ones in a digest, and the to-do list (rules 9, 28)."""

import random
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from models import claiming, claims, deciding_requests, requests, rulebooks, settings, waiting
from models.appointments import Appointment, Office
from models.claims import Claim
from models.deciders import deciders
from models.members import Member
from models.months import at
from models.organizations import Nature, Organization, OrganizationKind
from models.requests import Request, RequestKind
from models.rereading import take_notes
from tests.cast import NOW
from tests.models.desk import NOVEMBER, TODAY, D, Desk
from tests.models.test_unreachable import unfollow

NOON, EVENING = at(date(2026, 11, 20), 12), at(date(2026, 11, 20), 17, 30)
MINUTE = timedelta(minutes=1)


def told(desk: Desk) -> list[tuple[str, datetime]]:
    """Kind and moment of what 李四 has been told."""
    return [(notice.kind, notice.due) for notice in desk.notices() if notice.member_id == desk.cast.li_si.id]


def to_do(desk: Desk, member: Member) -> list[Claim]:
    return [claims.get(desk.session, one.id) for one in waiting.waiting_for(desk.session, member, NOW)]


def digest_at(desk: Desk, *times: str) -> None:
    settings.put(
        desk.session,
        settings.NOTICES_DIGEST,
        list(times),
        organization_id=desk.cast.committee.id,
        by_id=None,
        now=NOW,
    )


def test_what_waits_is_found_without_loading_it(desk: Desk):
    """Whoever is far behind has hundreds, and counts them with each decision."""
    for member in (desk.cast.zhang_san, desk.cast.wang_fang):
        desk.claim(of=member)
    desk.session.expunge_all()
    assert len(waiting.waiting_for(desk.session, desk.cast.li_si, NOW)) == 2
    assert not [row for row in desk.session.identity_map.values() if isinstance(row, Claim)]


# Telling


def test_the_first_waiting_claim_is_told_at_once_and_further_ones_together(desk: Desk):
    for member in (desk.cast.zhang_san, desk.cast.wang_fang, desk.cast.liu_qiang):
        desk.claim(of=member)
    assert told(desk) == [("claim_waiting", NOW), ("claims_waiting", NOON)]


def test_after_noon_the_digest_is_in_the_evening_and_after_that_tomorrow(desk: Desk):
    for now, due in (
        (NOON - MINUTE, NOON),
        (NOON, EVENING),
        (EVENING, NOON + timedelta(days=1)),
        (at(date(2026, 11, 20), 23, 59), NOON + timedelta(days=1)),
    ):
        assert waiting.next_digest(desk.session, desk.cast.first_branch.id, now) == due


def test_each_digest_is_told_once(desk: Desk):
    for now in (NOW, NOW, NOON - MINUTE, NOON, EVENING - MINUTE):
        desk.claim(now=now)
    assert told(desk) == [("claim_waiting", NOW), ("claims_waiting", NOON), ("claims_waiting", EVENING)]


def test_when_nothing_waits_any_more_the_next_one_is_told_at_once(desk: Desk):
    desk.approve(desk.claim())
    desk.claim(now=NOW + MINUTE)
    assert told(desk) == [("claim_waiting", NOW), ("claim_waiting", NOW + MINUTE)]


def test_without_a_digest_each_is_told_at_once(desk: Desk):
    digest_at(desk)
    for _ in range(3):
        desk.claim()
    assert told(desk) == [("claim_waiting", NOW)] * 3


def test_digests_have_the_times_that_were_set(desk: Desk):
    digest_at(desk, "09:15")
    for _ in range(2):
        desk.claim()
    assert told(desk)[1] == ("claims_waiting", at(date(2026, 11, 21), 9, 15))


def test_everyone_is_told_of_their_own(desk: Desk):
    desk.claim()
    desk.claim(of=desk.cast.li_si)
    assert desk.told("claim_waiting") == ["李四", "王建军"]
    assert desk.told("claims_waiting") == []


# The to-do list


def test_the_list_goes_by_person_and_oldest_first(desk: Desk):
    second = desk.claim(of=desk.cast.wang_fang)
    third = desk.claim(of=desk.cast.wang_fang, now=NOW + MINUTE)
    first = desk.claim(of=desk.cast.zhang_san, now=NOW + 2 * MINUTE)
    assert to_do(desk, desk.cast.li_si) == [first, second, third]


def test_the_list_holds_only_what_is_asked_of_one(desk: Desk):
    desk.claim()
    own = desk.claim(of=desk.cast.li_si)
    other_group = desk.claim(of=desk.cast.feng_tao)
    assert to_do(desk, desk.cast.wang_jianjun) == [own]
    assert to_do(desk, desk.cast.ma_chao) == [other_group]
    for member in (desk.cast.zhang_san, desk.cast.qian_jin, desk.cast.wu_gang, desk.cast.zhou_guoping):
        assert to_do(desk, member) == []


@pytest.mark.parametrize("verb", ["approve", "reject", "send_back", "withdraw"])
def test_what_is_decided_or_withdrawn_leaves_the_list(desk: Desk, verb: str):
    getattr(desk, verb)(desk.claim())
    assert to_do(desk, desk.cast.li_si) == []


def test_what_has_moved_up_is_on_both_lists(desk: Desk):
    claim = desk.claim()
    claim.moved_up_at = NOW
    desk.session.flush()
    assert to_do(desk, desk.cast.li_si) == to_do(desk, desk.cast.wang_jianjun) == [claim]


def test_what_reached_the_top_is_on_the_committees_list(desk: Desk):
    claim = desk.claim(of=desk.cast.sun_lei)
    claim.rung = 4
    desk.session.flush()
    assert to_do(desk, desk.cast.zhou_guoping) == [claim]


def test_the_secretary_of_two_branches_sees_both(desk: Desk):
    """周国平 is secretary above both; what waits in either is on his list."""
    ours, cast = desk.claim(), desk.cast
    item = rulebooks.in_force(desk.session, cast.second_branch.id, NOVEMBER).get_item("志愿-01")
    made, _ = claiming.submit(desk.session, cast.sun_li, item, D(1), day=TODAY, by=cast.sun_li, now=NOW)
    theirs = claims.get(desk.session, made.id)
    for claim in (ours, theirs):
        claim.rung = 4
    desk.session.flush()
    assert to_do(desk, cast.zhou_guoping) == [ours, theirs]


def test_what_nobody_of_the_branch_can_be_asked_is_on_the_committees_list(desk: Desk):
    cast = desk.cast
    unfollow(desk, cast.wang_jianjun, cast.he_min)
    claim = desk.claim(of=cast.li_si)
    assert to_do(desk, cast.sun_lei) == [claim]
    assert to_do(desk, cast.zhou_guoping) == []
    own = desk.claim(of=cast.sun_lei)  # who is the last of them, and concerned
    assert to_do(desk, cast.zhou_guoping) == [own]


def test_a_level_above_reads_only_what_may_have_risen_to_it(desk: Desk):
    """A committee of 600 members read 20,000 rows in 300 ms to find none."""
    for _ in range(3):
        desk.claim()
    risen = desk.claim(of=desk.cast.wang_fang)
    risen.rung = 4
    desk.session.flush()
    notes = take_notes(desk.session)
    assert to_do(desk, desk.cast.zhou_guoping) == [risen]
    read = [row for note in notes for row in note.found if row[:3] == (row[0], desk.cast.first_branch.id, row[2])]
    assert [row[0] for row in read] == [risen.id]


def put_between(desk: Desk, branch: Organization, kind: OrganizationKind, secretary: Member | None) -> None:
    """A further level between a branch and the committee."""
    between = Organization(name=f"{branch.name}总支", kind=kind, nature=Nature.STANDING, parent_id=branch.parent_id)
    desk.session.add(between)
    desk.session.flush()
    branch.parent_id = between.id
    if secretary is not None:
        of_it = {"organization_id": between.id, "office": Office.SECRETARY, "starts_on": date(2026, 1, 1)}
        desk.session.add(Appointment(member_id=secretary.id, **of_it))
    desk.session.flush()


@pytest.mark.parametrize("reachable", [True, False])
def test_the_top_reads_nothing_that_the_level_below_it_can_be_asked(desk: Desk, reachable: bool):
    """A committee of 100,000 members read the offices of 2,000 branches for half a second, to find nothing for it."""
    cast = desk.cast
    put_between(desk, cast.first_branch, OrganizationKind.GENERAL_BRANCH, cast.wu_gang)
    unfollow(desk, cast.sun_lei, cast.he_min, *([] if reachable else [cast.wu_gang]))
    own = desk.claim(of=cast.wang_jianjun)  # nobody else of his branch can be asked
    notes = take_notes(desk.session)
    assert to_do(desk, cast.zhou_guoping) == ([] if reachable else [own])
    read = [row for note in notes for row in note.found if row[:2] == (own.id, cast.first_branch.id)]
    assert len(read) == (0 if reachable else 1)
    assert to_do(desk, cast.wu_gang) == ([own] if reachable else [])


def test_what_has_waited_too_long_is_read_by_two_rungs_and_nobody_above_them(desk: Desk):
    cast = desk.cast
    put_between(desk, cast.first_branch, OrganizationKind.GENERAL_BRANCH, cast.wu_gang)
    unfollow(desk, cast.li_si)
    late = desk.claim(of=cast.zhang_san)
    late.moved_up_at = NOW
    late.rung = 1
    desk.session.flush()
    notes = take_notes(desk.session)
    assert to_do(desk, cast.zhou_guoping) == []
    assert not [row for note in notes for row in note.found if row[:2] == (late.id, cast.first_branch.id)]
    unfollow(desk, cast.wang_jianjun, cast.sun_lei, cast.he_min)
    assert to_do(desk, cast.zhou_guoping) == to_do(desk, cast.wu_gang) == [late]


@pytest.mark.parametrize(
    ("kind", "secretary"),
    [(OrganizationKind.GENERAL_BRANCH, "wang_jianjun"), (OrganizationKind.LEADING_GROUP, "wu_gang")],
    ids=["where the same person is secretary", "where it is no rung of the ladder"],
)
def test_what_the_level_between_cannot_decide_is_on_the_list_of_the_top(
    desk: Desk, kind: OrganizationKind, secretary: str
):
    cast = desk.cast
    put_between(desk, cast.first_branch, kind, getattr(cast, secretary))
    unfollow(desk, cast.sun_lei, cast.he_min)
    own = desk.claim(of=cast.wang_jianjun)
    assert to_do(desk, cast.zhou_guoping) == [own]


@pytest.mark.parametrize("seed", range(16))
def test_everybodys_list_is_what_the_ladder_says_of_each_claim(desk: Desk, seed: int):
    dice, cast, session = random.Random(seed), desk.cast, desk.session
    levels = (OrganizationKind.GENERAL_BRANCH, OrganizationKind.GENERAL_BRANCH, OrganizationKind.LEADING_GROUP)
    for branch in dice.sample((cast.first_branch, cast.second_branch), dice.randint(0, 2)):
        put_between(desk, branch, dice.choice(levels), dice.choice((None, cast.sun_lei, cast.liu_qiang, cast.wu_gang)))
    officers = (cast.li_si, cast.ma_chao, cast.wu_gang, cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.qian_jin)
    unfollow(desk, *dice.sample(officers, dice.randint(0, len(officers))))
    item = rulebooks.in_force(session, cast.second_branch.id, NOVEMBER).get_item("志愿-01")
    people = (*officers[:2], *officers[3:6], cast.zhang_san, cast.feng_tao) * 2
    made = [desk.claim(of=member).id for member in people]
    others = (cast.wu_gang, cast.sun_li, cast.qian_jin)
    made += [claiming.submit(session, one, item, D(1), day=TODAY, by=one, now=NOW)[0].id for one in others]
    found = [claims.get(session, number) for number in made]
    for claim in found:
        claim.rung = dice.choice((0, 0, 0, 1, 1, 2, 3, 4))
        claim.moved_up_at = dice.choice((None, None, NOW))
    session.flush()
    for member in session.scalars(select(Member)):
        asked = {c.id for c in found if member.id in {seat.id for seat in deciders(session, c, NOW).asked}}
        assert {claim.id for claim in to_do(desk, member)} == asked


# Requests


def listed(desk: Desk, member: Member) -> list[Request]:
    return deciding_requests.waiting_for(desk.session, member, NOW)


def test_requests_wait_for_who_decides_them(desk: Desk):
    request = requests.open_binding(desk.session, desk.cast.liu_defu, openid="o-new", now=NOW)
    assert listed(desk, desk.cast.li_si) == [request]
    assert listed(desk, desk.cast.wang_jianjun) == []
    deciding_requests.reject(desk.session, request.id, "不是本人", by=desk.cast.li_si, now=NOW)
    assert listed(desk, desk.cast.li_si) == []


def test_a_new_phone_waits_on_the_list_of_the_level_above(desk: Desk):
    """Also while no claim is open in that branch."""
    request = requests.open_binding(
        desk.session, desk.cast.wang_jianjun, openid="o-new", now=NOW, kind=RequestKind.REBINDING
    )
    assert listed(desk, desk.cast.zhou_guoping) == [request]
    assert listed(desk, desk.cast.wang_jianjun) == []
