"""Who answers for a follow-up, who may record it, and who sees it (rules 20).

    talk, evaluation, zeroing (secretary)  secretary ▶ deputy ▶ 纪检委员 ▶ secretary above …
    of the secretary himself               secretary above ▶ above that …
    appointed talk                         who was named; until then 党务专干 above ▶ secretary above …
    zeroing (leader)                       分管领导 of the branch, else of a level above

The first with somebody whom a push can reach; a leader in charge also unreached. Never the member himself.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, func, or_, select
from sqlalchemy.orm import Session

from models import appointments, organizations
from models.appointments import ABOVE_BRANCHES, BRANCH_OFFICES, Appointment, Office
from models.consequences import PENDING, FollowUp, FollowUpKind, FollowUpStatus, Opened, get, unknown
from models.deciders import BranchOffices, offices_of
from models.lists import among
from models.members import Member
from models.months import shanghai_day
from models.objects import Objects
from models.prepared import Prepared
from models.seats import Seat, can_ask_branch

COMMITTEE = frozenset({Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER})
BRANCH_RUNGS = (Office.SECRETARY, Office.DEPUTY_SECRETARY, Office.DISCIPLINE_COMMISSIONER)


def responsible(session: Session, follow_up: FollowUp | Opened, now: datetime) -> list[Seat | Member]:
    """Who is to act on a follow-up now; empty when nobody holds any of the offices."""
    if follow_up.named is not None:
        return [follow_up.named]
    offices = offices_of(session, follow_up.branch_id, now)
    rungs = [[seat for seat in rung if seat.id != follow_up.member_id] for rung in _rungs(offices, follow_up)]
    if follow_up.kind is FollowUpKind.ZEROING_LEADER:
        leaders = [seat for seat in _leaders(offices) if seat.id != follow_up.member_id]
        rungs = [leaders, *rungs] if not leaders or any(s.reachable for s in leaders) else [leaders]
    reached = [rung for rung in rungs if any(seat.reachable for seat in rung)]
    return list(next(iter([*reached, *filter(None, rungs)]), []))


def _rungs(offices: BranchOffices, follow_up: FollowUp | Opened) -> list[list[Seat]]:
    higher = list(_higher(offices, Office.SECRETARY))
    if follow_up.kind is FollowUpKind.APPOINTED_TALK:
        return [*_higher(offices, Office.PARTY_AFFAIRS_OFFICER), *higher]
    of_secretary = any(seat.id == follow_up.member_id for seat in offices.holders(offices.branch_id, Office.SECRETARY))
    if of_secretary or follow_up.kind is FollowUpKind.ZEROING_LEADER:
        return higher
    return [*(offices.holders(offices.branch_id, office) for office in BRANCH_RUNGS), *higher]


def _higher(offices: BranchOffices, office: Office) -> Iterator[list[Seat]]:
    return (offices.holders(above, office) for above in offices.above_ids)


def _leaders(offices: BranchOffices) -> list[Seat]:
    own = offices.holders(offices.branch_id, Office.LEADER_IN_CHARGE)
    return own or next((found for found in _higher(offices, Office.LEADER_IN_CHARGE) if found), [])


def level_above(session: Session, follow_up: FollowUp, now: datetime) -> list[Seat]:
    """The next level over those who are to act: it is told when a follow-up is over its day."""
    acting = {person.id for person in responsible(session, follow_up, now)}
    offices = offices_of(session, follow_up.branch_id, now)
    for rung in _higher(offices, Office.SECRETARY):
        free = [seat for seat in rung if seat.id != follow_up.member_id]
        if any(seat.reachable for seat in free) and not acting.intersection(seat.id for seat in free):
            return free
    return []


def may_record(session: Session, follow_up: FollowUp, asker: Member, now: datetime) -> bool:
    """Whether an asker may record it: who is to act, or the committee above; for a branch's own its secretary."""
    if asker.id == follow_up.member_id:
        return False
    if any(person.id == asker.id for person in responsible(session, follow_up, now)) or is_above(
        session, follow_up.branch_id, asker, now
    ):
        return True
    offices = offices_of(session, follow_up.branch_id, now)
    own = follow_up.kind not in (FollowUpKind.APPOINTED_TALK, FollowUpKind.ZEROING_LEADER)
    return own and any(s.id == asker.id for s in offices.holders(follow_up.branch_id, Office.SECRETARY))


def is_above(session: Session, branch_id: int, asker: Member, now: datetime) -> bool:
    """Whether an asker is of the committee of a level above a branch: its secretary or its 党务专干."""
    held = offices_of(session, branch_id, now).held_by(asker.id)
    return any(seat.kind in ABOVE_BRANCHES and seat.office in COMMITTEE for seat in held)


def sees(session: Session, follow_up: FollowUp, asker: Member, now: datetime) -> bool:
    """Whether a follow-up exists for an asker: the member, who acts, the branch's committee and the one above."""
    if asker.id in (follow_up.member_id, follow_up.named_id, follow_up.recorded_by_id):
        return True
    if is_above(session, follow_up.branch_id, asker, now):
        return True
    held = offices_of(session, follow_up.branch_id, now).held_by(asker.id)
    if any(seat.organization_id == follow_up.branch_id and seat.office in BRANCH_OFFICES for seat in held):
        return True
    return any(person.id == asker.id for person in responsible(session, follow_up, now))


def seen(session: Session, number: int, asker: Member, now: datetime) -> FollowUp:
    """A follow-up in the asker's sight; raises NotFound, in the same words whether it exists or not."""
    found = get(session, number)
    if not sees(session, found, asker, now):
        raise unknown(number)
    return found


def waiting_for(session: Session, member: Member, now: datetime) -> list[FollowUp]:
    """The open follow-ups a member is to act on, the next due first."""
    near = _near(session, member, now, FollowUpStatus.OPEN)
    return [found for found in near if any(p.id == member.id for p in responsible(session, found, now))]


class Watched(NamedTuple):
    """The first of some follow-ups by the day they are due, and how many there are."""

    first: list[FollowUp]
    number: int


def watched(
    session: Session, member: Member, now: datetime, *, besides: Collection[FollowUp] = (), most: int
) -> Watched:
    """The pending follow-ups of others that a member sees, but those ``besides`` which the caller has shown already.

    A committee sees those of all its branches, and is read no more of them than it is shown.
    """
    near = [one for one in _near(session, member, now, *PENDING) if sees(session, one, member, now)]
    above = _seats_above(session, member, now, *COMMITTEE)
    if not above:
        found = [one for one in near if one.member_id != member.id and one not in besides]
        return Watched(found[:most], len(found))
    values = {"ids": list(above), "asker_id": member.id}
    first = _BELOW.all(session, **values, most=most + len(besides))
    own = organizations.those_below(session, {one.branch_id for one in (*near, *besides)}, above)
    outside = [one for one in near if one.branch_id not in own]
    found = [one for one in (*outside, *first) if one.member_id != member.id and one not in besides]
    shown = sum(one.branch_id in own and one.member_id != member.id for one in besides)
    further = sum(one in outside for one in found)
    number = _NUMBER_BELOW.rows(session, **values)[0][0] - shown + further
    return Watched(sorted(found, key=_next_due)[:most], number)


def _seats_above(session: Session, member: Member, now: datetime, *offices: Office) -> frozenset[int]:
    """The organizations above branches in which a member holds one of these offices, or any."""
    held = appointments.held_by(session, member.id, now)
    mine = (one.organization for one in held if not offices or one.office in offices)
    return frozenset(one.id for one in mine if one.kind in ABOVE_BRANCHES)


def _near(session: Session, member: Member, now: datetime, *statuses: FollowUpStatus) -> Sequence[FollowUp]:
    """Where a member is named, those of the branches of the own offices, and from above what may have risen."""
    of_branch, of_named, rising = _pending(*statuses)
    found = of_named.all(session, named_id=member.id)
    for appointment in appointments.held_by(session, member.id, now):
        found += of_branch.all(session, branch_id=appointment.organization_id)
    if above := _seats_above(session, member, now):
        risen = rising.all(session, today=shanghai_day(now))
        below = organizations.those_below(session, {one.branch_id for one in risen}, above)
        found += [one for one in risen if one.branch_id in below]
    return sorted(set(found), key=_next_due)


def _next_due(one: FollowUp) -> tuple[Any, int]:
    return one.due, one.id


_OF_SECRETARY = (
    select(Appointment.id)
    .where(Appointment.organization_id == FollowUp.branch_id, Appointment.office == Office.SECRETARY)
    .where(Appointment.member_id == FollowUp.member_id)
    .correlate(FollowUp)
    .exists()
)
# What may be for somebody above the branch: by its kind, or since the branch has nobody for it.
_RISING = or_(
    among(FollowUp.kind, (FollowUpKind.APPOINTED_TALK, FollowUpKind.ZEROING_LEADER)),
    _OF_SECRETARY,
    ~can_ask_branch(FollowUp, FollowUp.member_id),
)


@cache
def _pending(*statuses: FollowUpStatus) -> tuple[Objects[FollowUp], Objects[FollowUp], Objects[FollowUp]]:
    """Those in these states: of a branch, of who is named, and what may be for somebody above its branch."""
    query = select(FollowUp).where(among(FollowUp.status, statuses))
    of_branch = query.where(FollowUp.branch_id == bindparam("branch_id"))
    of_named = query.where(FollowUp.named_id == bindparam("named_id"))
    return Objects(of_branch), Objects(of_named), Objects(query.where(FollowUp.named_id.is_(None), _RISING))


_OF_OTHERS_BELOW = (
    select(FollowUp)
    .where(among(FollowUp.status, PENDING), FollowUp.member_id != bindparam("asker_id", type_=FollowUp.member_id.type))
    .where(FollowUp.branch_id.in_(select(organizations.BELOW_IDS.c.id)))
)
_BELOW = Objects(_OF_OTHERS_BELOW.order_by(FollowUp.due, FollowUp.id).limit(bindparam("most", type_=Integer)))
_NUMBER_BELOW = Prepared(_OF_OTHERS_BELOW.with_only_columns(func.count()))
