"""``xianfeng demo``: Xianfeng on SQLite with the built-in stand-in of WeChat and a sample organisation."""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from flask import Flask, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import config as configuration
from bot import config_file, demo_data, menu, worker
from bot.clock import StandInClock, system
from bot.database import upgrade
from bot.program import Program
from bot.sandbox import app as stand_in
from bot.sandbox.options import Person, SandboxOptions, Template
from bot.serve import STAND_IN, Kept
from handlers.dispatch import FAMILIES
from handlers.people import OFFICE_WORDS
from jobs import schedule
from models import appointments, bindings
from models.appointments import Appointment
from models.bindings import Binding
from models.members import Member
from models.organizations import OrganizationKind
from models.workdays import is_workday

FOLDER = Path("data/demo")
PAGE_PORT, SERVER_PORT = 8700, 8701
STARTS_WITHIN = 120  # seconds, on a slow machine
ACCOUNT = "gh_xianfengdemo"
# The one template of the demonstration's account: keyword of the card, value of the notice, label on the card.
TEMPLATE = "demo-template"
KEYWORDS = {"thing1": "title", "thing2": "text", "time3": "at"}
LABELS = {"thing1": "事项", "thing2": "内容", "time3": "时间"}


def run(folder: Path = FOLDER) -> None:
    """Prepare at the first start, then serve until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended politely, as by Ctrl-C
    folder = folder.absolute()
    page_port, server_port = free_port(PAGE_PORT), free_port(SERVER_PORT)
    config = _configure(folder, page_port, server_port)
    program = Program(config, system)
    program = Program(config, StandInClock(program.sessions))
    try:
        _prepare(program)
        environ = {**os.environ, STAND_IN: "1", **_ports(page_port, server_port)}
        command = [sys.executable, "-m", "bot.cli", "--config", str(folder / "config.toml"), "serve"]
        _serve(program, folder, page_port, server_port, Kept(command, environ))
    except KeyboardInterrupt:
        print("\n演示已结束，数据还在，下次打开接着用", flush=True)


def _prepare(program: Program) -> None:
    """The sample organisation, at the first start or after one that was broken off."""
    upgrade(program.engine)
    if not demo_data.is_there(program.sessions):
        print("第一次启动，正在准备示例单位（约10秒）……", flush=True)
        demo_data.fill(program.sessions, program.clock())


def _serve(program: Program, folder: Path, page_port: int, server_port: int, server: Kept) -> None:
    """Xianfeng in its own processes, the page in this one; what is sent before they serve waits for them."""
    served = threading.Event()
    server.start()
    try:
        app = stand_in.create_app(options(program, folder, server_port, settled=lambda: _told_everything(app)))
        app.before_request(lambda: _hold(served))
        httpd = stand_in.server(app, "127.0.0.1", page_port)
        threading.Thread(target=_begin, args=(program, app, server_port, served), daemon=True).start()
        print(f"\n先锋演示：http://127.0.0.1:{page_port}/\n按 Ctrl-C 结束", flush=True)
        httpd.serve_forever()
    finally:
        server.stop()


def _told_everything(app: Flask) -> None:
    """Wait until the platform has told what became of each message: told later, it would be of another day."""
    app.extensions["sandbox.courier"].drain()


def _hold(served: threading.Event) -> None:
    """Let a person's act wait until it can be answered; the page itself, and the platform's calls, do not."""
    if request.method == "POST" and request.path.startswith("/sandbox/"):
        served.wait(STARTS_WITHIN)


def _configure(folder: Path, page_port: int, server_port: int) -> configuration.Config:
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
    return configuration.load(path, {**os.environ, **_ports(page_port, server_port)})


def _ports(page_port: int, server_port: int) -> dict[str, str]:
    """The addresses of this run, over those of the file: a port may be taken today."""
    return {
        "XIANFENG_SERVER__PORT": str(server_port),
        "XIANFENG_APP__BASE_URL": f"http://127.0.0.1:{server_port}",
        "XIANFENG_WECHAT__API_BASE": f"http://127.0.0.1:{page_port}",
        "XIANFENG_WECHAT__CHANNELS": "custom,template",  # whole sentences while the window is open
        "XIANFENG_WECHAT__TEMPLATES": json.dumps({"default": {"id": TEMPLATE, "fields": dict(KEYWORDS)}}),
    }


def options(program: Program, folder: Path, server_port: int, settled: Callable[[], None]) -> SandboxOptions:
    """What the stand-in is started with; ``settled`` waits until Xianfeng knows what became of its messages."""
    wechat, codes = program.config.wechat, fresh_codes(program)
    assert isinstance(program.clock, StandInClock)
    return SandboxOptions(
        wechat_url=f"http://127.0.0.1:{server_port}/wechat",
        token=wechat.token,
        app_id=wechat.app_id,
        app_secret=wechat.app_secret,
        aes_key=wechat.encoding_aes_key,
        account_id=ACCOUNT,
        state_dir=folder / "wechat",
        clock=program.clock,
        jump=lambda target: jump(program, target, settled),
        people=lambda: people(program, codes),
        is_workday=is_workday,
        templates={TEMPLATE: Template("党员积分通知", LABELS)},
    )


def jump(program: Program, target: datetime, settled: Callable[[], None] = lambda: None) -> None:
    """Step the clock through each due moment in order, doing what is due (architecture, "Jobs")."""
    clock = program.clock
    assert isinstance(clock, StandInClock)
    world = program.world()
    while True:
        moment = min(schedule.next_moment(program.sessions, clock()), target)
        clock.go_to(moment)
        for job in schedule.TABLE:
            worker.look(program, world, job)
        settled()
        if moment >= target:
            return


def people(program: Program, codes: Mapping[int, str]) -> Sequence[Person]:
    """The roster as the page lists it; an unbound member gets a fresh code to try the binding with."""
    with program.sessions.read() as session:
        bound = dict(session.execute(select(Binding.member_id, Binding.openid)).all())
        roles = _roles(session, program.clock())
        members = session.scalars(select(Member).where(Member.left_on.is_(None)).order_by(Member.id)).all()
        return [
            Person(
                staff_no=member.staff_no,
                name=member.name,
                role="、".join(roles.get(member.id, ["党员"])),
                branch=member.branch.name,
                group=member.group.name if member.group else "",
                openid=bound.get(member.id),
                binding_code=None if member.id in bound else codes.get(member.id),
            )
            for member in members
        ]


def _roles(session: Session, now: datetime) -> dict[int, list[str]]:
    """The offices of everyone who holds any, in words."""
    roles: dict[int, list[str]] = {}
    in_force = appointments.in_force(now)
    held = session.scalars(select(Appointment).where(*in_force).order_by(Appointment.id))  # type: ignore[arg-type]
    for one in held:
        of_branch = one.organization.kind is OrganizationKind.BRANCH
        roles.setdefault(one.member_id, []).append(("支部" if of_branch else "") + OFFICE_WORDS[one.office])
    return roles


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


def fresh_codes(program: Program) -> dict[int, str]:
    """A binding code for everyone unbound, to try the binding with; the page shows it beside the phone."""
    key = program.config.app.secret_key.encode()
    now = program.clock()
    with program.sessions.write() as session:
        return {m.id: bindings.issue_code(session, m, key=key, now=now) for m in bindings.unbound(session)}


def _begin(program: Program, app: Flask, server_port: int, served: threading.Event) -> None:
    """The menu, and at the very first start a first word from each phone, once messages are served."""
    _put_menu(program)
    if _wait_for(f"http://127.0.0.1:{server_port}/healthz"):
        served.set()
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


def _put_menu(program: Program) -> None:
    """Create the menu under the chats, as ``xianfeng menu push`` does."""

    async def push() -> None:
        async with program.client() as client:
            await client.create_menu(menu.build(FAMILIES.find))

    asyncio.run(push())
