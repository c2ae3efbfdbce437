"""Reads the workbook of opening balances: points already earned in a running year (rules 6, ``opening import``)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from bot.office.cells import exact_of, folded, month_of
from bot.office.sheets import Notes, Row, Table, open_workbook, require_sheets
from models.months import Month

SHEET = "期初"
NEEDED = ("工号", "月份", "积分")
OPTIONAL = ("姓名", "说明")
LONGEST_NOTE = 200
LARGEST = Decimal(1000)
SURPRISING = Decimal(50)  # more looks like a month's score, base included


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """What a member had earned in a month: plus less minus, without the base."""

    staff_no: str
    month: Month
    points: Decimal
    note: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Opening:
    """A whole workbook without mistakes, and what should be looked at again."""

    rows: tuple[OpeningRow, ...]
    warnings: tuple[str, ...] = ()


def read(path: Path, *, members: Collection[str], running: Month) -> Opening:
    """The balances of a workbook, of these staff numbers and of months of this year up to the running one.

    Raises Unreadable with every bad cell.
    """
    notes = Notes()
    (sheet,) = require_sheets(open_workbook(path), (SHEET,))
    table = Table(sheet, 0, NEEDED, OPTIONAL, notes)
    first: dict[tuple[str, Month], int] = {}
    known = {folded(staff_no): staff_no for staff_no in members}
    rows = [_row(row, known, running, first) for row in table.rows()]
    if not rows:
        table.mistake("一行也没有")
    notes.raise_any()
    return Opening(tuple(row for row in rows if row is not None), tuple(notes.warnings))


def _row(row: Row, known: Mapping[str, str], running: Month, first: dict[tuple[str, Month], int]) -> OpeningRow | None:
    staff_no, month, points = _staff_no(row, known), _month(row, running), _points(row)
    note = row.text("说明")
    if len(note) > LONGEST_NOTE:
        row.refuse("说明", f"最多 {LONGEST_NOTE} 个字，现有 {len(note)} 个")
    if not staff_no or month is None or points is None:
        return None
    earlier = first.setdefault((folded(staff_no), month), row.number)
    if earlier != row.number:
        row.refuse("月份", f"工号“{staff_no}”的 {month} 与第{earlier}行重复，请合成一行")
    return OpeningRow(staff_no, month, points, note, row.number)


def _staff_no(row: Row, known: Mapping[str, str]) -> str:
    """The staff number as the roster has it; width and case do not matter."""
    staff_no = row.name("工号", longest=40)
    if staff_no and folded(staff_no) not in known:
        row.refuse("工号", f"花名册里没有工号“{staff_no}”")
    return known.get(folded(staff_no), staff_no)


def _month(row: Row, running: Month) -> Month | None:
    text, cell = row.text("月份"), row.cell("月份")
    if not text or cell is None:
        row.refuse_empty("月份")
        return None
    month = month_of(cell)
    if month is None:
        row.refuse("月份", f"月份读不懂：“{text}”；例如 2026-01")
    elif month.year != running.year or month > running:
        row.refuse("月份", f"应在今年 {running.year}-01 到 {running} 之间，现为 {month}")
    return month


def _points(row: Row) -> Decimal | None:
    text, cell = row.text("积分"), row.cell("积分")
    if not text or cell is None:
        row.refuse_empty("积分")
        return None
    points = exact_of(cell)
    if points is None:
        row.refuse("积分", f"应为数字，最多两位小数，现为“{text}”；例如 12.5")
    elif abs(points) > LARGEST:
        row.refuse("积分", f"不能超过 {LARGEST}，现为 {points}")
    elif points >= SURPRISING:
        row.doubt("积分", f"{points} 分偏多：这里只写加分减去减分，不含每月起算分")
    return points
