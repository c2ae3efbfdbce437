"""代理: somebody stands in for a group leader or a secretary until a day (rules 9)."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import appointments, notices
from models.appointments import Appointment, Office
from models.errors import Refused
from models.members import Member
from models.months import shanghai_day
from models.organizations import Organization

LENDABLE = (Office.GROUP_LEADER, Office.SECRETARY)


class CannotActFor(Refused):
    """Not an office that can be lent, not a future day, or oneself."""


def _held(session: Session, by: Member, now: datetime) -> list[Appointment]:
    """The offices of a member that can be lent."""
    return [a for a in appointments.held_by(session, by.id, now) if a.office in LENDABLE and not a.acting]


def lendable(session: Session, by: Member, now: datetime) -> list[Organization]:
    """The organizations in which somebody may stand in for a member: the home group, the branch, temporary groups."""
    return list({a.organization_id: a.organization for a in _held(session, by, now)}.values())


def appoint(
    session: Session, member: Member, *, until: date, by: Member, now: datetime, of: Organization | None = None
) -> Appointment:
    """Name an acting holder of the asker's office until the end of a day; both may decide meanwhile.

    ``of`` names the office by its organization, where the asker holds several.
    """
    today = shanghai_day(now)
    held = [a for a in _held(session, by, now) if of is None or a.organization_id == of.id]
    if not held:
        raise CannotActFor("只有组长和书记能请人代理", "转交 12")
    if member.id == by.id:
        raise CannotActFor("不能请自己代理", "代理 王芳 至 12月5日")
    if until < today:
        raise CannotActFor("代理的最后一天不能早于今天", "代理 王芳 至 12月5日")
    own = held[0]
    last = min(until, own.ends_on or until)
    acting = Appointment(
        member_id=member.id,
        member=member,
        organization_id=own.organization_id,
        organization=own.organization,
        office=own.office,
        acting=True,
        starts_on=today,
        ends_on=last,
    )
    session.add(acting)
    session.flush()
    facts = {"by": by.name, "until": last.isoformat()}
    notices.post(session, member.id, "acting", key=f"acting:{acting.id}", now=now, facts=facts)
    return acting
