"""Who joins or leaves a body after its meeting was announced (rules 24)."""

from datetime import date, timedelta

import pytest

from models import deciding_requests, joining, meeting_news, meetings, planning
from models.appointments import Appointment, Office
from models.meetings import Attendance, Meeting
from models.members import Member, MemberCategory, PartyStanding
from models.requests import RequestStatus
from tests.cast import NOW
from tests.models.hall import COMMITTEE, FIRST_GROUP, HOUR, MINUTE, STARTS, Hall

LATER = NOW + HOUR


def follow(hall: Hall, meeting: Meeting, now=LATER) -> bool:
    found = joining.due(hall.session, now)
    assert found in ([], [meeting.id])
    return joining.follow(hall.session, meeting.id, now=now) if found else False


def newcomer(hall: Hall) -> Member:
    cast = hall.cast
    member = Member(
        staff_no="7001",
        name="周新",
        branch_id=cast.first_branch.id,
        group_id=cast.first_group.id,
        category=MemberCategory.PROBATIONARY,
    )
    hall.session.add(member)
    hall.session.flush()
    return member


def test_a_new_member_is_invited_and_told_once_and_reminded_with_the_others(hall: Hall):
    meeting = hall.plan()
    assert follow(hall, meeting) is False
    member = newcomer(hall)
    assert follow(hall, meeting) is True
    invitation = meetings.invitation_of(hall.session, meeting.id, member.id)
    assert invitation is not None
    assert (invitation.state, invitation.vote, invitation.group_id) == (
        Attendance.INVITED,
        False,
        hall.cast.first_group.id,
    )
    assert follow(hall, meeting) is False
    assert joining.follow(hall.session, meeting.id, now=LATER) is False
    assert hall.told("meeting_announced").count("周新") == 1
    (first, _) = meeting_news.due_reminders(hall.session, STARTS - 30 * MINUTE)
    assert meeting_news.remind(hall.session, first, now=STARTS - timedelta(days=1))
    assert "周新" in hall.told("meeting_reminder")


def test_who_moves_goes_with_the_new_group(hall: Hall):
    own, other = hall.plan(), hall.plan(by=hall.cast.ma_chao, starts=STARTS + 3 * HOUR)
    hall.cast.zhang_san.group_id = hall.cast.second_group.id
    hall.session.flush()
    assert joining.due(hall.session, LATER) == [own.id, other.id]
    for meeting in (own, other):
        joining.follow(hall.session, meeting.id, now=LATER)
    assert hall.invited(own) == [name for name in FIRST_GROUP if name != "张三"]
    assert "张三" in hall.invited(other)
    assert hall.told("meeting_uninvited") == ["张三"]
    hall.cast.zhang_san.group_id = hall.cast.first_group.id  # and back: once told is told
    hall.session.flush()
    joining.follow(hall.session, own.id, now=LATER)
    assert hall.told("meeting_announced").count("张三") == 2


def test_who_left_or_is_suspended_is_uninvited_and_what_waits_is_settled(hall: Hall):
    meeting = hall.plan()
    request = deciding_requests.ask_leave(hall.session, meeting.id, "出差", by=hall.cast.zhang_san, now=NOW)
    pending = deciding_requests.ask_not_expected(
        hall.session, meeting.id, hall.cast.wang_fang, "自费出国半年以上", agreed=False, by=hall.cast.li_si, now=NOW
    )
    hall.cast.zhang_san.left_on = date(2026, 11, 20)
    hall.cast.wang_fang.party_standing = PartyStanding.SUSPENDED
    hall.session.flush()
    follow(hall, meeting)
    assert hall.invited(meeting) == [name for name in FIRST_GROUP if name not in {"张三", "王芳"}]
    assert (request.status, pending.request.status) == (RequestStatus.REJECTED, RequestStatus.REJECTED)
    assert hall.told("meeting_uninvited") == ["王芳"]  # who left is told nothing, and 张三 had asked for leave


def test_who_is_there_already_stays_and_nothing_changes_once_it_has_begun(hall: Hall):
    meeting = hall.plan()
    hall.check_in(meeting, hall.cast.zhang_san, STARTS - 20 * MINUTE)
    hall.cast.zhang_san.group_id = hall.cast.second_group.id
    hall.session.flush()
    assert follow(hall, meeting, STARTS - MINUTE) is False
    newcomer(hall)
    assert joining.due(hall.session, STARTS) == []
    assert joining.follow(hall.session, meeting.id, now=STARTS) is False
    planning.cancel(hall.session, meeting.id, "停电", by=hall.cast.li_si, now=STARTS)
    assert joining.follow(hall.session, meeting.id, now=LATER) is False


def test_offices_join_the_committees_meeting(hall: Hall):
    meeting = hall.plan(COMMITTEE, by=hall.cast.wang_jianjun)
    hall.session.add(
        Appointment(
            member_id=hall.cast.wang_fang.id,
            organization_id=hall.cast.first_branch.id,
            office=Office.PUBLICITY_COMMISSIONER,
            starts_on=date(2026, 11, 1),
        )
    )
    hall.session.flush()
    follow(hall, meeting)
    assert hall.invited(meeting) == ["王建军", "何敏", "孙磊", "王芳"]


@pytest.mark.sqlite_only  # a body without anybody is one on every database
def test_a_body_without_anybody_invites_nobody(hall: Hall):
    meeting = hall.plan(by=hall.cast.ma_chao)
    for who in (hall.cast.ma_chao, hall.cast.zheng_shuang, hall.cast.feng_tao):
        who.group_id = None
    hall.session.flush()
    follow(hall, meeting)
    assert hall.invited(meeting) == []
