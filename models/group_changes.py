"""Changing a temporary group while it runs: who is in it, and until when (rules 9; S0).

Whoever may found one in its branch changes it. It still ends by itself when its last day is over.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import appointments, group_memberships, notices, temporary_groups
from models.appointments import Appointment
from models.errors import NotFound, Refused, Settled
from models.group_memberships import GroupMembership
from models.members import Member
from models.months import shanghai_day
from models.organizations import Organization
from models.rows import insert_once
from models.temporary_groups import FEWEST, FOUNDERS, AlreadyOver, TemporaryGroup, TooFew

DAY = timedelta(days=1)


class Over(Settled):
    """The group has ended."""


class NothingNamed(Refused):
    """Nobody, or no day, was named; or who is named is in it already, or was not."""


class LeaderStays(Refused):
    """Its leader is not taken out."""


def founded_by(session: Session, asker: Member, now: datetime) -> Sequence[Organization]:
    """The temporary groups of the branches in which an asker may found one, ended ones too, the newest first."""
    held = [a.organization_id for a in appointments.held_by(session, asker.id, now) if a.office in FOUNDERS]
    query = select(Organization).join(TemporaryGroup, TemporaryGroup.organization_id == Organization.id)
    return session.scalars(query.where(Organization.parent_id.in_(held)).order_by(Organization.id.desc())).all()


def add(
    session: Session, group: Organization, people: Sequence[Member], *, by: Member, now: datetime
) -> Sequence[Member]:
    """Take people in until the group's last day and tell them; returns those who are new.

    Raises NotFound, Over or NothingNamed.
    """
    today = _check(session, group, by, now)
    there = {member.id for member in group_memberships.members_of(session, group.id)}
    new = [member for member in people if member.id not in there]
    if not new:
        raise NothingNamed("要加的人请写姓名，已经在里面的不用再加", f"临时小组 {group.name} 加 陈静")
    for member in new:
        values = {"organization_id": group.id, "member_id": member.id}
        if not insert_once(session, GroupMembership, **values, starts_on=today, ends_on=group.ends_on):
            mine = (GroupMembership.organization_id == group.id, GroupMembership.member_id == member.id)
            session.execute(update(GroupMembership).where(*mine).values(starts_on=today, ends_on=group.ends_on))
    _tell_of_people(session, group, "temporary_group_joined", new, by=by, now=now)
    return new


def remove(
    session: Session, group: Organization, people: Sequence[Member], *, by: Member, now: datetime
) -> Sequence[Member]:
    """Take people out and tell them; what they did in it before stays done in it.

    Raises NotFound, Over, NothingNamed, LeaderStays or TooFew.
    """
    today = _check(session, group, by, now)
    there = {member.id: member for member in group_memberships.members_of(session, group.id)}
    gone = [member for member in people if member.id in there]
    example = f"临时小组 {group.name} 减 陈静"
    if not gone:
        raise NothingNamed("要减的人请写姓名，要是里面的人", example)
    if any(member.id in temporary_groups.leader_ids(session, group) for member in gone):
        raise LeaderStays("组长不能去掉；组长不在时，可以由他请人代理", example)
    if len(there) - len(gone) < FEWEST:
        raise TooFew(f"临时小组要留{FEWEST}人以上，不用了可以结束", f"临时小组 {group.name} 结束")
    ids = [member.id for member in gone]
    mine = (GroupMembership.organization_id == group.id, GroupMembership.member_id.in_(ids))
    session.execute(update(GroupMembership).where(*mine).values(ends_on=today - DAY))
    _tell_of_people(session, group, "temporary_group_left", gone, by=by, now=now)
    return gone


def last_until(session: Session, group: Organization, day: date | None, *, by: Member, now: datetime) -> None:
    """Prolong or shorten a group and tell everybody in it; a last day of today asks for the closing report at once.

    Raises NotFound, Over, NothingNamed or AlreadyOver.
    """
    today, before = _check(session, group, by, now), group.ends_on
    if day is None:
        raise NothingNamed("请写到哪一天为止", f"临时小组 {group.name} 延长 至 12月31日")
    if day < today:
        raise AlreadyOver("临时小组的最后一天不能早于今天", f"临时小组 {group.name} 至 12月31日")
    if day == before:
        raise NothingNamed(f"{group.name}本来就到这一天为止", f"临时小组 {group.name}")
    people = group_memberships.members_of(session, group.id)
    session.execute(update(Organization).where(Organization.id == group.id).values(ends_on=day))
    for table in (GroupMembership, Appointment):
        mine = (table.organization_id == group.id, table.ends_on == before)
        session.execute(update(table).where(*mine).values(ends_on=day))
    acting = (Appointment.organization_id == group.id, Appointment.acting, Appointment.ends_on > day)
    session.execute(update(Appointment).where(*acting).values(ends_on=day))
    asks = now if day == today else temporary_groups.report_day(day, now)
    session.execute(
        update(TemporaryGroup)
        .where(TemporaryGroup.organization_id == group.id)
        .values(ask_report_at=asks, report_asked_at=None)
    )
    session.refresh(group)
    others = [member for member in people if member.id != by.id]
    facts = {"by": by.name, "until": day.isoformat()}
    _post(session, group, "temporary_group_until", others, now, facts, about=f"until{day}")


def _check(session: Session, group: Organization, by: Member, now: datetime) -> date:
    """That the asker may change a group and that it runs; today, and the group's row locked."""
    if all(group.id != one.id for one in founded_by(session, by, now)):
        raise NotFound("没有找到您支部的这个临时小组，请看一下名称", "临时小组")
    today = shanghai_day(now)
    row = session.get_one(TemporaryGroup, group.id, with_for_update=True)
    if row.ended_at is not None or group.ends_on is None or group.ends_on < today:
        raise Over(f"{group.name}已经结束", "临时小组")
    return today


def _tell_of_people(
    session: Session, group: Organization, kind: str, people: Sequence[Member], *, by: Member, now: datetime
) -> None:
    """Those it is about, and the leader."""
    _post(session, group, kind, [member for member in people if member.id != by.id], now, {"by": by.name})
    leaders = temporary_groups.leader_ids(session, group) - {by.id}
    names = "、".join(member.name for member in people)
    facts = {"by": by.name, "names": names, "joined": kind == "temporary_group_joined"}
    whom = [session.get_one(Member, id) for id in sorted(leaders)]
    _post(session, group, "temporary_group_changed", whom, now, facts, about=f"{kind[16:]}{people[0].id}")


def _post(
    session: Session,
    group: Organization,
    kind: str,
    people: Sequence[Member],
    now: datetime,
    facts: Mapping[str, object],
    *,
    about: str = "",
) -> None:
    """Tell some people; the moment and what it is ``about`` name the change."""
    for member in people:
        key = f"{kind}:{group.id}:{now.isoformat()}{about}:{member.id}"
        notices.post(session, member.id, kind, key=key, now=now, facts={"group": group.id, **facts})
