"""Access tokens as the platform gives and ends them (wechat.md 4)."""

import re
from typing import Any

import pytest

PLAIN = {"grant_type": "client_credential", "appid": "wx1234567890abcdef", "secret": "s3cret"}


def use(stand_in: Any, token: str | None) -> int:
    """The errcode of a call with this token; 0 when it is taken."""
    query = {} if token is None else {"access_token": token}
    query["openid"] = "oZHANGzhang0000000000000001"
    answer = stand_in.session.get(stand_in.url + "/cgi-bin/user/info", params=query, timeout=10).json()
    return int(answer.get("errcode", 0))


def plain_token(stand_in: Any, **more: str) -> Any:
    return stand_in.session.get(stand_in.url + "/cgi-bin/token", params={**PLAIN, **more}, timeout=10).json()


def test_a_stable_token_stays_the_same_until_its_last_five_minutes(stand_in: Any) -> None:
    first = stand_in.stable_token()
    assert first["expires_in"] == 7200
    stand_in.later(minutes=114, seconds=59)
    again = stand_in.stable_token()
    assert again == {"access_token": first["access_token"], "expires_in": 301}
    stand_in.later(seconds=1)
    assert stand_in.token() != first["access_token"]
    assert use(stand_in, first["access_token"]) == 0


def test_a_token_expires_after_two_hours(stand_in: Any) -> None:
    token = stand_in.token()
    stand_in.later(minutes=119, seconds=59)
    assert use(stand_in, token) == 0
    stand_in.later(seconds=1)
    assert use(stand_in, token) == 42001


def test_a_plain_token_works_five_minutes_beside_the_next_one_and_then_is_not_latest(stand_in: Any) -> None:
    old, new = (plain_token(stand_in)["access_token"] for _ in range(2))
    assert old != new
    stand_in.later(minutes=4, seconds=59)
    assert use(stand_in, old) == 0
    stand_in.later(seconds=1)
    assert use(stand_in, old) == 40001
    assert use(stand_in, new) == 0


def test_a_third_token_ends_the_first_at_once(stand_in: Any) -> None:
    first, second, third = (plain_token(stand_in)["access_token"] for _ in range(3))
    assert [use(stand_in, token) for token in (first, second, third)] == [40001, 0, 0]


def test_the_two_families_do_not_disturb_each_other(stand_in: Any) -> None:
    stable = stand_in.token()
    for _ in range(3):
        plain_token(stand_in)
    assert use(stand_in, stable) == 0


def test_a_forced_refresh_within_thirty_seconds_of_another_changes_nothing(stand_in: Any) -> None:
    first = stand_in.token()
    forced = stand_in.stable_token(force_refresh=True)["access_token"]
    assert forced != first
    stand_in.later(seconds=29)
    assert stand_in.stable_token(force_refresh=True)["access_token"] == forced
    stand_in.later(seconds=1)
    assert stand_in.stable_token(force_refresh=True)["access_token"] != forced
    assert use(stand_in, first) == 40001
    assert use(stand_in, forced) == 0


def test_forced_refreshes_are_limited_to_twenty_a_day(stand_in: Any) -> None:
    stand_in.token()
    for _ in range(20):
        assert "access_token" in stand_in.stable_token(force_refresh=True)
        stand_in.later(seconds=30)
    assert stand_in.stable_token(force_refresh=True)["errcode"] == 45009
    stand_in.later(days=1)
    stand_in.token()
    assert "access_token" in stand_in.stable_token(force_refresh=True)


@pytest.mark.parametrize(
    ("token", "code"),
    [(None, 41001), ("", 41001), ("short", 40014), ("有" * 80, 40014), ("A" * 80, 40001)],
)
def test_a_token_that_is_none_is_refused(stand_in: Any, token: str | None, code: int) -> None:
    assert use(stand_in, token) == code


def test_every_token_can_be_ended_at_once(stand_in: Any) -> None:
    token = stand_in.token()
    stand_in.post("/sandbox/tokens", {})
    assert use(stand_in, token) == 40001
    assert use(stand_in, stand_in.token()) == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"appid": "wx0"}, 40013),
        ({"secret": "guess"}, 40125),
        ({"grant_type": "password"}, 40002),
    ],
)
def test_a_wrong_account_gets_no_token(stand_in: Any, wrong: dict[str, str], code: int) -> None:
    assert stand_in.stable_token(**wrong)["errcode"] == code
    assert plain_token(stand_in, **wrong)["errcode"] == code


def test_an_address_outside_the_whitelist_gets_no_token(stand_in: Any) -> None:
    stand_in.post("/sandbox/whitelist", {"refuses": True})
    answer = stand_in.stable_token()
    assert answer["errcode"] == 40164
    assert "invalid ip 127.0.0.1" in answer["errmsg"]
    stand_in.post("/sandbox/whitelist", {"refuses": False})
    assert "access_token" in stand_in.stable_token()


def test_a_refusal_names_its_request(stand_in: Any) -> None:
    answer = stand_in.stable_token(secret="guess")
    assert re.fullmatch(r"invalid appsecret rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}", answer["errmsg"])


def test_stable_token_takes_only_a_post(stand_in: Any) -> None:
    answer = stand_in.session.get(stand_in.url + "/cgi-bin/stable_token", timeout=10)
    assert (answer.status_code, answer.json()["errcode"]) == (200, 43002)


def test_an_unknown_path_is_refused_like_the_rest(stand_in: Any) -> None:
    assert stand_in.call("/cgi-bin/message/mass/sendall", {})["errcode"] == 40066
