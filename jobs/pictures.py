"""Pictures are fetched at once, since WeChat keeps them only 3 days (rules 13)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from jobs import calls
from models import pictures
from models.pictures import Picture
from models.sessions import Sessions

# Fetches one picture and keeps it; returns the name it is kept under, or None when it could not be had now.
Keep = Callable[[str], Awaitable[str | None]]


async def fetch(sessions: Sessions, keep: Keep, *, now: datetime) -> int:
    """Fetch the pictures that were sent; returns how many are with us now."""
    with sessions.read() as session:
        if not pictures.wanted(session, now, most=1):
            return 0
    with sessions.write() as session:
        found = pictures.take(session, now)
    return await calls.make([partial(_fetch_one, sessions, keep, picture, now=now) for picture in found])


async def _fetch_one(sessions: Sessions, keep: Keep, picture: Picture, *, now: datetime) -> bool:
    name = await keep(picture.media_id)
    with sessions.write() as session:
        if name is None:
            pictures.failed(session, picture, now)
        else:
            pictures.stored(session, picture.id, name)
    return name is not None
