"""Attendance over a period: per member, group, branch and kind, and leading cadres at their own branch (rules 23, 25).

A meeting counts once, by its day. Of 应到 whoever is exempt for age or illness is no part; who moved since counts
for the home that invited. 双重组织生活: leading cadres take part as ordinary members at their own branch and group.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import organizations
from models.columns import rounded
from models.meeting_kinds import KINDS, Circle
from models.meetings import CAME, HELD, Attendance, HeldBy, Invitation, KindHeld, Meeting
from models.members import Member
from models.months import Period
from models.organizations import Nature, Organization, OrganizationKind

OWN_LIFE = frozenset(kind.name for kind in KINDS if kind.circle in (Circle.GROUP, Circle.BRANCH))
_ORDER = {kind.name: n for n, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Figures:
    """How often one should have come, came (late ones among them), was on leave, and stayed away without."""

    expected: int = 0
    came: int = 0
    late: int = 0
    on_leave: int = 0
    absent: int = 0

    @classmethod
    def of(cls, states: Iterable[Attendance]) -> Self:
        """Count states; one that is not settled yet, or exempt, counts nowhere."""
        return cls.counted(Counter(states))

    @classmethod
    def counted(cls, count: Mapping[Attendance, int]) -> Self:
        """From how many there are of each state."""
        count = defaultdict(int, count)
        came = sum(count[state] for state in CAME)
        away = count[Attendance.ON_LEAVE], count[Attendance.ABSENT]
        return cls(came + sum(away), came, count[Attendance.LATE], *away)

    @property
    def rate(self) -> Decimal | None:
        """The share of 应到 that came, in percent; None where nobody should have."""
        return rounded(Decimal(100 * self.came) / self.expected) if self.expected else None


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of somebody or something."""

    name: str
    figures: Figures
    meetings: int = 0  # how many were held, where that is meant
    member: Member | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """The attendance of a branch, a group or a member over a period."""

    members: Sequence[Line]
    groups: Sequence[Line]
    kinds: Sequence[Line]
    cadres: Sequence[Line]
    whole: Line


class _Visit(NamedTuple):
    """One invitation to a meeting that was held; the first of its kinds is the main one."""

    member_id: int
    group_id: int | None
    state: Attendance
    meeting_id: int
    kinds: Sequence[str]


def of_organization(session: Session, organization: Organization, period: Period, kind: str = "") -> Statistics:
    """The attendance of everybody whom the meetings of a period, or those of one kind, found at home in a branch or a
    group. A temporary one is nobody's home: there its own meetings count.
    """
    groups = {group.id: group.name for group in organizations.groups_of(session, organization.id)}
    return _statistics(session, organization.name, period, groups, kind, _at_home(organization))


def _at_home(organization: Organization) -> Any:
    if organization.nature is Nature.TEMPORARY:
        own = select(HeldBy.meeting_id).where(HeldBy.organization_id == organization.id)
        return Invitation.meeting_id.in_(own)
    of_group = organization.kind is OrganizationKind.GROUP
    return (Invitation.group_id if of_group else Invitation.branch_id) == organization.id


def of_member(session: Session, member: Member, period: Period, kind: str = "") -> Statistics:
    """One member's own, wherever they were at home."""
    return _statistics(session, member.name, period, {}, kind, Invitation.member_id == member.id)


def _statistics(
    session: Session, name: str, period: Period, groups: Mapping[int, str], kind: str, where: Any
) -> Statistics:
    visits = _visits(session, period, kind, where)
    people = _people(session, visits)
    cadres = [v for v in visits if people[v.member_id].leading_cadre and v.kinds[0] in OWN_LIFE]
    return Statistics(
        members=_by_member(visits, people),
        groups=[_line(word, [v for v in visits if v.group_id == id]) for id, word in groups.items()],
        kinds=_by_kind(visits),
        cadres=_by_member(cadres, people),
        whole=_line(name, visits),
    )


def of_cadres(session: Session, branch_ids: Sequence[int], period: Period) -> Sequence[Line]:
    """Leading cadres at home in these branches, each at their own branch and group (双重组织生活)."""
    cadres = select(Member.id).where(Member.leading_cadre)
    visits = _visits(session, period, "", Invitation.branch_id.in_(branch_ids) & Invitation.member_id.in_(cadres))
    return _by_member([visit for visit in visits if visit.kinds[0] in OWN_LIFE], _people(session, visits))


def of_branches(session: Session, branches: Sequence[Organization], period: Period, kind: str = "") -> list[Line]:
    """Each branch as a whole, in the order given: added up by the database, since there may be many."""
    ids = [branch.id for branch in branches]
    held = (*_held(period, kind), Invitation.branch_id.in_(ids))
    joined = select(Invitation.branch_id, Invitation.state, func.count()).join(
        Meeting, Meeting.id == Invitation.meeting_id
    )
    states = defaultdict[int, dict[Attendance, int]](dict)
    for branch_id, state, count in session.execute(
        joined.where(*held).group_by(Invitation.branch_id, Invitation.state)
    ):
        states[branch_id][state] = count
    meetings = select(Invitation.branch_id, func.count(Meeting.id.distinct()))
    meetings = meetings.join(Meeting, Meeting.id == Invitation.meeting_id).where(*held).group_by(Invitation.branch_id)
    numbers = dict(session.execute(meetings).all())
    return [Line(one.name, Figures.counted(states[one.id]), numbers.get(one.id, 0)) for one in branches]


def _held(period: Period, kind: str) -> list[Any]:
    """Meetings of a period that were held, of all kinds or of one."""
    found = [Meeting.state.in_(HELD), Meeting.starts_at >= period.first.begins, Meeting.starts_at < period.last.ends]
    if kind:
        found.append(Meeting.id.in_(select(KindHeld.meeting_id).where(KindHeld.kind == kind)))
    return found


def _visits(session: Session, period: Period, kind: str, where: Any) -> list[_Visit]:
    held = _held(period, kind)
    of_each = defaultdict[int, list[str]](list)
    kinds = select(KindHeld.meeting_id, KindHeld.kind).join(Meeting, Meeting.id == KindHeld.meeting_id)
    for meeting_id, name in session.execute(kinds.where(*held).order_by(KindHeld.position)):
        of_each[meeting_id].append(name)
    columns = (Invitation.member_id, Invitation.group_id, Invitation.state, Invitation.meeting_id)
    query = select(*columns).join(Meeting, Meeting.id == Invitation.meeting_id).where(*held, where)
    rows = session.execute(query.order_by(Invitation.member_id, Meeting.starts_at, Meeting.id))
    return [_Visit(*row, kinds=of_each[row.meeting_id]) for row in rows]


def _people(session: Session, visits: Sequence[_Visit]) -> dict[int, Member]:
    ids = {visit.member_id for visit in visits}
    return {member.id: member for member in session.scalars(select(Member).where(Member.id.in_(ids)))}


def _line(name: str, visits: Sequence[_Visit], member: Member | None = None) -> Line:
    held = len({visit.meeting_id for visit in visits})
    return Line(name, Figures.of(visit.state for visit in visits), held, member)


def _by_member(visits: Sequence[_Visit], people: Mapping[int, Member]) -> list[Line]:
    """In roster order."""
    of_each = defaultdict[int, list[_Visit]](list)
    for visit in visits:
        of_each[visit.member_id].append(visit)
    return [_line(people[id].name, found, people[id]) for id, found in of_each.items()]


def _by_kind(visits: Sequence[_Visit]) -> list[Line]:
    """In the order of rule 23; a gathering of several kinds counts for each."""
    kinds = {kind for visit in visits for kind in visit.kinds}
    return [
        _line(kind, [v for v in visits if kind in v.kinds]) for kind in sorted(kinds, key=lambda kind: _ORDER[kind])
    ]
