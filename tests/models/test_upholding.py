"""What upholding an opinion changes: entries that reverse, credit and restore (rules 14, 15)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from models import answerers, deciding, filing, opinions, remedies, standings
from models.answering import NobodyAbove
from models.appointments import Office
from models.claims import ClaimStatus
from models.deciding import TooLateToUndo
from models.ledger import AlreadyReversed
from models.matters import Matter
from models.months import at
from models.opinions import Opinion, OpinionKind, OpinionStatus, Verdict
from models.remedies import BadRemedy
from models.rulebooks import Source
from tests.cast import NOW
from tests.models.counter import NOVEMBER, OCTOBER, disclose, under_the_mark

D = Decimal


def test_an_upheld_appeal_credits_the_rejected_claim(counter):
    claim = counter.rejected(quantity="2")
    given = counter.uphold(counter.appeal(claim))
    assert given.entry is not None
    assert (given.entry.source, given.entry.points, given.entry.day) == (Source.APPEAL, D(2), claim.day)
    assert (given.opinion.status, given.opinion.remedy) == (OpinionStatus.UPHELD, f"#{claim.id}")
    assert claim.status is ClaimStatus.REJECTED  # nothing is edited
    assert counter.told("opinion_answered") == ["张三"]
    assert counter.told("points_corrected") == []  # one's own is told once


def test_it_is_credited_within_the_caps(counter):
    counter.desk.credit("服务-01", "3")
    given = counter.uphold(counter.appeal(counter.rejected(quantity="2")))
    assert given.entry is not None
    assert given.entry.points == D(1)  # of 服务-01 a month gives 4


def test_what_was_cut_at_approval_is_credited_too(counter):
    claim = counter.desk.approve(counter.desk.claim("服务-02", "2"), figure="1")
    given = counter.uphold(counter.appeal(claim))
    assert given.entry is not None
    assert counter.points() == [D(1), D(3)]


def test_what_has_all_it_asked_for_leaves_nothing_to_credit(counter):
    claim = counter.desk.approve(counter.desk.claim("服务-02", "1"))
    opinion = counter.appeal(claim)
    assert remedies.implied(counter.session, opinion) is None
    with pytest.raises(BadRemedy, match=f"#{claim.id} 已经按申报计分"):
        counter.uphold(opinion, remedy=f"#{claim.id}")


def test_a_deduction_of_ones_own_is_reversed(counter):
    claim = counter.desk.approve(counter.desk.claim("纪律-01", "1"))
    counter.uphold(counter.appeal(claim))
    assert counter.points() == [D(-2), D(2)]


def test_an_upheld_objection_reverses_the_entry_of_an_approved_claim(counter):
    cast, early = counter.desk.cast, at(date(2026, 11, 2), 9)
    claim = counter.desk.approve(counter.desk.claim(of=cast.wang_fang, day=date(2026, 10, 30), now=early), now=early)
    disclose(counter.session, cast.first_branch)
    opinion = counter.appeal(claim, by=cast.zhang_san)
    given = counter.uphold(opinion)
    assert given.entry is not None
    assert (given.entry.source, given.entry.about_month) == (Source.REVERSAL, OCTOBER)
    assert counter.points(cast.wang_fang) == [D(1), D(-1)]
    assert counter.told("points_corrected") == ["王芳"]
    assert claim.status is ClaimStatus.APPROVED


def test_an_entry_that_was_named_is_reversed(counter):
    cast = counter.desk.cast
    entry = counter.enter(cast.zhang_san, "-2", code="纪律-01")
    given = counter.uphold(counter.about_entry(entry, by=cast.zhang_san), by=cast.he_min)
    assert given.entry is not None
    assert given.entry.reverses_id == entry.id


def test_what_has_been_reversed_meanwhile_is_not_reversed_again(counter):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    entry = counter.enter(cast.wang_fang, "2", by=cast.sun_lei)
    first = counter.about_entry(entry, by=cast.zhang_san)
    second = counter.about_entry(entry, by=cast.liu_qiang)
    counter.uphold(first)
    assert counter.uphold(second).entry is None
    third = counter.about(cast.wang_fang)
    with pytest.raises(AlreadyReversed):
        counter.uphold(third, remedy=f"J{entry.id}")


def test_where_a_result_was_named_who_upholds_says_what_changes(counter):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    entry = counter.enter(cast.wang_fang, "2", by=cast.sun_lei)
    opinion = counter.about(cast.wang_fang)
    assert remedies.implied(counter.session, opinion) is None
    assert [remedy.value for remedy in remedies.options(counter.session, opinion)] == [f"J{entry.id}", "不变"]
    assert counter.uphold(opinion, remedy=f"J{entry.id}").entry


def test_of_ones_own_result_the_options_are_what_was_denied_and_deducted(counter):
    cast, early = counter.desk.cast, at(date(2026, 11, 2), 9)
    day = date(2026, 10, 30)
    rejected = counter.desk.reject(counter.desk.claim(day=day, now=early), now=early)
    counter.desk.claim("服务-02", day=day, now=early)
    disclose(counter.session, cast.first_branch)
    counter.enter(cast.zhang_san, "2")
    lost = counter.enter(cast.zhang_san, "-2", code="纪律-01")
    opinion = counter.about(cast.zhang_san)
    counter.uphold(counter.about_entry(counter.enter(cast.zhang_san, "-1"), by=cast.zhang_san), by=cast.he_min)
    values = [remedy.value for remedy in remedies.options(counter.session, opinion)]
    assert values == [f"#{rejected.id}", f"J{lost.id}", "不变"]


def test_an_item_nobody_claimed_can_be_credited(counter):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    given = counter.uphold(counter.about(cast.zhang_san), remedy="服务-02")
    assert given.entry is not None
    assert (given.entry.points, given.entry.about_month, given.entry.day) == (D(2), OCTOBER, None)
    assert given.opinion.remedy == "服务-02"


def test_nothing_changes_where_it_has_been_put_right(counter):
    disclose(counter.session, counter.desk.cast.first_branch)
    given = counter.uphold(counter.about(counter.desk.cast.wang_fang), remedy="不变")
    assert (given.entry, given.opinion.status) == (None, OpinionStatus.UPHELD)


@pytest.mark.parametrize("value", ["J99", "#99", "没有-01", "J1", "#1", "R1:服务-02"])
def test_a_remedy_is_of_the_same_member_branch_and_month(counter, value):
    cast = counter.desk.cast
    counter.enter(cast.liu_qiang, "2")  # J1
    counter.desk.claim(of=cast.liu_qiang)  # #1
    disclose(counter.session, cast.first_branch)
    with pytest.raises(BadRemedy):
        counter.uphold(counter.about(cast.wang_fang), remedy=value)


def test_an_upheld_appeal_about_a_follow_up_writes_nothing(counter):
    cast = counter.desk.cast
    follow_up = under_the_mark(counter.session, cast.zhang_san)
    follow_up.recorded_by_id = cast.wang_jianjun.id
    opinion = filing.appeal_follow_up(counter.session, follow_up, "当月住院", by=cast.zhang_san, now=NOW)
    assert (opinion.kind, opinion.follow_up_id, opinion.month) == (OpinionKind.APPEAL, follow_up.id, OCTOBER)
    # 王建军 has recorded the talk, so that another one answers.
    assert [seat.name for seat in answerers.answerers(counter.session, opinion, NOW).asked] == ["何敏"]
    assert counter.uphold(opinion, by=cast.he_min).entry is None
    assert remedies.options(counter.session, Opinion(kind=OpinionKind.SUGGESTION))[0].value == "不变"


def test_what_the_answerer_decided_is_handed_on(counter):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    entry = counter.enter(cast.wang_fang, "2")  # by 王建军
    opinion = counter.about(cast.wang_fang)
    due = opinion.due_at
    given = counter.uphold(opinion, remedy=f"J{entry.id}")
    assert (given.handed_on, given.entry, opinion.status) == (True, None, OpinionStatus.OPEN)
    assert (opinion.entry_id, opinion.due_at) == (entry.id, due)
    assert [seat.name for seat in answerers.answerers(counter.session, opinion, NOW).asked] == ["何敏"]
    assert counter.told("opinion_waiting") == ["王建军", "何敏"]
    assert counter.uphold(opinion, by=cast.he_min).entry
    assert [step.verdict for step in opinions.steps_of(counter.session, opinion)] == [
        Verdict.HANDED_ON,
        Verdict.UPHELD,
    ]


def test_a_claim_the_answerer_decided_is_handed_on_too(counter):
    cast, early = counter.desk.cast, at(date(2026, 11, 2), 9)
    day = date(2026, 10, 30)
    claim = counter.desk.reject(counter.desk.claim(day=day, now=early), by=cast.wang_jianjun, now=early)
    disclose(counter.session, cast.first_branch)
    opinion = counter.about(cast.zhang_san)
    assert counter.uphold(opinion, remedy=f"#{claim.id}").handed_on
    assert opinion.claim_id == claim.id


def test_with_nobody_else_there_is_nobody_to_hand_on_to(counter):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    entry = counter.enter(cast.wang_fang, "2")
    opinion = counter.about(cast.wang_fang)
    for office in (Office.DEPUTY_SECRETARY, Office.DISCIPLINE_COMMISSIONER):
        counter.dismiss(office, cast.first_branch)
    counter.dismiss(Office.SECRETARY, cast.committee)
    with pytest.raises(NobodyAbove):
        counter.uphold(opinion, remedy=f"J{entry.id}", now=NOW + timedelta(microseconds=1))


def test_a_month_that_is_final_gets_its_correction_now(counter):
    cast, early = counter.desk.cast, at(date(2026, 11, 2), 9)
    claim = counter.desk.reject(counter.desk.claim(day=date(2026, 10, 30), now=early), now=early)
    disclose(counter.session, cast.first_branch)
    given = counter.uphold(counter.appeal(claim))
    assert given.entry is not None
    assert (given.entry.about_month, given.entry.booked_month) == (OCTOBER, NOVEMBER)
    assert standings.score_of(counter.session, cast.zhang_san, OCTOBER)[0] == D(71)


def test_what_was_upheld_is_not_undone_by_who_had_decided(counter):
    claim = counter.rejected()
    opinion = counter.appeal(claim)
    counter.uphold(opinion)
    with pytest.raises(TooLateToUndo, match=f"#{claim.id} 已按 Y{opinion.id} 的答复更正"):
        deciding.undo(counter.session, claim.id, by=counter.desk.cast.li_si, now=NOW)


def test_restoring_is_a_new_entry(counter):
    cast, early = counter.desk.cast, at(date(2026, 11, 2), 9)
    claim = counter.desk.approve(counter.desk.claim(day=date(2026, 10, 30), now=early), now=early)
    disclose(counter.session, cast.first_branch)
    counter.uphold(counter.appeal(claim, by=cast.wang_fang))
    counter.uphold(counter.appeal(claim), by=cast.he_min)
    assert counter.points() == [D(1), D(-1), D(1)]
    assert remedies.net(counter.session, claim) == D(1)


def test_what_an_objection_took_back_is_restored_once_by_an_appeal(counter):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    entry = counter.enter(cast.wang_fang, "2")
    reversal = counter.uphold(counter.about_entry(entry, by=cast.zhang_san), by=cast.he_min).entry
    assert reversal is not None
    opinion = counter.about_entry(reversal, by=cast.wang_fang)
    counter.enter(cast.wang_fang, "5", code="服务-01")  # 服务 gives 6 a month
    restored = counter.uphold(opinion).entry
    assert restored is not None
    assert (restored.source, restored.points, restored.day, restored.item_code) == (
        Source.APPEAL,
        D(1),
        entry.day,
        entry.item_code,
    )
    assert opinion.remedy == f"+J{reversal.id}"
    again = Matter(entry=reversal, member=cast.wang_fang, month=OCTOBER)
    other = filing.file(counter.session, again, "还没恢复", by=cast.liu_qiang, now=NOW)
    assert counter.uphold(other).entry is None


def test_what_has_no_item_is_restored_as_it_was(counter):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    entry = counter.enter(cast.wang_fang, "5", code=None)
    reversal = counter.uphold(counter.about_entry(entry, by=cast.zhang_san), by=cast.he_min).entry
    assert reversal is not None
    restored = counter.uphold(counter.about_entry(reversal, by=cast.wang_fang)).entry
    assert restored is not None
    assert (restored.points, restored.item_code) == (D(5), None)


def test_what_became_of_a_claim_is_one_matter(counter):
    claim = counter.desk.approve(counter.desk.claim("纪律-01", "1"))
    (entry,) = counter.desk.entries()
    opinion = counter.about_entry(entry, by=claim.member)
    assert (opinion.claim_id, opinion.entry_id) == (claim.id, None)
