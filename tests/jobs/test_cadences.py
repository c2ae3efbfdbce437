"""Duties to meet by the clock: they arise, are pressed for, and end (rules 23)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs import cadences as job
from models import planning, pressing, settings
from models.duties import Duty, DutyState, MissedMeeting
from models.months import at
from models.notices import Notice
from models.sessions import Sessions
from tests.cast import Cast
from tests.jobs.conftest import Within

GROUP = "党小组会"
FIRST, FRIDAY, ENDS = at(date(2026, 11, 1)), at(date(2026, 11, 27), 9), at(date(2026, 12, 1))


def put(session: Session, kind: str, value: str, now: datetime) -> None:
    setting = settings.MEETING_CADENCES[kind]
    settings.put(session, setting, value, organization_id=None, by_id=None, now=now)


def states(session: Session, period: str) -> set[DutyState]:
    query = select(Duty.state).where(Duty.kind == GROUP, Duty.period == period)
    return set(session.scalars(query))


def test_a_month_of_groups_begun_pressed_and_judged(session: Session, cast: Cast, within: Sessions):
    assert job.begin(within, now=FIRST) > 0
    assert job.begin(within, now=FIRST) == 0
    assert job.press(within, now=FIRST) == 0
    planning.plan(session, [GROUP], at(date(2026, 11, 25), 15), "会议室", by=cast.li_si, now=FIRST)
    assert job.press(within, now=FRIDAY) > 0
    assert job.press(within, now=FRIDAY) == 0
    assert session.scalars(select(Notice).where(Notice.kind == "meetings_to_plan")).first() is not None
    assert job.judge(within, now=FRIDAY) == 0
    assert job.judge(within, now=ENDS) > 0
    assert job.judge(within, now=ENDS) == 0
    query = select(MissedMeeting).where(MissedMeeting.kind == GROUP).order_by(MissedMeeting.organization_id)
    assert [missed.organization.name for missed in session.scalars(query)] == ["第二小组", "第三小组"]
    assert states(session, "2026-11") == {DutyState.MET, DutyState.MISSED}


def test_what_is_owed_no_longer_is_released(session: Session, cast: Cast, within: Sessions):
    job.begin(within, now=FIRST)
    put(session, GROUP, "off", FIRST)
    assert job.begin(within, now=FIRST) == 3
    assert states(session, "2026-11") == {DutyState.RELEASED}


def test_a_month_in_which_nothing_ran_is_recorded_all_the_same(session: Session, cast: Cast, within: Sessions):
    job.begin(within, now=FIRST)
    back = at(date(2027, 1, 4), 9)
    job.judge(within, now=back)
    job.begin(within, now=back)
    job.judge(within, now=back)
    assert states(session, "2026-11") == states(session, "2026-12") == {DutyState.MISSED}
    assert states(session, "2027-01") == {DutyState.OPEN}


def test_many_are_pressed_some_at_a_time_and_who_stopped_before_the_end_goes_on(
    session: Session, cast: Cast, within: Sessions
):
    job.begin(within, now=FIRST)
    plan = pressing.plan(session, FRIDAY)
    pressing.post(session, plan.told, now=FRIDAY)  # and there the process died
    assert job.press(within, now=FRIDAY) == len(plan.told) > 1
    told = session.scalars(select(Notice.member_id).where(Notice.kind == "meetings_to_plan")).all()
    assert sorted(id for id in told if id is not None) == list(plan.told)
    assert job.press(within, now=FRIDAY) == 0


def test_what_another_worker_told_meanwhile_is_told_by_nobody_else(session: Session, cast: Cast, within: Sessions):
    job.begin(within, now=FIRST)

    class Late(Within):
        """Between its look and its writing, another one does it all."""

        @contextmanager
        def write(self) -> Iterator[Session]:
            assert self.first or job.press(within, now=FRIDAY) > 0
            self.first = True
            with super().write() as inner:
                yield inner

        first = False

    assert job.press(Late(session), now=FRIDAY) == 0
