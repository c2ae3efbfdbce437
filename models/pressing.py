"""Pressing for meetings that nobody has planned: gathered per person, on Monday at 9:00 (rules 23).

What is due within two working days does not wait for Monday. Of one duty a person hears at most three times: after
the middle of its period, at the last call (then the level above too), and when it was missed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any, TypeVar

from sqlalchemy import bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from models import appointments, cadences, lateness, notices, organizations
from models.appointments import Office
from models.deciders import offices_of
from models.duties import MADE_UP, SERVED, Duty, DutyState, MissedMeeting
from models.meetings import HeldBy, KindHeld
from models.members import Member
from models.months import shanghai_day
from models.once import once_per_session
from models.organizations import Organization, OrganizationKind
from models.prepared import Prepared
from models.rows import by_ids
from models.seats import Seat

Person = Seat | Member
Row = TypeVar("Row", Duty, MissedMeeting)
AT_ONCE = 500  # rows
_ABOVE = (Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER)


@dataclass(slots=True)
class Pressing:
    """What one person is told at once: duties to plan, those of the organizations below, and what was missed."""

    own: dict[int, None] = field(default_factory=dict)
    below: dict[int, None] = field(default_factory=dict)
    missed: dict[int, None] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, list[int]]:
        return {name: sorted(getattr(self, name)) for name in ("own", "below", "missed")}

    @property
    def key(self) -> str:
        """Names the first thing that is told; it is told once a day at most."""
        return next(f"{name}{ids[0]}" for name, ids in self.facts.items() if ids)


def responsible(session: Session, organization: Organization, now: datetime) -> list[Person]:
    """Who plans an organization's meetings: the group's leader, the secretary; where there is none, the next level."""
    return next(iter(_nearest(session, organization.id, now)), [])


def above(session: Session, organization: Organization, now: datetime) -> list[Person]:
    """The level above whoever is responsible."""
    return next(iter(_nearest(session, organization.id, now)[1:]), [])


@once_per_session  # an organization may have several meetings to plan
def _nearest(session: Session, organization_id: int, now: datetime) -> list[list[Person]]:
    """The first two levels: who is responsible, and the level above."""
    return list(islice(_levels(session, organization_id, now), 2))


def level_over(session: Session, organization: Organization, member_id: int, now: datetime) -> list[int]:
    """The nearest level above an organization's own to which a member does not belong himself."""
    levels = [[person.id for person in level] for level in _levels(session, organization.id, now)]
    return next((level for level in levels[1:] if member_id not in level), [])


def _levels(session: Session, organization_id: int, now: datetime) -> Iterator[list[Person]]:
    """The people of an organization and of those above it, from below; nobody twice."""
    seen: set[int] = set()
    for n, rung in enumerate(organizations.ladder(session, organization_id)):
        people = list({person.id: person for person in _people(session, rung, now, own=n == 0)}.values())
        if people and not seen.intersection(person.id for person in people):
            seen.update(person.id for person in people)
            yield people


def _people(session: Session, rung: Organization, now: datetime, *, own: bool) -> list[Person]:
    if rung.kind is OrganizationKind.BRANCH:
        return list(lateness.submitters(session, rung.id, now))
    if rung.kind is OrganizationKind.GROUP:
        assert rung.parent_id is not None
        return list(offices_of(session, rung.parent_id, now).holders(rung.id, Office.GROUP_LEADER))
    offices = _ABOVE[:1] if own else _ABOVE
    found = [holder for office in offices for holder in appointments.holders(session, rung.id, office, now)]
    return [*found] or list(appointments.holders(session, rung.id, Office.PARTY_AFFAIRS_OFFICER, now))


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is told what now, and by which duties and records that will have been told."""

    told: dict[int, Pressing]
    late: list[int]  # past their last call: the level above hears too
    early: list[int]  # past the middle
    missed: list[int]

    @property
    def ids(self) -> tuple[list[int], ...]:
        return self.late, self.early, self.missed


def plan(session: Session, now: datetime) -> Plan:
    """What is to be told now, gathered per person; nothing is changed."""
    told: defaultdict[int, Pressing] = defaultdict(Pressing)
    late, early, missed = _due(session, now)
    for duty in _rows(session, Duty, late):
        for person in above(session, duty.organization, now):
            told[person.id].below[duty.id] = None
    for duty in _rows(session, Duty, [*late, *early]):
        for person in responsible(session, duty.organization, now):
            told[person.id].own[duty.id] = None
    for record in _rows(session, MissedMeeting, missed):
        for person in chain(*_nearest(session, record.organization_id, now)):
            told[person.id].missed[record.id] = None
    return Plan(dict(sorted(told.items())), late, early, missed)


def _due(session: Session, now: datetime) -> tuple[list[int], list[int], list[int]]:
    """The duties past their last call, those past the middle alone, and what was missed, of which nobody was told."""
    late = _to_press(session, _LATE, now)
    called = set(late)
    return late, [id for id in _to_press(session, _EARLY, now) if id not in called], _to_tell(session, now)


def holds(session: Session, plan: Plan, now: datetime) -> bool:
    """Whether all of a plan is still to be told: another worker may have told it."""
    return _due(session, now) == plan.ids


def post(session: Session, told: Mapping[int, Pressing], *, now: datetime) -> None:
    """Tell some of a plan's people, each in one notice and once a day."""
    for member_id, pressing in told.items():
        key = f"to_plan:{shanghai_day(now)}:{pressing.key}:{member_id}"
        notices.post(session, member_id, "meetings_to_plan", key=key, now=now, facts=pressing.facts)


def mark(session: Session, plan: Plan, *, now: datetime) -> None:
    """Note that everybody was told."""
    for marking, ids in zip((_CALLED, _REMINDED, _TOLD), plan.ids, strict=True):
        if ids:
            marking.run_all(session, [{"told_id": id} for id in ids], now=now)


def _rows(session: Session, table: type[Row], ids: Sequence[int]) -> Iterator[Row]:
    """The rows of so many ids that no statement takes them at once."""
    for first in range(0, len(ids), AT_ONCE):
        yield from by_ids(session, table, ids[first : first + AT_ONCE])


def _unplanned(moment: Any, *conditions: Any) -> Prepared:
    """The open duties past a moment of theirs for which nothing is planned in time, and of which somebody hears now:
    on a Monday, or in the morning when the end is near."""
    past = (Duty.state == DutyState.OPEN, Duty.ends > bindparam("now"), moment <= bindparam("morning"))
    now = or_(moment <= bindparam("gathered"), Duty.urgent_from <= bindparam("morning"))
    return Prepared(select(Duty.id).where(*past, *conditions, now, ~SERVED).order_by(Duty.id))


# Past the middle, and nobody was reminded; the last call does for both.
_EARLY = _unplanned(Duty.middle, Duty.reminded_at.is_(None), Duty.called_at.is_(None))
# Past the last call, and the level above was not told.
_LATE = _unplanned(Duty.last_call, Duty.called_at.is_(None))
# What was missed, not told yet and not made up for meanwhile; it waits for Monday.
_UNTOLD = Prepared(
    select(MissedMeeting.id)
    .where(MissedMeeting.told_at.is_(None), MissedMeeting.ended_at <= bindparam("gathered"), ~MADE_UP)
    .order_by(MissedMeeting.id)
)


def _marking(table: Any, column: str, *more: Any) -> Prepared:
    """Notes when it was told, if nobody else did in between."""
    untold = (table.id == bindparam("told_id"), getattr(table, column).is_(None), *more)
    return Prepared(update(table).where(*untold).values({column: bindparam("now", type_=getattr(table, column).type)}))


_OPEN = Duty.state == DutyState.OPEN
_CALLED, _REMINDED = _marking(Duty, "called_at", _OPEN), _marking(Duty, "reminded_at", _OPEN)
_TOLD = _marking(MissedMeeting, "told_at")


def _to_press(session: Session, unplanned: Prepared, now: datetime) -> list[int]:
    """The duties of a stage of which somebody hears now."""
    return unplanned.column(session, now=now, morning=cadences.morning(now), gathered=cadences.gathered(now))


def _to_tell(session: Session, now: datetime) -> list[int]:
    return _UNTOLD.column(session, gathered=cadences.gathered(now))


def served(session: Session, meeting_id: int) -> list[int]:
    """The open duties that a meeting of now meets."""
    query = (
        select(Duty.id)
        .join(HeldBy, HeldBy.organization_id == Duty.organization_id)
        .join(KindHeld, (KindHeld.meeting_id == HeldBy.meeting_id) & (KindHeld.kind == Duty.kind))
        .where(HeldBy.meeting_id == meeting_id, KindHeld.period == Duty.period, Duty.state == DutyState.OPEN)
    )
    return list(session.scalars(query))


def fell_away(session: Session, duty_ids: Sequence[int], *, now: datetime) -> None:
    """What was planned was cancelled or moved away: where nothing else is, it is pressed for as if it arose now."""
    later = {
        column: case((getattr(Duty, column) < now, now), else_=getattr(Duty, column))
        for column in ("middle", "last_call")
    }
    unserved = (Duty.id.in_(duty_ids), Duty.state == DutyState.OPEN, ~SERVED)
    session.execute(update(Duty).where(*unserved).values(later).execution_options(synchronize_session=False))
