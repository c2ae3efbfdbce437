"""Each entry of an appeal has its upheld opinion, and the reverse: else ``verify`` names it (rules 3, 14)."""

from datetime import date

import pytest

from models.months import at
from tests.models.by_hand import ByHand, found
from tests.models.counter import Counter, disclose

MISSING = ["Y1：已答复成立（#1），台账里没有它的明细", "J1：来源是申诉，却找不到那条意见"]
UNGIVEN = "J1：Y1 没有答复成立、补记，却有这条明细"


@pytest.fixture
def credited(counter: Counter) -> int:
    """Y1 credited #1 by J1."""
    claim = counter.rejected(quantity="2")
    opinion = counter.appeal(claim)
    counter.uphold(opinion)
    return opinion.id


@pytest.fixture
def reversed_(counter: Counter) -> int:
    """Y1 reversed J1, an approved claim's entry, by J2."""
    early = at(date(2026, 11, 2), 9)
    claim = counter.desk.approve(counter.desk.claim(day=date(2026, 10, 30), now=early), now=early)
    disclose(counter.session, counter.desk.cast.first_branch)
    opinion = counter.appeal(claim, by=counter.desk.cast.wang_fang)
    counter.uphold(opinion)
    return opinion.id


def opinions_only(counter: Counter) -> list[str]:
    """What is said of opinions; the chain and the caps have their own tests."""
    return [line for line in found(counter.session) if "Y" in line or "申诉" in line]


def test_what_the_program_wrote_is_clean(counter, credited):
    assert opinions_only(counter) == []


def test_a_reversal_by_an_objection_is_clean(counter, reversed_):
    assert opinions_only(counter) == []


def test_answers_that_changed_nothing_are_clean(counter):
    disclose(counter.session, counter.desk.cast.first_branch)
    counter.uphold(counter.about(counter.desk.cast.wang_fang), remedy="不变")
    counter.uphold(counter.about(counter.desk.cast.zhang_san), remedy="服务-02")
    assert opinions_only(counter) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE entries SET cause = 'opinion:77'", MISSING),
        ("UPDATE entries SET cause = 'x'", MISSING),
        ("UPDATE opinions SET status = 'dismissed'", [UNGIVEN]),
        ("UPDATE opinions SET remedy = 'J1'", ["Y1：已答复成立（J1），台账里没有它的明细", UNGIVEN]),
        ("UPDATE opinions SET month = '2026-09'", ["Y1：与台账 J1 的人、支部或月份不符"]),
        ("UPDATE opinions SET about_member_id = about_member_id + 1", ["Y1：与台账 J1 的人、支部或月份不符"]),
        ("UPDATE entries SET item_code = '服务-03'", ["Y1：与台账 J1 的事项或日期不符"]),
        ("UPDATE opinions SET remedy = '#99'", ["Y1：与台账 J1 的事项或日期不符"]),
        ("UPDATE entries SET points = 400", ["Y1：#1 申报 2.00 分，却补记了 4.00 分"]),
        ("UPDATE entries SET points = -100", ["Y1：#1 申报 2.00 分，却补记了 -1.00 分"]),
    ],
)  # fmt: skip
def test_what_differs_is_named(counter, credited, change, said):
    by_hand = ByHand(counter.session)
    by_hand(change)
    lines = opinions_only(counter)
    assert [line for line in said if line not in lines] == []


def test_a_month_that_is_none_is_named_and_stops_nothing(counter, credited):
    by_hand = ByHand(counter.session)
    by_hand("UPDATE entries SET about_month = 'xx'")
    assert "Y1：与台账 J1 的人、支部或月份不符" in opinions_only(counter)


def test_a_missing_reversal_is_named(counter, reversed_):
    by_hand = ByHand(counter.session)
    by_hand("DELETE FROM late_entries")
    by_hand("DELETE FROM entries WHERE reverses_id IS NOT NULL")
    assert "Y1：已答复成立（J1），台账里没有它的明细" in opinions_only(counter)
