"""Who is pressed to plan a meeting, when, and in how many notices (rules 23)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import arising, duties, planning, pressing, settings
from models.appointments import Appointment, Office
from models.duties import Duty, DutyState, MissedMeeting
from models.meetings import Meeting
from models.members import Member
from models.months import at
from models.notices import Notice
from models.organizations import Organization, OrganizationKind
from tests.cast import Cast

GROUP, THEME = "党小组会", "主题党日"
INSTANT = timedelta(microseconds=1)
EARLY = at(date(2026, 11, 2), 9)
# November's middle is the end of the 16th; the last call begins on Tuesday, the 24th; two working days are left
# on Friday, the 27th.
MONDAY, FRIDAY = at(date(2026, 11, 23), 9), at(date(2026, 11, 27), 9)
ENDS = at(date(2026, 12, 1))


@pytest.fixture
def only(session: Session, cast: Cast) -> Session:
    """The groups' monthly meetings alone are owed."""
    for name, setting in settings.MEETING_CADENCES.items():
        if name != GROUP:
            settings.put(session, setting, "off", organization_id=None, by_id=None, now=EARLY)
    arising.see(session, arising.due(session, EARLY), now=EARLY)
    return session


def pressed(session: Session, now: datetime) -> dict[str, dict[str, list[str]]]:
    """By name what each was told at a moment: the organizations of their own, those below, what was missed."""
    plan = pressing.plan(session, now)
    assert pressing.holds(session, plan, now)
    pressing.post(session, plan.told, now=now)
    pressing.mark(session, plan, now=now)
    assert pressing.holds(session, plan, now) is not any(plan.ids)
    query = select(Notice, Member).join(Member, Member.id == Notice.member_id)
    found = session.execute(query.where(Notice.kind == "meetings_to_plan", Notice.due == now).order_by(Notice.id))
    told = {member.name: _named(session, notice) for notice, member in found}
    assert len(told) == len(plan.told)
    return told


def _named(session: Session, notice: Notice) -> dict[str, list[str]]:
    def name(kind: str, id: int) -> str:
        found = session.get_one(MissedMeeting, id) if kind == "missed" else session.get_one(Duty, id)
        return found.organization.name

    return {kind: [name(kind, id) for id in ids] for kind, ids in notice.facts.items() if ids}


def hold(session: Session, by: Member, starts_at: datetime) -> None:
    planning.plan(session, [GROUP], starts_at, "三楼会议室", by=by, now=EARLY)


def test_on_the_monday_after_the_middle_who_is_responsible_is_reminded_once(only: Session):
    assert pressed(only, at(date(2026, 11, 16), 9)) == {}  # the middle is yet to come
    assert pressed(only, at(date(2026, 11, 20), 9)) == {}  # it waits for Monday
    assert pressed(only, MONDAY - INSTANT) == {}
    assert pressed(only, MONDAY) == {
        "李四": {"own": ["第一小组"]},
        "马超": {"own": ["第二小组"]},
        "吴刚": {"own": ["第三小组"]},
    }
    assert pressed(only, MONDAY + timedelta(hours=1)) == {}


def test_two_working_days_before_the_end_the_last_call_waits_no_longer_and_the_level_above_is_told(only: Session):
    pressed(only, MONDAY)
    assert pressed(only, FRIDAY - INSTANT) == {}
    assert pressed(only, FRIDAY) == {
        "李四": {"own": ["第一小组"]},
        "马超": {"own": ["第二小组"]},
        "王建军": {"below": ["第一小组", "第二小组"]},
        "吴刚": {"own": ["第三小组"]},
        "钱进": {"below": ["第三小组"]},
    }
    for later in (at(date(2026, 11, 30), 9), ENDS - INSTANT):
        assert pressed(only, later) == {}


def test_both_reminders_slept_through_are_one(only: Session):
    told = pressed(only, at(date(2026, 11, 28), 12))  # a Saturday
    assert told["李四"] == {"own": ["第一小组"]}
    assert told["王建军"] == {"below": ["第一小组", "第二小组"]}
    assert pressed(only, at(date(2026, 11, 30), 9)) == {}


def test_whoever_has_planned_is_not_pressed(only: Session, cast: Cast):
    hold(only, cast.li_si, at(date(2026, 11, 30), 15))
    hold(only, cast.ma_chao, at(date(2026, 12, 1), 15))  # after the end: that is December's
    assert pressed(only, MONDAY).keys() == {"马超", "吴刚"}
    assert pressed(only, FRIDAY)["王建军"] == {"below": ["第二小组"]}


def test_a_week_is_pressed_on_its_thursday_and_friday(session: Session, cast: Cast):
    for name, setting in settings.MEETING_CADENCES.items():
        value = "week" if name == THEME else "off"
        settings.put(session, setting, value, organization_id=None, by_id=None, now=EARLY)
    monday = at(date(2026, 11, 16), 9)
    arising.see(session, arising.due(session, monday), now=monday)
    both = {"王建军": {"own": ["第一支部"]}, "钱进": {"own": ["第二支部"]}}
    assert pressed(session, monday) == {}
    assert pressed(session, at(date(2026, 11, 19), 9)) == both
    told = pressed(session, at(date(2026, 11, 20), 9))
    assert told == {**both, "周国平": {"below": ["第一支部", "第二支部"]}}


def test_what_was_missed_is_told_on_monday_to_who_was_responsible_and_above(only: Session, cast: Cast):
    hold(only, cast.ma_chao, at(date(2026, 11, 25), 15))
    hold(only, cast.wu_gang, at(date(2026, 11, 25), 15))
    for id, state in duties.over(only, ENDS):
        duties.settle(only, id, state, now=ENDS)
    assert pressed(only, at(date(2026, 12, 4), 9)) == {}
    missed = {"missed": ["第一小组"]}
    monday = at(date(2026, 12, 7), 9)
    assert pressed(only, monday) == {"王建军": missed, "李四": missed}
    assert pressed(only, monday + INSTANT) == {}


def test_a_person_with_several_things_gets_one_notice(session: Session, cast: Cast):
    arising.see(session, arising.due(session, EARLY), now=EARLY)
    told = pressed(session, FRIDAY)
    assert told["王建军"]["own"] == ["第一支部"] * len(told["王建军"]["own"])
    assert len(told["王建军"]["own"]) >= 2
    assert told["王建军"]["below"] == ["第一小组", "第二小组"]


def test_where_nobody_leads_the_level_above_is_responsible_and_nobody_is_told_twice(only: Session, cast: Cast):
    only.execute(delete(Appointment).where(Appointment.member_id.in_([cast.li_si.id, cast.zhou_guoping.id])))
    told = pressed(only, FRIDAY)
    assert told["王建军"] == {"own": ["第一小组"], "below": ["第二小组"]}
    assert "周国平" not in told


def test_the_party_affairs_officer_hears_of_what_is_below_and_plans_where_there_is_no_secretary(
    session: Session, cast: Cast
):
    officer = Appointment(
        member_id=cast.sun_li.id,
        organization_id=cast.committee.id,
        office=Office.PARTY_AFFAIRS_OFFICER,
        starts_on=date(2026, 1, 1),
    )
    session.add(officer)
    session.flush()
    names = [person.name for person in pressing.above(session, cast.first_branch, EARLY)]
    assert names == ["周国平", "孙丽"]
    assert [person.name for person in pressing.responsible(session, cast.committee, EARLY)] == ["周国平"]
    assert pressing.above(session, cast.committee, EARLY) == []
    session.execute(delete(Appointment).where(Appointment.member_id == cast.zhou_guoping.id))
    assert [person.name for person in pressing.responsible(session, cast.committee, EARLY)] == ["孙丽"]


def test_a_secretary_of_two_levels_is_told_once_and_the_next_one_above(session: Session, cast: Cast):
    general = Organization(name="第一党总支", kind=OrganizationKind.GENERAL_BRANCH, parent_id=cast.committee.id)
    session.add(general)
    session.flush()
    cast.first_branch.parent_id = general.id
    session.add(
        Appointment(
            member_id=cast.wang_jianjun.id,
            organization_id=general.id,
            office=Office.SECRETARY,
            starts_on=date(2026, 1, 1),
        )
    )
    session.flush()
    assert [person.name for person in pressing.above(session, cast.first_branch, EARLY)] == ["周国平"]


def test_somebody_else_telling_first_tells_nothing_twice(only: Session, cast: Cast):
    hold(only, cast.wu_gang, at(date(2026, 11, 25), 15))
    plan = pressing.plan(only, MONDAY)
    only.connection().execute(update(Duty).values(reminded_at=EARLY))
    assert not pressing.holds(only, plan, MONDAY)
    pressing.mark(only, plan, now=MONDAY)
    assert set(only.scalars(select(Duty.reminded_at))) == {EARLY}
    for id, state in duties.over(only, ENDS):
        duties.settle(only, id, state, now=ENDS)
    first = only.scalars(select(MissedMeeting).order_by(MissedMeeting.id)).first()
    assert first is not None
    first.told_at = ENDS
    only.flush()
    monday = at(date(2026, 12, 7), 9)
    assert {name for told in pressed(only, monday).values() for name in told["missed"]} == {"第二小组"}


def test_what_was_cancelled_or_moved_away_is_pressed_for_as_though_it_arose_then(only: Session, cast: Cast):
    for leader in (cast.li_si, cast.ma_chao, cast.wu_gang):
        hold(only, leader, at(date(2026, 11, 27), 15))
    cancelled, moved, _ = only.scalars(select(Meeting).order_by(Meeting.id)).all()
    wednesday = at(date(2026, 11, 18), 15)
    planning.cancel(only, cancelled.id, "停电", by=cast.li_si, now=wednesday)
    planning.move(only, moved.id, at(date(2026, 12, 3), 15), by=cast.ma_chao, now=wednesday)
    assert pressed(only, at(date(2026, 11, 19), 9)) == {}  # past the middle, but it waits for Monday
    assert pressed(only, MONDAY) == {"李四": {"own": ["第一小组"]}, "马超": {"own": ["第二小组"]}}


def test_an_ended_duty_is_not_pressed(only: Session):
    only.execute(update(Duty).values(state=DutyState.RELEASED))
    assert pressed(only, MONDAY) == {}
