"""Meetings by the clock: reminders, the beginning of check-in, the end with its entries (rules 24, 25)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from jobs.one_by_one import one_by_one
from models import attendance, joining, meeting_news
from models.sessions import Sessions


def remind(sessions: Sessions, *, now: datetime) -> int:
    """Send the reminders that are due; returns how many."""
    return _each(sessions, meeting_news.due_reminders, meeting_news.remind, now)


def follow(sessions: Sessions, *, now: datetime) -> int:
    """Invite who joined a body after the announcement, uninvite who left it; returns of how many meetings."""
    return _each(sessions, joining.due, joining.follow, now)


def open_check_in(sessions: Sessions, *, now: datetime) -> int:
    """Note that check-in has begun; returns of how many meetings."""
    return _each(sessions, attendance.due_to_open, attendance.open_check_in, now)


def close(sessions: Sessions, *, now: datetime) -> int:
    """Close what is over and enter who was there; returns how many meetings."""
    return _each(sessions, attendance.due_to_close, attendance.close, now)


def _each(sessions: Sessions, due: Callable[..., Sequence[int]], act: Callable[..., bool], now: datetime) -> int:
    return one_by_one(sessions, lambda session: due(session, now), lambda session, id: act(session, id, now=now))
