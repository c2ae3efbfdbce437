"""Whose attendance somebody sees (rules 9, 17): one's own; a leader the group, the branch's officers the branch, the
level above its branches. What is out of sight is answered as what does not exist."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import appointments, meetings, overview, sight
from models.errors import NotFound, Refused
from models.meetings import HELD, Meeting
from models.members import Member
from models.organizations import Organization, OrganizationKind

EXAMPLE = "考勤 今年"


class NotYours(Refused):
    """The attendance of others is for who leads them."""


def check_member(session: Session, asker: Member, member: Member, now: datetime) -> None:
    """Raise NotYours where a member's attendance is not for the asker."""
    if asker.id != member.id and not sight.reviews(session, asker, member, member.branch_id, now):
        raise NotYours("别人的考勤由组长和支部看，您可以看自己的", EXAMPLE)


def check_organization(session: Session, asker: Member, organization: Organization, now: datetime) -> None:
    """Raise NotFound where an organization's attendance is not for the asker."""
    if not meetings.may_call(session, asker, organization, now):
        raise nothing_of(organization.name)


def widest(session: Session, asker: Member, now: datetime) -> Sequence[Organization]:
    """What an asker sees of others unasked: what lies above branches, else the branch, else the groups led."""
    held = appointments.held_by(session, asker.id, now)
    above = overview.overseen(held)
    led = {a.organization_id: a.organization for a in held}  # once, whatever offices are held in it
    if above:
        return [organization for id, organization in led.items() if id in above]
    own = [one for one in led.values() if meetings.may_call(session, asker, one, now)]
    branches = [one for one in own if one.kind is OrganizationKind.BRANCH]
    return branches or [one for one in own if one.kind is OrganizationKind.GROUP]


def nothing_of(words: str) -> NotFound:
    """The refusal of a name out of the asker's sight, whether it exists or not."""
    return NotFound(f"没有找到“{words}”的考勤，请看一下写法", EXAMPLE)


def last_held(session: Session, asker: Member, most: int) -> Sequence[Meeting]:
    """The meetings that an asker organized and that are over, the last one first."""
    query = select(Meeting).where(Meeting.organizer_id == asker.id, Meeting.state.in_(HELD))
    return session.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(most)).all()
