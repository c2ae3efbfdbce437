"""What is decided about claims: approve, reject, return, hand over, undo (rules 8 to 12)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from models import claims, deciding, settings, verification
from models.claims import STATUS_WORDS, AlreadyDecided, Claim, ClaimStatus
from models.deciding import BadFigure, NotYours, ReasonMissing, TooLateToUndo
from models.errors import NotFound, Refused
from models.months import at
from models.notices import NoticeStatus
from tests.cast import NOW
from tests.models.deciding_desk import VERBS, S
from tests.models.desk import D, Desk

HOUR = timedelta(hours=1)
DECIDED = "以此为准"
# What each verb does to a claim in each state: the state it leads to, or the refusal and a word of its sentence.
PASSAGES: dict[str, dict[ClaimStatus, ClaimStatus | tuple[type[Refused], str]]] = {
    "approve": {
        S.SUBMITTED: S.APPROVED,
        S.RETURNED: (AlreadyDecided, "已退回补充（李四）"),
        S.APPROVED: (AlreadyDecided, "已通过（李四）"),
        S.REJECTED: (AlreadyDecided, "未通过（李四）"),
        S.WITHDRAWN: (AlreadyDecided, "已撤回，以此为准"),
        S.LAPSED: (AlreadyDecided, "已过期，以此为准"),
    },
    "reject": {
        S.SUBMITTED: S.REJECTED,
        S.RETURNED: (AlreadyDecided, "已退回补充（李四）"),
        S.APPROVED: (AlreadyDecided, "已通过（李四）"),
        S.REJECTED: (AlreadyDecided, "未通过（李四）"),
        S.WITHDRAWN: (AlreadyDecided, DECIDED),
        S.LAPSED: (AlreadyDecided, DECIDED),
    },
    "send_back": {
        S.SUBMITTED: S.RETURNED,
        S.RETURNED: (AlreadyDecided, DECIDED),
        S.APPROVED: (AlreadyDecided, DECIDED),
        S.REJECTED: (AlreadyDecided, DECIDED),
        S.WITHDRAWN: (AlreadyDecided, DECIDED),
        S.LAPSED: (AlreadyDecided, DECIDED),
    },
    "hand_over": {
        S.SUBMITTED: S.SUBMITTED,
        S.RETURNED: (AlreadyDecided, DECIDED),
        S.APPROVED: (AlreadyDecided, DECIDED),
        S.REJECTED: (AlreadyDecided, DECIDED),
        S.WITHDRAWN: (AlreadyDecided, DECIDED),
        S.LAPSED: (AlreadyDecided, DECIDED),
    },
    "undo": {
        S.SUBMITTED: (NotYours, "现在是“待审核”"),
        S.RETURNED: (NotYours, "现在是“已退回补充”"),
        S.APPROVED: S.SUBMITTED,
        S.REJECTED: S.SUBMITTED,
        S.WITHDRAWN: (NotYours, "现在是“已撤回”"),
        S.LAPSED: (NotYours, "现在是“已过期”"),
    },
    "withdraw": {
        S.SUBMITTED: S.WITHDRAWN,
        S.RETURNED: S.WITHDRAWN,
        S.APPROVED: (AlreadyDecided, "不能撤回"),
        S.REJECTED: (AlreadyDecided, "不能撤回"),
        S.WITHDRAWN: (AlreadyDecided, "不能撤回"),
        S.LAPSED: (AlreadyDecided, "不能撤回"),
    },
    "supplement": {
        S.SUBMITTED: S.SUBMITTED,
        S.RETURNED: S.SUBMITTED,
        S.APPROVED: (AlreadyDecided, "不能再补充"),
        S.REJECTED: (AlreadyDecided, "不能再补充"),
        S.WITHDRAWN: (AlreadyDecided, "不能再补充"),
        S.LAPSED: (AlreadyDecided, "不能再补充"),
    },
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", S, ids=lambda status: status.value)
def test_every_verb_in_every_state(desk: Desk, verb: str, status: ClaimStatus):
    claim = desk.in_state(status)
    entries = len(desk.entries())
    outcome = PASSAGES[verb][status]
    if isinstance(outcome, ClaimStatus):
        VERBS[verb](desk, claim)
        assert claim.status is outcome
    else:
        refusal, words = outcome
        with pytest.raises(refusal, match=words):
            VERBS[verb](desk, claim)
        assert (claim.status, len(desk.entries())) == (status, entries)
    desk.session.flush()
    assert list(verification.differences(desk.session)) == []


def test_the_table_of_passages_leaves_nothing_out():
    assert set(PASSAGES) == set(VERBS)
    assert all(set(row) == set(S) for row in PASSAGES.values())
    assert set(STATUS_WORDS) == set(S)


# Approving


def test_an_approval_credits_the_points_and_tells_the_member(desk: Desk):
    claim = desk.approve(desk.claim("服务-01", "2"))
    assert (claim.status, claim.credited, claim.decisions) == (S.APPROVED, D(2), 1)
    assert (claim.decided_by, claim.decided_at) == (desk.cast.li_si, NOW)
    assert [entry.points for entry in desk.entries()] == [D(2)]
    told = desk.notices("claim_approved")
    assert [(n.member_id, n.subject, n.facts["claim"]) for n in told] == [
        (desk.cast.zhang_san.id, claim.decision_key, claim.id)
    ]
    assert D(told[0].facts["cut"]) == 0


def test_an_approval_settles_who_was_asked(desk: Desk):
    desk.approve(desk.claim())
    assert [notice.status for notice in desk.notices("claim_waiting")] == [NoticeStatus.LAPSED]


def test_for_what_was_recorded_the_recorder_is_told_too(desk: Desk):
    claim = desk.claim(of=desk.cast.liu_defu, by=desk.cast.li_si)
    desk.approve(claim, by=desk.cast.wang_jianjun)
    assert sorted(desk.told("claim_approved")) == ["刘德福", "李四"]


def test_another_figure_needs_a_reason(desk: Desk):
    claim = desk.claim("服务-01", "2")
    with pytest.raises(ReasonMissing, match="改分要写一句理由") as refused:
        deciding.approve(desk.session, claim.id, by=desk.cast.li_si, now=NOW, figure=D("1.5"))
    assert refused.value.example == f"通过 {claim.id} 改 1.5 实际时间少些"
    assert claim.status is S.SUBMITTED
    desk.approve(claim, figure="1.5", reason="实际一个半小时")
    assert (claim.points, claim.credited, claim.reason) == (D(2), D("1.5"), "实际一个半小时")
    assert desk.entries()[0].reason == "实际一个半小时"


@pytest.mark.parametrize("figure", ["2.01", "0", "0.004"])
def test_another_figure_is_smaller_than_claimed_and_above_nothing(desk: Desk, figure: str):
    claim = desk.claim("服务-01", "2")
    with pytest.raises(BadFigure, match="只能改成比它小、大于0的分数"):
        desk.approve(claim, figure=figure)
    assert (claim.status, desk.entries()) == (S.SUBMITTED, [])


@pytest.mark.parametrize(("figure", "credited"), [("1.235", "-1.24"), ("-1", "-1.00"), ("2", "-2.00")])
def test_another_figure_has_the_claims_sign_and_is_rounded(desk: Desk, figure: str, credited: str):
    claim = desk.approve(desk.claim("纪律-01", "1"), figure=figure)
    assert str(claim.credited) == credited


def test_another_figure_keeps_to_the_caps(desk: Desk):
    desk.credit("服务-01", "3")
    claim = desk.approve(desk.claim("服务-01", "3"), figure="2")
    assert claim.credited == 1
    assert desk.notices("claim_approved")[-1].facts["cut"] == "1.00"


# Rejecting and returning


def test_a_rejection_needs_a_reason_and_tells_it(desk: Desk):
    claim = desk.claim()
    with pytest.raises(ReasonMissing, match="不通过要写一句理由"):
        deciding.reject(desk.session, claim.id, "", by=desk.cast.li_si, now=NOW)
    desk.reject(claim)
    assert (claim.status, claim.reason, claim.credited) == (S.REJECTED, "日期不对", None)
    assert desk.told("claim_rejected") == ["张三"]
    assert desk.entries() == []


def test_a_return_says_what_is_missing(desk: Desk):
    claim = desk.claim()
    with pytest.raises(ReasonMissing, match="请写明要补充什么"):
        deciding.send_back(desk.session, claim.id, "", by=desk.cast.li_si, now=NOW)
    desk.send_back(claim)
    assert (claim.status, claim.reason) == (S.RETURNED, "走访的哪一户")
    assert desk.told("claim_returned") == ["张三"]


@pytest.mark.parametrize("verb", [deciding.reject, deciding.send_back])
def test_a_long_reason_is_kept_as_far_as_it_goes(desk: Desk, verb: Callable[..., Claim]):
    claim = verb(desk.session, desk.claim().id, "长" * 500, by=desk.cast.li_si, now=NOW)
    assert claim.reason == "长" * 400


def test_a_long_reason_for_another_figure_is_kept_as_far_as_it_goes(desk: Desk):
    desk.approve(desk.claim("服务-01", "2"), figure="1", reason="长" * 500)
    assert desk.entries()[0].reason == "长" * 400


# Who may


def test_the_secretary_decides_any_claim_of_the_branch(desk: Desk):
    assert desk.approve(desk.claim(), by=desk.cast.wang_jianjun).decided_by is desk.cast.wang_jianjun


@pytest.mark.parametrize("verb", ["approve", "reject", "send_back", "undo"])
def test_a_claim_of_another_branch_is_answered_as_if_there_were_none(desk: Desk, verb: str):
    claim = desk.in_state(S.APPROVED) if verb == "undo" else desk.claim()
    outsiders = (desk.cast.qian_jin, desk.cast.wu_gang, desk.cast.sun_li, desk.cast.ma_chao, desk.cast.wang_fang)
    for outsider in outsiders:
        with pytest.raises(NotFound, match=f"没有找到 #{claim.id}"):
            getattr(desk, verb)(claim, by=outsider)
    with pytest.raises(NotFound, match="没有找到 #999"):
        deciding.approve(desk.session, 999, by=desk.cast.li_si, now=NOW)


def test_who_sees_a_claim_without_deciding_it_is_told_so(desk: Desk):
    claim = desk.claim()
    for member in (desk.cast.he_min, desk.cast.sun_lei, desk.cast.zhou_guoping):
        with pytest.raises(NotYours, match=f"#{claim.id} 不由您审核"):
            desk.approve(claim, by=member)


# Handing over


def test_a_handed_over_claim_waits_anew(desk: Desk):
    claim, later = desk.claim(), NOW + HOUR
    claim.reminded_at = claim.moved_up_at = NOW
    deciding.hand_over(desk.session, claim.id, by=desk.cast.li_si, now=later)
    assert (claim.status, claim.rung, claim.waiting_since) == (S.SUBMITTED, 1, later)
    assert (claim.reminded_at, claim.moved_up_at) == (None, None)
    asked = [(desk.told("claim_waiting")[n], notice.status) for n, notice in enumerate(desk.notices("claim_waiting"))]
    assert asked == [("李四", NoticeStatus.LAPSED), ("王建军", NoticeStatus.QUEUED)]
    assert [step.verb for step in claims.steps_of(desk.session, claim)] == ["submit", "hand_over"]


# Undoing


def test_undo_takes_the_entry_back_and_tells_the_member(desk: Desk):
    claim, later = desk.in_state(S.APPROVED), NOW + HOUR
    claim.moved_up_at = NOW
    desk.undo(claim, now=later)
    assert (claim.status, claim.credited, claim.reason) == (S.SUBMITTED, None, "")
    assert (claim.waiting_since, claim.moved_up_at) == (later, None)
    assert [(e.points, e.source.value) for e in desk.entries()] == [(D(1), "claim"), (D(-1), "reversal")]
    assert desk.entries()[1].reverses_id == desk.entries()[0].id
    assert [n.status for n in desk.notices("claim_approved")] == [NoticeStatus.LAPSED]
    assert desk.told("claim_undone") == ["张三"]
    assert [n.status for n in desk.notices("claim_undone")] == [NoticeStatus.QUEUED]


def test_undo_of_a_rejection_writes_no_entry(desk: Desk):
    desk.undo(desk.in_state(S.REJECTED))
    assert desk.entries() == []


def test_undo_and_approve_again_is_a_new_decision_and_is_told(desk: Desk):
    claim = desk.in_state(S.APPROVED)
    desk.undo(claim)
    desk.approve(claim, by=desk.cast.wang_jianjun)
    assert (claim.decisions, claim.decided_by) == (2, desk.cast.wang_jianjun)
    assert [entry.cause for entry in desk.entries()] == [
        f"claim:{claim.id}:1",
        f"claim:{claim.id}:1:reversed",
        f"claim:{claim.id}:2",
    ]
    assert desk.told("claim_approved") == ["张三", "张三"]


def test_what_was_undone_waits_again_and_who_did_not_undo_it_is_asked(desk: Desk):
    """The leader had been told that it is settled; who takes the decision back knows that it is not."""
    claim = desk.claim()
    desk.approve(claim, by=desk.cast.wang_jianjun)
    desk.undo(claim, by=desk.cast.wang_jianjun)
    assert [n.status for n in desk.notices("claim_waiting")] == [NoticeStatus.LAPSED, NoticeStatus.QUEUED]
    assert desk.told("claim_waiting") == ["李四", "李四"]
    own = desk.approve(desk.claim(of=desk.cast.ma_chao), by=desk.cast.wang_jianjun)
    desk.undo(own, by=desk.cast.wang_jianjun)
    assert desk.told("claim_waiting") == ["李四", "李四", "王建军"]


def test_undo_again_and_again(desk: Desk):
    claim = desk.claim()
    for _ in range(3):
        desk.approve(claim)
        desk.undo(claim)
    assert [entry.points for entry in desk.entries()] == [1, -1] * 3
    assert desk.told("claim_undone") == ["张三"] * 3
    assert list(verification.differences(desk.session)) == []


@pytest.mark.parametrize("name", ["wang_jianjun", "he_min", "zhang_san"])
def test_only_who_decided_may_undo(desk: Desk, name: str):
    claim = desk.in_state(S.APPROVED)
    with pytest.raises(NotYours, match="只有审核的人能撤销"):
        desk.undo(claim, by=getattr(desk.cast, name))


def test_a_decision_is_undone_within_24_hours_and_not_after(desk: Desk):
    claim = desk.in_state(S.APPROVED)
    with pytest.raises(TooLateToUndo, match=f"#{claim.id} 审核已超过24小时"):
        desk.undo(claim, now=NOW + timedelta(hours=24))
    assert desk.undo(claim, now=NOW + timedelta(hours=24, seconds=-1)).status is S.SUBMITTED


def test_how_long_it_may_be_undone_is_a_setting(desk: Desk):
    settings.put(desk.session, settings.UNDO_HOURS, 1, organization_id=desk.cast.committee.id, by_id=None, now=NOW)
    desk.session.flush()
    claim = desk.in_state(S.APPROVED)
    with pytest.raises(TooLateToUndo, match="超过1小时"):
        desk.undo(claim, now=NOW + HOUR)


def test_nothing_is_undone_after_the_review_of_its_month(desk: Desk):
    # October is under review until 24:00 of November 10, four working days after November 4.
    decided = at(date(2026, 11, 10), 20)
    claim = desk.claim(day=date(2026, 10, 31), now=at(date(2026, 11, 2), 9))
    desk.approve(claim, now=decided)
    with pytest.raises(TooLateToUndo, match=f"10月的评审已结束，#{claim.id} 的审核不能撤销"):
        desk.undo(claim, now=at(date(2026, 11, 11)))
    assert desk.undo(claim, now=at(date(2026, 11, 11)) - timedelta(seconds=1)).status is S.SUBMITTED
