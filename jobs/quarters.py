"""Quarters: proposed to the branch's committee when the third month is final (rules 21)."""

from datetime import datetime

from models import quarters
from models.sessions import Sessions


def propose(sessions: Sessions, *, now: datetime) -> int:
    """Propose every quarter whose months are all final; returns how many."""
    with sessions.read() as session:
        ready = quarters.ready(session, now)
    proposed = 0
    for branch_id, period in ready:
        with sessions.write() as session:
            proposed += quarters.propose(session, branch_id, period, now=now)
    return proposed
