"""What a person means by one cell: numbers typed as text, full-width letters, dates in every spelling."""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from bot.office.figures import plain
from models.months import Month

# Full-width letters, digits and the marks that separate; Chinese brackets in names stay as they are.
_NARROW: dict[int, int | None] = {
    code: code - 0xFEE0 for code in (*range(0xFF0D, 0xFF1A), *range(0xFF20, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_NARROW |= {0x3000: 0x20, 0x00A0: 0x20, 0x200B: None, 0xFEFF: None}
_CJK = "\u3400-\u9fff"
_SERIALS = range(20_000, 80_000)  # Excel's numbers of the days from 1954 to 2119


def tidy(text: str) -> str:
    """Narrow letters and digits, single spaces."""
    return " ".join(text.translate(_NARROW).split())


def compact(text: str) -> str:
    """Without spaces between Chinese characters, as in ``张　三``."""
    return re.sub(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])", "", text)


def folded(text: str) -> str:
    """The form in which names are compared: width, case and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_of(cell: Any) -> str:
    """A cell's value as people see it: 1001.0 is ``1001``, TRUE is ``是``, a formula is its text."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number_text(value, cell.number_format)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, ArrayFormula):
        return tidy(str(value.text))
    if isinstance(value, DataTableFormula):
        return "=TABLE()"
    return tidy(str(value))


def _number_text(value: float, number_format: str) -> str:
    if not isfinite(value) or value != int(value):
        return repr(value)
    # A column formatted as 0000 shows 0012 and holds 12.
    return str(int(value)).zfill(len(number_format)) if re.fullmatch("0+", number_format) else str(int(value))


def day_of(cell: Cell) -> date | None:
    """The day of a cell: Excel's date or its bare number, 2026-01-05, 2026/1/5, 2026.1.5, 2026年1月5日, 20260105."""
    value = cell.value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and isfinite(value) and int(value) in _SERIALS:
        serial = from_excel(int(value))
        return serial.date() if isinstance(serial, datetime) else None
    text = folded(text_of(cell))
    found = re.fullmatch(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:t?00:00(?::00)?)?", text)
    if found is None:
        return None
    year, month, day = found[1], found[2] or found[4], found[3] or found[5]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def month_of(cell: Cell) -> Month | None:
    """The month of a cell: a date in it, or 2026-01, 2026/1, 2026年1月, 202601."""
    day = day_of(cell)
    if day is not None:
        return Month.of(day)
    found = re.fullmatch(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))", folded(text_of(cell)))
    if found is None:
        return None
    try:
        return Month(int(found[1]), int(found[2] or found[3]))
    except ValueError:
        return None


def exact_of(cell: Cell) -> Decimal | None:
    """A number exact to 0.01; None when the cell holds none, or a finer one."""
    text = folded(text_of(cell)).replace("−", "-")
    if not re.fullmatch(r"[+-]?\d{1,6}(\.\d+)?", text):
        return None
    exact = Decimal(text)
    near = plain(round(exact, 2))
    # What Excel adds up is binary: 0.30000000000000004 was meant to be 0.3.
    return near if abs(exact - near) < Decimal("1e-9") else None
