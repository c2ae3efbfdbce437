"""Month end: on the last working day at 17:00 every member and every leader hears where they stand (rules 29)."""

from datetime import datetime
from functools import partial

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session

from jobs.one_by_one import one_by_one
from models import appointments, notices, rounds, rulebooks
from models.appointments import Office
from models.base import MonthOf
from models.bindings import Binding
from models.followers import Follower
from models.members import Member
from models.months import Month, at
from models.notices import Notice
from models.organizations import Nature, Organization, OrganizationKind
from models.prepared import Prepared, among
from models.rounds import Round, RoundState
from models.sessions import Sessions
from models.workdays import last_workday

HOUR = 17
RUNNING = (RoundState.OPEN, RoundState.REVIEW)


def due_at(month: Month) -> datetime:
    """When a month's notice is due: 17:00 of its last working day."""
    return at(last_workday(month), HOUR)


def tell(sessions: Sessions, *, now: datetime) -> int:
    """Post what nobody has been told yet about a month that is not in disclosure yet; returns how many notices."""
    told = 0
    for month in (Month.of(now).plus(-1), Month.of(now)):
        if now < due_at(month):
            continue
        told += one_by_one(sessions, partial(_due, month=month, now=now), partial(_tell_branch, month=month, now=now))
    return told


def _due(session: Session, month: Month, now: datetime) -> list[int]:
    if not _runs_anywhere(session, month, now):
        return []
    return [id for id in _untold_branches(session, month) if _runs(session, id, month, now)]


# Most of a month the one before is disclosed everywhere: then no member need be looked at.
_OF_MONTH = Round.month == bindparam("month", type_=MonthOf)
_UNDISCLOSED = Prepared(select(Round.id).where(among(Round.state, RUNNING), _OF_MONTH).limit(1))
_WITHOUT_ROUND = Prepared(
    select(Organization.id).where(
        Organization.kind == OrganizationKind.BRANCH, ~exists().where(Round.branch_id == Organization.id, _OF_MONTH)
    )
)


def _runs_anywhere(session: Session, month: Month, now: datetime) -> bool:
    """Whether a month runs in any branch."""
    if _UNDISCLOSED.first(session, month=month) is not None:
        return True
    return any(_runs(session, id, month, now) for id in _WITHOUT_ROUND.column(session, month=month))


def _runs(session: Session, branch_id: int, month: Month, now: datetime) -> bool:
    """Whether there is still something to tell of a month: until its review is over, should we have been down.

    One before the branch's first rulebook, or before its first round, never took claims.
    """
    if rulebooks.find_in_force(session, branch_id, month) is None:
        return False
    if rounds.is_open(session, branch_id, month, now):
        return True
    found = rounds.find(session, branch_id, month)
    return found is not None and found.state in RUNNING


def _untold() -> Select[Member]:
    """Members who can be reached and have no month-end notice of a month."""
    mine = (Notice.member_id == Member.id, Notice.subject == bindparam("subject"), Notice.kind == "month_end")
    query = (
        select(Member).join(Binding, Binding.member_id == Member.id).join(Follower, Follower.openid == Binding.openid)
    )
    return query.where(Follower.unfollowed_at.is_(None), Member.left_on.is_(None), ~exists().where(*mine))


_UNTOLD = _untold()
_UNTOLD_BRANCHES = Prepared(_UNTOLD.with_only_columns(Member.branch_id).distinct().order_by(Member.branch_id))


def _untold_branches(session: Session, month: Month) -> list[int]:
    return _UNTOLD_BRANCHES.column(session, subject=_subject(month))


def _tell_branch(session: Session, branch_id: int, month: Month, now: datetime) -> int:
    told = 0
    mine = _UNTOLD.where(Member.branch_id == branch_id).order_by(Member.id)
    for member in session.scalars(mine, {"subject": _subject(month)}).all():
        told += _post(session, member, "month_end", month, now)
        level = _leads(session, member, now)
        if level is not None:
            told += _post(session, member, "month_end_leader", month, now, level=level.value)
    return told


def _leads(session: Session, member: Member, now: datetime) -> OrganizationKind | None:
    """What a member leads, the nearest first: a group, a branch, a level above; a temporary group has no month."""
    held = [
        a.organization.kind
        for a in appointments.held_by(session, member.id, now)
        if a.office in (Office.GROUP_LEADER, Office.SECRETARY) and a.organization.nature is not Nature.TEMPORARY
    ]
    return next((kind for kind in reversed(OrganizationKind) if kind in held), None)


def _subject(month: Month) -> str:
    return f"month:{month}"


def _post(session: Session, member: Member, kind: str, month: Month, now: datetime, **facts: object) -> bool:
    key = f"{kind}:{month}:{member.id}"
    facts = {"month": str(month), **facts}
    return notices.post(session, member.id, kind, key=key, now=now, subject=_subject(month), facts=facts)
