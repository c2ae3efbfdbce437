"""The two quarters, played once for everything that looks at them."""

from collections.abc import Iterator

import pytest

from tests.databases import Files, opened
from tests.quarters import whole
from tests.quarters.whole import Quarters


@pytest.fixture(scope="session")
def quarters(files: Files) -> Iterator[Quarters]:
    """January to June 2026 of three branches, day by day; on SQLite."""
    with opened(files.copy("empty")) as engine:
        yield whole.play(engine)
