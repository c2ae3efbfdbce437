"""Worlds for tests that drive real processes from outside, as WeChat and an operator do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.clones import Clones
from tests.databases import Files
from tests.e2e.worlds import World, world

NewWorld = Callable[..., World]


@pytest.fixture
def new_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewWorld]:
    """Makes worlds that end with the test: ``new_world("sqlite", server_workers=2)``."""
    with ExitStack() as stack:

        def make(dialect: str, **values: Any) -> World:
            source: Files | Clones = request.getfixturevalue("files" if dialect == "sqlite" else "clones")
            folder = tmp_path / f"{dialect}-world"
            folder.mkdir()
            return stack.enter_context(world(source, folder, **values))

        yield make
