"""Answering opinions: who may, what it changes, and the two levels with their days (rules 14, 15)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from models import answerers, answering, deciding, filing, opinions, remedies, standings
from models.answering import NobodyAbove, NotTakenUp, NotYours, ReasonMissing
from models.appointments import Office
from models.claims import ClaimStatus
from models.deciding import TooLateToUndo
from models.errors import NotFound
from models.ledger import AlreadyReversed
from models.matters import Matter
from models.months import at
from models.opinions import AlreadyAnswered, Opinion, OpinionKind, OpinionStatus, SenderLook, Verdict
from models.remedies import BadRemedy
from models.rulebooks import Source
from tests.cast import NOW
from tests.models.counter import NOVEMBER, OCTOBER, Counter, disclose, under_the_mark

D = Decimal
INSTANT = timedelta(microseconds=1)


# Who answers


@pytest.mark.parametrize(
    ("sender", "about", "answers"),
    [
        ("zhang_san", "wang_fang", "王建军"),
        ("zhang_san", "wang_jianjun", "何敏"),
        ("wang_jianjun", "wang_fang", "何敏"),
        ("he_min", "wang_jianjun", "孙磊"),
        ("sun_lei", "he_min", "王建军"),
        ("wang_jianjun", "he_min", "孙磊"),
    ],
)
def test_nobody_answers_what_concerns_themselves(counter, sender, about, answers):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    opinion = counter.about(getattr(cast, about), by=getattr(cast, sender))
    assert [seat.name for seat in answerers.answerers(counter.session, opinion, NOW).asked] == [answers]
    for concerned in (getattr(cast, about), getattr(cast, sender)):
        with pytest.raises((NotFound, NotYours)):
            counter.refuse(opinion, by=concerned)


@pytest.mark.parametrize("decider", ["wang_jianjun", "he_min", "sun_lei"])
def test_who_decided_the_matter_does_not_answer_for_it(counter, decider):
    cast = counter.desk.cast
    entry = counter.enter(cast.zhang_san, "-2", code="纪律-01", by=getattr(cast, decider))
    opinion = counter.about_entry(entry, by=cast.zhang_san)
    assert getattr(cast, decider).id not in answerers.answerers(counter.session, opinion, NOW).allowed
    with pytest.raises((NotFound, NotYours)):
        counter.uphold(opinion, by=getattr(cast, decider))


def test_with_nobody_free_in_the_branch_the_level_above_answers_at_once(counter):
    cast = counter.desk.cast
    for office in (Office.DEPUTY_SECRETARY, Office.DISCIPLINE_COMMISSIONER):
        counter.dismiss(office, cast.first_branch)
    disclose(counter.session, cast.first_branch)
    opinion = counter.about(cast.wang_jianjun)
    assert (opinion.level, opinion.first_level) == (1, 1)
    assert opinion.due_at == at(date(2026, 11, 28))  # 5 working days
    counter.refuse(opinion, by=cast.zhou_guoping)
    assert opinion.status is OpinionStatus.DISMISSED  # there is nobody above


def test_other_members_of_the_committee_answer_when_the_three_may_not(counter):
    cast = counter.desk.cast
    counter.appoint(cast.ma_chao, Office.ORGANIZATION_COMMISSIONER, cast.first_branch)
    for office in (Office.DEPUTY_SECRETARY, Office.DISCIPLINE_COMMISSIONER):
        counter.dismiss(office, cast.first_branch)
    disclose(counter.session, cast.first_branch)
    opinion = counter.about(cast.wang_jianjun)
    assert counter.refuse(opinion, by=cast.ma_chao).status is OpinionStatus.REFUSED


def test_above_the_party_affairs_officer_answers_where_the_secretary_may_not(counter):
    cast = counter.desk.cast
    counter.appoint(cast.sun_li, Office.PARTY_AFFAIRS_OFFICER, cast.committee)
    entry = counter.enter(cast.wang_jianjun, "-2", code="纪律-01", by=cast.zhou_guoping)
    opinion = counter.about_entry(entry, by=cast.wang_jianjun)
    counter.refuse(opinion, by=cast.he_min)
    counter.take_up(opinion)
    assert [seat.name for seat in answerers.answerers(counter.session, opinion, NOW).asked] == ["孙丽"]


def test_who_cannot_be_reached_is_not_asked_but_may_answer(counter):
    cast = counter.desk.cast
    opinion = counter.appeal(counter.rejected())
    counter.dismiss(Office.SECRETARY, cast.first_branch)
    counter.appoint(cast.liu_defu, Office.SECRETARY, cast.first_branch)  # without WeChat
    found = answerers.answerers(counter.session, opinion, NOW + INSTANT)
    assert [seat.name for seat in found.asked] == ["何敏"]
    assert found.allowed == {cast.liu_defu.id, cast.he_min.id}
    counter.dismiss(Office.DEPUTY_SECRETARY, cast.first_branch)
    counter.dismiss(Office.DISCIPLINE_COMMISSIONER, cast.first_branch)
    found = answerers.answerers(counter.session, opinion, NOW + 2 * INSTANT)
    assert (found.asked, found.allowed) == ((), {cast.liu_defu.id})


def test_a_level_that_has_gone_has_nobody_to_answer(counter):
    cast = counter.desk.cast
    opinion = filing.report(counter.session, "王建军总迟到", by=cast.zhang_san, openid="", now=NOW)
    counter.dismiss(Office.SECRETARY, cast.committee)
    assert answerers.answerers(counter.session, opinion, NOW + INSTANT).allowed == frozenset()


def test_a_plain_member_sees_no_opinion_of_others(counter):
    opinion = counter.appeal(counter.rejected())
    for number in (opinion.id, 99):
        with pytest.raises(NotFound, match=f"没有找到 Y{number}"):
            answering.refuse(counter.session, number, "不", by=counter.desk.cast.wang_fang, now=NOW)


def test_who_may_see_it_may_not_always_answer(counter):
    cast = counter.desk.cast
    opinion = counter.appeal(counter.rejected())
    counter.refuse(opinion)
    counter.take_up(opinion)
    with pytest.raises(NotYours, match="与您有关"):
        counter.uphold(opinion)  # he answered it below
    counter.dismiss(Office.SECRETARY, cast.first_branch)
    assert counter.uphold(opinion, by=cast.zhou_guoping).entry


# What upholding changes


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
        counter.uphold(opinion, remedy=f"J{entry.id}", now=NOW + INSTANT)


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


# Refusing, and the level above


def test_an_answer_has_a_reason(counter):
    opinion = counter.appeal(counter.rejected())
    with pytest.raises(ReasonMissing):
        answering.refuse(counter.session, opinion.id, "", by=counter.desk.cast.wang_jianjun, now=NOW)


def test_one_answer_stands(counter):
    opinion = counter.appeal(counter.rejected())
    counter.uphold(opinion)
    with pytest.raises(AlreadyAnswered, match=f"Y{opinion.id} 已经答复（王建军）"):
        counter.refuse(opinion)


def test_a_refusal_may_be_taken_up_within_two_working_days(counter):
    opinion = counter.refuse(counter.appeal(counter.rejected()))
    assert (opinion.status, opinion.due_at) == (OpinionStatus.REFUSED, at(date(2026, 11, 25)))
    late = at(date(2026, 11, 25))
    with pytest.raises(NotTakenUp):
        counter.take_up(opinion, now=late)
    counter.take_up(opinion, now=late - INSTANT)
    assert (opinion.status, opinion.level, opinion.due_at) == (OpinionStatus.OPEN, 1, at(date(2026, 12, 2)))
    assert counter.told("opinion_waiting") == ["王建军", "周国平"]
    assert answerers.waiting_for(counter.session, counter.desk.cast.zhou_guoping, late) == [opinion]


def test_the_days_of_both_levels_over_the_october_holidays(counter):
    # Wednesday, September 30. October 1 to 7 are holidays, Saturday the 10th is worked.
    filed = at(date(2026, 9, 30), 15)
    claim = counter.desk.claim(day=date(2026, 9, 29), now=filed)
    counter.desk.reject(claim, now=filed)
    opinion = counter.appeal(claim, now=filed)
    assert opinion.due_at == at(date(2026, 10, 11))  # 8, 9, 10
    answered = at(date(2026, 10, 10), 16)
    counter.refuse(opinion, now=answered)
    assert opinion.due_at == at(date(2026, 10, 14))  # 12, 13
    counter.take_up(opinion, now=at(date(2026, 10, 13), 23))
    assert opinion.due_at == at(date(2026, 10, 21))  # 14, 15, 16, 19, 20
    counter.refuse(opinion, by=counter.desk.cast.zhou_guoping, now=at(date(2026, 10, 20), 10))
    assert opinion.status is OpinionStatus.DISMISSED


@pytest.mark.parametrize("status", list(OpinionStatus))
def test_only_a_refusal_is_taken_up(counter, status):
    opinion = counter.appeal(counter.rejected())
    opinions.change(counter.session, opinion, OpinionStatus.OPEN, status=status)
    if status is OpinionStatus.REFUSED:
        assert counter.take_up(opinion).level == 1
    else:
        with pytest.raises(NotTakenUp):
            counter.take_up(opinion)


def test_nobody_takes_up_what_another_filed(counter):
    opinion = counter.refuse(counter.appeal(counter.rejected()))
    for number in (opinion.id, 99):
        with pytest.raises(NotFound, match=f"没有找到 Y{number}"):
            answering.take_up(counter.session, number, "再看", by=counter.desk.cast.wang_fang, now=NOW)


def test_where_the_level_above_has_gone_the_refusal_stands(counter):
    opinion = counter.refuse(counter.appeal(counter.rejected()))
    counter.dismiss(Office.SECRETARY, counter.desk.cast.committee)
    with pytest.raises(NotTakenUp, match="没有可以复核的上一级"):
        counter.take_up(opinion, now=NOW + INSTANT)


def test_until_the_last_answer_a_month_is_unanswered(counter):
    opinion = counter.appeal(counter.rejected())
    branch_id, month = opinion.organization_id, NOVEMBER

    def waits() -> bool:
        return bool(opinions.unanswered(counter.session, branch_id, month))

    assert waits()
    counter.refuse(opinion)
    assert waits()
    counter.take_up(opinion)
    assert waits()
    counter.refuse(opinion, by=counter.desk.cast.zhou_guoping)
    assert not waits()


def test_a_refusal_nobody_took_up_lapses(counter):
    opinion = counter.refuse(counter.appeal(counter.rejected()))
    assert not answering.lapse(counter.session, opinion, now=opinion.due_at - INSTANT)
    assert answering.lapse(counter.session, opinion, now=opinion.due_at)
    assert not answering.lapse(counter.session, opinion, now=opinion.due_at)
    assert opinions.steps_of(counter.session, opinion)[-1].verdict is Verdict.LAPSED


def test_what_was_taken_up_between_looking_and_acting_does_not_lapse(counter):
    opinion = counter.refuse(counter.appeal(counter.rejected()))
    counter.session.flush()
    counter.session.expunge(opinion)
    fresh = counter.session.get_one(Opinion, opinion.id)
    counter.take_up(fresh)
    counter.session.expunge(fresh)
    counter.session.add(opinion)
    assert not answering.lapse(counter.session, opinion, now=at(date(2026, 12, 1)))


# Suggestions and reports


def suggest(counter: Counter) -> Opinion:
    cast = counter.desk.cast
    return filing.suggest(counter.session, "多办活动", by=cast.zhang_san, openid="", now=NOW)


def test_a_suggestion_is_adopted_or_not_and_its_sender_told(counter):
    assert counter.uphold(suggest(counter)).opinion.status is OpinionStatus.UPHELD
    assert counter.refuse(suggest(counter)).status is OpinionStatus.DISMISSED
    assert counter.told("opinion_answered") == ["张三", "张三"]


def test_a_follower_is_told_by_openid(counter):
    cast = counter.desk.cast
    for openid in ("o-new", None):  # unfollowed since
        opinion = filing.suggest(counter.session, "多办活动", by=None, openid="o-new", now=NOW)
        opinion.openid = openid
        counter.refuse(opinion, by=cast.zhou_guoping)
    (notice,) = counter.desk.notices("opinion_answered")
    assert (notice.member_id, notice.openid) == (None, "o-new")


def test_a_suggestion_is_passed_up(counter):
    cast = counter.desk.cast
    opinion = suggest(counter)
    answering.pass_up(counter.session, opinion.id, "全系统的事", by=cast.wang_jianjun, now=NOW)
    assert (opinion.level, opinion.status, opinion.due_at) == (1, OpinionStatus.OPEN, at(date(2026, 11, 28)))
    assert counter.told("opinion_answered") == ["张三"]
    with pytest.raises(NotYours, match="不由您答复"):
        counter.uphold(opinion)
    with pytest.raises(NobodyAbove):
        answering.pass_up(counter.session, opinion.id, "再上", by=cast.zhou_guoping, now=NOW)
    assert counter.uphold(opinion, by=cast.zhou_guoping).opinion.status is OpinionStatus.UPHELD


def test_an_appeal_is_answered_where_it_is(counter):
    opinion = counter.appeal(counter.rejected())
    with pytest.raises(NotYours, match="由本级先答复"):
        answering.pass_up(counter.session, opinion.id, "请上级定", by=counter.desk.cast.wang_jianjun, now=NOW)


def test_a_reports_sender_is_looked_at_by_the_level_above_alone_and_that_is_logged(counter):
    cast, later = counter.desk.cast, at(date(2026, 11, 23), 9)
    opinion = filing.report(counter.session, "王建军总迟到", by=cast.zhang_san, openid="", now=NOW)
    assert answering.sender_of(counter.session, opinion.id, by=cast.zhou_guoping, now=later).member is cast.zhang_san
    (look,) = counter.session.scalars(select(SenderLook)).all()
    assert (look.opinion_id, look.member_id, look.at) == (opinion.id, cast.zhou_guoping.id, later)


def test_the_branch_never_looks_at_a_reports_sender(counter):
    cast, later = counter.desk.cast, at(date(2026, 11, 23), 9)
    opinion = filing.report(counter.session, "王芳总迟到", by=cast.zhang_san, openid="", now=NOW)
    for asker in (cast.wang_jianjun, cast.he_min, cast.zhang_san, cast.wang_fang):
        with pytest.raises(NotFound):
            answering.sender_of(counter.session, opinion.id, by=asker, now=later)
    assert counter.session.scalars(select(SenderLook)).all() == []


def test_only_a_report_has_a_sender_to_protect(counter):
    cast = counter.desk.cast
    opinion = filing.suggest(counter.session, "多办活动", by=None, openid="o-new", now=NOW)
    with pytest.raises(NotFound):
        answering.sender_of(counter.session, opinion.id, by=cast.zhou_guoping, now=NOW)
