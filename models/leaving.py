"""A membership ends: nothing falls due for who left, and what they did stays theirs (rules 7, 31).

The month of leaving is a part month, so it is not scored. Offices and temporary groups end with the last day,
the WeChat is free again, and an open claim stays to be decided.
"""

from datetime import date, datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from models import deciding_requests, ledger, requests, waiting
from models.appointments import Appointment
from models.bindings import Binding, BindingCode
from models.claims import Claim
from models.errors import Refused
from models.group_memberships import GroupMembership
from models.guarded import rows_changed
from models.members import Member
from models.months import shanghai_day
from models.requests import Request, RequestStatus
from models.rows import by_ids

EXAMPLE = "xianfeng roster leave A001 --on 2026-11-20"


class BadDay(Refused):
    """A day still to come, or one before the member came."""


class AlreadyLeft(Refused):
    """The member has left before."""


def leave(session: Session, member: Member, *, on: date, by: Member | None, now: datetime) -> None:
    """End a membership with a day that has come; raises BadDay or AlreadyLeft.

    ``by`` is None for the operator. What waited for the member's decision is asked of the next in line.
    """
    if on > shanghai_day(now):
        raise BadDay(f"{on} 还没到，离开的那天再办", EXAMPLE)
    if member.joined_on is not None and on < member.joined_on:
        raise BadDay(f"{member.name} {member.joined_on} 才来，离开日期不能更早", EXAMPLE)
    ledger.lock(session, member.branch_id)  # who counts in a month is read under it
    orphans = by_ids(session, Claim, [one.id for one in waiting.waiting_for(session, member, now)])
    asked = deciding_requests.waiting_for(session, member, now)
    left = rows_changed(
        session, update(Member).where(Member.id == member.id, Member.left_on.is_(None)).values(left_on=on)
    )
    session.refresh(member)
    if not left:
        raise AlreadyLeft(f"{member.name} 已于 {member.left_on} 离开", EXAMPLE)
    _end(session, member, on)
    _unbind(session, member, by, now)
    for claim in orphans:
        waiting.ask(session, claim, now=now)
    for request in asked:
        deciding_requests.ask(session, request, now=now)


def _end(session: Session, member: Member, on: date) -> None:
    """The offices and temporary groups; one that had not begun yet never does."""
    offices = update(Appointment).where(
        Appointment.member_id == member.id, or_(Appointment.ends_on.is_(None), Appointment.ends_on > on)
    )
    session.execute(offices.values(ends_on=on))
    groups = update(GroupMembership).where(GroupMembership.member_id == member.id, GroupMembership.ends_on > on)
    session.execute(groups.values(ends_on=on))


def _unbind(session: Session, member: Member, by: Member | None, now: datetime) -> None:
    """Release the WeChat, end the code, and refuse what was asked for another one."""
    session.execute(delete(Binding).where(Binding.member_id == member.id))
    session.execute(delete(BindingCode).where(BindingCode.member_id == member.id))
    waits = select(Request).where(Request.member_id == member.id, Request.status == RequestStatus.WAITING)
    for request in session.scalars(waits).all():
        requests.settle(session, request, RequestStatus.REJECTED, by=by, now=now, reason="已离开")
