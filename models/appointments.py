"""Appointments (职务): who holds which office in which organization, from when to when (rules 9)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, bindparam, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.columns import RowId, one_of
from models.members import Member, Person
from models.months import shanghai_day
from models.objects import Objects
from models.once import once_per_session
from models.organizations import Organization, OrganizationKind
from models.prepared import Prepared


class Office(StrEnum):
    """The office an appointment gives."""

    GROUP_LEADER = "group_leader"  # 党小组长
    SECRETARY = "secretary"  # 支部书记, or the secretary of a level above
    DEPUTY_SECRETARY = "deputy_secretary"  # 支部副书记
    COMMITTEE_MEMBER = "committee_member"  # 支部委员
    ORGANIZATION_COMMISSIONER = "organization_commissioner"  # 组织委员
    PUBLICITY_COMMISSIONER = "publicity_commissioner"  # 宣传委员
    DISCIPLINE_COMMISSIONER = "discipline_commissioner"  # 纪检委员
    PARTY_AFFAIRS_OFFICER = "party_affairs_officer"  # 党务专干
    INSPECTOR = "inspector"  # 抽查人员
    LEADER_IN_CHARGE = "leader_in_charge"  # 分管领导


class Role(StrEnum):
    """What an asker may do: commands name the roles that may use them."""

    VISITOR = "visitor"  # anyone who writes, bound or not
    MEMBER = "member"  # a bound member
    LEADER = "leader"  # leads a group, or acts for its leader
    BRANCH = "branch"  # of a branch's committee
    SECRETARY = "secretary"  # secretary or deputy secretary of a branch
    COMMITTEE = "committee"  # secretary or party affairs officer of a level above the branches
    INSPECTOR = "inspector"  # 抽查人员


BRANCH_OFFICES = frozenset(
    {
        Office.SECRETARY,
        Office.DEPUTY_SECRETARY,
        Office.COMMITTEE_MEMBER,
        Office.ORGANIZATION_COMMISSIONER,
        Office.PUBLICITY_COMMISSIONER,
        Office.DISCIPLINE_COMMISSIONER,
    }
)
ABOVE_BRANCHES = frozenset(
    {OrganizationKind.PARTY_COMMITTEE, OrganizationKind.LEADING_GROUP, OrganizationKind.GENERAL_BRANCH}
)


class Appointment(Base):
    """One office held; ``acting`` marks who stands in for the holder (代理)."""

    __tablename__ = "appointments"
    read_once = True

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    office: Mapped[Office] = mapped_column(one_of(Office))
    acting: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    member: Mapped[Member] = relationship(lazy="joined", innerjoin=True)
    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)


def in_force(now: datetime) -> list[object]:
    """The conditions under which an appointment holds at a moment."""
    today = shanghai_day(now)
    return [Appointment.starts_on <= today, or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today)]


_TODAY = bindparam("today", type_=Date)
_HELD = Objects(
    select(Appointment, Member, Organization)
    .select_from(Appointment)
    .join(Member, Member.id == Appointment.member_id)
    .join(Organization, Organization.id == Appointment.organization_id)
    .where(Appointment.member_id == bindparam("member_id"), Appointment.starts_on <= _TODAY)
    .where(Appointment.ends_on.is_(None) | (Appointment.ends_on >= _TODAY))
    .order_by(Appointment.id),
    "member",
    "organization",
)


@once_per_session
def held_by(session: Session, member_id: int, now: datetime) -> Sequence[Appointment]:
    """The offices a member holds at a moment."""
    return _HELD.all(session, member_id=member_id, today=shanghai_day(now))


_SEATS = Prepared(
    select(Appointment.office, Organization.kind)
    .join(Organization, Organization.id == Appointment.organization_id)
    .where(Appointment.member_id == bindparam("member_id"))
    .where(Appointment.starts_on <= bindparam("today", type_=Date))
    .where(Appointment.ends_on.is_(None) | (Appointment.ends_on >= bindparam("today", type_=Date)))
)


@once_per_session
def seats_of(session: Session, member_id: int, now: datetime) -> Sequence[tuple[Office, OrganizationKind]]:
    """The offices a member holds at a moment, each with the kind of organization: enough to know the roles."""
    return [(office, kind) for office, kind in _SEATS.rows(session, member_id=member_id, today=shanghai_day(now))]


def holders(session: Session, organization_id: int, office: Office, now: datetime) -> list[Member]:
    """Who holds an office of an organization at a moment, acting ones first."""
    query = (
        select(Appointment)
        .where(Appointment.organization_id == organization_id, Appointment.office == office, *in_force(now))  # type: ignore[arg-type]
        .order_by(Appointment.acting.desc(), Appointment.id)
    )
    return [appointment.member for appointment in session.scalars(query)]


def roles_of(seats: Iterable[tuple[Office, OrganizationKind]]) -> frozenset[Role]:
    """The roles that a bound member's offices give."""
    roles = {Role.VISITOR, Role.MEMBER}
    for office, kind in seats:
        roles |= _roles(office, kind)
    return frozenset(roles)


def _roles(office: Office, kind: OrganizationKind) -> set[Role]:
    if office is Office.GROUP_LEADER:
        return {Role.LEADER}
    if office is Office.INSPECTOR:
        return {Role.INSPECTOR}
    if kind in ABOVE_BRANCHES:
        return {Role.COMMITTEE} if office in {Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER} else set()
    if office in {Office.SECRETARY, Office.DEPUTY_SECRETARY}:
        return {Role.BRANCH, Role.SECRETARY}
    return {Role.BRANCH} if office in BRANCH_OFFICES else set()


def office_words(session: Session, member: Person, now: datetime) -> frozenset[str]:
    """The words by which a rulebook's ``roles`` may name a member: offices, and leading_cadre."""
    words: set[str] = {office for office, _ in seats_of(session, member.id, now)}
    return frozenset(words | {"leading_cadre"} if member.leading_cadre else words)
