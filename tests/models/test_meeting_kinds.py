"""The list of what is organizational life, and the periods it is held for (rules 23, 26)."""

from datetime import date
from fractions import Fraction

import pytest

from models import meeting_kinds
from models.meeting_kinds import KINDS, Often, period_of


def test_every_name_and_synonym_is_of_one_kind():
    words = [word for kind in KINDS for word in kind.words]
    assert len(words) == len(set(words)) == len(meeting_kinds.WORDS)
    assert meeting_kinds.WORDS["支委会"] == "支部委员会"
    assert meeting_kinds.get("党课").often is Often.QUARTER


def test_only_some_kinds_have_a_quorum():
    half, thirds = Fraction(1, 2), Fraction(2, 3)
    assert {kind.name: kind.quorum for kind in KINDS if kind.quorum} == {
        "支部委员会": half,
        "支部党员大会": half,
        "党总支党员大会": half,
        "民主生活会": thirds,
    }


@pytest.mark.parametrize(
    ("often", "period"),
    [
        (Often.WEEK, "2026-W53"),
        (Often.MONTH, "2026-12"),
        (Often.QUARTER, "2026-Q4"),
        (Often.HALF_YEAR, "2026-H2"),
        (Often.YEAR, "2026"),
        (Often.AS_IT_COMES, "2026-12"),
    ],
)
def test_a_day_lies_in_a_period(often: Often, period: str):
    assert period_of(often, date(2026, 12, 31)) == period


def test_the_first_days_of_a_year():
    assert period_of(Often.WEEK, date(2027, 1, 1)) == "2026-W53"
    assert period_of(Often.HALF_YEAR, date(2027, 6, 30)) == "2027-H1"
