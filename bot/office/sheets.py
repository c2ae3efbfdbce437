"""Reads tables from a workbook (.xlsx) as people fill them in, noting every bad cell with its place."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.office.cells import compact, day_of, folded, text_of
from bot.office.problems import Unreadable, did_you_mean, nearest

T = TypeVar("T")
TITLE_ROWS = 10  # a title and notes may stand above the row of column names


@dataclass(order=True, frozen=True)
class _Note:
    sheet: int
    row: int
    column: int
    sentence: str = field(compare=False)


class Notes:
    """The mistakes and the doubts found in a workbook, kept in the order of its cells."""

    def __init__(self) -> None:
        self._mistakes: list[_Note] = []
        self._doubts: list[_Note] = []

    @property
    def problems(self) -> list[str]:
        return [note.sentence for note in sorted(self._mistakes)]

    @property
    def warnings(self) -> list[str]:
        return [note.sentence for note in sorted(self._doubts)]

    def mistake(self, sheet: int, row: int, column: int, sentence: str) -> None:
        self._mistakes.append(_Note(sheet, row, column, sentence))

    def doubt(self, sheet: int, row: int, column: int, sentence: str) -> None:
        self._doubts.append(_Note(sheet, row, column, sentence))

    def raise_any(self) -> None:
        """Raises Unreadable if there are mistakes."""
        if self._mistakes:
            raise Unreadable(self.problems)


def open_workbook(path: Path) -> Workbook:
    """A workbook, formulas as they are written; raises Unreadable when it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of drop-downs and styles it does not keep
            return load_workbook(path)
    except FileNotFoundError:
        raise Unreadable([f"找不到文件 {path}"]) from None
    except OSError as error:
        raise Unreadable([f"打不开文件 {path}：{error.strerror or '读不出来'}"]) from None
    except Exception:  # noqa: BLE001 - a broken or foreign file stops openpyxl in many ways, all of which mean this
        raise Unreadable(
            [f"{path.name} 不是 .xlsx 工作簿，或已加密、损坏；请用 Excel 或 WPS 打开，另存为 .xlsx"]
        ) from None


def require_sheets(book: Workbook, names: Sequence[str]) -> list[Worksheet]:
    """The sheets of these names, in this order; raises Unreadable naming those that are missing."""
    found = {folded(sheet.title): sheet for sheet in book.worksheets}
    missing = [name for name in names if folded(name) not in found]
    if missing:
        present = "、".join(sheet.title for sheet in book.worksheets)
        raise Unreadable([f"缺工作表“{name}”；现有：{present}" for name in missing])
    return [found[folded(name)] for name in names]


class Table:
    """One sheet under its row of column names; the order of the columns is free, optional ones may be missing."""

    def __init__(
        self, sheet: Worksheet, order: int, needed: Sequence[str], optional: Sequence[str], notes: Notes
    ) -> None:
        self.title = sheet.title
        self.order = order
        self.notes = notes
        self._sheet = sheet
        self._known = {folded(name): name for name in (*needed, *optional)}
        self._header = self._find_header()
        self.columns = self._read_header(needed)
        self._merged = self._merged_cells()

    def rows(self) -> Iterator["Row"]:
        """The rows that hold anything in a known column."""
        for number in range(self._header + 1, self._sheet.max_row + 1):
            row = Row(self, number)
            if any(row.text(column) for column in self.columns):
                yield row

    def mistake(self, sentence: str) -> None:
        """Note what is wrong with the sheet as a whole."""
        self._note(0, sentence)

    def cell(self, row: int, column: int) -> Cell:
        """A cell; one inside a merged range is its first, since that is what people see."""
        row, column = self._merged.get((row, column), (row, column))
        cell = self._sheet.cell(row, column)
        assert not isinstance(cell, MergedCell)
        return cell

    def place(self, row: int, column: str) -> str:
        """Where a cell is, by row, letter and name: ``党员表第7行“手机号”（C7）``."""
        if column not in self.columns:
            return f"{self.title}表第{row}行“{column}”"
        return f"{self.title}表第{row}行“{column}”（{get_column_letter(self.columns[column])}{row}）"

    def _find_header(self) -> int:
        def known(row: int) -> int:
            return sum(folded(text_of(cell)) in self._known for cell in self._sheet[row])

        rows = range(1, min(TITLE_ROWS, self._sheet.max_row) + 1)
        return max(rows, key=lambda row: (known(row), -row))

    def _read_header(self, needed: Sequence[str]) -> dict[str, int]:
        columns: dict[str, int] = {}
        strangers: list[tuple[int, str]] = []
        for column, cell in enumerate(self._sheet[self._header], start=1):
            title = text_of(cell)
            name = self._known.get(folded(title))
            if name is None and title:
                strangers.append((column, title))
            elif name is not None and columns.setdefault(name, column) != column:
                self._note(column, f"列“{name}”有两列，请删去一列")
        self._report(columns, strangers, needed)
        return columns

    def _report(self, columns: dict[str, int], strangers: list[tuple[int, str]], needed: Sequence[str]) -> None:
        missing = [name for name in self._known.values() if name not in columns]
        for name in needed:
            if name in missing:
                near = nearest(name, [title for _, title in strangers])
                self._note(0, f"缺列“{name}”" + (f"，是不是写成了“{near}”？" if near else ""))
        for column, title in strangers:
            hint = did_you_mean(title, missing, every=False) if missing else ""
            self.notes.doubt(
                self.order,
                self._header,
                column,
                f"{self.title}表第{self._header}行：列“{title}”没有用到{hint}",
            )

    def _note(self, column: int, sentence: str) -> None:
        self.notes.mistake(self.order, self._header, column, f"{self.title}表第{self._header}行：{sentence}")

    def _merged_cells(self) -> dict[tuple[int, int], tuple[int, int]]:
        first: dict[tuple[int, int], tuple[int, int]] = {}
        for merged in self._sheet.merged_cells.ranges:
            for row in range(merged.min_row, merged.max_row + 1):
                for column in range(merged.min_col, merged.max_col + 1):
                    first[row, column] = (merged.min_row, merged.min_col)
        return first


class Row:
    """One row of a table; its methods take a column's name, and a missing column reads as empty."""

    def __init__(self, table: Table, number: int) -> None:
        self.table = table
        self.number = number
        self._refused: set[str] = set()

    def refuse(self, column: str, reason: str) -> None:
        """Note a bad cell; the first reason of a cell is the one that is told."""
        if column in self._refused:
            return
        self._refused.add(column)
        at = self.table.columns.get(column, 0)
        self.table.notes.mistake(
            self.table.order, self.number, at, f"{self.table.place(self.number, column)}：{reason}"
        )

    def refuse_empty(self, column: str, hint: str = "") -> None:
        """Note an empty cell; a missing column was noted once already."""
        if column in self.table.columns:
            self.refuse(column, f"不能空着{hint}")

    def doubt(self, column: str, reason: str) -> None:
        """Note what should be looked at again although it can be used."""
        at = self.table.columns.get(column, 0)
        self.table.notes.doubt(self.table.order, self.number, at, f"{self.table.place(self.number, column)}：{reason}")

    def sound(self, *columns: str) -> bool:
        """Whether none of these cells was refused."""
        return self._refused.isdisjoint(columns)

    def text(self, column: str) -> str:
        """What a person reads in the cell, tidied; a formula is its text. Empty for a missing column."""
        cell = self.cell(column)
        if cell is None:
            return ""
        if cell.data_type == "e":
            self.refuse(column, f"单元格是错误值 {cell.value}")
            return ""
        return text_of(cell)

    def name(self, column: str, *, longest: int, needed: bool = True) -> str:
        """A name without the spaces that line it up (``张　三``); an empty one is refused unless it may be."""
        name = compact(self.text(column))
        if not name and needed:
            self.refuse_empty(column)
        elif len(name) > longest:
            self.refuse(column, f"最多 {longest} 个字，现有 {len(name)} 个")
        return name

    def choice(self, column: str, choices: Mapping[str, T], default: T | None = None) -> T | None:
        """What the cell's word stands for; the default where it is empty. None when the cell is refused."""
        word = compact(self.text(column))
        if not word:
            if default is None:
                self.refuse_empty(column, f"，可以写：{'、'.join(choices)}")
            return default
        found = {folded(choice): value for choice, value in choices.items()}.get(folded(word))
        if found is None:
            self.refuse(column, f"没有“{word}”这种写法{did_you_mean(word, choices)}")
        return found

    def day(self, column: str) -> date | None:
        """A day, typed or as Excel keeps it; None where the cell is empty or refused."""
        cell, text = self.cell(column), self.text(column)
        if cell is None or not text:
            return None
        day = day_of(cell)
        if day is None:
            self.refuse(column, f"日期读不懂：“{text}”；例如 2026-01-05")
        return day

    def cell(self, column: str) -> Cell | None:
        """The cell itself; None for a missing column."""
        at = self.table.columns.get(column)
        return None if at is None else self.table.cell(self.number, at)
