"""``xianfeng demo``: Xianfeng on SQLite with the built-in stand-in of WeChat and a sample organisation.

The page is there within a few seconds, so what it does not need is imported where it is used.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

from flask import Flask, request
from sqlalchemy import select

from bot import config as configuration
from bot import config_file, demo_people
from bot.clock import StandInClock
from bot.config import Config
from bot.database import make_engine, upgrade
from bot.keeping import STAND_IN, Kept
from bot.sandbox import app as sandbox
from bot.sandbox.options import SandboxOptions, Template
from bot.wechat.errors import Refusal, Unclear
from jobs import schedule
from models import quiet
from models.members import Member
from models.sessions import Sessions
from models.workdays import is_workday

if TYPE_CHECKING:
    from bot.program import Program

FOLDER = Path("data/demo")
PAGE_PORT, SERVER_PORT = 8700, 8701
STARTS_WITHIN = 120  # seconds, on a slow machine
ENDS_WITHIN = 10  # seconds, for a jump of the clock that is under way
ACCOUNT = "gh_xianfengdemo"
# The one template of the demonstration's account: keyword of the card, value of the notice, label on the card.
TEMPLATE = "demo-template"
KEYWORDS = {"thing1": "title", "thing2": "text", "time3": "at"}
LABELS = {"thing1": "事项", "thing2": "内容", "time3": "时间"}


@dataclass(frozen=True)
class Stage:
    """What the demonstration's own process works with; parts are made when first asked for."""

    folder: Path
    page_port: int
    server_port: int
    config: Config
    ending: threading.Event = field(default_factory=threading.Event)
    jumping: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(make_engine(self.config.database.url), configuration.defaults(self.config))

    @cached_property
    def clock(self) -> StandInClock:
        return StandInClock(self.sessions)

    @cached_property
    def program(self) -> "Program":
        from bot.program import Program  # noqa: PLC0415  # the whole chat

        return Program(self.config, self.clock)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the processes that are kept."""
        return {**os.environ, STAND_IN: "1", **_ports(self.page_port, self.server_port)}


def run(folder: Path = FOLDER) -> None:
    """Prepare at the first start, then serve until Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):  # however it is asked to end, it does so politely
        signal.signal(number, signal.default_int_handler)
    stage = set_stage(folder.absolute())
    with suppress(KeyboardInterrupt):
        prepare(stage)
        _serve(stage)
    print("\n演示已结束，数据还在，下次打开接着用", flush=True)


def set_stage(folder: Path) -> Stage:
    """The configuration of a folder, written at the first start, and the ports of this run."""
    page_port, server_port = free_port(PAGE_PORT), free_port(SERVER_PORT)
    path = folder / "config.toml"
    if not path.exists():
        config_file.write_new(
            path,
            {
                ("app", "data_dir"): ".",
                ("database", "url"): "sqlite:///xianfeng.db",
                ("evidence", "url"): "evidence",
                ("wechat", "app_id"): "wxdemo0000000000",
                ("wechat", "app_secret"): "demo",
            },
        )
    config = configuration.load(path, {**os.environ, **_ports(page_port, server_port)})
    return Stage(folder, page_port, server_port, config)


def _ports(page_port: int, server_port: int) -> dict[str, str]:
    """The addresses of this run, over those of the file: a port may be taken today."""
    return {
        "XIANFENG_SERVER__PORT": str(server_port),
        "XIANFENG_APP__BASE_URL": f"http://127.0.0.1:{server_port}",
        "XIANFENG_WECHAT__API_BASE": f"http://127.0.0.1:{page_port}",
        "XIANFENG_WECHAT__TEMPLATES": json.dumps({"default": {"id": TEMPLATE, "fields": dict(KEYWORDS)}}),
    }


def free_port(wanted: int) -> int:
    """A loopback port: the wanted one, else any that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            # One that the last demonstration has just left is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def prepare(stage: Stage) -> None:
    """The sample organisation, at the first start or after one that was broken off; and a clock in the daytime."""
    upgrade(stage.sessions.engine)
    with stage.sessions.read() as session:
        night_ends = quiet.until(session, None, stage.clock())
        there = session.scalars(select(Member.id).limit(1)).first() is not None
    if night_ends is not None:
        stage.clock.go_to(night_ends + timedelta(hours=1, minutes=30))  # by night hardly anything would be pushed
    if not there:
        from bot import demo_data  # noqa: PLC0415  # for the first start alone

        print("第一次启动，正在准备示例单位（约10秒）……", flush=True)
        demo_data.fill(stage.sessions, stage.clock())


def _serve(stage: Stage) -> None:
    """Xianfeng in its own processes, the page in this one; what is sent before they serve waits for them."""
    served = threading.Event()
    command = [sys.executable, "-m", "bot.cli", "--config", str(stage.folder / "config.toml"), "serve"]
    server = Kept(command, stage.environ)
    server.start()
    try:
        app = sandbox.create_app(options(stage, settled=lambda: _told_everything(app)))
        app.before_request(lambda: _hold(served))
        httpd = sandbox.server(app, "127.0.0.1", stage.page_port)
        threading.Thread(target=_begin, args=(stage, app, served), daemon=True).start()
        print(f"\n先锋演示：http://127.0.0.1:{stage.page_port}/\n按 Ctrl-C 结束", flush=True)
        httpd.serve_forever()
    finally:
        stage.ending.set()
        server.stop()
        # In this order, and while threads can still be begun: a jump waits until the platform has told everything.
        stage.jumping.acquire(timeout=ENDS_WITHIN)
        app.extensions["sandbox.courier"].close()


def _told_everything(app: Flask) -> None:
    """Wait until the platform has told what became of each message: told later, it would be of another day."""
    app.extensions["sandbox.courier"].drain()


def _hold(served: threading.Event) -> None:
    """Let a person's act wait until it can be answered; the page itself, and the platform's calls, do not."""
    if request.method == "POST" and request.path.startswith("/sandbox/"):
        served.wait(STARTS_WITHIN)


def options(stage: Stage, settled: Callable[[], None]) -> SandboxOptions:
    """What the stand-in is started with; ``settled`` waits until Xianfeng knows what became of its messages."""
    wechat, secret = stage.config.wechat, stage.config.app.secret_key.encode()
    codes = demo_people.fresh_codes(stage.sessions, secret, stage.clock())
    return SandboxOptions(
        wechat_url=f"http://127.0.0.1:{stage.server_port}/wechat",
        token=wechat.token,
        app_id=wechat.app_id,
        app_secret=wechat.app_secret,
        aes_key=wechat.encoding_aes_key,
        account_id=ACCOUNT,
        state_dir=stage.folder / "wechat",
        clock=stage.clock,
        jump=lambda target: jump(stage, target, settled),
        people=lambda: demo_people.people(stage.sessions, stage.clock(), codes),
        is_workday=is_workday,
        templates={TEMPLATE: Template("党员积分通知", LABELS)},
    )


def jump(stage: Stage, target: datetime, settled: Callable[[], None] = lambda: None) -> None:
    """Step the clock through each due moment in order, doing what is due (architecture, "Jobs").

    It stops where it is when the demonstration ends: the workers do the rest when it is opened again.
    """
    from bot import worker  # noqa: PLC0415  # the scheduler's libraries

    world = stage.program.world(going=lambda: not stage.ending.is_set())

    def do_what_is_due() -> None:
        for job in schedule.TABLE:
            if world.going():
                worker.look(stage.program, world, job, {})
        settled()

    with stage.jumping:
        do_what_is_due()
        while stage.clock() < target and world.going():
            stage.clock.go_to(min(schedule.next_moment(stage.sessions, stage.clock()), target))
            do_what_is_due()


def _begin(stage: Stage, app: Flask, served: threading.Event) -> None:
    """Once messages are served: the menu, and at the very first start a first word from each phone."""
    if _wait_for(f"http://127.0.0.1:{stage.server_port}/healthz"):
        served.set()
        with suppress(Refusal, Unclear):  # ended again before it began
            _put_menu(stage)
        with app.test_client() as page:
            phones = page.get("/sandbox/phones").get_json()["phones"]
            for phone in phones:
                if not phone["chat"]:
                    page.post("/sandbox/say", json={"openid": phone["openid"], "text": "你好"})


def _wait_for(address: str) -> bool:
    """Whether an address of this machine answers in time."""
    straight = build_opener(ProxyHandler({}))
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends:
        try:
            with straight.open(address, timeout=1):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _put_menu(stage: Stage) -> None:
    """Create the menu under the chats, as ``xianfeng menu push`` does."""
    from bot import menu  # noqa: PLC0415
    from handlers.dispatch import FAMILIES  # noqa: PLC0415  # the whole chat

    async def push() -> None:
        async with stage.program.client() as client:
            await client.create_menu(menu.build(FAMILIES.find))

    asyncio.run(push())
