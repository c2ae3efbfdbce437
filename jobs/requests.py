"""Requests that nobody could be asked about: asked as soon as somebody can be (rules 9, 30)."""

from datetime import datetime

from models import deciding_requests, requests
from models.sessions import Sessions


def ask(sessions: Sessions, *, now: datetime) -> int:
    """Tell who can decide a waiting request and has not been told; returns how many people."""
    with sessions.read() as session:
        ids = [request.id for request in deciding_requests.unasked(session, now)]
    told = 0
    for id in ids:
        with sessions.write() as session:
            # One that is decided by then has nothing to say any more when its notice is worded.
            told += deciding_requests.ask(session, requests.get(session, id), now=now)
    return told
