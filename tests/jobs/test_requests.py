"""Requests that nobody could be asked about are asked when somebody can be (rules 9, 30)."""

from datetime import timedelta

from jobs import requests as asking
from models import followers, requests
from models.followers import Touch
from models.requests import RequestKind
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import Desk


def test_it_is_asked_once_when_somebody_can_be_reached_again(desk: Desk, within: Sessions):
    cast, session = desk.cast, desk.session
    for member in (cast.zhou_guoping, cast.he_min, cast.sun_lei):
        followers.unfollow(session, Cast.openid(member), NOW)
    kind = RequestKind.REBINDING
    requests.open_binding(session, cast.wang_jianjun, openid="o-new", now=NOW, kind=kind)
    assert asking.ask(within, now=NOW) == 0
    followers.touch(session, Cast.openid(cast.zhou_guoping), Touch.MESSAGE, NOW)
    session.flush()
    assert [asking.ask(within, now=NOW) for _ in range(2)] == [1, 0]
    assert desk.told("request_waiting") == ["周国平"]


def test_where_very_many_wait_each_has_its_turn(desk: Desk, within: Sessions):
    cast, session = desk.cast, desk.session
    for member in (cast.zhou_guoping, cast.he_min, cast.sun_lei):
        followers.unfollow(session, Cast.openid(member), NOW)
    for name, member in (("o-1", cast.wang_jianjun), ("o-2", cast.qian_jin)):
        requests.open_binding(session, member, openid=name, now=NOW, kind=RequestKind.REBINDING)
    assert asking.ask(within, now=NOW, most=1) == 0
    followers.touch(session, Cast.openid(cast.zhou_guoping), Touch.MESSAGE, NOW)
    session.flush()
    assert [asking.ask(within, now=NOW + n * timedelta(minutes=1), most=1) for n in range(1, 4)] == [1, 1, 0]
