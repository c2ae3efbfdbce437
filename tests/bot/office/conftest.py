"""A month computed in plain Python from a rulebook's tables, and workbooks written as people write them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from models.rulebooks import Rulebook

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
