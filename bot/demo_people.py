"""Who the demonstration's page can show a phone of, and what unbound members need to bind one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office.roster_rows import OFFICES
from bot.sandbox.options import Person
from models import appointments, bindings
from models.appointments import Appointment
from models.bindings import Binding
from models.members import Member
from models.organizations import OrganizationKind
from models.sessions import Sessions


def fresh_codes(sessions: Sessions, key: bytes, now: datetime) -> dict[int, str]:
    """A binding code for everyone unbound, to try the binding with; the page shows it beside the phone."""
    with sessions.write() as session:
        return {m.id: bindings.issue_code(session, m, key=key, now=now) for m in bindings.unbound(session)}


def people(sessions: Sessions, now: datetime, codes: Mapping[int, str]) -> Sequence[Person]:
    """The roster as the page lists it; an unbound member gets a fresh code to try the binding with."""
    with sessions.read() as session:
        bound = dict(session.execute(select(Binding.member_id, Binding.openid)).all())
        roles = _roles(session, now)
        members = session.scalars(select(Member).where(Member.left_on.is_(None)).order_by(Member.id)).all()
        return [
            Person(
                staff_no=member.staff_no,
                name=member.name,
                role="、".join(roles.get(member.id, ["党员"])),
                branch=member.branch.name,
                group=member.group.name if member.group else "",
                openid=bound.get(member.id),
                binding_code=None if member.id in bound else codes.get(member.id),
            )
            for member in members
        ]


def _roles(session: Session, now: datetime) -> dict[int, list[str]]:
    """The offices of everyone who holds any, in words."""
    words = {office: word for word, office in reversed(OFFICES.items())}
    roles: dict[int, list[str]] = {}
    in_force = appointments.in_force(now)
    held = session.scalars(select(Appointment).where(*in_force).order_by(Appointment.id))  # type: ignore[arg-type]
    for one in held:
        word = words.get(one.office, "分管领导")
        in_branch = one.organization.kind is OrganizationKind.BRANCH
        roles.setdefault(one.member_id, []).append(word if in_branch else word.removeprefix("支部"))
    return roles
