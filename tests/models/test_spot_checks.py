"""抽查: the draw that anyone can repeat, who looks, and what a finding does (rules 16)."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from models import (
    claiming,
    claims,
    deciding,
    filing,
    inspecting,
    ledger,
    remedies,
    restoring,
    rounds,
    rulebooks,
    settings,
    sight,
    spot_checks,
    verification,
)
from models.appointments import Appointment, Office
from models.claims import Claim, ClaimStatus
from models.deciding import TooLateToUndo
from models.errors import NotFound, Refused
from models.inspecting import AlreadyFound, NoLongerApproved, NothingFound, NotImpartial
from models.ledger import Book
from models.months import Month, Period, at
from models.notices import NoticeStatus
from models.opinions import OpinionStatus
from models.recorders import ReasonMissing
from models.rounds import RoundState
from models.rulebooks import Source
from models.sessions import Sessions
from models.spot_checks import Finding, NotInReview, SpotCheck, SpotDraw, draw_from, place, seed_of
from tests.cast import NOW, Cast
from tests.models.branch_desk import OWN, BranchDesk, again, own
from tests.models.by_hand import ByHand
from tests.models.desk import NOVEMBER, YESTERDAY, D, together

SEED = seed_of(["1:0:" + "0" * 64])


@pytest.fixture
def desk(session, cast) -> BranchDesk:
    """孙丽 of the second branch is an inspector of the committee; November is under review."""
    desk = own(session, cast)
    desk.office(desk.cast.sun_li, Office.INSPECTOR, desk.cast.committee)
    desk.round(RoundState.REVIEW)
    return desk


def approved(desk: BranchDesk, count: int = 1, **claimed) -> list[Claim]:
    return [desk.approve(desk.claim("服务-03", "1", note=str(n), **claimed)) for n in range(count)]


def draw(desk: BranchDesk) -> SpotDraw:
    return spot_checks.draw(desk.session, desk.cast.first_branch.id, NOVEMBER, now=NOW)


def checks(desk: BranchDesk) -> list[SpotCheck]:
    return list(desk.session.scalars(select(SpotCheck).order_by(SpotCheck.id)))


def everything(desk: BranchDesk) -> None:
    """Let every approved claim be drawn."""
    branch = desk.cast.first_branch.id
    settings.put(desk.session, settings.SPOT_SHARE, 100, organization_id=branch, by_id=None, now=NOW)


def given(desk: BranchDesk, **claimed) -> Claim:
    """张三's claim, approved by 李四 and given to 孙丽."""
    claim = desk.approve(desk.claim("服务-01", "2", **claimed))
    draw(desk)
    return claim


# The draw


@pytest.mark.parametrize("count", range(102))
def test_a_tenth_rounded_up_is_drawn(count: int):
    population = list(range(7, 7 + count))
    drawn = draw_from(SEED, population, 10)
    assert len(drawn) == (count + 9) // 10
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= set(population)


def test_the_draw_is_the_order_of_hashes_that_anyone_can_compute():
    seed = hashlib.sha256(f"1:0:{'0' * 64}".encode()).hexdigest()
    order = sorted(range(1, 31), key=lambda n: hashlib.sha256(f"{seed}:{n}".encode()).hexdigest())
    assert draw_from(SEED, range(1, 31), 10) == order[:3]
    assert draw_from(SEED, reversed(range(1, 31)), 10) == order[:3]
    # Written down once, so that no later version draws otherwise.
    assert order[:3] == [19, 26, 2]


def test_every_claim_has_the_same_chance():
    hits = dict.fromkeys(range(20), 0)
    for n in range(2000):
        for id in draw_from(seed_of([str(n)]), hits, 10):
            hits[id] += 1
    assert all(140 < count < 260 for count in hits.values())


def test_a_draw_is_stored_and_repeats_from_what_is_stored(desk: BranchDesk):
    approved(desk, 12)
    made = draw(desk)
    assert (len(made.population), len(made.drawn), made.share) == (12, 2, 10)
    assert draw_from(made.seed, made.population, made.share) == made.drawn
    assert seed_of(made.heads) == made.seed
    assert [check.claim_id for check in checks(desk)] == made.drawn


def test_the_seed_is_made_of_the_heads_of_all_chains(desk: BranchDesk):
    approved(desk)
    ledger.lock(desk.session, desk.cast.second_branch.id)
    books = desk.session.scalars(select(Book).order_by(Book.branch_id)).all()
    made = draw(desk)
    assert made.heads == [f"{book.branch_id}:{book.sequence}:{book.head}" for book in books]
    assert len(made.heads) == 2


def test_only_this_months_approved_claims_of_the_branch_are_drawn_from(desk: BranchDesk):
    everything(desk)
    wanted = approved(desk, 2)
    desk.claim("服务-02")
    desk.reject(desk.claim("服务-02"))
    early = NOW.replace(day=2)
    desk.approve(desk.claim("服务-01", day=date(2026, 10, 30), now=early), now=early)
    other = desk.claim("服务-02", of=desk.cast.sun_li)
    desk.approve(other, by=desk.cast.wu_gang)
    made = draw(desk)
    assert made.population == [claim.id for claim in wanted]
    assert sorted(made.drawn) == made.population


def test_a_month_is_drawn_once(desk: BranchDesk):
    approved(desk, 3)
    made = draw(desk)
    approved(desk, 30)
    assert draw(desk) is made
    assert len(checks(desk)) == 1


def test_a_month_without_approved_claims_has_an_empty_draw(desk: BranchDesk):
    made = draw(desk)
    assert (made.population, made.drawn, checks(desk)) == ([], [], [])
    assert spot_checks.find(desk.session, desk.cast.first_branch.id, NOVEMBER) is made


@pytest.mark.parametrize("begun", [True, False])
def test_nothing_is_drawn_before_the_review(desk: BranchDesk, begun: bool):
    month = Month(2026, 12)
    if begun:
        desk.round(RoundState.OPEN, month)
    with pytest.raises(NotInReview, match="12月还在登记"):
        spot_checks.draw(desk.session, desk.cast.first_branch.id, month, now=NOW)


def test_how_to_repeat_it_is_explained(desk: BranchDesk):
    approved(desk, 11)
    made = draw(desk)
    lines = spot_checks.explain(made)
    assert lines[0] == "2026-11 抽查：已通过 11 条，抽 10%（进一）即 2 条"
    assert set(made.heads) <= set(lines)
    assert f"种子 {made.seed}" in lines
    marked = [line for line in lines if line.endswith("抽中")]
    assert marked == [f"{place(made.seed, id)} #{id} 抽中" for id in made.drawn]
    assert lines[-1] == f"重算种子：printf '%s' '{';'.join(made.heads)}' | sha256sum"


# Who looks


def test_an_inspector_of_the_committee_looks_and_is_told_once(desk: BranchDesk):
    approved(desk, 15)
    made = draw(desk)
    assert {check.inspector_id for check in checks(desk)} == {desk.cast.sun_li.id}
    (told,) = desk.notices("spot_checks_given")
    assert told.member_id == desk.cast.sun_li.id
    assert told.facts == {"branch": "第一支部", "month": "2026-11", "count": 2}
    assert told.subject == checks(desk)[0].subject == f"draw:{made.id}:{desk.cast.sun_li.id}"


def test_without_an_eligible_inspector_the_draw_is_recorded_and_lapses(session, cast):
    desk = own(session, cast)
    desk.round(RoundState.REVIEW)
    # An inspector of the branch itself is none of another branch.
    desk.office(desk.cast.wang_fang, Office.INSPECTOR, desk.cast.first_branch)
    approved(desk)
    assert len(draw(desk).drawn) == 1
    (check,) = checks(desk)
    assert (check.inspector_id, check.finding) == (None, Finding.LAPSED)
    assert desk.notices("spot_checks_given") == []


def test_one_of_another_branch_comes_before_one_at_home_here(desk: BranchDesk):
    desk.session.execute(text("DELETE FROM appointments WHERE office = 'inspector'"))
    desk.office(desk.cast.feng_tao, Office.INSPECTOR, desk.cast.committee)
    desk.office(desk.cast.wu_gang, Office.INSPECTOR, desk.cast.second_branch)
    approved(desk)
    draw(desk)
    assert checks(desk)[0].inspector_id == desk.cast.wu_gang.id


def test_one_whom_no_push_reaches_comes_last(desk: BranchDesk):
    desk.session.execute(text("UPDATE followers SET unfollowed_at = followed_at WHERE openid = :id"), {"id": "o-1018"})
    desk.office(desk.cast.feng_tao, Office.INSPECTOR, desk.cast.committee)
    approved(desk)
    draw(desk)
    assert checks(desk)[0].inspector_id == desk.cast.feng_tao.id


def test_claims_are_given_out_evenly(desk: BranchDesk):
    everything(desk)
    desk.office(desk.cast.wu_gang, Office.INSPECTOR, desk.cast.second_branch)
    approved(desk, 4)
    draw(desk)
    people = [check.inspector_id for check in checks(desk)]
    assert people.count(desk.cast.wu_gang.id) == people.count(desk.cast.sun_li.id) == 2


@pytest.mark.parametrize("concern", ["claimed", "recorded", "approved"])
def test_nobody_looks_at_what_they_claimed_recorded_or_approved(desk: BranchDesk, concern: str):
    desk.session.execute(text("DELETE FROM appointments WHERE office = 'inspector'"))
    who = {"claimed": "zhang_san", "recorded": "li_si", "approved": "wang_jianjun"}[concern]
    desk.office(getattr(desk.cast, who), Office.INSPECTOR, desk.cast.committee)
    if concern == "claimed":
        approved(desk)
    else:
        claim = desk.claim("服务-02", of=desk.cast.liu_defu, by=desk.cast.li_si)
        desk.approve(claim, by=desk.cast.wang_jianjun)
    draw(desk)
    assert checks(desk)[0].finding is Finding.LAPSED


def test_an_appointment_that_ended_and_a_member_who_left_are_none(desk: BranchDesk):
    desk.office(desk.cast.wu_gang, Office.INSPECTOR, desk.cast.second_branch)
    desk.cast.wu_gang.left_on = YESTERDAY
    ended = select(Appointment).where(Appointment.member_id == desk.cast.sun_li.id)
    desk.session.scalars(ended).one().ends_on = YESTERDAY
    approved(desk)
    draw(desk)
    assert checks(desk)[0].finding is Finding.LAPSED


def test_who_looks_sees_what_was_given_to_them_and_nothing_else(desk: BranchDesk):
    desk.session.execute(text("DELETE FROM appointments WHERE office = 'inspector'"))
    desk.office(desk.cast.wu_gang, Office.INSPECTOR, desk.cast.second_branch)
    one, other = approved(desk, 2)
    drawn = {check.claim_id for check in checks(desk)} if draw(desk) else set()
    drawn = {check.claim_id for check in checks(desk)}
    for claim in (one, other):
        assert sight.sees_claim(desk.session, desk.cast.wu_gang, claim, NOW) is (claim.id in drawn)
    assert len(drawn) == 1


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


# Who has not looked yet


def test_who_has_not_looked_is_reminded_once_two_working_days_before_the_review_ends(desk: BranchDesk):
    round_ = rounds.find(desk.session, desk.cast.first_branch.id, NOVEMBER)
    assert round_ is not None
    round_.review_until = at(date(2026, 11, 28))  # Friday 24:00
    everything(desk)
    desk.office(desk.cast.wu_gang, Office.INSPECTOR, desk.cast.second_branch)
    approved(desk, 2)
    made = draw(desk)
    thursday = at(date(2026, 11, 26), 9)
    assert made.remind_at == thursday
    assert not spot_checks.remind(desk.session, made.id, now=thursday - timedelta(seconds=1))
    mine = inspecting.waiting_for(desk.session, desk.cast.wu_gang)
    inspecting.find_true(desk.session, mine[0].claim_id, "", by=desk.cast.wu_gang, now=NOW)
    assert spot_checks.remind(desk.session, made.id, now=thursday)
    assert desk.told("spot_checks_due") == ["孙丽"]
    assert not spot_checks.remind(desk.session, made.id, now=thursday)


def test_a_draw_when_the_review_is_nearly_over_reminds_nobody(desk: BranchDesk):
    round_ = rounds.find(desk.session, desk.cast.first_branch.id, NOVEMBER)
    assert round_ is not None
    round_.review_until = at(date(2026, 11, 21))
    assert draw(desk).remind_at is None


# Races


def test_a_draw_that_is_made_twice_at_once_is_one(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        desk = own(session, cast.of(session))
        desk.round(RoundState.REVIEW)
        approved(desk, 3)

    def make() -> int:
        with sessions.write() as session:
            return spot_checks.draw(session, cast.first_branch.id, NOVEMBER, now=NOW).id

    assert len(set(map(str, together(make, make, make)))) == 1
    with sessions.read() as session:
        assert len(session.scalars(select(SpotCheck)).all()) == 1


def test_two_findings_at_once_are_one(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        desk = own(session, cast.of(session))
        desk.office(desk.cast.sun_li, Office.INSPECTOR, desk.cast.committee)
        desk.round(RoundState.REVIEW)
        number = given(desk).id

    def find(how) -> str:
        with sessions.write() as session:
            by = again(session, cast).cast.sun_li
            return str(how(session, number, "看了", by=by, now=NOW).finding)

    done = together(lambda: find(inspecting.find_untrue), lambda: find(inspecting.find_true))
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert len([one for one in done if isinstance(one, Refused)]) == 1
    with sessions.read() as session:
        assert list(verification.differences(session)) == []


# verify


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
