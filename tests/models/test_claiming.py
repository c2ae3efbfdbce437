"""What members do with claims: submit, supplement, withdraw (rules 8, 13)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from models import claiming, claims, pictures
from models.claiming import BadQuantity, NotClaimable, PictureMissing
from models.claims import AlreadyDecided, Claim, ClaimStatus
from models.errors import NotFound
from models.members import Move
from models.months import Month, at
from models.rounds import MonthClosed, NotYet
from models.rulebooks import NoRulebook
from tests.cast import NOW
from tests.models.desk import NOVEMBER, TODAY, YESTERDAY, D, Desk

SECOND = timedelta(seconds=1)


# Submitting


def test_a_claim_says_what_was_done_and_waits(desk: Desk):
    claim = desk.claim("服务-01", "2", note="清扫河堤")
    assert claim.status is ClaimStatus.SUBMITTED
    assert (claim.member, claim.branch_id) == (desk.cast.zhang_san, desk.cast.first_branch.id)
    assert (claim.item_code, claim.rulebook_id) == ("服务-01", desk.rulebook.id)
    assert (claim.quantity, claim.points, claim.credited) == (D(2), D(2), None)
    assert (claim.day, claim.month, claim.note) == (YESTERDAY, NOVEMBER, "清扫河堤")
    assert (claim.submitted_at, claim.waiting_since, claim.decisions) == (NOW, NOW, 0)
    assert not claim.recorded_for
    assert claims.item_of(desk.session, claim) == desk.item("服务-01")


def test_a_deed_counts_where_its_member_was_at_home_that_day(desk: Desk):
    here, there, member = desk.cast.first_branch, desk.cast.second_branch, desk.cast.zhang_san
    desk.session.add(Move(member_id=member.id, from_branch_id=here.id, to_branch_id=there.id, moved_on=TODAY))
    member.branch_id, member.group_id = there.id, None
    desk.session.flush()
    assert desk.claim(day=YESTERDAY).branch_id == here.id


def test_a_claim_writes_nothing_into_the_ledger(desk: Desk):
    desk.claim()
    assert desk.entries() == []


def test_a_deed_of_today_may_be_claimed(desk: Desk):
    assert desk.claim(day=TODAY).month == NOVEMBER


def test_a_deed_of_tomorrow_may_not(desk: Desk):
    with pytest.raises(NotYet, match="11月21日还没到"):
        desk.claim(day=TODAY + timedelta(days=1))


def test_the_day_turns_at_midnight_in_shanghai(desk: Desk):
    midnight = at(date(2026, 11, 21))
    with pytest.raises(NotYet):
        desk.claim(day=date(2026, 11, 21), now=midnight - SECOND)
    assert desk.claim(day=date(2026, 11, 21), now=midnight).day == date(2026, 11, 21)


def test_a_month_takes_claims_until_the_third_working_day_of_the_next(desk: Desk):
    # The first working days of November 2026 are the 2nd, the 3rd and the 4th.
    closes = at(date(2026, 11, 5))
    assert desk.claim(day=date(2026, 10, 31), now=closes - SECOND).month == Month(2026, 10)
    with pytest.raises(MonthClosed, match="10月的事到11月4日为止"):
        desk.claim(day=date(2026, 10, 31), now=closes)


@pytest.mark.parametrize("quantity", ["0", "-1", "-0.01"])
def test_the_quantity_must_be_positive(desk: Desk, quantity: str):
    with pytest.raises(BadQuantity, match="大于0"):
        desk.claim("服务-01", quantity)


def test_the_quantity_must_be_within_the_items_limit(desk: Desk):
    assert desk.claim("服务-01", "8").quantity == 8
    with pytest.raises(BadQuantity, match=r"一次最多报8小时，您写的是8\.01小时") as refused:
        desk.claim("服务-01", "8.01")
    assert refused.value.example == "申报 事项服务-01 2小时 昨天"


def test_what_attendance_credits_is_not_claimed(desk: Desk):
    with pytest.raises(NotClaimable, match="签到已自动计分，不用申报"):
        desk.claim("学习-03")


def test_what_the_branch_records_is_not_claimed(desk: Desk):
    with pytest.raises(NotClaimable, match="由支部登记"):
        desk.claim("学习-04")


def test_an_item_of_another_office_is_not_claimed(desk: Desk):
    with pytest.raises(NotClaimable, match="由支部登记"):
        desk.claim("学习-05")
    assert desk.claim("学习-05", of=desk.cast.wang_jianjun)


def test_an_item_that_the_months_rulebook_does_not_have_is_not_claimed(desk: Desk):
    unknown = desk.item("服务-01").__class__("别的-01", "别的", "别的", D(1), "次")
    with pytest.raises(NotClaimable, match="当月的细则里没有“别的”"):
        claiming.check(desk.session, desk.cast.zhang_san, unknown, D(1), day=YESTERDAY, now=NOW)


def test_a_refused_claim_leaves_nothing_behind(desk: Desk):
    with pytest.raises(BadQuantity):
        desk.claim("服务-01", "9")
    assert claims.last_of(desk.session, desk.cast.zhang_san.id, 5) == []
    assert desk.notices() == []


def test_a_member_who_is_not_scored_may_claim_for_the_record(desk: Desk):
    assert desk.claim(of=desk.cast.liu_defu, by=desk.cast.li_si).status is ClaimStatus.SUBMITTED


def test_a_member_may_declare_a_deduction(desk: Desk):
    assert desk.claim("纪律-01", "1").points == -2


def test_only_what_is_open_to_a_member_is_offered(desk: Desk):
    def offered(member: object) -> list[str]:
        found = claiming.claimable_items(desk.session, member, NOVEMBER, NOW)  # type: ignore[arg-type]
        return [item.code for item in found]

    everyones = ["服务-01", "服务-02", "服务-03", "服务-09", "学习-01", "学习-02", "纪律-01", "纪律-02"]
    assert offered(desk.cast.zhang_san) == everyones
    assert sorted(offered(desk.cast.wang_jianjun)) == sorted([*everyones, "学习-05"])


def test_a_leading_cadre_is_offered_what_leading_cadres_do(desk: Desk):
    desk.cast.zhang_san.leading_cadre = True
    assert desk.claim("学习-05").points == 1


def test_without_a_rulebook_nothing_can_be_claimed(desk: Desk):
    with pytest.raises(NoRulebook, match="12月还没有积分细则"):
        claiming.claimable_items(desk.session, desk.cast.zhang_san, Month(2025, 12), NOW)


# Twice the same


def test_a_claim_of_the_same_item_and_day_is_pointed_out_and_not_refused(desk: Desk):
    first, item = desk.claim(), desk.item("服务-01")
    member = desk.cast.zhang_san
    assert claims.same_day(desk.session, member, item, YESTERDAY) is first
    assert claims.same_day(desk.session, member, item, TODAY) is None
    assert claims.same_day(desk.session, member, desk.item("服务-02"), YESTERDAY) is None
    assert claims.same_day(desk.session, desk.cast.wang_fang, item, YESTERDAY) is None
    assert desk.claim().id != first.id


@pytest.mark.parametrize(
    ("status", "pointed_out"),
    [
        (ClaimStatus.SUBMITTED, True),
        (ClaimStatus.RETURNED, True),
        (ClaimStatus.APPROVED, True),
        (ClaimStatus.LAPSED, True),
        (ClaimStatus.WITHDRAWN, False),
        (ClaimStatus.REJECTED, False),
    ],
)
def test_a_withdrawn_or_rejected_claim_is_no_double(desk: Desk, status: ClaimStatus, pointed_out: bool):
    claim = desk.in_state(status)
    found = claims.same_day(desk.session, desk.cast.zhang_san, desk.item("服务-01"), YESTERDAY)
    assert (found is claim) is pointed_out


# Evidence


def send_picture(desk: Desk, *, by: object = None, now: datetime = NOW) -> pictures.Picture:
    member = by or desk.cast.zhang_san
    return pictures.receive(desk.session, member.id, "media", claim_id=None, now=now)  # type: ignore[attr-defined]


def test_an_item_that_requires_evidence_is_not_submitted_without(desk: Desk):
    assert claiming.needs_picture(desk.session, desk.cast.zhang_san, desk.item("学习-02"), NOW)
    with pytest.raises(PictureMissing, match="需要照片佐证"):
        desk.claim("学习-02")


def test_a_picture_sent_shortly_before_goes_with_the_claim(desk: Desk):
    picture = send_picture(desk, now=NOW - timedelta(minutes=9))
    assert not claiming.needs_picture(desk.session, desk.cast.zhang_san, desk.item("学习-02"), NOW)
    claim = desk.claim("学习-02")
    desk.session.refresh(picture)
    assert picture.claim_id == claim.id
    assert claiming.needs_picture(desk.session, desk.cast.zhang_san, desk.item("学习-02"), NOW)


def test_a_picture_that_is_ten_minutes_old_does_not(desk: Desk):
    send_picture(desk, now=NOW - timedelta(minutes=10))
    with pytest.raises(PictureMissing):
        desk.claim("学习-02")


def test_another_members_picture_does_not(desk: Desk):
    send_picture(desk, by=desk.cast.wang_fang)
    with pytest.raises(PictureMissing):
        desk.claim("学习-02")


def test_an_item_without_evidence_leaves_pictures_alone(desk: Desk):
    picture = send_picture(desk)
    desk.claim("服务-02")
    desk.session.refresh(picture)
    assert picture.claim_id is None


def test_a_picture_sent_after_a_claim_belongs_to_it_for_ten_minutes(desk: Desk):
    claim, member = desk.claim("服务-01"), desk.cast.zhang_san
    assert claiming.last_for_picture(desk.session, member, NOW + timedelta(minutes=9)) is claim
    assert claiming.last_for_picture(desk.session, member, NOW + timedelta(minutes=10)) is None
    assert claiming.last_for_picture(desk.session, desk.cast.wang_fang, NOW) is None


def test_a_picture_belongs_to_the_newest_undecided_claim(desk: Desk):
    first, second = desk.claim("服务-01"), desk.claim("服务-01")
    assert claiming.last_for_picture(desk.session, first.member, NOW) is second
    desk.approve(second)
    assert claiming.last_for_picture(desk.session, first.member, NOW) is first


def test_no_picture_belongs_to_a_claim_that_takes_none(desk: Desk):
    desk.claim("服务-02")
    assert claiming.last_for_picture(desk.session, desk.cast.zhang_san, NOW) is None


# 代报


def test_what_a_leader_records_for_a_member_is_marked_and_goes_to_the_secretary(desk: Desk):
    claim = desk.claim(of=desk.cast.liu_defu, by=desk.cast.li_si)
    assert claim.recorded_for
    assert (claim.member, claim.submitted_by) == (desk.cast.liu_defu, desk.cast.li_si)
    assert desk.told("claim_waiting") == ["王建军"]


def test_the_recorders_picture_goes_with_the_claim(desk: Desk):
    picture = send_picture(desk, by=desk.cast.li_si)
    claim = desk.claim("服务-01", of=desk.cast.liu_defu, by=desk.cast.li_si)
    desk.session.refresh(picture)
    assert picture.claim_id == claim.id


def test_a_leader_too_needs_the_picture_that_an_item_requires(desk: Desk):
    with pytest.raises(PictureMissing):
        desk.claim("学习-02", of=desk.cast.liu_defu, by=desk.cast.li_si)
    send_picture(desk, by=desk.cast.li_si)
    assert desk.claim("学习-02", of=desk.cast.liu_defu, by=desk.cast.li_si).recorded_for


def test_who_recorded_it_may_withdraw_and_supplement_it(desk: Desk):
    claim = desk.claim(of=desk.cast.liu_defu, by=desk.cast.li_si)
    assert desk.supplement(claim, by=desk.cast.li_si).note == "是三单元的陈婆婆"
    assert desk.withdraw(claim, by=desk.cast.li_si).status is ClaimStatus.WITHDRAWN


# Withdrawing and supplementing


def test_a_withdrawn_claim_is_asked_of_nobody_any_more(desk: Desk):
    claim = desk.claim()
    desk.withdraw(claim)
    assert claim.status is ClaimStatus.WITHDRAWN
    assert [notice.status for notice in desk.notices("claim_waiting")] == ["lapsed"]


def test_nobody_else_withdraws_or_supplements_a_claim(desk: Desk):
    claim = desk.claim()
    for member in (desk.cast.wang_fang, desk.cast.li_si, desk.cast.sun_li):
        for verb in (desk.withdraw, desk.supplement):
            with pytest.raises(NotFound, match=f"没有找到 #{claim.id}"):
                verb(claim, by=member)
    assert claim.status is ClaimStatus.SUBMITTED


def test_a_claim_nobody_made_is_answered_like_anothers(desk: Desk):
    claim = desk.claim()
    sentences = []
    for number, member in ((claim.id, desk.cast.wang_fang), (claim.id + 1, desk.cast.zhang_san)):
        with pytest.raises(NotFound) as refused:
            claiming.withdraw(desk.session, number, by=member, now=NOW)
        sentences.append(refused.value.sentence.replace(f"#{number}", "#"))
    assert len(set(sentences)) == 1


def test_a_supplement_is_added_to_the_note(desk: Desk):
    claim = desk.claim(note="走访")
    assert desk.supplement(claim).note == "走访；是三单元的陈婆婆"
    assert desk.supplement(desk.claim()).note == "是三单元的陈婆婆"


def test_a_note_keeps_to_what_the_table_holds(desk: Desk):
    claim = desk.claim(note="长" * 399)
    assert len(desk.supplement(claim).note) == 400
    assert len(desk.claim(note="长" * 401).note) == 400


def test_a_long_supplement_is_kept_in_the_claims_life_as_far_as_it_goes(desk: Desk):
    claim = desk.claim()
    claiming.supplement(desk.session, claim.id, "长" * 500, by=claim.member, now=NOW)
    assert len(claims.steps_of(desk.session, claim)[-1].reason) == 400


def test_a_supplement_to_a_waiting_claim_starts_nothing_anew(desk: Desk):
    claim = desk.claim()
    desk.supplement(claim, now=NOW + timedelta(hours=1))
    assert (claim.status, claim.waiting_since) == (ClaimStatus.SUBMITTED, NOW)
    assert desk.told("claim_waiting") == ["李四"]


def test_a_returned_claim_is_submitted_again_by_a_supplement(desk: Desk):
    claim, later = desk.claim(), NOW + timedelta(hours=1)
    desk.send_back(claim)
    claim.reminded_at = claim.moved_up_at = NOW
    desk.supplement(claim, now=later)
    assert (claim.status, claim.waiting_since) == (ClaimStatus.SUBMITTED, later)
    assert (claim.reminded_at, claim.moved_up_at) == (None, None)
    assert desk.told("claim_waiting") == ["李四", "李四"]
    assert [notice.status for notice in desk.notices("claim_waiting")] == ["lapsed", "queued"]


def test_a_supplement_takes_the_pictures_sent_before_it(desk: Desk):
    claim = desk.in_state(ClaimStatus.RETURNED)
    picture = send_picture(desk)
    desk.supplement(claim)
    desk.session.refresh(picture)
    assert picture.claim_id == claim.id


def test_a_supplement_to_what_takes_no_evidence_leaves_pictures_alone(desk: Desk):
    claim, picture = desk.claim("服务-02"), send_picture(desk)
    desk.supplement(claim)
    desk.session.refresh(picture)
    assert picture.claim_id is None


def test_a_decided_claim_is_not_withdrawn_the_refusal_says_where_it_stands(desk: Desk):
    claim = desk.in_state(ClaimStatus.APPROVED)
    with pytest.raises(AlreadyDecided, match=f"#{claim.id} 现在是“已通过”，不能撤回"):
        desk.withdraw(claim)
    with pytest.raises(AlreadyDecided, match="不能再补充"):
        desk.supplement(claim)


def test_a_claims_life_is_told_in_order(desk: Desk):
    claim = desk.claim()
    desk.send_back(claim, now=NOW + SECOND)
    desk.supplement(claim, now=NOW + 2 * SECOND)
    desk.approve(claim, now=NOW + 3 * SECOND)
    told = [(s.verb, s.by.name if s.by else "", s.reason) for s in claims.steps_of(desk.session, claim)]
    assert told == [
        ("submit", "张三", ""),
        ("returned", "李四", "走访的哪一户"),
        ("supplement", "张三", "是三单元的陈婆婆"),
        ("approved", "李四", ""),
    ]


# Lapsing


def test_a_returned_claim_lapses_at_the_end_of_review_and_its_member_is_told(desk: Desk):
    claim, ends = desk.in_state(ClaimStatus.RETURNED), at(date(2026, 12, 10))
    assert not claiming.lapse(desk.session, claim, now=ends - SECOND)
    assert claiming.lapse(desk.session, claim, now=ends)
    assert claim.status is ClaimStatus.LAPSED
    assert desk.told("claim_lapsed") == ["张三"]
    assert not claiming.lapse(desk.session, claim, now=ends)


def test_a_claim_supplemented_at_the_last_moment_does_not_lapse(desk: Desk):
    claim = desk.in_state(ClaimStatus.RETURNED)
    meanwhile = update(Claim).values(status=ClaimStatus.SUBMITTED)
    desk.session.execute(meanwhile.execution_options(synchronize_session=False))
    assert not claiming.lapse(desk.session, claim, now=at(date(2026, 12, 10)))
    assert claim.status is ClaimStatus.SUBMITTED
    assert desk.notices("claim_lapsed") == []


# Looking them up


def test_a_members_claims_of_a_month_come_oldest_first(desk: Desk):
    early = NOW.replace(day=2)
    october = desk.claim(day=date(2026, 10, 31), now=early)
    found = [desk.claim(), desk.claim("服务-02")]
    desk.claim(of=desk.cast.wang_fang)
    assert claims.of_member(desk.session, desk.cast.zhang_san.id, NOVEMBER) == found
    assert claims.of_member(desk.session, desk.cast.zhang_san.id, Month(2026, 10)) == [october]


def test_a_members_last_claims_come_newest_first_without_the_withdrawn(desk: Desk):
    found = [desk.claim(note=str(n)) for n in range(4)]
    desk.withdraw(found[2])
    assert claims.last_of(desk.session, desk.cast.zhang_san.id, 2) == [found[3], found[1]]


def test_the_points_that_wait_for_a_decision(desk: Desk):
    for quantity in ("1", "2.5"):
        desk.claim("服务-01", quantity)
    desk.approve(desk.claim("服务-02"))
    desk.send_back(desk.claim("服务-02"))
    desk.claim(of=desk.cast.wang_fang)
    assert sorted(claims.waiting_points(desk.session, desk.cast.zhang_san.id, NOVEMBER)) == [D(1), D("2.5")]
    assert claims.waiting_points(desk.session, desk.cast.zhang_san.id, Month(2026, 10)) == []


def test_the_moment_of_a_claim_may_be_given_in_any_zone(desk: Desk):
    claim = desk.claim(now=NOW.astimezone(UTC))
    desk.session.expire_all()
    assert claim.submitted_at == NOW
