"""Few at once, some wait, nobody for long: in what order, for how long, and what is said to who is turned away."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from bot.program import Program
from bot.turns import InTurn, Turns
from bot.web.app import create_app
from bot.web.turned_away import SORRY
from models.claims import Claim
from models.receipts import Receipt
from tests.bot.test_web import at_now, configured
from tests.cast import Cast
from tests.databases import Database
from tests.e2e.followers import Follower
from tests.e2e.processes import eventually


def waiting(turns: Turns, number: int, took: list[int]) -> threading.Thread:
    """Somebody who waits for a turn, and is not noticed before they do."""
    before = turns.waiting
    thread = threading.Thread(target=lambda: took.append(number if turns.take() else -number))
    thread.start()
    eventually(lambda: turns.waiting > before or not thread.is_alive(), what="they wait, or were turned away")
    return thread


def test_turns_come_in_the_order_in_which_people_came_and_the_room_has_its_limit() -> None:
    turns, took = Turns(2, room=3, patience=30), list[int]()
    assert turns.take()
    assert turns.take()
    threads = [waiting(turns, number, took) for number in (1, 2, 3)]
    assert not turns.take()  # at once: there is no place left
    for number in (1, 2, 3):
        turns.give_back()
        threads[number - 1].join(30)
    assert took == [1, 2, 3]
    assert turns.waiting == 0
    turns.give_back()
    assert turns.take()


def test_nobody_waits_for_longer_than_is_bearable() -> None:
    turns = Turns(1, patience=0.05)
    assert turns.take()
    began = time.monotonic()
    assert not turns.take()
    assert 0.05 <= time.monotonic() - began < 5
    assert turns.waiting == 0
    turns.give_back()
    assert turns.take()


def test_no_turn_is_lost_when_it_comes_at_the_moment_when_somebody_leaves() -> None:
    turns, working, most = Turns(2, room=4, patience=0.0002), set[int](), list[int]()

    def come_and_go(number: int) -> None:
        for _ in range(150):
            if turns.take():
                working.add(number)
                most.append(len(working))
                time.sleep(0.0002)
                working.discard(number)
                turns.give_back()

    threads = [threading.Thread(target=come_and_go, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert max(most) == 2
    assert [turns.take(), turns.take(), turns.take()] == [True, True, False]


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    program = Program(configured(tmp_path, database.url), at_now())
    app = create_app(program)
    app.extensions["program"] = program
    assert isinstance(app.wsgi_app, InTurn)
    app.wsgi_app = InTurn(app.wsgi_app.app, Turns(1, room=0), app.wsgi_app.counted)  # type: ignore[assignment, method-assign]
    yield app
    program.engine.dispose()


def busy(app: Flask) -> Turns:
    """Somebody has the only turn, and there is no place to wait."""
    assert isinstance(app.wsgi_app, InTurn)
    assert app.wsgi_app.turns.take()
    return app.wsgi_app.turns


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
    before, turns = stored(database), busy(app)
    claim = {"MsgType": "text", "Content": "申报 社区志愿 2小时 昨天 清扫河堤", "MsgId": "77"}
    openid = cast.openid(cast.zhang_san)
    assert post(app, openid, **claim) == (200, SORRY)
    assert post(app, openid, MsgType="event", Event="CLICK", EventKey="积分") == (200, SORRY)
    assert stored(database) == before
    turns.give_back()
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
    turns = busy(app)
    page = app.test_client().get("/healthz")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert app.test_client().post("/wechat", data=b"<xml/>").status_code == 403
    turns.give_back()
    figures = app.test_client().get("/metrics").text
    assert 'xianfeng_messages_total{outcome="turned_away"}' in figures
    assert app.test_client().get("/healthz").status_code == 200  # each request has given its turn back


def test_only_one_word_at_a_time_and_the_rest_is_refused() -> None:
    """Words are work, and who works should get on with it."""
    inside, go_on, counted, said = threading.Event(), threading.Event(), list[bool](), list[str]()

    def slow(environ: Any, start: Any) -> list[bytes]:
        inside.set()
        go_on.wait(30)
        start("200 OK", [])
        return [b""]

    def begun(status: str, *_: Any) -> Any:
        said.append(status)

    app = InTurn(slow, Turns(0, room=0), lambda: counted.append(True))
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/wechat"}
    first = threading.Thread(target=app, args=(dict(environ), begun))
    first.start()
    assert inside.wait(30)
    assert app(dict(environ), begun) == [b""]
    go_on.set()
    first.join(30)
    assert (said, counted) == (["503 Service Unavailable", "200 OK"], [True])
