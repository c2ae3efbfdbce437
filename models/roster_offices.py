"""The offices of a roster: who is newly appointed, and whose office has ended (rules 9; contract, roster)."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.appointments import Appointment, Office
from models.errors import Refused
from models.members import Member
from models.months import shanghai_day
from models.organizations import Nature
from models.roster_tree import Import

ALWAYS = date(2000, 1, 1)  # since when people of a first import hold their offices

Seat = tuple[int, int, Office]  # member, organization, office


class UnknownLeader(Refused):
    """分管领导 names a staff number that nobody has."""


def apply(session: Session, roster: Import) -> tuple[int, int]:
    """Appoint whom the roster names and end what it no longer names; how many of each.

    The roster speaks for its own people, and for 分管领导 and temporary groups of its own organizations; who acts
    for another, or leads a temporary group founded in the chat, is appointed by command and stays.
    """
    today = shanghai_day(roster.now)
    wanted = dict.fromkeys(_wanted(roster))
    held = {(a.member_id, a.organization_id, a.office): a for a in _held(session, roster, today)}
    new = [seat for seat in wanted if seat not in held]
    for seat in new:
        session.add(_appointment(seat, roster, today))
    gone = [appointment for seat, appointment in held.items() if seat not in wanted]
    for appointment in gone:
        appointment.ends_on = today - timedelta(days=1)
    session.flush()
    return len(new), len(gone)


def _wanted(roster: Import) -> Iterator[Seat]:
    """The seats of the roster, in its order."""
    for row in roster.organizations:
        for staff_no in row.leaders_in_charge:
            yield _leader(roster, staff_no).id, roster.tree[row.path].id, Office.LEADER_IN_CHARGE
    for person in roster.people:
        member = roster.member(person.staff_no)
        for held in person.offices:
            yield member.id, roster.tree[held.organization].id, held.office


def _leader(roster: Import, staff_no: str) -> Member:
    member = roster.members.get(staff_no.casefold())
    if member is None:
        raise UnknownLeader(f"分管领导：没有工号“{staff_no}”的党员，请先把本人写进党员表")
    return member


def _held(session: Session, roster: Import, today: date) -> list[Appointment]:
    """The appointments the roster speaks for, now or later in force."""
    still = or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today)
    query = select(Appointment).where(still, Appointment.acting.is_(False)).order_by(Appointment.id)
    people = {roster.member(row.staff_no).id for row in roster.people}
    organizations = {roster.tree[row.path].id for row in roster.organizations}
    return [
        appointment
        for appointment in session.scalars(query)
        if (
            appointment.organization_id in organizations
            if appointment.office is Office.LEADER_IN_CHARGE or appointment.organization.nature is Nature.TEMPORARY
            else appointment.member_id in people
        )
    ]


def _appointment(seat: Seat, roster: Import, today: date) -> Appointment:
    member_id, organization_id, office = seat
    organization = roster.tree.way_up(organization_id)[0]
    start = (organization.starts_on or ALWAYS) if organization_id in roster.first else today
    return Appointment(member_id=member_id, organization_id=organization_id, office=office, starts_on=start)
