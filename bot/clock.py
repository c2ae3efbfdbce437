"""The clock: the process's own (rules 34), and the stand-in's, which may be ahead of it.

Read once per message or run and handed down as ``now``.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from models import stand_in
from models.sessions import Sessions

Clock = Callable[[], datetime]


def system() -> datetime:
    """The process's time, aware, in UTC."""
    return datetime.now(UTC)


class StandInClock:
    """The stand-in's clock: the process's, and an offset that all processes read from the database.

    While the database does not answer, it goes on as it last stood.
    """

    def __init__(self, sessions: Sessions, clock: Clock = system) -> None:
        self._sessions = sessions
        self._clock = clock
        self._ahead: timedelta | None = None

    def __call__(self) -> datetime:
        try:
            with self._sessions.read() as session:
                self._ahead = stand_in.ahead(session)
        except SQLAlchemyError:
            if self._ahead is None:
                raise
        return self._clock() + self._ahead

    def go_to(self, moment: datetime) -> None:
        """Be at a moment from now on; one that has passed changes nothing, for the clock goes forward only."""
        with self._sessions.write() as session:
            stand_in.put_ahead(session, moment - self._clock())
