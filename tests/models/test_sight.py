"""Who sees what: the member and those who may decide, inspect or review, and nobody else (rules 9, 13, 31, 33)."""

from datetime import date

import pytest
from sqlalchemy import update

from models import pictures, sight
from models.appointments import Appointment, Office
from models.claiming import NotYourMember
from models.claims import Claim
from models.members import Member, Move
from models.organizations import Organization
from models.pictures import Picture
from tests.cast import NOW
from tests.models.desk import TODAY, Desk

EVERYBODY = (
    "zhou_guoping wang_jianjun he_min sun_lei li_si zhang_san wang_fang liu_qiang chen_jing zhao_min "
    "ouyang_jianguo liu_defu ma_chao zheng_shuang feng_tao qian_jin wu_gang sun_li"
).split()


def seers(desk: Desk, claim: Claim) -> list[str]:
    people = [getattr(desk.cast, name) for name in EVERYBODY]
    return [member.name for member in people if sight.sees_claim(desk.session, member, claim, NOW)]


def give_office(desk: Desk, member: Member, office: Office, of: Organization, *, ends: date | None = None) -> None:
    desk.session.add(
        Appointment(member_id=member.id, organization_id=of.id, office=office, starts_on=date(2026, 1, 1), ends_on=ends)
    )
    desk.session.flush()


def move(desk: Desk, member: Member) -> None:
    """Into the third group of the second branch, today."""
    here, there = desk.cast.first_branch, desk.cast.second_branch
    member.branch_id, member.group_id = there.id, desk.cast.third_group.id
    desk.session.add(Move(member_id=member.id, from_branch_id=here.id, to_branch_id=there.id, moved_on=TODAY))
    desk.session.flush()


def picture(desk: Desk, claim: Claim | None) -> Picture:
    claim_id = claim.id if claim else None
    return pictures.receive(desk.session, desk.cast.zhang_san.id, "media", claim_id=claim_id, now=NOW)


def test_a_claim_is_seen_by_its_member_the_leader_the_branch_and_the_committee(desk: Desk):
    assert seers(desk, desk.claim()) == ["周国平", "王建军", "何敏", "孙磊", "李四", "张三"]


def test_the_leader_of_another_group_does_not_see_it(desk: Desk):
    assert seers(desk, desk.claim(of=desk.cast.feng_tao)) == ["周国平", "王建军", "何敏", "孙磊", "马超", "冯涛"]


def test_nobody_of_another_branch_sees_it(desk: Desk):
    assert not {"钱进", "吴刚", "孙丽"} & set(seers(desk, desk.claim()))


def test_who_recorded_and_who_decided_it_see_it(desk: Desk):
    claim = desk.approve(desk.claim(of=desk.cast.liu_defu, by=desk.cast.li_si), by=desk.cast.wang_jianjun)
    for member in (desk.cast.li_si, desk.cast.wang_jianjun):
        ended = update(Appointment).where(Appointment.member_id == member.id).values(ends_on=date(2026, 11, 19))
        desk.session.execute(ended)
        assert member.name in seers(desk, claim)


@pytest.mark.parametrize(
    ("office", "sees"),
    [
        (Office.COMMITTEE_MEMBER, True),
        (Office.ORGANIZATION_COMMISSIONER, True),
        (Office.PUBLICITY_COMMISSIONER, True),
        (Office.PARTY_AFFAIRS_OFFICER, True),
        (Office.INSPECTOR, True),
        (Office.LEADER_IN_CHARGE, False),
    ],
)
def test_offices_of_the_branch_that_review_see_its_claims(desk: Desk, office: Office, sees: bool):
    give_office(desk, desk.cast.wang_fang, office, desk.cast.first_branch)
    assert ("王芳" in seers(desk, desk.claim())) is sees


@pytest.mark.parametrize(
    ("office", "sees"),
    [
        (Office.PARTY_AFFAIRS_OFFICER, True),
        (Office.INSPECTOR, True),
        (Office.DEPUTY_SECRETARY, False),
        (Office.LEADER_IN_CHARGE, False),
    ],
)
def test_offices_of_the_level_above_that_review_see_every_claim(desk: Desk, office: Office, sees: bool):
    give_office(desk, desk.cast.sun_li, office, desk.cast.committee)
    assert ("孙丽" in seers(desk, desk.claim())) is sees


def test_an_office_that_ended_shows_nothing(desk: Desk):
    give_office(desk, desk.cast.wang_fang, Office.COMMITTEE_MEMBER, desk.cast.first_branch, ends=date(2026, 11, 19))
    assert "王芳" not in seers(desk, desk.claim())


def test_an_office_of_another_branch_shows_nothing(desk: Desk):
    give_office(desk, desk.cast.sun_li, Office.INSPECTOR, desk.cast.second_branch)
    assert "孙丽" not in seers(desk, desk.claim())


def test_both_branches_can_explain_the_claims_of_a_member_who_moved(desk: Desk):
    """The deed stays with the old branch; the new one may look at it as well (rules 31)."""
    claim = desk.claim()
    move(desk, desk.cast.zhang_san)
    assert set(seers(desk, claim)) == {"周国平", "王建军", "何敏", "孙磊", "张三", "钱进", "吴刚"}


# 代报


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("li_si", True),
        ("wang_jianjun", True),
        ("he_min", True),
        ("sun_lei", False),
        ("ma_chao", False),
        ("wang_fang", False),
        ("qian_jin", False),
        ("zhou_guoping", False),
    ],
)
def test_only_the_leader_and_the_secretaries_record_for_a_member(desk: Desk, name: str, may: bool):
    asker, member = getattr(desk.cast, name), desk.cast.liu_defu
    assert sight.may_record_for(desk.session, asker, member, NOW) is may
    if may:
        assert desk.claim(of=member, by=asker).submitted_by is asker
    else:
        with pytest.raises(NotYourMember, match="刘德福不在您的组里"):
            desk.claim(of=member, by=asker)


# Pictures


def test_a_picture_is_seen_by_who_sees_its_claim(desk: Desk):
    claim = desk.claim()
    shown = picture(desk, claim)
    for name in EVERYBODY:
        member = getattr(desk.cast, name)
        seen = sight.sees_picture(desk.session, member, shown, claim, NOW)
        assert seen is sight.sees_claim(desk.session, member, claim, NOW)


def test_a_picture_without_a_claim_is_its_senders_alone(desk: Desk):
    shown = picture(desk, None)
    seen = [n for n in EVERYBODY if sight.sees_picture(desk.session, getattr(desk.cast, n), shown, None, NOW)]
    assert seen == ["zhang_san"]


@pytest.mark.parametrize("with_claim", [True, False])
def test_a_sealed_picture_is_the_committees_alone(desk: Desk, with_claim: bool):
    claim = desk.claim() if with_claim else None
    shown = picture(desk, claim)
    pictures.seal(desk.session, shown, desk.cast.li_si.id)
    seen = [n for n in EVERYBODY if sight.sees_picture(desk.session, getattr(desk.cast, n), shown, claim, NOW)]
    assert seen == ["zhou_guoping"]
