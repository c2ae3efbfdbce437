"""What the branch records of its own (rules 4, 14)."""

from datetime import date, timedelta

import pytest

from models import pictures, records, rounds, sight, verification
from models.appointments import Office
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
from tests.cast import NOW, Cast
from tests.models.branch_desk import BranchDesk, own
from tests.models.desk import NOVEMBER, TODAY, YESTERDAY, D
from tests.models.record_desk import EVERYBODY, OCTOBER


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
