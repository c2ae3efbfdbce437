"""The roster applied: who is new, who moved, who is scored, who is missing (rules 7, 31, 32)."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from models import appointments, rolls, roster
from models.appointments import Appointment, Office
from models.ledger import Book
from models.members import Member, MemberCategory, Move, NotScored, NotScoredReason, PartyStanding
from models.months import Month
from models.roster_rows import Held, MemberRow, OrganizationRow
from tests.models.roster_rows import (
    BRANCH,
    FIRST,
    FIRST_1,
    FIRST_2,
    GROUP,
    LATER,
    NOVEMBER,
    NOW,
    ORGANIZATIONS,
    PEOPLE,
    SECOND,
    SECOND_1,
    TOP,
    apply,
    changed,
    person,
    place,
)


def test_a_first_import_founds_organizations_and_makes_members_at_home_in_branch_and_group(session):
    report = apply(session)
    assert len(report.founded) == 6
    assert len(report.people.created) == 5
    zhang = person(session, "3")
    assert (zhang.branch.name, zhang.group and zhang.group.name) == ("第一支部", "第一小组")
    assert (person(session, "1").branch.name, person(session, "1").group) == ("第一支部", None)
    assert place(session, "第一支部").starts_on == date(2018, 7, 1)
    assert place(session, "第二支部/第一小组").parent_id == place(session, "第二支部").id


def test_members_of_a_first_import_have_always_been_there_and_are_scored_in_its_month(session):
    apply(session)
    assert person(session, "3").joined_on is None
    assert rolls.not_scored(session, [person(session, "3")], NOVEMBER) == {}


def test_a_first_import_opens_a_book_for_each_branch(session):
    apply(session)
    books = {book.branch_id: book.sequence for book in session.scalars(select(Book))}
    assert books == {place(session, "第一支部").id: 0, place(session, "第二支部").id: 0}


def test_who_is_not_scored_at_the_first_import_never_was(session):
    report = apply(session)
    period = session.scalars(select(NotScored)).one()
    assert (period.from_month, period.until_month, period.decided_at) == (Month(2000, 1), None, NOW)
    assert report.people.not_scored == ["刘德福（4） 年老体弱"]


def test_the_same_roster_again_changes_nothing(session):
    apply(session)
    report = apply(session, now=LATER)
    assert list(report.lines()) == []
    assert len(session.scalars(select(Appointment)).all()) == 5
    assert len(session.scalars(select(NotScored)).all()) == 1


def test_members_are_found_again_by_staff_number_whatever_its_case(session):
    apply(session, [*PEOPLE, MemberRow("a6", "赵敏", FIRST_1)])
    report = apply(session, [*PEOPLE, MemberRow("A6", "赵敏", FIRST_1)])
    assert report.people.created == []
    assert len(session.scalars(select(Member)).all()) == 6


def test_an_update_takes_name_category_standing_rank_and_group(session):
    apply(session)
    new = changed(
        "3",
        name="张叁",
        home=FIRST_2,
        category=MemberCategory.PROBATIONARY,
        party_standing=PartyStanding.ON_PROBATION,
        leading_cadre=True,
        phone_last4="9999",
    )
    report = apply(session, new, now=LATER)
    zhang = person(session, "3")
    assert report.people.updated == ["张叁（3）"]
    assert (zhang.name, zhang.group and zhang.group.name, zhang.phone_last4) == ("张叁", "第二小组", "9999")
    assert (zhang.category, zhang.party_standing) == (MemberCategory.PROBATIONARY, PartyStanding.ON_PROBATION)
    assert zhang.leading_cadre
    move, first = session.scalars(select(Move)).one(), place(session, "第一支部").id
    group = place(session, "第一支部/第一小组")
    assert (move.from_branch_id, move.to_branch_id, move.from_group_id) == (first, first, group.id)
    assert rolls.not_scored(session, [zhang], Month(2026, 12)) == {}


def test_a_phone_left_out_of_an_update_stays(session):
    apply(session)
    report = apply(session, changed("3", phone_last4=None))
    assert person(session, "3").phone_last4 == "3333"
    assert report.people.updated == []


def test_who_comes_to_a_known_branch_joined_today_and_is_not_scored_that_month(session):
    apply(session)
    apply(session, [*PEOPLE, MemberRow("6", "赵敏", FIRST_1)], now=LATER)
    zhao = person(session, "6")
    assert zhao.joined_on == date(2026, 12, 10)
    assert rolls.not_scored(session, [zhao], Month(2026, 12)) == {zhao.id: NotScoredReason.PART_MONTH}
    assert rolls.not_scored(session, [zhao], Month(2027, 1)) == {}


def test_people_of_a_branch_that_is_imported_later_have_always_been_there(session):
    apply(session)
    third = (*TOP, "第三支部")
    leader = Held(Office.GROUP_LEADER, (*third, "第一小组"))
    places = [*ORGANIZATIONS, OrganizationRow(third, BRANCH), OrganizationRow((*third, "第一小组"), GROUP)]
    row = MemberRow("6", "赵敏", (*third, "第一小组"), offices=(leader,), not_scored=NotScoredReason.ILL)
    apply(session, [*PEOPLE, row], places, now=LATER)
    assert person(session, "6").joined_on is None
    assert appointments.held_by(session, person(session, "6").id, LATER)[0].starts_on == date(2000, 1, 1)
    assert session.scalars(select(NotScored.from_month).order_by(NotScored.id)).all()[-1] == Month(2000, 1)


def test_a_changed_branch_is_a_move_dated_today_and_that_month_is_not_scored(session):
    apply(session)
    report = apply(session, changed("3", home=SECOND_1), now=LATER)
    zhang, move = person(session, "3"), session.scalars(select(Move)).one()
    assert report.people.moved == ["张三（3） 第一支部→第二支部"]
    assert (move.member_id, move.moved_on) == (zhang.id, date(2026, 12, 10))
    assert (move.from_branch_id, move.to_branch_id) == (place(session, "第一支部").id, place(session, "第二支部").id)
    assert (zhang.branch.name, zhang.joined_on) == ("第二支部", None)
    assert rolls.not_scored(session, [zhang], Month(2026, 12)) == {zhang.id: NotScoredReason.PART_MONTH}


def test_a_move_corrected_on_its_own_day_leaves_no_trace(session):
    apply(session)
    apply(session, changed("3", home=SECOND_1))
    apply(session)
    assert session.scalars(select(Move)).all() == []
    assert person(session, "3").branch.name == "第一支部"


def test_a_second_move_on_the_same_day_leads_from_where_the_member_was_in_the_morning(session):
    apply(session)
    apply(session, changed("3", home=SECOND_1))
    third = (*TOP, "第三支部")
    apply(session, changed("3", home=third), [*ORGANIZATIONS, OrganizationRow(third, BRANCH)])
    move = session.scalars(select(Move)).one()
    assert (move.from_branch_id, move.to_branch_id) == (place(session, "第一支部").id, place(session, "第三支部").id)


def test_a_move_back_another_day_is_a_move_of_its_own(session):
    apply(session)
    apply(session, changed("3", home=SECOND_1))
    apply(session, now=LATER)
    assert len(session.scalars(select(Move)).all()) == 2


def test_not_scored_begins_with_the_present_month_and_ends_before_it(session):
    apply(session)
    ill = apply(session, changed("3", not_scored=NotScoredReason.ILL))
    assert ill.people.not_scored == ["张三（3） 长期病休"]
    zhang = person(session, "3")
    assert rolls.not_scored(session, [zhang], Month(2026, 10)) == {}
    assert rolls.not_scored(session, [zhang], NOVEMBER) == {zhang.id: NotScoredReason.ILL}
    well = apply(session, now=LATER)
    assert well.people.scored_again == ["张三（3）"]
    assert rolls.not_scored(session, [zhang], NOVEMBER) == {zhang.id: NotScoredReason.ILL}
    assert rolls.not_scored(session, [zhang], Month(2026, 12)) == {}


def test_another_reason_takes_the_place_of_the_first(session):
    apply(session)
    apply(session, changed("4", not_scored=NotScoredReason.ILL), now=LATER)
    liu = person(session, "4")
    assert rolls.not_scored(session, [liu], NOVEMBER) == {liu.id: NotScoredReason.AGED}
    assert rolls.not_scored(session, [liu], Month(2026, 12)) == {liu.id: NotScoredReason.ILL}


def test_what_a_person_decided_about_scoring_is_not_the_rosters_to_end(session):
    apply(session)
    decided = NotScored(
        member_id=person(session, "3").id,
        reason=NotScoredReason.AWAY,
        decided_by_id=person(session, "1").id,
        decided_at=NOW,
        from_month=NOVEMBER,
    )
    session.add(decided)
    apply(session, now=LATER)
    assert decided.until_month is None


def test_who_is_missing_is_reported_and_stays(session):
    apply(session)
    report = apply(session, [row for row in PEOPLE if row.staff_no != "3"], now=LATER)
    assert report.missing == ["张三（3）"]
    assert list(report.lines()) == ["表里没有的党员 1 人：张三（3）；没有删除"]
    assert person(session, "3").left_on is None


def test_a_roster_of_one_branch_misses_nobody_of_the_others(session):
    apply(session)
    second = [row for row in ORGANIZATIONS if row.path[:2] == SECOND]
    report = apply(session, [PEOPLE[4]], second, now=LATER)
    assert (report.missing, report.missing_organizations) == ([], [])


def test_who_comes_back_after_leaving_joined_today(session):
    apply(session)
    person(session, "3").left_on = date(2026, 11, 30)
    report = apply(session, now=LATER)
    assert report.people.updated == ["张三（3）"]
    assert (person(session, "3").left_on, person(session, "3").joined_on) == (None, date(2026, 12, 10))


def test_who_has_left_is_not_missing(session):
    apply(session)
    person(session, "3").left_on = date(2026, 11, 30)
    report = apply(session, [row for row in PEOPLE if row.staff_no != "3"], now=LATER)
    assert report.missing == []


def test_the_report_says_each_kind_of_change_in_one_line(session):
    apply(session)
    third = OrganizationRow((*TOP, "第三支部"), BRANCH)
    people = [
        replace(PEOPLE[0], offices=()),
        replace(PEOPLE[1], name="李肆"),
        replace(PEOPLE[2], home=SECOND_1),
        replace(PEOPLE[3], not_scored=None),
        replace(PEOPLE[4], not_scored=NotScoredReason.ILL),
        *(MemberRow(f"n{number}", "新人", third.path) for number in range(12)),
    ]
    report = apply(session, people, [*ORGANIZATIONS, third], now=LATER)
    assert list(report.lines()) == [
        "新党员 12 人",
        "新组织 1 个：第三支部",
        "资料有变 1 人：李肆（2）",
        "转到别的支部 1 人：张三（3） 第一支部→第二支部；当月不计分，已得的分留在原支部",
        "不计分 1 人：钱进（5） 长期病休",
        "恢复计分 1 人：刘德福（4）",
        "职务：新任 0 项，卸任 1 项",
    ]


def test_a_long_line_of_the_report_names_ten_and_says_that_there_are_more(session):
    apply(session, [*PEOPLE, *(MemberRow(f"n{number}", "新人", FIRST) for number in range(12))])
    (line,) = apply(session).lines()
    assert line.startswith("表里没有的党员 12 人：新人（n0）、")
    assert line.endswith("、新人（n9） 等；没有删除")


def test_what_a_workbook_may_refer_to_is_what_was_imported(session):
    apply(session)
    assert roster.known_organizations(session)[SECOND_1] is GROUP
    assert roster.staff_numbers(session) == frozenset("12345")
