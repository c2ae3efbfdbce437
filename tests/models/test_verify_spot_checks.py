"""``verify`` names what does not fit a finding (rules 2, 16)."""

from dataclasses import replace

import pytest

from models import (
    inspecting,
    rulebooks,
    verification,
)
from models.claims import Claim
from models.months import Month
from tests.cast import NOW
from tests.models.branch_desk import OWN, BranchDesk
from tests.models.by_hand import ByHand
from tests.models.spot_desk import given, inspected


@pytest.fixture
def desk(session, cast) -> BranchDesk:
    return inspected(session, cast)


def untrue(desk: BranchDesk) -> tuple[Claim, int, int]:
    """A claim found untrue, its credit, and its deduction."""
    claim = given(desk)
    inspecting.find_untrue(desk.session, claim.id, "没有", by=desk.cast.sun_li, now=NOW)
    credit, _, deduction = desk.entries()
    return claim, credit.id, deduction.id


def said(desk: BranchDesk, statement: str, **values: object) -> list[str]:
    ByHand(desk.session)(statement, **values)
    return [line for line in verification.differences(desk.session) if "抽查" in line]


def test_a_finding_that_was_not_carried_out_is_named(desk: BranchDesk):
    claim, _, deduction = untrue(desk)
    lines = said(desk, "DELETE FROM entries WHERE id = :id", id=deduction)
    assert lines == [f"#{claim.id}：抽查不实，台账里没有相应的扣分"]


def test_a_credit_that_was_not_reversed_is_named(desk: BranchDesk):
    claim, credit, _ = untrue(desk)
    lines = said(desk, "DELETE FROM entries WHERE reverses_id = :id", id=credit)
    assert lines == [f"#{claim.id}：抽查不实，得分的明细 J{credit} 却没有冲销"]


def test_another_deduction_is_named(desk: BranchDesk):
    claim, _, deduction = untrue(desk)
    lines = said(desk, "UPDATE entries SET points = -900 WHERE id = :id", id=deduction)
    assert lines == [f"#{claim.id}：抽查不实，台账 J{deduction} 的人或分数与细则不符"]


def test_a_deduction_that_the_rulebook_does_not_have_is_named(desk: BranchDesk):
    claim, _, deduction = untrue(desk)
    book = replace(OWN, items=tuple(i for i in OWN.items if i.code != "纪律-24"), effective_from=Month(2027, 1))
    version = rulebooks.add_version(desk.session, desk.cast.first_branch, book, now=NOW)
    lines = said(desk, "UPDATE claims SET rulebook_id = :id", id=version.id)
    assert lines == [f"#{claim.id}：抽查不实，细则没有这一项，却扣了分（J{deduction}）"]


def test_a_deduction_nobody_found_is_named(desk: BranchDesk):
    _, _, deduction = untrue(desk)
    lines = said(desk, "UPDATE spot_checks SET finding = 'true'")
    assert lines == [f"J{deduction}：来源是抽查，却找不到那次抽查"]
