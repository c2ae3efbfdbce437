"""The stand-in served over real HTTP, and a tiny bot behind it that answers as a test says."""

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import xmltodict
from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, make_server
from werobot.crypto import MessageCrypt
from werobot.utils import get_signature

from bot.sandbox.app import create_app, server
from bot.sandbox.clock import OffsetClock
from bot.sandbox.options import Person, SandboxOptions, Template

NOW = datetime(2026, 11, 20, 7, 4, tzinfo=UTC)  # Friday 15:04 in Shanghai
TOKEN, APP_ID, ACCOUNT = "tok123", "wx1234567890abcdef", "gh_0123456789ab"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")

ZHANG = Person("1001", "张三", "党员", "第一支部", "第一小组", openid="oZHANGzhang0000000000000001")
LI = Person("1002", "李四", "小组长", "第一支部", "第一小组", openid="oLIlili00000000000000000002")
WANG = Person("1003", "王芳", "支部书记", "第一支部", "第一小组", openid="oWANGwang000000000000000003")
LIU = Person("1004", "刘大爷", "党员", "第二支部", "离退休小组", binding_code="482913")
TEMPLATES = {
    "T-claim": Template("申报结果通知", {"thing1": "事项", "name2": "党员", "time3": "时间"}),
    "T-old": Template("积分变动提醒", {"keyword1": "事项", "keyword2": "积分"}),
}

Fields = dict[str, Any]
Reply = Callable[[Fields], str | bytes | None]


@contextmanager
def serving(httpd: BaseWSGIServer) -> Iterator[str]:
    """A server in a thread; gives its address."""
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}"
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


@dataclass
class Bot:
    """A bot of a few lines: checks each signature, keeps what it got, answers what `reply` gives.

    `reply` gives a text to be sent as a text message, XML to be encrypted as it is, bytes to be sent as they are, or
    None for `success`. `mode` is the account's.
    """

    reply: Reply = lambda fields: f"收到：{fields.get('Content', fields['MsgType'])}"
    mode: str = "aes"
    received: list[Fields] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.held.set()
        self._crypt = MessageCrypt(TOKEN, AES_KEY, APP_ID)

    def app(self) -> Flask:
        flask = Flask("tiny-bot")
        flask.add_url_rule("/wechat", view_func=self._wechat, methods=["GET", "POST"])
        return flask

    def texts(self) -> list[str]:
        return [fields["Content"] for fields in self.received if fields["MsgType"] == "text"]

    def events(self, name: str) -> list[Fields]:
        return [fields for fields in self.received if fields.get("Event") == name]

    def _wechat(self) -> Response:
        query = request.args.to_dict()
        if get_signature(TOKEN, query["timestamp"], query["nonce"]) != query["signature"]:
            return Response(status=403)
        if request.method == "GET":
            return Response(query["echostr"])
        fields = self._read(query)
        self.queries.append(query)
        self.bodies.append(request.get_data())
        self.received.append(fields)
        self.held.wait(10)
        status = self.statuses.pop(0) if self.statuses else 200
        return Response(self._answer(fields) if status == 200 else b"", status)

    def _read(self, query: dict[str, str]) -> Fields:
        outer = dict(xmltodict.parse(request.data)["xml"])
        if self.mode == "plain":
            return outer
        times = (query["timestamp"], query["nonce"], query["msg_signature"])
        return dict(xmltodict.parse(self._crypt.decrypt_message(*times, outer["Encrypt"]))["xml"])

    def _answer(self, fields: Fields) -> bytes:
        said = self.reply(fields)
        if said is None or isinstance(said, bytes):
            return said or b"success"
        xml = said if said.startswith("<xml>") else text_xml(fields, said)
        return (xml if self.mode == "plain" else str(self._crypt.encrypt_message(xml))).encode()


def text_xml(fields: Fields, text: str) -> str:
    """A text answer with swapped names."""
    content = text.replace("]]>", "]]]]><![CDATA[>")
    return answer_xml(fields, f"<MsgType>text</MsgType><Content><![CDATA[{content}]]></Content>")


def answer_xml(fields: Fields, rest: str) -> str:
    """Any answer with swapped names."""
    names = f"<ToUserName>{fields['FromUserName']}</ToUserName><FromUserName>{fields['ToUserName']}</FromUserName>"
    return f"<xml>{names}<CreateTime>1795158240</CreateTime>{rest}</xml>"


@dataclass
class StandIn:
    """The stand-in under test, spoken to as the bot's client does (`call`) and as a person does (`act`, `chat`)."""

    url: str
    clock: OffsetClock
    app: Flask
    session: requests.Session

    @property
    def platform(self) -> Any:
        return self.app.extensions["sandbox"]

    def later(self, **span: float) -> None:
        self.clock.jump(self.clock.now() + timedelta(**span))

    def stable_token(self, **more: Any) -> Any:
        body = {"grant_type": "client_credential", "appid": APP_ID, "secret": "s3cret", **more}
        return self.post("/cgi-bin/stable_token", body)

    def token(self) -> str:
        return str(self.stable_token()["access_token"])

    def post(self, path: str, body: Any) -> Any:
        response = self.session.post(self.url + path, json=body, timeout=10)
        assert response.status_code == 200
        return response.json()

    def call(self, path: str, body: Any, **query: str) -> Any:
        response = self.raw(path, body, query)
        assert response.status_code == 200
        return response.json()

    def raw(self, path: str, body: Any, query: dict[str, str] | None = None, seconds: float = 10) -> requests.Response:
        known = {"access_token": self.token(), **(query or {})}
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self.session.post(self.url + path, params=known, data=data, timeout=seconds)

    def fetch(self, path: str, **query: str) -> requests.Response:
        return self.session.get(self.url + path, params={"access_token": self.token(), **query}, timeout=10)

    def act(self, act: str, openid: str, **more: Any) -> Any:
        return self.post(f"/sandbox/{act}", {"openid": openid, **more})

    def refused(self, act: str, openid: str, **more: Any) -> str:
        body = {"openid": openid, **more}
        response = self.session.post(f"{self.url}/sandbox/{act}", json=body, timeout=10)
        assert response.status_code == 409
        return str(response.json()["error"])

    def chat(self, openid: str, after: int = 0) -> list[Any]:
        response = self.session.get(f"{self.url}/sandbox/chat/{openid}", params={"after": after}, timeout=10)
        return list(response.json()["bubbles"])


Start = Callable[..., StandIn]


@pytest.fixture
def zhang() -> str:
    """The openid of a member who follows the account and has said nothing yet."""
    return str(ZHANG.openid)


@pytest.fixture
def li() -> str:
    """The openid of a group leader."""
    return str(LI.openid)


@pytest.fixture
def people() -> list[Person]:
    """The roster, which a test may change as a binding would."""
    return [ZHANG, LI, WANG, LIU]


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def bot_url(bot: Bot) -> Iterator[str]:
    with serving(make_server("127.0.0.1", 0, bot.app(), threaded=True)) as url:
        yield url


@pytest.fixture
def options(bot_url: str, tmp_path: Path, people: list[Person]) -> SandboxOptions:
    clock = OffsetClock(lambda: NOW)
    return SandboxOptions(
        wechat_url=f"{bot_url}/wechat",
        token=TOKEN,
        app_id=APP_ID,
        app_secret="s3cret",
        aes_key=AES_KEY,
        account_id=ACCOUNT,
        state_dir=tmp_path / "sandbox",
        clock=clock.now,
        jump=clock.jump,
        people=lambda: people,
        templates=TEMPLATES,
        finish_delay=0.0,
    )


@pytest.fixture
def start(options: SandboxOptions) -> Iterator[Start]:
    """Starts stand-ins: `start()`, or `start(patience=0.2)` with other options; all end with the test."""
    running: list[Any] = []

    def begin(**changes: Any) -> StandIn:
        changed = replace(options, **changes)
        app = create_app(changed)
        serves = serving(server(app))
        session = requests.Session()
        session.trust_env = False
        running.append((app, serves, session))
        clock: Any = getattr(changed.clock, "__self__", None)
        return StandIn(serves.__enter__(), clock, app, session)

    yield begin
    for app, serves, session in running:
        session.close()
        app.extensions["sandbox.faults"].clear()
        app.extensions["sandbox.courier"].close()
        app.extensions["sandbox"].close()
        serves.__exit__(None, None, None)


@pytest.fixture
def stand_in(start: Start) -> StandIn:
    return start()


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The browser of this machine. Without one the test is skipped with a word, and fails where CI is set."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        reason = "NOT RUN: no Chromium or Chrome on this machine, the page of phones was not tried in a browser"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
