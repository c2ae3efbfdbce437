"""Quarters by the clock (rules 21)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs import quarters as job
from models.months import Month
from models.notices import Notice
from models.rounds import Round, RoundState
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together


def finals(session: Session, cast: Cast, *numbers: int) -> None:
    for number in numbers:
        month = Month(2026, number)
        session.add(
            Round(branch_id=cast.first_branch.id, month=month, state=RoundState.FINAL, claims_until=NOW, head="")
        )
    session.flush()


def test_a_quarter_is_proposed_once_its_months_are_final(session: Session, cast: Cast, within: Sessions):
    finals(session, cast, 7, 9)
    assert job.propose(within, now=NOW) == 0
    finals(session, cast, 8)
    assert job.propose(within, now=NOW) == 1
    assert job.propose(within, now=NOW) == 0
    assert session.scalars(select(Notice.kind)).all() == ["quarter_proposed"]


def test_two_workers_propose_once(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        finals(session, cast, 4, 5, 6, 7, 8, 9)
    done = together(*[lambda: job.propose(sessions, now=NOW)] * 3)
    assert sum(done) == 2  # type: ignore[arg-type]
