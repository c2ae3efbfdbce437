"""Duties to meet: they arise with their period, are pressed for, and end as met or missed (rules 23)."""

from datetime import datetime

from jobs.one_by_one import one_by_one
from models import cadences, duties, pressing
from models.duties import DutyState
from models.sessions import Sessions

AT_ONCE = 1000  # duties that arise in one transaction, so that nobody who writes waits for long


def begin(sessions: Sessions, *, now: datetime) -> int:
    """Let the duties of new periods arise, and release those owed no longer; returns how many changed."""
    with sessions.read() as session:
        outdated = cadences.outdated(session, now)
        lacking = cadences.lacking(session, now)
    for id in outdated:
        with sessions.write() as session:
            duties.settle(session, id, DutyState.RELEASED, now=now)
    if outdated:  # what takes the place of a released one is lacking only now
        with sessions.read() as session:
            lacking = cadences.lacking(session, now)
    for first in range(0, len(lacking), AT_ONCE):
        with sessions.write() as session:
            cadences.begin(session, lacking[first : first + AT_ONCE])
    return len(outdated) + len(lacking)


def press(sessions: Sessions, *, now: datetime) -> int:
    """Tell who has a meeting to plan, gathered per person; returns how many people were told."""
    with sessions.read() as session:
        due = pressing.due(session, now)
    if not due:
        return 0
    with sessions.write() as session:
        return pressing.press(session, now=now)


def judge(sessions: Sessions, *, now: datetime) -> int:
    """End the duties whose period is over, and record what was missed; returns how many."""
    return one_by_one(
        sessions,
        lambda session: duties.over(session, now),
        lambda session, over: duties.settle(session, *over, now=now),
    )
