"""What a conversation remembers: a question for 30 minutes, a list for 10 (chat: Dialogs)."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import dialogs
from models.sessions import Sessions
from tests.cast import NOW

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
QUESTION = {"command": "申报", "asks": "item"}
LISTED = {"choices": ["通过 12"], "all": [12]}


def test_a_question_waits_for_thirty_minutes(session: Session):
    dialog = dialogs.of(session, "o-1")
    assert (dialog.open_question(NOW), dialog.lapsed_question(NOW)) == (None, None)
    dialog.question, dialog.question_at = QUESTION, NOW
    last = NOW + 30 * MINUTE - SECOND
    assert (dialog.open_question(last), dialog.lapsed_question(last)) == (QUESTION, None)
    over = last + SECOND
    assert (dialog.open_question(over), dialog.lapsed_question(over)) == (None, QUESTION)


def test_the_numbers_of_a_list_count_for_ten_minutes(session: Session):
    dialog = dialogs.of(session, "o-1")
    assert dialog.open_list(NOW) is None
    dialog.listed, dialog.listed_at = LISTED, NOW
    assert dialog.open_list(NOW + 10 * MINUTE - SECOND) == LISTED
    assert dialog.open_list(NOW + 10 * MINUTE) is None


def test_a_dialog_survives_a_restart(sessions: Sessions):
    with sessions.write() as session:
        dialog = dialogs.of(session, "o-1")
        dialog.question, dialog.question_at, dialog.rest = QUESTION, NOW, "还有"
    sessions.engine.dispose()
    with sessions.read() as session:
        again = dialogs.of(session, "o-1")
        assert (again.open_question(NOW), again.rest) == (QUESTION, "还有")


def test_everyone_has_a_dialog_of_their_own(session: Session):
    dialogs.of(session, "o-1").rest = "甲的"
    session.flush()
    assert dialogs.of(session, "o-2").rest is None
    assert dialogs.of(session, "o-1").rest == "甲的"
