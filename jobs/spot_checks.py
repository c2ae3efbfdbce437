"""抽查: when a branch's month enters review, some of its approved claims are drawn (rules 16)."""

from datetime import datetime

from sqlalchemy import exists, select

from models import spot_checks
from models.rounds import Round, RoundState
from models.sessions import Sessions
from models.spot_checks import SpotDraw


def draw(sessions: Sessions, *, now: datetime) -> int:
    """Draw from every month whose review has opened and that has no draw yet; returns how many draws."""
    drawn = exists().where(SpotDraw.branch_id == Round.branch_id, SpotDraw.month == Round.month)
    with sessions.read() as session:
        query = select(Round.branch_id, Round.month).where(Round.state != RoundState.OPEN, ~drawn)
        due = session.execute(query.order_by(Round.month, Round.branch_id)).all()
    for branch_id, month in due:
        with sessions.write() as session:
            spot_checks.draw(session, branch_id, month, now=now)
    return len(due)
