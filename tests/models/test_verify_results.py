"""The snapshots of final months against the ledger as it was: what was changed in them by hand is named (rules 15)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from models import finalizing, ledger, reviewing, rounds, verification
from models.members import Member
from models.months import Month, at
from models.rulebooks import Source
from tests.cast import NOW, Cast
from tests.models.by_hand import ByHand, found, rehash

OCTOBER = Month(2026, 10)
SUBMITTED = at(date(2026, 11, 6), 16)
FINAL = at(date(2026, 11, 16), 9)


def give(session: Session, member: Member, points: str, cause: str, about: Month = OCTOBER) -> None:
    """Points that nobody has to have decided."""
    ledger.lock(session, member.branch_id)
    ledger.write(
        session,
        member,
        Decimal(points),
        branch_id=member.branch_id,
        about=about,
        source=Source.OPENING,
        cause=cause,
        by=None,
        now=SUBMITTED - timedelta(days=5),
    )


@pytest.fixture
def final(session: Session, cast: Cast) -> Cast:
    """October of the first branch, final with 张三 first and 王芳 second."""
    give(session, cast.zhang_san, "12.5", "opening:1")
    give(session, cast.zhang_san, "-2", "opening:2")
    give(session, cast.wang_fang, "5", "opening:3")
    rounds.begin(session, cast.first_branch.id, OCTOBER)
    reviewing.submit(session, cast.first_branch.id, OCTOBER, by=None, now=SUBMITTED)
    finalizing.finalize(session, cast.first_branch.id, OCTOBER, now=FINAL)
    assert found(session) == []
    return cast


@pytest.fixture
def by_hand(session: Session, final: Cast) -> ByHand:
    return ByHand(session)


def test_a_later_correction_is_no_difference(session: Session, final: Cast):
    give(session, final.zhang_san, "-9", "opening:9")
    assert found(session) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("base = 6000", "起算分记着 60.00，按当时的台账是 70.00"),
        ("plus = 1350", "加分记着 13.50，按当时的台账是 12.50"),
        ("minus = 0", "扣分记着 0.00，按当时的台账是 2.00"),
        ("score = 9900", "得分记着 99.00，按当时的台账是 80.50"),
        ("rank = 2", "名次记着 2，按当时的台账是 1"),
        ("stars = NULL", "星级记着 空，按当时的台账是 3"),
        ("zeroed = true", "记着归零，与当时的台账不符"),
    ],
)
def test_a_changed_result_is_named(session: Session, final: Cast, by_hand: ByHand, change: str, said: str):
    by_hand(f"UPDATE results SET {change} WHERE member_id = :id", id=final.zhang_san.id)
    assert f"第一支部 2026-10 审定：张三（1006）{said}" in found(session)


def test_a_zeroing_that_a_result_does_not_know_is_named(session: Session, final: Cast, by_hand: ByHand):
    by_hand("UPDATE entries SET source = 'zeroing' WHERE cause = 'opening:3'")
    rehash(session, by_hand, final.first_branch.id)
    by_hand("UPDATE rounds SET head = :head", head=str(verification.heads(session)[0].head))
    assert "第一支部 2026-10 审定：王芳（1007）没有记着归零，与当时的台账不符" in found(session)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("scored = 9", "第一小组计分人数记着 9，按各人的得分是 7"),
        ("average = 7000", "第一小组平均分记着 70.00，按各人的得分是 72.21"),
        ("rank = 2", "第一小组名次记着 2，按各人的得分是 1"),
        ("stars = 5", "第一小组星级记着 5，按各人的得分是 2"),
    ],
)
def test_a_groups_changed_average_is_named(session: Session, final: Cast, by_hand: ByHand, change: str, said: str):
    by_hand(f"UPDATE group_results SET {change} WHERE group_id = :id", id=final.first_group.id)
    assert f"第一支部 2026-10 审定：{said}" in found(session)


def test_a_group_of_nobody_who_is_scored_has_no_average(session: Session, final: Cast, by_hand: ByHand):
    mine = "UPDATE results SET not_scored = '其他', score = NULL, rank = NULL, stars = NULL WHERE group_id = :id"
    by_hand(mine, id=final.second_group.id)
    said = found(session)
    assert "第一支部 2026-10 审定：第二小组平均分记着 70.00，按各人的得分是 空" in said
    assert "第一支部 2026-10 审定：第二小组计分人数记着 3，按各人的得分是 0" in said


def test_a_member_without_a_result_is_named(session: Session, final: Cast, by_hand: ByHand):
    by_hand("DELETE FROM results WHERE member_id = :id", id=final.zhang_san.id)
    assert "第一支部 2026-10 审定：张三在册，却没有结果" in found(session)


def test_results_before_the_final_are_named(session: Session, final: Cast, by_hand: ByHand):
    by_hand("UPDATE rounds SET state = 'disclosure'")
    assert found(session) == ["第一支部 2026-10：没有审定，却有审定的结果"] * 2  # of members and of groups


def test_a_final_that_does_not_say_by_what_it_was_computed_is_named(session: Session, final: Cast, by_hand: ByHand):
    by_hand("UPDATE rounds SET last_sequence = NULL")
    assert found(session) == ["第一支部 2026-10 审定：没有写明审定时的细则和台账"]


def test_a_snapshot_of_fewer_entries_is_named(session: Session, final: Cast, by_hand: ByHand):
    by_hand("UPDATE rounds SET last_sequence = 1")
    assert "第一支部 2026-10 审定：张三（1006）扣分记着 2.00，按当时的台账是 0.00" in found(session)


def test_a_value_that_is_none_of_ours_is_named(session: Session, final: Cast, by_hand: ByHand):
    by_hand("UPDATE entries SET about_month = 'xx' WHERE cause = 'opening:3'")
    by_hand("UPDATE rounds SET head = 'x'")
    said = found(session)
    assert "第一支部 2026-10 审定：公示时的链头写得不对" in said
    assert any("王芳（1007）加分记着 5.00，按当时的台账是 0.00" in line for line in said)


def test_a_source_that_is_none_of_ours_does_not_end_the_replay(session: Session, final: Cast, by_hand: ByHand):
    if session.get_bind().dialect.name == "sqlite":
        by_hand("PRAGMA ignore_check_constraints = ON")
    else:
        by_hand("ALTER TABLE entries DROP CONSTRAINT ck_entries_source")
    by_hand("UPDATE entries SET source = 'nothing' WHERE cause = 'opening:3'")
    assert "第一支部 2026-10 审定：内容读不出来，写入后被改过" in found(session)


def test_a_chain_rewritten_since_a_disclosure_is_found_by_the_head_it_was_printed_with(
    session: Session, final: Cast, by_hand: ByHand
):
    """Nobody has to have kept anything: the disclosure did."""
    give(session, final.wang_fang, "1", "opening:5")
    by_hand("UPDATE entries SET reason = 'x' WHERE cause = 'opening:2'")
    rehash(session, by_hand, final.first_branch.id)
    assert [line for line in found(session) if "改写过" in line]
    assert NOW > FINAL
