"""抽查: the draw that anyone can repeat, who looks, and who is reminded (rules 16)."""

import hashlib
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from models import (
    inspecting,
    ledger,
    rounds,
    sight,
    spot_checks,
    verification,
)
from models.appointments import Appointment, Office
from models.errors import Refused
from models.ledger import Book
from models.months import Month, at
from models.rounds import RoundState
from models.sessions import Sessions
from models.spot_checks import Finding, NotInReview, SpotCheck, draw_from, place, seed_of
from tests.cast import NOW, Cast
from tests.models.branch_desk import BranchDesk, again, own
from tests.models.desk import NOVEMBER, YESTERDAY, together
from tests.models.spot_desk import approved, draw, everything, given, inspected

SEED = seed_of(["1:0:" + "0" * 64])


@pytest.fixture
def desk(session, cast) -> BranchDesk:
    return inspected(session, cast)


def checks(desk: BranchDesk) -> list[SpotCheck]:
    return list(desk.session.scalars(select(SpotCheck).order_by(SpotCheck.id)))


# The draw


@pytest.mark.parametrize("count", range(102))
def test_a_tenth_rounded_up_is_drawn(count: int):
    population = list(range(7, 7 + count))
    drawn = draw_from(SEED, population, 10)
    assert len(drawn) == (count + 9) // 10
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= set(population)


def test_the_draw_is_the_order_of_hashes_that_anyone_can_compute():
    seed = hashlib.sha256(f"1:0:{'0' * 64}".encode()).hexdigest()
    order = sorted(range(1, 31), key=lambda n: hashlib.sha256(f"{seed}:{n}".encode()).hexdigest())
    assert draw_from(SEED, range(1, 31), 10) == order[:3]
    assert draw_from(SEED, reversed(range(1, 31)), 10) == order[:3]
    # Written down once, so that no later version draws otherwise.
    assert order[:3] == [19, 26, 2]


def test_every_claim_has_the_same_chance():
    hits = dict.fromkeys(range(20), 0)
    for n in range(2000):
        for id in draw_from(seed_of([str(n)]), hits, 10):
            hits[id] += 1
    assert all(140 < count < 260 for count in hits.values())


def test_a_draw_is_stored_and_repeats_from_what_is_stored(desk: BranchDesk):
    approved(desk, 12)
    made = draw(desk)
    assert (len(made.population), len(made.drawn), made.share) == (12, 2, 10)
    assert draw_from(made.seed, made.population, made.share) == made.drawn
    assert seed_of(made.heads) == made.seed
    assert [check.claim_id for check in checks(desk)] == made.drawn


def test_the_seed_is_made_of_the_heads_of_all_chains(desk: BranchDesk):
    approved(desk)
    ledger.lock(desk.session, desk.cast.second_branch.id)
    books = desk.session.scalars(select(Book).order_by(Book.branch_id)).all()
    made = draw(desk)
    assert made.heads == [f"{book.branch_id}:{book.sequence}:{book.head}" for book in books]
    assert len(made.heads) == 2


def test_only_this_months_approved_claims_of_the_branch_are_drawn_from(desk: BranchDesk):
    everything(desk)
    wanted = approved(desk, 2)
    desk.claim("服务-02")
    desk.reject(desk.claim("服务-02"))
    early = NOW.replace(day=2)
    desk.approve(desk.claim("服务-01", day=date(2026, 10, 30), now=early), now=early)
    other = desk.claim("服务-02", of=desk.cast.sun_li)
    desk.approve(other, by=desk.cast.wu_gang)
    made = draw(desk)
    assert made.population == [claim.id for claim in wanted]
    assert sorted(made.drawn) == made.population


def test_a_month_is_drawn_once(desk: BranchDesk):
    approved(desk, 3)
    made = draw(desk)
    approved(desk, 30)
    assert draw(desk) is made
    assert len(checks(desk)) == 1


def test_a_month_without_approved_claims_has_an_empty_draw(desk: BranchDesk):
    made = draw(desk)
    assert (made.population, made.drawn, checks(desk)) == ([], [], [])
    assert spot_checks.find(desk.session, desk.cast.first_branch.id, NOVEMBER) is made


@pytest.mark.parametrize("begun", [True, False])
def test_nothing_is_drawn_before_the_review(desk: BranchDesk, begun: bool):
    month = Month(2026, 12)
    if begun:
        desk.round(RoundState.OPEN, month)
    with pytest.raises(NotInReview, match="12月还在登记"):
        spot_checks.draw(desk.session, desk.cast.first_branch.id, month, now=NOW)


def test_how_to_repeat_it_is_explained(desk: BranchDesk):
    approved(desk, 11)
    made = draw(desk)
    lines = spot_checks.explain(made)
    assert lines[0] == "2026-11 抽查：已通过 11 条，抽 10%（进一）即 2 条"
    assert set(made.heads) <= set(lines)
    assert f"种子 {made.seed}" in lines
    marked = [line for line in lines if line.endswith("抽中")]
    assert marked == [f"{place(made.seed, id)} #{id} 抽中" for id in made.drawn]
    assert lines[-1] == f"重算种子：printf '%s' '{';'.join(made.heads)}' | sha256sum"


# Who looks


def test_an_inspector_of_the_committee_looks_and_is_told_once(desk: BranchDesk):
    approved(desk, 15)
    made = draw(desk)
    assert {check.inspector_id for check in checks(desk)} == {desk.cast.sun_li.id}
    (told,) = desk.notices("spot_checks_given")
    assert told.member_id == desk.cast.sun_li.id
    assert told.facts == {"branch": "第一支部", "month": "2026-11", "count": 2}
    assert told.subject == checks(desk)[0].subject == f"draw:{made.id}:{desk.cast.sun_li.id}"


def test_without_an_eligible_inspector_the_draw_is_recorded_and_lapses(session, cast):
    desk = own(session, cast)
    desk.round(RoundState.REVIEW)
    # An inspector of the branch itself is none of another branch.
    desk.office(desk.cast.wang_fang, Office.INSPECTOR, desk.cast.first_branch)
    approved(desk)
    assert len(draw(desk).drawn) == 1
    (check,) = checks(desk)
    assert (check.inspector_id, check.finding) == (None, Finding.LAPSED)
    assert desk.notices("spot_checks_given") == []


def test_one_of_another_branch_comes_before_one_at_home_here(desk: BranchDesk):
    desk.session.execute(text("DELETE FROM appointments WHERE office = 'inspector'"))
    desk.office(desk.cast.feng_tao, Office.INSPECTOR, desk.cast.committee)
    desk.office(desk.cast.wu_gang, Office.INSPECTOR, desk.cast.second_branch)
    approved(desk)
    draw(desk)
    assert checks(desk)[0].inspector_id == desk.cast.wu_gang.id


def test_one_whom_no_push_reaches_comes_last(desk: BranchDesk):
    desk.session.execute(text("UPDATE followers SET unfollowed_at = followed_at WHERE openid = :id"), {"id": "o-1018"})
    desk.office(desk.cast.feng_tao, Office.INSPECTOR, desk.cast.committee)
    approved(desk)
    draw(desk)
    assert checks(desk)[0].inspector_id == desk.cast.feng_tao.id


def test_claims_are_given_out_evenly(desk: BranchDesk):
    everything(desk)
    desk.office(desk.cast.wu_gang, Office.INSPECTOR, desk.cast.second_branch)
    approved(desk, 4)
    draw(desk)
    people = [check.inspector_id for check in checks(desk)]
    assert people.count(desk.cast.wu_gang.id) == people.count(desk.cast.sun_li.id) == 2


@pytest.mark.parametrize("concern", ["claimed", "recorded", "approved"])
def test_nobody_looks_at_what_they_claimed_recorded_or_approved(desk: BranchDesk, concern: str):
    desk.session.execute(text("DELETE FROM appointments WHERE office = 'inspector'"))
    who = {"claimed": "zhang_san", "recorded": "li_si", "approved": "wang_jianjun"}[concern]
    desk.office(getattr(desk.cast, who), Office.INSPECTOR, desk.cast.committee)
    if concern == "claimed":
        approved(desk)
    else:
        claim = desk.claim("服务-02", of=desk.cast.liu_defu, by=desk.cast.li_si)
        desk.approve(claim, by=desk.cast.wang_jianjun)
    draw(desk)
    assert checks(desk)[0].finding is Finding.LAPSED


def test_an_appointment_that_ended_and_a_member_who_left_are_none(desk: BranchDesk):
    desk.office(desk.cast.wu_gang, Office.INSPECTOR, desk.cast.second_branch)
    desk.cast.wu_gang.left_on = YESTERDAY
    ended = select(Appointment).where(Appointment.member_id == desk.cast.sun_li.id)
    desk.session.scalars(ended).one().ends_on = YESTERDAY
    approved(desk)
    draw(desk)
    assert checks(desk)[0].finding is Finding.LAPSED


def test_who_looks_sees_what_was_given_to_them_and_nothing_else(desk: BranchDesk):
    desk.session.execute(text("DELETE FROM appointments WHERE office = 'inspector'"))
    desk.office(desk.cast.wu_gang, Office.INSPECTOR, desk.cast.second_branch)
    one, other = approved(desk, 2)
    drawn = {check.claim_id for check in checks(desk)} if draw(desk) else set()
    drawn = {check.claim_id for check in checks(desk)}
    for claim in (one, other):
        assert sight.sees_claim(desk.session, desk.cast.wu_gang, claim, NOW) is (claim.id in drawn)
    assert len(drawn) == 1


# Who has not looked yet


def test_who_has_not_looked_is_reminded_once_two_working_days_before_the_review_ends(desk: BranchDesk):
    round_ = rounds.find(desk.session, desk.cast.first_branch.id, NOVEMBER)
    assert round_ is not None
    round_.review_until = at(date(2026, 11, 28))  # Friday 24:00
    everything(desk)
    desk.office(desk.cast.wu_gang, Office.INSPECTOR, desk.cast.second_branch)
    approved(desk, 2)
    made = draw(desk)
    thursday = at(date(2026, 11, 26), 9)
    assert made.remind_at == thursday
    assert not spot_checks.remind(desk.session, made.id, now=thursday - timedelta(seconds=1))
    mine = inspecting.waiting_for(desk.session, desk.cast.wu_gang)
    inspecting.find_true(desk.session, mine[0].claim_id, "", by=desk.cast.wu_gang, now=NOW)
    assert spot_checks.remind(desk.session, made.id, now=thursday)
    assert desk.told("spot_checks_due") == ["孙丽"]
    assert not spot_checks.remind(desk.session, made.id, now=thursday)


def test_a_draw_when_the_review_is_nearly_over_reminds_nobody(desk: BranchDesk):
    round_ = rounds.find(desk.session, desk.cast.first_branch.id, NOVEMBER)
    assert round_ is not None
    round_.review_until = at(date(2026, 11, 21))
    assert draw(desk).remind_at is None


# Races


def test_a_draw_that_is_made_twice_at_once_is_one(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        desk = own(session, cast.of(session))
        desk.round(RoundState.REVIEW)
        approved(desk, 3)

    def make() -> int:
        with sessions.write() as session:
            return spot_checks.draw(session, cast.first_branch.id, NOVEMBER, now=NOW).id

    assert len(set(map(str, together(make, make, make)))) == 1
    with sessions.read() as session:
        assert len(session.scalars(select(SpotCheck)).all()) == 1


def test_two_findings_at_once_are_one(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        desk = own(session, cast.of(session))
        desk.office(desk.cast.sun_li, Office.INSPECTOR, desk.cast.committee)
        desk.round(RoundState.REVIEW)
        number = given(desk).id

    def find(how) -> str:
        with sessions.write() as session:
            by = again(session, cast).cast.sun_li
            return str(how(session, number, "看了", by=by, now=NOW).finding)

    done = together(lambda: find(inspecting.find_untrue), lambda: find(inspecting.find_true))
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert len([one for one in done if isinstance(one, Refused)]) == 1
    with sessions.read() as session:
        assert list(verification.differences(session)) == []
