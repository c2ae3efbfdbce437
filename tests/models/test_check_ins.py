"""Check-in by six digits that change every minute (rules 25)."""

from datetime import timedelta

import pytest

from models import check_ins, deciding_requests, meeting_requests, meetings, requests
from models.check_ins import NotNow, TooManyGuesses, WrongCode
from models.meetings import Attendance, Invitation
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together
from tests.models.hall import MINUTE, OVER, STARTS, Hall

SECOND = timedelta(seconds=1)


def wrong(hall: Hall, code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_code_changes_every_minute(hall: Hall):
    meeting = hall.plan()
    codes = {check_ins.code_of(meeting, STARTS + n * MINUTE) for n in range(50)}
    assert len(codes) > 45
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert check_ins.code_of(meeting, STARTS) == check_ins.code_of(meeting, STARTS + 59 * SECOND)


@pytest.mark.parametrize(("after", "taken"), [(0, True), (59, True), (60, True), (89, True), (90, False), (150, False)])
def test_a_code_is_taken_for_half_a_minute_more(hall: Hall, after: int, taken: bool):
    meeting = hall.plan()
    code = check_ins.code_of(meeting, STARTS)
    assert check_ins.takes(meeting, code, STARTS + after * SECOND) is taken


def test_a_code_of_the_minute_to_come_is_not_taken(hall: Hall):
    meeting = hall.plan()
    assert not check_ins.takes(meeting, check_ins.code_of(meeting, STARTS + MINUTE), STARTS)


def test_whoever_types_it_is_present(hall: Hall):
    meeting = hall.plan()
    found = hall.check_in(meeting, hall.cast.zhang_san)
    assert (found.state, found.checked_in_at) == (Attendance.PRESENT, STARTS)


@pytest.mark.parametrize(
    ("after", "state"), [(10 * MINUTE, Attendance.PRESENT), (10 * MINUTE + SECOND, Attendance.LATE)]
)
def test_more_than_ten_minutes_after_the_start_is_late(hall: Hall, after: timedelta, state: Attendance):
    assert hall.check_in(hall.plan(), hall.cast.zhang_san, STARTS + after).state is state


def test_twice_stays_as_it_was(hall: Hall):
    meeting = hall.plan()
    hall.check_in(meeting, hall.cast.zhang_san)
    again = hall.check_in(meeting, hall.cast.zhang_san, STARTS + 20 * MINUTE)
    assert (again.state, again.checked_in_at) == (Attendance.PRESENT, STARTS)


@pytest.mark.parametrize("at", [STARTS - 30 * MINUTE - SECOND, OVER, OVER + MINUTE])
def test_outside_the_window_no_code_is_taken(hall: Hall, at):
    meeting = hall.plan()
    with pytest.raises(NotNow):
        hall.check_in(meeting, hall.cast.zhang_san, at)
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.INVITED


def test_from_the_first_second_of_the_window_it_is(hall: Hall):
    assert hall.check_in(hall.plan(), hall.cast.zhang_san, STARTS - 30 * MINUTE)


def test_before_the_window_one_is_told_when_it_begins(hall: Hall):
    meeting = hall.plan()
    with pytest.raises(NotNow, match=f"M{meeting.id} 党小组会 11月26日14:30起可签"):
        hall.check_in(meeting, hall.cast.zhang_san, NOW)


def test_without_a_meeting_one_is_told_so(hall: Hall):
    with pytest.raises(NotNow, match=r"现在没有等您签到的会$"):
        hall.check_in(hall.plan(), hall.cast.ma_chao)


def test_who_organizes_without_being_invited_does_not_check_in(hall: Hall):
    meeting = hall.plan(by=hall.cast.wang_jianjun, of=[hall.cast.second_group])
    with pytest.raises(NotNow, match=r"现在没有等您签到的会$"):
        hall.check_in(meeting, hall.cast.wang_jianjun, NOW)


def test_who_was_there_and_forgot_is_told_the_way(hall: Hall):
    meeting = hall.plan()
    hall.close(meeting)
    with pytest.raises(NotNow, match=f"补签 M{meeting.id}"):
        hall.check_in(meeting, hall.cast.zhang_san, OVER + MINUTE)
    with pytest.raises(NotNow, match=r"现在没有等您签到的会$"):
        hall.check_in(meeting, hall.cast.zhang_san, OVER + timedelta(days=4))


def test_another_meetings_code_is_wrong(hall: Hall):
    mine, other = hall.plan(), hall.plan(by=hall.cast.ma_chao)
    with pytest.raises(WrongCode):
        hall.check_in(mine, hall.cast.zhang_san, code=check_ins.code_of(other, STARTS))


def test_of_two_meetings_at_once_the_code_says_which(hall: Hall):
    first, second = hall.plan(), hall.plan("党课", by=hall.cast.wang_jianjun)
    assert hall.check_in(second, hall.cast.zhang_san).meeting_id == second.id
    assert hall.state(first, hall.cast.zhang_san) is Attendance.INVITED


def test_guesses_are_limited_and_forgotten_after_ten_minutes(hall: Hall):
    meeting = hall.plan()
    for n in range(5):
        now = STARTS + n * SECOND
        with pytest.raises(WrongCode) as refused:
            hall.check_in(meeting, hall.cast.zhang_san, now, code=wrong(hall, check_ins.code_of(meeting, now)))
        assert refused.value.keep
    with pytest.raises(TooManyGuesses):
        hall.check_in(meeting, hall.cast.zhang_san, STARTS + MINUTE)
    assert hall.check_in(meeting, hall.cast.wang_fang, STARTS + MINUTE)  # the others are free to
    assert hall.check_in(meeting, hall.cast.zhang_san, STARTS + 11 * MINUTE)


def test_who_is_on_leave_and_comes_is_present(hall: Hall):
    meeting = hall.plan()
    invitation = meetings.invitation_of(hall.session, meeting.id, hall.cast.zhang_san.id)
    assert invitation is not None
    invitation.state = Attendance.ON_LEAVE
    hall.session.flush()
    assert hall.check_in(meeting, hall.cast.zhang_san).state is Attendance.PRESENT


def test_a_scan_counts_as_the_code_does(hall: Hall):
    meeting = hall.plan()
    assert check_ins.enter(hall.session, meeting, by=hall.cast.zhang_san, now=STARTS).state is Attendance.PRESENT
    with pytest.raises(NotNow):
        check_ins.enter(hall.session, meeting, by=hall.cast.ma_chao, now=STARTS)
    with pytest.raises(NotNow):
        check_ins.enter(hall.session, meeting, by=hall.cast.wang_fang, now=OVER)


def test_who_was_marked_absent_meanwhile_is_not_entered_by_a_late_tap(hall: Hall):
    meeting = hall.plan()
    invitation = meetings.invitation_of(hall.session, meeting.id, hall.cast.zhang_san.id)
    assert invitation is not None
    invitation.state = Attendance.ABSENT
    hall.session.flush()
    with pytest.raises(NotNow):
        hall.check_in(meeting, hall.cast.zhang_san)


def test_many_in_one_second_are_flagged_and_not_refused(hall: Hall):
    meeting = hall.plan()
    for name in ("zhang_san", "wang_fang", "liu_qiang", "chen_jing", "zhao_min"):
        hall.check_in(meeting, getattr(hall.cast, name), STARTS + timedelta(milliseconds=7))
    hall.check_in(meeting, hall.cast.li_si, STARTS + SECOND)
    assert check_ins.bursts(hall.session, meeting.id) == [(STARTS, 5)]
    assert check_ins.bursts(hall.session, meeting.id, least=6) == []


def test_two_at_once_are_both_entered_and_one_twice_once(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        meeting_id = Hall(session, cast.of(session)).plan().id

    def tap(name: str):
        def act() -> Attendance:
            with sessions.write() as session:
                hall = Hall(session, cast.of(session))
                meeting = meetings.find(session, meeting_id)
                assert meeting is not None
                return hall.check_in(meeting, getattr(hall.cast, name)).state

        return act

    came = together(tap("zhang_san"), tap("zhang_san"), tap("wang_fang"), tap("liu_qiang"))
    assert came == [Attendance.PRESENT] * 4
    with sessions.read() as session:
        present = [i for i in meetings.invitations(session, meeting_id) if i.state is Attendance.PRESENT]
        assert len(present) == 3


def test_saying_one_comes_is_no_check_in(hall: Hall):
    meeting = hall.plan()
    meeting_requests.coming(hall.session, meeting.id, by=hall.cast.zhang_san, now=NOW)
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.COMING
    assert isinstance(hall.check_in(meeting, hall.cast.zhang_san), Invitation)


# A scan of somebody who is not bound yet


def test_a_scan_counts_once_the_leader_has_confirmed_the_binding(hall: Hall):
    meeting, new = hall.plan(), "o-new"
    check_ins.keep_scan(hall.session, new, check_ins.code_of(meeting, STARTS), now=STARTS)
    request = requests.open_binding(hall.session, hall.cast.liu_defu, openid=new, now=STARTS)
    deciding_requests.approve(hall.session, request.id, by=hall.cast.li_si, now=STARTS + 20 * MINUTE)
    assert hall.state(meeting, hall.cast.liu_defu) is Attendance.PRESENT
    assert [notice.facts["meeting"] for notice in hall.notices("bound")] == [meeting.id]
    assert check_ins.kept_scan(hall.session, new, STARTS + 20 * MINUTE) is None


def test_a_scan_of_who_is_not_invited_or_is_there_already_changes_nothing(hall: Hall):
    meeting = hall.plan()
    hall.check_in(meeting, hall.cast.zhang_san)
    for who in (hall.cast.zhang_san, hall.cast.sun_li):
        check_ins.keep_scan(hall.session, "o-new", check_ins.code_of(meeting, STARTS), now=STARTS)
        assert check_ins.enter_scanned(hall.session, "o-new", by=who, now=STARTS) is None
    assert check_ins.enter_scanned(hall.session, "o-new", by=hall.cast.wang_fang, now=STARTS) is None  # taken


def test_a_scan_is_forgotten_with_the_meeting_or_its_wechat(hall: Hall):
    meeting = hall.plan()
    code = check_ins.code_of(meeting, STARTS)
    for openid in ("o-new", "o-other"):
        check_ins.keep_scan(hall.session, openid, code, now=STARTS)
    check_ins.erase(hall.session, "o-other")
    assert check_ins.kept_scan(hall.session, "o-other", STARTS) is None
    assert check_ins.kept_scan(hall.session, "o-new", STARTS) is not None
    assert check_ins.enter_scanned(hall.session, "o-new", by=hall.cast.wang_fang, now=OVER) is None
    hall.close(meeting)
    assert hall.session.get(check_ins.WaitingScan, "o-new") is None
