"""``xianfeng demo``: Xianfeng on SQLite with the built-in stand-in of WeChat and a sample organisation."""

import asyncio
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import config as configuration
from bot import config_file, demo_data, menu
from bot.clock import StandInClock, system
from bot.database import schema_is_current, upgrade
from bot.program import Program
from bot.sandbox import app as stand_in
from bot.sandbox.options import Person, SandboxOptions, Template
from bot.serve import STAND_IN, Kept
from handlers.dispatch import FAMILIES
from handlers.people import OFFICE_WORDS
from jobs import schedule
from models import appointments, bindings
from models.bindings import Binding
from models.members import Member
from models.organizations import OrganizationKind
from models.workdays import is_workday

FOLDER = Path("data/demo")
PAGE_PORT, SERVER_PORT = 8700, 8701
ACCOUNT = "gh_xianfengdemo"
# The one template of the demonstration's account: keyword of the card, value of the notice, label on the card.
TEMPLATE = "demo-template"
KEYWORDS = {"thing1": "title", "thing2": "text", "time3": "at"}
LABELS = {"thing1": "事项", "thing2": "内容", "time3": "时间"}


def run(folder: Path = FOLDER) -> None:
    """Prepare at the first start, then serve until Ctrl-C."""
    folder = folder.absolute()
    page_port, server_port = free_port(PAGE_PORT), free_port(SERVER_PORT)
    config = _configure(folder, page_port, server_port)
    program = Program(config, system)
    program = Program(config, StandInClock(program.sessions))
    if not schema_is_current(program.engine):
        print("第一次启动，正在准备示例单位（约10秒）……", flush=True)
        upgrade(program.engine)
        demo_data.fill(program.sessions, program.clock())
    environ = {**os.environ, STAND_IN: "1", **_ports(page_port, server_port)}
    server = Kept([sys.executable, "-m", "bot.cli", "--config", str(folder / "config.toml"), "serve"], environ)
    server.start()
    try:
        app = stand_in.create_app(options(program, folder, server_port))
        httpd = stand_in.server(app, "127.0.0.1", page_port)
        threading.Thread(target=_begin, args=(program, app, server_port), daemon=True).start()
        print(f"\n先锋演示：http://127.0.0.1:{page_port}/\n按 Ctrl-C 结束", flush=True)
        httpd.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()


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


def options(program: Program, folder: Path, server_port: int) -> SandboxOptions:
    """What the stand-in is started with."""
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
        jump=lambda target: jump(program, target),
        people=lambda: people(program, codes),
        is_workday=is_workday,
        templates={TEMPLATE: Template("党员积分通知", LABELS)},
    )


def jump(program: Program, target: datetime) -> None:
    """Step the clock through each due moment in order, doing what is due (architecture, "Jobs")."""
    clock = program.clock
    assert isinstance(clock, StandInClock)
    world = program.world()
    while True:
        moment = min(schedule.next_moment(program.sessions, clock()), target)
        clock.go_to(moment)
        schedule.run_all(world, clock())
        if moment >= target:
            return


def people(program: Program, codes: Mapping[int, str]) -> Sequence[Person]:
    """The roster as the page lists it; an unbound member gets a fresh code to try the binding with."""
    with program.sessions.read() as session:
        bound = dict(session.execute(select(Binding.member_id, Binding.openid)).all())
        now = program.clock()
        members = session.scalars(select(Member).where(Member.left_on.is_(None)).order_by(Member.id)).all()
        return [
            Person(
                staff_no=member.staff_no,
                name=member.name,
                role=_role(session, member, now),
                branch=member.branch.name,
                group=member.group.name if member.group else "",
                openid=bound.get(member.id),
                binding_code=None if member.id in bound else codes.get(member.id),
            )
            for member in members
        ]


def _role(session: Session, member: Member, now: datetime) -> str:
    held = appointments.held_by(session, member.id, now)
    words = [("支部" if a.organization.kind is OrganizationKind.BRANCH else "") + OFFICE_WORDS[a.office] for a in held]
    return "、".join(words) or "党员"


def free_port(wanted: int) -> int:
    """A loopback port: the wanted one, else any that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
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


def _begin(program: Program, app: Flask, server_port: int) -> None:
    """Once messages are served: the menu, and at the very first start a first word from each phone."""
    _wait_for(f"http://127.0.0.1:{server_port}/healthz")
    _put_menu(program)
    with app.test_client() as page:
        phones = page.get("/sandbox/phones").get_json()["phones"]
        for phone in phones:
            if not phone["chat"]:
                page.post("/sandbox/say", json={"openid": phone["openid"], "text": "你好"})


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            with urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)


def _put_menu(program: Program) -> None:
    """Create the menu under the chats, as ``xianfeng menu push`` does."""

    async def push() -> None:
        async with program.client() as client:
            await client.create_menu(menu.build(FAMILIES.find))

    asyncio.run(push())
