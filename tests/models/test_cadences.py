"""Who owes which meeting in which period, and what becomes of it (rules 23)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import arising, cadences, duties, planning, settings
from models.duties import Duty, DutyState, MissedMeeting
from models.meeting_kinds import BY_NAME, Often
from models.meetings import Meeting
from models.members import Member
from models.months import at
from models.organizations import Nature, Organization, OrganizationKind
from tests.cast import NOW, Cast

GROUP = "党小组会"
EARLY = at(date(2026, 11, 2), 9)  # the first working day of November


def begin(session: Session, now: datetime = EARLY) -> list[Duty]:
    arising.see(session, everyone(session), now=now)
    return list(session.scalars(select(Duty).order_by(Duty.id)))


def everyone(session: Session) -> list[int]:
    return list(session.scalars(select(Organization.id).order_by(Organization.id)))


def lacking(session: Session, now: datetime) -> list[dict[str, Any]]:
    every = session.scalars(select(Organization)).all()
    return arising.lacking(session, cadences.owed(session, every, now), now)


def duty_of(session: Session, organization: Organization, kind: str = GROUP, period: str = "2026-11") -> Duty:
    mine = (Duty.organization_id == organization.id, Duty.kind == kind, Duty.period == period)
    return session.scalars(select(Duty).where(*mine)).one()


def put(session: Session, kind: str, value: str, organization: Organization, now: datetime = EARLY) -> None:
    setting = settings.MEETING_CADENCES[kind]
    settings.put(session, setting, value, organization_id=organization.id, by_id=None, now=now)


def hold(session: Session, by: Member, starts_at: datetime, kind: str = GROUP, now: datetime = EARLY) -> Meeting:
    return planning.plan(session, [kind], starts_at, "三楼会议室", by=by, now=now)


def owed_by(session: Session, organization: Organization, now: datetime = EARLY) -> dict[str, str]:
    found = cadences.owed(session, [organization], now)
    return {kind: often.value for (_, kind), (_, often) in found.items()}


# Who owes what


def test_the_table_of_rule_23(session: Session, cast: Cast):
    every_branch = {
        "支部党员大会": "quarter",
        "党课": "quarter",
        "主题党日": "month",
        "组织生活会": "year",
        "民主评议党员": "year",
    }
    assert owed_by(session, cast.first_group) == {GROUP: "month"}
    assert owed_by(session, cast.first_branch) == {"支部委员会": "month", **every_branch}
    assert owed_by(session, cast.second_branch) == every_branch  # four members have no committee
    assert owed_by(session, cast.committee) == {"民主生活会": "year"}


def test_a_general_branch_a_leading_group_and_a_retired_group(session: Session, cast: Cast):
    general = Organization(name="第一党总支", kind=OrganizationKind.GENERAL_BRANCH, parent_id=cast.committee.id)
    leading = Organization(name="局党组", kind=OrganizationKind.LEADING_GROUP, parent_id=cast.committee.id)
    session.add_all([general, leading])
    cast.first_group.nature = Nature.RETIRED
    session.flush()
    put(session, "离退休通报会", "quarter", cast.committee)
    put(session, "中心组学习", "month", cast.committee)
    assert owed_by(session, general) == {"党总支党员大会": "half_year"}
    assert owed_by(session, leading) == {"民主生活会": "year", "中心组学习": "month"}
    assert owed_by(session, cast.committee) == {}
    assert owed_by(session, cast.first_group) == {"离退休通报会": "quarter"}
    assert owed_by(session, cast.second_group) == {GROUP: "month"}


def test_temporary_ended_and_coming_organizations_owe_nothing(session: Session, cast: Cast):
    cast.first_group.nature = Nature.TEMPORARY
    cast.second_group.ends_on = date(2026, 11, 1)
    cast.third_group.starts_on = date(2026, 11, 3)
    session.flush()
    for group in (cast.first_group, cast.second_group, cast.third_group):
        assert owed_by(session, group) == {}


def test_without_leading_cadres_there_is_no_meeting_of_theirs(session: Session, cast: Cast):
    cast.zhou_guoping.leading_cadre = False
    session.flush()
    assert owed_by(session, cast.committee) == {}


def test_each_organization_sets_its_own(session: Session, cast: Cast):
    put(session, "主题党日", "off", cast.first_branch)
    put(session, "小组会商", "week", cast.second_branch)
    assert "主题党日" not in owed_by(session, cast.first_branch)
    assert owed_by(session, cast.third_group) == {GROUP: "month", "小组会商": "week"}
    assert owed_by(session, cast.first_group) == {GROUP: "month"}


# Arising


def test_a_duty_arises_with_its_period_once_and_stores_its_moments(session: Session, cast: Cast):
    first = begin(session)
    assert begin(session) == first
    duty = duty_of(session, cast.first_group)
    assert (duty.state, duty.middle, duty.last_call, duty.ends) == (
        DutyState.OPEN,
        at(date(2026, 11, 17)),
        at(date(2026, 11, 24)),
        at(date(2026, 12, 1)),
    )
    assert duty.urgent_from == at(date(2026, 11, 27))


def test_the_next_period_and_those_slept_through_arise(session: Session, cast: Cast):
    begin(session)
    assert [values["period"] for values in lacking(session, NOW)] == []
    later = {
        values["period"]
        for values in lacking(session, at(date(2027, 1, 5)))
        if values["organization_id"] == cast.first_group.id
    }
    assert later == {"2026-12", "2027-01"}


def test_an_installation_late_in_the_period_owes_nothing_of_it(session: Session, cast: Cast):
    found = begin(session, at(date(2026, 11, 24)))
    assert GROUP not in {duty.kind for duty in found}
    assert {duty.period for duty in found} == {"2026-Q4", "2026"}


def test_an_installation_early_in_the_year_still_owes_the_year_before(session: Session, cast: Cast):
    begin(session, at(date(2027, 1, 4)))
    assert duty_of(session, cast.first_branch, "组织生活会", "2026").ends == at(date(2027, 4, 1))
    assert duty_of(session, cast.first_branch, "组织生活会", "2027").ends == at(date(2028, 4, 1))


def test_a_period_without_working_days_has_no_duty(session: Session, cast: Cast):
    put(session, "小组会商", "week", cast.committee, at(date(2026, 2, 2)))
    begin(session, at(date(2026, 2, 9)))
    begin(session, at(date(2026, 2, 26)))  # the week from February 16 is a holiday
    query = select(Duty.period).where(Duty.kind == "小组会商", Duty.organization_id == cast.first_group.id)
    assert list(session.scalars(query)) == ["2026-W07", "2026-W09"]


def test_an_organization_that_ends_in_the_period_does_not_owe_it(session: Session, cast: Cast):
    cast.first_group.ends_on = date(2026, 11, 25)
    session.flush()
    assert cast.first_group.id not in {duty.organization_id for duty in begin(session)}


def test_a_cadence_set_late_begins_then_and_not_before(session: Session, cast: Cast):
    begin(session, at(date(2026, 8, 3)))
    put(session, "思想动态分析", "month", cast.committee, NOW)
    found = [values for values in lacking(session, NOW) if values["kind"] == "思想动态分析"]
    assert {values["period"] for values in found} == {"2026-11"}
    off_and_on = at(date(2027, 6, 1))
    put(session, GROUP, "month", cast.committee, off_and_on)  # nothing ran for half a year, then it was set anew
    periods = {values["period"] for values in lacking(session, off_and_on) if values["kind"] == GROUP}
    assert periods == {"2027-06"}


def test_a_look_sees_some_organizations_and_none_is_skipped_or_seen_twice_a_day(session: Session, cast: Cast):
    seen = []
    while some := arising.due(session, EARLY, most=3):
        assert len(some) <= 3
        arising.see(session, some, now=EARLY)
        seen += some
    assert sorted(seen) == everyone(session)
    tonight = at(date(2026, 11, 2), 23, 59)
    assert arising.due(session, tonight) == []
    assert sorted(arising.due(session, tonight + timedelta(minutes=1))) == everyone(session)
    put(session, GROUP, "off", cast.committee, tonight)
    assert sorted(arising.due(session, tonight)) == everyone(session)


# Released


def test_a_changed_cadence_releases_what_was_owed_and_owes_anew(session: Session, cast: Cast):
    begin(session)
    put(session, GROUP, "quarter", cast.first_branch)
    assert arising.see(session, everyone(session), now=EARLY) == 4
    for group in (cast.first_group, cast.second_group):
        released = duty_of(session, group)
        assert (released.state, released.settled_at) == (DutyState.RELEASED, EARLY)
        assert not duties.settle(session, released.id, DutyState.MISSED, now=EARLY)
        assert duty_of(session, group, period="2026-Q4").often is Often.QUARTER
    assert arising.see(session, everyone(session), now=EARLY) == 0


def test_what_was_released_and_is_owed_again_is_open_again(session: Session, cast: Cast):
    begin(session)
    put(session, GROUP, "off", cast.committee)
    assert arising.see(session, everyone(session), now=EARLY) == 3
    assert lacking(session, EARLY) == []
    put(session, GROUP, "month", cast.committee, EARLY + timedelta(minutes=1))
    begin(session, EARLY + timedelta(minutes=1))
    duty = duty_of(session, cast.first_group)
    assert (duty.state, duty.settled_at) == (DutyState.OPEN, None)
    assert lacking(session, EARLY + timedelta(minutes=2)) == []


# The end


def test_at_its_end_a_duty_was_met_or_is_recorded_as_missed(session: Session, cast: Cast):
    begin(session)
    hold(session, cast.li_si, NOW + timedelta(hours=4))
    first, second = duty_of(session, cast.first_group), duty_of(session, cast.second_group)
    assert duties.over(session, first.ends - timedelta(microseconds=1)) == []
    ended = dict(duties.over(session, first.ends))
    assert (ended[first.id], ended[second.id]) == (DutyState.MET, DutyState.MISSED)
    for id, state in ended.items():
        assert duties.settle(session, id, state, now=first.ends)
    query = select(MissedMeeting).where(MissedMeeting.organization_id == cast.second_group.id)
    missed = session.scalars(query).one()
    assert (missed.kind, missed.period, missed.ended_at) == (GROUP, "2026-11", first.ends)
    kept = select(MissedMeeting).where(MissedMeeting.organization_id == cast.first_group.id)
    assert session.scalars(kept).all() == []
    assert duties.over(session, first.ends) == []


def test_a_cancelled_meeting_and_one_after_the_end_do_not_count(session: Session, cast: Cast):
    begin(session)
    meeting = hold(session, cast.li_si, NOW + timedelta(hours=4))
    planning.cancel(session, meeting.id, "书记出差", by=cast.li_si, now=NOW)
    hold(session, cast.ma_chao, at(date(2026, 12, 1), 15))
    ended = dict(duties.over(session, at(date(2026, 12, 1))))
    for group in (cast.first_group, cast.second_group):
        assert ended[duty_of(session, group).id] is DutyState.MISSED


# The period a meeting counts for


@pytest.mark.parametrize(
    ("kind", "day", "period"),
    [
        (GROUP, date(2026, 11, 20), "2026-11"),
        ("党课", date(2026, 11, 20), "2026-Q4"),
        ("组织生活会", date(2026, 11, 20), "2026"),
        ("组织生活会", date(2027, 4, 1), "2027"),
        ("慰问", date(2026, 11, 20), "2026-11"),
    ],
)
def test_a_meeting_counts_for_the_period_in_which_it_is_held(
    session: Session, cast: Cast, kind: str, day: date, period: str
):
    assert cadences.period_for(session, cast.first_branch.id, kind, day) == period


def test_until_the_end_of_march_it_counts_for_the_year_before_while_that_is_owed(session: Session, cast: Cast):
    begin(session)
    branch, day = cast.first_branch, date(2027, 2, 20)
    assert cadences.period_for(session, branch.id, "组织生活会", day) == "2026"
    hold(session, cast.wang_jianjun, at(date(2026, 12, 20), 15), "组织生活会")
    assert cadences.period_for(session, branch.id, "组织生活会", day) == "2027"


def test_a_meeting_that_is_moved_keeps_its_year_inside_the_grace_time(session: Session, cast: Cast):
    begin(session)
    now = at(date(2027, 2, 1), 9)
    meeting = hold(session, cast.wang_jianjun, at(date(2027, 2, 20), 15), "组织生活会", now)
    assert meeting.kinds[0].period == "2026"
    planning.move(session, meeting.id, at(date(2027, 3, 20), 15), by=cast.wang_jianjun, now=now)
    assert meeting.kinds[0].period == "2026"
    planning.move(session, meeting.id, at(date(2027, 4, 2), 15), by=cast.wang_jianjun, now=now)
    assert meeting.kinds[0].period == "2027"


def test_it_follows_the_cadence_that_was_set(session: Session, cast: Cast):
    put(session, GROUP, "week", cast.first_group)
    assert cadences.period_for(session, cast.first_group.id, GROUP, date(2026, 11, 20)) == "2026-W47"
    assert cadences.often_of(session, BY_NAME[GROUP], cast.second_group.id) is Often.MONTH


# When people are told


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (at(date(2026, 11, 16), 9), at(date(2026, 11, 16), 9)),
        (at(date(2026, 11, 16), 8, 59), at(date(2026, 11, 9), 9)),
        (at(date(2026, 11, 22), 23), at(date(2026, 11, 16), 9)),
        (at(date(2026, 10, 5), 12), at(date(2026, 9, 28), 9)),  # a holiday Monday
        (at(date(2026, 10, 8), 12), at(date(2026, 10, 8), 9)),  # the first working day after it
        (at(date(2026, 2, 20), 12), at(date(2026, 2, 9), 9)),  # a week without any
    ],
)
def test_pressing_is_gathered_on_the_first_working_morning_of_a_week(now: datetime, moment: datetime):
    assert cadences.gathered(now) == moment
