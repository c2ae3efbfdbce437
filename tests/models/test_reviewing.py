"""评审 and 提交公示: what the reviewers see, who submits, and what keeps a month from it (rules 14)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from models import claiming, disclosures, finalizing, reviewing, rounds
from models.appointments import Appointment, Office
from models.claims import Claim, ClaimStatus
from models.deciding import TooLateToUndo
from models.disclosures import NotDisclosed
from models.errors import NotFound, Refused
from models.finalizing import NotDueYet
from models.ledger import Book
from models.members import Member
from models.months import Month, at
from models.notices import NoticeStatus
from models.pictures import Picture
from models.reviewing import AlreadySubmitted, Card, NoRound, NotTheSecretary, ReviewNotOpen, StillUndecided
from models.rounds import MonthClosed, MonthDisclosed, Round, RoundState
from models.rulebooks import NoRulebook
from tests.cast import NOW
from tests.models import scores
from tests.models.desk import NOVEMBER, D, Desk
from tests.models.round_desk import (
    CLOSED,
    DISCLOSED_UNTIL,
    DURING,
    FINAL,
    IN_REVIEW,
    INSTANT,
    OCTOBER,
    SUBMITTED,
    begin,
    deed,
    earned,
    in_state,
    objection,
    review,
)


def submit(desk: Desk, by: Member | None = None, *, meeting: int | None = None) -> Round:
    """The first branch's October; 王建军 submits, unless somebody else is named."""
    branch_id, by = desk.cast.first_branch.id, by or desk.cast.wang_jianjun
    return reviewing.submit(desk.session, branch_id, OCTOBER, meeting=meeting, by=by, now=SUBMITTED)


def card(desk: Desk) -> Card:
    return reviewing.card(desk.session, desk.cast.first_branch.id, OCTOBER, IN_REVIEW)


# The card


def test_the_card_counts_members_and_says_who_is_not_scored(desk: Desk):
    review(desk.session, desk.cast.first_branch.id)
    seen = card(desk)
    assert (seen.members, seen.scored, seen.below, seen.mark) == (14, 13, 0, 60)
    assert [member.name for member in seen.not_scored] == ["刘德福"]
    assert (seen.undecided, seen.odd, seen.opinions) == ((), (), ())


def test_who_is_under_the_mark_is_counted(desk: Desk):
    # The narrow rulebook's floor is above its mark; the second branch has the committee's.
    session, cast = desk.session, desk.cast
    rounds.begin(session, cast.second_branch.id, OCTOBER)
    scores.score(session, cast.sun_li, OCTOBER, "59.99")
    scores.score(session, cast.wu_gang, OCTOBER, 60)
    assert reviewing.card(session, cast.second_branch.id, OCTOBER, IN_REVIEW).below == 1


def test_what_waits_for_a_decision_or_a_supplement_is_undecided(desk: Desk):
    waiting, returned, decided = deed(desk), deed(desk, "服务-02"), earned(desk, "服务-03")
    withdrawn, november = deed(desk, "学习-01"), desk.claim()
    desk.withdraw(withdrawn, now=DURING)
    desk.send_back(returned, now=DURING)
    review(desk.session, desk.cast.first_branch.id)
    assert card(desk).undecided == (waiting, returned)
    assert decided not in card(desk).undecided
    assert november not in card(desk).undecided


def test_what_a_cap_cut_is_odd_and_another_figure_with_a_reason_is_not(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    earned(desk, "服务-01", "3")
    cut = earned(desk, "服务-01", "2", of=desk.cast.zhang_san)
    altered = deed(desk, "服务-02", "2", of=desk.cast.wang_fang)
    desk.approve(altered, figure="1", now=DURING)
    found = {claim.id: words for claim, words in card(desk).odd}
    assert "超限" in found[cut.id]
    assert altered.id not in found


def test_the_same_item_and_day_twice_is_odd(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    twice = [earned(desk, "服务-02"), earned(desk, "服务-02")]
    other = earned(desk, "服务-02", of=desk.cast.wang_fang)
    found = {claim.id: words for claim, words in card(desk).odd}
    assert [found.get(claim.id) for claim in (*twice, other)] == [("重复",), ("重复",), None]


def test_a_missing_picture_is_odd(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    sent = {"member_id": desk.cast.zhang_san.id, "media_id": "m", "received_at": DURING, "next_try": DURING}
    desk.session.add(Picture(**sent))
    desk.session.flush()
    claim = earned(desk, "学习-02")
    assert card(desk).odd == ()
    desk.session.execute(delete(Picture).where(Picture.claim_id == claim.id))
    assert card(desk).odd == ((claim, ("缺佐证",)),)


def test_an_unanswered_objection_is_on_the_card(desk: Desk):
    in_state(desk, RoundState.DISCLOSURE)
    found = objection(desk, by=desk.cast.zhang_san, about=desk.cast.wang_fang)
    assert card(desk).opinions == (found.id,)


# Which month is meant


def test_without_a_month_the_oldest_under_review_is_meant_then_the_open_one_then_the_last(desk: Desk):
    session, branch = desk.session, desk.cast.first_branch.id
    with pytest.raises(NoRound, match="现在没有要评审的积分"):
        reviewing.get_round(session, branch, None)
    rounds.begin(session, branch, NOVEMBER)
    assert reviewing.get_round(session, branch, None).month == NOVEMBER
    review(session, branch)
    assert reviewing.get_round(session, branch, None).month == OCTOBER
    submit(desk)
    assert reviewing.get_round(session, branch, None).month == NOVEMBER
    with pytest.raises(NoRound, match="9月没有要评审的积分"):
        reviewing.get_round(session, branch, Month(2026, 9))


def test_with_nothing_to_submit_the_last_month_is_meant(desk: Desk):
    in_state(desk, RoundState.FINAL)
    assert reviewing.get_round(desk.session, desk.cast.first_branch.id, None).month == OCTOBER


# Submitting


def test_the_secretary_submits_and_every_moment_is_stored(desk: Desk):
    earned(desk)
    review(desk.session, desk.cast.first_branch.id)
    round_ = submit(desk)
    book = desk.session.get_one(Book, desk.cast.first_branch.id)
    assert (round_.state, round_.submitted_by, round_.submitted_at) == (
        RoundState.DISCLOSURE,
        desk.cast.wang_jianjun,
        SUBMITTED,
    )
    assert (round_.disclosure_until, round_.final_from) == (DISCLOSED_UNTIL, FINAL)
    assert (round_.meeting, round_.head) == (None, f"1:{book.head}")


def test_every_member_who_can_be_reached_is_told_once(desk: Desk):
    review(desk.session, desk.cast.first_branch.id)
    round_ = submit(desk)
    told = desk.told("disclosure")
    assert (len(told), len(set(told)), "刘德福" in told, "孙丽" in told) == (13, 13, False, False)
    notice = desk.notices("disclosure")[0]
    assert (notice.subject, notice.facts) == (round_.subject, round_.facts)


def test_what_asked_for_the_review_is_settled(desk: Desk):
    review(desk.session, desk.cast.first_branch.id)
    asked = desk.notices("review_open")
    assert [desk.session.get_one(Member, n.member_id).name for n in asked] == ["王建军", "何敏", "孙磊"]
    submit(desk)
    assert {notice.status for notice in desk.notices("review_open")} == {NoticeStatus.LAPSED}


@pytest.mark.parametrize("who", ["he_min", "sun_lei", "li_si", "zhang_san", "zhou_guoping", "qian_jin"])
def test_nobody_but_the_secretary_submits(desk: Desk, who: str):
    review(desk.session, desk.cast.first_branch.id)
    with pytest.raises(NotTheSecretary, match="提交公示由王建军办"):
        submit(desk, getattr(desk.cast, who))


def test_the_deputy_submits_where_there_is_no_secretary_and_an_acting_one_is_one(desk: Desk):
    session, cast = desk.session, desk.cast
    review(session, cast.first_branch.id)
    held = (Appointment.organization_id == cast.first_branch.id) & (Appointment.office == Office.SECRETARY)
    session.execute(delete(Appointment).where(held))
    with pytest.raises(NotTheSecretary, match="提交公示由何敏办"):
        submit(desk, cast.wang_jianjun)
    reviewing.check_submit(session, cast.first_branch.id, OCTOBER, meeting=None, by=cast.he_min, now=SUBMITTED)
    session.add(
        Appointment(
            member_id=cast.zhao_min.id,
            organization_id=cast.first_branch.id,
            office=Office.SECRETARY,
            acting=True,
            starts_on=date(2026, 11, 1),
        )
    )
    session.flush()
    with pytest.raises(NotTheSecretary, match="提交公示由赵敏办"):
        submit(desk, cast.he_min)
    assert submit(desk, cast.zhao_min).submitted_by_id == cast.zhao_min.id


def test_without_anybody_entitled_the_refusal_names_the_office(desk: Desk):
    review(desk.session, desk.cast.first_branch.id)
    desk.session.execute(delete(Appointment))
    with pytest.raises(NotTheSecretary, match="提交公示由支部书记办"):
        submit(desk)


def test_an_operator_submits_without_being_a_member(desk: Desk):
    review(desk.session, desk.cast.first_branch.id)
    round_ = reviewing.submit(desk.session, desk.cast.first_branch.id, OCTOBER, by=None, now=SUBMITTED)
    assert (round_.state, round_.submitted_by_id) == (RoundState.DISCLOSURE, None)


def test_before_review_opens_it_is_refused_with_the_day(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    by = desk.cast.wang_jianjun
    with pytest.raises(ReviewNotOpen, match="10月的评审11月5日才开始"):
        reviewing.submit(desk.session, desk.cast.first_branch.id, OCTOBER, by=by, now=CLOSED - INSTANT)


def test_when_claims_are_closed_nobody_waits_for_the_clocks_job(desk: Desk):
    begin(desk.session, desk.cast.first_branch.id)
    by = desk.cast.wang_jianjun
    round_ = reviewing.submit(desk.session, desk.cast.first_branch.id, OCTOBER, by=by, now=CLOSED)
    assert (round_.state, round_.review_until) == (RoundState.DISCLOSURE, at(date(2026, 11, 11)))


def test_what_is_undecided_is_named(desk: Desk):
    waiting, returned = deed(desk), deed(desk, "服务-02", of=desk.cast.wang_fang)
    desk.send_back(returned, now=DURING)
    review(desk.session, desk.cast.first_branch.id)
    with pytest.raises(StillUndecided) as refused:
        submit(desk)
    assert refused.value.sentence == (
        f"10月还有申报没办完，不能提交公示：待审 #{waiting.id}（张三）；等本人补充 #{returned.id}（王芳）"
    )
    assert refused.value.example == f"解释 {waiting.id}"


def test_of_many_undecided_some_are_named_and_all_counted(desk: Desk):
    for day in range(1, 9):
        deed(desk, "服务-02", day=date(2026, 10, day))
    review(desk.session, desk.cast.first_branch.id)
    with pytest.raises(StillUndecided, match=r"#6（张三）等8条$"):
        submit(desk)


def test_what_was_returned_and_not_supplemented_ends_with_the_review_and_no_longer_keeps_it(desk: Desk):
    claim = deed(desk)
    desk.send_back(claim, now=DURING)
    round_ = review(desk.session, desk.cast.first_branch.id)
    assert round_.review_until is not None
    assert claiming.lapse(desk.session, claim, now=round_.review_until)
    assert submit(desk).state is RoundState.DISCLOSURE


def test_a_meeting_that_is_not_known_is_refused(desk: Desk):
    review(desk.session, desk.cast.first_branch.id)
    with pytest.raises(NotFound, match="没有找到会议 M7"):
        submit(desk, meeting=7)


def test_it_is_submitted_once(desk: Desk):
    review(desk.session, desk.cast.first_branch.id)
    submit(desk)
    with pytest.raises(AlreadySubmitted, match="10月已经公示，不用再提交"):
        submit(desk)
    assert len(desk.notices("disclosure")) == 13


# By hand


def test_by_hand_a_month_arises_and_its_review_opens_at_once(desk: Desk):
    session, branch = desk.session, desk.cast.first_branch.id
    round_ = reviewing.begin_by_hand(session, branch, OCTOBER, now=IN_REVIEW)
    assert (round_.state, round_.review_until) == (RoundState.REVIEW, at(date(2026, 11, 11)))
    again = reviewing.begin_by_hand(session, branch, OCTOBER, now=IN_REVIEW)
    assert again is round_
    assert len(desk.notices("review_open")) == 3


@pytest.mark.parametrize(("month", "day"), [(NOVEMBER, "12月4日"), (Month(2026, 12), "1月6日")])
def test_by_hand_nothing_opens_before_its_time(desk: Desk, month: Month, day: str):
    with pytest.raises(ReviewNotOpen, match=f"的评审{day}才开始"):
        reviewing.begin_by_hand(desk.session, desk.cast.first_branch.id, month, now=NOW)
    assert rounds.find(desk.session, desk.cast.first_branch.id, Month(2026, 12)) is None


def test_by_hand_a_month_without_a_rulebook_does_not_arise(desk: Desk):
    with pytest.raises(NoRulebook):
        reviewing.begin_by_hand(desk.session, desk.cast.first_branch.id, Month(2025, 12), now=NOW)


# What a state refuses

LATER = FINAL + timedelta(hours=1)
Verb = Callable[[Desk, Claim], object]
VERBS: dict[str, Verb] = {
    "claim": lambda desk, _: desk.claim(day=date(2026, 10, 30), now=LATER),
    "approve": lambda desk, claim: desk.approve(claim, now=LATER),
    "reject": lambda desk, claim: desk.reject(claim, now=LATER),
    "send back": lambda desk, claim: desk.send_back(claim, now=LATER),
    "undo": lambda desk, claim: desk.undo(claim, now=LATER),
    "submit": lambda desk, _: reviewing.submit(
        desk.session, desk.cast.first_branch.id, OCTOBER, by=desk.cast.wang_jianjun, now=LATER
    ),
    "check": lambda desk, _: disclosures.check(desk.session, OCTOBER, by=desk.cast.zhang_san, now=LATER),
    "finalize": lambda desk, _: finalizing.finalize(desk.session, desk.cast.first_branch.id, OCTOBER, now=LATER),
}
REFUSED: dict[tuple[RoundState, str], type[Refused]] = {
    (RoundState.REVIEW, "claim"): MonthClosed,
    (RoundState.REVIEW, "check"): NotDisclosed,
    (RoundState.REVIEW, "finalize"): NotDueYet,
    (RoundState.DISCLOSURE, "claim"): MonthClosed,
    (RoundState.DISCLOSURE, "approve"): MonthDisclosed,
    (RoundState.DISCLOSURE, "reject"): MonthDisclosed,
    (RoundState.DISCLOSURE, "send back"): MonthDisclosed,
    (RoundState.DISCLOSURE, "undo"): TooLateToUndo,
    (RoundState.DISCLOSURE, "submit"): AlreadySubmitted,
    (RoundState.FINAL, "claim"): MonthClosed,
    (RoundState.FINAL, "approve"): MonthDisclosed,
    (RoundState.FINAL, "reject"): MonthDisclosed,
    (RoundState.FINAL, "send back"): MonthDisclosed,
    (RoundState.FINAL, "undo"): TooLateToUndo,
    (RoundState.FINAL, "submit"): AlreadySubmitted,
    (RoundState.FINAL, "check"): NotDisclosed,
    (RoundState.FINAL, "finalize"): NotDueYet,
}


@pytest.mark.parametrize("state", [RoundState.REVIEW, RoundState.DISCLOSURE, RoundState.FINAL], ids=lambda s: s.value)
@pytest.mark.parametrize("verb", VERBS)
def test_a_state_refuses_what_is_not_its_own(desk: Desk, state: RoundState, verb: str):
    claim = deed(desk)
    if verb not in ("approve", "reject", "send back"):
        desk.approve(claim, now=DURING)
    if verb == "undo":
        claim.decided_at = LATER - timedelta(hours=1)
    in_state_with(desk, claim, state)
    refusal = REFUSED.get((state, verb))
    if refusal is None:
        VERBS[verb](desk, claim)
        return
    before = desk.entries(), claim.status
    with pytest.raises(refusal):
        VERBS[verb](desk, claim)
    assert (desk.entries(), claim.status) == before


def in_state_with(desk: Desk, claim: Claim, state: RoundState) -> None:
    """The state, even where an undecided claim would not have let it come to that."""
    was = claim.status
    claim.status = ClaimStatus.WITHDRAWN
    in_state(desk, state)
    claim.status = was
    desk.session.flush()


def test_while_open_a_month_is_neither_submitted_nor_disclosed_nor_final(desk: Desk):
    in_state(desk, RoundState.OPEN)
    for verb, refusal in (("check", NotDisclosed), ("finalize", NotDueYet)):
        with pytest.raises(refusal):
            VERBS[verb](desk, desk.claim())


def test_late_in_the_review_what_was_decided_can_still_be_undone(desk: Desk):
    claim = deed(desk)
    review(desk.session, desk.cast.first_branch.id)
    late = at(date(2026, 11, 12), 9)  # two days after the review should have ended
    desk.approve(claim, now=late)
    assert desk.undo(claim, now=late + timedelta(hours=1)).status is ClaimStatus.SUBMITTED
    assert [entry.points for entry in desk.entries()] == [D(1), D(-1)]
