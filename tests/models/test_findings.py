"""What an inspector finds, and what it does to the ledger (rules 16)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import (
    claiming,
    claims,
    deciding,
    filing,
    inspecting,
    ledger,
    remedies,
    restoring,
    rulebooks,
    spot_checks,
    verification,
)
from models.appointments import Office
from models.claims import ClaimStatus
from models.deciding import TooLateToUndo
from models.errors import NotFound
from models.inspecting import AlreadyFound, NoLongerApproved, NothingFound, NotImpartial
from models.months import Month, Period
from models.notices import NoticeStatus
from models.opinions import OpinionStatus
from models.recorders import ReasonMissing
from models.rounds import RoundState
from models.rulebooks import Source
from models.spot_checks import Finding
from tests.cast import NOW
from tests.models.branch_desk import OWN, BranchDesk
from tests.models.desk import NOVEMBER, D
from tests.models.spot_desk import approved, draw, everything, given, inspected


@pytest.fixture
def desk(session, cast) -> BranchDesk:
    return inspected(session, cast)


# What is found


def test_a_claim_found_true_stays_as_it_is(desk: BranchDesk):
    claim = given(desk)
    check = inspecting.find_true(desk.session, claim.id, "签到表有", by=desk.cast.sun_li, now=NOW)
    assert (check.finding, check.reason, check.found_at) == (Finding.TRUE, "签到表有", NOW)
    assert [entry.points for entry in desk.entries()] == [D(2)]
    assert claims.steps_of(desk.session, claim)[-1].verb == "check_true"
    assert desk.notices("check_untrue") == []
    assert [n.status for n in desk.notices("spot_checks_given")] == [NoticeStatus.LAPSED]


def test_a_claim_found_untrue_is_reversed_and_the_rulebook_deducts(desk: BranchDesk):
    claim = given(desk)
    check = inspecting.find_untrue(desk.session, claim.id, "签到表上没有", by=desk.cast.sun_li, now=NOW)
    credit, back, deduction = desk.entries()
    assert (back.points, back.reverses_id, back.source) == (D(-2), credit.id, Source.REVERSAL)
    assert (deduction.points, deduction.source, deduction.cause) == (D(-5), Source.SPOT_CHECK, check.cause)
    assert (deduction.item_code, deduction.day, deduction.reason) == ("纪律-24", claim.day, "签到表上没有")
    assert deduction.decided_by_id == desk.cast.sun_li.id
    assert inspecting.deduction_of(desk.session, check) is deduction
    assert inspecting.find_by_cause(desk.session, deduction.cause) is check
    assert inspecting.find_by_cause(desk.session, credit.cause) is None
    assert claim.status is ClaimStatus.APPROVED
    assert claims.steps_of(desk.session, claim)[-1].verb == "check_untrue"
    assert list(verification.differences(desk.session)) == []


def test_member_and_approver_are_told_and_who_recorded_for_the_member(desk: BranchDesk):
    claim = desk.claim("服务-02", of=desk.cast.liu_defu, by=desk.cast.li_si)
    desk.approve(claim, by=desk.cast.wang_jianjun)
    draw(desk)
    inspecting.find_untrue(desk.session, claim.id, "没有这件事", by=desk.cast.sun_li, now=NOW)
    assert set(desk.told("check_untrue")) == {"刘德福", "李四"}
    assert desk.told("check_untrue_approver") == ["王建军"]


def test_what_was_reversed_frees_the_cap(desk: BranchDesk):
    claim = given(desk)
    assert desk.credit("服务-01", "2") == 2
    assert desk.credit("服务-01", "1") == 0
    inspecting.find_untrue(desk.session, claim.id, "没有这件事", by=desk.cast.sun_li, now=NOW)
    assert desk.credit("服务-01", "2") == 2


def test_without_such_an_item_nothing_is_deducted(desk: BranchDesk):
    book = replace(OWN, items=tuple(i for i in OWN.items if i.code != "纪律-24"), effective_from=Month(2027, 1))
    rulebooks.add_version(desk.session, desk.cast.first_branch, book, now=NOW)
    january = NOW.replace(year=2027, month=1)
    member = desk.cast.zhang_san
    item = book.get_item("服务-01")
    claim = desk.approve(_claim(desk, member, item, january), now=january)
    desk.round(RoundState.REVIEW, Month(2027, 1))
    spot_checks.draw(desk.session, desk.cast.first_branch.id, Month(2027, 1), now=january)
    check = inspecting.find_untrue(desk.session, claim.id, "没有", by=desk.cast.sun_li, now=january)
    assert inspecting.deduction_of(desk.session, check) is None
    assert list(verification.differences(desk.session)) == []


def _claim(desk: BranchDesk, member, item, now):
    made, _ = claiming.submit(desk.session, member, item, D(1), day=now.date(), note="", by=member, now=now)
    return claims.get(desk.session, made.id)


def test_what_an_appeal_reversed_before_is_not_reversed_again(desk: BranchDesk):
    claim = given(desk)
    desk.reverse(desk.entries()[0])
    inspecting.find_untrue(desk.session, claim.id, "没有这件事", by=desk.cast.sun_li, now=NOW)
    assert [entry.points for entry in desk.entries()] == [D(2), D(-2), D(-5)]


def test_a_finding_after_final_is_booked_now_about_then(desk: BranchDesk):
    claim = given(desk)
    desk.round(RoundState.FINAL)
    later = NOW.replace(month=12, day=28)
    inspecting.find_untrue(desk.session, claim.id, "没有这件事", by=desk.cast.sun_li, now=later)
    assert [(e.booked_month, e.about_month) for e in desk.entries()[1:]] == [(Month(2026, 12), NOVEMBER)] * 2


def test_untrue_needs_a_reason(desk: BranchDesk):
    with pytest.raises(ReasonMissing):
        inspecting.find_untrue(desk.session, given(desk).id, "", by=desk.cast.sun_li, now=NOW)


@pytest.mark.parametrize("first", [inspecting.find_true, inspecting.find_untrue])
@pytest.mark.parametrize("second", [inspecting.find_true, inspecting.find_untrue])
def test_a_claim_is_looked_at_once(desk: BranchDesk, first, second):
    claim = given(desk)
    first(desk.session, claim.id, "看了", by=desk.cast.sun_li, now=NOW)
    with pytest.raises(AlreadyFound, match="已查过"):
        second(desk.session, claim.id, "再看", by=desk.cast.sun_li, now=NOW)


def test_only_whom_it_was_given_to_finds(desk: BranchDesk):
    claim = given(desk)
    for number, by in ((claim.id, desk.cast.wu_gang), (claim.id + 1, desk.cast.sun_li)):
        with pytest.raises(NotFound, match=f"没有交给您抽查的 #{number}"):
            inspecting.find_true(desk.session, number, "", by=by, now=NOW)


def test_what_was_undone_since_is_not_looked_at(desk: BranchDesk):
    claim = given(desk)
    desk.undo(claim)
    assert inspecting.waiting_for(desk.session, desk.cast.sun_li) == []
    with pytest.raises(NoLongerApproved):
        inspecting.find_true(desk.session, claim.id, "", by=desk.cast.sun_li, now=NOW)


def test_a_finding_counts_for_who_approved_it_last(desk: BranchDesk):
    claim = given(desk)
    desk.undo(claim)
    desk.approve(claim, by=desk.cast.wang_jianjun)
    inspecting.find_untrue(desk.session, claim.id, "没有", by=desk.cast.sun_li, now=NOW)
    month = Period.month(NOVEMBER)
    assert inspecting.findings_of(desk.session, desk.cast.wang_jianjun.id, month) == (1, 1)
    assert inspecting.findings_of(desk.session, desk.cast.li_si.id, month) == (0, 0)


def test_an_inspector_who_approved_it_since_does_not_look(desk: BranchDesk):
    claim = given(desk)
    desk.undo(claim)
    desk.office(desk.cast.sun_li, Office.SECRETARY, desk.cast.first_branch)
    later = NOW + timedelta(minutes=1)
    deciding.approve(desk.session, claim.id, by=desk.cast.sun_li, now=later)
    with pytest.raises(NotImpartial):
        inspecting.find_untrue(desk.session, claim.id, "没有", by=desk.cast.sun_li, now=later)


def test_findings_are_counted_for_each_approver(desk: BranchDesk):
    everything(desk)
    first, second, third = approved(desk, 3)
    by_secretary = desk.approve(desk.claim("服务-02"), by=desk.cast.wang_jianjun)
    draw(desk)
    for claim, find in (
        (first, inspecting.find_true),
        (second, inspecting.find_untrue),
        (by_secretary, inspecting.find_true),
    ):
        find(desk.session, claim.id, "看了", by=desk.cast.sun_li, now=NOW)
    assert [c.claim_id for c in inspecting.waiting_for(desk.session, desk.cast.sun_li)] == [third.id]
    year, other = Period.year(NOVEMBER), Period.month(Month(2026, 10))
    assert inspecting.findings_of(desk.session, desk.cast.li_si.id, year) == (2, 1)
    assert inspecting.findings_of(desk.session, desk.cast.wang_jianjun.id, year) == (1, 0)
    assert inspecting.findings_of(desk.session, desk.cast.li_si.id, other) == (0, 0)


# Taking a finding back


def test_an_untrue_finding_is_taken_back_by_new_entries_and_the_claim_waits_again(desk: BranchDesk):
    claim = given(desk)
    check = inspecting.find_untrue(desk.session, claim.id, "没有这件事", by=desk.cast.sun_li, now=NOW)
    later = NOW + timedelta(hours=23)
    inspecting.undo(desk.session, claim.id, by=desk.cast.sun_li, now=later)
    credit, _, deduction, undone, restored = desk.entries()
    assert (undone.reverses_id, undone.points, undone.source) == (deduction.id, D(5), Source.REVERSAL)
    assert (restored.points, restored.source, restored.reverses_id) == (D(2), Source.CLAIM, None)
    assert (restored.cause, restored.day) == (f"{credit.cause}:restored:1", claim.day)
    assert (check.finding, check.reason, check.found_at) == (Finding.WAITING, "", None)
    assert set(desk.told("check_undone")) == {"张三", "李四"}
    assert ledger.taken_back(desk.session, claim.member_id, NOVEMBER) == {deduction.cause}
    assert remedies.net(desk.session, claim) == 2  # nothing of the claim is left to credit
    assert list(verification.differences(desk.session)) == []
    # Found untrue again, what stands is reversed and the deduction is another one.
    inspecting.find_untrue(desk.session, claim.id, "查实没有", by=desk.cast.sun_li, now=later)
    again = desk.entries()[5:]
    assert [(e.points, e.reverses_id) for e in again] == [(D(-2), restored.id), (D(-5), None)]
    assert inspecting.find_by_cause(desk.session, again[1].cause) is check
    assert inspecting.deduction_of(desk.session, check) is again[1]
    assert list(verification.differences(desk.session)) == []


def test_a_finding_of_true_is_taken_back_without_an_entry(desk: BranchDesk):
    claim = given(desk)
    inspecting.find_true(desk.session, claim.id, "", by=desk.cast.sun_li, now=NOW)
    assert inspecting.may_undo(desk.session, claim.id, desk.cast.sun_li)
    inspecting.undo(desk.session, claim.id, by=desk.cast.sun_li, now=NOW)
    assert len(desk.entries()) == 1
    assert desk.told("check_undone") == []
    assert not inspecting.may_undo(desk.session, claim.id, desk.cast.sun_li)
    with pytest.raises(NothingFound, match="还没有写抽查结果"):
        inspecting.undo(desk.session, claim.id, by=desk.cast.sun_li, now=NOW)


def test_what_was_reversed_before_the_finding_stays_so_and_caps_hold(desk: BranchDesk):
    taken, capped = given(desk, of=desk.cast.wang_fang), desk.approve(desk.claim("服务-01", "2"))
    desk.reverse(desk.entries(desk.cast.wang_fang)[0])
    check = inspecting.find_untrue(desk.session, taken.id, "没有这件事", by=desk.cast.sun_li, now=NOW)
    deduction = inspecting.deduction_of(desk.session, check)
    assert deduction is not None
    desk.reverse(deduction)
    inspecting.undo(desk.session, taken.id, by=desk.cast.sun_li, now=NOW)
    assert [entry.points for entry in desk.entries(desk.cast.wang_fang)] == [D(2), D(-2), D(-5), D(5)]
    credit = restoring.standing(desk.session, capped)
    assert credit is not None
    ledger.reverse(desk.session, credit, by=desk.cast.sun_li, now=NOW, reason="抽查不实")
    assert desk.credit("服务-01", "3") == 3
    restored = restoring.restore(desk.session, capped, credit, by=desk.cast.sun_li, now=NOW, reason="")
    assert restored.points == 1  # the item's cap of 4 had been used meanwhile


@pytest.mark.parametrize(
    ("why", "says"),
    [("late", "已超过24小时，不能撤销"), ("final", "11月已审定"), ("upheld", "已按 Y1 的答复更正")],
)
def test_a_finding_stands_after_a_day_after_final_and_after_an_answer(desk: BranchDesk, why: str, says: str):
    claim, now = given(desk), NOW
    inspecting.find_untrue(desk.session, claim.id, "没有这件事", by=desk.cast.sun_li, now=NOW)
    if why == "late":
        now += timedelta(hours=24)
    elif why == "final":
        desk.round(RoundState.FINAL)
    else:
        opinion = filing.suggest(desk.session, "重新看看", by=desk.cast.zhang_san, openid="", now=NOW)
        opinion.claim_id, opinion.status = claim.id, OpinionStatus.UPHELD
        desk.session.flush()
    with pytest.raises(TooLateToUndo, match=says):
        inspecting.undo(desk.session, claim.id, by=desk.cast.sun_li, now=now)
    assert len(desk.entries()) == 3


def test_an_approval_whose_finding_was_taken_back_can_still_be_undone(desk: BranchDesk):
    claim = given(desk)
    inspecting.find_untrue(desk.session, claim.id, "没有这件事", by=desk.cast.sun_li, now=NOW)
    inspecting.undo(desk.session, claim.id, by=desk.cast.sun_li, now=NOW)
    desk.undo(claim)
    assert sum(entry.points for entry in desk.entries()) == 0
    assert claim.status is ClaimStatus.SUBMITTED
    assert list(verification.differences(desk.session)) == []
