"""Followers and their windows for customer-service messages (rules 28, 32; wechat §5.1)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from models import followers, senders
from models.followers import Follower, Touch
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
MESSAGE, CLICK = Touch.MESSAGE, Touch.CLICK


def window(session: Session, openid: str = "o-new") -> tuple[datetime | None, int]:
    session.expire_all()
    follower = session.get_one(Follower, openid)
    return follower.window_until, follower.window_left


def needs(session: Session, touch: Touch, now: datetime, openid: str = "o-new") -> bool:
    session.flush()
    return not senders.look(session, openid, "", now, touch).noted


def test_who_writes_follows_and_may_be_sent_five_messages_within_48_hours(session: Session):
    followers.touch(session, "o-new", MESSAGE, NOW)
    assert window(session) == (NOW + timedelta(hours=48), 5)
    follower = followers.find(session, "o-new")
    assert follower is not None and (follower.followed_at, follower.unfollowed_at) == (NOW, None)
    assert followers.find(session, "o-nobody") is None


def test_a_tap_opens_three_messages_for_a_minute(session: Session):
    followers.touch(session, "o-new", CLICK, NOW)
    session.flush()
    assert window(session) == (NOW + MINUTE, 3)


def test_a_tap_does_not_shorten_a_longer_window(session: Session):
    followers.touch(session, "o-new", MESSAGE, NOW)
    followers.touch(session, "o-new", CLICK, NOW + HOUR)
    session.flush()
    assert window(session) == (NOW + timedelta(hours=48), 5)


def test_a_tap_opens_a_used_up_window_again(session: Session):
    followers.touch(session, "o-new", MESSAGE, NOW)
    session.flush()
    followers.close_window(session, "o-new")
    followers.touch(session, "o-new", CLICK, NOW + HOUR)
    session.flush()
    assert window(session) == (NOW + HOUR + MINUTE, 3)


def test_each_message_uses_the_window_until_it_is_used_up(session: Session):
    followers.touch(session, "o-new", MESSAGE, NOW)
    session.flush()
    assert [followers.use_window(session, "o-new", NOW) for _ in range(6)] == [NOW] * 5 + [None]
    followers.unuse_window(session, "o-new", NOW - SECOND)
    assert followers.use_window(session, "o-new", NOW) is None
    followers.unuse_window(session, "o-new", NOW)
    assert followers.use_window(session, "o-new", NOW) == NOW


def test_a_window_closes_at_its_end(session: Session):
    followers.touch(session, "o-new", CLICK, NOW)
    session.flush()
    assert followers.use_window(session, "o-new", NOW + MINUTE - SECOND)
    assert not followers.use_window(session, "o-new", NOW + MINUTE)
    assert not followers.use_window(session, "o-nobody", NOW)


def test_a_window_that_the_platform_calls_closed_is_closed(session: Session):
    followers.touch(session, "o-new", MESSAGE, NOW)
    session.flush()
    followers.close_window(session, "o-new")
    assert not followers.use_window(session, "o-new", NOW)


def test_who_unfollowed_is_sent_nothing_and_is_back_with_the_first_message(session: Session):
    followers.touch(session, "o-new", MESSAGE, NOW)
    session.flush()
    followers.unfollow(session, "o-new", NOW + HOUR)
    assert not followers.use_window(session, "o-new", NOW + HOUR)
    assert session.get_one(Follower, "o-new", populate_existing=True).unfollowed_at == NOW + HOUR
    followers.touch(session, "o-new", MESSAGE, NOW + 2 * HOUR)
    assert session.get_one(Follower, "o-new").unfollowed_at is None
    assert followers.use_window(session, "o-new", NOW + 2 * HOUR)


# Reads stay free of writes


@pytest.mark.parametrize("touch", Touch)
def test_the_first_touch_is_always_written_down(session: Session, touch: Touch):
    assert needs(session, touch, NOW)


def test_a_fresh_unused_window_needs_nothing_written(session: Session):
    followers.touch(session, "o-new", MESSAGE, NOW)
    assert not needs(session, MESSAGE, NOW + HOUR - SECOND)
    assert not needs(session, CLICK, NOW + HOUR - SECOND)


def test_a_window_is_renewed_after_an_hour_or_when_used(session: Session):
    followers.touch(session, "o-new", MESSAGE, NOW)
    assert needs(session, MESSAGE, NOW + HOUR)
    session.flush()
    followers.use_window(session, "o-new", NOW)
    session.expire_all()
    assert needs(session, MESSAGE, NOW + SECOND)
    assert not needs(session, CLICK, NOW + SECOND)


def test_a_tap_is_written_down_when_the_window_has_closed_or_is_used_up(session: Session):
    followers.touch(session, "o-new", CLICK, NOW)
    assert needs(session, CLICK, NOW + MINUTE + SECOND)
    session.flush()
    followers.close_window(session, "o-new")
    session.expire_all()
    assert needs(session, CLICK, NOW + SECOND)


def test_who_comes_back_needs_it_written_down(session: Session):
    followers.touch(session, "o-new", MESSAGE, NOW)
    session.flush()
    followers.unfollow(session, "o-new", NOW)
    session.expire_all()
    assert needs(session, CLICK, NOW)


def test_who_followed_before_any_window_was_recorded_needs_it(session: Session, cast: Cast):
    assert needs(session, MESSAGE, NOW, Cast.openid(cast.zhang_san))


# Races


def test_the_first_two_touches_may_come_at_once(sessions: Sessions):
    """The follow and the first message of one user, in two processes."""

    def touch(kind: Touch) -> None:
        with sessions.write() as session:
            followers.touch(session, "o-new", kind, NOW)

    assert together(*(lambda kind=kind: touch(kind) for kind in (CLICK, MESSAGE) * 3)) == [None] * 6  # type: ignore[misc]
    with sessions.read() as session:
        assert window(session) == (NOW + timedelta(hours=48), 5)


def test_a_window_is_never_used_more_often_than_it_allows(sessions: Sessions):
    with sessions.write() as session:
        followers.touch(session, "o-new", MESSAGE, NOW)

    def use() -> bool:
        with sessions.write() as session:
            return followers.use_window(session, "o-new", NOW) is not None

    assert sorted(map(str, together(*[use] * 8))) == ["False"] * 3 + ["True"] * 5
