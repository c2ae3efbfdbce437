"""抽查: when a branch's month enters review, some of its approved claims are drawn, later asked about (rules 16)."""

from datetime import datetime

from sqlalchemy import bindparam, exists, select

from models import spot_checks
from models.prepared import Prepared
from models.rounds import Round, RoundState
from models.sessions import Sessions
from models.spot_checks import SpotDraw

_DRAWN = exists().where(SpotDraw.branch_id == Round.branch_id, SpotDraw.month == Round.month)
_UNDRAWN = Prepared(
    select(Round.branch_id, Round.month)
    .where(Round.state != RoundState.OPEN, ~_DRAWN)
    .order_by(Round.month, Round.branch_id)
)
_DUE = Prepared(
    select(SpotDraw.id)
    .where(SpotDraw.remind_at <= bindparam("now", type_=SpotDraw.remind_at.type))
    .order_by(SpotDraw.id)
)


def draw(sessions: Sessions, *, now: datetime) -> int:
    """Draw from every month whose review has opened and that has no draw yet; returns how many draws."""
    with sessions.read() as session:
        due = _UNDRAWN.rows(session)
    for branch_id, month in due:
        with sessions.write() as session:
            spot_checks.draw(session, branch_id, month, now=now)
    return len(due)


def remind(sessions: Sessions, *, now: datetime) -> int:
    """Remind, once, who has not looked at all that was given, before the review ends; returns of how many draws."""
    with sessions.read() as session:
        due = _DUE.column(session, now=now)
    reminded = 0
    for draw_id in due:
        with sessions.write() as session:
            reminded += spot_checks.remind(session, draw_id, now=now)
    return reminded
