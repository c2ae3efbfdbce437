"""The offices of the roster: who holds which from when, and who leads (rules 7, 31)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.appointments import Appointment, Office
from models.roster_offices import UnknownLeader
from models.roster_rows import Held, MemberRow
from tests.models.roster_rows import (
    FIRST,
    FIRST_1,
    LATER,
    ORGANIZATIONS,
    PEOPLE,
    TODAY,
    apply,
    changed,
    offices,
    person,
    place,
)


def test_offices_of_a_first_import_have_always_been_held_or_since_the_organization_is_there(session):
    apply(session)
    starts = {(a.organization.name, a.office): a.starts_on for a in session.scalars(select(Appointment))}
    assert starts == {
        ("机关党委", Office.LEADER_IN_CHARGE): date(2000, 1, 1),
        ("第一支部", Office.LEADER_IN_CHARGE): date(2018, 7, 1),
        ("第一支部", Office.SECRETARY): date(2018, 7, 1),
        ("第一小组", Office.GROUP_LEADER): date(2000, 1, 1),
        ("第二支部", Office.SECRETARY): date(2000, 1, 1),
    }


def test_a_new_office_begins_today_and_one_no_longer_named_ended_yesterday(session):
    apply(session)
    new = [*changed("2", offices=()), MemberRow("6", "赵敏", FIRST_1, offices=(Held(Office.GROUP_LEADER, FIRST_1),))]
    report = apply(session, new, now=LATER)
    assert (report.appointed, report.ended) == (1, 1)
    leaders = session.scalars(select(Appointment).where(Appointment.office == Office.GROUP_LEADER)).all()
    ends = {appointment.member.name: (appointment.starts_on, appointment.ends_on) for appointment in leaders}
    assert ends == {"李四": (date(2000, 1, 1), date(2026, 12, 9)), "赵敏": (date(2026, 12, 10), None)}
    assert offices(session, "2", LATER) == set()


def test_a_changed_leader_in_charge_is_followed(session):
    apply(session)
    places = [replace(row, leaders_in_charge=("5",)) if row.path == FIRST else row for row in ORGANIZATIONS]
    apply(session, PEOPLE, places, now=LATER)
    assert ("第一支部", Office.LEADER_IN_CHARGE) not in offices(session, "1", LATER)
    assert ("第一支部", Office.LEADER_IN_CHARGE) in offices(session, "5", LATER)
    assert ("机关党委", Office.LEADER_IN_CHARGE) in offices(session, "1", LATER)


def test_a_leader_in_charge_may_stand_in_an_earlier_roster_only(session):
    apply(session)
    only_second = [ORGANIZATIONS[0], replace(ORGANIZATIONS[2], leaders_in_charge=("1",)), ORGANIZATIONS[5]]
    apply(session, [PEOPLE[4]], only_second)
    assert ("第二支部", Office.LEADER_IN_CHARGE) in offices(session, "1")


def test_a_leader_in_charge_nobody_knows_is_refused(session):
    places = [replace(ORGANIZATIONS[0], leaders_in_charge=("99",)), *ORGANIZATIONS[1:]]
    with pytest.raises(UnknownLeader, match="没有工号“99”的党员"):
        apply(session, PEOPLE, places)


def test_who_acts_for_a_leader_is_not_the_rosters_to_end(session):
    apply(session)
    acting = Appointment(
        member_id=person(session, "3").id,
        organization_id=place(session, "第一支部/第一小组").id,
        office=Office.GROUP_LEADER,
        acting=True,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=30),
    )
    session.add(acting)
    apply(session, now=LATER)
    assert offices(session, "3", LATER) == {("第一小组", Office.GROUP_LEADER)}


def test_offices_of_people_who_do_not_stand_in_a_partial_roster_stay(session):
    apply(session)
    report = apply(session, [PEOPLE[2]], ORGANIZATIONS[:2], now=LATER)
    assert report.ended == 0
    assert offices(session, "2", LATER) == {("第一小组", Office.GROUP_LEADER)}
