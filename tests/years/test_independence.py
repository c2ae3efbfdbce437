"""The second bookkeeper shares no code with the product, and has the calendar right."""

import ast
import sys
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from tests.years import holidays

HERE = Path(__file__).parent
OWN = {"holidays", "independent", "sources"}


def imported(path: Path) -> set[str]:
    """The names of the modules that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("name", sorted(OWN))
def test_it_imports_the_standard_library_and_itself_alone(name: str):
    for module in imported(HERE / f"{name}.py"):
        own = module.startswith("tests.years.") and module.rpartition(".")[2] in OWN
        assert own or module.split(".")[0] in sys.stdlib_module_names, module


def test_its_calendar_is_the_official_one():
    day = date(2026, 1, 1)
    while day.year == 2026:
        assert holidays.works(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_of_a_year_without_an_arrangement_it_knows_monday_to_friday():
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 1))
    assert holidays.works(date(2027, 1, 1))
    assert not holidays.works(date(2027, 1, 2))


def test_its_deadlines_count_the_holidays_out_and_the_make_up_days_in():
    """October's week and Spring Festival by hand."""
    assert holidays.claims_close("2026-09") == holidays.midnight_after(date(2026, 10, 10))
    assert holidays.review_closes("2026-09") == holidays.midnight_after(date(2026, 10, 15))
    submitted = holidays.moment(date(2026, 2, 10), 16)
    assert holidays.disclosure_closes(submitted) == holidays.midnight_after(date(2026, 2, 24))
    assert holidays.final_from(submitted) == holidays.moment(date(2026, 2, 25), 9)
