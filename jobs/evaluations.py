"""The year: when it is closed, the branch's secretary and the level above are told that it can be evaluated (22)."""

from datetime import datetime

from sqlalchemy import String, bindparam, cast, exists, literal, select
from sqlalchemy.orm import Session

from models import evaluations, notices
from models.accountable import COMMITTEE
from models.appointments import Office
from models.columns import MonthOf
from models.deciders import offices_of
from models.months import Month
from models.notices import Notice
from models.prepared import Prepared
from models.rounds import Round, RoundState
from models.sessions import Sessions


def tell(sessions: Sessions, *, now: datetime) -> int:
    """Tell of every year that was closed and not told of; returns of how many branches."""
    year = Month.of(now).year - 1
    with sessions.read() as session:
        closed = [id for id in _untold(session, year) if evaluations.is_complete(session, id, year)]
    for branch_id in closed:
        with sessions.write() as session:
            _tell(session, branch_id, year, now)
    return len(closed)


def _subject(branch_id: int, year: int) -> str:
    return f"year:{branch_id}:{year}"


# As ``_subject``, put together by the database.
_TOLD = exists().where(
    Notice.subject == literal("year:") + cast(Round.branch_id, String) + bindparam("of_year", type_=String)
)
_UNTOLD = Prepared(
    select(Round.branch_id).where(
        Round.month == bindparam("december", type_=MonthOf), Round.state == RoundState.FINAL, ~_TOLD
    )
)


def _untold(session: Session, year: int) -> list[int]:
    return sorted(_UNTOLD.column(session, december=Month(year, 12), of_year=f":{year}"))


def _tell(session: Session, branch_id: int, year: int, now: datetime) -> None:
    offices = offices_of(session, branch_id, now)
    own = offices.holders(branch_id, Office.SECRETARY)
    above = [seat for id in offices.above_ids for office in sorted(COMMITTEE) for seat in offices.holders(id, office)]
    for seat in {seat.id: seat for seat in (*own, *above)}.values():
        subject = _subject(branch_id, year)
        facts = {"branch": branch_id, "year": year}
        notices.post(session, seat.id, "year_closed", key=f"{subject}:{seat.id}", now=now, subject=subject, facts=facts)
