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
from typing import Any, Protocol

from sqlalchemy.orm import Session

from models.appointments import Office
from models.members import Member, Person
from models.months import shanghai_day
from models.once import once_per_session
from models.prepared import Question
from models.seats import LADDER_ABOVE, LEADERS, NEAREST, OF_BRANCH, OFFICES, Seat

LEADER, SECRETARY = 0, 1


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


@dataclass(frozen=True, slots=True)
class Decision:
    """``asked`` are told and have it on their to-do list; ``allowed`` may decide it."""

    asked: tuple[Seat, ...]
    allowed: frozenset[int]


class BranchOffices:
    """The offices of a branch, its groups and the levels above at one moment, or the nearest of them."""

    def __init__(self, branch_id: int, rows: Iterable[tuple[Any, ...]]) -> None:
        self.branch_id = branch_id
        self.seats = [Seat(*row) for row in rows]
        heights = {
            seat.organization_id: seat.height for seat in self.seats if seat.height and seat.kind in LADDER_ABOVE
        }
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
    return BranchOffices(branch_id, OFFICES.rows(session, organization_id=branch_id, today=shanghai_day(now)))


@once_per_session
def _nearest_of(session: Session, branch_id: int, group_id: int | None, now: datetime) -> BranchOffices:
    """Those of a branch and of one of its groups who may decide."""
    rows = NEAREST.rows(session, organization_id=branch_id, group_id=group_id, today=shanghai_day(now))
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
    return [(LEADERS, {"organization_id": branch_id, "group_id": member.group_id, "today": shanghai_day(now)})]


def _leaders(session: Session, thing: Thing, now: datetime) -> tuple[Seat, ...]:
    """The leaders of the own group whom a thing is asked of; nobody where it may be asked of others."""
    rows = [row for statement, values in asks_leaders(thing, now) for row in statement.rows(session, **values)]
    rows.sort(key=lambda row: (not row[-2], row[-1]))
    leaders = [Seat(*row[:-2]) for row in rows]
    if any(leader.id == thing.member.id for leader in leaders):
        return ()
    concerned = thing.concerned_ids
    return tuple(_once(leader for leader in leaders if leader.reachable and leader.id not in concerned))
