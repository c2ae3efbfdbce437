"""The fixed situation of the utterances (README.md): who there is, what is in force, and when it is."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bot.office import rulebook_file
from handlers.context import Context
from handlers.dispatch import Families
from models import (  # noqa: F401  # every table of the schema
    access_tokens,
    appointments,
    bindings,
    claims,
    dialogs,
    followers,
    members,
    notices,
    pictures,
    receipts,
    relays,
    requests,
    rounds,
    rulebooks,
    zero_claims,
)
from models.appointments import Appointment, Office, Role
from models.base import Base
from models.members import Member, NotScored, NotScoredReason
from models.months import Month
from models.organizations import Organization, OrganizationKind

# Friday 2026-11-20 10:00 in Shanghai.
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
RULEBOOK = Path(rulebook_file.__file__).parent / "rulebooks" / "seven_contents.toml"
MEMBERS = ("李四", "张三", "王芳", "刘强", "陈静", "赵敏", "欧阳建国", "王建军", "刘德福")
SPEAKERS = {"member": "张三", "leader": "李四", "secretary": "王建军"}


def stage() -> Session:
    """A fresh in-memory database with the first branch of the sample organisation."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    session = Session(engine)
    committee = Organization(name="机关党委", kind=OrganizationKind.PARTY_COMMITTEE)
    session.add(committee)
    session.flush()
    branch = Organization(name="第一支部", kind=OrganizationKind.BRANCH, parent_id=committee.id)
    session.add(branch)
    session.flush()
    group = Organization(name="第一小组", kind=OrganizationKind.GROUP, parent_id=branch.id)
    session.add(group)
    session.flush()
    people = {
        name: Member(staff_no=f"A{n:03}", name=name, branch_id=branch.id, group_id=group.id)
        for n, name in enumerate(MEMBERS, start=1)
    }
    session.add_all(people.values())
    session.flush()
    begun = datetime(2025, 1, 1, tzinfo=UTC).date()
    for name, office, place in (("李四", Office.GROUP_LEADER, group), ("王建军", Office.SECRETARY, branch)):
        session.add(Appointment(member_id=people[name].id, organization_id=place.id, office=office, starts_on=begun))
    aged = NotScored(member_id=people["刘德福"].id, reason=NotScoredReason.AGED, from_month=Month(2026, 1))
    aged.decided_at = NOW
    session.add(aged)
    rulebooks.add_version(session, committee, rulebook_file.read(RULEBOOK), now=NOW)
    session.flush()
    return session


def speaker(session: Session, role: str, families: Families, now: datetime = NOW) -> Context:
    """The context of a message of the member, the leader or the secretary; ``visitor`` is nobody known."""
    name = SPEAKERS.get(role)
    person = session.query(Member).filter_by(name=name).one() if name else None
    offices = appointments.held_by(session, person.id, now) if person else ()
    roles = appointments.roles_of(offices) if person else frozenset({Role.VISITOR})
    return Context(session, f"openid-{role}", person, offices, roles, now, families)
