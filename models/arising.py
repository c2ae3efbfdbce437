"""Duties to meet arise with their periods, and are released when they are owed no longer (rules 23).

Each organization is seen once a day, and again after a cadence was set: some hundred at one look, those unseen for
longest first, so that no look takes long however many there are. One that is new to Xianfeng, or whose cadence was
changed, owes the running period only while there is time to be reminded of it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam, func, select, update
from sqlalchemy.orm import Session

from models import cadences, duties
from models.duties import Duty, DutyState
from models.meeting_kinds import Often
from models.months import at, shanghai_day
from models.organizations import Organization
from models.prepared import Prepared
from models.rows import by_ids, insert_all_once
from models.spans import GRACE, Span, span_of, spans_from
from models.workdays import workday_before

AT_ONCE = 300  # organizations seen at one look, so that nobody who writes waits for long
URGENT = 2  # working days: what is due within them waits for no Monday
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
Owed = Mapping[tuple[int, str], tuple[Organization, Often]]

_SEEN = Organization.duties_seen_at
_MOST = bindparam("most", type_=Integer)
_NEW = Prepared(select(Organization.id).where(_SEEN.is_(None)).order_by(Organization.id).limit(_MOST))
_OLD = bindparam("since", type_=_SEEN.type) > _SEEN
_UNSEEN = Prepared(select(Organization.id).where(_OLD).order_by(_SEEN, Organization.id).limit(_MOST))
_SEE = Prepared(
    update(Organization)
    .where(Organization.id == bindparam("organization_id"))
    .values(duties_seen_at=bindparam("now", type_=_SEEN.type))
)


def due(session: Session, now: datetime, *, most: int = AT_ONCE) -> list[int]:
    """The organizations to be seen next, those never seen first; none, once all have been seen today."""
    since = max([at(shanghai_day(now)), *(set_at + INSTANT for set_at in cadences.changed(session).values())])
    return [*_NEW.column(session, most=most), *_UNSEEN.column(session, since=since, most=most)][:most]


def see(session: Session, organization_ids: Sequence[int], *, now: datetime) -> int:
    """Release what these organizations owe no longer, and let the duties of new periods arise; returns how many."""
    present = cadences.owed(session, by_ids(session, Organization, organization_ids), now)
    outdated = _outdated(session, present, organization_ids, now)
    released = sum(duties.settle(session, id, DutyState.RELEASED, now=now) for id in outdated)
    found = lacking(session, present, now)
    insert_all_once(session, Duty, found)
    _open_again(session, found)
    _SEE.run_all(session, [{"organization_id": id} for id in sorted(organization_ids)], now=now)
    return released + len(found)


_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_RUNNING = (
    select(Duty.id, Duty.organization_id, Duty.kind, Duty.often)
    .where(Duty.organization_id.in_(_IDS), Duty.state == DutyState.OPEN, Duty.ends > bindparam("now"))
    .order_by(Duty.id)
)


def _outdated(session: Session, present: Owed, organization_ids: Sequence[int], now: datetime) -> list[int]:
    """The open duties that are owed no longer: the organization ended, or its cadence was changed."""
    found = []
    for id, organization_id, kind, often in session.execute(_RUNNING, {"ids": organization_ids, "now": now}):
        holds = present.get((organization_id, kind))
        if holds is None or holds[1] is not often:
            found.append(id)
    return found


def lacking(session: Session, owed: Owed, now: datetime) -> list[dict[str, Any]]:
    """The duties that are yet to arise of what is owed: of the running periods, and of those slept through."""
    newest = _newest(session, {organization_id for organization_id, _ in owed})
    changed = {kind: shanghai_day(moment) for kind, moment in cadences.changed(session).items()}
    found: list[dict[str, Any]] = []
    for (organization_id, name), (organization, often) in owed.items():
        start = newest.get((organization_id, name))
        spans = _spans(organization, often, start, changed.get(name), now)
        found += [_values(organization_id, name, often, span, now) for span in spans]
    return found


_NEWEST = (
    select(Duty.organization_id, Duty.kind, func.max(Duty.last))
    .where(Duty.organization_id.in_(_IDS), Duty.state != DutyState.RELEASED)
    .group_by(Duty.organization_id, Duty.kind)
)


def _newest(session: Session, organization_ids: Collection[int]) -> Mapping[tuple[int, str], date]:
    """The last day of the newest period for which a duty arose."""
    rows = session.execute(_NEWEST, {"ids": sorted(organization_ids)})
    return {(id, kind): last for id, kind, last in rows}


def _spans(
    organization: Organization, often: Often, newest: date | None, changed: date | None, now: datetime
) -> Iterator[Span]:
    today = shanghai_day(now)
    begun = [day for day in (organization.starts_on, changed) if day is not None]
    if newest is None or any(day > newest for day in begun):
        start = max([today if newest is None else newest, *begun])
        spans = spans_from(often, start, today)
        if often is Often.YEAR and (start.month, start.day) <= GRACE:
            spans.insert(0, span_of(often, date(start.year - 1, 12, 31)))
    else:
        start = newest + DAY
        spans = spans_from(often, start, today)
    for span in spans:
        lasts = organization.ends_on is None or organization.ends_on >= span.until
        if lasts and span.workdays and (span.first >= start or now < span.last_call):
            yield span


def _values(organization_id: int, kind: str, often: Often, span: Span, now: datetime) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "kind": kind,
        "often": often,
        "period": span.key,
        "last": span.last,
        "middle": max(span.middle, now),  # what arises late is told with the next Monday's
        "last_call": span.last_call,
        "urgent_from": workday_before(span.ends, URGENT),
        "ends": span.ends,
        "state": DutyState.OPEN,
    }


_RELEASED = select(Duty).where(Duty.organization_id.in_(_IDS), Duty.state == DutyState.RELEASED)


def _open_again(session: Session, owed: Sequence[Mapping[str, Any]]) -> None:
    """What was released and is owed again."""
    keys = {(values["organization_id"], values["kind"], values["period"]) for values in owed}
    for duty in session.scalars(_RELEASED, {"ids": sorted({id for id, _, _ in keys})}).all() if keys else ():
        if (duty.organization_id, duty.kind, duty.period) in keys:
            duty.state, duty.settled_at = DutyState.OPEN, None
    session.flush()
