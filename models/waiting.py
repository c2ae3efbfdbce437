"""What waits for whom: telling those who decide, and their to-do list (rules 9, 28)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import appointments, deciders, notices, settings
from models.appointments import Office
from models.claims import Claim, ClaimStatus
from models.deciders import Seat, Thing, offices_of
from models.members import Member
from models.months import at, shanghai_day
from models.organizations import Nature
from models.prepared import Prepared
from models.requests import Request, RequestStatus


class Asking(Thing, Protocol):
    """A claim that waits for a decision, as far as telling those who decide needs it."""

    @property
    def subject(self) -> str: ...
    @property
    def decision_key(self) -> str: ...
    @property
    def waiting_since(self) -> datetime: ...


def ask(session: Session, claim: Asking, *, now: datetime, knows: Member | None = None) -> Sequence[Seat]:
    """Tell those who decide: the first waiting claim at once, further ones in the next digest (rules 28).

    ``knows`` is somebody who need not be told. Returns who is asked.
    """
    asked = deciders.asked(session, claim, now)
    moment = next_digest(session, claim.deciding_branch_id, now)
    for member in asked:
        if knows is not None and member.id == knows.id:
            continue
        digest = f"digest:{member.id}:{moment.isoformat()}" if moment else ""
        waits, gathered = notices.told(session, member.id, "claim_waiting", digest)
        if not waits or moment is None:
            key = f"{claim.decision_key}:{claim.waiting_since.isoformat()}:ask:{member.id}"
            notices.post(session, member.id, "claim_waiting", key=key, now=now, subject=claim.subject)
        elif not gathered:
            notices.post(session, member.id, "claims_waiting", key=digest, now=now, due=moment)
    return asked


def next_digest(session: Session, branch_id: int, now: datetime) -> datetime | None:
    """The next moment at which waiting claims are told together; None when each is told at once."""
    times = settings.get(session, settings.NOTICES_DIGEST, branch_id)
    return next((moment for moment in _digests(tuple(times), shanghai_day(now)) if moment > now), None)


@lru_cache(maxsize=64)
def _digests(times: tuple[str, ...], today: date) -> tuple[datetime, ...]:
    """The moments of today and tomorrow at these times of day."""
    hours = sorted(time.fromisoformat(t) for t in times)
    return tuple(at(day, t.hour, t.minute) for day in (today, today + timedelta(days=1)) for t in hours)


class Claimant(NamedTuple):
    """Whose claim waits (models/members.Person)."""

    id: int
    name: str
    branch_id: int
    group_id: int | None
    leading_cadre: bool


class Waits(NamedTuple):
    """A claim that waits, as far as finding and counting what waits for somebody needs it: a row, not an object, since
    whoever is far behind has hundreds."""

    id: int
    deciding_branch_id: int
    submitted_by_id: int
    first_rung: int
    moved_up_at: datetime | None
    reminded_at: datetime | None
    waiting_since: datetime
    temporary_group_id: int | None
    member: Claimant

    @property
    def concerned_ids(self) -> frozenset[int]:
        return frozenset({self.member.id, self.submitted_by_id})

    @property
    def also_above(self) -> bool:
        return self.moved_up_at is not None


_CLAIM = (
    Claim.id,
    Claim.branch_id,
    Claim.submitted_by_id,
    Claim.rung,
    Claim.moved_up_at,
    Claim.reminded_at,
    Claim.waiting_since,
    Claim.temporary_group_id,
)
_WIDTH = len(_CLAIM)
_SUBMITTED = Prepared(
    select(*_CLAIM, Member.id, Member.name, Member.branch_id, Member.group_id, Member.leading_cadre)
    .join(Member, Member.id == Claim.member_id)
    .where(Claim.branch_id == bindparam("branch_id"), Claim.status == ClaimStatus.SUBMITTED)
)


def waiting_for(session: Session, member: Member, now: datetime) -> list[Waits]:
    """The claims that wait for a decision of this member, by person and oldest first."""
    found: list[Waits] = []
    if session.autoflush:
        session.flush()
    for branch_id in deciding_branches(session, member, now):
        offices = offices_of(session, branch_id, now)
        rows = _SUBMITTED.rows(session, branch_id=branch_id)
        waiting = (Waits._make((*row[:_WIDTH], Claimant._make(row[_WIDTH:]))) for row in rows)
        found += [one for one in waiting if any(asked.id == member.id for asked in offices.decide(one).asked)]
    return sorted(found, key=lambda one: (one.member.id, one.waiting_since, one.id))


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
