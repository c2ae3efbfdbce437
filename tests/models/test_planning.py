"""Planning, moving and cancelling meetings, and who is invited (rules 23, 24)."""

from datetime import date, datetime, timedelta

import pytest

from models import inviting, meeting_news, meetings, planning, requests, settings
from models import meeting_requests as asking
from models.appointments import Appointment, Office
from models.errors import NotFound
from models.inviting import MixedKinds, NobodyInvited, NotYourMeeting
from models.meetings import Attendance, Meeting, MeetingState
from models.members import Member, MemberCategory, PartyStanding
from models.months import at
from models.notices import NoticeStatus
from models.organizations import Nature, Organization, OrganizationKind
from models.planning import BadTime, NoPlace, NotAhead, ReasonMissing
from models.requests import RequestKind, RequestStatus
from tests.cast import NOW
from tests.models.hall import COMMITTEE, DAY, FIRST_GROUP, GROUP, HOUR, LECTURE, MINUTE, OVER, STARTS, Hall
from tests.temporary import found_group

FIRST_BRANCH = ["王建军", "何敏", "孙磊", *FIRST_GROUP, "马超", "郑爽", "冯涛"]
SECOND_BRANCH = ["周国平", "钱进", "吴刚", "孙丽"]
NIGHT = at(date(2026, 11, 25), 23)


def office(hall: Hall, who: Member, office: Office, where: Organization) -> None:
    hall.session.add(Appointment(member_id=who.id, organization_id=where.id, office=office, starts_on=date(2026, 1, 1)))
    hall.session.flush()


# Whom a kind invites


def test_a_group_meeting_is_for_the_group(hall: Hall):
    meeting = hall.plan()
    assert hall.invited(meeting) == FIRST_GROUP
    assert (meeting.title, meeting.main_kind, meeting.kinds[0].period) == (GROUP, GROUP, "2026-11")
    assert [one.name for one in meetings.held_by(hall.session, meeting.id)] == ["第一小组"]


def test_a_branchs_meeting_is_for_the_branch(hall: Hall):
    meeting = hall.plan(DAY, LECTURE, DAY, by=hall.cast.he_min)
    assert hall.invited(meeting) == FIRST_BRANCH
    assert [(held.kind, held.period) for held in meeting.kinds] == [(DAY, "2026-11"), (LECTURE, "2026-Q4")]
    assert meeting.title == "主题党日＋党课"


def test_the_branchs_committee_meets_alone(hall: Hall):
    assert hall.invited(hall.plan(COMMITTEE, by=hall.cast.sun_lei)) == ["王建军", "何敏", "孙磊"]


def test_suspended_members_and_those_who_left_are_not_invited(hall: Hall):
    hall.cast.zhang_san.party_standing = PartyStanding.SUSPENDED
    hall.cast.wang_fang.left_on = date(2026, 11, 1)
    assert hall.invited(hall.plan()) == [name for name in FIRST_GROUP if name not in {"张三", "王芳"}]


def test_a_temporary_group_has_no_meetings_of_its_own(hall: Hall):
    group = found_group(hall.session, hall.cast)
    with pytest.raises(NotYourMeeting, match="不开党小组会"):
        hall.plan(of=[group])
    assert hall.invited(hall.plan()) == FIRST_GROUP  # its leader leads one that counts besides


def test_the_committee_calls_cadres_and_everybody(hall: Hall):
    assert hall.invited(hall.plan("民主生活会", by=hall.cast.zhou_guoping)) == ["周国平"]
    everybody = hall.plan("党总支党员大会", by=hall.cast.zhou_guoping)
    assert sorted(hall.invited(everybody)) == sorted([*FIRST_BRANCH, *SECOND_BRANCH])


def test_the_leading_group_meets_by_its_offices(hall: Hall):
    leading = Organization(name="党组", kind=OrganizationKind.LEADING_GROUP, parent_id=hall.cast.committee.id)
    hall.session.add(leading)
    hall.session.flush()
    office(hall, hall.cast.zhou_guoping, Office.SECRETARY, leading)
    office(hall, hall.cast.qian_jin, Office.COMMITTEE_MEMBER, leading)
    meeting = hall.plan("中心组学习", by=hall.cast.zhou_guoping, of=[leading])
    assert hall.invited(meeting) == ["周国平", "钱进"]


def test_one_gathering_serves_several_branches(hall: Hall):
    both = [hall.cast.first_branch, hall.cast.second_branch]
    meeting = hall.plan(DAY, by=hall.cast.zhou_guoping, of=both)
    assert sorted(hall.invited(meeting)) == sorted([*FIRST_BRANCH, *SECOND_BRANCH])
    assert list(meetings.held_by(hall.session, meeting.id)) == both


def test_who_leads_two_groups_says_which(hall: Hall):
    office(hall, hall.cast.li_si, Office.GROUP_LEADER, hall.cast.second_group)
    with pytest.raises(NotYourMeeting, match="请写明是哪一个"):
        hall.plan()
    assert hall.invited(hall.plan(of=[hall.cast.second_group])) == ["马超", "郑爽", "冯涛"]
    hall.cast.second_group.nature = Nature.RETIRED
    assert hall.invited(hall.plan("离退休通报会")) == ["马超", "郑爽", "冯涛"]


def test_the_secretary_may_call_a_group_of_the_branch(hall: Hall):
    assert hall.invited(hall.plan(by=hall.cast.wang_jianjun, of=[hall.cast.second_group])) == ["马超", "郑爽", "冯涛"]


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        ("zhang_san", GROUP),
        ("li_si", DAY),
        ("li_si", COMMITTEE),
        ("wang_jianjun", GROUP),
        ("wang_jianjun", "民主生活会"),
    ],
)
def test_who_does_not_lead_them_calls_nobody(hall: Hall, who: str, kind: str):
    by = getattr(hall.cast, who)
    if (who, kind) == ("wang_jianjun", "民主生活会"):
        with pytest.raises(NobodyInvited):  # the branch has no leading cadre
            hall.plan(kind, by=by)
        return
    with pytest.raises(NotYourMeeting, match="发起"):
        hall.plan(kind, by=by)


def test_nobody_calls_the_meeting_of_others(hall: Hall):
    with pytest.raises(NotYourMeeting, match="第二小组的会由它自己或上级发起"):
        hall.plan(of=[hall.cast.second_group])
    with pytest.raises(NotYourMeeting, match="第二支部"):
        hall.plan(DAY, by=hall.cast.wang_jianjun, of=[hall.cast.second_branch])


def test_kinds_of_two_levels_are_two_meetings(hall: Hall):
    with pytest.raises(MixedKinds, match="不是同一级的会"):
        hall.plan(GROUP, DAY)


def test_who_has_a_vote_is_kept_with_the_invitation(hall: Hall):
    hall.cast.zhang_san.category = MemberCategory.PROBATIONARY
    hall.cast.wang_fang.party_standing = PartyStanding.ON_PROBATION
    votes = {found.member.name: found.vote for found in meetings.invitations(hall.session, hall.plan().id)}
    assert [name for name, vote in votes.items() if not vote] == ["张三", "王芳"]
    assert inviting.has_vote(hall.cast.li_si)


# Times and places


def test_what_falls_due_is_computed_once_and_stored(hall: Hall):
    meeting = hall.plan()
    assert (meeting.opens_at, meeting.late_from) == (STARTS - 30 * MINUTE, STARTS + 10 * MINUTE)
    assert (meeting.ends_at, meeting.closes_at) == (None, OVER)
    told = hall.plan(by=hall.cast.ma_chao, ends=STARTS + HOUR)
    assert told.closes_at == told.ends_at == STARTS + HOUR


def test_its_organization_may_set_them_otherwise(hall: Hall):
    own = hall.cast.first_group.id
    for setting, value in ((settings.MEETING_MINUTES, 60), (settings.CHECK_IN_MINUTES, 15), (settings.LATE_MINUTES, 0)):
        settings.put(hall.session, setting, value, organization_id=own, by_id=None, now=NOW)
    settings.put(hall.session, settings.MEETING_REMINDERS, ["30m"], organization_id=own, by_id=None, now=NOW)
    meeting = hall.plan()
    assert (meeting.opens_at, meeting.late_from) == (STARTS - 15 * MINUTE, STARTS)
    assert meeting.closes_at == STARTS + HOUR
    assert dues(hall) == [STARTS - 30 * MINUTE]


@pytest.mark.parametrize("starts", [NOW, NOW - HOUR, NOW + timedelta(days=367)])
def test_a_time_that_is_past_or_far_is_refused(hall: Hall, starts):
    with pytest.raises(BadTime):
        hall.plan(starts=starts)


@pytest.mark.parametrize("lasts", [timedelta(0), -HOUR, 13 * HOUR])
def test_an_end_that_cannot_be_is_refused(hall: Hall, lasts):
    with pytest.raises(BadTime, match="结束时间"):
        hall.plan(ends=STARTS + lasts)


@pytest.mark.parametrize("place", ["", "远" * 61])
def test_a_meeting_needs_a_place(hall: Hall, place: str):
    with pytest.raises(NoPlace):
        hall.plan(place=place)


# What is told


def test_everyone_invited_is_told_once_but_who_called_it(hall: Hall):
    meeting = hall.plan()
    assert hall.told("meeting_announced") == [name for name in FIRST_GROUP if name != "李四"]
    (first, *_) = hall.notices("meeting_announced")
    assert (first.subject, first.facts, first.due) == (meeting.subject, {"meeting": meeting.id, "moves": 0}, NOW)


def dues(hall: Hall) -> list[datetime]:
    query = hall.session.query(meeting_news.MeetingReminder).filter_by(done_at=None)
    return sorted(reminder.due for reminder in query)


def test_reminders_are_a_day_and_an_hour_before(hall: Hall):
    hall.plan()
    assert dues(hall) == [STARTS - timedelta(days=1), STARTS - HOUR]
    assert meeting_news.next_moment(hall.session, NOW) == STARTS - timedelta(days=1)
    assert meeting_news.next_moment(hall.session, STARTS - HOUR) == STARTS - 30 * MINUTE
    assert meeting_news.next_moment(hall.session, STARTS) == OVER
    assert meeting_news.next_moment(hall.session, OVER) is None


def test_what_has_passed_is_not_reminded(hall: Hall):
    hall.plan(starts=NOW + 2 * HOUR)
    assert dues(hall) == [NOW + HOUR]
    hall.plan(by=hall.cast.ma_chao, starts=NOW + HOUR)
    assert dues(hall) == [NOW + HOUR]


def test_a_reminder_waits_for_the_morning_unless_the_meeting_would_be_missed(hall: Hall):
    hall.plan(starts=at(date(2026, 11, 26), 8))
    assert dues(hall) == [at(date(2026, 11, 25), 8), at(date(2026, 11, 26), 7, 30)]
    early = at(date(2026, 11, 26), 7)
    hall.plan(by=hall.cast.ma_chao, starts=early)
    assert early - HOUR in dues(hall)


def test_what_is_called_at_night_is_reminded_after_it_was_told(hall: Hall):
    hall.plan(starts=at(date(2026, 11, 26), 22), now=NIGHT - HOUR)
    assert dues(hall) == [at(date(2026, 11, 26), 21)]
    assert all("urgent" not in notice.facts for notice in hall.notices("meeting_announced"))


def test_what_would_be_missed_by_the_morning_is_urgent(hall: Hall):
    hall.plan(starts=at(date(2026, 11, 26), 7), now=NIGHT)
    assert all(notice.facts["urgent"] for notice in hall.notices("meeting_announced"))


# Moving


def move(hall: Hall, meeting: Meeting, starts=STARTS + 24 * HOUR, *, by: Member | None = None, now=NOW, ends=None):
    return planning.move(hall.session, meeting.id, starts, by=by or hall.cast.li_si, now=now, ends_at=ends)


def test_moving_tells_everyone_anew_and_closes_what_was_told(hall: Hall):
    meeting = hall.plan()
    asking.coming(hall.session, meeting.id, by=hall.cast.zhang_san, now=NOW)
    moved = move(hall, meeting)
    assert (moved.starts_at, moved.moves, moved.closes_at) == (STARTS + 24 * HOUR, 1, OVER + 24 * HOUR)
    assert hall.told("meeting_moved") == hall.told("meeting_announced")
    hall.session.expire_all()
    assert {notice.status for notice in hall.notices("meeting_announced")} == {NoticeStatus.LAPSED}
    assert dues(hall) == [STARTS, STARTS + 23 * HOUR]
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.INVITED
    move(hall, meeting, STARTS + 48 * HOUR)
    assert len(hall.told("meeting_moved")) == 14


def test_a_moved_meeting_lasts_as_long_and_counts_for_its_new_period(hall: Hall):
    meeting = hall.plan(ends=STARTS + HOUR)
    december = at(date(2026, 12, 3), 9)
    move(hall, meeting, december)
    assert (meeting.ends_at, meeting.kinds[0].period) == (december + HOUR, "2026-12")
    move(hall, meeting, december, ends=december + 3 * HOUR)
    assert meeting.closes_at == december + 3 * HOUR


def test_a_meeting_that_has_begun_is_not_moved(hall: Hall):
    meeting = hall.plan()
    with pytest.raises(NotAhead, match="已经开始"):
        move(hall, meeting, now=STARTS)


def test_a_meeting_is_not_moved_into_the_past(hall: Hall):
    with pytest.raises(BadTime):
        move(hall, hall.plan(), NOW - HOUR)


def test_who_checked_in_early_checks_in_again_after_a_move(hall: Hall):
    meeting = hall.plan()
    hall.check_in(meeting, hall.cast.zhang_san, STARTS - 20 * MINUTE)
    move(hall, meeting, STARTS + HOUR, now=STARTS - 10 * MINUTE)
    assert hall.state(meeting, hall.cast.zhang_san) is Attendance.INVITED


# Cancelling


def cancel(hall: Hall, meeting: Meeting, reason: str = "书记出差", *, by: Member | None = None, now=NOW) -> Meeting:
    return planning.cancel(hall.session, meeting.id, reason, by=by or hall.cast.li_si, now=now)


def test_cancelling_tells_everyone_why_and_ends_what_was_asked(hall: Hall):
    meeting = hall.plan()
    leave = asking.ask_leave(hall.session, meeting.id, "出差", by=hall.cast.zhang_san, now=NOW)
    done = cancel(hall, meeting)
    assert (done.state, done.cancel_reason, done.cancelled_by_id) == (
        MeetingState.CANCELLED,
        "书记出差",
        hall.cast.li_si.id,
    )
    assert hall.told("meeting_cancelled") == hall.told("meeting_announced")
    assert dues(hall) == []
    assert leave.status is RequestStatus.REJECTED
    assert not requests.waiting_about(hall.session, meeting.id, RequestKind.LEAVE)
    assert not hall.close(meeting)


def test_a_meeting_is_cancelled_once_and_with_a_reason(hall: Hall):
    meeting = hall.plan()
    with pytest.raises(ReasonMissing):
        cancel(hall, meeting, "")
    cancel(hall, meeting)
    for act in (cancel, move):
        with pytest.raises(NotAhead, match="已经取消"):
            act(hall, meeting)


def test_what_is_over_is_neither_moved_nor_cancelled(hall: Hall):
    meeting = hall.plan()
    hall.close(meeting)
    with pytest.raises(NotAhead, match="已经散会"):
        cancel(hall, meeting, now=OVER)
    with pytest.raises(NotAhead, match="已经散会"):
        move(hall, meeting, OVER + HOUR, now=OVER)


def test_somebody_elses_move_in_the_same_moment_is_seen(hall: Hall):
    meeting = hall.plan()
    with pytest.raises(NotAhead, match="刚有人改过"):
        planning._check_ahead(hall.session, meeting, 0)


# Who runs it, who sees it


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("li_si", True),
        ("wang_jianjun", True),
        ("sun_lei", True),
        ("ma_chao", False),
        ("zhang_san", False),
        ("zhou_guoping", True),
        ("qian_jin", False),
    ],
)
def test_who_runs_a_group_meeting(hall: Hall, who: str, may: bool):
    meeting = hall.plan()
    by = getattr(hall.cast, who)
    assert meetings.runs(hall.session, by, meeting, NOW) is may
    if not may:
        with pytest.raises(NotFound, match="没有找到由您组织的 M"):
            cancel(hall, meeting, by=by)


def test_a_meeting_out_of_sight_is_answered_like_one_that_does_not_exist(hall: Hall):
    meeting = hall.plan()
    assert meetings.get(hall.session, meeting.id, asker=hall.cast.zhang_san, now=NOW) is meeting
    with pytest.raises(NotFound) as unseen:
        meetings.get(hall.session, meeting.id, asker=hall.cast.ma_chao, now=NOW)
    with pytest.raises(NotFound) as unknown:
        meetings.get(hall.session, 999, asker=hall.cast.ma_chao, now=NOW)
    assert unseen.value.sentence.replace(f"M{meeting.id}", "M999") == unknown.value.sentence
    with pytest.raises(NotFound):
        meetings.get_run(hall.session, 999, by=hall.cast.li_si, now=NOW)


# Clashes and lists


def test_meetings_of_the_same_people_at_the_same_time_clash(hall: Hall):
    meeting = hall.plan()
    asked = {"by": hall.cast.wang_jianjun, "now": NOW}
    clash = planning.clashes(hall.session, [DAY], STARTS + HOUR, **asked)  # type: ignore[arg-type]
    assert clash == [(meeting, 8)]
    assert planning.clashes(hall.session, [COMMITTEE], STARTS, **asked) == []  # type: ignore[arg-type]
    assert planning.clashes(hall.session, [DAY], OVER, **asked) == []  # type: ignore[arg-type]
    before = STARTS - 2 * HOUR
    assert planning.clashes(hall.session, [DAY], before, ends_at=STARTS, **asked) == []  # type: ignore[arg-type]
    assert planning.clashes_moved(hall.session, meeting, STARTS + HOUR, None) == []  # not with itself
    cancel(hall, meeting)
    assert planning.clashes(hall.session, [DAY], STARTS, **asked) == []  # type: ignore[arg-type]


def test_what_lies_ahead_of_somebody(hall: Hall):
    later = hall.plan(starts=STARTS + HOUR * 24)
    sooner = hall.plan(DAY, by=hall.cast.wang_jianjun)
    other = hall.plan(by=hall.cast.wang_jianjun, of=[hall.cast.second_group])
    assert list(meetings.ahead_of(hall.session, hall.cast.zhang_san.id)) == [sooner, later]
    assert list(meetings.ahead_of(hall.session, hall.cast.wang_jianjun.id)) == [sooner, other]
    hall.close(sooner)
    assert list(meetings.ahead_of(hall.session, hall.cast.zhang_san.id)) == [later]


def test_what_an_organization_held_for_a_period(hall: Hall):
    meeting = hall.plan()
    own = hall.cast.first_group.id
    assert list(meetings.of_organization(hall.session, own, GROUP, "2026-11")) == [meeting]
    assert list(meetings.of_organization(hall.session, own, GROUP, "2026-12")) == []
    cancel(hall, meeting)
    assert list(meetings.of_organization(hall.session, own, GROUP, "2026-11")) == []
