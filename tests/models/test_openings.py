"""Opening balances: imported once, as entries (rules 6)."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from sqlalchemy import select

from models import openings, standings
from models.errors import NotFound
from models.ledger import Entry
from models.months import Month
from models.openings import AlreadyImported
from models.rulebooks import Source
from tests.cast import NOW

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)


@dataclass(frozen=True)
class Row:
    staff_no: str
    month: Month
    points: Decimal
    note: str = ""


def row(member, month: Month, points: str) -> Row:
    return Row(member.staff_no, month, Decimal(points), "上半年台账")


def test_balances_are_entries_that_count_in_their_month(session, cast):
    entries = openings.apply(session, [row(cast.zhang_san, OCTOBER, "12.5")], now=NOW)
    (entry,) = entries
    assert (entry.source, entry.about_month, entry.booked_month) == (Source.OPENING, OCTOBER, Month(2026, 11))
    assert (entry.day, entry.item_code, entry.decided_by_id, entry.reason) == (None, None, None, "上半年台账")
    assert entry.cause == f"opening:{cast.zhang_san.id}:2026-10"
    score, _ = standings.score_of(session, cast.zhang_san, OCTOBER)
    assert score == Decimal("82.5")


def test_each_balance_stands_in_the_book_of_its_members_home_branch(session, cast):
    rows = [row(cast.sun_li, OCTOBER, "1"), row(cast.zhang_san, SEPTEMBER, "-2"), row(cast.zhang_san, OCTOBER, "3")]
    entries = openings.apply(session, rows, now=NOW)
    assert [(e.branch_id, e.sequence) for e in entries] == [
        (cast.second_branch.id, 1),
        (cast.first_branch.id, 1),
        (cast.first_branch.id, 2),
    ]


def test_a_second_import_is_refused_whole_and_names_who_has_a_balance(session, cast):
    openings.apply(session, [row(cast.zhang_san, OCTOBER, "1"), row(cast.li_si, OCTOBER, "1")], now=NOW)
    again = [row(cast.zhang_san, OCTOBER, "5"), row(cast.wang_fang, OCTOBER, "5"), row(cast.li_si, OCTOBER, "5")]
    with pytest.raises(AlreadyImported) as refusal:
        openings.apply(session, again, now=NOW)
    assert refusal.value.who == ["张三（1006）2026-10", "李四（1005）2026-10"]
    assert len(session.scalars(select(Entry)).all()) == 2


def test_unknown_staff_numbers_are_refused_all_at_once(session, cast):
    rows = [Row("x2", OCTOBER, Decimal(1)), row(cast.zhang_san, OCTOBER, "1"), Row("x1", OCTOBER, Decimal(1))]
    with pytest.raises(NotFound, match="花名册里没有工号：x1、x2"):
        openings.apply(session, rows, now=NOW)
    assert session.scalars(select(Entry)).all() == []
