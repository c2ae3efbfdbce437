"""Minutes by the clock: expected when a meeting is over, reminded of, then told one level up (rules 27)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from jobs.one_by_one import one_by_one
from models import late_minutes, minutes
from models.meetings import Meeting
from models.sessions import Sessions


def expect(sessions: Sessions, *, now: datetime) -> int:
    """Note when the minutes of meetings that are over fall due; returns of how many."""
    return one_by_one(
        sessions, minutes.lacking, lambda session, id: minutes.expect(session, session.get_one(Meeting, id))
    )


def remind(sessions: Sessions, *, now: datetime) -> int:
    """Remind the organizers whose minutes are late; returns of how many meetings."""
    return _each(sessions, late_minutes.to_remind, late_minutes.remind, now)


def tell_above(sessions: Sessions, *, now: datetime) -> int:
    """Tell the level above of minutes that are later still; returns of how many meetings."""
    return _each(sessions, late_minutes.to_tell_above, late_minutes.tell_above, now)


def _each(
    sessions: Sessions,
    due: Callable[[Session, datetime], Sequence[int]],
    act: Callable[..., bool],
    now: datetime,
) -> int:
    return one_by_one(sessions, lambda session: due(session, now), lambda session, id: act(session, id, now=now))
