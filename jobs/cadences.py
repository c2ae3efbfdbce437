"""Duties to meet: they arise with their period, are pressed for, and end as met or missed (rules 23)."""

from datetime import datetime

from jobs.one_by_one import one_by_one
from models import arising, duties, pressing
from models.sessions import Sessions

AT_ONCE = 500  # people told in one transaction


def begin(sessions: Sessions, *, now: datetime) -> int:
    """Let the duties of new periods arise, and release those owed no longer; returns how many changed.

    It sees some of the organizations; where there are more, the next look sees them.
    """
    with sessions.read() as session:
        some = arising.due(session, now)
    if not some:
        return 0
    with sessions.write() as session:
        return arising.see(session, some, now=now)


def press(sessions: Sessions, *, now: datetime) -> int:
    """Tell who has a meeting to plan, gathered per person; returns how many people were told.

    Who is told what is worked out beforehand, and not all are told in one transaction, so that nobody who writes waits
    for long. It is noted in the end: should we stop before, the next look posts the same notices, which are there.
    """
    with sessions.read() as session:
        plan = pressing.plan(session, now)
    if not any(plan.ids):
        return 0
    people = list(plan.told.items())
    for first in range(0, len(people), AT_ONCE):
        with sessions.write() as session:
            if first == 0 and not pressing.holds(session, plan, now):
                return 0
            pressing.post(session, dict(people[first : first + AT_ONCE]), now=now)
    with sessions.write() as session:
        pressing.mark(session, plan, now=now)
    return len(people)


def judge(sessions: Sessions, *, now: datetime) -> int:
    """End the duties whose period is over, and record what was missed; returns how many."""
    return one_by_one(
        sessions,
        lambda session: duties.over(session, now),
        lambda session, over: duties.settle(session, *over, now=now),
    )
