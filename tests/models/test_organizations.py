"""The ladder of organizations (S0 一级抓一级)."""

from sqlalchemy.orm import Session

from models import organizations
from models.organizations import Organization, OrganizationKind
from tests.cast import Cast


def test_the_ladder_goes_from_an_organization_up(session: Session, cast: Cast):
    assert organizations.ladder(session, cast.first_group.id) == [cast.first_group, cast.first_branch, cast.committee]
    assert organizations.ladder(session, cast.committee.id) == [cast.committee]


def test_the_next_level_above(session: Session, cast: Cast):
    assert organizations.above(session, cast.first_group.id) is cast.first_branch
    assert organizations.above(session, cast.committee.id) is None


def test_the_branch_of_an_organization(session: Session, cast: Cast):
    for organization, branch in (
        (cast.first_group, cast.first_branch),
        (cast.first_branch, cast.first_branch),
        (cast.committee, None),
    ):
        assert organizations.branch_of(session, organization) is branch


def test_groups_branches_and_roots_come_in_the_order_of_the_roster(session: Session, cast: Cast):
    assert organizations.groups_of(session, cast.first_branch.id) == [cast.first_group, cast.second_group]
    assert organizations.groups_of(session, cast.committee.id) == []
    assert organizations.branches(session) == [cast.first_branch, cast.second_branch]
    assert organizations.roots(session) == [cast.committee]


def test_those_below_are_found_among_more_than_a_statement_takes_values(session: Session, cast: Cast):
    many = [cast.second_branch.id, cast.third_group.id, cast.first_branch.id, *range(10_000, 80_000)]
    below = organizations.those_below(session, many, {cast.second_branch.id})
    assert below == [cast.second_branch.id, cast.third_group.id]
    assert organizations.those_below(session, (), {cast.committee.id}) == []


def test_a_name_that_is_not_unique_is_written_with_its_branch(session: Session, cast: Cast):
    twin = Organization(name="第一小组", kind=OrganizationKind.GROUP, parent_id=cast.second_branch.id)
    session.add(twin)
    session.flush()
    assert organizations.find_by_name(session, "第一小组") == [cast.first_group, twin]
    assert organizations.find_by_name(session, "第二支部/第一小组") == [twin]
    assert organizations.find_by_name(session, "第三支部/第一小组") == []
    assert organizations.find_by_name(session, "没有的组") == []
