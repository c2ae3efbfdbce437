"""Meetings by the clock: reminders once and to whom they are for, check-in, the end (rules 24, 25)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from jobs import meetings as jobs
from jobs import schedule
from models import deciding_requests, meeting_news, notices, planning, settings
from models.meetings import MeetingState
from models.months import at
from models.notices import Notice
from models.sessions import Sessions
from tests.cast import NOW
from tests.models.hall import FIRST_GROUP, HOUR, MINUTE, OVER, STARTS, Hall

DAY = timedelta(days=1)


def reminded(hall: Hall) -> list[str]:
    return hall.told("meeting_reminder")


def test_everyone_is_reminded_a_day_and_an_hour_before_and_not_twice(hall: Hall, within: Sessions):
    hall.plan()
    assert jobs.remind(within, now=STARTS - DAY - MINUTE) == 0
    assert [jobs.remind(within, now=STARTS - DAY) for _ in range(2)] == [1, 0]
    assert reminded(hall) == FIRST_GROUP
    assert [jobs.remind(within, now=STARTS - HOUR) for _ in range(2)] == [1, 0]
    assert len(reminded(hall)) == 2 * len(FIRST_GROUP)


def test_nobody_gets_more_than_three_pushes_with_one_meeting(hall: Hall, within: Sessions):
    meeting = hall.plan()
    planning.move(hall.session, meeting.id, STARTS + DAY, by=hall.cast.li_si, now=NOW)
    jobs.remind(within, now=STARTS)
    assert reminded(hall) == ["李四"]  # who had been told of nothing yet
    jobs.remind(within, now=STARTS + DAY - HOUR)
    pushes = [n.member_id for kind in ("announced", "moved", "reminder") for n in hall.notices(f"meeting_{kind}")]
    assert max(pushes.count(member_id) for member_id in set(pushes)) == 3


def test_who_was_pressed_or_answered_with_it_is_reminded_once_and_the_organizer_hears_of_its_end(
    hall: Hall, within: Sessions
):
    meeting = hall.plan()
    request = deciding_requests.ask_leave(hall.session, meeting.id, "出差", by=hall.cast.zhang_san, now=NOW)
    deciding_requests.reject(hall.session, request.id, "要表决", by=hall.cast.li_si, now=NOW)
    monday = at(date(2026, 11, 23), 9)
    for who in (hall.cast.li_si, hall.cast.wang_fang):
        notices.post(hall.session, who.id, "meetings_to_plan", key=f"pressed:{who.id}", now=monday)
    jobs.remind(within, now=STARTS - DAY)
    once = {"李四", "张三", "王芳"}
    assert reminded(hall) == [name for name in FIRST_GROUP if name not in once]
    jobs.remind(within, now=STARTS - HOUR)
    assert [name for name in reminded(hall) if name in once] == sorted(once, key=FIRST_GROUP.index)


def test_who_asked_for_leave_or_is_in_is_not_reminded(hall: Hall, within: Sessions):
    meeting = hall.plan()
    deciding_requests.ask_leave(hall.session, meeting.id, "出差", by=hall.cast.zhang_san, now=NOW)
    request = deciding_requests.ask_leave(hall.session, meeting.id, "住院", by=hall.cast.wang_fang, now=NOW)
    deciding_requests.approve(hall.session, request.id, by=hall.cast.li_si, now=NOW)
    jobs.remind(within, now=STARTS - DAY)
    assert reminded(hall) == [name for name in FIRST_GROUP if name not in {"张三", "王芳"}]


def test_after_a_time_in_which_nothing_ran_only_the_last_is_sent(hall: Hall, within: Sessions):
    hall.plan()
    assert jobs.remind(within, now=STARTS - 30 * MINUTE) == 1
    assert reminded(hall) == FIRST_GROUP


def test_what_has_begun_was_moved_or_cancelled_is_not_reminded(hall: Hall, within: Sessions):
    moved, cancelled, begun = hall.plan(), hall.plan(by=hall.cast.ma_chao), hall.plan(by=hall.cast.wu_gang)
    planning.move(hall.session, moved.id, STARTS + 7 * DAY, by=hall.cast.li_si, now=NOW)
    planning.cancel(hall.session, cancelled.id, "停电", by=hall.cast.ma_chao, now=NOW)
    assert jobs.remind(within, now=STARTS) == 0
    assert reminded(hall) == []
    assert begun.state is MeetingState.ANNOUNCED


def test_a_reminder_taken_by_another_worker_is_not_sent_again(hall: Hall):
    hall.plan()
    (id, *_) = meeting_news.due_reminders(hall.session, STARTS - DAY)
    assert [meeting_news.remind(hall.session, id, now=STARTS - DAY) for _ in range(2)] == [True, False]


def test_who_left_is_told_nothing(hall: Hall, within: Sessions):
    hall.plan()
    hall.cast.zhang_san.left_on = date(2026, 11, 23)
    hall.session.flush()
    jobs.remind(within, now=STARTS - DAY)
    assert "张三" not in reminded(hall)


def test_one_meeting_with_three_reminders_drops_the_first(hall: Hall, within: Sessions):
    settings.put(
        hall.session,
        settings.MEETING_REMINDERS,
        ["2d", "1d", "1h"],
        organization_id=hall.cast.committee.id,
        by_id=None,
        now=NOW,
    )
    hall.plan()
    jobs.remind(within, now=STARTS - 2 * DAY)
    assert reminded(hall) == []  # the organizer is told of its end instead of its announcement


def test_check_in_begins_and_the_meeting_ends_by_themselves(hall: Hall, within: Sessions):
    meeting = hall.plan()
    assert [jobs.open_check_in(within, now=STARTS - 30 * MINUTE) for _ in range(2)] == [1, 0]
    hall.session.refresh(meeting)
    assert meeting.state is MeetingState.OPEN
    hall.check_in(meeting, hall.cast.zhang_san)
    assert jobs.close(within, now=OVER - MINUTE) == 0
    assert [jobs.close(within, now=OVER) for _ in range(2)] == [1, 0]
    assert hall.points(hall.cast.zhang_san) == 1


def test_what_ended_while_everything_was_down_is_closed_at_start(hall: Hall, within: Sessions):
    meeting = hall.plan()
    assert jobs.close(within, now=OVER + 3 * DAY) == 1
    hall.session.refresh(meeting)
    assert (meeting.state, meeting.closed_at) == (MeetingState.CLOSED, OVER + 3 * DAY)


@pytest.mark.parametrize(
    ("after", "then"),
    [
        (at(date(2026, 11, 25), 10), STARTS - DAY),
        (at(date(2026, 11, 26), 13), STARTS - HOUR),
        (STARTS - HOUR, STARTS - 30 * MINUTE),
        (STARTS, OVER),
    ],
)
def test_a_moved_clock_steps_through_what_a_meeting_needs(hall: Hall, within: Sessions, after, then):
    hall.plan()
    hall.session.execute(delete(Notice))
    assert schedule.next_moment(within, after) == then
