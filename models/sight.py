"""Who sees what: only the member and those who may decide, inspect or review see a claim (rules 9)."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import answerers, meetings, minutes_pictures, opinions, records, spot_checks
from models.appointments import ABOVE_BRANCHES, BRANCH_OFFICES, Office
from models.claims import Claim
from models.deciders import offices_of
from models.errors import NotFound
from models.members import Member, Person
from models.pictures import Picture, PictureStatus
from models.seats import Seat

REVIEWING_ABOVE = frozenset({Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER, Office.INSPECTOR})


def sees_claim(session: Session, asker: Member, claim: Claim, now: datetime) -> bool:
    """Whether a claim exists for an asker."""
    if asker.id in (claim.member_id, claim.submitted_by_id, claim.decided_by_id):
        return True
    if reviews(session, asker, claim.member, claim.branch_id, now) or _led(session, asker, claim, now):
        return True
    return spot_checks.given_to(session, claim.id, asker.id)


def claim(session: Session, number: int, asker: Member, now: datetime, *, example: str) -> Claim:
    """A claim in the asker's sight; raises NotFound, in the same words whether it exists or not."""
    found = session.get(Claim, number)
    if found is None or not sees_claim(session, asker, found, now):
        raise NotFound(f"没有找到 #{number}，请看一下编号", example)
    return found


def _led(session: Session, asker: Member, claim: Claim, now: datetime) -> bool:
    """Whether an asker leads the temporary group in which the deed was done, while it lasts."""
    if claim.temporary_group_id is None:
        return False
    seats = offices_of(session, claim.branch_id, now).held_by(asker.id)
    return any(s.office is Office.GROUP_LEADER and s.organization_id == claim.temporary_group_id for s in seats)


def reviews(session: Session, asker: Member, member: Member, branch_id: int, now: datetime) -> bool:
    """Whether an asker decides, inspects or reviews what a member did in a branch, or in the one moved to (31)."""
    return any(
        _covers(seat, member, id)
        for id in {branch_id, member.branch_id}
        for seat in offices_of(session, id, now).held_by(asker.id)
    )


def _covers(seat: Seat, member: Member, branch_id: int) -> bool:
    if seat.organization_id == branch_id:
        return seat.office in BRANCH_OFFICES | {Office.INSPECTOR, Office.PARTY_AFFAIRS_OFFICER}
    if seat.kind in ABOVE_BRANCHES:
        return seat.office in REVIEWING_ABOVE
    return seat.office is Office.GROUP_LEADER and seat.organization_id == member.group_id


def may_record_for(session: Session, asker: Person, member: Person, now: datetime) -> bool:
    """Whether an asker may record claims for a member: the leader of the group, or a secretary of the branch."""
    seats = offices_of(session, member.branch_id, now).held_by(asker.id)
    return any(_leads(seat, member) for seat in seats)


def _leads(seat: Seat, member: Person) -> bool:
    if seat.office is Office.GROUP_LEADER:
        return seat.organization_id == member.group_id
    return seat.office in (Office.SECRETARY, Office.DEPUTY_SECRETARY) and seat.organization_id == member.branch_id


def sees_picture(session: Session, asker: Member, picture: Picture, claim: Claim | None, now: datetime) -> bool:
    """Whether an asker may look at a picture; a sealed one is for the committee alone (rules 33)."""
    if claim is not None:
        if picture.status is PictureStatus.SEALED:
            return _of_committee(session, asker, now, claim.branch_id)
        return sees_claim(session, asker, claim, now)
    meeting = minutes_pictures.meeting_of(session, picture)
    if picture.status is PictureStatus.SEALED:
        return _of_committee(session, asker, now, meeting.organization_id if meeting else asker.branch_id)
    if asker.id == picture.member_id or _sees_recorded(session, asker, picture, now):
        return True
    if meeting is not None:
        return meetings.runs(session, asker, meeting, now)
    sent_with = opinions.of_picture(session, picture)
    return sent_with is not None and answerers.sees(session, sent_with, asker, now)


def _sees_recorded(session: Session, asker: Member, picture: Picture, now: datetime) -> bool:
    """Whether a picture shows what was recorded about the asker, or about somebody the asker reviews."""
    shown = records.showing(session, picture)
    return any(asker.id == one.member_id or reviews(session, asker, one.member, one.branch_id, now) for one in shown)


def _of_committee(session: Session, asker: Member, now: datetime, organization_id: int) -> bool:
    """Whether an asker reviews for a level above an organization."""
    mine = offices_of(session, organization_id, now).held_by(asker.id)
    return any(seat.kind in ABOVE_BRANCHES and seat.office in REVIEWING_ABOVE for seat in mine)
