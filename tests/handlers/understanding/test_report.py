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


def test_questions_are_answered_as_they_should_be_nine_times_in_ten() -> None:
    totals = SCORES[OPEN] if OPEN in SCORES else score(OPEN)[0]
    assert totals.answered_rightly >= 0.9


def test_a_third_of_250_utterances_was_held_out_and_more_were_added_since() -> None:
    counts = {path: SCORES[path].lines if path in SCORES else score(path)[0].lines for path in (OPEN, HELD_OUT)}
    assert counts[HELD_OUT] * 3 >= LINES
    assert sum(counts.values()) >= 2 * LINES
