"""Rolls: where members are at home in which month, and whether they are scored (rules 7, 31)."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models import members, rolls
from models.members import Member, Move, NotScored, NotScoredReason, PartyStanding
from models.months import Month
from models.organizations import Nature, Organization
from models.rolls import Listed
from tests.cast import NOW, Cast

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (Month(2026, n) for n in (9, 10, 11, 12))
R = NotScoredReason


def roll(session: Session, branch: Organization, month: Month) -> list[str]:
    session.flush()
    return [listed.name for listed in members_of(session, branch, month)]


def members_of(session: Session, branch: Organization, month: Month) -> list[Listed]:
    return rolls.roll(session, branch.id, month)


def months_at(session: Session, member: Member, branch: Organization) -> list[int]:
    """The months of 2026 in which a member is on a branch's roll."""
    return [m for m in range(1, 13) if member.name in roll(session, branch, Month(2026, m))]


def move(session: Session, member: Member, to: Organization, day: date, *, group: Organization | None = None) -> None:
    was = {"from_branch_id": member.branch_id, "from_group_id": member.group_id}
    session.add(Move(member_id=member.id, **was, to_branch_id=to.id, moved_on=day))
    member.branch_id, member.group_id = to.id, group.id if group else None
    session.flush()


def leave_out(
    session: Session, member: Member, reason: NotScoredReason, first: Month, last: Month | None = None
) -> None:
    session.add(NotScored(member_id=member.id, reason=reason, decided_at=NOW, from_month=first, until_month=last))
    session.flush()


def reason(session: Session, member: Member, month: Month = NOVEMBER) -> NotScoredReason | None:
    """Why a member is not scored; the roll and the single question must say the same."""
    session.flush()
    said = rolls.not_scored(session, [member], month).get(member.id)
    listed = {x.id: x.not_scored for x in rolls.roll(session, member.branch_id, month)}
    assert listed.get(member.id, said) is said
    return said


# The roll of a branch


def test_the_roll_is_in_the_order_of_the_roster(session: Session, cast: Cast):
    assert roll(session, cast.second_branch, NOVEMBER) == ["周国平", "钱进", "吴刚", "孙丽"]
    listed = rolls.roll(session, cast.second_branch.id, NOVEMBER)[2]
    assert listed == (cast.wu_gang.id, "吴刚", cast.third_group.id, None)


def test_members_of_the_first_import_have_always_been_there(session: Session, cast: Cast):
    assert months_at(session, cast.zhang_san, cast.first_branch) == list(range(1, 13))


def test_who_joined_is_on_the_roll_from_that_month_on(session: Session, cast: Cast):
    cast.zhang_san.joined_on = date(2026, 10, 31)
    assert months_at(session, cast.zhang_san, cast.first_branch) == [10, 11, 12]


def test_who_left_is_on_the_roll_until_that_month(session: Session, cast: Cast):
    cast.zhang_san.left_on = date(2026, 10, 1)
    assert months_at(session, cast.zhang_san, cast.first_branch) == list(range(1, 11))


def test_who_moved_is_on_both_rolls_in_the_month_of_moving_only(session: Session, cast: Cast):
    move(session, cast.zhang_san, cast.second_branch, date(2026, 10, 15))
    assert months_at(session, cast.zhang_san, cast.first_branch) == list(range(1, 11))
    assert months_at(session, cast.zhang_san, cast.second_branch) == [10, 11, 12]


def test_who_came_back_is_on_the_rolls_of_where_they_were(session: Session, cast: Cast):
    """Lent to the second branch from April to September."""
    move(session, cast.zhang_san, cast.second_branch, date(2026, 4, 10))
    move(session, cast.zhang_san, cast.first_branch, date(2026, 9, 10))
    assert months_at(session, cast.zhang_san, cast.first_branch) == [1, 2, 3, 4, 9, 10, 11, 12]
    assert months_at(session, cast.zhang_san, cast.second_branch) == [4, 5, 6, 7, 8, 9]


def test_who_passed_through_is_on_the_roll_only_while_there(session: Session, cast: Cast):
    third = Organization(name="第三支部", kind=cast.first_branch.kind, parent_id=cast.committee.id)
    session.add(third)
    session.flush()
    move(session, cast.zhang_san, cast.second_branch, date(2026, 10, 10))
    move(session, cast.zhang_san, third, date(2026, 12, 10))
    assert months_at(session, cast.zhang_san, cast.first_branch) == list(range(1, 11))
    assert months_at(session, cast.zhang_san, cast.second_branch) == [10, 11, 12]
    assert months_at(session, cast.zhang_san, third) == [12]


def test_who_moved_there_and_back_within_a_month_is_on_both_rolls_of_it(session: Session, cast: Cast):
    move(session, cast.zhang_san, cast.second_branch, date(2026, 10, 10))
    move(session, cast.zhang_san, cast.first_branch, date(2026, 10, 20))
    assert months_at(session, cast.zhang_san, cast.first_branch) == list(range(1, 13))
    assert months_at(session, cast.zhang_san, cast.second_branch) == [10]


# Scored or not


def test_most_members_are_scored(session: Session, cast: Cast):
    assert reason(session, cast.zhang_san) is None


def test_a_decision_leaves_out_from_a_month_until_a_month(session: Session, cast: Cast):
    leave_out(session, cast.zhang_san, R.ILL, OCTOBER, NOVEMBER)
    assert [reason(session, cast.zhang_san, m) for m in (SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER)] == [
        None,
        R.ILL,
        R.ILL,
        None,
    ]


def test_a_decision_without_an_end_holds_on(session: Session, cast: Cast):
    assert reason(session, cast.liu_defu, Month(2028, 1)) is R.AGED


def test_of_two_decisions_the_later_one_is_told(session: Session, cast: Cast):
    leave_out(session, cast.zhang_san, R.ILL, OCTOBER)
    leave_out(session, cast.zhang_san, R.AWAY, NOVEMBER)
    assert reason(session, cast.zhang_san) is R.AWAY
    assert reason(session, cast.zhang_san, OCTOBER) is R.ILL


@pytest.mark.parametrize("where", ["first_group", "first_branch"])
def test_members_of_retired_organizations_are_not_scored(session: Session, cast: Cast, where: str):
    getattr(cast, where).nature = Nature.RETIRED
    assert reason(session, cast.zhang_san) is R.RETIRED
    assert reason(session, cast.sun_li) is None


def reasons(session: Session, member: Member) -> list[NotScoredReason | None]:
    return [reason(session, member, month) for month in (SEPTEMBER, OCTOBER, NOVEMBER)]


def test_who_leaves_the_retired_for_another_branch_was_not_scored_before(session: Session, cast: Cast):
    cast.first_group.nature = Nature.RETIRED
    move(session, cast.zhang_san, cast.second_branch, date(2026, 10, 9))
    assert reasons(session, cast.zhang_san)[1:] == [R.PART_MONTH, None]
    listed = {one.id: one for one in members_of(session, cast.first_branch, SEPTEMBER)}
    assert listed[cast.zhang_san.id] == (cast.zhang_san.id, "张三", cast.first_group.id, R.RETIRED)
    assert rolls.not_scored(session, [cast.zhang_san], SEPTEMBER) == {cast.zhang_san.id: R.RETIRED}


def test_who_retires_inside_a_branch_was_scored_until_then(session: Session, cast: Cast):
    cast.second_group.nature = Nature.RETIRED
    move(session, cast.zhang_san, cast.first_branch, date(2026, 10, 9), group=cast.second_group)
    assert reasons(session, cast.zhang_san) == [None, R.RETIRED, R.RETIRED]
    groups = [{one.id: one.group_id for one in members_of(session, cast.first_branch, m)} for m in (SEPTEMBER, OCTOBER)]
    assert [group[cast.zhang_san.id] for group in groups] == [cast.first_group.id, cast.second_group.id]


def test_who_comes_back_from_the_retired_inside_a_branch_is_scored_from_that_month_on(session: Session, cast: Cast):
    cast.first_group.nature = Nature.RETIRED
    move(session, cast.zhang_san, cast.first_branch, date(2026, 10, 9), group=cast.second_group)
    assert reasons(session, cast.zhang_san) == [R.RETIRED, None, None]


def test_a_branch_passed_through_within_a_month_is_no_home_in_others(session: Session, cast: Cast):
    move(session, cast.zhang_san, cast.second_branch, date(2026, 10, 9))
    move(session, cast.zhang_san, cast.first_branch, date(2026, 10, 9))
    assert "张三" not in roll(session, cast.second_branch, SEPTEMBER)
    assert reasons(session, cast.zhang_san) == [None, R.PART_MONTH, None]


def test_a_member_without_a_group_is_scored(session: Session, cast: Cast):
    assert reason(session, cast.he_min) is None


def test_who_is_suspended_is_not_scored(session: Session, cast: Cast):
    cast.zhang_san.party_standing = PartyStanding.SUSPENDED
    cast.wang_fang.party_standing = PartyStanding.ON_PROBATION
    assert reason(session, cast.zhang_san) is R.SUSPENDED
    assert reason(session, cast.wang_fang) is None


@pytest.mark.parametrize("what", ["joined_on", "left_on"])
def test_a_part_month_is_not_scored(session: Session, cast: Cast, what: str):
    setattr(cast.zhang_san, what, date(2026, 11, 30))
    assert reason(session, cast.zhang_san) is R.PART_MONTH
    assert reason(session, cast.zhang_san, OCTOBER) is None


def test_the_month_of_a_move_is_scored_in_neither_branch(session: Session, cast: Cast):
    move(session, cast.zhang_san, cast.second_branch, date(2026, 11, 1))
    assert reason(session, cast.zhang_san) is R.PART_MONTH
    for branch in (cast.first_branch, cast.second_branch):
        listed = {x.name: x.not_scored for x in rolls.roll(session, branch.id, NOVEMBER)}
        assert listed["张三"] is R.PART_MONTH
    assert reason(session, cast.zhang_san, OCTOBER) is reason(session, cast.zhang_san, DECEMBER) is None


def test_of_several_grounds_the_weightiest_is_told(session: Session, cast: Cast):
    member = cast.zhang_san
    member.joined_on = date(2026, 11, 10)
    assert reason(session, member) is R.PART_MONTH
    cast.first_group.nature = Nature.RETIRED
    assert reason(session, member) is R.RETIRED
    member.party_standing = PartyStanding.SUSPENDED
    assert reason(session, member) is R.SUSPENDED
    leave_out(session, member, R.OTHER, NOVEMBER)
    assert reason(session, member) is R.OTHER


def test_nobody_asked_about_nobody_left_out(session: Session):
    assert rolls.not_scored(session, [], NOVEMBER) == {}


# Finding people


def test_present_members_of_a_branch_a_group_and_a_name(session: Session, cast: Cast):
    twin = Member(staff_no="2001", name="张三", branch_id=cast.second_branch.id)
    gone = Member(staff_no="2002", name="张三", branch_id=cast.second_branch.id, left_on=date(2026, 1, 1))
    session.add_all([twin, gone])
    session.flush()
    assert members.named(session, "张三") == [cast.zhang_san, twin]
    assert members.named(session, "张三", branch_id=cast.second_branch.id) == [twin]
    assert members.named(session, "没有这人") == []
    assert members.present(session, cast.second_branch.id)[-1] is twin
    assert members.of_group(session, cast.third_group.id) == [cast.wu_gang, cast.sun_li]
