"""Who decides: one answer for claims, leaves, bindings and the rest (rules 9).

The ladder of a thing, from the nearest rung up:

    0 group leader (acting one first) ▶ 1 secretary ▶ 2 deputy ▶ 3 纪检委员 ▶ 4 secretary above ▶ 5 above that …

The first rung with somebody who is not concerned and whom a push can reach is asked. What begins higher up,
where nobody can be reached, comes back to the branch's secretary, deputy or 纪检委员. The secretary may decide
any thing of the branch; nobody decides what concerns themselves. For a deed of a temporary group its leader
takes the place of the own group's while the group lasts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

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
from sqlalchemy.orm import Session

from models.appointments import Appointment, Office
from models.bindings import Binding
from models.followers import Follower
from models.group_memberships import GroupMembership, running
from models.lists import among
from models.members import Member, Person
from models.months import shanghai_day
from models.once import once_per_session
from models.organizations import LADDER_IDS, Nature, Organization, OrganizationKind
from models.prepared import Prepared, Question

LEADER, SECRETARY = 0, 1
# The offices of the rungs from the secretary up to the levels above the branch.
OF_BRANCH = (Office.SECRETARY, Office.DEPUTY_SECRETARY, Office.DISCIPLINE_COMMISSIONER)


class Thing(Protocol):
    """What can be decided: a claim, a request."""

    @property
    def member(self) -> Person: ...  # whom it concerns
    @property
    def deciding_branch_id(self) -> int: ...
    @property
    def concerned_ids(self) -> frozenset[int]: ...  # who may not decide it
    @property
    def first_rung(self) -> int: ...  # raised by a hand-over
    @property
    def also_above(self) -> bool: ...  # moved up after waiting too long
    @property
    def temporary_group_id(self) -> int | None: ...  # in which the deed was done, if in one


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


@dataclass(frozen=True, slots=True)
class Decision:
    """``asked`` are told and have it on their to-do list; ``allowed`` may decide it."""

    asked: tuple[Seat, ...]
    allowed: frozenset[int]


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


_OFFICES = Prepared(_seats(_RUNGS.c.height, _RUNGS))
# Those of the branch and of one group of it who may decide: nearly every claim is asked of one of them.
_NEAREST = Prepared(
    _seats(case((Appointment.organization_id == _BRANCH, 0)))
    .where(or_(Appointment.organization_id == _BRANCH, Appointment.organization_id == bindparam("group_id")))
    .where(or_(Organization.id == _BRANCH, and_(*_OWN, _LASTS)))
    .where(among(Appointment.office, (Office.GROUP_LEADER, *OF_BRANCH)))
)
# The leaders of one group of it: one or two rows, which Python puts in order at less cost.
_LEADERS = Prepared(
    _seats(cast(null(), Integer), None, Appointment.acting, Appointment.id)
    .where(Appointment.organization_id == bindparam("group_id"), *_OWN, _LASTS)
    .where(Appointment.office == Office.GROUP_LEADER)
    .order_by(None)
)


def can_ask_branch(of: Any, *concerned: Any) -> ColumnElement[bool]:
    """Of things in a table: whether their branch has somebody in an office whom a push reaches, and who is not
    ``concerned`` (columns with members). ``:today`` is the day."""
    who = Appointment.member_id
    return (
        select(Appointment.id)
        .join(Member, (Member.id == who) & Member.left_on.is_(None))
        .join(Binding, Binding.member_id == who)
        .join(Follower, (Follower.openid == Binding.openid) & Follower.unfollowed_at.is_(None))
        .where(Appointment.organization_id == of.branch_id, among(Appointment.office, OF_BRANCH))
        .where(Appointment.starts_on <= _TODAY, or_(Appointment.ends_on.is_(None), Appointment.ends_on >= _TODAY))
        .where(*(who != one for one in concerned))
        .correlate(of)
        .exists()
    )


class BranchOffices:
    """The offices of a branch, its groups and the levels above at one moment, or the nearest of them."""

    def __init__(self, branch_id: int, rows: Iterable[tuple[Any, ...]]) -> None:
        self.branch_id = branch_id
        self.seats = [Seat(*row) for row in rows]
        # The leading group leads, but is no rung of the ladder.
        rungs = OrganizationKind.PARTY_COMMITTEE, OrganizationKind.GENERAL_BRANCH
        heights = {seat.organization_id: seat.height for seat in self.seats if seat.height and seat.kind in rungs}
        self.above_ids = sorted(heights, key=lambda id: heights[id])
        self._holders: dict[tuple[int | None, Office], list[Seat]] = {}
        for seat in self.seats:
            self._holders.setdefault((seat.organization_id, seat.office), []).append(seat)

    def holders(self, organization_id: int | None, office: Office) -> list[Seat]:
        """Who holds an office, acting ones first."""
        return self._holders.get((organization_id, office), [])

    def held_by(self, member_id: int) -> list[Seat]:
        """The offices of a member here."""
        return [seat for seat in self.seats if seat.id == member_id]

    def rungs(self, member: Person) -> list[list[Seat]]:
        """The ladder for something of a member, from the nearest rung up."""
        leaders = self.holders(member.group_id, Office.GROUP_LEADER) if member.branch_id == self.branch_id else []
        own_office = member.leading_cadre or any(leader.id == member.id for leader in leaders)
        higher = [self.holders(above, Office.SECRETARY) for above in self.above_ids]
        return [[] if own_office else leaders, *(self.holders(self.branch_id, office) for office in OF_BRANCH), *higher]

    def decide(self, thing: Thing) -> Decision:
        """Whom a thing is asked of, and who may decide it."""
        free = self._free_rungs(thing)
        first = thing.first_rung
        asking = _reached(free, range(first, len(free))) or _reached(free, range(SECRETARY, first))[:1]
        return _decision(thing, free, asking[: _asked_of(thing)])

    def decide_near(self, thing: Thing) -> Decision | None:
        """The same where nobody above the branch comes into it, and these need not be known; otherwise None."""
        free = self._free_rungs(thing)
        asking = _reached(free, range(thing.first_rung, len(free)))[: _asked_of(thing)]
        return _decision(thing, free, asking) if len(asking) == _asked_of(thing) else None

    def next_rung(self, thing: Thing, giver: Member) -> int | None:
        """The rung a thing goes to when its decider hands it over; None at the top."""
        rungs = self.rungs(thing.member)
        mine = [n for n, rung in enumerate(rungs) if any(m.id == giver.id for m in rung)]
        start = min([n for n in mine if n >= thing.first_rung], default=thing.first_rung) + 1
        for n in range(start, len(rungs)):
            if any(m.reachable and m.id != giver.id for m in self._free(rungs[n], thing.concerned_ids)):
                return n
        return None

    def _free_rungs(self, thing: Thing) -> list[list[Seat]]:
        """Who of each rung is not concerned; first of all the leader of the temporary group, if a push reaches one."""
        concerned = thing.concerned_ids
        first, *higher = [self._free(rung, concerned) for rung in self.rungs(thing.member)]
        leaders = self._free(self.holders(thing.temporary_group_id, Office.GROUP_LEADER), concerned)
        return [leaders if any(leader.reachable for leader in leaders) else first, *higher]

    @staticmethod
    def _free(rung: list[Seat], concerned: frozenset[int]) -> list[Seat]:
        return [member for member in rung if member.id not in concerned]


def _asked_of(thing: Thing) -> int:
    """Of how many rungs a thing is asked."""
    return 2 if thing.also_above else 1


def _decision(thing: Thing, free: list[list[Seat]], asked: list[int]) -> Decision:
    allowing = {*range(thing.first_rung, max(asked, default=SECRETARY) + 1), *asked, SECRETARY}
    allowed = {m.id for n in allowing for m in free[n]}
    told = [m for n in asked for m in free[n] if m.reachable]
    return Decision(tuple(_once(told)), frozenset(allowed))


def _reached(rungs: list[list[Seat]], numbers: range) -> list[int]:
    """The numbers of the rungs with somebody whom a push reaches."""
    return [n for n in numbers if any(member.reachable for member in rungs[n])]


def _once(people: Iterable[Seat]) -> list[Seat]:
    return list({member.id: member for member in people}.values())


@once_per_session
def offices_of(session: Session, branch_id: int, now: datetime) -> BranchOffices:
    """The offices of a branch, its groups and the levels above at a moment."""
    return BranchOffices(branch_id, _OFFICES.rows(session, organization_id=branch_id, today=shanghai_day(now)))


@once_per_session
def _nearest_of(session: Session, branch_id: int, group_id: int | None, now: datetime) -> BranchOffices:
    """Those of a branch and of one of its groups who may decide."""
    rows = _NEAREST.rows(session, organization_id=branch_id, group_id=group_id, today=shanghai_day(now))
    return BranchOffices(branch_id, rows)


def deciders(session: Session, thing: Thing, now: datetime) -> Decision:
    """Whom a thing is asked of, and who may decide it (rules 9)."""
    if thing.temporary_group_id is None:
        near = _nearest_of(session, thing.deciding_branch_id, thing.member.group_id, now).decide_near(thing)
        if near is not None:
            return near
    return offices_of(session, thing.deciding_branch_id, now).decide(thing)


def asked(session: Session, thing: Thing, now: datetime) -> tuple[Seat, ...]:
    """Whom a thing is asked of, as ``deciders`` says: nearly always the leader of the own group, looked for first."""
    return _leaders(session, thing, now) or deciders(session, thing, now).asked


def asks_leaders(thing: Thing, now: datetime) -> Sequence[Question]:
    """What ``asked`` asks first; nothing where a thing may be asked of others than the leaders of the own group."""
    member, branch_id = thing.member, thing.deciding_branch_id
    higher = thing.first_rung > LEADER or thing.also_above or member.leading_cadre
    if higher or thing.temporary_group_id is not None or member.group_id is None or member.branch_id != branch_id:
        return ()
    return [(_LEADERS, {"organization_id": branch_id, "group_id": member.group_id, "today": shanghai_day(now)})]


def _leaders(session: Session, thing: Thing, now: datetime) -> tuple[Seat, ...]:
    """The leaders of the own group whom a thing is asked of; nobody where it may be asked of others."""
    rows = [row for statement, values in asks_leaders(thing, now) for row in statement.rows(session, **values)]
    rows.sort(key=lambda row: (not row[-2], row[-1]))
    leaders = [Seat(*row[:-2]) for row in rows]
    if any(leader.id == thing.member.id for leader in leaders):
        return ()
    concerned = thing.concerned_ids
    return tuple(_once(leader for leader in leaders if leader.reachable and leader.id not in concerned))
