"""Who unfollowed is forgotten after 30 days; what the organization keeps, stays (rules 32)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import String, Table, Text, func, select
from sqlalchemy.orm import Session

from jobs import followers as job
from models import bindings, dialogs, followers, grants, notices, receipts, requests
from models.bindings import BindingTries
from models.claims import Claim
from models.followers import Follower, Touch
from models.notices import Notice
from models.receipts import Receipt
from models.registry import METADATA
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import Desk

DAYS, SECOND = timedelta(days=30), timedelta(seconds=1)


def traces(session: Session, openid: str) -> list[str]:
    """The tables in which an openid still stands, in whatever column of text."""
    return [table.name for table in METADATA.sorted_tables if _holds(session, table, openid)]


def _holds(session: Session, table: Table, openid: str) -> bool:
    texts = [column for column in table.columns if isinstance(column.type, String)]
    clauses = [column.cast(Text).contains(openid) for column in texts]
    return any(session.scalar(select(func.count()).select_from(table).where(clause)) for clause in clauses)


def leave_traces(desk: Desk, openid: str) -> None:
    """Everything a WeChat can leave behind."""
    session = desk.session
    followers.touch(session, openid, Touch.MESSAGE, NOW)
    dialogs.of(session, openid).rest = "还有"
    receipts.take(session, "m:1", openid=openid, now=NOW)
    receipts.store(session, "m:1", {"text": "✅"})
    notices.post_to_openid(session, openid, "rebound", key="k", now=NOW)
    requests.open_binding(session, desk.cast.wang_fang, openid=openid, now=NOW)
    grants.give(session, openid, "T1")
    session.add(BindingTries(who=f"o:{openid}", tries=1, last_at=NOW))
    session.flush()


def test_after_thirty_days_the_openid_is_erased_everywhere(desk: Desk, within: Sessions):
    openid = Cast.openid(desk.cast.zhang_san)
    claim = desk.approve(desk.claim())
    leave_traces(desk, openid)
    assert set(traces(desk.session, openid)) >= {
        "bindings",
        "binding_tries",
        "dialogs",
        "followers",
        "grants",
        "notices",
        "receipts",
        "requests",
    }
    followers.unfollow(desk.session, openid, NOW)
    assert job.forget(within, now=NOW + DAYS - SECOND) == 0
    assert job.forget(within, now=NOW + DAYS) == 1
    assert traces(desk.session, openid) == []
    assert desk.session.get_one(Claim, claim.id).member is desk.cast.zhang_san
    assert len(desk.entries()) == 1
    assert job.forget(within, now=NOW + DAYS) == 0


def test_others_are_left_alone(desk: Desk, within: Sessions):
    followers.unfollow(desk.session, Cast.openid(desk.cast.zhang_san), NOW)
    job.forget(within, now=NOW + DAYS)
    assert bindings.find(desk.session, Cast.openid(desk.cast.wang_fang)) is not None
    assert bindings.openid_of(desk.session, desk.cast.wang_fang.id) is not None


def test_who_follows_again_in_time_is_kept(desk: Desk, within: Sessions):
    openid = Cast.openid(desk.cast.zhang_san)
    followers.unfollow(desk.session, openid, NOW)
    followers.touch(desk.session, openid, Touch.CLICK, NOW + DAYS - SECOND)
    assert job.forget(within, now=NOW + DAYS) == 0
    assert bindings.openid_of(desk.session, desk.cast.zhang_san.id) == openid


def test_who_follows_again_at_the_last_moment_is_kept(desk: Desk, within: Sessions):
    """Between the look and the erasing, in another process."""
    openid = Cast.openid(desk.cast.zhang_san)
    followers.unfollow(desk.session, openid, NOW)

    class Meanwhile(Sessions):
        @contextmanager
        def read(self) -> Iterator[Session]:
            with within.read() as session:
                yield session
            followers.touch(desk.session, openid, Touch.CLICK, NOW + DAYS)
            desk.session.flush()

        @contextmanager
        def write(self) -> Iterator[Session]:
            with within.write() as session:
                yield session

    assert job.forget(Meanwhile(within.engine), now=NOW + DAYS) == 0
    assert desk.session.get_one(Follower, openid).unfollowed_at is None
    assert bindings.openid_of(desk.session, desk.cast.zhang_san.id) == openid


def test_a_queued_notice_to_an_erased_wechat_has_no_recipient_any_more(desk: Desk, within: Sessions):
    followers.touch(desk.session, "o-stranger", Touch.MESSAGE, NOW)
    notices.post_to_openid(desk.session, "o-stranger", "binding_refused", key="k", now=NOW)
    followers.unfollow(desk.session, "o-stranger", NOW)
    job.forget(within, now=NOW + DAYS)
    assert desk.session.scalars(select(Notice.openid)).all() == [None]


def test_old_receipts_are_deleted(desk: Desk, within: Sessions):
    for key, age in (("old", timedelta(days=7, seconds=1)), ("young", timedelta(days=6))):
        receipts.take(desk.session, key, openid="o-1", now=NOW - age)
    assert job.forget_receipts(within, now=NOW) == 1
    assert desk.session.scalars(select(Receipt.key)).all() == ["young"]
