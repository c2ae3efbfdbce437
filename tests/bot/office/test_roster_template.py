"""The empty roster workbook can be filled in and imported."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.office import roster_file, roster_template
from bot.office.problems import Unreadable
from bot.office.roster_rows import MEMBER_COLUMNS, ORGANIZATION_COLUMNS


def test_it_has_the_sheets_and_columns_of_the_contract_and_advice(tmp_path: Path) -> None:
    roster_template.write(tmp_path / "roster.xlsx")
    book = load_workbook(tmp_path / "roster.xlsx")
    assert book.sheetnames == ["组织", "党员", "说明"]
    assert tuple(cell.value for cell in book["组织"][1]) == ORGANIZATION_COLUMNS
    assert tuple(cell.value for cell in book["党员"][1]) == MEMBER_COLUMNS
    assert book["说明"]["B1"].value.startswith("先填“组织”")


def test_it_offers_the_words_that_may_be_written(tmp_path: Path) -> None:
    roster_template.write(tmp_path / "roster.xlsx")
    book = load_workbook(tmp_path / "roster.xlsx")
    offered = {str(rule.sqref).partition(":")[0]: rule for rule in book["党员"].data_validations.dataValidation}
    assert offered["F2"].formula1 == '"正式党员,预备党员"'
    assert offered["F2"].showErrorMessage and not offered["E2"].showErrorMessage
    # Excel refuses a list of words longer than this.
    assert all(len(rule.formula1) <= 257 for rule in offered.values())


def test_empty_it_is_refused_and_filled_in_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    roster_template.write(path)
    with pytest.raises(Unreadable) as refused:
        roster_file.read(path)
    assert refused.value.problems == [
        "组织表第1行：没有一个组织，至少写一个党支部",
        "党员表第1行：没有一名党员",
    ]
    book = load_workbook(path)
    book["组织"].append(["甲支部", "党支部"])
    book["党员"].append(["0012", "王芳", "1234", "甲支部", "支部书记"])
    book.save(path)
    (member,) = roster_file.read(path).members
    assert (member.staff_no, member.phone_last4, member.home) == ("0012", "1234", ("甲支部",))
