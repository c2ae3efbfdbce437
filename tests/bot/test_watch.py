"""What a person must see is told outside the chat: once a day and cause, to a robot or by mail, naming nobody."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot import config as configuration
from bot import config_file
from bot.operations.telling import NotTold, tell
from bot.operations.troubles import ENOUGH, GIB, is_short
from bot.operations.watch import Watch
from bot.program import Program
from models import delivery_counts, heartbeats, notices
from models.delivery_counts import Came, What
from tests.cast import NOW, Cast
from tests.databases import Database

ROBOT_KEY = "the-key-of-the-robot"


class Robot:
    """Whom alerts are posted to; ``away`` makes it refuse."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.away = False

    def causes(self) -> list[str]:
        """What was told since the last time, but for this machine's own disk."""
        causes = [one["cause"] for one in self.told if not one["cause"].startswith("disk:")]
        self.told.clear()
        return causes


@pytest.fixture
def robot() -> Iterator[tuple[Robot, str]]:
    """A robot and its address."""
    robot = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not robot.away:
                robot.told.append(body)
            self.send_response(503 if robot.away else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Write no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield robot, f"http://127.0.0.1:{server.server_port}/send?key={ROBOT_KEY}"
        server.shutdown()


class Clock:
    """The time, which a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


def configured(folder: Path, **values: object) -> configuration.Config:
    keys = {("alerts", name): value for name, value in values.items() if name != "database"}
    config_file.write_new(folder / "config.toml", {("database", "url"): values["database"], **keys})
    return configuration.load(folder / "config.toml", {})


def test_each_cause_is_told_once_a_day_and_what_could_not_be_told_is_tried_again(
    robot: tuple[Robot, str], database: Database, cast: Cast, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard, url = robot
    clock = Clock()
    program = Program(configured(tmp_path, database=database.url, url=url), clock)
    first, second = Watch(program), Watch(program)  # two processes
    first.look()
    assert heard.causes() == []
    with database.sessions.write() as session:
        heartbeats.beat(session, "a:1", clock.later(minutes=4))
    clock.later(minutes=4)
    first.look()
    assert heard.causes() == []
    clock.later(minutes=2)
    heard.away = True
    first.look()
    heard.away = False
    for watch in (first, second, first):
        watch.look()
    assert [one["text"]["content"] for one in heard.told if one["cause"] == "worker"] == [
        "先锋：定时任务从 11-20 10:04 起没有动静；请看 xianfeng worker（或 serve）是否在运行（http://127.0.0.1:8000）"
    ]
    assert heard.causes() == ["worker"]
    assert ROBOT_KEY not in caplog.text and "the alert worker could not be sent" in caplog.text

    with database.sessions.write() as session:
        heartbeats.beat(session, "a:1", clock.later(hours=1))
        notices.post(session, cast.zhang_san.id, "relay", key="k", now=clock() - timedelta(hours=1, minutes=1))
        counted = {
            What("template", "configuration"): Came(3, 40164),
            What("custom", "window"): Came(2, 45015),
            What("template", "sent"): Came(9),
        }
        delivery_counts.add(session, counted, clock())
    first.look()
    text = json.dumps(heard.told, ensure_ascii=False)
    assert "有 1 条通知到点一小时还没发" in text and "IP 白名单" in text
    assert "张三" not in text and Cast.openid(cast.zhang_san) not in text
    assert heard.causes() == ["notices", "wechat:template:40164"]
    with database.sessions.write() as session:
        heartbeats.beat(session, "a:1", clock.later(days=1))
    second.look()
    assert heard.causes() == ["notices"]  # a new day; what WeChat refused yesterday is yesterday's
    program.engine.dispose()


@pytest.mark.sqlite_only  # who is told is no question of the database
def test_the_ledger_is_verified_once_a_night_by_one_worker(
    robot: tuple[Robot, str], database: Database, tmp_path: Path
) -> None:
    heard, url = robot
    clock = Clock()
    runs: list[int] = []

    def verify(code: int) -> Callable[[], int]:
        def run() -> int:
            runs.append(code)
            return code

        return run

    program = Program(configured(tmp_path, database=database.url, url=url), clock)
    clock.now = NOW.replace(hour=17, minute=59)  # 1:59 in Shanghai
    clean, touched, web = Watch(program, verify(0)), Watch(program, verify(1)), Watch(program)

    def looks(*watches: Watch) -> list[str]:
        with database.sessions.write() as session:
            heartbeats.beat(session, "a:1", clock())
        for watch in watches:
            watch.look()
        return heard.causes()

    assert looks(touched) == [] and runs == []
    clock.later(hours=2)
    assert looks(web, clean, touched, clean) == [] and runs == [0]
    clock.later(days=1)
    assert looks(web, touched, clean) == ["ledger"] and runs == [0, 1]
    program.engine.dispose()


class Post(socketserver.StreamRequestHandler):
    """A mail server that takes everything."""

    taken: list[bytes]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.taken.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


@pytest.mark.sqlite_only  # a mail is a mail
def test_it_can_go_by_mail_and_a_server_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    taken: list[bytes] = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Taking", (Post,), {"taken": taken})) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        mail = {"mail": "it@example.org", "smtp_port": server.server_address[1], "smtp_from": "xianfeng@example.org"}
        alerts = configured(tmp_path, database="sqlite:///x.db", **mail).alerts
        tell(alerts, "worker", "定时任务没有动静；请看", site="https://x.example.org", now=NOW)
        server.shutdown()
    (mail_,) = (message_from_bytes(one, policy=policy.default) for one in taken)
    assert (mail_["To"], mail_["From"], mail_["Subject"]) == (
        "it@example.org",
        "xianfeng@example.org",
        "先锋：定时任务没有动静",
    )
    assert "https://x.example.org" in mail_.get_content()
    with pytest.raises(NotTold, match="ConnectionRefusedError"):
        tell(alerts, "worker", "…", site="", now=NOW)


@pytest.mark.parametrize(
    ("free", "total", "short"),
    [
        (GIB - 1, 4 * GIB, True),
        (GIB, 4 * GIB, False),
        (4 * GIB, 100 * GIB, True),
        (ENOUGH, 10_000 * GIB, False),
    ],
)
def test_a_disk_is_almost_full_by_share_and_by_room(free: int, total: int, short: bool) -> None:
    assert is_short(free, total) == short
