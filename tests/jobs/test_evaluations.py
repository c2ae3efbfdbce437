"""The year by the clock (rules 15, 22)."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs import evaluations as job
from models.appointments import Appointment, Office
from models.members import Member
from models.months import Month, at
from models.notices import Notice
from models.rounds import Round, RoundState
from models.sessions import Sessions
from tests.cast import NOW, Cast

OVER = at(date(2027, 1, 18), 9)


def december(session: Session, cast: Cast, state: RoundState) -> Round:
    found = Round(branch_id=cast.first_branch.id, month=Month(2026, 12), state=state, claims_until=NOW, head="")
    session.add(found)
    session.flush()
    return found


def test_a_closed_year_is_told_once_to_the_secretary_and_the_level_above(
    session: Session, cast: Cast, within: Sessions
):
    officer = {"organization_id": cast.committee.id, "office": Office.PARTY_AFFAIRS_OFFICER}
    session.add(Appointment(member_id=cast.sun_li.id, starts_on=date(2026, 1, 1), **officer))
    found = december(session, cast, RoundState.DISCLOSURE)
    assert job.tell(within, now=OVER) == 0
    found.state = RoundState.FINAL
    assert job.tell(within, now=OVER) == 1
    assert job.tell(within, now=at(date(2027, 11, 1))) == 0
    query = select(Member.name).join(Notice, Notice.member_id == Member.id).where(Notice.kind == "year_closed")
    assert set(session.scalars(query)) == {"王建军", "周国平", "孙丽"}


def test_a_year_that_is_long_over_is_not_spoken_of(session: Session, cast: Cast, within: Sessions):
    december(session, cast, RoundState.FINAL)
    assert job.tell(within, now=at(date(2028, 1, 18))) == 0
