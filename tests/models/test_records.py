"""What the branch records of its own, and what the committee zeroes (rules 4, 5, 14, 15)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from models import ledger, pictures, records, rounds, sight, standings, taking_back, verification, zeroings
from models.appointments import Office
from models.deciding import NotYours, TooLateToUndo
from models.errors import NotFound, Refused
from models.ledger import AlreadyReversed
from models.members import Move
from models.months import Month, Period
from models.notices import NoticeStatus
from models.pictures import PictureStatus
from models.recorders import (
    BadAmount,
    NotForOneself,
    NotRecorded,
    NotYourBranch,
    PictureNeeded,
    ReasonMissing,
)
from models.rounds import MonthClosed, NotYet, RoundState
from models.rulebooks import Source
from models.sessions import Sessions
from models.zeroings import AlreadyZeroed, Decision, NotTheCommittee
from tests.cast import NOW, Cast
from tests.models.branch_desk import PAPER, BranchDesk, again, own
from tests.models.by_hand import ByHand
from tests.models.desk import NOVEMBER, TODAY, YESTERDAY, D, together

OCTOBER, SEPTEMBER = Month(2026, 10), Month(2026, 9)
EVERYBODY = "zhou_guoping wang_jianjun he_min sun_lei li_si wang_fang ma_chao qian_jin wu_gang".split()


@pytest.fixture
def desk(session, cast) -> BranchDesk:
    """The cast under a rulebook with items of the branch's own."""
    return own(session, cast)


# What a record is


def test_a_record_gives_one_entry_that_says_why_and_by_whom(desk: BranchDesk):
    made = desk.record("纪律-21", reason="会上玩手机")
    (entry,) = desk.entries()
    assert (entry.points, entry.source, entry.cause) == (D(-2), Source.BRANCH, f"record:{made.id}")
    assert (entry.member_id, entry.branch_id) == (desk.cast.zhang_san.id, desk.cast.first_branch.id)
    assert (entry.item_code, entry.rulebook_id, entry.day) == ("纪律-21", desk.rulebook.id, YESTERDAY)
    assert (entry.reason, entry.decided_by_id) == ("会上玩手机", desk.cast.wang_jianjun.id)
    assert records.find_by_cause(desk.session, entry.cause) is made
    assert records.entry_of(desk.session, made) is entry


def test_an_entry_of_another_origin_has_no_record(desk: BranchDesk):
    claimed = desk.approve(desk.claim())
    assert records.find_by_cause(desk.session, claimed.decision_key) is None
    assert records.find_by_cause(desk.session, "record:none") is None


def test_the_member_is_told(desk: BranchDesk):
    made = desk.record()
    (told,) = desk.notices("points_recorded")
    assert (told.member_id, told.subject, told.facts) == (desk.cast.zhang_san.id, made.cause, {"record": made.id})


def test_points_are_the_product_rounded_half_up(desk: BranchDesk):
    assert [str(desk.record("服务-23", q).points) for q in ("0.5", "0.1")] == ["0.13", "0.03"]


def test_caps_bound_records_as_they_bound_claims(desk: BranchDesk):
    assert [desk.credited("纪律-21") for _ in range(3)] == [-2, -1, 0]
    assert desk.approve(desk.claim("服务-02", "2")).credited == 4
    assert desk.credited("服务-21", "3") == 2  # the category's
    cut = desk.record("纪律-21", "2")
    assert (cut.points, cut.credited) == (D(-4), D(0))
    assert list(verification.differences(desk.session)) == []


def test_a_report_that_proved_true_is_booked_as_one(desk: BranchDesk):
    made = desk.record("纪律-23")
    assert (made.source, desk.entry(made).source) == (Source.REPORT, Source.REPORT)


# Who may


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_the_branchs_committee_records(desk: BranchDesk, name: str):
    by = getattr(desk.cast, name)
    if name in {"wang_jianjun", "he_min", "sun_lei"}:
        assert desk.record(by=by).by is by
    else:
        with pytest.raises(NotYourBranch, match="张三"):
            desk.record(by=by)


def test_a_committee_member_without_a_title_may_too(desk: BranchDesk):
    desk.office(desk.cast.wang_fang, Office.COMMITTEE_MEMBER, desk.cast.first_branch)
    assert desk.record(by=desk.cast.wang_fang)


def test_nobody_records_about_themselves(desk: BranchDesk):
    with pytest.raises(NotForOneself):
        desk.record(of=desk.cast.wang_jianjun)


def test_the_level_above_records_about_a_secretary(desk: BranchDesk):
    made = desk.record("纪律-22", of=desk.cast.wang_jianjun, by=desk.cast.zhou_guoping)
    assert made.credited == -3
    with pytest.raises(NotYourBranch, match="上级党组织登记"):
        desk.record("纪律-22", of=desk.cast.wang_jianjun, by=desk.cast.he_min)
    assert desk.record("纪律-21", of=desk.cast.wang_jianjun, by=desk.cast.he_min)


def test_an_item_for_some_offices_is_recorded_about_their_holders_alone(desk: BranchDesk):
    with pytest.raises(NotRecorded, match="担任相应职务"):
        desk.record("学习-22")
    desk.cast.zhang_san.leading_cadre = True
    assert desk.record("学习-22").credited == 1


# What may be recorded


@pytest.mark.parametrize("code", ["服务-01", "学习-03", "纪律-25"])
def test_what_is_no_item_of_the_branch_is_refused(desk: BranchDesk, code: str):
    with pytest.raises(NotRecorded, match="不由支部登记"):
        desk.record(code, source=Source.BRANCH)


def test_an_item_that_the_months_rulebook_lacks_is_refused(desk: BranchDesk, cast: Cast):
    gone = desk.item("纪律-21")
    with pytest.raises(NotRecorded, match="当月的细则里没有"):
        records.record(
            desk.session,
            cast.sun_li,
            type(gone)("别的-01", "别的", "别的", D(1), "次"),
            D(1),
            day=TODAY,
            reason="有",
            source=Source.BRANCH,
            by=cast.qian_jin,
            now=NOW,
        )


@pytest.mark.parametrize("quantity", ["0", "-1", "3.5"])
def test_the_quantity_is_positive_and_within_the_items_limit(desk: BranchDesk, quantity: str):
    with pytest.raises(BadAmount):
        desk.record("纪律-21", quantity)


def test_a_record_needs_a_reason(desk: BranchDesk):
    with pytest.raises(ReasonMissing):
        desk.record(reason="")


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (RoundState.OPEN, True),
        (RoundState.REVIEW, True),
        (RoundState.DISCLOSURE, False),
        (RoundState.FINAL, False),
    ],
)
def test_a_month_takes_records_while_it_is_open_or_under_review(desk: BranchDesk, state: RoundState, may: bool):
    desk.round(state, OCTOBER)
    if may:
        assert desk.entry(desk.record(day=date(2026, 10, 30))).about_month == OCTOBER
    else:
        with pytest.raises(MonthClosed, match="10月的评审已经结束"):
            desk.record(day=date(2026, 10, 30))


def test_a_month_without_a_round_takes_records_until_its_review_would_end(desk: BranchDesk):
    ends = rounds.review_until(desk.session, desk.cast.first_branch.id, OCTOBER)
    assert desk.record(day=date(2026, 10, 30), now=ends - timedelta(seconds=1))
    with pytest.raises(MonthClosed):
        desk.record(day=date(2026, 10, 30), now=ends)


def test_an_answer_to_a_report_may_come_after_the_review(desk: BranchDesk):
    desk.round(RoundState.FINAL, OCTOBER)
    with pytest.raises(MonthClosed):
        desk.record("纪律-23", day=date(2026, 10, 30))
    entry = desk.entry(desk.record("纪律-23", day=date(2026, 10, 30), answering=True))
    assert (entry.booked_month, entry.about_month) == (NOVEMBER, OCTOBER)


def test_nothing_is_recorded_of_a_day_to_come(desk: BranchDesk):
    with pytest.raises(NotYet):
        desk.record(day=TODAY + timedelta(days=1))


def test_the_same_item_and_day_is_found_until_it_is_taken_back(desk: BranchDesk):
    member, item = desk.cast.zhang_san, desk.item("纪律-21")
    made = desk.record()
    assert records.same_day(desk.session, member, item, YESTERDAY) is made
    assert records.same_day(desk.session, member, item, TODAY) is None
    assert records.same_day(desk.session, desk.cast.wang_fang, item, YESTERDAY) is None
    desk.reverse(desk.entry(made))
    assert records.same_day(desk.session, member, item, YESTERDAY) is None


# Pictures


def test_an_item_that_requires_a_picture_is_not_recorded_without(desk: BranchDesk):
    with pytest.raises(PictureNeeded):
        desk.record("学习-21")
    shown = desk.picture()
    made = desk.record("学习-21", pictures=(shown.id,))
    assert records.pictures_of(desk.session, made) == [shown]


def test_one_picture_shows_what_several_did_and_belongs_to_no_later_claim(desk: BranchDesk):
    shown = desk.picture()
    both = [desk.record("学习-21", of=m, pictures=(shown.id,)) for m in (desk.cast.zhang_san, desk.cast.wang_fang)]
    assert records.showing(desk.session, shown) == both
    assert pictures.loose(desk.session, desk.cast.wang_jianjun.id, NOW) == []
    assert pictures.tally(desk.session, desk.cast.wang_jianjun.id, NOW) == (0, 1)
    assert pictures.attach_loose(desk.session, desk.cast.wang_jianjun.id, 1, NOW) == 0


def test_a_records_picture_is_seen_by_whom_it_is_about_and_who_reviews(desk: BranchDesk):
    shown = desk.picture()
    desk.record("学习-21", pictures=(shown.id,))

    def seen() -> set[str]:
        people = (getattr(desk.cast, name) for name in [*EVERYBODY, "zhang_san"])
        return {m.name for m in people if sight.sees_picture(desk.session, m, shown, None, NOW)}

    assert seen() == {"周国平", "王建军", "何敏", "孙磊", "李四", "张三"}
    shown.status = PictureStatus.SEALED
    assert seen() == {"周国平"}


# Taking a record back


def take_back(desk: BranchDesk, made: records.Record, by=None, now=NOW) -> records.Record:
    return taking_back.take_back(desk.session, desk.entry(made).id, by=by or desk.cast.wang_jianjun, now=now)


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


# 归零


def score(desk: BranchDesk, month: Month = NOVEMBER) -> Decimal:
    return standings.score_of(desk.session, desk.cast.zhang_san, month)[0]


def test_a_zeroed_month_counts_0_whatever_else_is_in_it(desk: BranchDesk):
    desk.credit("服务-01", "4")
    made = desk.zero()
    desk.credit("服务-02", "1")
    assert score(desk) == 0
    entry = desk.entry(made)
    assert (entry.points, entry.source, entry.about_month, entry.day) == (D(0), Source.ZEROING, NOVEMBER, None)
    assert (entry.item_code, entry.reason) == ("纪律-25", PAPER.reason)
    assert (made.document, made.day) == (PAPER.document, PAPER.day)
    assert desk.told("zeroed") == ["张三"]
    assert list(verification.differences(desk.session)) == []


def test_a_rulebook_without_such_an_item_is_no_hindrance(desk: BranchDesk, cast: Cast):
    made = zeroings.zero(desk.session, cast.zhang_san, Month(2025, 12), PAPER, by=cast.zhou_guoping, now=NOW)
    assert (made.rulebook_id, made.item_code) == (None, None)


@pytest.mark.parametrize("name", [n for n in EVERYBODY if n != "zhou_guoping"])
def test_nobody_but_the_committee_zeroes(desk: BranchDesk, name: str):
    with pytest.raises(NotTheCommittee):
        desk.zero(by=getattr(desk.cast, name))


def test_its_party_affairs_officer_speaks_for_the_committee(desk: BranchDesk):
    desk.office(desk.cast.sun_li, Office.PARTY_AFFAIRS_OFFICER, desk.cast.committee)
    assert desk.zero(by=desk.cast.sun_li)


def test_nobody_zeroes_themselves(desk: BranchDesk):
    with pytest.raises(NotForOneself):
        desk.zero(of=desk.cast.zhou_guoping)


@pytest.mark.parametrize("paper", [PAPER._replace(document=""), PAPER._replace(reason="")])
def test_a_zeroing_needs_document_and_reason(desk: BranchDesk, paper: Decision):
    with pytest.raises(ReasonMissing, match="文号和理由"):
        desk.zero(paper=paper)


def test_a_month_or_a_document_to_come_is_refused(desk: BranchDesk):
    with pytest.raises(NotYet):
        desk.zero(Month(2026, 12))
    with pytest.raises(NotYet):
        desk.zero(paper=PAPER._replace(day=TODAY + timedelta(days=1)))


def test_a_month_is_zeroed_once_and_anew_after_it_was_taken_back(desk: BranchDesk):
    made = desk.zero()
    with pytest.raises(AlreadyZeroed):
        desk.zero()
    assert desk.zero(OCTOBER)
    take_back(desk, made, by=desk.cast.zhou_guoping, now=NOW + timedelta(days=40))
    assert score(desk) == 70
    assert desk.told("record_taken_back") == ["张三"]
    assert desk.zero(now=NOW + timedelta(days=41))


def test_only_the_committee_takes_a_zeroing_back(desk: BranchDesk):
    made = desk.zero()
    for by in (desk.cast.wang_jianjun, desk.cast.zhang_san):
        with pytest.raises(NotYours, match="由作出决定的上级党组织撤回"):
            take_back(desk, made, by=by)


def test_after_final_a_zeroing_is_booked_now_about_then(desk: BranchDesk):
    desk.round(RoundState.FINAL, OCTOBER)
    entry = desk.entry(desk.zero(OCTOBER))
    assert (entry.booked_month, entry.about_month) == (NOVEMBER, OCTOBER)


def test_a_month_is_zeroed_where_the_member_was_at_home(desk: BranchDesk):
    cast, member = desk.cast, desk.cast.zhang_san
    here, there = cast.first_branch, cast.second_branch
    member.branch_id, member.group_id = there.id, cast.third_group.id
    desk.session.add(Move(member_id=member.id, from_branch_id=here.id, to_branch_id=there.id, moved_on=TODAY))
    desk.session.flush()
    assert [desk.zero(month).branch_id for month in (OCTOBER, NOVEMBER)] == [here.id, there.id]
    assert (OCTOBER, member.id) in standings.zeroed(desk.session, here.id, Period.month(OCTOBER))


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


# verify


def by_hand_found(desk: BranchDesk, statement: str, **values: object) -> list[str]:
    desk.session.flush()
    ByHand(desk.session)(statement, **values)
    desk.session.expire_all()
    return [line for line in verification.differences(desk.session) if "登记" in line]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("credited = -100", "支部登记{id}：记着 -1.00 分，台账 J{entry} 是 -2.00 分"),
        ("points = -100", "支部登记{id}：按细则 -1.00 分，却记了 -2.00 分"),
        ("points = 200", "支部登记{id}：按细则 2.00 分，却记了 -2.00 分"),
        ("month = '2026-10'", "支部登记{id}：与台账 J{entry} 的人、支部、事项、月份或来源不符"),
        ("item_code = '纪律-23'", "支部登记{id}：与台账 J{entry} 的人、支部、事项、月份或来源不符"),
        ("source = 'report'", "支部登记{id}：与台账 J{entry} 的人、支部、事项、月份或来源不符"),
    ],
)
def test_a_changed_record_is_named(desk: BranchDesk, change: str, said: str):
    made = desk.record()
    id, entry = made.id, desk.entry(made).id
    assert by_hand_found(desk, f"UPDATE records SET {change}") == [said.format(id=id, entry=entry)]


def test_a_record_without_its_entry_is_named(desk: BranchDesk):
    id = desk.record().id
    assert by_hand_found(desk, "DELETE FROM entries") == [f"支部登记{id}：台账里没有它的明细"]


def test_an_entry_without_its_record_is_named(desk: BranchDesk):
    entry = desk.entry(desk.record()).id
    assert by_hand_found(desk, "DELETE FROM records") == [f"J{entry}：来源是支部登记，却找不到那次支部登记"]


def test_an_entry_that_only_says_it_was_recorded_is_named(desk: BranchDesk):
    cast = desk.cast
    ledger.lock(desk.session, cast.first_branch.id)
    entry = ledger.write(
        desk.session,
        cast.zhang_san,
        D(1),
        branch_id=cast.first_branch.id,
        about=YESTERDAY,
        source=Source.BRANCH,
        cause="by hand",
        by=None,
        now=NOW,
    )
    assert list(verification.differences(desk.session)) == [f"J{entry.id}：来源是支部登记，却找不到那次支部登记"]
