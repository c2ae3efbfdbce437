"""Two branches and five people, as the roster has them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import appointments, organizations, roster
from models.appointments import Office
from models.members import Member, NotScoredReason
from models.months import Month, at
from models.organizations import Organization, OrganizationKind
from models.roster import Report
from models.roster_rows import Held, MemberRow, OrganizationRow

NOW = at(date(2026, 11, 20), 10)
TODAY, NOVEMBER = date(2026, 11, 20), Month(2026, 11)
LATER = NOW + timedelta(days=20)  # 10 December

TOP = ("机关党委",)
FIRST, SECOND = (*TOP, "第一支部"), (*TOP, "第二支部")
FIRST_1, FIRST_2, SECOND_1 = (*FIRST, "第一小组"), (*FIRST, "第二小组"), (*SECOND, "第一小组")
BRANCH, GROUP = OrganizationKind.BRANCH, OrganizationKind.GROUP

ORGANIZATIONS = (
    OrganizationRow(TOP, OrganizationKind.PARTY_COMMITTEE, leaders_in_charge=("1",)),
    OrganizationRow(FIRST, BRANCH, leaders_in_charge=("1",), starts_on=date(2018, 7, 1)),
    OrganizationRow(SECOND, BRANCH),
    OrganizationRow(FIRST_1, GROUP),
    OrganizationRow(FIRST_2, GROUP),
    OrganizationRow(SECOND_1, GROUP),
)
PEOPLE = (
    MemberRow("1", "王建军", FIRST, "1111", (Held(Office.SECRETARY, FIRST),), leading_cadre=True),
    MemberRow("2", "李四", FIRST_1, "2222", (Held(Office.GROUP_LEADER, FIRST_1),)),
    MemberRow("3", "张三", FIRST_1, "3333"),
    MemberRow("4", "刘德福", FIRST_2, not_scored=NotScoredReason.AGED),
    MemberRow("5", "钱进", SECOND_1, "5555", (Held(Office.SECRETARY, SECOND),)),
)


def apply(
    session: Session,
    people: Sequence[MemberRow] = PEOPLE,
    places: Sequence[OrganizationRow] = ORGANIZATIONS,
    now=NOW,
) -> Report:
    report = roster.apply(session, places, people, now=now)
    session.flush()
    return report


def person(session: Session, staff_no: str) -> Member:
    return session.scalars(select(Member).where(Member.staff_no == staff_no)).one()


def place(session: Session, name: str) -> Organization:
    (found,) = organizations.find_by_name(session, name)
    return found


def changed(staff_no: str, **values: object) -> tuple[MemberRow, ...]:
    return tuple(replace(row, **values) if row.staff_no == staff_no else row for row in PEOPLE)  # type: ignore[arg-type]


def offices(session: Session, staff_no: str, now=NOW) -> set[tuple[str, Office]]:
    held = appointments.held_by(session, person(session, staff_no).id, now)
    return {(appointment.organization.name, appointment.office) for appointment in held}
