"""The understanding report: both files of utterances, as README.md scores them."""

from pathlib import Path

import pytest

from tests.handlers.understanding.report import HELD_OUT, OPEN, Score, lines, score

SCORES: dict[Path, Score] = {}
LINES = 250


@pytest.fixture(params=[OPEN, HELD_OUT], ids=["open", "held_out"])
def totals(request: pytest.FixtureRequest) -> Score:
    """A file's totals; what is in the held-out one is nobody's to see."""
    path: Path = request.param
    if path not in SCORES:
        SCORES[path], _ = score(path)
        print("\n".join(lines(path, SCORES[path])))  # noqa: T201
    return SCORES[path]


def test_claims_are_right_at_once_nine_times_in_ten(totals: Score) -> None:
    assert totals.right_at_once >= 0.9


def test_claims_are_right_or_asked_with_the_right_item_offered(totals: Score) -> None:
    assert totals.right_or_offered >= 0.98


def test_questions_and_negations_change_nothing(totals: Score) -> None:
    assert totals.changed_by_question == 0


def test_no_line_is_acted_on_wrongly(totals: Score) -> None:
    assert totals.wrong_acts == 0


def test_the_set_has_at_least_250_utterances_a_third_of_them_held_out() -> None:
    counts = [score(path)[0].lines if path not in SCORES else SCORES[path].lines for path in (OPEN, HELD_OUT)]
    assert sum(counts) >= LINES
    assert counts[1] * 3 >= sum(counts)
