"""Changing a temporary group while it runs, and its closing report (rules 9; S0)."""

from datetime import date, datetime, timedelta

import pytest

from models import acting, closing_reports, group_changes, group_memberships, temporary_groups
from models.acting import CannotActFor
from models.appointments import Office, holders
from models.claiming import NotInGroup
from models.closing_reports import AlreadyFiled, NothingSaid
from models.errors import NotFound
from models.group_changes import LeaderStays, NothingNamed, Over
from models.members import Member
from models.months import at
from models.organizations import Organization
from models.temporary_groups import AlreadyOver, TemporaryGroup, TooFew, report_day
from tests.cast import NOW
from tests.models.desk import TODAY, Desk
from tests.models.test_temporary_groups import claim
from tests.temporary import UNTIL, found_group

DAY = timedelta(days=1)
AFTER = at(UNTIL + DAY)
LATER = NOW + timedelta(hours=1)
LAST_CALL = at(date(2026, 12, 29), 9)  # three working days before the last day is over


@pytest.fixture
def group(desk: Desk) -> Organization:
    return found_group(desk.session, desk.cast)


def names(desk: Desk, group: Organization) -> list[str]:
    return [member.name for member in group_memberships.members_of(desk.session, group.id)]


def add(desk: Desk, group: Organization, *people: Member, by: Member | None = None, now: datetime = LATER) -> None:
    group_changes.add(desk.session, group, people, by=by or desk.cast.wang_jianjun, now=now)


def remove(desk: Desk, group: Organization, *people: Member, now: datetime = LATER) -> None:
    group_changes.remove(desk.session, group, people, by=desk.cast.he_min, now=now)


def until(desk: Desk, group: Organization, day: date | None, now: datetime = LATER) -> None:
    group_changes.last_until(desk.session, group, day, by=desk.cast.wang_jianjun, now=now)


# Who is in it


def test_who_is_taken_in_belongs_to_it_and_is_told_with_the_leader(desk: Desk, group: Organization):
    add(desk, group, desk.cast.chen_jing, desk.cast.zhang_san)
    assert names(desk, group) == ["张三", "王芳", "陈静", "孙丽"]
    assert (desk.told("temporary_group_joined"), desk.told("temporary_group_changed")) == (["陈静"], ["王芳"])
    assert claim(desk, group, of=desk.cast.chen_jing).temporary_group_id == group.id
    with pytest.raises(NothingNamed):
        add(desk, group, desk.cast.chen_jing)


def test_who_is_taken_out_claims_nothing_in_it_any_more_and_may_come_back(desk: Desk, group: Organization):
    add(desk, group, desk.cast.chen_jing)
    done = claim(desk, group)
    remove(desk, group, desk.cast.zhang_san, desk.cast.li_si)
    assert (names(desk, group), done.temporary_group_id) == (["王芳", "陈静", "孙丽"], group.id)
    assert desk.told("temporary_group_left") == ["张三"]
    with pytest.raises(NotInGroup):
        claim(desk, group)
    add(desk, group, desk.cast.zhang_san, now=LATER + DAY)
    assert names(desk, group) == ["张三", "王芳", "陈静", "孙丽"]


def test_three_stay_and_the_leader_among_them(desk: Desk, group: Organization):
    with pytest.raises(TooFew):
        remove(desk, group, desk.cast.zhang_san)
    with pytest.raises(LeaderStays):
        remove(desk, group, desk.cast.wang_fang)
    with pytest.raises(NothingNamed):
        remove(desk, group, desk.cast.li_si)


def test_a_secretary_who_is_in_it_is_told_nothing_of_the_own_deed(desk: Desk):
    cast = desk.cast
    people = [cast.zhang_san, cast.wang_fang]
    group = temporary_groups.found(
        desk.session, "专班", leader=cast.wang_jianjun, people=people, until=UNTIL, by=cast.wang_jianjun, now=NOW
    )
    add(desk, group, cast.chen_jing)
    until(desk, group, UNTIL + DAY)
    assert (desk.told("temporary_group_changed"), desk.told("temporary_group_until")) == ([], ["张三", "王芳", "陈静"])


@pytest.mark.parametrize("who", ["wu_gang", "wang_fang", "li_si", "zhou_guoping"])
def test_only_its_own_branchs_secretary_changes_it(desk: Desk, group: Organization, who: str):
    with pytest.raises(NotFound):
        add(desk, group, desk.cast.chen_jing, by=getattr(desk.cast, who))


# Until when


def test_it_is_prolonged_with_everybody_in_it(desk: Desk, group: Organization):
    later = UNTIL + 31 * DAY
    acting.appoint(desk.session, desk.cast.chen_jing, until=UNTIL, by=desk.cast.wang_fang, now=NOW)
    until(desk, group, later)
    assert group.ends_on == later
    assert desk.told("temporary_group_until") == ["张三", "王芳", "孙丽"]
    assert [g.id for g in group_memberships.groups_of_member(desk.session, desk.cast.zhang_san.id, AFTER)] == [group.id]
    assert [m.name for m in holders(desk.session, group.id, Office.GROUP_LEADER, AFTER)][-1] == "王芳"
    assert temporary_groups.due(desk.session, AFTER) == []
    row = desk.session.get_one(TemporaryGroup, group.id, populate_existing=True)
    assert (row.ask_report_at, row.report_asked_at) == (report_day(later, LATER), None)


def test_ended_today_it_runs_until_midnight_and_the_report_is_asked_for_at_once(desk: Desk, group: Organization):
    acting.appoint(desk.session, desk.cast.chen_jing, until=TODAY + DAY, by=desk.cast.wang_fang, now=NOW)
    until(desk, group, TODAY)
    assert closing_reports.due(desk.session, LATER) == [group.id]
    assert closing_reports.ask(desk.session, group.id, now=LATER)
    assert desk.told("closing_report_wanted") == ["陈静", "王芳"]
    tomorrow = at(TODAY + DAY)
    assert holders(desk.session, group.id, Office.GROUP_LEADER, tomorrow) == []
    assert temporary_groups.due(desk.session, tomorrow) == [group.id]


def test_what_cannot_be_its_last_day(desk: Desk, group: Organization):
    with pytest.raises(NothingNamed):
        until(desk, group, None)
    with pytest.raises(NothingNamed):
        until(desk, group, UNTIL)
    with pytest.raises(AlreadyOver):
        until(desk, group, TODAY - DAY)
    temporary_groups.end(desk.session, group.id, now=AFTER)
    with pytest.raises(Over):
        until(desk, group, UNTIL + DAY, now=AFTER)


# The closing report


def test_it_is_asked_for_three_working_days_before_the_end_once(desk: Desk, group: Organization):
    assert report_day(UNTIL, NOW) == LAST_CALL
    assert report_day(UNTIL, LAST_CALL) == at(UNTIL, 17)
    assert report_day(UNTIL, at(UNTIL, 18)) == at(UNTIL, 18)
    assert closing_reports.due(desk.session, LAST_CALL - timedelta(seconds=1)) == []
    assert closing_reports.due(desk.session, LAST_CALL) == [group.id]
    assert [closing_reports.ask(desk.session, group.id, now=LAST_CALL) for _ in range(2)] == [True, False]
    assert (desk.told("closing_report_wanted"), closing_reports.due(desk.session, LAST_CALL)) == (["王芳"], [])


def file(
    desk: Desk, group: Organization, by: Member, thoughts: str = "情绪稳定", work: str = "扫雪12次", now=LAST_CALL
):
    return closing_reports.file(desk.session, group, thoughts=thoughts, work=work, by=by, now=now)


def test_what_the_leader_files_is_kept_and_shown_to_the_branch(desk: Desk, group: Organization):
    row = file(desk, group, desk.cast.wang_fang)
    assert (row.thoughts, row.work, row.reported_by_id) == ("情绪稳定", "扫雪12次", desk.cast.wang_fang.id)
    assert desk.told("closing_report") == ["王建军", "何敏"]
    with pytest.raises(AlreadyFiled):
        file(desk, group, desk.cast.wang_fang)
    assert closing_reports.due(desk.session, AFTER) == []
    closing_reports.missing(desk.session, group.id, now=AFTER)
    assert desk.told("closing_report_missing") == []


def test_without_one_the_branch_is_told_at_the_end_and_may_file_it(desk: Desk, group: Organization):
    temporary_groups.end(desk.session, group.id, now=AFTER)
    closing_reports.missing(desk.session, group.id, now=AFTER)
    assert desk.told("closing_report_missing") == ["王建军", "何敏"]
    with pytest.raises(NotFound):
        file(desk, group, desk.cast.wang_fang, now=AFTER)
    file(desk, group, desk.cast.wang_jianjun, now=AFTER)
    assert desk.told("closing_report") == ["何敏"]


def test_a_report_says_something_and_not_too_much(desk: Desk, group: Organization):
    for thoughts, work in (("", ""), ("好" * 301, ""), ("", "好" * 301)):
        with pytest.raises(NothingSaid):
            file(desk, group, desk.cast.wang_fang, thoughts, work)
    with pytest.raises(NotFound):
        file(desk, group, desk.cast.zhang_san)


# An acting leader


def test_who_leads_two_names_for_which_somebody_acts(desk: Desk):
    cast = desk.cast
    group = found_group(desk.session, cast, leader=cast.li_si)
    assert [one.name for one in acting.lendable(desk.session, cast.li_si, NOW)] == ["第一小组", "扫雪专班"]
    lent = acting.appoint(desk.session, cast.chen_jing, until=TODAY + DAY, by=cast.li_si, now=NOW, of=group)
    assert (lent.organization_id, lent.acting) == (group.id, True)
    with pytest.raises(CannotActFor):
        acting.appoint(desk.session, cast.chen_jing, until=TODAY, by=cast.li_si, now=NOW, of=cast.second_group)
