"""Quarters: proposed to the branch's committee when the third month is final (rules 21)."""

from datetime import datetime

from jobs.one_by_one import one_by_one
from models import quarters
from models.sessions import Sessions


def propose(sessions: Sessions, *, now: datetime) -> int:
    """Propose every quarter whose months are all final; returns how many."""
    return one_by_one(
        sessions,
        lambda session: quarters.ready(session, now),
        lambda session, ready: quarters.propose(session, *ready, now=now),
    )
