"""After the year the ledger replays without a difference, and every head that was printed is in it."""

from models import verification
from models.verification import Head
from tests.years.independent import Books
from tests.years.people import MONTHS
from tests.years.test_figures import BRANCHES, final_at, id_of
from tests.years.whole import Year


def test_the_replay_of_the_year_finds_nothing(year: Year, books: Books):
    printed = [final_at(year, id_of(books, branch), month)["head"] for branch in BRANCHES for month in MONTHS]
    with year.sessions.read() as session:
        assert list(verification.differences(session, [Head.parse(head) for head in printed])) == []


def test_a_head_that_was_never_printed_is_missed(year: Year):
    with year.sessions.read() as session:
        assert len(list(verification.differences(session, [Head(7, "f" * 64)]))) == 1


def test_every_entry_has_a_cause_of_its_own_and_a_month_that_is_its_days(books: Books):
    causes = [entry.cause for entry in books.entries]
    assert len(set(causes)) == len(causes)
    assert {entry.source for entry in books.entries} == {
        "claim",
        "attendance",
        "branch",
        "appeal",
        "reversal",
        "spot_check",
        "zeroing",
    }
    undone = [entry.reverses for entry in books.entries if entry.reverses is not None]
    assert len(set(undone)) == len(undone)
