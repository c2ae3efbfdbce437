"""The sample organisation's history: made by the program's own operations, so that verify finds nothing."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import demo_data
from bot.office import sample
from models import organizations, verification
from models.ledger import Entry
from models.notices import Notice, NoticeStatus
from models.organizations import Nature
from models.records import Record
from models.results import Result
from models.rounds import Round, RoundState
from models.rulebooks import Source
from models.sessions import Sessions
from tests.cast import NOW


@pytest.mark.sqlite_only  # the demonstration runs on SQLite
def test_the_demonstrations_ledger_is_clean_and_its_months_are_final_but_for_the_present_one(
    sessions: Sessions,
) -> None:
    demo_data.fill(sessions, NOW)
    with sessions.read() as session:
        _is_clean(session)
        _is_final_but_for_the_present_month(session)
        waiting = set(session.scalars(select(Notice.kind).where(Notice.status == NoticeStatus.QUEUED)))
    assert waiting <= {"claims_waiting"}  # what was told has been read


def _is_clean(session: Session) -> None:
    made = session.scalars(select(Record)).all()
    booked = session.scalars(select(Entry.cause).where(Entry.source == Source.BRANCH)).all()
    assert sorted(record.cause for record in made) == sorted(booked) != []
    assert all(record.by_id != record.member_id for record in made)
    assert list(verification.differences(session)) == []


def _is_final_but_for_the_present_month(session: Session) -> None:
    states = session.execute(select(Round.month, Round.state, func.count()).group_by(Round.month, Round.state))
    branches = sum(branch.nature is Nature.STANDING for branch in organizations.branches(session))
    assert [(str(month), state, count) for month, state, count in states] == [
        ("2026-09", RoundState.FINAL, branches),
        ("2026-10", RoundState.FINAL, branches),
        ("2026-11", RoundState.OPEN, branches),
    ]
    scored = session.scalars(select(Result.score).where(Result.score.is_not(None))).all()
    assert len(scored) == 2 * len(list(sample.scored()))
