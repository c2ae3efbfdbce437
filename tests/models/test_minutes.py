"""The minutes of a meeting: due, filed once, supplemented, late (rules 27)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import attendance, meetings, minutes, planning, sheets
from models.appointments import Appointment
from models.errors import NotFound
from models.late_minutes import remind, tell_above, to_remind, to_tell_above
from models.meetings import Attendance, Meeting, MeetingState
from models.minutes import Minutes, NothingSaid, NotOver, Outline, TooLong
from models.months import at
from models.notices import Notice, NoticeStatus
from tests.cast import NOW, Cast

STARTS = NOW + timedelta(hours=3)  # Friday, November 20, 13:00
OVER = STARTS + timedelta(hours=2)
SAID = Outline("学习全会精神", "每人写一篇体会")
# Three working days from Friday end with Wednesday.
REMINDED, ABOVE = at(date(2026, 11, 26), 9), at(date(2026, 11, 27), 9)


@pytest.fixture
def meeting(session: Session, cast: Cast) -> Meeting:
    """李四's group meeting, which is over: 张三 came, 王芳 was on leave, the others stayed away."""
    planned = planning.plan(session, ["党小组会"], STARTS, "三楼会议室", by=cast.li_si, now=NOW)
    for member, state, reason in (
        (cast.zhang_san, Attendance.PRESENT, ""),
        (cast.wang_fang, Attendance.ON_LEAVE, "出差"),
    ):
        invitation = meetings.invitation_of(session, planned.id, member.id)
        assert invitation is not None
        invitation.state, invitation.reason = state, reason
    session.flush()
    attendance.close(session, planned.id, now=OVER)
    return planned


def told(session: Session, kind: str) -> list[int | None]:
    return list(session.scalars(select(Notice.member_id).where(Notice.kind == kind).order_by(Notice.id)))


# Filing


def test_what_is_filed_has_its_defaults_and_the_meeting_is_filed(session: Session, cast: Cast, meeting: Meeting):
    filed = minutes.file(session, meeting.id, SAID, by=cast.li_si, now=OVER)
    assert (filed.host, filed.recorder, filed.topics, filed.resolutions) == (
        "李四",
        "李四",
        "学习全会精神",
        "每人写一篇体会",
    )
    assert (filed.filed_at, filed.filed_by_id) == (OVER, cast.li_si.id)
    assert meeting.state is MeetingState.FILED


def test_what_is_filed_is_not_changed_only_supplemented(session: Session, cast: Cast, meeting: Meeting):
    minutes.file(session, meeting.id, SAID, by=cast.li_si, now=OVER)
    again = Outline("下次讨论扫雪安排", host="王建军", recorder="张三", guests="周国平", resolutions="推选联络人")
    kept = minutes.file(session, meeting.id, again, by=cast.wang_jianjun, now=OVER + timedelta(days=1))
    assert (kept.host, kept.topics, kept.filed_at) == ("李四", "学习全会精神", OVER)
    (added,) = minutes.supplements(session, meeting.id)
    assert (added.by.name, added.at) == ("王建军", OVER + timedelta(days=1))
    assert added.text == "主持人：王建军；记录人：张三；列席：周国平；下次讨论扫雪安排；决议：推选联络人"


def test_before_the_end_and_after_a_cancellation_nothing_is_filed(session: Session, cast: Cast):
    ahead = planning.plan(session, ["党小组会"], STARTS, "会议室", by=cast.li_si, now=NOW)
    with pytest.raises(NotOver, match=f"M{ahead.id} 还没有散会，11月20日15:00以后再记"):
        minutes.file(session, ahead.id, SAID, by=cast.li_si, now=STARTS)
    planning.cancel(session, ahead.id, "书记出差", by=cast.li_si, now=NOW)
    with pytest.raises(NotOver, match="取消了"):
        minutes.file(session, ahead.id, SAID, by=cast.li_si, now=OVER)


def test_who_does_not_run_the_meeting_does_not_find_it(session: Session, cast: Cast, meeting: Meeting):
    for stranger in (cast.zhang_san, cast.qian_jin):
        with pytest.raises(NotFound):
            minutes.file(session, meeting.id, SAID, by=stranger, now=OVER)


def test_an_outline_needs_words_and_not_too_many(session: Session, cast: Cast, meeting: Meeting):
    with pytest.raises(NothingSaid):
        minutes.file(session, meeting.id, Outline("", host="李四"), by=cast.li_si, now=OVER)
    long = Outline("学" * (minutes.LONGEST_TEXT + 1))
    with pytest.raises(TooLong, match="议题最多10000字，您写了10001字"):
        minutes.file(session, meeting.id, long, by=cast.li_si, now=OVER)
    full = Outline("学" * minutes.LONGEST_TEXT, "习" * 5)
    minutes.file(session, meeting.id, full, by=cast.li_si, now=OVER)
    with pytest.raises(TooLong, match="一次最多补充10000字"):
        minutes.file(session, meeting.id, full, by=cast.li_si, now=OVER)


# The sheet


def test_the_sheet_knows_who_came_and_why_others_did_not(session: Session, cast: Cast, meeting: Meeting):
    """刘德福 is not scored for his age, and nobody expects him to come (rules 25)."""
    sheet = sheets.sheet_of(session, minutes.file(session, meeting.id, SAID, by=cast.li_si, now=OVER))
    assert (sheet.expected, sheet.came) == (7, 1)
    away = {one.member.name: (one.state, one.reason) for one in sheet.away}
    assert away["王芳"] == (Attendance.ON_LEAVE, "出差")
    assert away["刘强"] == (Attendance.ABSENT, "")
    assert "刘德福" not in away


# Late


def test_due_three_working_days_after_the_end_then_reminded_then_told_above(
    session: Session, cast: Cast, meeting: Meeting
):
    assert minutes.lacking(session) == [meeting.id]
    assert minutes.expect(session, meeting)
    assert not minutes.expect(session, meeting)
    assert minutes.lacking(session) == []
    found = minutes.find(session, meeting.id)
    assert found is not None
    assert (found.due, found.remind_at, found.above_at) == (at(date(2026, 11, 26)), REMINDED, ABOVE)
    instant = timedelta(microseconds=1)
    assert to_remind(session, REMINDED - instant) == to_tell_above(session, ABOVE - instant) == []
    assert to_remind(session, REMINDED) == to_tell_above(session, ABOVE) == [meeting.id]
    assert [remind(session, meeting.id, now=REMINDED) for _ in range(2)] == [True, False]
    assert [tell_above(session, meeting.id, now=ABOVE) for _ in range(2)] == [True, False]
    assert told(session, "minutes_late") == [cast.li_si.id]
    assert told(session, "minutes_late_above") == [cast.wang_jianjun.id]
    assert to_remind(session, ABOVE) == to_tell_above(session, ABOVE) == []


def test_once_filed_nobody_is_reminded_and_what_was_told_is_settled(session: Session, cast: Cast, meeting: Meeting):
    minutes.expect(session, meeting)
    remind(session, meeting.id, now=REMINDED)
    minutes.file(session, meeting.id, SAID, by=cast.li_si, now=REMINDED)
    assert not tell_above(session, meeting.id, now=ABOVE)
    statuses = session.scalars(select(Notice.status).where(Notice.kind == "minutes_late"))
    assert list(statuses) == [NoticeStatus.LAPSED]
    assert to_tell_above(session, ABOVE) == []


def test_the_level_above_is_never_the_organizer(session: Session, cast: Cast):
    meeting = planning.plan(session, ["主题党日"], STARTS, "会议室", by=cast.wang_jianjun, now=NOW)
    attendance.close(session, meeting.id, now=OVER)
    minutes.expect(session, meeting)
    tell_above(session, meeting.id, now=ABOVE)
    assert told(session, "minutes_late_above") == [cast.zhou_guoping.id]


def test_with_nobody_above_nobody_is_told(session: Session, cast: Cast):
    meeting = planning.plan(session, ["主题党日"], STARTS, "会议室", by=cast.wang_jianjun, now=NOW)
    attendance.close(session, meeting.id, now=OVER)
    minutes.expect(session, meeting)
    session.execute(delete(Appointment).where(Appointment.member_id == cast.zhou_guoping.id))
    assert tell_above(session, meeting.id, now=ABOVE)
    assert told(session, "minutes_late_above") == []


def test_minutes_filed_at_once_are_expected_no_more(session: Session, cast: Cast, meeting: Meeting):
    assert minutes.find(session, meeting.id) is None
    minutes.file(session, meeting.id, SAID, by=cast.li_si, now=OVER)
    assert minutes.lacking(session) == []
    assert isinstance(minutes.find(session, meeting.id), Minutes)
