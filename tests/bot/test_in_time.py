"""What people read when the database does not do as it should: in time, and never more than is known."""

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot import patience
from bot.patient import Late, Unsure
from bot.web.in_time import AWAY, HELD, UNSURE, in_time
from bot.wechat.answers import Answer, TextAnswer
from bot.wechat.door import Later
from bot.wechat.incoming import Incoming
from tests.cast import NOW

TEXT = Incoming("k1", "text", "gh", "o-1006", NOW, content="申报 社区志愿 2小时 今天")
GOES = Incoming("k2", "event:unsubscribe", "gh", "o-1006", NOW, event="unsubscribe")


def wrapped(statement: str, error: psycopg.Error) -> Exception:
    return DBAPIError.instance(statement, None, error, psycopg.Error)


def locked() -> Exception:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return DBAPIError.instance("BEGIN IMMEDIATE", None, error, sqlite3.Error)


COMMIT_IN_DOUBT = wrapped("", Unsure("COMMIT: no answer in time"))
FAILURES = {
    "it is held back": (patience.Held(), HELD),
    "a commit in doubt": (COMMIT_IN_DOUBT, UNSURE),
    "the same message, being worked on": (
        wrapped("INSERT INTO receipts …", psycopg.errors.LockNotAvailable()),
        UNSURE,
    ),
    "that, until time is up": (wrapped("INSERT INTO receipts …", Late("no answer in time")), UNSURE),
    "somebody holds the branch": (wrapped("SELECT … FOR UPDATE", psycopg.errors.LockNotAvailable()), AWAY),
    "somebody holds SQLite's one place to write": (locked(), AWAY),
    "a statement takes too long": (wrapped("SELECT …", psycopg.errors.QueryCanceled()), AWAY),
    "this process stood still too long": (
        wrapped("INSERT …", psycopg.errors.IdleInTransactionSessionTimeout()),
        AWAY,
    ),
    "nobody answers": (wrapped("", psycopg.OperationalError("connection refused")), AWAY),
    "time is up": (wrapped("SELECT 1", Late("no answer in time")), AWAY),
    "no connection is free": (PoolTimeout("QueuePool limit"), AWAY),
}


def answered(incoming: Incoming, error: Exception) -> Answer | None:
    def answer(incoming: Incoming, now: object) -> Answer | None:
        raise error

    return in_time(answer)(incoming, NOW)


@pytest.mark.parametrize("name", FAILURES)
def test_a_person_is_told_and_what_nobody_says_twice_is_asked_for_again(name: str) -> None:
    error, words = FAILURES[name]
    assert answered(TEXT, error) == TextAnswer(words)
    assert not words.startswith("✅")
    with pytest.raises(Later):
        answered(GOES, error)


def test_a_mistake_of_ours_is_not_blamed_on_the_database() -> None:
    for error in (ValueError(), wrapped("INSERT …", psycopg.errors.UniqueViolation())):
        with pytest.raises(type(error)):
            answered(TEXT, error)
