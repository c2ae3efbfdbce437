"""Opinions that wait: reminded on working days, the level above told when late, refusals nobody took up ended (14)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlalchemy.orm import Session

from jobs.one_by_one import one_by_one
from models import answerers, answering, lateness, notices
from models.guarded import rows_changed
from models.months import end_of
from models.opinions import Opinion, OpinionStatus
from models.prepared import Prepared
from models.sessions import Sessions

_OPEN = Opinion.status == OpinionStatus.OPEN


def _due(*conditions: ColumnElement[bool]) -> Prepared:
    return Prepared(select(Opinion.id).where(*conditions).order_by(Opinion.id))


_TO_REMIND = _due(
    _OPEN,
    Opinion.due_at <= bindparam("until"),
    Opinion.asked_at <= bindparam("now"),
    or_(Opinion.reminded_on.is_(None), Opinion.reminded_on < bindparam("day")),
)
_OVERDUE = _due(_OPEN, Opinion.due_at <= bindparam("now"), Opinion.told_above_at.is_(None))
_REFUSED = _due(Opinion.status == OpinionStatus.REFUSED, Opinion.due_at <= bindparam("now"))


def remind(sessions: Sessions, *, now: datetime) -> int:
    """At 9:00 of each working day from the due day on, remind who answers; returns of how many opinions."""
    day = lateness.last_working_morning(now)
    untold = or_(Opinion.reminded_on.is_(None), Opinion.reminded_on < day)
    reminded = 0
    for id in _ids(sessions, _TO_REMIND, day=day, until=end_of(day), now=now):
        with sessions.write() as session:
            if _mark(session, id, untold, reminded_on=day):
                opinion = session.get_one(Opinion, id)
                for seat in answerers.answerers(session, opinion, now).asked:
                    _tell(session, opinion, "opinion_due", seat.id, f"{day}", now)
                reminded += 1
    return reminded


def tell_above(sessions: Sessions, *, now: datetime) -> int:
    """Tell the level above what was not answered in time, once for each level; returns how many opinions."""
    untold = Opinion.told_above_at.is_(None)
    told = 0
    for id in _ids(sessions, _OVERDUE, now=now):
        with sessions.write() as session:
            if _mark(session, id, untold & (Opinion.due_at <= now), told_above_at=now):
                opinion = session.get_one(Opinion, id)
                asked = "、".join(seat.name for seat in answerers.answerers(session, opinion, now).asked)
                for seat in answerers.next_level(session, opinion, now):
                    _tell(session, opinion, "opinion_overdue", seat.id, f"{opinion.level}", now, asked=asked)
                told += 1
    return told


def lapse(sessions: Sessions, *, now: datetime) -> int:
    """End the refusals that nobody took up within their 2 working days; returns how many."""
    return one_by_one(
        sessions,
        lambda session: _REFUSED.column(session, now=now),
        lambda session, id: answering.lapse(session, session.get_one(Opinion, id), now=now),
    )


def _ids(sessions: Sessions, due: Prepared, **values: object) -> list[int]:
    with sessions.read() as session:
        return due.column(session, **values)


def _mark(session: Session, id: int, untold: ColumnElement[bool], **values: Any) -> bool:
    """Note that it is done, if it still waits and nobody else has."""
    marked = rows_changed(session, update(Opinion).where(Opinion.id == id, _OPEN, untold).values(**values))
    return bool(marked)


def _tell(
    session: Session, opinion: Opinion, kind: str, member_id: int, when: str, now: datetime, **facts: str
) -> None:
    key = f"{opinion.step_key}:{kind}:{when}:{member_id}"
    all_facts = {"opinion": opinion.id, **facts}
    notices.post(session, member_id, kind, key=key, now=now, subject=opinion.subject, facts=all_facts)
