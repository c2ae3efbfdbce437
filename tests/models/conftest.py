"""What the tests of rules share: the desk with its narrow rulebook."""

import pytest
from sqlalchemy.orm import Session

from models.sessions import Sessions
from tests.cast import Cast
from tests.models.counter import Counter
from tests.models.desk import Desk, narrow
from tests.models.hall import Hall


@pytest.fixture
def desk(session: Session, cast: Cast) -> Desk:
    """The cast in one session that is rolled back, under the narrow rulebook."""
    return Desk(session, cast, narrow(session, cast.first_branch))


@pytest.fixture
def narrowed(sessions: Sessions, cast: Cast) -> Sessions:
    """A database of the test's own under the narrow rulebook, for what several transactions do."""
    with sessions.write() as session:
        narrow(session, cast.of(session).first_branch)
    return sessions


@pytest.fixture
def counter(desk: Desk) -> Counter:
    """Where the cast files opinions and answers them."""
    return Counter(desk)


@pytest.fixture
def hall(session: Session, cast: Cast) -> Hall:
    """Where the cast meets, under the shipped rulebook."""
    return Hall(session, cast)
