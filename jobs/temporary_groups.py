"""Temporary groups end by themselves when their last day is over (rules 9; S0)."""

from datetime import datetime

from models import temporary_groups
from models.sessions import Sessions


def end(sessions: Sessions, *, now: datetime) -> int:
    """End what has run out and tell its people; returns how many groups."""
    with sessions.read() as session:
        ids = list(temporary_groups.due(session, now))
    ended = 0
    for id in ids:
        with sessions.write() as session:
            ended += temporary_groups.end(session, id, now=now)
    return ended
