"""Month end: on the last working day at 17:00 everyone hears where they stand, once (rules 29)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from jobs import month_end
from models import followers, rounds
from models.bindings import Binding
from models.followers import Follower
from models.members import Member
from models.months import Month, at
from models.notices import Notice
from models.sessions import Sessions
from tests.cast import Cast
from tests.models.desk import NOVEMBER, Desk, together
from tests.temporary import found_group

SECOND = timedelta(seconds=1)
DUE = at(date(2026, 11, 30), 17)
CLOSED = at(date(2026, 12, 4))  # claims about November are taken until 24:00 of December 3
EVERYONE = 17  # the cast without 刘德福, who has no WeChat
LEADERS = ["周国平", "王建军", "李四", "马超", "钱进", "吴刚"]


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (NOVEMBER, date(2026, 11, 30)),
        (Month(2026, 10), date(2026, 10, 30)),  # the 31st is a Saturday
        (Month(2026, 2), date(2026, 2, 28)),  # a Saturday made up for
    ],
)
def test_it_is_due_at_five_on_the_last_working_day(month: Month, day: date):
    assert month_end.due_at(month) == at(day, 17)


def test_every_member_and_every_leader_is_told(desk: Desk, within: Sessions):
    assert month_end.tell(within, now=DUE) == EVERYONE + len(LEADERS)
    told = desk.told("month_end")
    assert (len(told), len(set(told)), "刘德福" in told) == (EVERYONE, EVERYONE, False)
    assert sorted(desk.told("month_end_leader")) == sorted(LEADERS)
    assert {notice.facts["month"] for notice in desk.notices()} == {"2026-11"}


def test_a_leader_is_told_of_the_group_and_a_secretary_of_the_branch(desk: Desk, within: Sessions):
    month_end.tell(within, now=DUE)
    told = dict(zip(desk.told("month_end_leader"), desk.notices("month_end_leader"), strict=True))
    levels = dict.fromkeys(LEADERS, "branch") | dict.fromkeys(("李四", "马超", "吴刚"), "group")
    assert {name: notice.facts["level"] for name, notice in told.items()} == levels | {"周国平": "party_committee"}


def test_a_temporary_group_has_no_month_for_its_leader_to_hear_of(desk: Desk, within: Sessions):
    found_group(desk.session, desk.cast, leader=desk.cast.zhang_san)
    month_end.tell(within, now=DUE)
    assert "张三" in desk.told("month_end")
    assert "张三" not in desk.told("month_end_leader")


def test_before_five_nobody_is_told(desk: Desk, within: Sessions):
    assert month_end.tell(within, now=DUE - SECOND) == 0


def test_everyone_is_told_once_whatever_the_number_of_runs(desk: Desk, within: Sessions):
    runs = [month_end.tell(within, now=DUE + n * timedelta(minutes=1)) for n in range(4)]
    assert runs == [EVERYONE + len(LEADERS), 0, 0, 0]


@pytest.mark.parametrize("now", [DUE + timedelta(hours=9), at(date(2026, 12, 1), 8), CLOSED - SECOND])
def test_a_missed_hour_is_made_up_for_while_claims_are_taken(desk: Desk, within: Sessions, now: datetime):
    assert month_end.tell(within, now=now) == EVERYONE + len(LEADERS)
    assert {notice.facts["month"] for notice in desk.notices()} == {"2026-11"}


def test_a_month_without_a_round_is_told_of_no_more_when_its_claims_are_closed(desk: Desk, within: Sessions):
    assert month_end.tell(within, now=CLOSED) == 0


def test_who_was_down_over_the_end_of_claims_tells_while_the_month_is_reviewed(desk: Desk, within: Sessions):
    for branch in (desk.cast.first_branch, desk.cast.second_branch):
        rounds.begin(desk.session, branch.id, Month(2026, 11))
    assert month_end.tell(within, now=CLOSED) == EVERYONE + len(LEADERS)
    assert month_end.tell(within, now=CLOSED) == 0


def test_what_is_disclosed_needs_no_month_end(desk: Desk, within: Sessions):
    rounds.begin(desk.session, desk.cast.first_branch.id, Month(2026, 11))
    found = rounds.find_anew(desk.session, desk.cast.first_branch.id, Month(2026, 11))
    assert found is not None
    found.state = rounds.RoundState.DISCLOSURE
    desk.session.flush()
    assert month_end.tell(within, now=CLOSED) == 0


def test_the_next_month_is_told_anew(desk: Desk, within: Sessions):
    month_end.tell(within, now=DUE)
    assert month_end.tell(within, now=month_end.due_at(Month(2026, 12))) == EVERYONE + len(LEADERS)


def test_who_cannot_be_reached_is_not_told_until_they_can(desk: Desk, within: Sessions):
    openid = Cast.openid(desk.cast.zhang_san)
    followers.unfollow(desk.session, openid, DUE)
    desk.session.delete(desk.session.get_one(Binding, Cast.openid(desk.cast.li_si)))
    assert month_end.tell(within, now=DUE) == EVERYONE + len(LEADERS) - 3
    assert not {"张三", "李四"} & {*desk.told("month_end"), *desk.told("month_end_leader")}
    desk.session.get_one(Follower, openid).unfollowed_at = None
    assert month_end.tell(within, now=DUE + timedelta(hours=1)) == 1
    assert desk.told("month_end")[-1] == "张三"


def test_a_look_tells_some_branches_and_the_next_ones_the_others(desk: Desk, within: Sessions):
    looks = [month_end.tell(within, now=DUE + n * timedelta(minutes=1), most=1) for n in range(6)]
    assert (sum(looks), looks[-1]) == (EVERYONE + len(LEADERS), 0)
    assert 0 < looks[0] < EVERYONE


def test_who_has_another_phone_meanwhile_is_told_no_second_time(desk: Desk, within: Sessions):
    month_end.tell(within, now=DUE)
    binding = desk.session.get_one(Binding, Cast.openid(desk.cast.li_si))
    binding.month_told = None
    desk.session.flush()
    assert month_end.tell(within, now=DUE + timedelta(hours=1)) == 0


def test_who_left_is_not_told(desk: Desk, within: Sessions):
    desk.cast.feng_tao.left_on = date(2026, 11, 1)
    month_end.tell(within, now=DUE)
    assert "冯涛" not in desk.told("month_end")


def test_a_month_before_the_first_rulebook_has_nothing_to_tell(desk: Desk, within: Sessions):
    """Set up on the first days of January, the branch hears nothing of a December that nobody counted."""
    assert month_end.tell(within, now=at(date(2026, 1, 4), 12)) == 0


def test_two_workers_tell_everyone_once(sessions: Sessions, cast: Cast):
    done = together(*[lambda: month_end.tell(sessions, now=DUE)] * 3)
    assert sum(done) == EVERYONE + len(LEADERS)  # type: ignore[arg-type]
    with sessions.read() as session:
        names = session.scalars(
            select(Member.name).join(Notice, Notice.member_id == Member.id).where(Notice.kind == "month_end")
        ).all()
    assert (len(names), len(set(names))) == (EVERYONE, EVERYONE)
