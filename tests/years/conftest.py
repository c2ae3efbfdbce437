"""The year, played once for everything that looks at it."""

from collections.abc import Iterator

import pytest

from tests.databases import Files, opened
from tests.years import whole
from tests.years.independent import Books
from tests.years.people import MONTHS
from tests.years.whole import Year


@pytest.fixture(scope="session")
def year(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The year 2026 of thirty members, day by day, until its evaluation; on SQLite."""
    with opened(files.copy("empty")) as engine:
        begun = whole.set_up(engine, tmp_path_factory.mktemp("year"))
        yield whole.play(begun, MONTHS, whole.END)


@pytest.fixture(scope="session")
def books(year: Year) -> Books:
    """What the second bookkeeper copied."""
    return year.books()
