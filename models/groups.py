"""A leader's people: bound, active, with something open (chat: 成员, 催办; rules 28)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import bindings, group_memberships, members, notices, zero_claims
from models.appointments import Appointment, Office
from models.bindings import Binding
from models.claims import Claim, ClaimStatus
from models.members import Member
from models.months import Month
from models.organizations import Nature, Organization


@dataclass(frozen=True, slots=True)
class State:
    """How a member stands with a month: claims made, how many of them wait for the member, and the WeChat.

    ``unread`` counts the notices that did not get to them, and that they have not looked at in the chat (rules 28).
    """

    member: Member
    bound: bool
    following: bool
    claims: int
    open: int
    said_nothing: bool
    unread: int


def led_by(session: Session, offices: Iterable[Appointment]) -> list[Member]:
    """Whom a leader leads, or the branch of a secretary, in roster order."""
    found: dict[int, Member] = {}
    for appointment in offices:
        if appointment.office is Office.GROUP_LEADER:
            found |= {m.id: m for m in members.of_group(session, appointment.organization_id)}
        elif appointment.office in (Office.SECRETARY, Office.DEPUTY_SECRETARY):
            found |= {m.id: m for m in members.present(session, appointment.organization_id)}
    return [found[id] for id in sorted(found)]


def told_by(session: Session, offices: Iterable[Appointment]) -> list[Member]:
    """Whom a leader passes decisions down to: whom they lead, and the members of their temporary groups (S0)."""
    offices = list(offices)
    found = {member.id: member for member in led_by(session, offices)}
    for group in temporary(offices):
        found |= {member.id: member for member in group_memberships.members_of(session, group.id)}
    return [found[id] for id in sorted(found)]


def temporary(offices: Iterable[Appointment]) -> list[Organization]:
    """The temporary groups a leader leads."""
    led = [a.organization for a in offices if a.office is Office.GROUP_LEADER]
    return [organization for organization in led if organization.nature is Nature.TEMPORARY]


def state_of(session: Session, people: Sequence[Member], month: Month) -> list[State]:
    """Each member's state in a month, in the order given."""
    ids = [member.id for member in people]
    bound = set(session.scalars(select(Binding.member_id).where(Binding.member_id.in_(ids))))
    following = bindings.reachable(session, ids)
    nothing = zero_claims.said(session, ids, month)
    counts = _counts(session, ids, month)
    unread = notices.unread_counts(session, ids)
    return [
        State(
            member,
            member.id in bound,
            member.id in following,
            sum(counts.get((member.id, status), 0) for status in ClaimStatus if status is not ClaimStatus.WITHDRAWN),
            counts.get((member.id, ClaimStatus.RETURNED), 0),
            member.id in nothing,
            unread.get(member.id, 0),
        )
        for member in people
    ]


def _counts(session: Session, ids: list[int], month: Month) -> dict[tuple[int, ClaimStatus], int]:
    query = (
        select(Claim.member_id, Claim.status, func.count())
        .where(Claim.member_id.in_(ids), Claim.month == month)
        .group_by(Claim.member_id, Claim.status)
    )
    return {(member_id, status): count for member_id, status, count in session.execute(query)}
