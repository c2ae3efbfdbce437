"""Who hears that a month is late: the secretary every working day, then the level above (rules 14)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from models import lateness, reviewing, settings
from models.appointments import Appointment, Office
from models.months import at
from models.notices import NoticeStatus
from models.organizations import Organization, OrganizationKind
from models.rounds import Round, RoundState
from tests.cast import NOW
from tests.models.desk import Desk
from tests.models.round_desk import INSTANT, OCTOBER, REVIEWED, in_state, review

# Review ended with Tuesday, November 10.
FIRST, SECOND = at(date(2026, 11, 11), 9), at(date(2026, 11, 12), 9)


@pytest.fixture
def late(desk: Desk) -> Round:
    """October under review in the first branch."""
    return review(desk.session, desk.cast.first_branch.id)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (at(date(2026, 11, 11), 9), date(2026, 11, 11)),
        (at(date(2026, 11, 11), 9) - INSTANT, date(2026, 11, 10)),
        (at(date(2026, 11, 15), 12), date(2026, 11, 13)),  # a Sunday
        (at(date(2026, 10, 7), 12), date(2026, 9, 30)),  # the October holidays
        (at(date(2026, 10, 10), 12), date(2026, 10, 10)),  # a make-up Saturday
    ],
)
def test_the_last_working_morning(now: datetime, day: date):
    assert lateness.last_working_morning(now) == day


# The secretary


def test_the_secretary_is_reminded_at_nine_of_the_next_working_day(desk: Desk, late: Round):
    for now in (REVIEWED - INSTANT, REVIEWED, FIRST - INSTANT):
        assert not lateness.remind(desk.session, late, now)
    assert lateness.remind(desk.session, late, FIRST)
    assert desk.told("review_late") == ["王建军"]
    assert (late.reminded_on, desk.notices("review_late")[0].subject) == (FIRST.date(), late.subject)


def test_once_a_working_day_and_not_on_others(desk: Desk, late: Round):
    moments = [at(date(2026, 11, day), hour) for day in range(11, 18) for hour in (9, 10, 18)]
    reminded = [now for now in moments if lateness.remind(desk.session, late, now)]
    assert [now.date().day for now in reminded] == [11, 12, 13, 16, 17]
    assert desk.told("review_late") == ["王建军"] * 5


def test_mornings_slept_through_are_made_up_for_by_one_reminder_on_any_day(desk: Desk, late: Round):
    sunday = at(date(2026, 11, 15), 12)
    assert [lateness.remind(desk.session, late, sunday + n * timedelta(minutes=1)) for n in range(3)] == [
        True,
        False,
        False,
    ]
    assert late.reminded_on == date(2026, 11, 13)


def test_where_there_is_no_secretary_the_deputy_is_reminded(desk: Desk, late: Round):
    desk.session.execute(delete(Appointment).where(Appointment.member_id == desk.cast.wang_jianjun.id))
    lateness.remind(desk.session, late, FIRST)
    assert desk.told("review_late") == ["何敏"]


def test_what_is_submitted_is_not_reminded_of_and_what_was_told_is_settled(desk: Desk, late: Round):
    lateness.remind(desk.session, late, FIRST)
    reviewing.submit(desk.session, late.branch_id, OCTOBER, by=desk.cast.wang_jianjun, now=FIRST)
    assert not lateness.remind(desk.session, late, SECOND)
    assert not lateness.tell_above(desk.session, late, SECOND)
    assert {notice.status for notice in desk.notices("review_late")} == {NoticeStatus.LAPSED}


def test_an_open_month_is_not_late(desk: Desk):
    round_ = in_state(desk, RoundState.OPEN)
    assert lateness.remind_on(round_, SECOND) is None
    assert lateness.above_due(desk.session, round_) is None


def test_somebody_else_reminding_first_changes_nothing(desk: Desk, late: Round):
    elsewhere = update(Round).where(Round.id == late.id).values(reminded_on=FIRST.date())
    desk.session.connection().execute(elsewhere)  # the object in the session does not know
    assert not lateness.remind(desk.session, late, FIRST)
    assert desk.told("review_late") == []


# The level above


def test_one_working_day_later_the_level_above_is_told_once(desk: Desk, late: Round):
    assert lateness.above_due(desk.session, late) == SECOND
    assert not lateness.tell_above(desk.session, late, SECOND - INSTANT)
    told = [lateness.tell_above(desk.session, late, SECOND + n * timedelta(days=1)) for n in range(3)]
    assert told == [True, False, False]
    assert desk.told("review_late_above") == ["周国平"]
    assert late.moved_up_at == SECOND


def test_how_many_working_days_later_is_a_setting(desk: Desk, late: Round):
    for days, due in ((0, FIRST), (3, at(date(2026, 11, 16), 9))):
        settings.put(
            desk.session,
            settings.SUBMIT_LATE_DAYS,
            days,
            organization_id=desk.cast.committee.id,
            by_id=None,
            now=NOW + timedelta(days=days),
        )
        assert lateness.above_due(desk.session, late) == due


def test_secretary_and_party_affairs_officer_of_the_nearest_level_are_told(desk: Desk, late: Round):
    session, cast = desk.session, desk.cast
    general = Organization(name="第一党总支", kind=OrganizationKind.GENERAL_BRANCH, parent_id=cast.committee.id)
    session.add(general)
    session.flush()
    cast.first_branch.parent_id = general.id
    for member, office, of in (
        (cast.qian_jin, Office.PARTY_AFFAIRS_OFFICER, cast.committee),
        (cast.sun_li, Office.INSPECTOR, general),
    ):
        session.add(Appointment(member_id=member.id, organization_id=of.id, office=office, starts_on=date(2026, 1, 1)))
    session.flush()
    assert [seat.name for seat in lateness.level_above(session, late.branch_id, FIRST)] == ["周国平", "钱进"]
    head = Appointment(
        member_id=cast.wu_gang.id, organization_id=general.id, office=Office.SECRETARY, starts_on=date(2026, 1, 1)
    )
    session.add(head)
    session.flush()
    assert [seat.name for seat in lateness.level_above(session, late.branch_id, SECOND)] == ["吴刚"]


def test_with_nobody_above_nobody_is_told(desk: Desk, late: Round):
    desk.session.execute(delete(Appointment).where(Appointment.organization_id == desk.cast.committee.id))
    assert lateness.tell_above(desk.session, late, SECOND)
    assert desk.told("review_late_above") == []


# The branch's committee


def test_the_committee_is_told_that_the_review_is_open_secretary_first_and_each_once(desk: Desk):
    cast = desk.cast
    desk.session.add(
        Appointment(
            member_id=cast.he_min.id,
            organization_id=cast.first_branch.id,
            office=Office.PUBLICITY_COMMISSIONER,
            starts_on=date(2026, 1, 1),
        )
    )
    desk.session.flush()
    review(desk.session, cast.first_branch.id)
    assert desk.told("review_open") == ["王建军", "何敏", "孙磊"]
