"""Month end: on the last working day at 17:00 every member and every leader hears where they stand (rules 29)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Integer, bindparam, select, update
from sqlalchemy.orm import Session

from jobs.one_by_one import one_by_one
from models import appointments, ledger, notices, rounds, rulebooks
from models.appointments import Appointment, Office
from models.bindings import Binding
from models.columns import MonthOf
from models.followers import Follower
from models.members import Member
from models.months import Month, at
from models.notices import Notice
from models.organizations import Nature, Organization, OrganizationKind
from models.prepared import Prepared
from models.rounds import RoundState
from models.sessions import Sessions
from models.workdays import last_workday

HOUR = 17
AT_ONCE = 300  # branches
RUNNING = (RoundState.OPEN, RoundState.REVIEW)


def due_at(month: Month) -> datetime:
    """When a month's notice is due: 17:00 of its last working day."""
    return at(last_workday(month), HOUR)


def tell(sessions: Sessions, *, now: datetime, most: int = AT_ONCE) -> int:
    """Post what nobody has been told yet about a month that is not in disclosure yet; returns how many notices.

    It tells ``most`` branches; where there are more, the next look does.
    """
    told = 0
    for month in (Month.of(now).plus(-1), Month.of(now)):
        if now >= due_at(month):
            untold = partial(_untold, month=month, most=most)
            told += one_by_one(sessions, untold, partial(_tell_branch, month=month, now=now))
    return told


_MONTH = bindparam("month", type_=MonthOf)
# Who may be told of a month, and has neither been told of it yet nor passed over: for most of a month, nobody.
_UNTOLD = (
    select(Member.id)
    .join(Binding, Binding.member_id == Member.id)
    .join(Follower, Follower.openid == Binding.openid)
    .where(Binding.month_told.is_(None) | (Binding.month_told < _MONTH))
    .where(Follower.unfollowed_at.is_(None))
)
_HERE = Member.left_on.is_(None)
# Added to nothing, the branch cannot tempt SQLite to go through all members in its order.
_BRANCHES = Prepared(_UNTOLD.with_only_columns(Member.branch_id + 0).distinct().limit(bindparam("most", type_=Integer)))
_OF_BRANCH = Prepared(
    _UNTOLD.with_only_columns(Member.id, _HERE).where(Member.branch_id == bindparam("branch_id")).order_by(Member.id)
)
_MARK = Prepared(update(Binding).where(Binding.member_id == bindparam("id")).values(month_told=_MONTH))


def _untold(session: Session, month: Month, most: int) -> list[int]:
    return sorted(_BRANCHES.column(session, month=month, most=most))


def _tell_branch(session: Session, branch_id: int, month: Month, now: datetime) -> int:
    """Tell the members of a branch where its month runs; where it does not, they have nothing to be told of it."""
    ledger.lock(session, branch_id)  # another worker may be at it
    found = _OF_BRANCH.rows(session, branch_id=branch_id, month=month)
    here = [id for id, is_here in found if is_here]
    told = _post(session, here, month, now) if _runs(session, branch_id, month, now) else 0
    _MARK.run_all(session, [{"id": id} for id, _ in found], month=month)
    return told


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


_TOLD = select(Notice.member_id).where(Notice.key.in_(bindparam("keys", expanding=True)))


def _post(session: Session, member_ids: Sequence[int], month: Month, now: datetime) -> int:
    """Tell these members, and those who lead something what waits there; returns how many notices."""
    # Who has another phone since is told no second time.
    keys = [f"month_end:{month}:{id}" for id in member_ids]
    told = set(session.scalars(_TOLD, {"keys": keys}))
    untold = [id for id in member_ids if id not in told]
    subject, facts = f"month:{month}", {"month": str(month)}
    notices.post_all(session, untold, "month_end", key=f"month_end:{month}", now=now, subject=subject, facts=facts)
    leading = _leading(session, untold, now)
    for id, level in sorted(leading.items()):
        key, of_level = f"month_end_leader:{month}:{id}", {**facts, "level": level.value}
        notices.post(session, id, "month_end_leader", key=key, now=now, subject=subject, facts=of_level)
    return len(untold) + len(leading)


_LEADING = (
    select(Appointment.member_id, Organization.kind)
    .join(Organization, Organization.id == Appointment.organization_id)
    .where(Appointment.member_id.in_(bindparam("ids", expanding=True)))
    .where(Appointment.office.in_((Office.GROUP_LEADER, Office.SECRETARY)), Organization.nature != Nature.TEMPORARY)
)


def _leading(session: Session, member_ids: Sequence[int], now: datetime) -> dict[int, OrganizationKind]:
    """What each leads, the nearest first: a group, a branch, a level above; a temporary group has no month."""
    order = list(OrganizationKind)
    found: dict[int, OrganizationKind] = {}
    present = _LEADING.where(*appointments.in_force(now))  # type: ignore[arg-type]  # they are conditions
    for id, kind in session.execute(present, {"ids": member_ids}):
        found[id] = max(found.get(id, kind), kind, key=order.index)
    return found
