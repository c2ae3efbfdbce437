"""Follow-ups by the clock: warnings, reminders, appeals that are answered, corrections (rules 15, 19, 20)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs import follow_ups as job
from models import finalizing, follow_ups, ledger, rounds, settings, talks
from models.consequences import FollowUp, FollowUpStatus
from models.members import Member
from models.months import Month, at
from models.notices import Notice
from models.opinions import OpinionStatus
from models.rounds import RoundState
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together
from tests.models.scores import in_earnest, score

SEPTEMBER, OCTOBER, NOVEMBER = Month(2026, 9), Month(2026, 10), Month(2026, 11)
INSTANT = timedelta(microseconds=1)
# With five working days left in November it is Tuesday, the 24th.
WARNED = at(date(2026, 11, 24))


def told(session: Session, kind: str) -> list[str]:
    query = select(Member.name).join(Notice, Notice.member_id == Member.id).where(Notice.kind == kind)
    return list(session.scalars(query.order_by(Notice.id)))


def opened(session: Session, cast: Cast) -> FollowUp:
    in_earnest(session)
    score(session, cast.zhang_san, OCTOBER, 50)
    follow_ups.at_final(session, cast.first_branch.id, OCTOBER, now=NOW)
    return session.get_one(FollowUp, 1)


def begun(session: Session, cast: Cast, month: Month = NOVEMBER) -> None:
    """The rounds of a month, in earnest."""
    in_earnest(session)
    for branch in (cast.first_branch, cast.second_branch):
        rounds.begin(session, branch.id, month)


# The warning


def test_who_is_under_the_mark_is_warned_five_working_days_before(session: Session, cast: Cast, within: Sessions):
    begun(session, cast)
    score(session, cast.zhang_san, NOVEMBER, "59.99")
    score(session, cast.wang_fang, NOVEMBER, 60)
    score(session, cast.liu_defu, NOVEMBER, 10)  # not scored
    score(session, cast.sun_li, NOVEMBER, 10)
    assert job.warn(within, now=WARNED - INSTANT) == 0
    assert job.warn(within, now=WARNED) == 2
    assert told(session, "under_mark") == ["张三", "孙丽"]


def test_nobody_is_warned_twice_and_who_falls_later_still_is(session: Session, cast: Cast, within: Sessions):
    begun(session, cast)
    score(session, cast.zhang_san, NOVEMBER, 50)
    assert [job.warn(within, now=WARNED + n * timedelta(hours=1)) for n in range(3)] == [1, 0, 0]
    score(session, cast.wang_fang, NOVEMBER, 50)
    assert job.warn(within, now=at(date(2026, 12, 3), 23, 59)) == 1
    score(session, cast.liu_qiang, NOVEMBER, 50)
    assert job.warn(within, now=at(date(2026, 12, 4))) == 0


def test_a_look_warns_in_some_branches_and_the_next_one_in_the_others(session: Session, cast: Cast, within: Sessions):
    begun(session, cast)
    score(session, cast.zhang_san, NOVEMBER, 50)
    score(session, cast.sun_li, NOVEMBER, 50)
    assert [job.warn(within, now=WARNED + n * timedelta(minutes=1), most=1) for n in range(3)] == [1, 1, 0]


def test_nobody_is_warned_in_the_trial_period(session: Session, cast: Cast, within: Sessions):
    begun(session, cast)
    settings.put(session, settings.CONSEQUENCES_FROM, "2026-12", organization_id=None, by_id=None, now=WARNED)
    score(session, cast.zhang_san, NOVEMBER, 50)
    assert job.warn(within, now=WARNED) == 0


def test_without_a_rulebook_there_is_nothing_to_warn_of(session: Session, cast: Cast, within: Sessions):
    begun(session, cast, Month(2025, 12))
    settings.put(session, settings.CONSEQUENCES_FROM, "2025-01", organization_id=None, by_id=None, now=WARNED)
    assert job.warn(within, now=at(date(2025, 12, 30))) == 0


def test_how_long_before_is_a_setting(session: Session, cast: Cast, within: Sessions):
    begun(session, cast)
    settings.put(session, settings.WARN_DAYS, 1, organization_id=cast.first_branch.id, by_id=None, now=NOW)
    score(session, cast.zhang_san, NOVEMBER, 50)
    assert job.warn(within, now=at(date(2026, 11, 30)) - INSTANT) == 0
    assert job.warn(within, now=at(date(2026, 11, 30))) == 1


# Reminders


@pytest.mark.parametrize(
    ("moment", "stage", "kinds"),
    [
        # Due on Friday, December 4: two working days are left when Thursday begins.
        (at(date(2026, 12, 3)), 1, ["follow_up_due"]),
        (at(date(2026, 12, 4)), 2, ["follow_up_due"]),
        (at(date(2026, 12, 5)), 3, ["follow_up_over", "follow_up_over_above"]),
    ],
)
def test_reminders_before_on_the_day_and_over(
    session: Session, cast: Cast, within: Sessions, moment: datetime, stage: int, kinds: list[str]
):
    found = opened(session, cast)
    before = job.remind(within, now=moment - INSTANT)
    assert before == (stage > 1)
    assert job.remind(within, now=moment) == 1
    assert job.remind(within, now=moment) == 0
    session.refresh(found)
    assert found.reminders == stage
    posted = session.scalars(select(Notice.kind).where(Notice.kind.startswith("follow_up_")).order_by(Notice.id))
    assert [kind for kind in posted if "due" in kind or "over" in kind][-len(kinds) :] == kinds


def test_after_a_standstill_only_the_last_reminder_is_sent(session: Session, cast: Cast, within: Sessions):
    opened(session, cast)
    assert job.remind(within, now=at(date(2027, 1, 10))) == 1
    assert told(session, "follow_up_due") == []
    assert told(session, "follow_up_over") == ["王建军"]
    assert told(session, "follow_up_over_above") == ["周国平"]


def test_what_was_recorded_is_not_reminded_of(session: Session, cast: Cast, within: Sessions):
    opened(session, cast)
    talks.record(session, 1, "出差", "多参加", until=None, by=cast.wang_jianjun, now=NOW)
    assert job.remind(within, now=at(date(2026, 12, 5))) == 0


def test_at_the_top_nobody_is_told_from_above(session: Session, cast: Cast, within: Sessions):
    in_earnest(session)
    score(session, cast.wang_jianjun, OCTOBER, 50)
    follow_ups.at_final(session, cast.first_branch.id, OCTOBER, now=NOW)
    assert job.remind(within, now=at(date(2026, 12, 5))) == 1
    assert told(session, "follow_up_over") == ["周国平"]
    assert told(session, "follow_up_over_above") == []


def test_two_workers_remind_once(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        opened(session, cast.of(session))
    done = together(*[lambda: job.remind(sessions, now=at(date(2026, 12, 5)))] * 3)
    assert sum(done) == 1  # type: ignore[arg-type]


# Appeals and corrections


def test_what_rested_goes_on_after_the_last_answer(session: Session, cast: Cast, within: Sessions):
    found = opened(session, cast)
    _, opinion = talks.dispute(session, 1, "住院", by=cast.zhang_san, now=NOW)
    assert job.wake(within, now=NOW) == 0
    opinion.status = OpinionStatus.DISMISSED
    assert job.wake(within, now=NOW) == 1
    session.refresh(found)
    assert found.status is FollowUpStatus.OPEN


def test_a_correction_closes_what_lost_its_ground(session: Session, cast: Cast, within: Sessions):
    found = opened(session, cast)
    assert job.correct(within, now=NOW + INSTANT) == 0
    score(session, cast.zhang_san, OCTOBER, 60, now=NOW + INSTANT)
    assert job.correct(within, now=NOW + timedelta(minutes=1)) == 1
    session.refresh(found)
    assert found.status is FollowUpStatus.CLOSED
    assert job.correct(within, now=NOW + timedelta(minutes=2)) == 0


# The whole way


def test_the_final_of_a_month_opens_what_follows_and_streaks_use_corrected_figures(session: Session, cast: Cast):
    in_earnest(session)
    score(session, cast.zhang_san, SEPTEMBER, 50)
    score(session, cast.zhang_san, OCTOBER, 50)
    branch_id = cast.first_branch.id
    for month, day in ((SEPTEMBER, date(2026, 10, 20)), (OCTOBER, date(2026, 11, 18))):
        rounds.begin(session, branch_id, month)
        found = rounds.find_anew(session, branch_id, month)
        assert found is not None
        over = at(day, 9)
        rounds.move(session, found, RoundState.DISCLOSURE, submitted_at=over, disclosure_until=over, final_from=over)
        finalizing.finalize(session, branch_id, month, now=over)
    assert [(f.month, f.streak) for f in session.scalars(select(FollowUp).order_by(FollowUp.id))] == [
        (SEPTEMBER, 1),
        (OCTOBER, 2),
    ]
    ledger.lock(session, branch_id)
    score(session, cast.zhang_san, SEPTEMBER, 60)
    assert follow_ups.ground_gone(session, branch_id, now=NOW) == 2
    statuses = [(f.kind.value, f.status) for f in session.scalars(select(FollowUp).order_by(FollowUp.id))]
    assert statuses == [
        ("talk", FollowUpStatus.CLOSED),
        ("appointed_talk", FollowUpStatus.CLOSED),
        ("talk", FollowUpStatus.OPEN),
    ]
