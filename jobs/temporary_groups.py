"""Temporary groups: the closing report is asked for, and they end when their last day is over (rules 9; S0)."""

from datetime import datetime

from sqlalchemy.orm import Session

from jobs.one_by_one import one_by_one
from models import closing_reports, temporary_groups
from models.sessions import Sessions


def end(sessions: Sessions, *, now: datetime) -> int:
    """End what has run out and tell its people; returns how many groups."""
    return one_by_one(
        sessions, lambda session: temporary_groups.due(session, now), lambda session, id: _end(session, id, now)
    )


def _end(session: Session, organization_id: int, now: datetime) -> bool:
    """The group is over; where its leader filed no closing report, its branch is told that too."""
    if not temporary_groups.end(session, organization_id, now=now):
        return False
    closing_reports.missing(session, organization_id, now=now)
    return True


def ask_reports(sessions: Sessions, *, now: datetime) -> int:
    """Ask the leaders of groups that end soon for the closing report; returns of how many groups."""
    return one_by_one(
        sessions,
        lambda session: closing_reports.due(session, now),
        lambda session, id: closing_reports.ask(session, id, now=now),
    )
