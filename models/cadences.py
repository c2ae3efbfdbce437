"""Which organization owes a meeting of which kind how often, and when people hear of it (rules 23).

What it owes arises with each period (models/arising.py) as a duty (models/duties.py), of which somebody is reminded
(models/pressing.py).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models import organizations, settings
from models.duties import SERVED, Duty, DutyState
from models.lateness import last_working_morning
from models.meeting_kinds import BY_NAME, KINDS, Circle, MeetingKind, Often
from models.members import Member, MemberCategory
from models.months import at, shanghai_day
from models.organizations import Nature, Organization, OrganizationKind
from models.prepared import Prepared
from models.rounds import HOUR
from models.settings import SettingChange
from models.spans import GRACE, span_of
from models.workdays import is_workday

OFF = "off"
DAY = timedelta(days=1)
COMMITTEE_FROM = 7  # 正式党员: so many make a branch that has a committee


def often_of(session: Session, kind: MeetingKind, organization_id: int) -> Often | None:
    """How often an organization owes a kind; None where it is no duty."""
    value = settings.get(session, settings.MEETING_CADENCES[kind.name], organization_id)
    return None if value == OFF else Often(value)


_SET = Prepared(select(SettingChange.key, func.max(SettingChange.changed_at)).group_by(SettingChange.key))


def changed(session: Session) -> dict[str, datetime]:
    """When a kind's cadence was set last, by anybody; without those that nobody ever set."""
    names = {setting.key: name for name, setting in settings.MEETING_CADENCES.items()}
    return {names[key]: moment for key, moment in _SET.rows(session) if key in names}


def owed(
    session: Session, some: Sequence[Organization], now: datetime
) -> dict[tuple[int, str], tuple[Organization, Often]]:
    """Which kinds these organizations owe now, and how often."""
    today = shanghai_day(now)
    facts = _Facts(session, some)
    if changed(session):
        organizations.read_rungs(session, [one.id for one in some])
    found = {}
    for organization in some:
        if organization.nature is Nature.TEMPORARY or not _exists(organization, today):
            continue
        for kind in KINDS:
            often = often_of(session, kind, organization.id) if facts.concerns(kind, organization) else None
            if often is not None:
                found[organization.id, kind.name] = (organization, often)
    return found


_HERE = Member.left_on.is_(None)
_FULL = (
    select(Member.branch_id, func.count())
    .where(Member.branch_id.in_(bindparam("ids", expanding=True)), _HERE, Member.category == MemberCategory.FULL)
    .group_by(Member.branch_id)
)
_CADRE = Prepared(select(Member.id).where(_HERE, Member.leading_cadre).limit(1))
_LEADING_GROUP = Prepared(select(Organization.id).where(Organization.kind == OrganizationKind.LEADING_GROUP).limit(1))


class _Facts:
    """What decides whether a kind concerns an organization, read once for all of them."""

    def __init__(self, session: Session, some: Sequence[Organization]) -> None:
        self._session = session
        branches = [one.id for one in some if one.kind is OrganizationKind.BRANCH]
        rows = session.execute(_FULL, {"ids": branches}) if branches else ()
        self._full: dict[int, int] = {branch_id: count for branch_id, count in rows}  # noqa: C416 - rows are no pairs

    def concerns(self, kind: MeetingKind, organization: Organization) -> bool:
        if kind.circle is Circle.GROUP:
            nature = Nature.RETIRED if kind.retired else Nature.STANDING
            return organization.kind is OrganizationKind.GROUP and organization.nature is nature
        if kind.circle in (Circle.CADRES, Circle.LEADING_GROUP):
            leads = organization.kind in _LEADS and organization.kind is self._leaders
            return leads and (kind.circle is Circle.LEADING_GROUP or self._has_cadres)
        if organization.kind is not _HOLDS[kind.circle]:
            return False
        return kind.circle is not Circle.BRANCH_COMMITTEE or self._full.get(organization.id, 0) >= COMMITTEE_FROM

    @cached_property
    def _has_cadres(self) -> bool:
        return _CADRE.first(self._session) is not None

    @cached_property
    def _leaders(self) -> OrganizationKind:
        """Who holds the meetings of those who lead: the 党组 where there is one, else the committee."""
        return _LEADS[_LEADING_GROUP.first(self._session) is None]


_LEADS = (OrganizationKind.LEADING_GROUP, OrganizationKind.PARTY_COMMITTEE)
_HOLDS = {
    Circle.BRANCH: OrganizationKind.BRANCH,
    Circle.BRANCH_COMMITTEE: OrganizationKind.BRANCH,
    Circle.ALL_BELOW: OrganizationKind.GENERAL_BRANCH,
}


def _exists(organization: Organization, day: date) -> bool:
    begun = organization.starts_on is None or organization.starts_on <= day
    return begun and (organization.ends_on is None or organization.ends_on >= day)


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
