"""Taking a record back, and what is done about one at the same time (rules 4, 15)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from models import records, taking_back, verification
from models.deciding import NotYours, TooLateToUndo
from models.errors import NotFound, Refused
from models.ledger import AlreadyReversed
from models.notices import NoticeStatus
from models.rounds import RoundState
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.branch_desk import BranchDesk, again, own
from tests.models.desk import D, together
from tests.models.record_desk import OCTOBER, take_back


@pytest.fixture
def desk(session, cast) -> BranchDesk:
    """The cast under a rulebook with items of the branch's own."""
    return own(session, cast)


# Taking a record back


def test_who_recorded_takes_it_back_and_the_member_is_told(desk: BranchDesk):
    made = desk.record()
    assert take_back(desk, made) is made
    assert [entry.points for entry in desk.entries()] == [D(-2), D(2)]
    assert [n.status for n in desk.notices("points_recorded")] == [NoticeStatus.LAPSED]
    assert desk.told("record_taken_back") == ["张三"]
    assert desk.credited("纪律-21") == -2  # the room is free again
    assert list(verification.differences(desk.session)) == []


def test_a_record_is_taken_back_once(desk: BranchDesk):
    made = desk.record()
    take_back(desk, made)
    with pytest.raises(AlreadyReversed):
        take_back(desk, made)


def test_only_who_recorded_takes_it_back(desk: BranchDesk):
    made = desk.record()
    for by in (desk.cast.he_min, desk.cast.zhang_san, desk.cast.zhou_guoping):
        with pytest.raises(NotYours, match="由登记的人撤回"):
            take_back(desk, made, by=by)
    with pytest.raises(NotFound):
        take_back(desk, made, by=desk.cast.feng_tao)


def test_a_number_that_does_not_exist_is_answered_like_one_out_of_sight(desk: BranchDesk):
    number = desk.entry(desk.record()).id
    said = []
    for wanted, by in ((number, desk.cast.feng_tao), (number + 1, desk.cast.wang_jianjun)):
        with pytest.raises(NotFound) as refused:
            taking_back.take_back(desk.session, wanted, by=by, now=NOW)
        said.append(refused.value.sentence.replace(str(wanted), "…"))
    assert said[0] == said[1]


def test_a_record_is_taken_back_within_24_hours(desk: BranchDesk):
    made = desk.record()
    day = timedelta(hours=24)
    with pytest.raises(TooLateToUndo, match="24小时"):
        take_back(desk, made, now=NOW + day)
    assert take_back(desk, made, now=NOW + day - timedelta(seconds=1))


def test_a_record_is_not_taken_back_after_the_review(desk: BranchDesk):
    desk.round(RoundState.REVIEW, OCTOBER)
    made = desk.record(day=date(2026, 10, 30))
    desk.round(RoundState.DISCLOSURE, OCTOBER)
    with pytest.raises(TooLateToUndo, match="10月的评审已结束"):
        take_back(desk, made)


def test_what_was_claimed_is_not_taken_back_as_a_record(desk: BranchDesk):
    desk.approve(desk.claim())
    with pytest.raises(NotYours, match="不是支部登记的"):
        taking_back.take_back(desk.session, desk.entries()[0].id, by=desk.cast.li_si, now=NOW)


def test_a_button_for_it_is_shown_to_who_recorded_while_it_stands(desk: BranchDesk):
    made = desk.record()
    entry = desk.entry(made)

    def shown(by) -> bool:
        return taking_back.may_take_back(desk.session, entry, by=by, now=NOW)

    assert shown(desk.cast.wang_jianjun)
    assert not shown(desk.cast.he_min)
    take_back(desk, made)
    assert not shown(desk.cast.wang_jianjun)


# Races


def test_two_of_the_committee_who_record_for_the_last_room_leave_the_cap_whole(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        own(session, cast.of(session))

    def record(name: str) -> Decimal:
        with sessions.write() as session:
            desk = again(session, cast)
            return desk.record("纪律-21", by=getattr(desk.cast, name)).credited

    names = ["wang_jianjun", "he_min", "sun_lei", "wang_jianjun"]
    credited = together(*(lambda n=n: record(n) for n in names))  # type: ignore[misc]
    assert sorted(map(str, credited)) == ["-1.00", "-2.00", "0.00", "0.00"]
    with sessions.read() as session:
        assert list(verification.differences(session)) == []


def test_a_record_taken_back_twice_at_once_is_reversed_once(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        desk = own(session, cast.of(session))
        number = desk.entry(desk.record()).id

    def back() -> str:
        with sessions.write() as session:
            by = cast.of(session).wang_jianjun
            return taking_back.take_back(session, number, by=by, now=NOW).cause

    done = together(back, back, back)
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert all(isinstance(one, Refused) for one in done if not isinstance(one, str))


def test_lists_of_names_in_several_branches_do_not_wait_for_each_other(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        own(session, cast.of(session))

    def lock(*names: str) -> int:
        with sessions.write() as session:
            here = cast.of(session)
            records.lock(session, [getattr(here, name) for name in names])
            return len(names)

    assert together(lambda: lock("zhang_san", "sun_li"), lambda: lock("sun_li", "zhang_san")) == [2, 2]
