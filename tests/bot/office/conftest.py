"""A month computed in plain Python from a rulebook's tables, and workbooks written as people write them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy.orm import Session

from models import finalizing, reviewing, rounds, rulebooks
from models.months import Month
from models.rulebooks import Rulebook
from tests.cast import Cast
from tests.models.desk import NOVEMBER, Desk

Entries = Iterable[tuple[str, int | Decimal]]
Cells = Sequence[Sequence[object]]


def score_of_month(book: Rulebook, entries: Entries) -> Decimal:
    """Base, what was done and not done within the caps, floor and ceiling (rules 4); independent of the models."""
    items = {item.code: item for item in book.items}
    caps = {category.code: category.cap_month for category in book.categories}
    by_item: dict[str, Decimal] = defaultdict(Decimal)
    for code, quantity in entries:
        by_item[code] += items[code].points * quantity
    minus, plus = Decimal(0), defaultdict[str, Decimal](Decimal)
    for code, points in by_item.items():
        size = _within(abs(points), items[code].cap_month)
        if points < 0:
            minus += size
        else:
            plus[items[code].category] += size
    credited = sum((_within(points, caps[category]) for category, points in plus.items()), Decimal(0))
    score = max(book.base + credited - minus, book.floor)
    return score if book.ceiling is None else min(score, book.ceiling)


def _within(points: Decimal, cap: Decimal | None) -> Decimal:
    return points if cap is None else min(points, cap)


@pytest.fixture
def month_score() -> Callable[[Rulebook, Entries], Decimal]:
    return score_of_month


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes sheets given as rows of cells to a real .xlsx file."""

    def write(**sheets: Cells) -> Path:
        book = Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return write


@pytest.fixture
def desk(session: Session, cast: Cast) -> Desk:
    """The cast in one session that is rolled back, under the rulebook 七项内容."""
    return Desk(session, cast, rulebooks.in_force(session, cast.first_branch.id, NOVEMBER))


@pytest.fixture
def make_final(desk: Desk) -> Callable[[Month, datetime], None]:
    """Takes a month of the first branch through its round; ends at the given moment, when it is final."""

    def make_final(month: Month, now: datetime) -> None:
        branch_id = desk.cast.first_branch.id
        rounds.begin(desk.session, branch_id, month)
        reviewing.submit(desk.session, branch_id, month, by=None, now=now - timedelta(days=8))
        finalizing.finalize(desk.session, branch_id, month, now=now)

    return make_final
