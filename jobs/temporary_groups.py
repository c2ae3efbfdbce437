"""Temporary groups: the closing report is asked for, and they end when their last day is over (rules 9; S0)."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import closing_reports, temporary_groups
from models.sessions import Sessions


def end(sessions: Sessions, *, now: datetime) -> int:
    """End what has run out and tell its people; returns how many groups."""
    with sessions.read() as session:
        ids = list(temporary_groups.due(session, now))
    ended = 0
    for id in ids:
        with sessions.write() as session:
            ended += _end(session, id, now)
    return ended


def _end(session: Session, organization_id: int, now: datetime) -> bool:
    """The group is over; where its leader filed no closing report, its branch is told that too."""
    if not temporary_groups.end(session, organization_id, now=now):
        return False
    closing_reports.missing(session, organization_id, now=now)
    return True


def ask_reports(sessions: Sessions, *, now: datetime) -> int:
    """Ask the leaders of groups that end soon for the closing report; returns of how many groups."""
    with sessions.read() as session:
        ids = closing_reports.due(session, now)
    asked = 0
    for id in ids:
        with sessions.write() as session:
            asked += closing_reports.ask(session, id, now=now)
    return asked
