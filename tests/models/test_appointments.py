"""Offices: who holds which, from when to when, and what roles they give (rules 9)."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from models import appointments
from models.appointments import Appointment, Office, Role
from models.members import Member
from models.organizations import Organization, OrganizationKind
from tests.cast import NOW, Cast

KIND = OrganizationKind
EVERYONE = {Role.VISITOR, Role.MEMBER}


def give(session: Session, member: Member, office: Office, of: Organization, **more: object) -> Appointment:
    made = Appointment(
        **{"member_id": member.id, "organization_id": of.id, "office": office, "starts_on": date(2026, 1, 1)} | more
    )
    session.add(made)
    session.flush()
    return made


@pytest.mark.parametrize(
    ("office", "kind", "roles"),
    [
        (Office.GROUP_LEADER, KIND.GROUP, {Role.LEADER}),
        (Office.SECRETARY, KIND.BRANCH, {Role.SECRETARY, Role.BRANCH}),
        (Office.DEPUTY_SECRETARY, KIND.BRANCH, {Role.SECRETARY, Role.BRANCH}),
        (Office.COMMITTEE_MEMBER, KIND.BRANCH, {Role.BRANCH}),
        (Office.ORGANIZATION_COMMISSIONER, KIND.BRANCH, {Role.BRANCH}),
        (Office.PUBLICITY_COMMISSIONER, KIND.BRANCH, {Role.BRANCH}),
        (Office.DISCIPLINE_COMMISSIONER, KIND.BRANCH, {Role.BRANCH}),
        (Office.PARTY_AFFAIRS_OFFICER, KIND.BRANCH, set()),
        (Office.LEADER_IN_CHARGE, KIND.BRANCH, set()),
        (Office.INSPECTOR, KIND.BRANCH, {Role.INSPECTOR}),
        (Office.INSPECTOR, KIND.PARTY_COMMITTEE, {Role.INSPECTOR}),
        (Office.SECRETARY, KIND.PARTY_COMMITTEE, {Role.COMMITTEE}),
        (Office.SECRETARY, KIND.GENERAL_BRANCH, {Role.COMMITTEE}),
        (Office.PARTY_AFFAIRS_OFFICER, KIND.PARTY_COMMITTEE, {Role.COMMITTEE}),
        (Office.DEPUTY_SECRETARY, KIND.PARTY_COMMITTEE, set()),
    ],
)
def test_the_roles_an_office_gives(office: Office, kind: OrganizationKind, roles: set[Role]):
    assert appointments.roles_of([(office, kind)]) == EVERYONE | roles


def test_a_member_without_an_office_is_a_member_and_offices_add_up():
    assert appointments.roles_of([]) == EVERYONE
    both = [(Office.GROUP_LEADER, KIND.GROUP), (Office.SECRETARY, KIND.BRANCH)]
    assert appointments.roles_of(both) == EVERYONE | {Role.LEADER, Role.SECRETARY, Role.BRANCH}


def test_an_office_is_held_from_its_first_day_to_its_last(session: Session, cast: Cast):
    give(
        session,
        cast.zhang_san,
        Office.INSPECTOR,
        cast.first_branch,
        starts_on=date(2026, 11, 20),
        ends_on=date(2026, 11, 21),
    )
    for days, holds in ((-1, False), (0, True), (1, True), (2, False)):
        now = NOW + timedelta(days=days)
        assert bool(appointments.held_by(session, cast.zhang_san.id, now)) is holds
        assert appointments.seats_of(session, cast.zhang_san.id, now) == (
            [(Office.INSPECTOR, KIND.BRANCH)] if holds else []
        )


def test_the_day_of_an_office_is_the_one_in_shanghai(session: Session, cast: Cast):
    give(session, cast.zhang_san, Office.INSPECTOR, cast.first_branch, starts_on=date(2026, 11, 21))
    eight_in_the_evening_utc = NOW.replace(hour=20)
    assert appointments.held_by(session, cast.zhang_san.id, eight_in_the_evening_utc)


def test_who_stands_in_comes_before_the_holder(session: Session, cast: Cast):
    give(session, cast.wang_fang, Office.GROUP_LEADER, cast.first_group, acting=True)
    found = appointments.holders(session, cast.first_group.id, Office.GROUP_LEADER, NOW)
    assert found == [cast.wang_fang, cast.li_si]
    assert appointments.holders(session, cast.first_group.id, Office.SECRETARY, NOW) == []


def test_an_office_given_meanwhile_counts_at_once(session: Session, cast: Cast):
    assert appointments.held_by(session, cast.zhang_san.id, NOW) == []
    made = give(session, cast.zhang_san, Office.INSPECTOR, cast.first_branch)
    assert appointments.held_by(session, cast.zhang_san.id, NOW) == [made]


def test_the_words_by_which_a_rulebook_names_people(session: Session, cast: Cast):
    assert appointments.office_words(session, cast.zhang_san, NOW) == frozenset()
    assert appointments.office_words(session, cast.wang_jianjun, NOW) == {"secretary"}
    assert appointments.office_words(session, cast.zhou_guoping, NOW) == {"secretary", "leading_cadre"}
