"""Opinions that wait: reminders, the level above, and refusals that nobody took up (rules 14)."""

from datetime import date, timedelta

import pytest

from jobs import followers as forgetting
from jobs import opinions as job
from jobs import rounds as rounding
from models import answering, filing, followers, opinions, rounds
from models.appointments import Office
from models.months import at
from models.opinions import Opinion, OpinionStatus
from models.rounds import RoundState
from models.sessions import Sessions
from tests.cast import NOW
from tests.jobs.test_claims import Watched
from tests.models.counter import OCTOBER, Counter, disclose
from tests.models.desk import Desk

INSTANT = timedelta(microseconds=1)
# NOW is Friday, November 20: an answer is due at the end of Wednesday, the 25th.
LAST_DAY, OVER = at(date(2026, 11, 25), 9), at(date(2026, 11, 26))


@pytest.fixture
def counter(desk: Desk) -> Counter:
    return Counter(desk)


@pytest.fixture
def appeal(counter: Counter) -> Opinion:
    return counter.appeal(counter.rejected())


def test_who_answers_is_reminded_on_the_last_day_and_each_working_day_after(counter, appeal, within: Sessions):
    assert job.remind(within, now=LAST_DAY - INSTANT) == 0
    assert job.remind(within, now=LAST_DAY) == 1
    assert job.remind(within, now=LAST_DAY + timedelta(hours=3)) == 0
    assert job.remind(within, now=LAST_DAY + timedelta(days=1)) == 1
    assert job.remind(within, now=at(date(2026, 11, 27), 9)) == 1
    assert job.remind(within, now=at(date(2026, 11, 28), 9)) == 0  # a Saturday
    assert counter.told("opinion_due") == ["王建军"] * 3


def test_a_standstill_of_days_is_made_up_for_once(counter, appeal, within: Sessions):
    assert [job.remind(within, now=at(date(2026, 12, 2), hour)) for hour in (9, 10)] == [1, 0]


def test_what_was_answered_is_not_reminded_of(counter, appeal, within: Sessions):
    counter.refuse(appeal)
    assert (job.remind(within, now=OVER), job.tell_above(within, now=OVER)) == (0, 0)


def test_a_report_is_not_reminded_of_before_it_is_shown(counter, within: Sessions):
    opinion = filing.report(counter.session, "王芳脱岗", by=counter.desk.cast.zhang_san, openid="", now=NOW)
    opinion.due_at = NOW
    assert job.remind(within, now=NOW) == 0


def test_the_level_above_is_told_once_when_an_answer_is_late(counter, appeal, within: Sessions):
    assert job.tell_above(within, now=OVER - INSTANT) == 0
    assert [job.tell_above(within, now=OVER + n * INSTANT) for n in range(3)] == [1, 0, 0]
    assert counter.told("opinion_overdue") == ["周国平"]
    (notice,) = counter.desk.notices("opinion_overdue")
    assert notice.facts == {"opinion": appeal.id, "asked": "王建军"}


def test_the_level_above_is_told_no_second_time_of_what_was_handed_on_beside_it(counter, within: Sessions):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    entry = counter.enter(cast.wang_fang, "2")  # by 王建军
    opinion = counter.about(cast.wang_fang)
    assert job.tell_above(within, now=OVER) == 1
    assert counter.uphold(opinion, remedy=f"J{entry.id}", now=OVER).handed_on
    assert job.tell_above(within, now=OVER + INSTANT) == 0
    assert job.remind(within, now=at(date(2026, 11, 27), 9)) == 1
    assert counter.told("opinion_overdue") == ["周国平"]
    assert counter.told("opinion_due") == ["何敏"]


def test_a_follower_who_left_is_forgotten_and_what_was_said_stays(counter, within: Sessions):
    opinion = filing.suggest(counter.session, "多办活动", by=None, openid="o-gone", now=NOW)
    followers.touch(counter.session, "o-gone", followers.Touch.MESSAGE, NOW)
    followers.unfollow(counter.session, "o-gone", NOW)
    assert forgetting.forget(within, now=NOW + timedelta(days=30)) == 1
    counter.session.refresh(opinion)
    assert (opinion.openid, opinion.text) == (None, "多办活动")


def test_where_there_is_nobody_above_nobody_is_told(counter, appeal, within: Sessions):
    counter.dismiss(Office.SECRETARY, counter.desk.cast.committee)
    assert job.tell_above(within, now=OVER) == 1
    assert counter.told("opinion_overdue") == []


def test_each_level_has_its_own_day(counter, appeal, within: Sessions):
    job.remind(within, now=LAST_DAY)
    job.tell_above(within, now=OVER)
    counter.refuse(appeal, now=OVER)
    counter.take_up(appeal, now=OVER)
    due = at(date(2026, 12, 4))
    assert appeal.due_at == due
    assert job.remind(within, now=at(date(2026, 12, 3), 9)) == 1
    assert job.tell_above(within, now=due) == 1
    assert counter.told("opinion_due") == ["王建军", "周国平"]


def test_a_refusal_nobody_took_up_lapses(counter, appeal, within: Sessions):
    counter.refuse(appeal)
    until = appeal.due_at
    assert job.lapse(within, now=until - INSTANT) == 0
    assert [job.lapse(within, now=until) for _ in range(2)] == [1, 0]
    assert counter.session.get_one(Opinion, appeal.id).status is OpinionStatus.DISMISSED


@pytest.mark.parametrize("act", [job.remind, job.tell_above])
def test_what_was_answered_between_looking_and_acting_is_left_alone(counter, appeal, within: Sessions, act):
    watched = Watched(within, lambda: counter.refuse(appeal) if appeal.status is OpinionStatus.OPEN else None)
    assert act(watched, now=OVER) == 0


def test_a_month_with_an_open_objection_does_not_become_final(counter, within: Sessions):
    cast = counter.desk.cast
    found = disclose(counter.session, cast.first_branch)
    opinion = counter.about(cast.wang_fang)
    assert found.final_from is not None
    # 9:00 of the first working day after the disclosure has come, and days more.
    answered = at(date(2026, 12, 1), 10)
    assert rounding.finish(within, now=answered) == 0
    counter.refuse(opinion, now=answered)
    assert rounding.finish(within, now=answered) == 0  # it may still be taken up
    until = counter.session.get_one(Opinion, opinion.id).due_at
    assert (job.lapse(within, now=until), rounding.finish(within, now=until)) == (1, 1)
    done = rounds.find_anew(counter.session, cast.first_branch.id, OCTOBER)
    assert done is not None
    assert done.state is RoundState.FINAL


def test_a_month_becomes_final_as_soon_as_the_last_is_answered(counter, within: Sessions):
    cast = counter.desk.cast
    disclose(counter.session, cast.first_branch)
    opinion = counter.about(cast.wang_fang)
    late = at(date(2026, 12, 1), 10)
    assert rounding.finish(within, now=late) == 0
    answering.uphold(counter.session, opinion.id, "改过了", by=cast.wang_jianjun, now=late, remedy="不变")
    assert opinions.unanswered(counter.session, cast.first_branch.id, OCTOBER) == []
    assert rounding.finish(within, now=late) == 1
