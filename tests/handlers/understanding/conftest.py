"""The fixed situation of the utterances, once per module: nothing here writes."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.dispatch import FAMILIES, Families
from tests.handlers.understanding.cast import speaker, stage


@pytest.fixture(scope="module")
def scene() -> Iterator[Session]:
    with stage() as session:
        yield session


@pytest.fixture(scope="session")
def families() -> Families:
    return FAMILIES


@pytest.fixture
def asker(scene: Session, families: Families) -> Callable[[str], Context]:
    """The context of whoever has a role: member, leader, secretary, stranger."""
    return lambda role: speaker(scene, role, families)


@pytest.fixture
def member(asker: Callable[[str], Context]) -> Context:
    return asker("member")


@pytest.fixture
def leader(asker: Callable[[str], Context]) -> Context:
    return asker("leader")
