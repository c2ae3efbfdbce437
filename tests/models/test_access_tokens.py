"""The access token: shared by all processes, renewed by one of them (wechat §4)."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import access_tokens
from models.sessions import Sessions
from tests.cast import NOW
from tests.models.desk import together

LIFETIME, SECOND = timedelta(seconds=7200), timedelta(seconds=1)


def replace(session: Session, old: str | None, new: str) -> bool:
    return access_tokens.replace(session, "wx1", old=old, new=new, lifetime=LIFETIME, now=NOW)


def test_a_token_takes_the_place_of_nothing_and_then_of_its_predecessor(session: Session):
    assert access_tokens.find(session, "wx1") is None
    assert replace(session, None, "t1")
    assert not replace(session, None, "t2")
    assert not replace(session, "t0", "t2")
    assert replace(session, "t1", "t2")
    found = access_tokens.find(session, "wx1")
    assert found is not None
    assert (found.token, found.fetched_at, found.expires_at) == ("t2", NOW, NOW + LIFETIME)


def test_accounts_have_tokens_of_their_own(session: Session):
    replace(session, None, "t1")
    assert access_tokens.find(session, "wx2") is None


def test_a_dead_token_is_renewed_by_force_by_one_and_not_again_within_half_a_minute(session: Session):
    replace(session, None, "t1")

    def may(dead: str, seconds: int) -> bool:
        return access_tokens.may_force(session, "wx1", dead=dead, now=NOW + seconds * SECOND)

    assert [may("t1", 0), may("t1", 0), may("t1", 29), may("t1", 30), may("t0", 90)] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_of_many_processes_that_meet_a_dead_token_one_renews_it(sessions: Sessions):
    with sessions.write() as session:
        replace(session, None, "t1")

    def force() -> bool:
        with sessions.write() as session:
            return access_tokens.may_force(session, "wx1", dead="t1", now=NOW)

    assert sorted(map(str, together(*[force] * 6))) == ["False"] * 5 + ["True"]
