"""Whose meeting it is and who is invited, by its kinds (rules 23): temporary groups are nobody's home and left out."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import appointments, meetings, members, organizations
from models.appointments import ABOVE_BRANCHES, BRANCH_OFFICES, Appointment
from models.errors import Refused
from models.meeting_kinds import Circle, MeetingKind
from models.meetings import Attendance
from models.members import Member, MemberCategory, PartyStanding
from models.organizations import Nature, Organization, OrganizationKind

_BRANCH, _GROUP = (OrganizationKind.BRANCH,), (OrganizationKind.GROUP,)
_HOLDERS: dict[Circle, tuple[OrganizationKind, ...]] = {
    Circle.GROUP: _GROUP,
    Circle.BRANCH: _BRANCH,
    Circle.BRANCH_COMMITTEE: _BRANCH,
    Circle.ALL_BELOW: (OrganizationKind.GENERAL_BRANCH, OrganizationKind.PARTY_COMMITTEE),
    Circle.CADRES: (*ABOVE_BRANCHES, OrganizationKind.BRANCH),
    Circle.LEADING_GROUP: (OrganizationKind.LEADING_GROUP, OrganizationKind.PARTY_COMMITTEE),
}
EXAMPLE = "开会 主题党日 明天15点 三楼会议室"


class NotYourMeeting(Refused):
    """A meeting is called by who leads those it is for."""


class MixedKinds(Refused):
    """One gathering serves kinds of one level."""


class NobodyInvited(Refused):
    """There is nobody to invite."""


def holders(
    session: Session, kinds: Sequence[MeetingKind], named: Sequence[Organization], *, by: Member, now: datetime
) -> list[Organization]:
    """The organizations whose meeting it is: those named, else the one the asker leads at the kinds' level.

    Raises MixedKinds or NotYourMeeting.
    """
    fitting = set.intersection(*(set(_HOLDERS[kind.circle]) for kind in kinds))
    if not fitting:
        raise MixedKinds(f"{'、'.join(kind.name for kind in kinds)}不是同一级的会，请分开发", EXAMPLE)
    found = list(named) or _led(session, fitting, retired=kinds[0].retired, by=by, now=now)
    wrong = [one for one in found if one.kind not in fitting or _is_temporary_group(one)]
    if wrong:
        raise NotYourMeeting(f"{wrong[0].name}不开{kinds[0].name}，请看一下会议类型", EXAMPLE)
    if not found:
        raise NotYourMeeting(f"{kinds[0].name}由{_caller(kinds[0])}发起；管着几个的，请写明是哪一个", EXAMPLE)
    for one in found:
        if not meetings.may_call(session, by, one, now):
            raise NotYourMeeting(f"{one.name}的会由它自己或上级发起", EXAMPLE)
    return found


def _is_temporary_group(one: Organization) -> bool:
    return one.kind is OrganizationKind.GROUP and one.nature is Nature.TEMPORARY


def _caller(kind: MeetingKind) -> str:
    if kind.circle is Circle.GROUP:
        return "组长"
    return "支委" if kind.circle in (Circle.BRANCH, Circle.BRANCH_COMMITTEE) else "上级党组织"


def _led(
    session: Session, fitting: set[OrganizationKind], *, retired: bool, by: Member, now: datetime
) -> list[Organization]:
    """The one organization of a level that the asker leads by an office held in it; none when there are several."""
    held = [a.organization for a in appointments.held_by(session, by.id, now)]
    led = {
        one.id: one
        for one in held
        if one.kind in fitting and not _is_temporary_group(one) and meetings.may_call(session, by, one, now)
    }
    if retired:
        led = {id: one for id, one in led.items() if one.nature is Nature.RETIRED} or led
    return list(led.values()) if len(led) == 1 else []


def invited(
    session: Session, kinds: Iterable[MeetingKind], held_by: Iterable[Organization], now: datetime
) -> list[Member]:
    """Whom a meeting invites, in roster order; suspended members are not. Raises NobodyInvited."""
    people = of_body(session, kinds, held_by, now)
    if not people:
        raise NobodyInvited("没有要通知的人，请看一下会议类型", EXAMPLE)
    return people


def of_body(
    session: Session, kinds: Iterable[MeetingKind], held_by: Iterable[Organization], now: datetime
) -> list[Member]:
    """As ``invited``, of a body that may have nobody."""
    circles = dict.fromkeys(kind.circle for kind in kinds)
    found = {
        member.id: member for one in held_by for circle in circles for member in _circle(session, circle, one, now)
    }
    people = [m for m in found.values() if m.left_on is None and m.party_standing is not PartyStanding.SUSPENDED]
    return sorted(people, key=lambda member: member.id)


def _circle(session: Session, circle: Circle, one: Organization, now: datetime) -> Iterable[Member]:
    if circle is Circle.GROUP:
        return members.of_group(session, one.id)
    if circle is Circle.BRANCH:
        return members.present(session, one.id)
    if circle is Circle.BRANCH_COMMITTEE:
        return [a.member for a in _appointed(session, one, now) if a.office in BRANCH_OFFICES]
    if circle is Circle.LEADING_GROUP:
        return [a.member for a in _appointed(session, one, now)]
    below = [member for id in _branch_ids(session, one) for member in members.present(session, id)]
    return below if circle is Circle.ALL_BELOW else [member for member in below if member.leading_cadre]


def _branch_ids(session: Session, one: Organization) -> list[int]:
    return [branch.id for branch in organizations.branches_below(session, one.id)]


def _appointed(session: Session, one: Organization, now: datetime) -> Sequence[Appointment]:
    query = select(Appointment).where(Appointment.organization_id == one.id, *appointments.in_force(now))  # type: ignore[arg-type]
    return session.scalars(query.order_by(Appointment.id)).all()


def has_vote(member: Member) -> bool:
    """正式党员 whose 党籍状态 is 正常 (rules 26)."""
    return member.category is MemberCategory.FULL and member.party_standing is PartyStanding.NORMAL


def invitation(meeting_id: int, member: Member) -> dict[str, Any]:
    """What an invitation keeps of a member: the home and the vote of this moment."""
    return {
        "meeting_id": meeting_id,
        "member_id": member.id,
        "branch_id": member.branch_id,
        "group_id": member.group_id,
        "vote": has_vote(member),
        "state": Attendance.INVITED,
        "corrections": 0,
        "reason": "",
    }
