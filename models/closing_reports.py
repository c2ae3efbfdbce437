"""The closing report of a temporary group (总结): 思想动向 and 工作情况, asked of its leader before it ends (S0).

asked for ──filed──▶ filed, and shown to the branch
    └──its last day over without one──▶ the branch is told
"""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models import appointments, notices
from models.appointments import Office
from models.errors import NotFound, Refused
from models.guarded import rows_changed
from models.members import Member
from models.organizations import Nature, Organization
from models.prepared import Prepared
from models.temporary_groups import FOUNDERS, LONGEST_REPORT, TemporaryGroup

EXAMPLE = "专班总结 扫雪专班 思想动向 大家情绪稳定 工作情况 扫雪12次"


class NothingSaid(Refused):
    """A report without a word, or with too many."""


class AlreadyFiled(Refused):
    """It was filed before."""


_DUE = Prepared(
    select(TemporaryGroup.organization_id)
    .where(TemporaryGroup.ask_report_at <= bindparam("now"), TemporaryGroup.report_asked_at.is_(None))
    .where(TemporaryGroup.ended_at.is_(None), TemporaryGroup.reported_at.is_(None))
    .order_by(TemporaryGroup.organization_id)
)


def due(session: Session, now: datetime) -> list[int]:
    """The groups whose leader is to be asked for the closing report."""
    return list(_DUE.column(session, now=now))


def ask(session: Session, organization_id: int, *, now: datetime) -> bool:
    """Ask the leader, once for every last day; False when it was done before."""
    mine = (TemporaryGroup.organization_id == organization_id, TemporaryGroup.report_asked_at.is_(None))
    asked = rows_changed(session, update(TemporaryGroup).where(*mine).values(report_asked_at=now))
    if not asked:
        return False
    group = session.get_one(Organization, organization_id)
    for leader in appointments.holders(session, organization_id, Office.GROUP_LEADER, now):
        key = f"closing_report_wanted:{organization_id}:{group.ends_on}:{leader.id}"
        facts = {"group": organization_id}
        notices.post(
            session, leader.id, "closing_report_wanted", key=key, now=now, subject=_subject(group), facts=facts
        )
    return True


def _subject(group: Organization) -> str:
    return f"closing_report:{group.id}"


def reportable(session: Session, asker: Member, now: datetime) -> list[Organization]:
    """The temporary groups of which an asker may file the report: those led now, then those of the own branch."""
    held = appointments.held_by(session, asker.id, now)
    led = [
        a.organization for a in held if a.office is Office.GROUP_LEADER and a.organization.nature is Nature.TEMPORARY
    ]
    branches = [a.organization_id for a in held if a.office in FOUNDERS]
    own = select(Organization).join(TemporaryGroup, TemporaryGroup.organization_id == Organization.id)
    own = own.where(Organization.parent_id.in_(branches), TemporaryGroup.reported_at.is_(None))
    every = [*led, *session.scalars(own.order_by(Organization.id.desc()))]
    return list({group.id: group for group in every}.values())


def file(
    session: Session, group: Organization, *, thoughts: str, work: str, by: Member, now: datetime
) -> TemporaryGroup:
    """File the closing report and show it to the branch's secretaries. Raises NotFound, NothingSaid or AlreadyFiled."""
    if all(group.id != one.id for one in reportable(session, by, now)):
        raise NotFound("没有找到要您写总结的这个临时小组，请看一下名称", EXAMPLE)
    if not (thoughts or work):
        raise NothingSaid("请写思想动向和工作情况", EXAMPLE)
    if max(len(thoughts), len(work)) > LONGEST_REPORT:
        raise NothingSaid(f"思想动向和工作情况各{LONGEST_REPORT}字以内，请写短一些", EXAMPLE)
    mine = (TemporaryGroup.organization_id == group.id, TemporaryGroup.reported_at.is_(None))
    filed = rows_changed(
        session,
        update(TemporaryGroup).where(*mine).values(thoughts=thoughts, work=work, reported_by_id=by.id, reported_at=now),
    )
    row = session.get_one(TemporaryGroup, group.id, populate_existing=True)
    if not filed:
        raise AlreadyFiled(f"{group.name}的总结已经交过", "联系")
    notices.settle(session, _subject(group), now)
    _tell_above(session, group, "closing_report", now, but=by.id)
    return row


def missing(session: Session, organization_id: int, *, now: datetime) -> None:
    """A group is over: where nothing was filed, the branch's secretaries are told."""
    if session.get_one(TemporaryGroup, organization_id, populate_existing=True).reported_at is None:
        _tell_above(session, session.get_one(Organization, organization_id), "closing_report_missing", now)


def _tell_above(session: Session, group: Organization, kind: str, now: datetime, *, but: int | None = None) -> None:
    assert group.parent_id is not None
    people = {
        member.id for office in FOUNDERS for member in appointments.holders(session, group.parent_id, office, now)
    }
    for id in sorted(people - {but}):
        key = f"{kind}:{group.id}:{id}"
        notices.post(session, id, kind, key=key, now=now, facts={"group": group.id})
