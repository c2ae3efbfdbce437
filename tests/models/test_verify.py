"""The replay of the ledger: what was tampered with by hand is named (rules 2, 3, 4).

The entries are made by the program's own operations; then the triggers are taken away, as somebody with access to the
database could, and rows are changed by SQL typed by hand.
"""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import claiming, deciding, ledger, rulebooks, verification
from models.claims import Claim
from models.ledger import Book, Entry, hash_of
from models.months import Month
from models.rulebooks import Item, Rulebook, Source
from models.verification import Head
from tests.cast import NOW, Cast
from tests.models.by_hand import ByHand, found, rehash

DAY, NOVEMBER = date(2026, 11, 19), Month(2026, 11)


def rulebook_of(session: Session, cast: Cast) -> Rulebook:
    return rulebooks.in_force(session, cast.first_branch.id, NOVEMBER)


def approved(session: Session, cast: Cast, code: str, quantity: str, day: date = DAY) -> Claim:
    """A claim of 张三 that 李四 approved."""
    item = rulebook_of(session, cast).get_item(code)
    claim, _ = claiming.submit(session, cast.zhang_san, item, Decimal(quantity), day=day, by=cast.zhang_san, now=NOW)
    return deciding.approve(session, claim.id, by=cast.li_si, now=NOW)


def write(session: Session, cast: Cast, points: str, cause: str, code: str | None = None, **more) -> Entry:
    """An entry by the ledger's own function, whoever's rules it breaks."""
    rulebook = rulebook_of(session, cast)
    ledger.lock(session, cast.first_branch.id)
    values = {"about": DAY, "source": Source.EXAM, "by": cast.wang_jianjun, "now": NOW, "rulebook_id": rulebook.id}
    return ledger.write(
        session,
        cast.zhang_san,
        Decimal(points),
        branch_id=cast.first_branch.id,
        cause=cause,
        item_code=code,
        **(values | more),  # type: ignore[arg-type]
    )


@pytest.fixture
def five(session: Session, cast: Cast) -> list[Entry]:
    """A branch with five entries, among them an undone approval and its reversal."""
    first = approved(session, cast, "志愿-01", "2")
    deciding.undo(session, first.id, by=cast.li_si, now=NOW + timedelta(minutes=5))
    deciding.approve(session, first.id, by=cast.li_si, now=NOW + timedelta(minutes=6))
    approved(session, cast, "志愿-02", "1")
    approved(session, cast, "学习-01", "1")
    entries = session.scalars(select(Entry).order_by(Entry.sequence)).all()
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5]
    return list(entries)


@pytest.fixture
def by_hand(session: Session) -> ByHand:
    return ByHand(session)


def test_a_ledger_of_the_programs_own_making_is_clean(session, cast, five):
    write(session, cast, "-6", "meeting:1", "组织-03")
    ledger.lock(session, cast.second_branch.id)
    assert found(session) == []


def test_an_empty_ledger_is_clean(session, cast):
    assert found(session) == []
    assert verification.heads(session) == []


def test_heads_are_those_of_the_books_and_are_found_again(session, cast, five):
    ((branch, head),) = verification.heads(session)
    assert (branch, head) == ("第一支部", Head(5, five[-1].hash))
    assert found(session, str(head), f"2:{five[1].hash[:12]}", f"0:{ledger.GENESIS}") == []


@pytest.mark.parametrize(
    "typed", ["5", "5:", "5:abc", "x:0123456789ab", "5:0123456789ag", f"5:{'a' * 65}", "-1:0123456789ab"]
)
def test_what_is_no_head_is_refused(typed):
    with pytest.raises(ValueError, match="not a head"):
        Head.parse(typed)


def test_a_head_is_read_as_people_type_it():
    assert Head.parse(" 12：9F86D081884C ") == Head(12, "9f86d081884c")


@pytest.mark.parametrize(
    "change",
    [
        "points = 400",
        "reason = 'x'",
        "member_id = member_id + 1",
        "item_code = '志愿-03'",
        "about_month = '2026-10'",
        "decided_by_id = NULL",
    ],
)
def test_a_changed_entry_is_named(session, cast, five, by_hand, change):
    by_hand(f"UPDATE entries SET {change} WHERE id = :id", id=five[3].id)
    assert f"第一支部 第4条（J{five[3].id}）：内容与哈希不符，写入后被改过" in found(session)


def test_a_changed_entry_whose_own_hash_was_put_right_breaks_the_chain_after_it(session, cast, five, by_hand):
    by_hand("UPDATE entries SET reason = 'x' WHERE id = :id", id=five[3].id)
    by_hand("UPDATE entries SET hash = :hash WHERE id = :id", hash=hash_of(five[3]), id=five[3].id)
    assert found(session) == [f"第一支部 第5条（J{five[4].id}）：与前一条接不上，其中一条写入后被改过"]


def test_an_entry_whose_values_are_none_of_ours_is_named_and_the_others_are_still_looked_at(
    session, cast, five, by_hand
):
    second, last = five[1].id, five[4].id
    by_hand("UPDATE entries SET about_month = 'xx' WHERE id = :id", id=second)
    by_hand("UPDATE entries SET reason = 'x' WHERE id = :id", id=last)
    said = found(session)
    assert f"第一支部 第2条（J{second}）：内容读不出来，写入后被改过" in said
    assert f"第一支部 第5条（J{last}）：内容与哈希不符，写入后被改过" in said
    assert not any("第3条" in line or "第4条" in line for line in said)


def test_a_removed_entry_is_named(session, cast, five, by_hand):
    by_hand("DELETE FROM entries WHERE id = :id", id=five[3].id)
    assert found(session) == ["第一支部：缺第4条", f"#{2}：已通过，台账里没有它的明细"]


def test_several_removed_entries_are_named_together(session, cast, five, by_hand):
    by_hand("DELETE FROM entries WHERE sequence IN (4, 5)")
    assert found(session)[0] == "第一支部：账本记到第5条，明细到第3条"
    by_hand("DELETE FROM entries WHERE sequence = 2")
    by_hand("DELETE FROM entries WHERE sequence = 1")
    assert found(session)[0] == "第一支部：缺第1到2条"


def test_an_inserted_entry_is_named(session, cast, five, by_hand):
    columns = [column.name for column in Entry.__table__.columns if column.name not in {"id", "sequence", "cause"}]
    names = ", ".join(columns)
    copied = f"SELECT 99, 6, 'branch:99', {names} FROM entries WHERE id = :id"
    by_hand(f"INSERT INTO entries (id, sequence, cause, {names}) {copied}", id=five[4].id)
    said = found(session)
    assert "第一支部 第6条（J99）：与前一条接不上，其中一条写入后被改过" in said
    assert "第一支部 第6条（J99）：内容与哈希不符，写入后被改过" in said
    assert "第一支部：账本记到第5条，明细到第6条" in said


def test_a_book_without_its_head_is_named(session, cast, five, by_hand):
    by_hand("UPDATE books SET head = :head", head="f" * 64)
    assert found(session) == ["第一支部：账本的链头与最后一条（第5条）不符"]
    by_hand("DELETE FROM books")
    assert found(session) == ["第一支部：有台账明细，没有账本"]


def test_a_book_that_counts_entries_which_are_gone_is_named(session, cast, five, by_hand):
    by_hand("DELETE FROM entries WHERE id = :id", id=five[4].id)
    by_hand("UPDATE books SET head = :head", head=five[3].hash)
    assert "第一支部：账本记到第5条，明细到第4条" in found(session)


def test_a_rewritten_chain_is_found_by_a_printed_head(session, cast, five, by_hand):
    printed = str(verification.heads(session)[0].head)
    by_hand("UPDATE entries SET reason = 'x' WHERE id = :id", id=five[2].id)
    rehash(session, by_hand, cast.first_branch.id)
    assert found(session) == []
    sequence, _, digits = printed.partition(":")
    assert found(session, printed) == [
        f"留存的链头 {sequence}:{digits[:12]} 不在任何支部的台账里：台账在那以后被改写过"
    ]


def test_a_chain_cut_short_is_found_by_a_printed_head(session, cast, five, by_hand):
    printed = str(verification.heads(session)[0].head)
    by_hand("DELETE FROM entries WHERE id = :id", id=five[4].id)
    by_hand("UPDATE books SET sequence = 4, head = :head", head=five[3].hash)
    assert len(found(session, printed)) == 2  # and the claim that lost its entry


def test_an_entry_outside_its_own_months_is_named(session, cast):
    entry = write(session, cast, "1", "branch:1", "志愿-01")
    shown = f"第一支部 第1条（J{entry.id}）："
    by_hand = ByHand(session)
    by_hand("UPDATE entries SET booked_month = '2026-10'")
    rehash(session, by_hand, cast.first_branch.id)
    assert found(session) == [f"{shown}记账月份 2026-10 与记账时间不符"]
    by_hand("UPDATE entries SET booked_month = '2026-11', day = '2026-10-31'")
    rehash(session, by_hand, cast.first_branch.id)
    assert found(session) == [f"{shown}日期 2026-10-31 不在所属月份 2026-11"]


def test_a_reversal_of_another_figure_is_named(session, cast):
    entry = write(session, cast, "2", "branch:1", "志愿-01")
    back = write(session, cast, "-1", "branch:1:reversed", "志愿-01", source=Source.REVERSAL, reverses_id=entry.id)
    assert found(session) == [f"J{back.id}：冲销 -1.00 分，所冲销的 J{entry.id} 是 2.00 分"]


def test_a_reversal_of_a_reversal_is_named(session, cast):
    entry = write(session, cast, "2", "branch:1")
    back = ledger.reverse(session, entry, by=cast.wang_jianjun, now=NOW, reason="")
    again = write(session, cast, "2", "branch:2", source=Source.REVERSAL, reverses_id=back.id)
    assert found(session) == [f"J{again.id}：冲销的 J{back.id} 本身就是冲销"]


def test_a_reversal_that_names_nothing_is_named(session, cast):
    entry = write(session, cast, "2", "branch:1", source=Source.REVERSAL)
    assert found(session) == [f"J{entry.id}：是冲销，却没有写明冲销哪一条"]


def test_a_reversal_of_an_entry_that_was_removed_is_named(session, cast, five, by_hand):
    undone, back = five[0].id, five[1].id
    if session.get_bind().dialect.name == "sqlite":
        by_hand("PRAGMA defer_foreign_keys = ON")
    else:
        by_hand("ALTER TABLE entries DROP CONSTRAINT fk_entries_reverses_id_entries")
    by_hand("DELETE FROM entries WHERE id = :id", id=undone)
    assert found(session) == ["第一支部：缺第1条", f"J{back}：冲销的 J{undone} 不存在"]


def test_an_entry_that_reverses_without_being_a_reversal_is_named(session, cast):
    entry = write(session, cast, "2", "branch:1")
    other = write(session, cast, "-2", "branch:2", reverses_id=entry.id)
    assert found(session) == [f"J{other.id}：写着冲销 J{entry.id}，来源却不是冲销"]


def test_a_reversal_in_another_month_is_named(session, cast):
    entry = write(session, cast, "2", "branch:1")
    back = write(session, cast, "-2", "branch:2", source=Source.REVERSAL, reverses_id=entry.id, about=Month(2026, 10))
    assert found(session) == [f"J{back.id}：与所冲销的 J{entry.id} 不是同一人、同一支部、同一月份"]


def test_a_passed_cap_of_an_items_month_is_named(session, cast):
    write(session, cast, "4", "branch:1", "志愿-01")
    assert found(session) == []
    write(session, cast, "0.5", "branch:2", "志愿-01")
    assert found(session) == ["张三（1006）2026-11 志愿-01 合计 4.50 分，超过每月封顶 4 分"]


def test_a_passed_cap_of_a_deduction_is_named(session, cast):
    write(session, cast, "-4.5", "branch:1", "组织-02")
    assert found(session) == ["张三（1006）2026-11 组织-02 合计 -4.50 分，超过每月封顶 4 分"]


def test_a_passed_cap_of_an_items_year_is_named(session, cast):
    for month in range(1, 8):
        write(session, cast, "1", f"branch:{month}", "学习-03", about=Month(2026, month))
    assert found(session) == ["张三（1006）2026 学习-03 合计 7.00 分，超过全年封顶 6 分"]


def test_a_passed_cap_of_a_categorys_month_is_named(session, cast):
    write(session, cast, "4", "branch:1", "志愿-01")
    write(session, cast, "3", "branch:2", "志愿-02")
    assert found(session) == ["张三（1006）2026-11 志愿 合计 7.00 分，超过一类每月封顶 6 分"]


def test_reversed_points_free_the_cap(session, cast):
    entry = write(session, cast, "4", "branch:1", "志愿-01")
    ledger.reverse(session, entry, by=cast.wang_jianjun, now=NOW, reason="")
    write(session, cast, "4", "branch:2", "志愿-01")
    assert found(session) == []


def test_in_a_month_with_two_rulebooks_the_wider_cap_holds(session, cast):
    first = rulebook_of(session, cast)
    narrow = _with_cap(first, "志愿-01", Decimal(2))
    other = rulebooks.add_version(session, cast.second_branch, narrow, now=NOW)
    write(session, cast, "2", "branch:1", "志愿-01", rulebook_id=other.id)
    write(session, cast, "2", "branch:2", "志愿-01")
    assert found(session) == []
    free = rulebooks.add_version(session, cast.first_branch, _with_cap(first, "志愿-01", None), now=NOW)
    write(session, cast, "1.5", "branch:3", "志愿-01", rulebook_id=free.id)
    assert found(session) == []


def _with_cap(book: Rulebook, code: str, cap: Decimal | None) -> Rulebook:
    def item(one: Item) -> Item:
        return replace(one, cap_month=cap) if one.code == code else one

    return replace(book, items=tuple(item(one) for one in book.items))


def test_an_item_that_the_rulebook_does_not_have_is_named(session, cast):
    write(session, cast, "1", "branch:1", "没有-01")
    write(session, cast, "1", "branch:2", "志愿-01", rulebook_id=None)
    assert sorted(found(session)) == [
        "张三（1006）2026-11 事项 志愿-01：所用的细则里没有这一项",
        "张三（1006）2026-11 事项 没有-01：所用的细则里没有这一项",
    ]


def test_a_claims_figure_that_is_not_its_entrys_is_named(session, cast, five, by_hand):
    by_hand("UPDATE claims SET credited = 300 WHERE id = 2")
    assert found(session) == [f"#2：记着得 3.00 分，台账 J{five[3].id} 是 1.00 分"]


def test_more_than_was_claimed_is_named(session, cast, five, by_hand):
    by_hand("UPDATE claims SET points = 50 WHERE id = 2")
    assert found(session) == ["#2：申报 0.50 分，却得了 1.00 分"]


def test_a_claim_of_another_deed_than_its_entry_is_named(session, cast, five, by_hand):
    by_hand("UPDATE claims SET item_code = '志愿-03' WHERE id = 2")
    assert found(session) == [f"#2：与台账 J{five[3].id} 的人、支部、事项或日期不符"]


def test_an_entry_whose_claim_is_not_approved_any_more_is_named(session, cast, five, by_hand):
    by_hand("UPDATE claims SET status = 'rejected' WHERE id = 2")
    assert found(session) == [f"J{five[3].id}：#2 现为“未通过”，这条明细却没有冲销"]


def test_an_entry_of_an_earlier_decision_that_was_not_taken_back_is_named(session, cast, five, by_hand):
    by_hand("UPDATE claims SET decisions = 3 WHERE id = 2")
    assert found(session) == [
        "#2：已通过，台账里没有它的明细",
        f"J{five[3].id}：#2 另有一次审核，这条明细却没有冲销",
    ]


def test_an_entry_that_claims_a_claim_nobody_made_is_named(session, cast):
    first = write(session, cast, "1", "claim:77:1", source=Source.CLAIM)
    second = write(session, cast, "1", "claimed by hand", source=Source.CLAIM)
    assert found(session) == [f"J{e.id}：来源是申报，却找不到那条申报" for e in (first, second)]


def test_a_cause_that_counts_twice_is_named_once_the_unique_key_is_gone(session, cast, by_hand):
    entry = write(session, cast, "1", "branch:1")
    _without_unique_keys(session)
    write(session, cast, "1", "branch:1")
    for number in (2, 3):
        write(session, cast, "-1", f"branch:{number}", source=Source.REVERSAL, reverses_id=entry.id)
    assert found(session) == ["同一决定记了不止一条：branch:1", f"J{entry.id}：冲销了不止一次"]


def _without_unique_keys(session: Session) -> None:
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        for key in ("uq_entries_cause", "uq_entries_reverses_id"):
            session.execute(text(f"ALTER TABLE entries DROP CONSTRAINT {key}"))
        return
    made = session.execute(text("SELECT sql FROM sqlite_master WHERE name = 'entries'")).scalar_one()
    without = re.sub(r",\s*CONSTRAINT uq_entries_(cause|reverses_id) UNIQUE \(\w+\)", "", made)
    statements = (
        without.replace("CREATE TABLE entries", "CREATE TABLE other", 1),
        "INSERT INTO other SELECT * FROM entries",
        "DROP TABLE entries",
        "ALTER TABLE other RENAME TO entries",
    )
    for statement in statements:
        session.execute(text(statement))


def test_every_branch_is_replayed(session, cast, five, by_hand):
    ledger.lock(session, cast.second_branch.id)
    other = ledger.write(
        session,
        cast.sun_li,
        Decimal(1),
        branch_id=cast.second_branch.id,
        about=DAY,
        source=Source.EXAM,
        cause="branch:9",
        by=cast.qian_jin,
        now=NOW,
    )
    by_hand("UPDATE entries SET reason = 'x' WHERE id IN (:one, :two)", one=five[0].id, two=other.id)
    assert found(session) == [
        f"第一支部 第1条（J{five[0].id}）：内容与哈希不符，写入后被改过",
        f"第二支部 第1条（J{other.id}）：内容与哈希不符，写入后被改过",
    ]
    assert [(branch, head.sequence) for branch, head in verification.heads(session)] == [
        ("第一支部", 5),
        ("第二支部", 1),
    ]
    assert session.scalars(select(Book.sequence).order_by(Book.branch_id)).all() == [5, 1]
