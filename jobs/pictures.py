"""Pictures are fetched at once, since WeChat keeps them only 3 days (rules 13)."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from models import pictures
from models.sessions import Sessions

# Fetches one picture and keeps it; returns the name it is kept under, or None when it could not be had now.
Keep = Callable[[str], Awaitable[str | None]]


async def fetch(sessions: Sessions, keep: Keep, *, now: datetime) -> int:
    """Fetch the pictures that were sent; returns how many are with us now."""
    with sessions.read() as session:
        found = list(pictures.wanted(session, now))
    stored = 0
    for picture in found:
        name = await keep(picture.media_id)
        with sessions.write() as session:
            if name is None:
                pictures.failed(session, picture, now)
            else:
                pictures.stored(session, picture.id, name)
                stored += 1
    return stored
