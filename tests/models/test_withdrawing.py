"""Withdrawing an opinion: by its sender, while it waits for an answer (rules 14, 32)."""

from datetime import date

import pytest

from models import answering, filing, opinions, talks, withdrawing
from models.consequences import FollowUpStatus
from models.errors import NotFound
from models.months import at
from models.notices import NoticeStatus
from models.opinions import OpinionStatus, Verdict
from models.withdrawing import NotOpen
from tests.cast import NOW
from tests.models.counter import under_the_mark
from tests.models.desk import Desk


def suggestion(desk: Desk) -> opinions.Opinion:
    return filing.suggest(desk.session, "小组会早点开", by=desk.cast.zhang_san, openid="", now=NOW)


def test_an_opinion_is_withdrawn_and_who_should_have_answered_is_told(desk: Desk):
    opinion = suggestion(desk)
    withdrawn, asked = withdrawing.withdraw(desk.session, opinion.id, by=desk.cast.zhang_san, now=NOW)
    assert withdrawn.status is OpinionStatus.WITHDRAWN
    assert [seat.name for seat in asked] == ["王建军"]
    assert [step.verdict for step in opinions.steps_of(desk.session, opinion)] == [Verdict.WITHDRAWN]
    told = {notice.kind: (notice.status, notice.due) for notice in desk.notices()}
    assert told == {
        "opinion_waiting": (NoticeStatus.LAPSED, NOW),
        "opinion_withdrawn": (NoticeStatus.QUEUED, NOW),
    }
    with pytest.raises(opinions.AlreadyAnswered):
        answering.uphold(desk.session, opinion.id, "好", by=desk.cast.wang_jianjun, now=NOW)
    with pytest.raises(NotOpen, match="Y1 已经撤回"):
        withdrawing.withdraw(desk.session, opinion.id, by=desk.cast.zhang_san, now=NOW)


def test_an_answered_opinion_and_anothers_are_not_withdrawn(desk: Desk):
    opinion = suggestion(desk)
    with pytest.raises(NotFound, match="没有找到 Y1"):
        withdrawing.withdraw(desk.session, opinion.id, by=desk.cast.wang_fang, now=NOW)
    answering.refuse(desk.session, opinion.id, "不合适", by=desk.cast.wang_jianjun, now=NOW)
    with pytest.raises(NotOpen, match="Y1 已经答复，以答复为准"):
        withdrawing.withdraw(desk.session, opinion.id, by=desk.cast.zhang_san, now=NOW)


def test_of_a_withdrawn_report_neither_evening_nor_hour_is_told(desk: Desk):
    report = filing.report(desk.session, "有人经常脱岗", by=desk.cast.zhang_san, openid="", now=NOW)
    _, asked = withdrawing.withdraw(desk.session, report.id, by=desk.cast.zhang_san, now=NOW)
    assert asked == ()  # nobody has been told of it yet
    late = filing.report(desk.session, "有人经常脱岗", by=desk.cast.zhang_san, openid="", now=NOW)
    evening = at(date(2026, 11, 23), 20)
    withdrawing.withdraw(desk.session, late.id, by=desk.cast.zhang_san, now=evening)
    assert [n.due for n in desk.notices("opinion_withdrawn")] == [at(date(2026, 11, 24), 9)]


def test_a_follow_up_goes_on_when_its_objection_is_withdrawn_which_may_be_made_again(desk: Desk):
    found, me = under_the_mark(desk.session, desk.cast.zhang_san), desk.cast.zhang_san
    _, opinion = talks.dispute(desk.session, found.id, "当月住院", by=me, now=NOW)
    assert not talks.wake(desk.session, found.id, now=NOW)
    withdrawing.withdraw(desk.session, opinion.id, by=me, now=NOW)
    assert talks.resting(desk.session) == [found.id]
    assert talks.wake(desk.session, found.id, now=NOW)
    assert found.status is FollowUpStatus.OPEN
    _, again = talks.dispute(desk.session, found.id, "当月住院，有证明", by=me, now=NOW)
    assert again.status is OpinionStatus.OPEN
