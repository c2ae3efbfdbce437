"""Few at once, the rest waits in a queue, nobody for long: for how long, and what is said to who is turned away."""

import random
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from bot.program import Program
from bot.turns import CROWDED, FULL, IDLE, PATIENCE, WORDS, InTurn, Waits, Words, open_sockets
from bot.web.app import create_app
from bot.web.turned_away import SORRY
from models.claims import Claim
from models.receipts import Receipt
from tests.bot.test_web import at_now, configured
from tests.cast import Cast
from tests.databases import Database
from tests.e2e.followers import Follower


class Door:
    """How many sockets are open."""

    def __init__(self, connections: int, threads: int = 1) -> None:
        self.open = 0
        self.waits = Waits(threads, lambda: self.open)
        self.open = connections


def reckoned(*, people: int, pause: float, closing: bool, dice: random.Random) -> tuple[float, float]:
    """One thread serves who write again some time after their answer; what they waited, and what is reckoned."""
    coming = [dice.uniform(0, 0.2) for _ in range(people)]
    free = reckoned = waited = 0.0
    door = Door(people)
    waits = door.waits
    for _ in range(1500):
        who = min(range(people), key=coming.__getitem__)
        now = max(coming[who], free)
        came = waits.begin(now)
        assert came <= coming[who]
        reckoned, waited = reckoned + now - came, waited + now - coming[who]
        free = now + dice.expovariate(1000)
        if closing:
            door.open = sum(one <= free for one in coming)
        waits.end(free)
        coming[who] = free + dice.uniform(0, 2 * pause)
    return waited, reckoned


@pytest.mark.parametrize("closing", [True, False], ids=["closing", "keeping"])
@pytest.mark.parametrize("pause", [0.0, 0.001, 0.02, 3.0])
def test_nobody_waits_for_longer_than_is_reckoned(pause: float, closing: bool) -> None:
    dice = random.Random(repr((pause, closing)))
    for _ in range(3):
        people = dice.randint(1, 60)
        waited, bound = reckoned(people=people, pause=pause, closing=closing, dice=dice)
        if pause == 0.0:  # everybody always waits: it is reckoned nearly as it is
            assert bound / 1500 <= waited / 1500 + 0.03


def test_connections_that_are_open_and_silent_do_not_turn_anybody_away() -> None:
    waits, now = Door(FULL - 1).waits, 0.0
    for _ in range(3 * FULL):
        now += IDLE * 1.5
        assert now - waits.begin(now) < waits.bearable
        waits.end(now + 0.001)


def test_who_comes_alone_after_somebody_slow_has_not_waited() -> None:
    waits = Door(1).waits
    waits.begin(0.0)
    waits.end(2.5)
    assert waits.begin(2.501) == 2.5


def test_nobody_has_waited_while_another_thread_was_free() -> None:
    waits = Door(2, threads=2).waits
    waits.begin(0.0)
    waits.end(2.5)  # the other thread had nothing to do, whoever is silent on the other connection
    assert waits.begin(2.501) == 2.501
    waits.begin(2.502)
    waits.end(5.0)
    assert waits.begin(5.001) <= 2.502  # all had something to do, and somebody may have come meanwhile


def test_connections_are_not_counted_with_every_message() -> None:
    looks = count()
    waits = Waits(1, lambda: next(looks))
    for number in range(1000):
        waits.begin(number / 1000)
        waits.end(number / 1000 + 0.0005)
    assert next(looks) < 25, "one a message costs a tenth of 帮助"


def test_sockets_are_counted_and_files_are_not(tmp_path: Path) -> None:
    before = open_sockets()
    with socket.socket(), (tmp_path / "a").open("w"):
        assert open_sockets() == before + 1


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Slow:
    """An application of which each request takes so long, and which notes for whom there was time."""

    def __init__(self, *, seconds: float, connections: int) -> None:
        self.clock = Clock()
        self.seconds = seconds
        self.said: list[str] = []
        waits = Door(connections).waits
        self._turns = InTurn(self._work, self._say, lambda: self.said.append("counted"), waits, self.clock)

    def come(self, method: str = "POST", path: str = "/wechat") -> None:
        """A request is begun as soon as the one before it is done."""
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
        self._turns(environ, self._begun)

    def _begun(self, status: str, *_: Any) -> Any:
        self.said.append(status)

    def _work(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.clock.now += self.seconds
        self.said.append("done")
        return [b""]

    def _say(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.said.append("a word")
        return [b""]


@pytest.mark.parametrize(
    ("seconds", "connections", "done"),
    [
        (1.0, 10, 3),  # the fourth may have come with the first
        (2.3, 10, 2),  # one that was slow is no reason to turn away who waited for it
        (0.01, 100, 1000),
        (0.01, FULL - 1, int(PATIENCE / 0.01) + 1),
        (0.01, FULL, int(CROWDED / 0.01) + 1),
    ],
)
def test_nobody_is_begun_who_may_have_waited_longer_than_is_bearable(
    seconds: float, connections: int, done: int
) -> None:
    slow = Slow(seconds=seconds, connections=connections)
    for _ in range(done):
        slow.come()
    assert slow.said == ["done"] * done
    if done < 1000:
        slow.come()
        assert slow.said[done:] == ["a word"]
        slow.clock.now += IDLE * 2
        slow.come()
        assert slow.said[done + 1 :] == ["done"]


def test_there_are_so_many_words_a_second_and_the_rest_is_refused() -> None:
    slow = Slow(seconds=4.0, connections=FULL - 1)
    slow.come()
    for _ in range(WORDS + 2):
        slow.come()
    slow.come("GET", "/healthz")
    refused = ["503 Service Unavailable"]
    assert slow.said == ["done", *["a word"] * WORDS, *(["counted", *refused] * 3)]


def test_words_come_back_with_time() -> None:
    words = Words()
    assert [words.take(100.0) for _ in range(WORDS + 1)] == [True] * WORDS + [False]
    assert [words.take(100.0 + 1.5 / WORDS), words.take(100.0 + 1.5 / WORDS)] == [True, False]


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    program = Program(configured(tmp_path, database.url), at_now())
    app = create_app(program)
    app.extensions["program"] = program
    assert isinstance(app.wsgi_app, InTurn)
    own = app.wsgi_app
    turns = InTurn(own.app, own.sorry, own.counted, Door(FULL).waits, Clock())
    app.wsgi_app = turns  # type: ignore[assignment, method-assign]  # Flask's way
    yield app
    program.engine.dispose()


def busy(app: Flask) -> Clock:
    """Everybody may have waited for too long."""
    assert isinstance(app.wsgi_app, InTurn)
    assert isinstance(app.wsgi_app.clock, Clock)
    clock = app.wsgi_app.clock
    app.wsgi_app.waits.begin(clock.now)
    app.wsgi_app.waits.end(clock.now + CROWDED)
    clock.now += CROWDED * 1.1
    return clock


def post(app: Flask, openid: str, **fields: str) -> tuple[int, str]:
    follower = Follower("", app.extensions["program"].config, openid, at_now())
    query, body = follower.sealed(follower.xml(**fields))
    answer = app.test_client().post("/wechat", query_string=query, data=body)
    return answer.status_code, follower.read(answer.data) if answer.data else ""


def stored(database: Database) -> list[int]:
    with database.sessions.read() as session:
        return [session.scalars(select(func.count()).select_from(table)).one() for table in (Claim, Receipt)]


@pytest.mark.sqlite_only  # the database is not asked
def test_whoever_is_turned_away_reads_so_and_a_repeat_is_handled_once(
    app: Flask, database: Database, cast: Cast
) -> None:
    before, clock = stored(database), busy(app)
    claim = {"MsgType": "text", "Content": "申报 社区志愿 2小时 昨天 清扫河堤", "MsgId": "77"}
    openid = cast.openid(cast.zhang_san)
    assert post(app, openid, **claim) == (200, SORRY)
    assert post(app, openid, MsgType="event", Event="CLICK", EventKey="积分") == (200, SORRY)
    assert stored(database) == before
    clock.now += 1
    status, answer = post(app, openid, **claim)
    assert (status, answer.partition(" ")[0]) == (200, "✅")
    assert post(app, openid, **claim) == (200, answer)
    busy(app)
    assert post(app, openid, **claim) == (200, SORRY)  # of this delivery it is true
    assert stored(database) == [before[0] + 1, before[1] + 1]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("event", ["unsubscribe", "subscribe", "TEMPLATESENDJOBFINISH", "subscribe_msg_sent_event"])
def test_what_nobody_would_say_again_is_asked_for_again(event: str, app: Flask, cast: Cast) -> None:
    busy(app)
    assert post(app, cast.openid(cast.zhang_san), MsgType="event", Event=event) == (503, "")


@pytest.mark.sqlite_only
def test_pages_are_refused_with_when_to_come_again_and_a_wrong_signature_as_ever(app: Flask) -> None:
    clock = busy(app)
    page = app.test_client().get("/healthz")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert app.test_client().post("/wechat", data=b"<xml/>").status_code == 403
    clock.now += 1
    figures = app.test_client().get("/metrics").text
    assert 'xianfeng_messages_total{outcome="turned_away"}' in figures
    assert app.test_client().get("/healthz").status_code == 200
