"""Temporary groups (临时小组, 专班): three or more from one branch or several, a leader, a last day (rules 9; S0).

    running ──its last day is over──▶ ended

A temporary group is nobody's home: it has no rank, no month and no round. While it runs, its leader decides
what its members did in it; afterwards what is undecided goes the way of their own branch.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, bindparam, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import appointments, group_memberships, notices, waiting
from models.appointments import Appointment, Office
from models.base import Base
from models.claims import Claim, ClaimStatus
from models.errors import Refused, Settled
from models.group_memberships import GroupMembership
from models.guarded import rows_changed
from models.members import Member
from models.months import at, end_of, shanghai_day
from models.organizations import Nature, Organization, OrganizationKind
from models.prepared import Prepared
from models.workdays import workday_before

FEWEST = 3  # S0: 三人以上
LONGEST_NAME = 12  # characters; short enough for a notice's line
LONGEST_REPORT = 300  # characters of each part
REPORT_DAYS = 3  # working days before its end the closing report is asked for
MORNING, AFTERNOON = 9, 17
FOUNDERS = (Office.SECRETARY, Office.DEPUTY_SECRETARY)
EXAMPLE = "临时小组 扫雪专班 组长 李四 成员 张三 王芳 至 12月31日"


_NOT_ENDED = text("ended_at IS NULL")
_RUNNING: dict[str, Any] = {"sqlite_where": _NOT_ENDED, "postgresql_where": _NOT_ENDED}


class TemporaryGroup(Base):
    """Who founded a temporary group, when its end was told, and its closing report."""

    __tablename__ = "temporary_groups"
    __table_args__ = (Index("ix_temporary_groups_running", "organization_id", **_RUNNING),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True, autoincrement=False)
    founded_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    founded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ask_report_at: Mapped[datetime]  # when its leader is asked for the closing report (models/closing_reports.py)
    report_asked_at: Mapped[datetime | None]
    thoughts: Mapped[str] = mapped_column(String(LONGEST_REPORT), default="")  # 思想动向
    work: Mapped[str] = mapped_column(String(LONGEST_REPORT), default="")  # 工作情况
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    reported_at: Mapped[datetime | None]


class NotFounder(Refused):
    """Only a branch's secretary founds one."""


class BadName(Refused):
    """No name, a long one, one that is taken, or one with signs that names do not have."""


class TooFew(Refused):
    """Fewer than three people."""


class AlreadyOver(Settled):
    """The last day lies in the past."""


def found(
    session: Session,
    name: str,
    *,
    leader: Member,
    people: Sequence[Member],
    until: date,
    by: Member,
    now: datetime,
) -> Organization:
    """Found a temporary group of the asker's branch and tell everybody in it; the leader is one of its members.

    Raises NotFounder, BadName, TooFew or AlreadyOver.
    """
    branch = _branch_of(session, by, now)
    everybody = {member.id: member for member in (leader, *people)}
    _check(session, branch, name, everybody, until, now)
    group = Organization(
        name=name,
        kind=OrganizationKind.GROUP,
        nature=Nature.TEMPORARY,
        parent_id=branch.id,
        starts_on=shanghai_day(now),
        ends_on=until,
    )
    session.add(group)
    session.flush()
    _fill(session, group, leader, everybody, until, now)
    asks = report_day(until, now)
    session.add(TemporaryGroup(organization_id=group.id, founded_by_id=by.id, founded_at=now, ask_report_at=asks))
    session.flush()
    _tell(session, group, "temporary_group_founded", now, but=by.id, leader=leader.id, by=by.name)
    return group


def _branch_of(session: Session, by: Member, now: datetime) -> Organization:
    held = [a.organization for a in appointments.held_by(session, by.id, now) if a.office in FOUNDERS]
    branches = [organization for organization in held if organization.kind is OrganizationKind.BRANCH]
    if not branches:
        raise NotFounder("临时小组由支部书记成立", "联系")
    return branches[0]


def _check(
    session: Session, branch: Organization, name: str, people: dict[int, Member], until: date, now: datetime
) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or set(name) & set("/@、，,;；"):
        raise BadName(f"名称要1到{LONGEST_NAME}个字，不带标点", EXAMPLE)
    same = select(Organization.id).where(Organization.parent_id == branch.id, Organization.name == name)
    if session.scalars(same).first() is not None:
        raise BadName(f"{branch.name}已经有过“{name}”，请换个名称", EXAMPLE)
    if len(people) < FEWEST:
        raise TooFew(f"临时小组连组长要{FEWEST}人以上，您写了{len(people)}人", EXAMPLE)
    if until < shanghai_day(now):
        raise AlreadyOver("临时小组的最后一天不能早于今天", EXAMPLE)


def _fill(
    session: Session, group: Organization, leader: Member, people: dict[int, Member], until: date, now: datetime
) -> None:
    today = shanghai_day(now)
    session.add(
        Appointment(
            member_id=leader.id,
            member=leader,
            organization_id=group.id,
            organization=group,
            office=Office.GROUP_LEADER,
            starts_on=today,
            ends_on=until,
        )
    )
    session.add_all(
        GroupMembership(organization_id=group.id, member_id=id, starts_on=today, ends_on=until) for id in sorted(people)
    )


def report_day(until: date, now: datetime) -> datetime:
    """When the closing report is asked for: 9:00 three working days before the end, or late on the last day."""
    moments = [at(shanghai_day(workday_before(end_of(until), REPORT_DAYS)), MORNING), at(until, AFTERNOON)]
    return next((moment for moment in moments if moment > now), now)


def leader_ids(session: Session, group: Organization) -> set[int]:
    """Whoever was made its leader, and not only acts for one."""
    office = (Appointment.office == Office.GROUP_LEADER, Appointment.acting.is_(False))
    return set(session.scalars(select(Appointment.member_id).where(Appointment.organization_id == group.id, *office)))


_DUE = Prepared(
    select(TemporaryGroup.organization_id)
    .join(Organization, Organization.id == TemporaryGroup.organization_id)
    .where(TemporaryGroup.ended_at.is_(None), Organization.ends_on < bindparam("today"))
    .order_by(TemporaryGroup.organization_id)
)


def due(session: Session, now: datetime) -> Sequence[int]:
    """The groups whose last day is over and whose people have not been told."""
    return _DUE.column(session, today=shanghai_day(now))


def end(session: Session, organization_id: int, *, now: datetime) -> bool:
    """Tell its people that a group is over, and ask their own branches about the rest; False if done before."""
    ended = rows_changed(
        session,
        update(TemporaryGroup)
        .where(TemporaryGroup.organization_id == organization_id, TemporaryGroup.ended_at.is_(None))
        .values(ended_at=now),
    )
    if not ended:
        return False
    group = session.get_one(Organization, organization_id)
    _tell(session, group, "temporary_group_ended", now)
    undecided = select(Claim).where(Claim.temporary_group_id == group.id, Claim.status == ClaimStatus.SUBMITTED)
    for claim in session.scalars(undecided.order_by(Claim.id)).all():
        waiting.ask(session, claim, now=now)
    return True


def _tell(
    session: Session, group: Organization, kind: str, now: datetime, *, but: int | None = None, **facts: object
) -> None:
    for member in group_memberships.members_of(session, group.id):
        if member.id == but:
            continue
        key = f"{kind}:{group.id}:{member.id}"
        notices.post(session, member.id, kind, key=key, now=now, facts={"group": group.id, **facts})
