"""No export compares branches by points (S2): a file holds the figures of one branch alone."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from openpyxl import Workbook
from sqlalchemy.orm import Session

from bot.office import export_claims, export_disclosure, export_ledger, export_standings, export_year
from handlers import words
from models.months import Month, Period
from models.organizations import Organization
from tests import two_branches
from tests.cast import NOW, Cast

OCTOBER = Month(2026, 10)
Draw = Callable[[Session, Organization], Workbook]
EXPORTS: dict[str, Draw] = {
    "claims": lambda session, branch: export_claims.build(session, branch, OCTOBER, now=NOW),
    "disclosure": lambda session, branch: export_disclosure.build(session, branch, OCTOBER, now=NOW),
    "ledger": lambda session, branch: export_ledger.build(session, branch, Period.year(OCTOBER), now=NOW),
    "quarter": lambda session, branch: export_standings.build(session, branch, Period.quarter(Month(2026, 7)), now=NOW),
    "standings": lambda session, branch: export_standings.build(session, branch, Period.month(OCTOBER), now=NOW),
    "year": lambda session, branch: export_year.build(session, branch, 2026, now=NOW),
}


def written(book: Workbook) -> set[str]:
    """Every figure with a fraction in a workbook, alone or in a text, as a chat would say it."""
    cells = (str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    return {words.figure(Decimal(found)) for text in cells for found in re.findall(r"\d+\.\d+", text)}


@pytest.mark.sqlite_only  # what is drawn does not depend on the database
@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_holds_one_branch(cast: Cast, sessions: object, name: str):
    figures = two_branches.fill(cast)
    seen = set()
    with cast.sessions.read() as session:
        here = cast.of(session)
        for branch, other in ((here.first_branch, here.second_branch), (here.second_branch, here.first_branch)):
            found = written(EXPORTS[name](session, branch))
            assert not found & figures[other.name], name
            seen |= found & figures[branch.name]
    assert seen or name == "claims"  # a form holds what was claimed, and nothing was
