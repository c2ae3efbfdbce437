"""Pressing for meetings that nobody has planned: gathered per person, on Monday at 9:00 (rules 23).

What is due within two working days does not wait for Monday. Of one duty a person hears at most three times: after
the middle of its period, at the last call (then the level above too), and when it was missed.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import appointments, cadences, lateness, notices, organizations
from models.appointments import Office
from models.base import by_ids
from models.deciders import Seat, offices_of
from models.duties import MADE_UP, SERVED, Duty, DutyState, MissedMeeting
from models.guarded import rows_changed
from models.meetings import HeldBy, KindHeld
from models.members import Member
from models.months import shanghai_day
from models.organizations import Organization, OrganizationKind
from models.prepared import Prepared

Person = Seat | Member
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
    return next(_levels(session, organization, now), [])


def above(session: Session, organization: Organization, now: datetime) -> list[Person]:
    """The level above whoever is responsible."""
    levels = _levels(session, organization, now)
    next(levels, None)
    return next(levels, [])


def level_over(session: Session, organization: Organization, member_id: int, now: datetime) -> list[int]:
    """The nearest level above an organization's own to which a member does not belong himself."""
    levels = [[person.id for person in level] for level in _levels(session, organization, now)]
    return next((level for level in levels[1:] if member_id not in level), [])


def _levels(session: Session, organization: Organization, now: datetime) -> Iterator[list[Person]]:
    """The people of an organization and of those above it, from below; nobody twice."""
    seen: set[int] = set()
    for n, rung in enumerate(organizations.ladder(session, organization.id)):
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


def due(session: Session, now: datetime) -> bool:
    """Whether anything is to be told now, before anything is locked for it."""
    return bool(_to_press(session, _EARLY, now) or _to_press(session, _LATE, now) or _to_tell(session, now))


def press(session: Session, *, now: datetime) -> int:
    """Tell everybody what is due, each person in one notice; returns how many people."""
    told: defaultdict[int, Pressing] = defaultdict(Pressing)
    for duty in _marked(session, _LATE, Duty.called_at, now):
        for person in above(session, duty.organization, now):
            told[person.id].below[duty.id] = None
        _add_own(session, told, duty, now)
    for duty in _marked(session, _EARLY, Duty.reminded_at, now):
        _add_own(session, told, duty, now)
    _add_missed(session, told, now)
    for member_id, pressing in sorted(told.items()):
        key = f"to_plan:{shanghai_day(now)}:{pressing.key}:{member_id}"
        notices.post(session, member_id, "meetings_to_plan", key=key, now=now, facts=pressing.facts)
    return len(told)


def _add_own(session: Session, told: defaultdict[int, Pressing], duty: Duty, now: datetime) -> None:
    for person in responsible(session, duty.organization, now):
        told[person.id].own[duty.id] = None


def _add_missed(session: Session, told: defaultdict[int, Pressing], now: datetime) -> None:
    """Who was responsible and the level above hear what was missed."""
    for missed in by_ids(session, MissedMeeting, _to_tell(session, now)):
        if _tell(session, missed, now):
            people = [f(session, missed.organization, now) for f in (responsible, above)]
            for person in chain(*people):
                told[person.id].missed[missed.id] = None


def _unplanned(moment: Any, *conditions: Any) -> Prepared:
    """The open duties past a moment of theirs for which nothing is planned in time, each with that moment."""
    past = (Duty.state == DutyState.OPEN, Duty.ends > bindparam("now"), moment <= bindparam("morning"), ~SERVED)
    return Prepared(select(Duty.id, moment, Duty.urgent_from).where(*past, *conditions).order_by(Duty.id))


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


def _to_press(session: Session, unplanned: Prepared, now: datetime) -> list[int]:
    """The duties of a stage of which somebody hears now: on a Monday, or in the morning when the end is near."""
    morning = cadences.morning(now)
    found = unplanned.rows(session, now=now, morning=morning)
    if not found:
        return []
    gathered = cadences.gathered(now)
    return [id for id, moment, urgent_from in found if moment <= gathered or urgent_from <= morning]


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


def _marked(
    session: Session, unplanned: Prepared, column: InstrumentedAttribute[datetime | None], now: datetime
) -> list[Duty]:
    """The duties of a stage of which somebody hears now, noted as told."""
    due = by_ids(session, Duty, _to_press(session, unplanned, now))
    return [duty for duty in due if _mark(session, duty, column, now)]


def _mark(session: Session, duty: Duty, column: InstrumentedAttribute[datetime | None], now: datetime) -> bool:
    """Note that it was told, if nobody else did in between."""
    mine = (Duty.id == duty.id, Duty.state == DutyState.OPEN, column.is_(None))
    marked = rows_changed(session, update(Duty).where(*mine).values({column: now}))
    return bool(marked)


def _tell(session: Session, missed: MissedMeeting, now: datetime) -> bool:
    mine = (MissedMeeting.id == missed.id, MissedMeeting.told_at.is_(None))
    told = rows_changed(session, update(MissedMeeting).where(*mine).values(told_at=now))
    return bool(told)
