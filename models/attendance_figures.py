"""Attendance over a period: per member, group, branch and kind, and leading cadres at their own branch (rules 23, 25).

A meeting counts once, by its day. Of 应到 whoever is exempt for age or illness is no part; who moved since counts
for the home that invited. 双重组织生活: leading cadres take part as ordinary members at their own branch and group.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import rounded
from models.meeting_kinds import KINDS, Circle
from models.meetings import CAME, HELD, Attendance, Invitation, Meeting
from models.members import Member
from models.months import Period

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
        found = list(states)
        count = {state: found.count(state) for state in Attendance}
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
    """A branch's attendance over a period."""

    members: Sequence[Line]
    groups: Sequence[Line]
    kinds: Sequence[Line]
    cadres: Sequence[Line]
    branch: Line


@dataclass(frozen=True, slots=True)
class _Visit:
    """One invitation to a meeting that was held."""

    invitation: Invitation
    meeting: Meeting

    @property
    def state(self) -> Attendance:
        return self.invitation.state


def of_branch(session: Session, branch_id: int, branch: str, period: Period, groups: dict[int, str]) -> Statistics:
    """The attendance of everybody whom the meetings of a period found at home in a branch."""
    visits = _visits(session, branch_id, period)
    cadres = [v for v in visits if v.invitation.member.leading_cadre and v.meeting.main_kind in OWN_LIFE]
    return Statistics(
        members=_by_member(visits),
        groups=[_line(name, [v for v in visits if v.invitation.group_id == id]) for id, name in groups.items()],
        kinds=_by_kind(visits),
        cadres=_by_member(cadres),
        branch=_line(branch, visits),
    )


def _visits(session: Session, branch_id: int, period: Period) -> list[_Visit]:
    query = (
        select(Invitation, Meeting)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .where(Invitation.branch_id == branch_id, Meeting.state.in_(HELD))
        .where(Meeting.starts_at >= period.first.begins, Meeting.starts_at < period.last.ends)
        .order_by(Invitation.member_id, Meeting.starts_at, Meeting.id)
    )
    return [_Visit(invitation, meeting) for invitation, meeting in session.execute(query)]


def _line(name: str, visits: Sequence[_Visit], member: Member | None = None) -> Line:
    held = len({visit.meeting.id for visit in visits})
    return Line(name, Figures.of(visit.state for visit in visits), held, member)


def _by_member(visits: Sequence[_Visit]) -> list[Line]:
    """In roster order."""
    people = {visit.invitation.member_id: visit.invitation.member for visit in visits}
    return [_line(m.name, [v for v in visits if v.invitation.member_id == id], m) for id, m in people.items()]


def _by_kind(visits: Sequence[_Visit]) -> list[Line]:
    """In the order of rule 23; a gathering of several kinds counts for each."""
    kinds = {held.kind for visit in visits for held in visit.meeting.kinds}
    return [
        _line(kind, [v for v in visits if any(held.kind == kind for held in v.meeting.kinds)])
        for kind in sorted(kinds, key=lambda kind: _ORDER[kind])
    ]
