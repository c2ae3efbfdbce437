"""Writes binding codes as CSV ``工号,姓名,绑定码``, to be handed out by a person (contract, ``roster codes``)."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.office.aside import aside

COLUMNS = ("工号", "姓名", "绑定码")
# A spreadsheet takes a cell that begins so for a formula; in Chinese editions also the full-width ones.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True, slots=True)
class Code:
    """One member's fresh binding code."""

    staff_no: str
    name: str
    code: str


def render(codes: Iterable[Code]) -> str:
    """The CSV, without the mark of UTF-8 (for the screen)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(code.staff_no), harmless(code.name), harmless(code.code)] for code in codes)
    return text.getvalue()


def write(path: Path, codes: Iterable[Code]) -> None:
    """Write the CSV so that Excel opens it as UTF-8, readable by its owner only, over a file that is there."""
    with aside(path) as file:
        file.write_text(render(codes), encoding="utf-8-sig", newline="")


def harmless(value: str) -> str:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
