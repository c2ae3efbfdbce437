"""What follows from a final month, and what a correction undoes (rules 15, 19, 20)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import accountable, follow_ups, late_entries, ledger, settings, talks, trial_months, zeroings
from models.appointments import Appointment, Office
from models.follow_ups import FollowUp, FollowUpKind, FollowUpStatus
from models.members import Member
from models.months import Month, at
from models.notices import Notice, NoticeStatus
from models.rounds import Round, RoundState
from tests.cast import NOW, Cast
from tests.models.scores import in_earnest, score, zero

SEPTEMBER, OCTOBER, NOVEMBER = (Month(2026, n) for n in (9, 10, 11))
TALK, APPOINTED, EVALUATION = FollowUpKind.TALK, FollowUpKind.APPOINTED_TALK, FollowUpKind.EVALUATION
LATER = at(date(2026, 12, 18), 9)


@pytest.fixture(autouse=True)
def earnest(session: Session) -> None:
    in_earnest(session)


def final(session: Session, cast: Cast, month: Month, now=NOW) -> None:
    follow_ups.at_final(session, cast.first_branch.id, month, now=now)


def all_of(session: Session) -> list[FollowUp]:
    return list(session.scalars(select(FollowUp).order_by(FollowUp.id)))


def kinds(session: Session) -> list[tuple[Month, FollowUpKind, FollowUpStatus]]:
    return [(found.month, found.kind, found.status) for found in all_of(session)]


def told(session: Session, kind: str) -> list[str]:
    query = select(Member.name).join(Notice, Notice.member_id == Member.id).where(Notice.kind == kind)
    return list(session.scalars(query.order_by(Notice.id)))


def record(session: Session, number: int, by: Member, now=NOW) -> FollowUp:
    return talks.record(session, number, "出差较多", "每月参加一次志愿服务", until=date(2026, 12, 31), by=by, now=now)


def lead(session: Session, member: Member, organization_id: int, office: Office) -> None:
    session.add(
        Appointment(member_id=member.id, organization_id=organization_id, office=office, starts_on=date(2025, 1, 1))
    )
    session.flush()


# What a final month opens


def test_the_first_month_is_a_talk_by_the_secretary(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, "59.5")
    final(session, cast, OCTOBER)
    (found,) = all_of(session)
    assert (found.member, found.kind, found.status) == (cast.zhang_san, TALK, FollowUpStatus.OPEN)
    assert (found.score, found.mark, found.streak) == (Decimal("59.5"), Decimal(60), 1)
    # November 20 is a Friday: the tenth working day after it is December 4, the fifth November 27.
    assert found.due == at(date(2026, 12, 5))
    assert found.remind_at == at(date(2026, 12, 3))
    assert found.object_until == at(date(2026, 11, 28))
    assert told(session, "follow_up_opened") == ["张三"]
    assert told(session, "follow_up_asked") == ["王建军"]


def test_nobody_at_the_mark_is_followed_up(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, 60)
    final(session, cast, OCTOBER)
    assert all_of(session) == []


def test_a_final_that_is_run_twice_opens_once(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, 50)
    final(session, cast, OCTOBER)
    final(session, cast, OCTOBER, LATER)
    assert kinds(session) == [(OCTOBER, TALK, FollowUpStatus.OPEN)]
    assert told(session, "follow_up_opened") == ["张三"]


def test_the_second_month_shows_with_the_officer_above_until_somebody_is_named(session: Session, cast: Cast) -> None:
    lead(session, cast.sun_li, cast.committee.id, Office.PARTY_AFFAIRS_OFFICER)
    for month in (SEPTEMBER, OCTOBER):
        score(session, cast.zhang_san, month, 50)
    final(session, cast, OCTOBER)
    (found,) = all_of(session)
    assert (found.kind, found.streak) == (APPOINTED, 2)
    assert told(session, "follow_up_to_name") == ["孙丽"]
    assert accountable.waiting_for(session, cast.sun_li, NOW) == [found]
    assert accountable.waiting_for(session, cast.wang_jianjun, NOW) == []


def test_without_an_officer_above_it_shows_with_the_secretary_above(session: Session, cast: Cast) -> None:
    for month in (SEPTEMBER, OCTOBER):
        score(session, cast.zhang_san, month, 50)
    final(session, cast, OCTOBER)
    assert told(session, "follow_up_to_name") == ["周国平"]


def test_the_third_month_and_more_are_listed_for_evaluation(session: Session, cast: Cast) -> None:
    for month in (Month(2026, 8), SEPTEMBER, OCTOBER, NOVEMBER):
        score(session, cast.zhang_san, month, 50)
    final(session, cast, OCTOBER)
    final(session, cast, NOVEMBER, LATER)
    assert [(f.month, f.kind, f.streak) for f in all_of(session)] == [
        (OCTOBER, EVALUATION, 3),
        (NOVEMBER, EVALUATION, 4),
    ]
    assert told(session, "follow_up_asked") == ["王建军", "王建军"]


def test_the_level_above_talks_with_the_secretary_himself(session: Session, cast: Cast) -> None:
    score(session, cast.wang_jianjun, OCTOBER, 50)
    final(session, cast, OCTOBER)
    assert told(session, "follow_up_asked") == ["周国平"]


def test_without_a_secretary_who_can_be_reached_the_deputy_talks(session: Session, cast: Cast) -> None:
    for appointment in session.scalars(select(Appointment).where(Appointment.member_id == cast.wang_jianjun.id)):
        appointment.ends_on = date(2026, 11, 1)
    session.flush()
    score(session, cast.zhang_san, OCTOBER, 50)
    final(session, cast, OCTOBER)
    assert told(session, "follow_up_asked") == ["何敏"]


def test_a_zeroed_month_is_explained_by_leader_and_secretary(session: Session, cast: Cast) -> None:
    lead(session, cast.sun_li, cast.first_branch.id, Office.LEADER_IN_CHARGE)
    zero(session, cast.zhang_san, OCTOBER)
    final(session, cast, OCTOBER)
    found = {f.kind: f for f in all_of(session)}
    assert set(found) == {TALK, FollowUpKind.ZEROING_LEADER, FollowUpKind.ZEROING_SECRETARY}
    assert {f.score for f in found.values()} == {Decimal(0)}
    # 民主生活会 and 述职述廉 are held until March 31.
    assert found[FollowUpKind.ZEROING_LEADER].due == at(date(2027, 4, 1))
    acting = {kind: [p.name for p in accountable.responsible(session, f, NOW)] for kind, f in found.items()}
    assert acting[FollowUpKind.ZEROING_LEADER] == ["孙丽"]
    assert acting[FollowUpKind.ZEROING_SECRETARY] == ["王建军"]


def test_without_a_leader_in_charge_the_secretary_above_explains(session: Session, cast: Cast) -> None:
    zero(session, cast.zhang_san, OCTOBER)
    final(session, cast, OCTOBER)
    (leaders,) = [f for f in all_of(session) if f.kind is FollowUpKind.ZEROING_LEADER]
    assert [p.name for p in accountable.responsible(session, leaders, NOW)] == ["周国平"]


def test_a_leader_of_the_level_above_answers_though_no_push_reaches_him(session: Session, cast: Cast) -> None:
    lead(session, cast.liu_defu, cast.committee.id, Office.LEADER_IN_CHARGE)
    zero(session, cast.zhang_san, OCTOBER)
    final(session, cast, OCTOBER)
    (leaders,) = [f for f in all_of(session) if f.kind is FollowUpKind.ZEROING_LEADER]
    assert [p.name for p in accountable.responsible(session, leaders, NOW)] == ["刘德福"]


def test_a_member_who_is_not_scored_is_not_followed_up_but_a_zeroing_is(session: Session, cast: Cast) -> None:
    score(session, cast.liu_defu, OCTOBER, 10)
    zero(session, cast.liu_defu, NOVEMBER)
    for month in (OCTOBER, NOVEMBER):
        final(session, cast, month)
    assert {(f.month, f.kind) for f in all_of(session)} == {
        (NOVEMBER, FollowUpKind.ZEROING_LEADER),
        (NOVEMBER, FollowUpKind.ZEROING_SECRETARY),
    }


# The trial period


def trial(session: Session, since: str) -> None:
    settings.put(session, settings.CONSEQUENCES_FROM, since, organization_id=None, by_id=None, now=LATER)


def test_in_the_trial_period_nothing_is_opened_and_the_secretary_is_shown(session: Session, cast: Cast) -> None:
    trial(session, "2026-11")
    score(session, cast.zhang_san, OCTOBER, 50)
    final(session, cast, OCTOBER)
    assert all_of(session) == []
    assert told(session, "follow_up_opened") == []
    assert told(session, "follow_ups_trial") == ["王建军"]
    (cause,) = follow_ups.causes(session, cast.first_branch.id, OCTOBER)
    assert (cause.name, cause.kind, cause.score) == ("张三", TALK, Decimal(50))


def test_a_trial_month_without_anything_is_not_spoken_of(session: Session, cast: Cast) -> None:
    trial(session, "2026-11")
    final(session, cast, OCTOBER)
    assert told(session, "follow_ups_trial") == []


def test_after_the_trial_period_streaks_begin_anew(session: Session, cast: Cast) -> None:
    trial(session, "2026-10")
    for month in (Month(2026, 8), SEPTEMBER, OCTOBER):
        score(session, cast.zhang_san, month, 50)
    final(session, cast, OCTOBER)
    assert [(f.kind, f.streak) for f in all_of(session)] == [(TALK, 1)]


def begin(session: Session, cast: Cast, month: Month, state: RoundState = RoundState.OPEN) -> None:
    session.add(Round(branch_id=cast.first_branch.id, month=month, state=state, claims_until=NOW, head=""))
    session.flush()
    session.expire_all()


def test_by_default_the_third_month_of_use_is_the_first_with_consequences(session: Session, cast: Cast) -> None:
    trial(session, "")
    assert trial_months.is_trial(session, cast.first_branch.id, OCTOBER)
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        begin(session, cast, month)
    assert [trial_months.is_trial(session, cast.first_branch.id, m) for m in (SEPTEMBER, OCTOBER, NOVEMBER)] == [
        True,
        True,
        False,
    ]
    assert trial_months.is_trial(session, cast.second_branch.id, NOVEMBER)


# Re-check


def test_a_recorded_talk_is_rechecked_after_the_next_final(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, 50)
    score(session, cast.zhang_san, NOVEMBER, 60)
    final(session, cast, OCTOBER)
    record(session, 1, cast.wang_jianjun)
    final(session, cast, OCTOBER, LATER)
    assert all_of(session)[0].status is FollowUpStatus.RECORDED
    final(session, cast, NOVEMBER, LATER)
    (found,) = all_of(session)
    assert (found.status, found.rechecked_month, found.rechecked_score) == (FollowUpStatus.MET, NOVEMBER, Decimal(60))
    assert told(session, "follow_up_rechecked") == ["王建军", "张三"]


def test_one_under_the_mark_again_is_not_met(session: Session, cast: Cast) -> None:
    for month in (OCTOBER, NOVEMBER):
        score(session, cast.zhang_san, month, 50)
    final(session, cast, OCTOBER)
    record(session, 1, cast.wang_jianjun)
    final(session, cast, NOVEMBER, LATER)
    assert kinds(session) == [
        (OCTOBER, TALK, FollowUpStatus.MISSED),
        (NOVEMBER, APPOINTED, FollowUpStatus.OPEN),
    ]


def test_a_talk_that_has_not_taken_place_is_not_rechecked(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, 50)
    final(session, cast, OCTOBER)
    final(session, cast, NOVEMBER, LATER)
    assert kinds(session) == [(OCTOBER, TALK, FollowUpStatus.OPEN)]


# Corrections


def touched(session: Session) -> list[int]:
    return follow_ups.touched(session, late_entries.unseen(session), LATER)


def test_a_follow_up_whose_ground_is_gone_is_closed_and_the_member_told(session: Session, cast: Cast) -> None:
    entry = score(session, cast.zhang_san, OCTOBER, 50)
    final(session, cast, OCTOBER)
    ledger.reverse(session, entry, by=cast.wang_jianjun, now=NOW, reason="记错了")
    assert touched(session) == [cast.first_branch.id]
    assert follow_ups.ground_gone(session, cast.first_branch.id, now=LATER) == 1
    (found,) = all_of(session)
    assert (found.status, found.closed_at) == (FollowUpStatus.CLOSED, LATER)
    assert told(session, "follow_up_closed") == ["王建军", "张三"]
    asked = session.scalars(select(Notice).where(Notice.kind == "follow_up_asked")).one()
    assert asked.status is NoticeStatus.LAPSED
    assert follow_ups.ground_gone(session, cast.first_branch.id, now=LATER) == 0
    assert touched(session) == []


def test_what_still_has_its_ground_stays_and_is_not_looked_at_again(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, 50)
    final(session, cast, OCTOBER)
    score(session, cast.zhang_san, OCTOBER, 55)
    assert follow_ups.ground_gone(session, cast.first_branch.id, now=LATER) == 0
    assert kinds(session) == [(OCTOBER, TALK, FollowUpStatus.OPEN)]
    assert touched(session) == [cast.first_branch.id]
    late_entries.seen(session, late_entries.unseen(session))
    assert touched(session) == []


def test_an_entry_about_the_present_month_corrects_nothing(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, NOVEMBER, 50)
    assert late_entries.unseen(session) == []


def test_a_met_talk_is_closed_too_when_its_ground_is_gone(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, 50)
    final(session, cast, OCTOBER)
    record(session, 1, cast.wang_jianjun)
    final(session, cast, NOVEMBER, LATER)
    score(session, cast.zhang_san, OCTOBER, 61, now=LATER)
    assert follow_ups.ground_gone(session, cast.first_branch.id, now=LATER) == 1


def test_a_shorter_streak_needs_a_lesser_follow_up(session: Session, cast: Cast) -> None:
    for month in (SEPTEMBER, OCTOBER):
        score(session, cast.zhang_san, month, 50)
    final(session, cast, OCTOBER)
    score(session, cast.zhang_san, SEPTEMBER, 60)
    assert follow_ups.ground_gone(session, cast.first_branch.id, now=LATER) == 1
    assert kinds(session) == [
        (OCTOBER, APPOINTED, FollowUpStatus.CLOSED),
        (OCTOBER, TALK, FollowUpStatus.OPEN),
    ]


def test_a_talk_that_took_place_stands_for_the_lesser_one(session: Session, cast: Cast) -> None:
    for month in (SEPTEMBER, OCTOBER):
        score(session, cast.zhang_san, month, 50)
    final(session, cast, OCTOBER)
    talks.name(session, 1, cast.he_min, by=cast.zhou_guoping, now=NOW)
    record(session, 1, cast.he_min)
    score(session, cast.zhang_san, SEPTEMBER, 60)
    assert follow_ups.ground_gone(session, cast.first_branch.id, now=LATER) == 0
    assert kinds(session) == [(OCTOBER, APPOINTED, FollowUpStatus.RECORDED)]


def test_a_zeroing_taken_back_takes_everything_with_it(session: Session, cast: Cast) -> None:
    entry = zero(session, cast.zhang_san, OCTOBER)
    final(session, cast, OCTOBER)
    ledger.reverse(session, entry, by=cast.zhou_guoping, now=NOW, reason="撤销处分")
    assert follow_ups.ground_gone(session, cast.first_branch.id, now=LATER) == 3


def test_a_zeroing_of_a_month_that_was_final_is_followed_up_at_once(session: Session, cast: Cast) -> None:
    begin(session, cast, OCTOBER, RoundState.FINAL)
    begin(session, cast, NOVEMBER)
    decision = zeroings.Decision("机纪〔2026〕12号", date(2026, 11, 18), "党内警告")
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        zeroings.zero(session, cast.zhang_san, month, decision, by=cast.zhou_guoping, now=NOW)
    assert [(f.month, f.kind) for f in all_of(session)] == [
        (OCTOBER, FollowUpKind.ZEROING_LEADER),
        (OCTOBER, FollowUpKind.ZEROING_SECRETARY),
    ]
    assert follow_ups.at_zeroing(session, cast.first_branch.id, OCTOBER, now=LATER) == 0


def test_a_zeroing_of_a_final_trial_month_is_not_followed_up(session: Session, cast: Cast) -> None:
    trial(session, "2026-11")
    begin(session, cast, OCTOBER, RoundState.FINAL)
    zero(session, cast.zhang_san, OCTOBER)
    assert follow_ups.at_zeroing(session, cast.first_branch.id, OCTOBER, now=LATER) == 0


def test_one_that_another_worker_closed_meanwhile_is_not_closed_twice(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, 50)
    final(session, cast, OCTOBER)
    (found,) = all_of(session)
    elsewhere = update(FollowUp).values(status=FollowUpStatus.CLOSED).execution_options(synchronize_session=False)
    session.execute(elsewhere)
    assert not follow_ups.close(session, found, LATER)
    assert told(session, "follow_up_closed") == []


# Lists


def test_what_a_member_has_open(session: Session, cast: Cast) -> None:
    score(session, cast.zhang_san, OCTOBER, 50)
    final(session, cast, OCTOBER)
    assert [f.id for f in follow_ups.open_of(session, cast.zhang_san.id)] == [1]
    assert [f.id for f in follow_ups.of_month(session, cast.first_branch.id, OCTOBER)] == [1]
    record(session, 1, cast.wang_jianjun)
    final(session, cast, NOVEMBER, LATER)
    assert follow_ups.open_of(session, cast.zhang_san.id) == []
    assert [f.status for f in follow_ups.of_member(session, cast.zhang_san.id)] == [FollowUpStatus.MET]


def test_a_month_without_any_rulebook_causes_nothing(session: Session, cast: Cast) -> None:
    assert follow_ups.causes(session, cast.first_branch.id, Month(2025, 12)) == []
