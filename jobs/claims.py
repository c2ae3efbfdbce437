"""Undecided claims: reminded after 2 working days, moved up after 4 (rules 10).

What falls due while nobody can be reached is done when somebody can. Whoever has several is told of them together,
once a day: approvals are not a drumbeat (rules 28).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from jobs.one_by_one import one_by_one
from models import claiming, claims, notices, settings
from models.claims import Claim, ClaimStatus
from models.deciders import deciders
from models.guarded import rows_changed
from models.months import Month, shanghai_day
from models.prepared import Prepared
from models.rows import by_ids
from models.sessions import Sessions
from models.settings import Setting
from models.workdays import began_before, working_days_after

_RETURNED = Prepared(
    select(Claim.id)
    .where(claims.WAITS, Claim.status == ClaimStatus.RETURNED, Claim.month < bindparam("month"))
    .order_by(Claim.id)
)


def _waiting(untold: Any) -> Prepared:
    waiting = (Claim.status == ClaimStatus.SUBMITTED, untold.is_(None), Claim.waiting_since < bindparam("before"))
    found = select(Claim.id, Claim.branch_id, Claim.waiting_since).where(claims.WAITS, *waiting)
    return Prepared(found.order_by(Claim.id))


_UNREMINDED, _NOT_MOVED_UP = _waiting(Claim.reminded_at), _waiting(Claim.moved_up_at)


def remind(sessions: Sessions, *, now: datetime) -> int:
    """Remind who has left a claim undecided; returns how many claims."""
    return sum(_each(sessions, now, "reminded"))


def move_up(sessions: Sessions, *, now: datetime) -> int:
    """Ask the next level too about claims that waited too long; returns how many."""
    return sum(_each(sessions, now, "moved_up"))


def lapse(sessions: Sessions, *, now: datetime) -> int:
    """End returned claims that nobody supplemented by the end of review (rules 8); returns how many."""
    return one_by_one(
        sessions,
        lambda session: _RETURNED.column(session, month=Month.of(now)),
        lambda session, id: claiming.lapse(session, claims.get(session, id), now=now),
    )


def _each(sessions: Sessions, now: datetime, what: str) -> list[bool]:
    waiting, setting, act = {
        "reminded": (_UNREMINDED, settings.REMIND_AFTER, _remind),
        "moved_up": (_NOT_MOVED_UP, settings.MOVE_UP_AFTER, _move_up),
    }[what]
    with sessions.read() as session:
        found = waiting.rows(session, before=began_before(now, min(settings.values(session, setting))))
        old = [id for id, branch_id, since in found if _is_old(session, branch_id, since, setting, now)]
        ids = [claim.id for claim in by_ids(session, Claim, old) if deciders(session, claim, now).asked]
    done = []
    for id in ids:
        with sessions.write() as session:
            claim = claims.get(session, id)
            due = _due(session, claim, setting, now) and _mark(session, claim, f"{what}_at", now)
            if due:
                act(session, claim, now)
            done.append(due)
    return done


def _due(session: Session, claim: Claim, setting: Setting[int], now: datetime) -> bool:
    """Whether a claim waited so long, and somebody can be told: otherwise it is due as soon as somebody can."""
    old = _is_old(session, claim.branch_id, claim.waiting_since, setting, now)
    return old and bool(deciders(session, claim, now).asked)


def _is_old(session: Session, branch_id: int, since: datetime, setting: Setting[int], now: datetime) -> bool:
    return now >= working_days_after(since, settings.get(session, setting, branch_id))


def _remind(session: Session, claim: Claim, now: datetime) -> None:
    days = settings.get(session, settings.REMIND_AFTER, claim.branch_id)
    for member in deciders(session, claim, now).asked:
        _tell(session, "claim_overdue", member.id, now, days=days)


def _move_up(session: Session, claim: Claim, now: datetime) -> None:
    days = settings.get(session, settings.MOVE_UP_AFTER, claim.branch_id)
    asked = deciders(session, claim, now).asked
    for member in asked:
        _tell(session, "claim_moved_up", member.id, now, days=days)
    claims.add_step(session, claim, "move_up", by=None, now=now)


def _mark(session: Session, claim: Claim, column: str, now: datetime) -> bool:
    """Note that it happened, if nobody else did in between."""
    mine = (Claim.id == claim.id) & (Claim.status == ClaimStatus.SUBMITTED) & getattr(Claim, column).is_(None)
    marked = rows_changed(session, update(Claim).where(mine).values({column: now}))
    session.refresh(claim)
    return bool(marked)


def _tell(session: Session, kind: str, member_id: int, now: datetime, *, days: int) -> None:
    key = f"{kind}:{member_id}:{shanghai_day(now)}"
    notices.post(session, member_id, kind, key=key, now=now, facts={"days": days})
