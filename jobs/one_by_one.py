"""What most jobs do: ask the tables what is due, then one small transaction for each thing."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy.orm import Session

from models.sessions import Sessions

Due = TypeVar("Due")


def one_by_one(
    sessions: Sessions, due: Callable[[Session], Iterable[Due]], act: Callable[[Session, Due], int | bool]
) -> int:
    """Do ``act`` with everything that is ``due``; the sum of what it returns.

    Another process may do the same at the same time: ``act`` looks again, and returns False when it came too late.
    """
    with sessions.read() as session:
        found = list(due(session))
    done = 0
    for one in found:
        with sessions.write() as session:
            done += act(session, one)
    return done
