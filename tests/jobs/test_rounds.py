"""The rounds by the clock: begun, reviewed, reminded of and final, each once, however long it slept (rules 14)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs import rounds as job
from models import answering, finalizing, reviewing, rounds
from models.months import Month, at
from models.notices import Notice
from models.organizations import Nature, Organization, OrganizationKind
from models.results import Result
from models.rounds import Round, RoundState
from models.rulebooks import NoRulebook, RulebookVersion
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import NOVEMBER, Desk, together
from tests.models.round_desk import (
    CLOSED,
    FINAL,
    INSTANT,
    OCTOBER,
    REVIEWED,
    SUBMITTED,
    begin,
    objection,
    review,
    submit,
)

MINUTE = timedelta(minutes=1)


def states(desk: Desk) -> dict[tuple[str, str], str]:
    """Every round by branch and month."""
    desk.session.expire_all()
    found = desk.session.execute(select(Organization.name, Round.month, Round.state).join(Round))
    return {(name, str(month)): state.value for name, month, state in found}


# Begun


def test_the_present_months_round_arises_in_every_branch_once(desk: Desk, within: Sessions):
    assert [job.begin(within, now=NOW + n * MINUTE) for n in range(3)] == [2, 0, 0]
    assert states(desk) == {("第一支部", "2026-11"): "open", ("第二支部", "2026-11"): "open"}


def test_the_next_one_arises_with_the_month(desk: Desk, within: Sessions):
    job.begin(within, now=NOW)
    assert job.begin(within, now=NOVEMBER.ends - INSTANT) == 0
    assert job.begin(within, now=NOVEMBER.ends) == 2
    found = rounds.find_anew(desk.session, desk.cast.first_branch.id, Month(2026, 12))
    assert found is not None
    assert found.claims_until == at(date(2027, 1, 6))


def test_months_slept_through_arise_at_the_next_run(desk: Desk, within: Sessions):
    job.begin(within, now=at(date(2026, 8, 31), 12))
    assert job.begin(within, now=NOW) == 2 * 3
    assert [month for name, month in sorted(states(desk)) if name == "第一支部"] == [
        "2026-08",
        "2026-09",
        "2026-10",
        "2026-11",
    ]


def test_a_temporary_a_retired_and_an_ended_branch_and_one_of_the_future_have_none(desk: Desk, within: Sessions):
    committee, day = desk.cast.committee.id, date(2026, 11, 30)
    for name, values in (
        ("临时支部", {"nature": Nature.TEMPORARY}),
        ("离退休支部", {"nature": Nature.RETIRED}),
        ("旧支部", {"ends_on": date(2026, 10, 31)}),
        ("新支部", {"starts_on": date(2026, 12, 1)}),
        ("月底支部", {"starts_on": day, "ends_on": day}),
    ):
        desk.session.add(Organization(name=name, kind=OrganizationKind.BRANCH, parent_id=committee, **values))
    desk.session.flush()
    assert job.begin(within, now=NOW) == 3
    assert ("月底支部", "2026-11") in states(desk)


def test_a_branch_that_ended_while_all_was_asleep_gets_the_rounds_until_then(desk: Desk, within: Sessions):
    job.begin(within, now=at(date(2026, 8, 31), 12))
    desk.cast.second_branch.ends_on = date(2026, 9, 15)
    desk.session.flush()
    job.begin(within, now=NOW)
    assert [month for name, month in sorted(states(desk)) if name == "第二支部"] == ["2026-08", "2026-09"]


def test_without_a_rulebook_there_is_nothing_to_score_and_no_round(desk: Desk, within: Sessions):
    desk.session.query(RulebookVersion).filter_by(organization_id=desk.cast.committee.id).delete()
    assert job.begin(within, now=NOW) == 1
    assert states(desk) == {("第一支部", "2026-11"): "open"}


# Reviewed


def test_review_opens_when_claims_close_and_the_committee_is_told(desk: Desk, within: Sessions):
    begin(desk.session, desk.cast.first_branch.id)
    begin(desk.session, desk.cast.second_branch.id)
    assert job.review(within, now=CLOSED - INSTANT) == 0
    assert [job.review(within, now=CLOSED + n * MINUTE) for n in range(2)] == [2, 0]
    assert set(states(desk).values()) == {"review"}
    assert desk.told("review_open") == ["王建军", "何敏", "孙磊", "钱进"]


def test_a_review_that_opens_late_ends_when_it_should_have(desk: Desk, within: Sessions):
    begin(desk.session, desk.cast.first_branch.id)
    assert job.review(within, now=at(date(2026, 11, 20))) == 1
    assert rounds.review_until(desk.session, desk.cast.first_branch.id, OCTOBER) == REVIEWED


# Reminded


def test_late_secretaries_are_reminded_and_then_the_level_above(desk: Desk, within: Sessions):
    review(desk.session, desk.cast.first_branch.id)
    review(desk.session, desk.cast.second_branch.id)
    days = [at(date(2026, 11, day), 9) for day in (10, 11, 12, 13, 14)]
    assert [job.remind(within, now=now) for now in days] == [0, 2, 2, 2, 0]
    assert desk.told("review_late") == ["王建军", "钱进"] * 3
    assert desk.told("review_late_above") == ["周国平"] * 2


def test_the_level_above_is_told_even_when_the_secretary_was_reminded_that_day(desk: Desk, within: Sessions):
    round_ = review(desk.session, desk.cast.first_branch.id)
    round_.reminded_on = date(2026, 11, 12)
    desk.session.flush()
    assert job.remind(within, now=at(date(2026, 11, 12), 9)) == 1
    assert (desk.told("review_late"), desk.told("review_late_above")) == ([], ["周国平"])


# Final


def test_a_month_becomes_final_the_morning_after_the_disclosure(desk: Desk, within: Sessions):
    submit(desk.session, desk.cast.first_branch.id, desk.cast.wang_jianjun)
    submit(desk.session, desk.cast.second_branch.id, desk.cast.qian_jin)
    assert job.finish(within, now=FINAL - INSTANT) == 0
    assert [job.finish(within, now=FINAL + n * MINUTE) for n in range(2)] == [2, 0]
    assert set(states(desk).values()) == {"final"}
    assert desk.session.query(Result).count() == 18


def test_an_unanswered_objection_keeps_one_branch_and_no_other_until_the_last_is_answered(desk: Desk, within: Sessions):
    submit(desk.session, desk.cast.first_branch.id, desk.cast.wang_jianjun)
    submit(desk.session, desk.cast.second_branch.id, desk.cast.qian_jin)
    opinion = objection(desk, by=desk.cast.zhang_san, about=desk.cast.wang_fang)
    assert job.finish(within, now=FINAL) == 1
    desk.session.expire_all()
    answering.refuse(desk.session, opinion.id, "有照片", by=desk.cast.wang_jianjun, now=FINAL)
    lapsed = at(date(2026, 11, 20))
    assert job.finish(within, now=lapsed) == 0
    assert answering.lapse(desk.session, opinion, now=lapsed)
    assert job.finish(within, now=lapsed) == 1  # at any hour: it waited for nothing else


def test_an_objection_that_comes_between_looking_and_acting_keeps_it(desk: Desk, within: Sessions):
    submit(desk.session, desk.cast.first_branch.id, desk.cast.wang_jianjun)
    opinion = objection(desk, by=desk.cast.zhang_san, about=desk.cast.wang_fang)
    opinion.month = NOVEMBER  # not about this month when the job looks
    desk.session.flush()

    def comes_between() -> None:
        opinion.month = OCTOBER
        desk.session.flush()

    assert job.finish(Between(within, comes_between), now=FINAL) == 0
    assert states(desk)["第一支部", "2026-10"] == "disclosure"


def test_one_branch_that_fails_holds_up_no_other(desk: Desk, within: Sessions):
    submit(desk.session, desk.cast.first_branch.id, desk.cast.wang_jianjun)
    submit(desk.session, desk.cast.second_branch.id, desk.cast.qian_jin)
    desk.session.query(RulebookVersion).filter_by(organization_id=desk.cast.first_branch.id).delete()
    desk.cast.first_branch.parent_id = None  # and nobody's rulebook is in force there
    desk.session.flush()
    with pytest.raises(ExceptionGroup, match="rounds that failed") as failed:
        job.finish(within, now=FINAL)
    assert [type(failure) for failure in failed.value.exceptions] == [NoRulebook]
    assert states(desk) == {("第一支部", "2026-10"): "disclosure", ("第二支部", "2026-10"): "final"}


class Between(Sessions):
    """Sessions of which each writing one begins after something else has happened."""

    def __init__(self, inner: Sessions, happens: Callable[[], None]) -> None:
        super().__init__(inner.engine)
        self._inner_sessions = inner
        self._happens = happens

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self._inner_sessions.read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        self._happens()
        with self._inner_sessions.write() as session:
            yield session


# Downtime over everything


def test_a_month_slept_through_heals_step_by_step_and_each_step_once(desk: Desk, within: Sessions):
    """Down from October 12 to November 24: the review is long over, but nobody can have submitted."""
    job.begin(within, now=at(date(2026, 10, 12)))
    now = at(date(2026, 11, 24), 14)
    for n in range(3):
        for run in (job.begin, job.review, job.remind, job.finish):
            run(within, now=now + n * MINUTE)
    assert states(desk) == {
        ("第一支部", "2026-10"): "review",
        ("第二支部", "2026-10"): "review",
        ("第一支部", "2026-11"): "open",
        ("第二支部", "2026-11"): "open",
    }
    assert len(desk.told("review_open")) == 4
    assert desk.told("review_late") == ["王建军", "钱进"]
    assert desk.told("review_late_above") == ["周国平"] * 2


def test_a_disclosure_slept_through_becomes_final_at_the_next_start(desk: Desk, within: Sessions):
    submit(desk.session, desk.cast.first_branch.id, desk.cast.wang_jianjun)
    now = at(date(2026, 11, 29), 3)  # a Sunday night
    assert [job.finish(within, now=now + n * MINUTE) for n in range(3)] == [1, 0, 0]
    found = rounds.find_anew(desk.session, desk.cast.first_branch.id, OCTOBER)
    assert found is not None
    assert found.final_at == now
    assert len(desk.told("result")) == 13


# Several at once


def test_several_months_are_under_way_at_once(desk: Desk, within: Sessions):
    branch = desk.cast.first_branch.id
    job.begin(within, now=at(date(2026, 9, 30)))
    job.review(within, now=at(date(2026, 10, 12)))
    job.begin(within, now=NOW)
    job.review(within, now=CLOSED)
    reviewing.submit(desk.session, branch, Month(2026, 9), by=desk.cast.wang_jianjun, now=SUBMITTED)
    mine = {month: state for (name, month), state in states(desk).items() if name == "第一支部"}
    assert mine == {"2026-09": "disclosure", "2026-10": "review", "2026-11": "open"}
    reviewing.submit(desk.session, branch, OCTOBER, by=desk.cast.wang_jianjun, now=at(date(2026, 11, 20)))
    job.finish(within, now=FINAL)
    mine = {month: state for (name, month), state in states(desk).items() if name == "第一支部"}
    assert mine == {"2026-09": "final", "2026-10": "disclosure", "2026-11": "open"}


def test_two_workers_do_each_step_once(sessions: Sessions, cast: Cast):
    def run(of: str, now: datetime) -> int:
        done = together(*[lambda: getattr(job, of)(sessions, now=now)] * 3)
        assert all(isinstance(count, int) for count in done), done
        return sum(done)  # type: ignore[arg-type]

    assert run("begin", at(date(2026, 10, 12))) == 2
    assert run("review", CLOSED) == 2
    assert run("remind", at(date(2026, 11, 11), 9)) == 2
    with sessions.write() as session:
        for branch in (cast.first_branch, cast.second_branch):
            reviewing.submit(session, branch.id, OCTOBER, by=None, now=SUBMITTED)
    assert run("finish", FINAL) == 2
    with sessions.read() as session:
        counts = {kind: session.query(Notice).filter_by(kind=kind).count() for kind in ("review_open", "result")}
        assert (counts, session.query(Result).count()) == ({"review_open": 4, "result": 17}, 18)


def test_two_who_make_it_final_at_once(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        submit(session, cast.first_branch.id, None)

    def act() -> RoundState:
        with sessions.write() as session:
            return finalizing.finalize(session, cast.first_branch.id, OCTOBER, now=FINAL).state

    done = together(act, act, act)
    assert sum(outcome is RoundState.FINAL for outcome in done) == 1
    assert {type(outcome).__name__ for outcome in done} == {"RoundState", "NotDueYet"}


def test_two_who_submit_at_once(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        review(session, cast.first_branch.id)

    def act() -> RoundState:
        with sessions.write() as session:
            return reviewing.submit(session, cast.first_branch.id, OCTOBER, by=None, now=SUBMITTED).state

    done = together(act, act)
    assert {type(outcome).__name__ for outcome in done} == {"RoundState", "AlreadySubmitted"}
    with sessions.read() as session:
        assert session.query(Notice).filter_by(kind="disclosure").count() == 13
