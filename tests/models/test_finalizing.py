"""A month becomes final: when it may, what is fixed, and who is told (rules 14, 15, 29)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, or_, select

from models import answering, finalizing, followers, ledger, results, rounds, standings
from models.finalizing import NotDueYet, StillUnanswered
from models.ledger import Book, Entry
from models.members import Move, NotScoredReason
from models.months import Period
from models.notices import NoticeStatus
from models.organizations import Organization, OrganizationKind
from models.results import GroupResult, Result
from models.rounds import Round, RoundState
from models.rulebooks import Source
from tests.cast import NOW, Cast
from tests.models import scores
from tests.models.desk import D, Desk
from tests.models.round_desk import (
    DISCLOSED_UNTIL,
    FINAL,
    INSTANT,
    OCTOBER,
    SUBMITTED,
    earned,
    finish,
    in_state,
    objection,
    submit,
)


def finalize(desk: Desk) -> Round:
    return finalizing.finalize(desk.session, desk.cast.first_branch.id, OCTOBER, now=FINAL)


def found(desk: Desk) -> dict[str, Result]:
    """The first branch's results of October by name."""
    return {
        result.member.name: result for result in results.of_branch(desk.session, desk.cast.first_branch.id, OCTOBER)
    }


# When


def test_not_before_the_working_morning_after_the_disclosure(desk: Desk):
    in_state(desk, RoundState.DISCLOSURE)
    for now in (SUBMITTED, DISCLOSED_UNTIL, FINAL - INSTANT):
        with pytest.raises(NotDueYet, match="10月的公示还没有结束"):
            finalizing.finalize(desk.session, desk.cast.first_branch.id, OCTOBER, now=now)
    assert found(desk) == {}
    assert finalize(desk).final_at == FINAL


def test_not_while_an_objection_is_unanswered(desk: Desk):
    in_state(desk, RoundState.DISCLOSURE)
    opinion = objection(desk, by=desk.cast.zhang_san, about=desk.cast.wang_fang)
    with pytest.raises(StillUnanswered, match=f"10月还有没答复的意见：Y{opinion.id}"):
        finalize(desk)
    answering.refuse(desk.session, opinion.id, "有照片", by=desk.cast.wang_jianjun, now=SUBMITTED + timedelta(hours=4))
    with pytest.raises(StillUnanswered):  # it can still be taken up one level
        finalize(desk)
    lapsed = SUBMITTED + timedelta(days=3)
    assert answering.lapse(desk.session, opinion, now=lapsed)
    assert finalize(desk).state is RoundState.FINAL


def test_an_objection_in_another_branch_keeps_nobody(desk: Desk):
    in_state(desk, RoundState.DISCLOSURE)
    opinion = objection(desk, by=desk.cast.zhang_san, about=desk.cast.wang_fang)
    opinion.organization_id = desk.cast.second_branch.id
    desk.session.flush()
    assert finalize(desk).state is RoundState.FINAL


def test_it_becomes_final_once(desk: Desk):
    in_state(desk, RoundState.FINAL)
    with pytest.raises(NotDueYet, match="10月不在公示中"):
        finalize(desk)
    assert len(desk.notices("result")) == 13


# What is fixed


def test_the_snapshot_holds_everyone_with_figures_rank_and_stars(desk: Desk):
    earned(desk, "服务-02", "2", of=desk.cast.wang_fang)
    earned(desk, "服务-02", "1")
    earned(desk, "服务-02", "1", of=desk.cast.ma_chao)
    scores.score(desk.session, desk.cast.feng_tao, OCTOBER, 65)
    in_state(desk, RoundState.FINAL)
    shown = {n: [r.base, r.plus, r.minus, r.score, r.rank, r.stars] for n, r in found(desk).items()}
    assert len(shown) == 14
    assert shown["王芳"] == [70, 4, 0, 74, 1, 2]
    assert shown["张三"] == shown["马超"] == [70, 2, 0, 72, 2, 2]
    assert shown["李四"] == [70, 0, 0, 70, 4, 2]
    assert shown["冯涛"] == [70, 0, 5, 65, 13, 1]
    assert shown["刘德福"] == [70, 0, 0, None, None, None]
    assert found(desk)["刘德福"].not_scored is NotScoredReason.AGED
    assert found(desk)["张三"].group_id == desk.cast.first_group.id


def test_scores_and_ranks_are_those_of_the_standings(desk: Desk):
    earned(desk, "服务-02", "2", of=desk.cast.wang_fang)
    scores.score(desk.session, desk.cast.feng_tao, OCTOBER, 65)
    scores.zero(desk.session, desk.cast.ma_chao, OCTOBER)
    in_state(desk, RoundState.FINAL)
    live = standings.of_branch(desk.session, desk.cast.first_branch.id, Period.month(OCTOBER), FINAL)
    assert {line.member.name: (line.score, line.rank) for line in live.lines} == {
        name: (result.score, result.rank) for name, result in found(desk).items()
    }


def test_a_zeroed_month_is_0_and_last(desk: Desk):
    earned(desk, "服务-02", "2")
    scores.zero(desk.session, desk.cast.zhang_san, OCTOBER)
    in_state(desk, RoundState.FINAL)
    result = found(desk)["张三"]
    assert (result.zeroed, result.plus, result.score, result.rank, result.stars) == (True, 4, 0, 13, 0)


def test_what_was_reversed_before_counts_neither_as_plus_nor_as_minus(desk: Desk):
    claim = earned(desk, "服务-02", "2")
    earned(desk, "服务-02", "1", of=desk.cast.wang_fang)
    scores.score(desk.session, desk.cast.feng_tao, OCTOBER, 65)
    scores.zero(desk.session, desk.cast.ma_chao, OCTOBER)
    taken_back = select(Entry).where(or_(Entry.cause == claim.decision_key, Entry.source == Source.ZEROING))
    ledger.lock(desk.session, desk.cast.first_branch.id)
    for entry in desk.session.scalars(taken_back).all():
        ledger.reverse(desk.session, entry, by=desk.cast.wang_jianjun, now=NOW, reason="更正")
    in_state(desk, RoundState.FINAL)
    shown = {name: (r.plus, r.minus, r.score, r.zeroed) for name, r in found(desk).items()}
    expected = {
        "张三": (0, 0, 70, False),
        "马超": (0, 0, 70, False),
        "王芳": (2, 0, 72, False),
        "冯涛": (0, 5, 65, False),
    }
    assert {name: shown[name] for name in expected} == expected


def test_who_moved_away_is_on_the_roll_of_the_month_and_not_scored(desk: Desk):
    cast = desk.cast
    desk.session.add(
        Move(
            member_id=cast.zhang_san.id,
            from_branch_id=cast.first_branch.id,
            to_branch_id=cast.second_branch.id,
            moved_on=date(2026, 10, 15),
        )
    )
    cast.zhang_san.branch_id = cast.second_branch.id
    desk.session.flush()
    in_state(desk, RoundState.FINAL)
    assert found(desk)["张三"].not_scored is NotScoredReason.PART_MONTH


def test_groups_are_fixed_with_their_average_and_rank(desk: Desk):
    earned(desk, "服务-02", "1", of=desk.cast.ma_chao)
    empty = Organization(name="空组", kind=OrganizationKind.GROUP, parent_id=desk.cast.first_branch.id)
    desk.session.add(empty)
    desk.session.flush()
    in_state(desk, RoundState.FINAL)
    groups = results.of_groups(desk.session, desk.cast.first_branch.id, OCTOBER)
    assert [(group.group_id, group.scored, group.average, group.rank, group.stars) for group in groups] == [
        (desk.cast.first_group.id, 7, D("70.00"), 2, 2),
        (desk.cast.second_group.id, 3, D("70.67"), 1, 2),
        (empty.id, 0, None, None, None),
    ]


def test_a_branch_without_groups_or_members_becomes_final_too(desk: Desk):
    empty = Organization(name="新支部", kind=OrganizationKind.BRANCH, parent_id=desk.cast.committee.id)
    desk.session.add(empty)
    desk.session.flush()
    finish(desk.session, empty.id, None)
    assert results.of_branch(desk.session, empty.id, OCTOBER) == []
    assert results.of_groups(desk.session, empty.id, OCTOBER) == []


def test_groups_with_the_same_average_share_a_rank(desk: Desk):
    in_state(desk, RoundState.FINAL)
    groups = results.of_groups(desk.session, desk.cast.first_branch.id, OCTOBER)
    assert [(group.average, group.rank) for group in groups] == [(70, 1), (70, 1)]


def test_the_round_says_which_entries_and_which_rulebook_the_snapshot_covers(desk: Desk):
    earned(desk)
    round_ = in_state(desk, RoundState.FINAL)
    book = desk.session.get_one(Book, desk.cast.first_branch.id)
    assert (round_.last_sequence, round_.rulebook_id) == (book.sequence, desk.rulebook.id) == (1, desk.rulebook.id)


def test_nothing_moves_the_snapshot(desk: Desk):
    claim = earned(desk, "服务-02", "2")
    in_state(desk, RoundState.FINAL)
    before = _rows(desk)
    entry = ledger.by_cause(desk.session, claim.decision_key)
    assert entry is not None
    ledger.lock(desk.session, entry.branch_id)
    ledger.reverse(desk.session, entry, by=desk.cast.wang_jianjun, now=FINAL, reason="更正")
    scores.zero(desk.session, desk.cast.wang_fang, OCTOBER)
    desk.cast.chen_jing.left_on = date(2026, 10, 2)
    desk.session.flush()
    assert _rows(desk) == before


def _rows(desk: Desk) -> list[tuple[object, ...]]:
    desk.session.expire_all()
    tables = (Result, GroupResult)
    return [
        tuple(getattr(row, column.key) for column in table.__table__.columns)
        for table in tables
        for row in desk.session.query(table).order_by(table.id)
    ]


def test_it_takes_as_many_statements_for_fourteen_members_as_for_four(desk: Desk):
    submit(desk.session, desk.cast.first_branch.id, desk.cast.wang_jianjun)
    submit(desk.session, desk.cast.second_branch.id, desk.cast.qian_jin)
    assert _statements(desk, desk.cast.first_branch.id) <= _statements(desk, desk.cast.second_branch.id) + 2


def _statements(desk: Desk, branch_id: int) -> int:
    seen: list[str] = []
    connection = desk.session.connection()

    def note(*executed: object) -> None:
        seen.append(str(executed[2]))

    event.listen(connection, "before_cursor_execute", note)
    finalizing.finalize(desk.session, branch_id, OCTOBER, now=FINAL)
    event.remove(connection, "before_cursor_execute", note)
    return len(seen)


# Who is told


def test_everyone_who_can_be_reached_is_told_their_own(desk: Desk):
    followers.unfollow(desk.session, Cast.openid(desk.cast.feng_tao), SUBMITTED)
    in_state(desk, RoundState.FINAL)
    told = desk.told("result")
    assert (len(told), len(set(told))) == (12, 12)
    assert not {"冯涛", "刘德福"} & set(told)
    assert desk.notices("result")[0].facts == {"branch": desk.cast.first_branch.id, "month": "2026-10"}


def test_what_was_not_yet_told_of_the_disclosure_is_not_told_any_more(desk: Desk):
    in_state(desk, RoundState.FINAL)
    assert {notice.status for notice in desk.notices("disclosure")} == {NoticeStatus.LAPSED}


def test_without_a_round_there_is_nothing_to_make_final(desk: Desk):
    with pytest.raises(NotDueYet, match="10月不在公示中"):
        finalize(desk)
    assert rounds.find(desk.session, desk.cast.first_branch.id, OCTOBER) is None
