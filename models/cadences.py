"""Which organization owes a meeting of which kind in which period (rules 23).

A duty (models/duties.py) arises with its period, and with it the moments at which somebody is reminded
(models/pressing.py). An organization new to Xianfeng, or one whose cadence was changed, owes the running period only
while there is time to be reminded of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models import settings
from models.base import insert_all_once, once_per_session
from models.duties import SERVED, Duty, DutyState
from models.lateness import last_working_morning
from models.meeting_kinds import BY_NAME, KINDS, Circle, MeetingKind, Often
from models.members import Member, MemberCategory
from models.months import at, shanghai_day
from models.organizations import Nature, Organization, OrganizationKind
from models.prepared import Prepared
from models.rounds import HOUR
from models.settings import SettingChange
from models.spans import GRACE, Span, span_of, spans_from
from models.workdays import is_workday, workday_before

OFF = "off"
DAY = timedelta(days=1)
COMMITTEE_FROM = 7  # 正式党员: so many make a branch that has a committee
URGENT = 2  # working days: what is due within them waits for no Monday


def often_of(session: Session, kind: MeetingKind, organization_id: int) -> Often | None:
    """How often an organization owes a kind; None where it is no duty."""
    value = settings.get(session, settings.MEETING_CADENCES[kind.name], organization_id)
    return None if value == OFF else Often(value)


@once_per_session
def owed(session: Session, now: datetime) -> dict[tuple[int, str], tuple[Organization, Often]]:
    """Every organization with every kind that it owes now, and how often."""
    today = shanghai_day(now)
    every = session.scalars(select(Organization).order_by(Organization.id)).all()
    facts = _Facts(session, every)
    found = {}
    for organization in every:
        if organization.nature is Nature.TEMPORARY or not _exists(organization, today):
            continue
        for kind in KINDS:
            often = often_of(session, kind, organization.id) if facts.concerns(kind, organization) else None
            if often is not None:
                found[organization.id, kind.name] = (organization, often)
    return found


_HERE = Member.left_on.is_(None)
_FULL = Prepared(
    select(Member.branch_id, func.count())
    .where(_HERE, Member.category == MemberCategory.FULL)
    .group_by(Member.branch_id)
)
_CADRE = Prepared(select(Member.id).where(_HERE, Member.leading_cadre).limit(1))


class _Facts:
    """What decides whether a kind concerns an organization, read once for all."""

    def __init__(self, session: Session, every: Sequence[Organization]) -> None:
        self.full: dict[int, int] = dict(_FULL.rows(session))
        self.has_cadres = _CADRE.first(session) is not None
        self.has_leading_group = any(one.kind is OrganizationKind.LEADING_GROUP for one in every)

    def concerns(self, kind: MeetingKind, organization: Organization) -> bool:
        if kind.circle is Circle.GROUP:
            nature = Nature.RETIRED if kind.retired else Nature.STANDING
            return organization.kind is OrganizationKind.GROUP and organization.nature is nature
        if kind.circle is Circle.BRANCH_COMMITTEE and self.full.get(organization.id, 0) < COMMITTEE_FROM:
            return False
        if kind.circle is Circle.CADRES and not self.has_cadres:
            return False
        if kind.circle in (Circle.CADRES, Circle.LEADING_GROUP):
            return organization.kind is self.leaders
        return organization.kind is _HOLDS[kind.circle]

    @property
    def leaders(self) -> OrganizationKind:
        """Who holds the meetings of those who lead: the 党组 where there is one, else the committee."""
        return OrganizationKind.LEADING_GROUP if self.has_leading_group else OrganizationKind.PARTY_COMMITTEE


_HOLDS = {
    Circle.BRANCH: OrganizationKind.BRANCH,
    Circle.BRANCH_COMMITTEE: OrganizationKind.BRANCH,
    Circle.ALL_BELOW: OrganizationKind.GENERAL_BRANCH,
}


def _exists(organization: Organization, day: date) -> bool:
    begun = organization.starts_on is None or organization.starts_on <= day
    return begun and (organization.ends_on is None or organization.ends_on >= day)


def lacking(session: Session, now: datetime) -> list[dict[str, Any]]:
    """The duties that are yet to arise: of the running periods, and of those slept through."""
    newest = _newest(session)
    changed = _changed(session)
    found: list[dict[str, Any]] = []
    for (organization_id, name), (organization, often) in owed(session, now).items():
        start = newest.get((organization_id, name))
        spans = _spans(organization, often, start, changed.get(name), now)
        found += [_values(organization_id, name, often, span, now) for span in spans]
    return found


_NEWEST = Prepared(
    select(Duty.organization_id, Duty.kind, func.max(Duty.last))
    .where(Duty.state != DutyState.RELEASED)
    .group_by(Duty.organization_id, Duty.kind)
)


def _newest(session: Session) -> Mapping[tuple[int, str], date]:
    """The last day of the newest period for which a duty arose."""
    return {(id, kind): last for id, kind, last in _NEWEST.rows(session)}


_SET = Prepared(select(SettingChange.key, func.max(SettingChange.changed_at)).group_by(SettingChange.key))


def _changed(session: Session) -> dict[str, date]:
    """The day on which a kind's cadence was set last, by anybody."""
    names = {setting.key: name for name, setting in settings.MEETING_CADENCES.items()}
    return {names[key]: shanghai_day(moment) for key, moment in _SET.rows(session) if key in names}


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


def begin(session: Session, duties: Sequence[Mapping[str, Any]]) -> None:
    """Let duties arise, each once; one that was released and is owed again is opened again."""
    insert_all_once(session, Duty, duties)
    released = {
        (duty.organization_id, duty.kind, duty.period): duty
        for duty in session.scalars(select(Duty).where(Duty.state == DutyState.RELEASED))
    }
    for values in duties:
        again = released.get((values["organization_id"], values["kind"], values["period"]))
        if again is not None:
            again.state, again.settled_at = DutyState.OPEN, None
    session.flush()


_RUNNING = Prepared(
    select(Duty.id, Duty.organization_id, Duty.kind, Duty.often)
    .where(Duty.state == DutyState.OPEN, Duty.ends > bindparam("now"))
    .order_by(Duty.id)
)


def outdated(session: Session, now: datetime) -> list[int]:
    """The open duties that are owed no longer: the organization ended, or its cadence was changed."""
    present = owed(session, now)
    found = []
    for id, organization_id, kind, often in _RUNNING.rows(session, now=now):
        holds = present.get((organization_id, kind))
        if holds is None or holds[1] is not often:
            found.append(id)
    return found


def period_for(session: Session, organization_id: int, kind: str, day: date, *, keep: str = "") -> str:
    """The period that a meeting counts for when nobody says otherwise: the one in which it is held.

    In the grace time of a yearly kind it is the year before, while that one still owes it; a meeting that is
    moved inside it may ``keep`` that year.
    """
    often = often_of(session, BY_NAME[kind], organization_id) or BY_NAME[kind].often
    span = span_of(often, day)
    if often is Often.YEAR and (day.month, day.day) <= GRACE:
        before = span_of(often, date(day.year - 1, 12, 31))
        mine = (Duty.organization_id == organization_id, Duty.kind == kind, Duty.period == before.key)
        unserved = select(Duty.id).where(*mine, Duty.state == DutyState.OPEN, ~SERVED)
        if keep == before.key or session.scalars(unserved).first() is not None:
            return before.key
    return span.key


def gathered(now: datetime) -> datetime:
    """The last moment of gathering: 9:00 of Monday, or of the first working day of a week that has one."""
    day = shanghai_day(now)
    while True:
        monday = day - day.weekday() * DAY
        week = [monday + n * DAY for n in range(7)]
        morning = next((at(one, HOUR) for one in week if is_workday(one)), None)
        if morning is not None and morning <= now:
            return morning
        day = monday - DAY


def morning(now: datetime) -> datetime:
    """9:00 of the last working day on which it was nine."""
    return at(last_working_morning(now), HOUR)
