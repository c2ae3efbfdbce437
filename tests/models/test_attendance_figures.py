"""Attendance over a period, counted by hand beside it (rules 23, 25)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import attendance, attendance_figures, attendance_views, meetings, planning, temporary_groups
from models.attendance_figures import Figures, Statistics
from models.errors import NotFound
from models.meetings import Attendance, HeldBy, Meeting
from models.members import Member
from models.months import Month, Period, at
from models.organizations import Organization
from tests.cast import NOW, Cast

NOVEMBER = Period.month(Month(2026, 11))
PRESENT, LATE, LEAVE, ABSENT = Attendance.PRESENT, Attendance.LATE, Attendance.ON_LEAVE, Attendance.ABSENT


def held(
    session: Session, kinds: list[str], by: Member, day: date, came: dict[Member, Attendance], *, close: bool = True
) -> Meeting:
    """A meeting at three o'clock, with what became of some of those invited."""
    starts = at(day, 15)
    meeting = planning.plan(session, kinds, starts, "三楼会议室", by=by, now=starts - timedelta(days=1))
    for member, state in came.items():
        invitation = meetings.invitation_of(session, meeting.id, member.id)
        assert invitation is not None
        invitation.state = state
    session.flush()
    if close:
        attendance.close(session, meeting.id, now=starts + timedelta(hours=2))
    return meeting


def figures(session: Session, branch: Organization, period: Period = NOVEMBER) -> Statistics:
    return attendance_figures.of_organization(session, branch, period)


@pytest.fixture
def month(session: Session, cast: Cast) -> None:
    """November of the first branch: a group meeting on the 10th, and one gathering of two kinds on the 20th."""
    c = cast
    held(session, ["党小组会"], c.li_si, date(2026, 11, 10), {c.li_si: PRESENT, c.zhang_san: LATE, c.wang_fang: LEAVE})
    both = {c.li_si: PRESENT, c.zhang_san: PRESENT, c.ma_chao: PRESENT, c.wang_jianjun: PRESENT}
    held(session, ["主题党日", "党课"], c.wang_jianjun, date(2026, 11, 20), both)


@pytest.mark.usefixtures("month")
def test_each_member_in_roster_order_without_those_who_need_not_come(session: Session, cast: Cast):
    found = {line.name: line.figures for line in figures(session, cast.first_branch).members}
    assert list(found)[:4] == ["王建军", "何敏", "孙磊", "李四"]
    assert found["李四"] == Figures(expected=2, came=2)
    assert found["张三"] == Figures(expected=2, came=2, late=1)
    assert found["王芳"] == Figures(expected=2, on_leave=1, absent=1)
    assert found["冯涛"] == Figures(expected=1, absent=1)
    assert found["刘德福"] == Figures()  # invited, and exempt for his age
    assert found["刘德福"].rate is None
    assert found["王芳"].rate == Decimal(0)


@pytest.mark.usefixtures("month")
def test_groups_kinds_and_the_whole_branch(session: Session, cast: Cast):
    found = figures(session, cast.first_branch)
    groups = {line.name: (line.meetings, line.figures) for line in found.groups}
    # Seven of the first group were expected twice: 李四 and 张三 came twice, nobody else did.
    assert groups["第一小组"] == (2, Figures(expected=14, came=4, late=1, on_leave=1, absent=9))
    assert groups["第二小组"] == (1, Figures(expected=3, came=1, absent=2))
    kinds = {line.name: (line.meetings, line.figures) for line in found.kinds}
    assert list(kinds) == ["党小组会", "党课", "主题党日"]
    assert kinds["党课"] == kinds["主题党日"] == (1, Figures(expected=13, came=4, absent=9))
    assert (found.whole.meetings, found.whole.figures.expected) == (2, 20)
    assert found.whole.figures.rate == Decimal("30.00")


@pytest.mark.usefixtures("month")
def test_another_time_and_another_branch_have_their_own(session: Session, cast: Cast):
    assert figures(session, cast.first_branch, Period.month(Month(2026, 10))).members == []
    assert figures(session, cast.second_branch).whole.figures == Figures()
    year = figures(session, cast.first_branch, Period.year(Month(2026, 11)))
    assert year == figures(session, cast.first_branch)


def test_what_is_not_over_or_was_cancelled_counts_nowhere(session: Session, cast: Cast):
    held(session, ["党小组会"], cast.li_si, date(2026, 11, 10), {cast.zhang_san: PRESENT}, close=False)
    cancelled = held(session, ["党小组会"], cast.ma_chao, date(2026, 11, 25), {}, close=False)
    planning.cancel(session, cancelled.id, "书记出差", by=cast.ma_chao, now=NOW)
    assert figures(session, cast.first_branch).members == []


def test_whoever_moved_since_counts_for_the_home_that_invited(session: Session, cast: Cast):
    held(session, ["党小组会"], cast.li_si, date(2026, 11, 10), {cast.zhang_san: PRESENT})
    moved = session.scalars(select(Member).where(Member.id == cast.zhang_san.id)).one()
    moved.branch_id, moved.group_id = cast.second_branch.id, cast.third_group.id
    session.flush()
    assert "张三" in [line.name for line in figures(session, cast.first_branch).members]
    assert figures(session, cast.second_branch).members == []


def test_leading_cadres_at_their_own_branch(session: Session, cast: Cast):
    """周国平 leads the committee and is at home in the second branch."""
    cast.zhou_guoping.group_id = cast.third_group.id
    session.flush()
    held(session, ["主题党日"], cast.qian_jin, date(2026, 11, 10), {cast.zhou_guoping: PRESENT})
    held(session, ["党小组会"], cast.wu_gang, date(2026, 11, 12), {cast.sun_li: PRESENT})
    held(session, ["民主生活会"], cast.zhou_guoping, date(2026, 11, 13), {cast.zhou_guoping: PRESENT})
    found = figures(session, cast.second_branch)
    assert [(line.name, line.figures) for line in found.cadres] == [("周国平", Figures(expected=2, came=1, absent=1))]
    assert {line.name: line.figures.came for line in found.members}["周国平"] == 2


@pytest.mark.usefixtures("month")
def test_one_kind_one_group_one_member_and_each_branch(session: Session, cast: Cast):
    held(session, ["主题党日"], cast.qian_jin, date(2026, 11, 13), {cast.qian_jin: PRESENT, cast.zhou_guoping: LATE})
    lecture = attendance_figures.of_organization(session, cast.first_branch, NOVEMBER, kind="党课")
    assert (lecture.whole.meetings, lecture.whole.figures) == (1, Figures(expected=13, came=4, absent=9))
    group = attendance_figures.of_organization(session, cast.first_group, NOVEMBER)
    assert (group.whole.meetings, group.whole.figures.expected, group.groups) == (2, 14, [])
    own = attendance_figures.of_member(session, cast.zhang_san, NOVEMBER)
    assert own.whole.figures == Figures(expected=2, came=2, late=1)
    assert [(line.name, line.figures.came) for line in own.kinds] == [("党小组会", 1), ("党课", 1), ("主题党日", 1)]
    branches = [cast.first_branch, cast.second_branch]
    found = attendance_figures.of_branches(session, branches, NOVEMBER)
    assert [line.meetings for line in found] == [2, 1]
    assert found[0].figures == figures(session, cast.first_branch).whole.figures
    assert found[1].figures == Figures(expected=4, came=2, late=1, absent=2)
    assert attendance_figures.of_branches(session, branches, NOVEMBER, "党小组会")[1].figures == Figures()
    cast.zhou_guoping.leading_cadre = True
    session.flush()
    (cadre,) = attendance_figures.of_cadres(session, [branch.id for branch in branches], NOVEMBER)
    assert (cadre.name, cadre.figures) == ("周国平", Figures(expected=1, came=1, late=1))


def test_a_temporary_group_has_the_figures_of_its_own_meetings(session: Session, cast: Cast):
    people = [cast.zhang_san, cast.ma_chao, cast.feng_tao]
    last = date(2026, 12, 31)
    group = temporary_groups.found(
        session, "扫雪专班", leader=cast.zhang_san, people=people, until=last, by=cast.wang_jianjun, now=NOW
    )
    meeting = held(session, ["党小组会"], cast.ma_chao, date(2026, 11, 10), {cast.feng_tao: PRESENT})
    session.add(HeldBy(meeting_id=meeting.id, organization_id=group.id))
    session.flush()
    found = attendance_figures.of_organization(session, group, NOVEMBER)
    assert found.whole.figures == Figures(expected=3, came=1, absent=2)
    held(session, ["党小组会"], cast.ma_chao, date(2026, 11, 12), {})
    assert attendance_figures.of_organization(session, group, NOVEMBER) == found
    assert attendance_figures.of_organization(session, cast.second_group, NOVEMBER).whole.meetings == 2


def test_an_organization_is_for_who_may_call_its_meetings(session: Session, cast: Cast):
    for asker, organization in (
        (cast.zhang_san, cast.first_group),
        (cast.li_si, cast.second_group),
        (cast.li_si, cast.first_branch),
        (cast.qian_jin, cast.first_branch),
    ):
        with pytest.raises(NotFound):
            attendance_views.check_organization(session, asker, organization, NOW)
    for asker in (cast.li_si, cast.wang_jianjun, cast.zhou_guoping):
        attendance_views.check_organization(session, asker, cast.first_group, NOW)
