"""``verify`` names what does not fit what a branch recorded (rules 2)."""

import pytest

from models import ledger, verification
from models.rulebooks import Source
from tests.cast import NOW
from tests.models.branch_desk import BranchDesk, own
from tests.models.by_hand import ByHand
from tests.models.desk import YESTERDAY, D


@pytest.fixture
def desk(session, cast) -> BranchDesk:
    """The cast under a rulebook with items of the branch's own."""
    return own(session, cast)


def by_hand_found(desk: BranchDesk, statement: str, **values: object) -> list[str]:
    desk.session.flush()
    ByHand(desk.session)(statement, **values)
    desk.session.expire_all()
    return [line for line in verification.differences(desk.session) if "登记" in line]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("credited = -100", "支部登记{id}：记着 -1.00 分，台账 J{entry} 是 -2.00 分"),
        ("points = -100", "支部登记{id}：按细则 -1.00 分，却记了 -2.00 分"),
        ("points = 200", "支部登记{id}：按细则 2.00 分，却记了 -2.00 分"),
        ("month = '2026-10'", "支部登记{id}：与台账 J{entry} 的人、支部、事项、月份或来源不符"),
        ("item_code = '纪律-23'", "支部登记{id}：与台账 J{entry} 的人、支部、事项、月份或来源不符"),
        ("source = 'report'", "支部登记{id}：与台账 J{entry} 的人、支部、事项、月份或来源不符"),
    ],
)
def test_a_changed_record_is_named(desk: BranchDesk, change: str, said: str):
    made = desk.record()
    id, entry = made.id, desk.entry(made).id
    assert by_hand_found(desk, f"UPDATE records SET {change}") == [said.format(id=id, entry=entry)]


def test_a_record_without_its_entry_is_named(desk: BranchDesk):
    id = desk.record().id
    assert by_hand_found(desk, "DELETE FROM entries") == [f"支部登记{id}：台账里没有它的明细"]


def test_an_entry_without_its_record_is_named(desk: BranchDesk):
    entry = desk.entry(desk.record()).id
    assert by_hand_found(desk, "DELETE FROM records") == [f"J{entry}：来源是支部登记，却找不到那次支部登记"]


def test_an_entry_that_only_says_it_was_recorded_is_named(desk: BranchDesk):
    cast = desk.cast
    ledger.lock(desk.session, cast.first_branch.id)
    entry = ledger.write(
        desk.session,
        cast.zhang_san,
        D(1),
        branch_id=cast.first_branch.id,
        about=YESTERDAY,
        source=Source.BRANCH,
        cause="by hand",
        by=None,
        now=NOW,
    )
    assert list(verification.differences(desk.session)) == [f"J{entry.id}：来源是支部登记，却找不到那次支部登记"]
