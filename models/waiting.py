"""What waits for whom: telling those who decide, and their to-do list (rules 9, 28)."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import appointments, notices, settings
from models.appointments import Office
from models.claims import Claim, ClaimStatus
from models.deciders import deciders, offices_of
from models.members import Member
from models.months import at, shanghai_day
from models.organizations import Nature
from models.requests import Request, RequestStatus


def ask(session: Session, claim: Claim, *, now: datetime, knows: Member | None = None) -> None:
    """Tell those who decide: the first waiting claim at once, further ones in the next digest (rules 28).

    ``knows`` is somebody who need not be told.
    """
    for member in deciders(session, claim, now).asked:
        if knows is not None and member.id == knows.id:
            continue
        waiting = notices.has_open(session, member.id, "claim_waiting")
        moment = next_digest(session, claim.branch_id, now) if waiting else None
        if moment is None:
            key = f"claim:{claim.id}:{claim.decisions}:{claim.waiting_since.isoformat()}:ask:{member.id}"
            notices.post(session, member.id, "claim_waiting", key=key, now=now, subject=claim.subject)
        else:
            key = f"digest:{member.id}:{moment.isoformat()}"
            notices.post(session, member.id, "claims_waiting", key=key, now=now, due=moment)


def next_digest(session: Session, branch_id: int, now: datetime) -> datetime | None:
    """The next moment at which waiting claims are told together; None when each is told at once."""
    times = [time.fromisoformat(t) for t in settings.get(session, settings.NOTICES_DIGEST, branch_id)]
    today = shanghai_day(now)
    moments = [at(day, t.hour, t.minute) for day in (today, today + timedelta(days=1)) for t in times]
    return min((moment for moment in moments if moment > now), default=None)


def waiting_for(session: Session, member: Member, now: datetime) -> list[Claim]:
    """The claims that wait for a decision of this member, by person and oldest first."""
    claims: list[Claim] = []
    for branch_id in deciding_branches(session, member, now):
        offices = offices_of(session, branch_id, now)
        query = select(Claim).where(Claim.branch_id == branch_id, Claim.status == ClaimStatus.SUBMITTED)
        asked = [c for c in session.scalars(query) if any(m.id == member.id for m in offices.decide(c).asked)]
        claims += asked
    return sorted(claims, key=lambda claim: (claim.member_id, claim.waiting_since, claim.id))


def deciding_branches(session: Session, member: Member, now: datetime) -> list[int]:
    """The branches in which a member's offices may decide something, by ascending id."""
    found: set[int] = set()
    for appointment in appointments.held_by(session, member.id, now):
        organization = appointment.organization
        if organization.nature is Nature.TEMPORARY:
            # Its members may come from any branch, and stay at home there.
            named = select(Claim.branch_id).where(Claim.temporary_group_id == organization.id)
            found.update(session.scalars(named.where(Claim.status == ClaimStatus.SUBMITTED).distinct()))
        if appointment.office is Office.GROUP_LEADER and organization.parent_id:
            found.add(organization.parent_id)
        elif organization.kind in appointments.ABOVE_BRANCHES and appointment.office is Office.SECRETARY:
            open_ones = select(Claim.branch_id).where(Claim.status == ClaimStatus.SUBMITTED).distinct()
            found.update(session.scalars(open_ones))
            asking = select(Member.branch_id).join(Request, Request.member_id == Member.id)
            found.update(session.scalars(asking.where(Request.status == RequestStatus.WAITING).distinct()))
        else:
            found.add(organization.id)
    return sorted(found)
