"""A membership ends: offices, groups and the WeChat with it; the history stays (rules 7, 31)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import (
    appointments,
    bindings,
    deciding,
    group_memberships,
    leaving,
    members,
    requests,
    rolls,
    senders,
    standings,
)
from models.appointments import Office
from models.claims import ClaimStatus
from models.members import NotScoredReason
from models.months import Month, Period
from models.requests import Request, RequestStatus
from tests.cast import NOW, Cast
from tests.models.desk import NOVEMBER, TODAY, YESTERDAY, Desk
from tests.temporary import found_group

DECEMBER = NOVEMBER.plus(1)


def leave(desk: Desk, name: str = "li_si", on: date = YESTERDAY) -> None:
    leaving.leave(desk.session, getattr(desk.cast, name), on=on, by=None, now=NOW)


def test_who_left_is_no_longer_there_and_the_openid_is_free(desk: Desk):
    leave(desk)
    cast = desk.cast
    assert cast.li_si.left_on == YESTERDAY
    assert cast.li_si not in members.present(desk.session, cast.first_branch.id)
    assert bindings.find(desk.session, Cast.openid(cast.li_si)) is None
    assert senders.look(desk.session, Cast.openid(cast.li_si), "m:1", NOW).who is None


def test_the_offices_end(desk: Desk):
    leave(desk)
    assert appointments.held_by(desk.session, desk.cast.li_si.id, NOW) == []
    held = appointments.holders(desk.session, desk.cast.first_group.id, Office.GROUP_LEADER, NOW - timedelta(days=1))
    assert [m.name for m in held] == ["李四"]


def test_the_month_is_a_part_month_and_the_next_knows_nobody(desk: Desk):
    leave(desk, "zhang_san")
    branch_id = desk.cast.first_branch.id
    listed = {m.name: m.not_scored for m in rolls.roll(desk.session, branch_id, NOVEMBER)}
    assert (listed["张三"], listed["王芳"]) == (NotScoredReason.PART_MONTH, None)
    assert "张三" not in {m.name for m in rolls.roll(desk.session, branch_id, DECEMBER)}
    earlier = standings.of_branch(desk.session, branch_id, Period.month(Month(2026, 10)), NOW)
    line = earlier.line_of(desk.cast.zhang_san.id)
    assert line is not None and line.score is not None  # the history stays


def test_what_waited_for_them_is_asked_of_the_next(desk: Desk):
    claim = desk.claim()
    request = requests.open_binding(desk.session, desk.cast.liu_defu, openid="o-new", now=NOW)
    leave(desk)
    assert desk.told("claim_waiting") == ["李四", "王建军"]
    assert desk.told("request_waiting") == ["王建军"]
    assert request.status is RequestStatus.WAITING
    assert deciding.approve(desk.session, claim.id, by=desk.cast.wang_jianjun, now=NOW).credited == 1


def test_the_own_claims_stay_to_be_decided(desk: Desk):
    claim = desk.claim()
    leave(desk, "zhang_san")
    assert claim.status is ClaimStatus.SUBMITTED
    assert desk.approve(claim).credited == 1


def test_temporary_groups_end(desk: Desk):
    group = found_group(desk.session, desk.cast)
    leave(desk, "zhang_san", on=TODAY)
    assert [m.name for m in group_memberships.members_of(desk.session, group.id)] == ["王芳", "孙丽"]
    mine = group_memberships.groups_of_member(desk.session, desk.cast.zhang_san.id, NOW + timedelta(days=1))
    assert list(mine) == []


def test_what_was_asked_for_their_new_phone_is_refused(desk: Desk):
    request = requests.open_binding(desk.session, desk.cast.zhang_san, openid="o-new", now=NOW)
    by = desk.cast.wang_jianjun
    leaving.leave(desk.session, desk.cast.zhang_san, on=TODAY, by=by, now=NOW)
    found = desk.session.scalars(select(Request).execution_options(populate_existing=True)).one()
    assert (found, found.status, found.decided_by_id) == (request, RequestStatus.REJECTED, by.id)


def test_nobody_leaves_twice(desk: Desk):
    leave(desk)
    with pytest.raises(leaving.AlreadyLeft, match="李四 已于 2026-11-19 离开"):
        leave(desk)


def test_nobody_leaves_tomorrow_or_before_they_came(desk: Desk):
    desk.cast.li_si.joined_on = date(2026, 11, 2)
    for on in (TODAY + timedelta(days=1), date(2026, 11, 1)):
        with pytest.raises(leaving.BadDay):
            leave(desk, on=on)
    leave(desk, on=date(2026, 11, 2))


def test_a_member_is_found_by_staff_number_in_any_letters(desk: Desk):
    desk.cast.li_si.staff_no = "A1005"
    desk.session.flush()
    assert members.find_by_staff_no(desk.session, "a1005") is desk.cast.li_si
    assert members.find_by_staff_no(desk.session, "9999") is None
