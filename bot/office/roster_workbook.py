"""Writes roster rows as the workbook that ``roster_file`` reads, with drop-downs for whoever fills it in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path as FilePath

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot.office.roster_rows import (
    CATEGORIES,
    KINDS,
    MEMBER_COLUMNS,
    MEMBERS_SHEET,
    NATURES,
    OFFICES,
    ORGANIZATION_COLUMNS,
    ORGANIZATIONS_SHEET,
    PLAIN_MEMBER,
    REASONS,
    STANDINGS,
    YES_NO,
    Held,
    MemberRow,
    OrganizationRow,
    Path,
)
from models.appointments import Office
from models.organizations import OrganizationKind

LAST_ROW = 2000  # how far the drop-downs reach
WIDTHS = {"名称": 30, "上级": 30, "所属组织": 24, "职务": 28, "计分": 16, "分管领导": 16}
_KIND_WORDS = {value: word for word, value in reversed(KINDS.items())}
_NATURE_WORDS = {value: word for word, value in NATURES.items()}
_OFFICE_WORDS = {value: word for word, value in reversed(OFFICES.items())}
_CATEGORY_WORDS = {value: word for word, value in CATEGORIES.items()}
_STANDING_WORDS = {value: word for word, value in STANDINGS.items()}


def build(organizations: Sequence[OrganizationRow], members: Iterable[MemberRow]) -> Workbook:
    """A workbook with both sheets; empty ones for no rows."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = ORGANIZATIONS_SHEET
    namer = _Namer(organizations)
    _fill(first, ORGANIZATION_COLUMNS, [_organization_cells(row, namer) for row in organizations])
    second = book.create_sheet(MEMBERS_SHEET)
    _fill(second, MEMBER_COLUMNS, [_member_cells(row, namer) for row in members])
    _offer_organization_words(first)
    _offer_member_words(second)
    return book


def write(path: FilePath, organizations: Sequence[OrganizationRow], members: Iterable[MemberRow]) -> None:
    """Write the rows to a file, over one that is there."""
    build(organizations, members).save(path)


class _Namer:
    """Words organizations and offices as a person would, telling equal names apart."""

    def __init__(self, organizations: Iterable[OrganizationRow]) -> None:
        self._kinds = {row.path: row.kind for row in organizations}
        self._named = Counter(path[start:] for path in self._kinds for start in range(len(path)))

    def organization(self, path: Path) -> str:
        """The shortest text that names an organization among these; empty for none."""
        ends = (path[start:] for start in range(len(path) - 1, 0, -1))
        return "/".join(next((end for end in ends if self._named[end] == 1), path))

    def office(self, held: Held, home: Path) -> str:
        """An office, with its organization where that is not the one a reader would assume."""
        word = _OFFICE_WORDS[held.office]
        at_home = held.organization == self._assumed(held.office, home)
        return word if at_home else f"{word}@{self.organization(held.organization)}"

    def _assumed(self, office: Office, home: Path) -> Path:
        in_group = self._kinds.get(home) is OrganizationKind.GROUP
        if office is Office.GROUP_LEADER:
            return home if in_group else ()
        branch = home[:-1] if in_group else home
        return branch[:-1] or branch if office is Office.PARTY_AFFAIRS_OFFICER else branch


def _organization_cells(row: OrganizationRow, namer: _Namer) -> list[str | date | None]:
    return [
        row.name,
        _KIND_WORDS[row.kind],
        namer.organization(row.parent),
        _NATURE_WORDS[row.nature],
        "、".join(row.leaders_in_charge),
        row.starts_on,
        row.ends_on,
    ]


def _member_cells(row: MemberRow, namer: _Namer) -> list[str | date | None]:
    return [
        row.staff_no,
        row.name,
        row.phone_last4,
        namer.organization(row.home),
        "、".join(namer.office(held, row.home) for held in row.offices) or PLAIN_MEMBER,
        _CATEGORY_WORDS[row.category],
        _STANDING_WORDS[row.party_standing],
        "是" if row.leading_cadre else "否",
        f"否:{row.not_scored.value}" if row.not_scored else "是",
    ]


def _fill(sheet: Worksheet, columns: Sequence[str], rows: Iterable[Sequence[str | date | None]]) -> None:
    sheet.append(list(columns))
    for number, values in enumerate(rows, start=2):
        for column, value in enumerate(values, start=1):
            put(sheet, number, column, value)
    for column, title in enumerate(columns, start=1):
        head = sheet.cell(1, column)
        head.font, head.alignment = Font(bold=True), Alignment(horizontal="center")
        head.fill = PatternFill("solid", fgColor="F4DCDC")
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = WIDTHS.get(title, 14)
        # Text cells keep the zeros at the head of a staff number and of a phone number.
        sheet.column_dimensions[letter].number_format = "yyyy-mm-dd" if title.endswith("日期") else "@"
    sheet.freeze_panes = "A2"


def put(sheet: Worksheet, row: int, column: int, value: str | date | None) -> None:
    """Write one cell; a text that starts like a formula stays text."""
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"


def _offer_organization_words(sheet: Worksheet) -> None:
    _offer(sheet, "B", _listed(KINDS))
    _offer(sheet, "C", f"={ORGANIZATIONS_SHEET}!$A$2:$A${LAST_ROW}", strict=False)
    _offer(sheet, "D", _listed(NATURES))


def _offer_member_words(sheet: Worksheet) -> None:
    _offer(sheet, "D", f"={ORGANIZATIONS_SHEET}!$A$2:$A${LAST_ROW}", strict=False)
    _offer(sheet, "E", _listed((PLAIN_MEMBER, *list(OFFICES)[:10])), strict=False)
    _offer(sheet, "F", _listed(CATEGORIES))
    _offer(sheet, "G", _listed(STANDINGS))
    _offer(sheet, "H", _listed(YES_NO))
    _offer(sheet, "I", _listed(["是", *(f"否:{reason}" for reason in REASONS)]))


def _listed(words: Iterable[str]) -> str:
    return '"' + ",".join(words) + '"'


def _offer(sheet: Worksheet, letter: str, formula: str, *, strict: bool = True) -> None:
    """A drop-down; one that is not strict lets people write more, such as two offices."""
    offer = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=strict)
    offer.errorTitle, offer.error = "请从列表里选", "可以留空，或从下拉列表里选一个"
    offer.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(offer)
