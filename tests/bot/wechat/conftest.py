"""A follower's phone with its own cryptography (wechatpy), and the platform's API over real HTTP that can fail."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xmltodict
from aiohttp import web
from sqlalchemy import create_engine
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from bot.wechat.client import Client
from bot.wechat.protocol import Protocol
from bot.wechat.tokens import TokenStore
from models.base import Base
from models.sessions import Sessions

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Phone:
    """Signs and encrypts as WeChat's server does, by a library that is not ours."""

    token: str = "tok123"
    app_id: str = "wx1234567890abcdef"
    aes_key: str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    openid: str = "oTESTuser00000000000000000001"
    account: str = "gh_0123456789ab"
    now: datetime = NOW

    def protocol(self, mode: Any = "aes") -> Protocol:
        return Protocol(self.token, self.app_id, self.aes_key, mode)

    def xml(self, **fields: str) -> str:
        """An inner body; a field may itself be XML."""
        common = {"ToUserName": self.account, "FromUserName": self.openid, "CreateTime": str(int(NOW.timestamp()))}
        tags = {**common, **fields}
        return "<xml>" + "".join(f"<{tag}>{value}</{tag}>" for tag, value in tags.items()) + "</xml>"

    def text(self, content: str = "积分", number: str = "23000000000000001") -> str:
        return self.xml(MsgType="text", Content=f"<![CDATA[{content}]]>", MsgId=number)

    def event(self, name: str, **fields: str) -> str:
        return self.xml(MsgType="event", Event=name, **fields)

    def sign(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self.token, *parts)
        return str(signer.signature)

    def query(self, at: datetime | None = None, nonce: str = "n0nce") -> dict[str, str]:
        timestamp = str(int((at or self.now).timestamp()))
        return {"signature": self.sign(timestamp, nonce), "timestamp": timestamp, "nonce": nonce}

    def sealed(self, inner: str, at: datetime | None = None, **beside: str) -> tuple[dict[str, str], bytes]:
        """Query and body of a POST in mode aes; `beside` are clear fields as in the compatible mode."""
        query = self.query(at)
        crypto = WeChatCrypto(self.token, self.aes_key, self.app_id)
        envelope = crypto.encrypt_message(inner, query["nonce"], query["timestamp"])
        encrypted = xmltodict.parse(envelope)["xml"]["Encrypt"]
        query |= {"encrypt_type": "aes", "msg_signature": self.sign(query["timestamp"], query["nonce"], encrypted)}
        clear = "".join(f"<{tag}>{value}</{tag}>" for tag, value in beside.items())
        body = f"<xml><ToUserName>{self.account}</ToUserName>{clear}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return query, body.encode()

    def opened(self, body: bytes) -> dict[str, Any]:
        """The fields of an encrypted reply."""
        outer = xmltodict.parse(body)["xml"]
        crypto = WeChatCrypto(self.token, self.aes_key, self.app_id)
        plain = crypto.decrypt_message(body.decode(), outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
        return dict(xmltodict.parse(plain)["xml"])


@pytest.fixture(scope="session")
def phone() -> Phone:
    return Phone()


@dataclass
class Call:
    """One request that reached the platform."""

    path: str
    method: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Outcome = dict[str, Any] | tuple[int, bytes, str] | str


@dataclass
class Platform:
    """api.weixin.qq.com in small: one token family, and for each path the outcomes planned for it.

    An outcome is a JSON object, (status, body, content type), "hang", or "reset" (after the request was read).
    The last one planned repeats.
    """

    token: str = "T1"
    sick: bool = False  # the current token is refused until it is renewed by force
    refuse_all: bool = False
    lifetime: int = 7200
    calls: list[Call] = field(default_factory=list)
    plans: dict[str, list[Outcome]] = field(default_factory=dict)
    base: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def plan(self, path: str, *outcomes: Outcome) -> None:
        self.plans[path] = list(outcomes)

    def called(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    @property
    def token_calls(self) -> list[bool]:
        """force_refresh of each call of the token endpoint."""
        return [call.json["force_refresh"] for call in self.called("/cgi-bin/stable_token")]

    def supersede(self) -> None:
        """Somebody else got a new token: ours is dead."""
        self.token, self.sick = f"T{int(self.token[1:]) + 1}", False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        call = Call(request.path, request.method, dict(request.query), dict(request.headers), body)
        self.calls.append(call)
        planned = self.plans.get(request.path)
        outcome = (planned.pop(0) if len(planned) > 1 else planned[0]) if planned else None
        if outcome == "hang":
            await self.over.wait()
        if outcome == "reset":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if isinstance(outcome, tuple):
            status, content, content_type = outcome
            return web.Response(status=status, body=content, content_type=content_type)
        if request.path == "/cgi-bin/stable_token":
            return web.json_response(outcome or self._token(call))
        if self.refuse_all or self.sick or call.query.get("access_token") != self.token:
            message = "invalid credential, access_token is invalid or not latest rid: 66f10ada-226b8f36-3a7f58b1"
            return web.json_response({"errcode": 40001, "errmsg": message})
        return web.json_response(outcome or {"errcode": 0, "errmsg": "ok"})

    def _token(self, call: Call) -> dict[str, Any]:
        if call.json["force_refresh"]:
            self.supersede()
        return {"access_token": self.token, "expires_in": self.lifetime}


@pytest.fixture
def platform() -> Iterator[Platform]:
    """The platform on a free port of this machine, in a thread of its own."""
    platform, loop = Platform(), asyncio.new_event_loop()
    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", "/{path:.*}", platform.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def start() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        platform.base = f"http://127.0.0.1:{runner.addresses[0][1]}"

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield platform
    loop.call_soon_threadsafe(platform.over.set)
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@dataclass
class Clock:
    """A clock that moves when told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def new_sessions(tmp_path: Path) -> Iterator[Callable[[], Sessions]]:
    """Sessions on one SQLite file, each with an engine of its own as another process would have."""
    engines = []

    def new() -> Sessions:
        engines.append(create_engine(f"sqlite:///{tmp_path}/tokens.db", connect_args={"timeout": 3}))
        return Sessions(engines[-1])

    Base.metadata.create_all(new().engine, tables=[Base.metadata.tables["access_tokens"]])
    yield new
    for engine in engines:
        engine.dispose()


@pytest.fixture
def new_client(platform: Platform, clock: Clock, new_sessions: Callable[[], Sessions]) -> Callable[..., Client]:
    """A client as a process of its own would have it."""

    def new(secret: str = "s3cret-of-the-account", total: float = 2.0, patience: float = 2.0) -> Client:
        tokens = TokenStore(new_sessions(), clock, patience=patience)
        return Client(platform.base, "wx1234567890abcdef", secret, tokens, total=total)

    return new
