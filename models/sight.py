"""Who sees what: only the member and those who may decide, inspect or review see a claim (rules 9)."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.appointments import ABOVE_BRANCHES, BRANCH_OFFICES, Appointment, Office
from models.claims import Claim
from models.deciders import BranchOffices
from models.members import Member
from models.pictures import Picture, PictureStatus

REVIEWING_ABOVE = frozenset({Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER, Office.INSPECTOR})


def sees_claim(session: Session, asker: Member, claim: Claim, now: datetime) -> bool:
    """Whether a claim exists for an asker."""
    if asker.id in (claim.member_id, claim.submitted_by_id, claim.decided_by_id):
        return True
    return reviews(session, asker, claim.member, claim.branch_id, now)


def reviews(session: Session, asker: Member, member: Member, branch_id: int, now: datetime) -> bool:
    """Whether an asker decides, inspects or reviews what a member did in a branch."""
    offices = BranchOffices(session, branch_id, now)
    mine = [a for a in offices.appointments if a.member_id == asker.id]
    return any(_covers(appointment, member, branch_id) for appointment in mine)


def _covers(appointment: Appointment, member: Member, branch_id: int) -> bool:
    if appointment.organization_id == branch_id:
        return appointment.office in BRANCH_OFFICES | {Office.INSPECTOR, Office.PARTY_AFFAIRS_OFFICER}
    if appointment.organization.kind in ABOVE_BRANCHES:
        return appointment.office in REVIEWING_ABOVE
    return appointment.office is Office.GROUP_LEADER and appointment.organization_id == member.group_id


def sees_picture(session: Session, asker: Member, picture: Picture, claim: Claim | None, now: datetime) -> bool:
    """Whether an asker may look at a picture; a sealed one is for the committee alone (rules 33)."""
    if picture.status is PictureStatus.SEALED:
        return _of_committee(session, asker, now, claim)
    if claim is None:
        return asker.id == picture.member_id
    return sees_claim(session, asker, claim, now)


def _of_committee(session: Session, asker: Member, now: datetime, claim: Claim | None) -> bool:
    offices = BranchOffices(session, claim.branch_id if claim else asker.branch_id, now)
    mine = [a for a in offices.appointments if a.member_id == asker.id]
    return any(a.organization.kind in ABOVE_BRANCHES and a.office in REVIEWING_ABOVE for a in mine)
