"""抽查人员: who may look at a branch's claims again, and which of them gets one (rules 16)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import bindings, organizations
from models.appointments import ABOVE_BRANCHES, Appointment, Office, in_force
from models.claims import Claim
from models.members import Member
from models.organizations import Organization, OrganizationKind


class Inspector(NamedTuple):
    """Somebody who may look; ``crosswise`` when at home in another branch (交叉检查)."""

    id: int
    crosswise: bool
    reachable: bool


def of_branch(session: Session, branch_id: int, now: datetime) -> list[Inspector]:
    """The inspectors of the levels above a branch, and of other branches."""
    above = [rung.id for rung in organizations.ladder(session, branch_id) if rung.kind in ABOVE_BRANCHES]
    other = (Organization.kind == OrganizationKind.BRANCH) & (Organization.id != branch_id)
    query = (
        select(Member)
        .join(Appointment, Appointment.member_id == Member.id)
        .join(Organization, Organization.id == Appointment.organization_id)
        .where(Appointment.office == Office.INSPECTOR, *in_force(now))  # type: ignore[arg-type]
        .where(Member.left_on.is_(None), other | Organization.id.in_(above))
        .order_by(Member.id)
    )
    people = {member.id: member for member in session.scalars(query)}
    reached = bindings.reachable(session, list(people))
    return [Inspector(id, member.branch_id != branch_id, id in reached) for id, member in people.items()]


def choose(found: Sequence[Inspector], claim: Claim, given: Mapping[int, int]) -> int | None:
    """Who looks at a claim: of another branch if anyone, reachable, and with the fewest so far; None without one.

    Never one whose claim it is, who recorded it, or who approved it.
    """
    concerned = claim.concerned_ids | {claim.decided_by_id}
    free = [one for one in found if one.id not in concerned]
    best = min(free, key=lambda one: (not one.reachable, not one.crosswise, given.get(one.id, 0), one.id), default=None)
    return None if best is None else best.id
