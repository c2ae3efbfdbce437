"""A whole Xianfeng of its own for a test: a database with the cast, a configuration, processes, and a platform.

Every process reads the stand-in's clock, which is put to ten in the morning of a working day in the middle of a month,
so that neither month end nor a digest comes by itself.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer

from bot import config as configuration
from bot import config_file
from bot.clock import StandInClock, system
from bot.config import Config
from bot.demo import KEYWORDS, LABELS, TEMPLATE
from bot.keeping import STAND_IN
from bot.sandbox import app as sandbox
from bot.sandbox.options import Person, SandboxOptions, Template
from bot.sandbox.platform import Platform
from models.members import Member
from models.months import SHANGHAI, at, shanghai_day
from models.sessions import Sessions
from models.workdays import is_workday
from tests.cast import PEOPLE, UNBOUND
from tests.databases import Database, Source, opened
from tests.e2e.followers import ACCOUNT, Follower
from tests.e2e.processes import XIANFENG, Running, free_port, running


@dataclass
class StandIn:
    """The platform that Xianfeng calls, and the phones that it shows."""

    app: Flask
    port: int
    _httpd: BaseWSGIServer | None = field(default=None, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def platform(self) -> Platform:
        found = self.app.extensions["sandbox"]
        assert isinstance(found, Platform)
        return found

    def begin(self) -> None:
        """Take calls."""
        self._httpd = sandbox.server(self.app, port=self.port)
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        """Take no calls any more: connections are refused."""
        self.app.extensions["sandbox.faults"].clear()
        if self._httpd is not None and self._thread is not None:
            self._httpd.shutdown()
            self._thread.join()
            self._httpd.server_close()
        self._httpd = self._thread = None

    def ask(self, what: str, /, **body: Any) -> Any:
        """One of the acts or tools of the page."""
        with self.app.test_client() as page:
            response = page.post(f"/sandbox/{what}", json=body)
            assert response.status_code == 200, response.text
            return response.get_json()

    def break_it(self, path: str, how: str, **more: Any) -> None:
        """Order a failure of an interface (bot/sandbox/faults.py)."""
        self.ask("faults", path=path, how=how, **more)

    def say(self, openid: str, text: str) -> str:
        """Somebody writes on a phone of the page; the answer shown."""
        return self._shown(self.ask("say", openid=openid, text=text))

    def _shown(self, done: Any) -> str:
        assert done["problem"] is None, done
        return "".join(answer["text"] for answer in done["answers"] if answer)

    def pushes(self, openid: str) -> list[str]:
        """What came by itself, oldest first: the words of each card or message."""
        chat = self.platform.store.chat(openid, limit=500)
        answered = {bubble.id + 1 for bubble in chat if bubble.mine}
        return [_words(b.body) for b in chat if not b.mine and b.kind != "notice" and b.id not in answered]

    def called(self, path: str) -> list[str]:
        """The results of the calls of an interface, oldest first."""
        return [entry["result"] for entry in reversed(self.platform.journal.entries()) if entry["what"] == path]


def _words(body: Mapping[str, Any]) -> str:
    lines = [body.get("title", ""), body.get("head", ""), body.get("text", "")]
    lines += [row["value"] for row in body.get("rows", [])]
    return "\n".join([line for line in lines if line] + [f"[{item['content']}]" for item in body.get("items", [])])


@dataclass
class World:
    """What a test has in hand. ``start`` runs a command of ``xianfeng`` until the test ends."""

    folder: Path
    database: Database
    config: Config
    stand_in: StandIn
    environ: dict[str, str]
    stack: ExitStack = field(repr=False)

    @property
    def clock(self) -> StandInClock:
        """The time that every process reads."""
        return StandInClock(self.database.sessions)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.config.server.port}/wechat"

    def start(self, *words: str, port: int | None = None) -> Running:
        """``xianfeng`` with these words; ``port`` takes the place of the configuration's."""
        port = port or self.config.server.port
        environ = {**self.environ, "XIANFENG_SERVER__PORT": str(port)}
        line = [XIANFENG, "--config", str(self.folder / "config.toml"), *words]
        return self.stack.enter_context(running(line, self.folder, port=port, environ=environ))

    def serve(self, *words: str) -> Running:
        """As ``start``, once messages are served."""
        one = self.start(*(words or ("serve",)))
        one.wait_until_healthy()
        return one

    def run(self, *words: str) -> tuple[int, str]:
        """A command that ends by itself: its exit code and output."""
        one = self.start(*words)
        code = one.process.wait(90)
        return code, one.output

    def follower(self, key: str, *, port: int | None = None) -> Follower:
        """The WeChat of one of the cast (``zhang_san``), or of an openid that is nobody's."""
        openid = PEOPLE[key].openid if key in PEOPLE else key
        address = self.address if port is None else f"http://127.0.0.1:{port}/wechat"
        follower = Follower(address, self.config, openid, self.clock)
        self.stack.callback(follower.http.close)
        return follower

    def member(self, key: str) -> Member:
        """One of the cast as the database has them."""
        with self.database.sessions.read() as session:
            return session.scalars(select(Member).where(Member.staff_no == PEOPLE[key].staff_no)).one()

    def pushes(self, key: str) -> list[str]:
        """What came by itself to one of the cast."""
        return self.stand_in.pushes(PEOPLE[key].openid)

    def later(self, **span: float) -> None:
        """Move everybody's clock ahead."""
        self.clock.go_to(self.clock() + timedelta(**span))


def quiet_morning(after: datetime) -> datetime:
    """Ten in the morning of the next working day between the 8th and the 20th of a month."""
    day = shanghai_day(after)
    while not (8 <= day.day <= 20 and is_workday(day) and at(day, 10) >= after):
        day += timedelta(days=1)
    return at(day, 10).astimezone(SHANGHAI)


def people() -> list[Person]:
    """The cast as the stand-in lists a roster."""
    bound = {key: person.openid for key, person in PEOPLE.items() if key != UNBOUND}
    return [Person(p.staff_no, p.name, "党员", "", "", openid=bound.get(key)) for key, p in PEOPLE.items()]


@contextmanager
def world(
    source: Source, folder: Path, *, environ: Mapping[str, str] | None = None, **values: object
) -> Iterator[World]:
    """A world on a copy of the cast's database; ``values`` are keys of the file, as ``server_workers=2``."""
    url, port = source.copy("cast"), free_port()
    with ExitStack() as stack:
        stack.callback(source.drop, url)
        engine = stack.enter_context(opened(url))
        database = Database(url, engine, Sessions(engine))
        StandInClock(database.sessions).go_to(quiet_morning(system()))
        config = _configured(folder, url, port, values)
        stand_in = stack.enter_context(_stand_in(config, database, folder))
        templates = {"default": {"id": TEMPLATE, "fields": KEYWORDS}}
        known = {
            STAND_IN: "1",
            "XIANFENG_WECHAT__API_BASE": stand_in.url,
            "XIANFENG_WECHAT__TEMPLATES": json.dumps(templates),
        }
        yield World(folder, database, config, stand_in, {**known, **(environ or {})}, stack)


def _configured(folder: Path, url: str, port: int, values: Mapping[str, object]) -> Config:
    mine: dict[tuple[str, str], object] = {
        ("database", "url"): url,
        ("evidence", "url"): "evidence",
        ("server", "port"): port,
        ("server", "workers"): 1,
        ("app", "base_url"): f"http://127.0.0.1:{port}",
        ("wechat", "app_id"): "wxe2e00000000000",
        ("wechat", "app_secret"): "the-secret-of-the-account",
    }
    for name, value in values.items():
        section, _, key = name.partition("_")
        mine[section, key] = value
    config_file.write_new(folder / "config.toml", mine)
    return configuration.load(folder / "config.toml", {})


@contextmanager
def _stand_in(config: Config, database: Database, folder: Path) -> Iterator[StandIn]:
    wechat, clock = config.wechat, StandInClock(database.sessions)
    app = sandbox.create_app(
        SandboxOptions(
            wechat_url=f"http://127.0.0.1:{config.server.port}/wechat",
            token=wechat.token,
            app_id=wechat.app_id,
            app_secret=wechat.app_secret,
            aes_key=wechat.encoding_aes_key,
            account_id=ACCOUNT,
            state_dir=folder / "platform",
            clock=clock,
            jump=clock.go_to,
            people=people,
            mode=wechat.mode,
            templates={TEMPLATE: Template("党员积分通知", LABELS)},
            patience=30.0,  # a slow machine is no fault of the bot
            finish_delay=1.0,  # seconds: as on the real platform, after the answer to the call
        )
    )
    stand_in = StandIn(app, free_port())
    stand_in.begin()
    try:
        yield stand_in
    finally:
        stand_in.stop()
        app.extensions["sandbox.courier"].close()
        app.extensions["sandbox"].close()
