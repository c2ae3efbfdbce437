"""A printed workbook as an office opens it: saved, read again, and held against what it should look like."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

HEAD_ROW = 3


def opened(book: Workbook) -> Workbook:
    """The workbook after a round through a file."""
    file = BytesIO()
    book.save(file)
    return load_workbook(file)


def rows(sheet: Worksheet, first: int = HEAD_ROW + 1) -> list[list[Any]]:
    """The values of the rows below the header, without the empty cells at the end of each."""
    found: list[list[Any]] = []
    for row in sheet.iter_rows(min_row=first, values_only=True):
        values = list(row)
        while values and values[-1] is None:
            values.pop()
        found.append(values)
    return found


def header(sheet: Worksheet) -> list[Any]:
    return [cell.value for cell in sheet[HEAD_ROW]]


def assert_printed(sheet: Worksheet, *, keep: str = "A") -> None:
    """A4 across, one page wide, title and header on every page, page numbers, everything in one Chinese font."""
    last = get_column_letter(sheet.max_column)
    assert sheet.print_area == f"'{sheet.title}'!$A$1:${last}${sheet.max_row}"
    assert sheet.print_title_rows == "$1:$3"
    assert sheet.freeze_panes == f"{keep}4"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    footer: Any = sheet.oddFooter
    assert footer.center.text == "第 &P 页　共 &N 页"
    assert footer.left.text.startswith("台账链头 ")
    assert all(sheet.column_dimensions[get_column_letter(n)].width >= 6 for n in range(1, sheet.max_column + 1))
    written = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.font.name for cell in written} == {"宋体"}
    assert not any(cell.data_type == "f" for cell in written)
    assert sheet["A1"].alignment.horizontal == "center"
    assert f"A1:{last}1" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert all(cell.border.left.style == "thin" for cell in sheet[HEAD_ROW])
    assert any("（签名）：" in str(cell.value) for cell in written)
