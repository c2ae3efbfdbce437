"""The code on the screen in the room, over real HTTP from end to end: our page, the stand-in's interface, a scan."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from bot import config as configuration
from bot import config_file
from bot.program import Program
from bot.sandbox.options import Person
from bot.web import meetings as pages
from bot.web.app import create_app
from models import check_ins, planning
from models.meetings import Meeting
from tests.bot.sandbox.conftest import AES_KEY, APP_ID, TOKEN, serving
from tests.cast import NOW, Cast
from tests.databases import Database
from tests.e2e.processes import free_port

pytestmark = pytest.mark.sqlite_only  # the check-in itself is proved on both databases in tests/models

STARTS = NOW + timedelta(hours=3)
DURING = STARTS - timedelta(minutes=5)
QRCODE = "/cgi-bin/qrcode/create"
Room = Callable[[str], "TheRoom"]


class TheRoom:
    """A meeting's page as a browser fetches it, beside the stand-in behind it."""

    def __init__(self, stand_in: Any, url: str, meeting: Meeting) -> None:
        self.stand_in, self.meeting = stand_in, meeting
        self._url = f"{url}/m/screen/{meeting.screen}/qr.svg"

    def code(self) -> bytes:
        answer = self.stand_in.session.get(self._url, timeout=10)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
        return bytes(answer.content)

    def words(self) -> bytes:
        return pages.drawn(f"签到 {check_ins.code_of(self.meeting, DURING)}")


@pytest.fixture
def room(database: Database, cast: Cast, tmp_path: Path, start: Any) -> Iterator[Room]:
    """`room("service")`: bot and stand-in talk to each other over HTTP during 李四's group meeting."""
    with cast.sessions.write() as session:
        meeting = planning.plan(session, ["党小组会"], STARTS, "三楼", by=cast.of(session).li_si, now=NOW)
        session.expunge_all()
    ended: list[Callable[[], object]] = []

    def opened(account: str) -> TheRoom:
        port = free_port()
        people = [Person("1006", "张三", "党员", "第一支部", "第一小组", openid=Cast.openid(cast.zhang_san))]
        stand_in = start(wechat_url=f"http://127.0.0.1:{port}/wechat", clock=lambda: DURING, people=lambda: people)
        program = Program(configured(tmp_path, database.url, stand_in.url, account), lambda: DURING)
        serves = serving(make_server("127.0.0.1", port, create_app(program), threaded=True))
        ended.extend([program.engine.dispose, lambda: serves.__exit__(None, None, None)])
        return TheRoom(stand_in, serves.__enter__(), meeting)

    yield opened
    for end in reversed(ended):
        end()


def configured(folder: Path, database: str, stand_in: str, account: str) -> configuration.Config:
    wechat = {
        "app_id": APP_ID,
        "app_secret": "s3cret",
        "token": TOKEN,
        "encoding_aes_key": AES_KEY,
        "api_base": stand_in,
        "account": account,
    }
    values = {("database", "url"): database, **{("wechat", key): value for key, value in wechat.items()}}
    config_file.write_new(folder / "room.toml", values)
    return configuration.load(folder / "room.toml", {})


def test_the_page_shows_a_code_of_the_platform_whose_scan_checks_in(room: Room, cast: Cast) -> None:
    here = room("service")
    shown = here.code()
    (ticket,) = here.stand_in.platform.tickets.living(DURING)
    assert shown == pages.drawn(ticket.url)
    assert ticket.scene == f"checkin-{check_ins.code_of(here.meeting, DURING)}"
    assert here.code() == shown  # one ticket a minute, whoever looks
    assert len(here.stand_in.platform.tickets.living(DURING)) == 1
    picture = here.stand_in.session.get(
        f"{here.stand_in.url}/cgi-bin/showqrcode", params={"ticket": ticket.ticket}, timeout=10
    )
    assert (picture.status_code, picture.content[:4]) == (200, b"\x89PNG")
    zhang = Cast.openid(cast.zhang_san)
    here.stand_in.act("scan", zhang, code=ticket.url)
    assert here.stand_in.chat(zhang)[-1]["text"].startswith("✅ 已签到：党小组会（M1）12:55")


def test_who_comes_back_to_follow_by_it_is_checked_in_and_greeted(room: Room, cast: Cast) -> None:
    here = room("service")
    here.code()
    zhang = Cast.openid(cast.zhang_san)
    here.stand_in.act("unfollow", zhang)
    (ticket,) = here.stand_in.platform.tickets.living(DURING)
    here.stand_in.act("scan", zhang, code=ticket.url)
    answer = here.stand_in.chat(zhang)[-1]["text"]
    assert answer.startswith("✅ 已签到：党小组会（M1）12:55")
    assert "\n欢迎回来" in answer


@pytest.mark.parametrize("account", ["service", "subscription"])
def test_where_the_account_may_not_the_code_holds_the_words(room: Room, account: str) -> None:
    here = room(account)
    here.stand_in.post("/sandbox/faults", {"path": QRCODE, "how": "errcode", "errcode": 48001, "times": -1})
    assert here.code() == here.words()
    assert here.stand_in.platform.tickets.living(DURING) == []
