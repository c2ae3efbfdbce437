"""Answering opinions: who may, and the two levels with their days (rules 14)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import answerers, answering, filing, opinions
from models.answering import NobodyAbove, NotTakenUp, NotYours, ReasonMissing
from models.appointments import Office
from models.errors import NotFound
from models.months import at
from models.opinions import AlreadyAnswered, Opinion, OpinionStatus, SenderLook, Verdict
from tests.cast import NOW
from tests.models.counter import NOVEMBER, Counter, disclose

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


def suggest(counter: Counter) -> Opinion:
    cast = counter.desk.cast
    return filing.suggest(counter.session, "多办活动", by=cast.zhang_san, openid="", now=NOW)


# Suggestions and reports


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
