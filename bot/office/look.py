"""How a printed sheet looks: title, organization and period, a bordered table, signatures; A4 across, page by page.

Every page carries the head of the branch's chain, so that a printed sheet can be held against ``xianfeng verify``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from math import ceil
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from models.months import SHANGHAI
from models.verification import Head

FONT = "宋体"
PAPER_A4 = 9
LINE = 17  # points of height of one line of text
HIGHEST = 409  # points, the highest row that Excel has
TITLE_ROW, LEAD_ROW, HEADER_ROW = 1, 2, 3
HEAD_DIGITS = 12
_SHEET_NAME = 31  # the longest name Excel takes
_NOT_IN_NAMES = str.maketrans("", "", "[]:*?/\\'")
_THIN = Side(style="thin", color="000000")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEADER_FILL = PatternFill("solid", fgColor="F2F2F2")

Value = str | int | Decimal | date | None


class Kind(Enum):
    """What a column holds: its number format, and where it stands in the cell."""

    TEXT = ("@", "left")
    WORD = ("@", "center")
    NUMBER = ("General", "center")
    SIGNED = ("+General;-General;General", "center")
    AVERAGE = ("0.00", "center")
    DAY = ("yyyy-mm-dd", "center")


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks. A workbook keeps each once, by name: styling each cell by itself takes three times as long."""

    format: str
    side: str
    size: int = 11
    bold: bool = False
    boxed: bool = True
    filled: bool = False

    def named(self, name: str) -> NamedStyle:
        style = NamedStyle(name, Font(FONT, size=self.size, bold=self.bold), number_format=self.format)
        style.alignment = Alignment(horizontal=self.side, vertical="center", wrap_text=True)
        if self.boxed:
            style.border = _BOX
        if self.filled:
            style.fill = _HEADER_FILL
        return style


_AS_TEXT, _LEFT, _CENTER = "@", "left", "center"
_TITLE = Style(_AS_TEXT, _CENTER, size=18, bold=True, boxed=False)
_LOOSE = Style(_AS_TEXT, _LEFT, boxed=False)
_HEADER = Style(_AS_TEXT, _CENTER, bold=True, filled=True)
_BAND = Style(_AS_TEXT, _LEFT, bold=True, filled=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``width`` is in Latin characters, of which a Chinese one takes two."""

    title: str
    width: float
    kind: Kind = Kind.WORD


class Paper:
    """A workbook of one branch under way."""

    def __init__(self, branch: str, head: Head, now: datetime) -> None:
        self.branch = branch
        self.book = Workbook()
        self.book.remove(self.book.worksheets[0])
        self._styles: dict[Style, str] = {}
        self.head = f"{head.sequence}:{head.hash[:HEAD_DIGITS]}"
        self.at = now.astimezone(SHANGHAI)
        self.book.properties.creator = branch
        # The only zone a workbook knows is none at all.
        self.book.properties.created = self.book.properties.modified = now.astimezone(UTC).replace(tzinfo=None)

    def sheet(self, name: str) -> Worksheet:
        """A sheet whose name Excel takes, and that no other sheet has."""
        wanted = clean(name).translate(_NOT_IN_NAMES) or "表"
        taken = {sheet.title.casefold() for sheet in self.book.worksheets}
        title, turn = wanted[:_SHEET_NAME], 2
        while title.casefold() in taken:
            end = f"({turn})"
            title, turn = wanted[: _SHEET_NAME - len(end)] + end, turn + 1
        sheet = self.book.create_sheet(title)
        assert isinstance(sheet, Worksheet)
        return sheet

    def style(self, style: Style) -> str:
        """The name by which the workbook knows a style."""
        name = self._styles.get(style)
        if name is None:
            name = self._styles[style] = f"样式{len(self._styles) + 1}"
            self.book.add_named_style(style.named(name))
        return name

    def page(self, name: str, title: str, lead: str, columns: Sequence[Column], *, keep: int = 0) -> "Page":
        """A sheet with its title, the line under it and its header; ``keep`` columns stay when it is scrolled."""
        return Page(self, self.sheet(name), title, lead, columns, keep)


class Page:
    """One printed sheet, filled from top to bottom."""

    def __init__(
        self, paper: Paper, sheet: Worksheet, title: str, lead: str, columns: Sequence[Column], keep: int
    ) -> None:
        self.paper, self.sheet, self.columns = paper, sheet, columns
        self._row = HEADER_ROW
        for number, column in enumerate(columns, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = column.width
        self._line(TITLE_ROW, title, _TITLE, height=32)
        self._line(LEAD_ROW, lead, _LOOSE)
        self._header()
        sheet.freeze_panes = f"{get_column_letter(keep + 1)}{HEADER_ROW + 1}"
        self._printed()

    def row(self, values: Iterable[Value], *, strong: bool = False) -> None:
        """One row of the table."""
        self._row += 1
        lines = 1
        for number, (column, value) in enumerate(zip(self.columns, values, strict=True), start=1):
            format, side = column.kind.value
            self._put(
                self._row, number, value, Style(_AS_TEXT if isinstance(value, str) else format, side, bold=strong)
            )
            lines = max(lines, lines_in(value, column.width))
        self.sheet.row_dimensions[self._row].height = min(LINE * lines + 4, HIGHEST)

    def band(self, text: str) -> None:
        """A line across the table that heads the rows below it."""
        self._row += 1
        self._line(self._row, text, _BAND)

    def note(self, text: str) -> None:
        """A line below the table."""
        self._row += 1
        self._line(self._row, text, _LOOSE)

    def sign(self, *people: str) -> None:
        """Where people sign, and the day."""
        self._row += 1  # room for a hand
        self.sheet.row_dimensions[self._row].height = LINE
        self.note("　　　　　　　　".join([*(f"{who}（签名）：" for who in people), "年　　月　　日"]))
        self.sheet.row_dimensions[self._row].height = LINE * 2

    def end(self) -> None:
        """The chain's head, and what is printed."""
        self.note(f"台账链头 {self.paper.head}　　导出时间 {self.paper.at:%Y-%m-%d %H:%M}")
        self.sheet.print_area = f"A1:{get_column_letter(len(self.columns))}{self._row}"

    def _header(self) -> None:
        for number, column in enumerate(self.columns, start=1):
            self._put(HEADER_ROW, number, column.title, _HEADER)
        deepest = max(lines_in(column.title, column.width) for column in self.columns)
        self.sheet.row_dimensions[HEADER_ROW].height = LINE * deepest + 8

    def _line(self, row: int, text: str, style: Style, *, height: float = 0) -> None:
        """A text across the whole table."""
        across = sum(column.width for column in self.columns)
        self._put(row, 1, text, style)
        self.sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(self.columns))
        self.sheet.row_dimensions[row].height = height or LINE * lines_in(text, across) + 4

    def _put(self, row: int, column: int, value: Value, style: Style) -> None:
        put(self.sheet, row, column, value).style = self.paper.style(style)

    def _printed(self) -> None:
        sheet = self.sheet
        sheet.page_setup.paperSize, sheet.page_setup.orientation = PAPER_A4, "landscape"
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0  # as many pages as it takes
        sheet.print_title_rows = f"{TITLE_ROW}:{HEADER_ROW}"
        sheet.print_options.horizontalCentered = True
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.75
        footer = sheet.oddFooter
        assert footer is not None
        footer.left.text = f"台账链头 {self.paper.head}"
        footer.center.text = "第 &P 页　共 &N 页"
        footer.right.text = f"导出 {self.paper.at:%Y-%m-%d %H:%M}"


def put(sheet: Worksheet, row: int, column: int, value: Value) -> Cell:
    """Write one cell; a text that starts like a formula stays text."""
    cell = sheet.cell(row, column)
    assert not isinstance(cell, MergedCell)
    cell.value = clean(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def clean(text: str) -> str:
    """A text without the characters that no workbook may hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def lines_in(value: Value, width: float) -> int:
    """How many lines a value takes in a column."""
    parts = str("" if value is None else value).split("\n")
    return sum(max(1, ceil(breadth(part) / max(width - 1, 1))) for part in parts)


def breadth(text: str) -> int:
    """The width of a text in Latin characters."""
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)
