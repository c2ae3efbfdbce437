"""抽查: when a branch's month enters review, some of its approved claims are drawn, later asked about (rules 16)."""

from datetime import datetime
from operator import itemgetter

from sqlalchemy import bindparam, exists, select, union_all

from jobs.one_by_one import one_by_one
from models import spot_checks
from models.columns import MonthOf
from models.months import Month
from models.prepared import Prepared
from models.rounds import Round, RoundState
from models.sessions import Sessions
from models.spot_checks import SpotDraw

_DRAWN = exists().where(SpotDraw.branch_id == Round.branch_id, SpotDraw.month == Round.month)
# Nobody but the clock makes a month final: of those that are, only the last can have been slept through.
_FINAL = (Round.state == RoundState.FINAL, Round.month >= bindparam("since", type_=MonthOf))
_CLOSED = [(Round.state == RoundState.REVIEW,), (Round.state == RoundState.DISCLOSURE,), _FINAL]
_UNDRAWN = Prepared(union_all(*(select(Round.branch_id, Round.month).where(*closed, ~_DRAWN) for closed in _CLOSED)))
LOOK_BACK = 1  # month
_DUE = Prepared(
    select(SpotDraw.id)
    .where(SpotDraw.remind_at <= bindparam("now", type_=SpotDraw.remind_at.type))
    .order_by(SpotDraw.remind_at, SpotDraw.id)
)


def draw(sessions: Sessions, *, now: datetime) -> int:
    """Draw from every month whose review has opened and that has no draw yet; returns how many draws."""
    with sessions.read() as session:
        due = _UNDRAWN.rows(session, since=Month.of(now).plus(-LOOK_BACK))
    for branch_id, month in sorted(due, key=itemgetter(1, 0)):
        with sessions.write() as session:
            spot_checks.draw(session, branch_id, month, now=now)
    return len(due)


def remind(sessions: Sessions, *, now: datetime) -> int:
    """Remind, once, who has not looked at all that was given, before the review ends; returns of how many draws."""
    return one_by_one(
        sessions,
        lambda session: _DUE.column(session, now=now),
        lambda session, draw_id: spot_checks.remind(session, draw_id, now=now),
    )
