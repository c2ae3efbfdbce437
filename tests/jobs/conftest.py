"""What the tests of jobs share: sessions that commit into a transaction which is rolled back in the end."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from models.prepared import CONNECTION
from models.sessions import Sessions
from tests.cast import Cast
from tests.jobs.outside import Outbox
from tests.models.desk import Desk, narrow
from tests.models.hall import Hall


class Within(Sessions):
    """Sessions inside another one's transaction: to a job they look like any, and no database has to be copied."""

    def __init__(self, outer: Session) -> None:
        super().__init__(outer.get_bind().engine)  # type: ignore[union-attr]
        self._outer = outer

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self._inner() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self._inner() as session, session.begin():
            yield session
        self._outer.expire_all()

    def _inner(self) -> Session:
        self._outer.flush()
        connection = self._outer.connection()
        info = {"defaults": self._defaults, CONNECTION: connection}
        return Session(connection, info=info, join_transaction_mode="create_savepoint", expire_on_commit=False)


@pytest.fixture
def desk(session: Session, cast: Cast) -> Desk:
    """The cast in one session that is rolled back, under the narrow rulebook."""
    return Desk(session, cast, narrow(session, cast.first_branch))


@pytest.fixture
def within(session: Session) -> Sessions:
    """The sessions a job is given; what it commits is seen by ``desk``."""
    return Within(session)


@pytest.fixture
def hall(session: Session, cast: Cast) -> Hall:
    """Where the cast meets; what a job commits ``within`` is seen here."""
    return Hall(session, cast)


@pytest.fixture
def outbox(session: Session, within: Sessions, cast: Cast) -> Outbox:
    return Outbox(session, within, cast)
