"""The sample organisation's history: made by the program's own operations, so that verify finds nothing."""

import pytest
from sqlalchemy import select

from bot import demo_data
from models import verification
from models.ledger import Entry
from models.records import Record
from models.rulebooks import Source
from models.sessions import Sessions
from tests.cast import NOW


@pytest.mark.sqlite_only  # the demonstration runs on SQLite
def test_the_ledger_of_the_demonstration_is_clean(sessions: Sessions) -> None:
    demo_data.fill(sessions, NOW)
    with sessions.read() as session:
        made = session.scalars(select(Record)).all()
        booked = session.scalars(select(Entry.cause).where(Entry.source == Source.BRANCH)).all()
        assert sorted(record.cause for record in made) == sorted(booked) != []
        assert all(record.by_id != record.member_id for record in made)
        assert list(verification.differences(session)) == []
