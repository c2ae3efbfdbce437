"""Requests that nobody could be asked about: asked as soon as somebody can be (rules 9, 30)."""

from datetime import datetime

from jobs.one_by_one import one_by_one
from models import deciding_requests, requests
from models.sessions import Sessions

AT_ONCE = 200  # requests looked at


def ask(sessions: Sessions, *, now: datetime, most: int = AT_ONCE) -> int:
    """Tell who can decide a waiting request and has not been told; returns how many people.

    Where very many wait, each has its turn.
    """
    with sessions.read() as session:
        some = deciding_requests.in_turn(session, most)
        unasked = deciding_requests.unasked(session, some, now)
    # One that is decided by then has nothing to say any more when its notice is worded.
    asked = one_by_one(
        sessions,
        lambda session: unasked,
        lambda session, id: deciding_requests.ask(session, requests.get(session, id), now=now),
    )
    if len(some) == most:
        with sessions.write() as session:
            deciding_requests.looked_at(session, some, now=now)
    return asked
