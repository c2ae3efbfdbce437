"""Duties to meet: they arise with their period, are pressed for, and end as met or missed (rules 23)."""

from datetime import datetime

from models import cadences, duties, pressing
from models.duties import DutyState
from models.sessions import Sessions


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
    if lacking:
        with sessions.write() as session:
            cadences.begin(session, lacking)
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
    with sessions.read() as session:
        over = duties.over(session, now)
    ended = 0
    for id, state in over:
        with sessions.write() as session:
            ended += duties.settle(session, id, state, now=now)
    return ended
