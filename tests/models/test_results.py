"""Results: what became final, and what later entries have made of it (rules 15)."""

from models import ledger, results
from models.months import Month
from models.rounds import RoundState
from tests.models import scores
from tests.models.desk import Desk
from tests.models.round_desk import FINAL, OCTOBER, earned, in_state


def test_a_members_result_is_found_once_the_month_is_final(desk: Desk):
    branch_id, member = desk.cast.first_branch.id, desk.cast.zhang_san
    in_state(desk, RoundState.DISCLOSURE)
    assert results.find(desk.session, branch_id, member.id, OCTOBER) is None
    assert results.of_branch(desk.session, branch_id, OCTOBER) == []
    assert results.of_groups(desk.session, branch_id, OCTOBER) == []
    assert results.corrected(desk.session, branch_id, OCTOBER) == {}


def test_a_result_is_of_one_branch_month_and_member(desk: Desk):
    branch_id, member = desk.cast.first_branch.id, desk.cast.zhang_san
    in_state(desk, RoundState.FINAL)
    found = results.find(desk.session, branch_id, member.id, OCTOBER)
    assert found is not None
    assert (found.member, found.month, found.branch_id) == (member, OCTOBER, branch_id)
    assert results.find(desk.session, desk.cast.second_branch.id, member.id, OCTOBER) is None
    assert results.find(desk.session, branch_id, member.id, Month(2026, 9)) is None
    assert results.find(desk.session, branch_id, desk.cast.sun_li.id, OCTOBER) is None


def test_without_later_entries_the_corrected_scores_are_the_published_ones(desk: Desk):
    earned(desk, "服务-02", "2")
    scores.zero(desk.session, desk.cast.wang_fang, OCTOBER)
    in_state(desk, RoundState.FINAL)
    found = results.of_branch(desk.session, desk.cast.first_branch.id, OCTOBER)
    corrected = results.corrected(desk.session, desk.cast.first_branch.id, OCTOBER)
    assert corrected == {result.member_id: result.score for result in found if result.not_scored is None}
    assert desk.cast.liu_defu.id not in corrected


def test_an_entry_booked_later_is_in_the_corrected_score_alone(desk: Desk):
    claim = earned(desk, "服务-02", "2")
    in_state(desk, RoundState.FINAL)
    entry = ledger.by_cause(desk.session, claim.decision_key)
    assert entry is not None
    ledger.lock(desk.session, entry.branch_id)
    reversal = ledger.reverse(desk.session, entry, by=desk.cast.wang_jianjun, now=FINAL, reason="更正")
    assert (reversal.booked_month, reversal.about_month) == (Month(2026, 11), OCTOBER)
    scores.zero(desk.session, desk.cast.wang_fang, OCTOBER)
    corrected = results.corrected(desk.session, desk.cast.first_branch.id, OCTOBER)
    assert (corrected[desk.cast.zhang_san.id], corrected[desk.cast.wang_fang.id]) == (70, 0)
    published = results.find(desk.session, desk.cast.first_branch.id, desk.cast.zhang_san.id, OCTOBER)
    assert published is not None
    assert published.score == 74
