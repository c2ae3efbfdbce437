"""The year's first quarter once more, on PostgreSQL."""

from datetime import date
from pathlib import Path

from tests.clones import Clones
from tests.databases import opened
from tests.years import whole
from tests.years.holidays import moment
from tests.years.people import MONTHS
from tests.years.test_figures import BRANCHES, check_snapshot


def test_a_quarter_comes_to_the_same_on_postgresql(clones: Clones, tmp_path: Path):
    url = clones.copy("empty")
    with opened(url) as engine:
        year = whole.play(whole.set_up(engine, tmp_path, down=()), MONTHS[:3], moment(date(2026, 4, 20)))
        assert year.stage.surprises == []
        books = year.books()
        for month in MONTHS[:3]:
            for branch in BRANCHES:
                check_snapshot(year, books, branch, month)
        assert books.caps_passed() == []
    clones.drop(url)
