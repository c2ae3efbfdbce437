"""Seats: the offices held in a branch, its groups and above, by whom, and whether a push reaches them (rules 9).

The statements here find them; who is asked among them stands in ``models/deciders.py``.
"""

from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from models.appointments import Appointment, Office
from models.bindings import Binding
from models.followers import Follower
from models.group_memberships import GroupMembership, running
from models.lists import among, listed
from models.members import Member
from models.organizations import LADDER_IDS, Nature, Organization, OrganizationKind
from models.prepared import Prepared

# The offices of the rungs from the secretary up to the levels above the branch.
OF_BRANCH = (Office.SECRETARY, Office.DEPUTY_SECRETARY, Office.DISCIPLINE_COMMISSIONER)
# The leading group leads, but is no rung of the ladder.
LADDER_ABOVE = (OrganizationKind.PARTY_COMMITTEE, OrganizationKind.GENERAL_BRANCH)


class Seat(NamedTuple):
    """An office held in a branch, one of its groups or above, by whom, and whether a push reaches them."""

    id: int  # of the member
    name: str
    office: Office
    organization_id: int
    organization: str
    kind: OrganizationKind
    height: int | None  # levels above the branch; None for its groups
    reachable: bool


_TODAY = bindparam("today", type_=Date)
_BRANCH: Any = bindparam("organization_id")
_OWN = (Organization.parent_id == _BRANCH, Organization.kind == OrganizationKind.GROUP)
# A temporary group decides nothing when its last day is over.
_LASTS = or_(Organization.nature != Nature.TEMPORARY, Organization.ends_on.is_(None), Organization.ends_on >= _TODAY)
_GROUPS = select(Organization.id, cast(null(), Integer).label("height")).where(*_OWN, _LASTS)
# The temporary groups of other branches in which somebody of this one is.
_TEMPORARY = (
    select(GroupMembership.organization_id, cast(null(), Integer))
    .join(Member, Member.id == GroupMembership.member_id)
    .join(Organization, Organization.id == GroupMembership.organization_id)
    # The sum keeps the planner from asking each member of the branch: few groups last, and hardly anybody is in one.
    .where(Member.branch_id + 0 == _BRANCH, Organization.parent_id != _BRANCH, *running())
    .distinct()
)
_RUNGS = union_all(select(LADDER_IDS.c.id, LADDER_IDS.c.height), _GROUPS, _TEMPORARY).cte("rungs")


def _seats(height: Any, rungs: CTE | None = None, *more: Any) -> Select[Any]:
    seats = select(
        Appointment.member_id,
        Member.name,
        Appointment.office,
        Appointment.organization_id,
        Organization.name,
        Organization.kind,
        height,
        Follower.openid.is_not(None),
        *more,
    )
    if rungs is not None:
        seats = seats.select_from(rungs).join(Appointment, Appointment.organization_id == rungs.c.id)
    else:
        seats = seats.select_from(Appointment)
    return (
        seats.join(Member, (Member.id == Appointment.member_id) & Member.left_on.is_(None))
        .join(Organization, Organization.id == Appointment.organization_id)
        .outerjoin(Binding, Binding.member_id == Appointment.member_id)
        .outerjoin(Follower, (Follower.openid == Binding.openid) & Follower.unfollowed_at.is_(None))
        .where(Appointment.starts_on <= _TODAY)
        .where(Appointment.ends_on.is_(None) | (Appointment.ends_on >= _TODAY))
        .order_by(Appointment.acting.desc(), Appointment.id)
    )


OFFICES = Prepared(_seats(_RUNGS.c.height, _RUNGS))
# Those of the branch and of one group of it who may decide: nearly every claim is asked of one of them.
NEAREST = Prepared(
    _seats(case((Appointment.organization_id == _BRANCH, 0)))
    .where(or_(Appointment.organization_id == _BRANCH, Appointment.organization_id == bindparam("group_id")))
    .where(or_(Organization.id == _BRANCH, and_(*_OWN, _LASTS)))
    .where(among(Appointment.office, (Office.GROUP_LEADER, *OF_BRANCH)))
)
# The leaders of one group of it: one or two rows, which Python puts in order at less cost.
LEADERS = Prepared(
    _seats(cast(null(), Integer), None, Appointment.acting, Appointment.id)
    .where(Appointment.organization_id == bindparam("group_id"), *_OWN, _LASTS)
    .where(Appointment.office == Office.GROUP_LEADER)
    .order_by(None)
)


def can_ask_branch(of: Any, *concerned: Any) -> ColumnElement[bool]:
    """Of things in a table: whether their branch has somebody in an office whom a push reaches, and who is not
    ``concerned`` (columns with members). ``:today`` is the day."""
    holds = (Appointment.organization_id == of.branch_id, among(Appointment.office, OF_BRANCH))
    return _reachable(*holds, *(Appointment.member_id != one for one in concerned)).correlate(of).exists()


def can_ask_next(of: Any, *concerned: Any) -> ColumnElement[bool]:
    """The same of the rung right above their branch, if that is one."""
    branch, rung = aliased(Organization), aliased(Organization)
    holds = (branch.id == of.branch_id, Appointment.office == Office.SECRETARY, among(rung.kind, LADDER_ABOVE))
    found = _reachable(*holds, *(Appointment.member_id != one for one in concerned))
    above = found.join(rung, rung.id == Appointment.organization_id).join(branch, branch.parent_id == rung.id)
    return above.correlate(of).exists()


def is_next_above(of: Any, name: str) -> ColumnElement[bool]:
    """Of things in a table: whether one of the organizations with these numbers is right above their branch."""
    branch = aliased(Organization)
    return select(branch.id).where(branch.id == of.branch_id, listed(branch.parent_id, name)).correlate(of).exists()


def _reachable(*which: Any) -> Select[Any]:
    """Such appointments that hold today, of members whom a push reaches."""
    return (
        select(Appointment.id)
        .join(Member, (Member.id == Appointment.member_id) & Member.left_on.is_(None))
        .join(Binding, Binding.member_id == Appointment.member_id)
        .join(Follower, (Follower.openid == Binding.openid) & Follower.unfollowed_at.is_(None))
        .where(*which)
        .where(Appointment.starts_on <= _TODAY, or_(Appointment.ends_on.is_(None), Appointment.ends_on >= _TODAY))
    )
