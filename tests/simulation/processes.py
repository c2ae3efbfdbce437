"""Processes that may die, or lose their database, before and after each of their commits."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.sessions import Sessions
from tests.simulation.dice import Dice


class Crash(BaseException):
    """The process is dead: nothing after this is done."""


class Fate(StrEnum):
    """What happens at a commit."""

    COMMITS = "commits"
    DIES_BEFORE = "died before a commit"  # nothing of the transaction stays
    DIES_AFTER = "died after a commit"  # all of it stays, and nobody is told
    AWAY = "database away"  # refused before the commit; the process lives on
    UNKNOWN = "outcome of a commit unknown"  # committed, and the connection was lost before the answer


FATES: Mapping[Fate, float] = {
    Fate.COMMITS: 0.988,
    Fate.DIES_BEFORE: 0.004,
    Fate.DIES_AFTER: 0.004,
    Fate.AWAY: 0.002,
    Fate.UNKNOWN: 0.002,
}
CALM: Mapping[Fate, float] = {Fate.COMMITS: 1.0}


class Lost(Exception):
    """What the driver says when its server is gone."""


def lost() -> OperationalError:
    return OperationalError("COMMIT", {}, Lost("server closed the connection unexpectedly"))


class MortalSessions(Sessions):
    """The sessions of one process; when it has died, nothing of it reaches the database any more."""

    def __init__(
        self,
        engine: Engine,
        defaults: Mapping[str, object],
        dice: Dice,
        fates: Mapping[Fate, float],
        counted: Counter[str],
    ) -> None:
        super().__init__(engine, defaults)
        self.dice = dice
        self.fates = fates
        self.counted = counted
        self.dead = False

    @contextmanager
    def read(self) -> Iterator[Session]:
        self.check()
        with super().read() as session:
            yield session

    @contextmanager
    def glance(self) -> Iterator[Session]:
        self.check()
        with super().glance() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        self.check()
        fate = self.dice.pick(self.fates)
        with super().write() as session:
            yield session
            if fate in (Fate.DIES_BEFORE, Fate.AWAY):
                self._meet(fate)
        if fate in (Fate.DIES_AFTER, Fate.UNKNOWN):
            self._meet(fate)

    def check(self) -> None:
        """Raise Crash in a process that is dead."""
        if self.dead:
            raise Crash

    def _meet(self, fate: Fate) -> None:
        self.counted[fate.value] += 1
        if fate in (Fate.AWAY, Fate.UNKNOWN):
            raise lost()
        self.dead = True
        raise Crash


def crashed(error: BaseException) -> bool:
    """Whether this is, or holds among others, the death of the process."""
    if isinstance(error, BaseExceptionGroup):
        return any(map(crashed, error.exceptions))
    return isinstance(error, Crash)


def only_lost(error: BaseException) -> bool:
    """Whether nothing but a lost database is the matter."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(only_lost, error.exceptions))
    return isinstance(error, OperationalError) and isinstance(error.orig, Lost)
