"""A sheet in the layout of 《党支部工作手册》: pairs of fields, free words of any length, pictures two a row."""

from collections.abc import Sequence
from io import BytesIO

from openpyxl.drawing.image import Image
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image as Pixels

from bot.office.look import HIGHEST, LINE, PAPER_A4, Paper, Style, breadth, lines_in, put

WIDTHS = (12, 30, 12, 30)  # label, value, label, value
ACROSS = sum(WIDTHS[1:])
MOST = (HIGHEST - 8) // LINE  # lines that a row holds
BOX = (205, 200)  # pixels on the sheet within which a picture is drawn
SHARPER = 2  # so many pixels of a picture on one of the sheet: it is printed
_TITLE = Style("@", "center", size=18, bold=True, boxed=False)
_LOOSE = Style("@", "left", boxed=False)
_LABEL = Style("@", "center", bold=True, filled=True)
_VALUE = Style("@", "left")


class MinutesSheet:
    """One sheet, filled from top to bottom."""

    def __init__(self, paper: Paper, name: str, title: str, lead: str) -> None:
        self.paper = paper
        self.sheet = paper.sheet(name)
        self._row = 0
        _set_up(self.sheet)
        self._line(title, _TITLE, height=32)
        self._line(lead, _LOOSE)

    def pair(self, *values: str) -> None:
        """Two labels, each with its short value."""
        self._row += 1
        for column, text in enumerate(values, start=1):
            self._put(column, text, _LABEL if column % 2 else _VALUE)
        deepest = max(lines_in(text, width) for text, width in zip(values, WIDTHS, strict=True))
        self.sheet.row_dimensions[self._row].height = LINE * deepest + 8

    def field(self, label: str, text: str, *, least: int = 1) -> None:
        """A label with words across the sheet, in as many rows as they need: no row is higher than Excel lets it be."""
        first = self._row + 1
        for piece in cut(text, ACROSS, MOST):
            self._across(label if self._row + 1 == first else None, piece)
            self.sheet.row_dimensions[self._row].height = LINE * max(lines_in(piece, ACROSS), least) + 8
        if self._row > first:
            self.sheet.merge_cells(start_row=first, end_row=self._row, start_column=1, end_column=1)

    def pictures(self, label: str, found: Sequence[bytes]) -> None:
        """Pictures, two in a row."""
        for n in range(0, len(found), 2):
            self._across(f"{label}{n + 1}" if len(found) == n + 1 else f"{label}{n + 1}、{n + 2}", "", merged=False)
            self.sheet.row_dimensions[self._row].height = BOX[1] * 0.75 + 8
            self.sheet.merge_cells(start_row=self._row, end_row=self._row, start_column=3, end_column=4)
            for letter, data in zip("BC", found[n : n + 2], strict=False):
                self.sheet.add_image(_drawn(data), f"{letter}{self._row}")

    def end(self, signed: str, foot: str) -> None:
        """Where people sign, the last line, and what is printed."""
        self._line(signed, _LOOSE, height=LINE * 3)
        self._line(foot, _LOOSE)
        self.sheet.print_area = f"A1:D{self._row}"

    def _across(self, label: str | None, text: str, *, merged: bool = True) -> None:
        self._row += 1
        self._put(1, label, _LABEL)
        for column in (2, 3, 4):  # every cell of a merged range has the border
            self._put(column, text if column == 2 and text else None, _VALUE)
        if merged:
            self.sheet.merge_cells(start_row=self._row, end_row=self._row, start_column=2, end_column=4)

    def _line(self, text: str, style: Style, *, height: float = LINE + 4) -> None:
        self._row += 1
        self._put(1, text, style)
        self.sheet.merge_cells(start_row=self._row, end_row=self._row, start_column=1, end_column=4)
        self.sheet.row_dimensions[self._row].height = height

    def _put(self, column: int, text: str | None, style: Style) -> None:
        put(self.sheet, self._row, column, text).style = self.paper.style(style)


def _set_up(sheet: Worksheet) -> None:
    for letter, width in zip("ABCD", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.page_setup.paperSize, sheet.page_setup.orientation = PAPER_A4, "portrait"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True


def _drawn(data: bytes) -> Image:
    """A picture as small as the sheet shows it, so that a year of minutes is no album."""
    with Pixels.open(BytesIO(data)) as opened:
        opened.thumbnail((BOX[0] * SHARPER, BOX[1] * SHARPER))
        size, small = opened.size, BytesIO()
        opened.convert("RGB").save(small, "JPEG", quality=80)
    image = Image(small)
    scale = min(BOX[0] / size[0], BOX[1] / size[1], 1)
    image.width, image.height = round(size[0] * scale), round(size[1] * scale)
    return image


def cut(text: str, width: float, most: int) -> list[str]:
    """A text in pieces of at most so many lines each, cut where a line ends."""
    pieces, lines = [""], 0
    for paragraph in text.split("\n"):
        for n, line in enumerate(_lines(paragraph, width)):
            if lines == most:
                pieces, lines = [*pieces, ""], 0
            pieces[-1] += ("\n" if n == 0 and lines else "") + line
            lines += 1
    return pieces


def _lines(paragraph: str, width: float) -> list[str]:
    found = [""]
    for letter in paragraph:
        if breadth(found[-1] + letter) > width - 1:
            found.append("")
        found[-1] += letter
    return found
