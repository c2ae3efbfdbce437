"""The year, played once for everything that looks at it."""

from collections.abc import Iterator

import pytest

from tests.databases import Files, opened
from tests.years import whole
from tests.years.independent import Books
from tests.years.people import MONTHS
from tests.years.whole import Year


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever looks at the year goes to one process, which plays it once (``--dist loadgroup``).

    It comes first, whatever the order of the others: it takes minutes, and the rest is done beside it.
    """
    for item in items:
        if _looks_at_the_year(item):
            item.add_marker(pytest.mark.xdist_group("the year"))
    items.sort(key=lambda item: not _looks_at_the_year(item))


def _looks_at_the_year(item: pytest.Item) -> bool:
    return "year" in getattr(item, "fixturenames", ())


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
