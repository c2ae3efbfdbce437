"""请假, 补签 and 参加: what members ask about a meeting, and who decides (rules 9, 25)."""

from datetime import date, timedelta

import pytest

from models import deciding_requests, followers, meeting_requests, meetings, planning, requests
from models.errors import NotFound
from models.followers import Follower
from models.meeting_requests import AlreadyThere, NotOver, ReasonMissing, TooLateToAsk
from models.meetings import Attendance, Meeting
from models.members import Member
from models.months import at
from models.requests import AlreadyDecided, Request, RequestKind, RequestStatus
from tests.cast import NOW, Cast
from tests.models.hall import DAY, MINUTE, OVER, STARTS, Hall

LATE_IN_DECEMBER = at(date(2026, 12, 20), 12)


def leave(hall: Hall, meeting: Meeting, of: Member | None = None, note: str = "出差", now=NOW) -> Request:
    return deciding_requests.ask_leave(hall.session, meeting.id, note, by=of or hall.cast.zhang_san, now=now)


def forgotten(hall: Hall, meeting: Meeting, of: Member | None = None, note: str = "手机没电", now=OVER) -> Request:
    return deciding_requests.ask_entry(hall.session, meeting.id, note, by=of or hall.cast.zhang_san, now=now)


def approve(hall: Hall, request: Request, by: Member | None = None, now=NOW) -> Request:
    return deciding_requests.approve(hall.session, request.id, by=by or hall.cast.li_si, now=now)


def reject(hall: Hall, request: Request, by: Member | None = None, now=NOW) -> Request:
    return deciding_requests.reject(hall.session, request.id, "任务紧", by=by or hall.cast.li_si, now=now)


def asked(hall: Hall, request: Request, now=NOW) -> list[str]:
    return [one.name for one in deciding_requests.decision(hall.session, request, now).asked]


# Coming


def test_saying_one_comes_may_be_said_twice_and_takes_a_leave_back(hall: Hall):
    meeting = hall.plan()
    leave(hall, meeting)
    for _ in range(2):
        assert meeting_requests.coming(hall.session, meeting.id, by=hall.cast.zhang_san, now=NOW) is meeting
    found = meetings.invitation_of(hall.session, meeting.id, hall.cast.zhang_san.id)
    assert found is not None
    assert (found.state, found.leave_asked_at) == (Attendance.COMING, None)


def test_after_the_end_nobody_comes(hall: Hall):
    meeting = hall.plan()
    hall.close(meeting)
    with pytest.raises(TooLateToAsk, match="已经散会"):
        meeting_requests.coming(hall.session, meeting.id, by=hall.cast.zhang_san, now=OVER)


# Leave


def test_a_leave_is_decided_by_the_leader(hall: Hall):
    meeting = hall.plan()
    request = leave(hall, meeting)
    assert (request.kind, request.note, request.meeting_id) == (RequestKind.LEAVE, "出差", meeting.id)
    assert hall.told("request_waiting") == ["李四"]
    approve(hall, request)
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.ON_LEAVE
    assert hall.told("meeting_request") == ["张三"]
    assert leave(hall, hall.plan(by=hall.cast.ma_chao), hall.cast.feng_tao).id != request.id


def test_a_leaders_own_leave_goes_to_the_secretary(hall: Hall):
    assert asked(hall, leave(hall, hall.plan(), hall.cast.li_si)) == ["王建军"]


def test_asking_twice_is_one_request(hall: Hall):
    meeting = hall.plan()
    assert leave(hall, meeting).id == leave(hall, meeting, note="改主意了").id


def test_a_refused_leave_is_reminded_again(hall: Hall):
    meeting = hall.plan()
    reject(hall, leave(hall, meeting))
    found = meetings.invitation_of(hall.session, meeting.id, hall.cast.zhang_san.id)
    assert found is not None
    assert (found.state, found.leave_asked_at) == (Attendance.INVITED, None)


def test_it_is_decided_once(hall: Hall):
    request = leave(hall, hall.plan())
    approve(hall, request)
    with pytest.raises(AlreadyDecided, match="李四"):
        approve(hall, request, by=hall.cast.wang_jianjun)


@pytest.mark.parametrize("name", ["zhang_san", "wang_fang", "ma_chao", "qian_jin"])
def test_who_may_not_decide_does_not_find_it(hall: Hall, name: str):
    with pytest.raises(NotFound):
        approve(hall, leave(hall, hall.plan()), by=getattr(hall.cast, name))


def test_leave_is_asked_for_before_the_start_and_with_a_reason(hall: Hall):
    meeting = hall.plan()
    with pytest.raises(ReasonMissing):
        leave(hall, meeting, note="")
    with pytest.raises(TooLateToAsk, match="已经开始"):
        leave(hall, meeting, now=STARTS)
    planning.cancel(hall.session, meeting.id, "书记出差", by=hall.cast.li_si, now=NOW)
    with pytest.raises(TooLateToAsk, match="已经取消"):
        leave(hall, meeting)


def test_who_is_not_invited_does_not_find_the_meeting(hall: Hall):
    meeting = hall.plan()
    for number in (meeting.id, 999):
        with pytest.raises(NotFound, match=f"M{number}"):
            deciding_requests.ask_leave(hall.session, number, "出差", by=hall.cast.ma_chao, now=NOW)


def test_a_leave_that_nobody_decided_costs_nothing_until_it_is(hall: Hall):
    meeting = hall.plan()
    granted, refused = leave(hall, meeting), leave(hall, meeting, hall.cast.wang_fang)
    hall.close(meeting)
    for who in (hall.cast.zhang_san, hall.cast.wang_fang):
        assert hall.state(meeting, who) is Attendance.ON_LEAVE
        assert hall.entries(who) == []
    approve(hall, granted, now=OVER)
    reject(hall, refused, now=OVER)
    assert hall.points(hall.cast.zhang_san) == 0
    assert hall.points(hall.cast.wang_fang) == -6
    assert hall.told("attendance_corrected") == []  # the answer says it


def test_a_leave_refused_when_the_month_is_over_stays_one(hall: Hall):
    meeting = hall.plan()
    request = leave(hall, meeting)
    hall.close(meeting)
    reject(hall, request, now=LATE_IN_DECEMBER)
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.ON_LEAVE
    assert hall.entries(hall.cast.zhang_san) == []


def test_who_asked_for_leave_and_came_is_present_whatever_is_decided(hall: Hall):
    meeting = hall.plan()
    request, other = leave(hall, meeting), leave(hall, meeting, hall.cast.wang_fang)
    for who in (hall.cast.zhang_san, hall.cast.wang_fang):
        hall.check_in(meeting, who)
    approve(hall, request)
    reject(hall, other)
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.PRESENT
    assert hall.state(meeting, hall.cast.wang_fang) is Attendance.PRESENT


def test_a_leave_granted_after_an_absence_was_entered_takes_it_back(hall: Hall):
    meeting = hall.plan()
    request = leave(hall, meeting)
    meeting_requests.coming(hall.session, meeting.id, by=hall.cast.zhang_san, now=NOW)
    hall.close(meeting)
    found = meetings.invitation_of(hall.session, meeting.id, hall.cast.zhang_san.id)
    assert found is not None
    hall.session.refresh(found)
    found.state = Attendance.ABSENT
    hall.session.flush()
    approve(hall, request, now=OVER)
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.ON_LEAVE
    assert hall.points(hall.cast.zhang_san) == 0


# A forgotten check-in


def test_a_forgotten_check_in_is_for_the_organizer(hall: Hall):
    meeting = hall.plan(DAY, by=hall.cast.he_min)
    hall.close(meeting)
    request = forgotten(hall, meeting)
    assert asked(hall, request) == ["何敏"]
    assert [r.id for r in deciding_requests.waiting_for(hall.session, hall.cast.he_min, OVER)] == [request.id]
    assert deciding_requests.waiting_for(hall.session, hall.cast.li_si, OVER) == []
    approve(hall, request, by=hall.cast.he_min, now=OVER)
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.PRESENT
    assert hall.points(hall.cast.zhang_san) == 1
    assert hall.told("attendance_corrected") == []


def test_an_organizer_from_above_has_it_on_the_list_too(hall: Hall):
    both = [hall.cast.first_branch, hall.cast.second_branch]
    meeting = hall.plan(DAY, by=hall.cast.zhou_guoping, of=both)
    request = forgotten(hall, meeting, hall.cast.sun_li)
    assert asked(hall, request) == ["周国平"]
    assert deciding_requests.waiting_for(hall.session, hall.cast.zhou_guoping, OVER) == [request]


def test_the_organizers_own_is_for_the_next_level(hall: Hall):
    assert asked(hall, forgotten(hall, hall.plan(), hall.cast.li_si)) == ["王建军"]


def test_an_organizer_out_of_reach_is_not_waited_for(hall: Hall):
    meeting = hall.plan(DAY, by=hall.cast.he_min)
    hall.session.get_one(Follower, Cast.openid(hall.cast.he_min)).unfollowed_at = NOW
    hall.session.flush()
    request = forgotten(hall, meeting)
    assert asked(hall, request) == ["李四"]
    assert hall.cast.he_min.id in deciding_requests.decision(hall.session, request, OVER).allowed
    assert followers.find(hall.session, Cast.openid(hall.cast.he_min))


def test_refused_it_stays_as_it_was(hall: Hall):
    meeting = hall.plan()
    hall.close(meeting)
    reject(hall, forgotten(hall, meeting), now=OVER)
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.ABSENT
    assert hall.told("meeting_request") == ["张三"]


def test_who_was_entered_meanwhile_is_not_entered_twice(hall: Hall):
    meeting = hall.plan()
    request = forgotten(hall, meeting, now=STARTS)
    hall.check_in(meeting, hall.cast.zhang_san, STARTS + MINUTE)
    approve(hall, request, now=STARTS + 2 * MINUTE)
    found = meetings.invitation_of(hall.session, meeting.id, hall.cast.zhang_san.id)
    assert found is not None
    assert (found.state, found.corrections) == (Attendance.PRESENT, 0)


def test_when_there_is_nothing_to_ask(hall: Hall):
    meeting = hall.plan()
    with pytest.raises(NotOver):
        forgotten(hall, meeting, now=STARTS - timedelta(minutes=1))
    with pytest.raises(ReasonMissing):
        forgotten(hall, meeting, note="")
    hall.check_in(meeting, hall.cast.zhang_san)
    with pytest.raises(AlreadyThere):
        forgotten(hall, meeting)
    planning.cancel(hall.session, meeting.id, "停电", by=hall.cast.li_si, now=STARTS)
    with pytest.raises(NotOver):
        forgotten(hall, meeting, hall.cast.wang_fang)


def test_a_decided_request_is_settled(hall: Hall):
    meeting = hall.plan()
    request = leave(hall, meeting)
    approve(hall, request)
    assert request.status is RequestStatus.APPROVED
    assert list(requests.waiting_about(hall.session, meeting.id, RequestKind.LEAVE)) == []
