"""Requests that nobody could be asked about: asked as soon as somebody can be (rules 9, 30)."""

from datetime import datetime

from jobs.one_by_one import one_by_one
from models import deciding_requests, requests
from models.sessions import Sessions


def ask(sessions: Sessions, *, now: datetime) -> int:
    """Tell who can decide a waiting request and has not been told; returns how many people."""
    # One that is decided by then has nothing to say any more when its notice is worded.
    return one_by_one(
        sessions,
        lambda session: [request.id for request in deciding_requests.unasked(session, now)],
        lambda session, id: deciding_requests.ask(session, requests.get(session, id), now=now),
    )
