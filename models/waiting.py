"""What waits for whom: telling those who decide, and their to-do list (rules 9, 28)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from models import appointments, deciders, notices, organizations, settings
from models.appointments import Office
from models.claims import WAITS, Claim, ClaimStatus
from models.deciders import SECRETARY, BranchOffices, Thing, offices_of
from models.members import Member
from models.months import at, shanghai_day
from models.organizations import Nature, OrganizationKind
from models.prepared import Prepared
from models.seats import Seat, can_ask_branch, can_ask_next, is_next_above


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
_CONCERNED = (Claim.member_id, Claim.submitted_by_id)
_ROWS = select(*_CLAIM, Member.id, Member.name, Member.branch_id, Member.group_id, Member.leading_cadre).join(
    Member, Member.id == Claim.member_id
)
_SUBMITTED = Claim.status == ClaimStatus.SUBMITTED
_OF_BRANCH = Prepared(_ROWS.where(Claim.branch_id == bindparam("branch_id"), _SUBMITTED))
# One rung is asked, or two of what has waited too long: as long as the branch and the rung right above it have
# somebody to ask, that is all of them.
_BRANCH, _NEXT = can_ask_branch(Claim, *_CONCERNED), can_ask_next(Claim, *_CONCERNED)
_FURTHER = or_(is_next_above(Claim, "above"), ~_NEXT)
_MOVED = Claim.moved_up_at.is_not(None)
_RISING = Prepared(
    _ROWS.where(
        _SUBMITTED,
        WAITS,  # by its words the index of what is not decided is found
        or_(Claim.rung > SECRETARY, and_(_MOVED, or_(_FURTHER, ~_BRANCH)), and_(~_BRANCH, _FURTHER)),
    )
)


def waiting_for(session: Session, member: Member, now: datetime) -> list[Waits]:
    """The claims that wait for a decision of this member, by person and oldest first."""
    if session.autoflush:
        session.flush()
    found: list[Waits] = []
    own = own_branches(session, member, now)
    for branch_id in own:
        rows = _OF_BRANCH.rows(session, branch_id=branch_id)
        found += _asked_of(member, offices_of(session, branch_id, now), map(_waits, rows))
    if above := seats_above(session, member, now):
        risen: dict[int, list[Waits]] = {}
        for one in map(_waits, _RISING.rows(session, today=shanghai_day(now), above=sorted(above))):
            risen.setdefault(one.deciding_branch_id, []).append(one)
        for branch_id in organizations.those_below(session, risen.keys() - own, above):
            found += _asked_of(member, offices_of(session, branch_id, now), risen[branch_id])
    return sorted(found, key=lambda one: (one.member.id, one.waiting_since, one.id))


def _waits(row: tuple[Any, ...]) -> Waits:
    return Waits._make((*row[:_WIDTH], Claimant._make(row[_WIDTH:])))


def _asked_of(member: Member, offices: BranchOffices, waiting: Iterable[Waits]) -> Iterator[Waits]:
    """Those of a branch's claims that are asked of this member; of many claims of one person it is found out once."""
    known: dict[Any, bool] = {}
    for one in waiting:
        alike = (one.member.id, one.submitted_by_id, one.first_rung, one.also_above, one.temporary_group_id)
        if alike not in known:
            known[alike] = any(asked.id == member.id for asked in offices.decide(one).asked)
        if known[alike]:
            yield one


def own_branches(session: Session, member: Member, now: datetime) -> list[int]:
    """The branches in which, or in whose groups, a member holds an office that may decide, by ascending id."""
    found: set[int] = set()
    for appointment in appointments.held_by(session, member.id, now):
        organization = appointment.organization
        if organization.nature is Nature.TEMPORARY:
            # Its members may come from any branch, and stay at home there.
            named = select(Claim.branch_id).where(Claim.temporary_group_id == organization.id)
            found.update(session.scalars(named.where(Claim.status == ClaimStatus.SUBMITTED).distinct()))
        if appointment.office is Office.GROUP_LEADER and organization.parent_id:
            found.add(organization.parent_id)
        elif organization.kind is OrganizationKind.BRANCH:
            found.add(organization.id)
    return sorted(found)


def seats_above(session: Session, member: Member, now: datetime) -> frozenset[int]:
    """The organizations above branches of which a member is secretary: what rises to them is asked of the member."""
    held = appointments.held_by(session, member.id, now)
    secretary = (one.organization for one in held if one.office is Office.SECRETARY)
    return frozenset(one.id for one in secretary if one.kind in appointments.ABOVE_BRANCHES)
