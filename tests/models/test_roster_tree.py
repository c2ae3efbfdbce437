"""The organizations of the roster: which one is meant, what may change, and what is not its own (rules 31)."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import organizations, temporary_groups
from models.appointments import Office
from models.members import Member
from models.organizations import Nature, Organization, OrganizationKind
from models.roster_rows import Held, MemberRow, OrganizationRow
from models.roster_tree import KindChanged
from tests.models.roster_rows import (
    BRANCH,
    FIRST,
    FIRST_1,
    FIRST_2,
    GROUP,
    LATER,
    NOW,
    ORGANIZATIONS,
    PEOPLE,
    TODAY,
    TOP,
    apply,
    offices,
    person,
    place,
)


def test_missing_organizations_are_reported_and_stay(session):
    apply(session)
    other = OrganizationRow(("另一党委",), OrganizationKind.PARTY_COMMITTEE)
    report = apply(session, [*PEOPLE[:3], PEOPLE[4]], [*ORGANIZATIONS[:4], ORGANIZATIONS[5]], now=LATER)
    assert report.missing_organizations == ["第一支部/第二小组"]
    alone = apply(session, (), [other], now=LATER)
    assert alone.missing_organizations == ["机关党委"]
    assert len(session.scalars(select(Organization)).all()) == 7


def test_an_organizations_nature_and_days_are_updated(session):
    apply(session)
    places = [
        replace(row, nature=Nature.RETIRED, ends_on=date(2027, 1, 1)) if row.path == FIRST_2 else row
        for row in ORGANIZATIONS
    ]
    apply(session, PEOPLE, places)
    group = place(session, "第二小组")
    assert (group.nature, group.ends_on) == (Nature.RETIRED, date(2027, 1, 1))


@pytest.mark.parametrize(("path", "kind"), [(FIRST, OrganizationKind.GENERAL_BRANCH), (TOP, BRANCH), (FIRST_1, BRANCH)])
def test_a_branch_or_a_group_never_becomes_another_kind_of_organization(session, path, kind):
    apply(session)
    places = [replace(row, kind=kind) if row.path == path else row for row in ORGANIZATIONS]
    with pytest.raises(KindChanged, match=f"“{'/'.join(path)}”的类型不能改"):
        apply(session, PEOPLE, places)


def test_a_branch_put_under_another_level_is_the_same_branch(session):
    apply(session)
    before = place(session, "第一支部").id
    middle = (*TOP, "第一党总支")

    def under(path: tuple[str, ...]) -> tuple[str, ...]:
        return (*middle, *path[1:]) if path[:2] == FIRST else path

    places = [OrganizationRow(TOP, OrganizationKind.PARTY_COMMITTEE, leaders_in_charge=("1",))]
    places += [OrganizationRow(middle, OrganizationKind.GENERAL_BRANCH)]
    places += [replace(row, path=under(row.path)) for row in ORGANIZATIONS[1:]]
    people = [
        replace(row, home=under(row.home), offices=tuple(Held(o.office, under(o.organization)) for o in row.offices))
        for row in PEOPLE
    ]
    report = apply(session, people, places, now=LATER)
    assert report.founded == ["第一党总支"]
    assert (report.people.moved, report.missing_organizations, report.ended) == ([], [], 0)
    assert place(session, "第一支部").id == before
    assert place(session, "第一支部").parent_id == place(session, "第一党总支").id


def test_a_branch_of_the_same_name_under_another_committee_is_another_branch(session):
    apply(session)
    other = ("乙机关党委", "第一支部")
    places = [OrganizationRow(other[:1], OrganizationKind.PARTY_COMMITTEE), OrganizationRow(other, BRANCH)]
    report = apply(session, [MemberRow("9", "孙丽", other)], places, now=LATER)
    assert report.founded == ["乙机关党委", "第一支部"]
    assert len(organizations.find_by_name(session, "第一支部")) == 2
    assert person(session, "9").joined_on is None


def test_groups_of_the_same_name_in_two_branches_stay_apart(session):
    apply(session)
    assert len(organizations.find_by_name(session, "第一小组")) == 2


def test_a_temporary_group_founded_in_the_chat_is_not_the_rosters(session: Session):
    """Its leader stays, and it is not missed; one that the roster names is the roster's."""
    apply(session)
    for staff_no in ("6", "7"):
        session.add(Member(staff_no=staff_no, name=f"党员{staff_no}", branch_id=place(session, "第一支部").id))
    session.flush()
    people = [person(session, staff_no) for staff_no in ("3", "6", "7")]
    by, until = person(session, "1"), date(2026, 12, 31)
    temporary_groups.found(session, "扫雪专班", leader=people[0], people=people, until=until, by=by, now=NOW)
    report = apply(session, now=LATER)
    assert (report.missing_organizations, report.ended) == ([], 0)
    assert offices(session, "3", LATER) == {("扫雪专班", Office.GROUP_LEADER)}
    named = OrganizationRow((*FIRST, "扫雪专班"), GROUP, Nature.TEMPORARY, starts_on=TODAY, ends_on=until)
    assert apply(session, places=(*ORGANIZATIONS, named), now=LATER).ended == 1
    assert offices(session, "3", LATER) == set()
