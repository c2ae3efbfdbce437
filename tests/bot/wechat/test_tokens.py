"""One token for all processes: renewed in time, healed once, never fought over."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from bot.wechat.client import Client
from bot.wechat.errors import Fault, Refusal
from models import access_tokens
from models.sessions import Sessions

NewClient = Callable[..., Client]
APP_ID = "wx1234567890abcdef"
OPENID = "oTESTuser00000000000000000001"
SEND = "/cgi-bin/message/custom/send"


def send(client: Client, times: int = 1) -> list[BaseException | None]:
    """Send as a job does, `times` at once in an event loop of its own; what went wrong."""

    async def run() -> list[BaseException | None]:
        async with client:
            sends = (client.send_text(OPENID, "您好") for _ in range(times))
            return await asyncio.gather(*sends, return_exceptions=True)

    return asyncio.run(run())


def at_once(*clients: Client) -> list[BaseException | None]:
    """Each client in a thread of its own, all starting together."""
    barrier, results = threading.Barrier(len(clients)), []

    def work(client: Client) -> None:
        barrier.wait(10)
        results.extend(send(client))

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(results) == len(clients)
    return results


def stored(sessions: Sessions) -> access_tokens.AccessToken:
    with sessions.read() as session:
        row = access_tokens.find(session, APP_ID)
        assert row is not None
        return row


def test_one_process_fetches_and_the_others_find_it(
    platform: Any, new_client: NewClient, new_sessions: Any, clock: Any
) -> None:
    assert send(new_client()) == [None]
    assert send(new_client()) == [None]
    assert platform.token_calls == [False]
    row = stored(new_sessions())
    assert (row.token, row.fetched_at, row.forced_at) == ("T1", clock.now, None)
    assert (row.expires_at - row.fetched_at).total_seconds() == 7200


def test_many_calls_at_once_ask_for_one_token(platform: Any, new_client: NewClient) -> None:
    assert send(new_client(), times=20) == [None] * 20
    assert platform.token_calls == [False]


def test_many_calls_that_meet_a_dead_token_renew_it_once(platform: Any, new_client: NewClient) -> None:
    client = new_client()
    send(client)
    platform.supersede()
    assert send(client, times=20) == [None] * 20
    assert platform.token_calls == [False, False]
    assert len(platform.called(SEND)) == 41


def test_a_token_is_refreshed_five_minutes_before_its_end(platform: Any, new_client: NewClient, clock: Any) -> None:
    client = new_client()
    send(client)
    clock.advance(minutes=114, seconds=59)
    send(client)
    assert platform.token_calls == [False]
    platform.supersede()
    clock.advance(seconds=1)
    assert send(client) == [None]
    assert platform.token_calls == [False, False]
    assert platform.called(SEND)[-1].query["access_token"] == "T2"


def test_a_token_of_five_minutes_is_used_for_half_of_them(platform: Any, new_client: NewClient, clock: Any) -> None:
    platform.lifetime = 300
    client = new_client()
    send(client)
    clock.advance(seconds=149)
    send(client)
    assert platform.token_calls == [False]
    clock.advance(seconds=1)
    send(client)
    assert platform.token_calls == [False, False]


def test_a_process_with_an_old_token_takes_the_one_another_has_fetched(platform: Any, new_client: NewClient) -> None:
    one, two = new_client(), new_client()
    send(one)
    send(two)
    platform.supersede()
    assert send(one) == [None]
    asked = len(platform.token_calls)
    assert send(two) == [None]
    assert len(platform.token_calls) == asked


def test_a_token_is_forced_only_when_a_plain_call_gives_the_dead_one(platform: Any, new_client: NewClient) -> None:
    client = new_client()
    send(client)
    platform.sick = True
    assert send(client) == [None]
    assert platform.token_calls == [False, False, True]
    assert platform.called(SEND)[-1].query["access_token"] == "T2"


@pytest.mark.parametrize("processes", [2, 4])
def test_processes_that_meet_the_same_dead_token_force_it_once(
    platform: Any, new_client: NewClient, new_sessions: Any, processes: int
) -> None:
    clients = [new_client() for _ in range(processes)]
    for client in clients:
        send(client)
    platform.sick = True
    assert at_once(*clients) == [None] * processes
    assert platform.token_calls.count(True) == 1
    assert stored(new_sessions()).token == "T2"


def test_processes_that_start_together_agree_on_one_token(
    platform: Any, new_client: NewClient, new_sessions: Any
) -> None:
    assert at_once(*(new_client() for _ in range(4))) == [None] * 4
    assert True not in platform.token_calls
    assert stored(new_sessions()).token == "T1"


def test_nothing_is_forced_twice_within_30_seconds(platform: Any, new_client: NewClient, clock: Any) -> None:
    client = new_client(patience=0.2)
    send(client)
    platform.sick = True
    assert send(client) == [None]
    assert platform.token_calls == [False, False, True]
    platform.sick = True
    clock.advance(seconds=29)
    assert [failure.fault for failure in send(client)] == [Fault.TOKEN]  # type: ignore[union-attr]
    assert platform.token_calls == [False, False, True, False]
    # Those that come after know it already, and do not wait one after another.
    assert [failure.fault for failure in send(client, times=9)] == [Fault.TOKEN] * 9  # type: ignore[union-attr]
    assert len(platform.token_calls) == 4
    clock.advance(seconds=30)
    assert send(client) == [None]
    assert platform.token_calls[4:] == [False, True]


def test_a_wrong_secret_is_not_asked_again_for_a_minute(platform: Any, new_client: NewClient, clock: Any) -> None:
    platform.plan("/cgi-bin/stable_token", {"errcode": 40125, "errmsg": "invalid appsecret"})
    client = new_client()
    for _ in range(3):
        (failure,) = send(client)
        assert isinstance(failure, Refusal)
        assert failure.fault is Fault.CONFIGURATION
        clock.advance(seconds=15)
    assert platform.token_calls == [False]
    platform.plans.clear()
    clock.advance(seconds=20)
    assert send(client) == [None]


def test_a_hanging_token_endpoint_is_asked_again_after_two_seconds(
    platform: Any, new_client: NewClient, clock: Any
) -> None:
    platform.plan("/cgi-bin/stable_token", "hang")
    client = new_client(total=0.3)
    assert [failure.fault for failure in send(client, times=5)] == [Fault.TRANSIENT] * 5  # type: ignore[union-attr]
    assert len(platform.token_calls) == 1
    platform.plans.clear()
    clock.advance(seconds=2)
    assert send(client) == [None]


def test_a_slow_process_does_not_overwrite_a_newer_token(new_sessions: Any, clock: Any) -> None:
    sessions: Sessions = new_sessions()
    times = {"lifetime": access_tokens.BETWEEN_FORCED * 240, "now": clock.now}
    with sessions.write() as session:
        assert access_tokens.replace(session, APP_ID, old=None, new="T1", **times)
        assert not access_tokens.replace(session, APP_ID, old=None, new="T0", **times)
        assert access_tokens.replace(session, APP_ID, old="T1", new="T2", **times)
        assert not access_tokens.replace(session, APP_ID, old="T1", new="T1b", **times)
        assert not access_tokens.may_force(session, APP_ID, dead="T1", now=clock.now)
        assert access_tokens.may_force(session, APP_ID, dead="T2", now=clock.now)
        assert not access_tokens.may_force(session, APP_ID, dead="T2", now=clock.now)
    assert stored(sessions).token == "T2"
    with sessions.read() as session:
        assert access_tokens.find(session, "wx-unknown") is None
