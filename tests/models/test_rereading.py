"""What was read is at hand in the transaction that writes, as long as it reads alike there and nothing has changed."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models import receipts
from models.prepared import Prepared
from models.receipts import Receipt
from models.rereading import Note, are_whole, take_notes, unchanged
from models.sessions import Sessions
from tests.cast import NOW

_KEYS = Prepared(select(Receipt.key))


def noted(sessions: Sessions) -> list[Note]:
    with sessions.glance() as session:
        notes = take_notes(session)
        assert _KEYS.rows(session) == []
        return notes


def test_what_reads_alike_is_not_asked_again(sessions: Sessions):
    notes = noted(sessions)
    with sessions.write() as session:
        assert unchanged(session, notes)
        assert _KEYS.rows(session) is notes[0].found
        assert _KEYS.rows(session) is not notes[0].found


def test_what_reads_otherwise_does_not_stand(sessions: Sessions):
    notes = noted(sessions)
    with sessions.write() as session:
        receipts.take(session, "m:1", openid="o-1", now=NOW)
    with sessions.write() as session:
        assert not unchanged(session, notes)
        assert _KEYS.rows(session) == [("m:1",)]


_NEW = insert(Receipt).values(key="m:1", at=NOW)


def add(session: Session) -> None:
    session.add(Receipt(key="m:1", at=NOW))
    session.flush()


CHANGES: list[Callable[[Session], object]] = [
    add,
    lambda session: receipts.take(session, "m:1", openid="o-1", now=NOW),
    lambda session: session.execute(_NEW),
    lambda session: Prepared(_NEW.returning(Receipt.key)).rows(session),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_lets_go_of_what_was_read_before_it(sessions: Sessions, change: Callable[[Session], object]):
    notes = noted(sessions)
    with sessions.write() as session:
        assert unchanged(session, notes)
        change(session)
        assert _KEYS.rows(session) == [("m:1",)]
        session.execute(delete(Receipt))


def test_notes_of_a_session_that_loads_objects_do_not_tell_all(sessions: Sessions):
    with sessions.glance() as session:
        take_notes(session)
        assert are_whole(session)
        session.get(Receipt, "m:1")
        assert not are_whole(session)
