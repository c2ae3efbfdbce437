"""Somebody's WeChat in front of a running Xianfeng: real HTTP, signed and encrypted by wechatpy, which is not ours."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

import requests
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.parser import parse_message
from wechatpy.utils import WeChatSigner

from bot.config import Config

ACCOUNT = "gh_e2e"
LONGEST = 2047  # bytes of a text that WeChat still shows (wechat.md 2)
_numbers = count(int(time.time() * 1000) * 1000)


@dataclass(frozen=True)
class Answer:
    """What came back: the HTTP status, the body as sent, the text in it, and after how many seconds."""

    status: int
    body: bytes
    text: str
    seconds: float

    @property
    def plain(self) -> str:
        """The text as a person reads it, a link as ``[label]``."""
        head, *links = self.text.split("<a ")
        return head + "".join("[" + link.partition(">")[2].replace("</a>", "]", 1) for link in links)

    def tap(self, label: str) -> str:
        """What a tap on the link with this label sends, or the address it opens."""
        for link in self.text.split("<a ")[1:]:
            attributes, _, rest = link.partition(">")
            if rest.partition("</a>")[0] == label:
                address = attributes.partition('href="')[2].partition('"')[0]
                return unquote(address.partition("msgmenucontent=")[2].partition("&")[0]) or address
        raise AssertionError(f"no link {label!r} in {self.text!r}")


@dataclass
class Follower:
    """One openid. ``clock`` is the time that WeChat's server stamps on what it sends."""

    address: str
    config: Config
    openid: str
    clock: Callable[[], datetime]
    http: requests.Session = field(default_factory=requests.Session)
    patience: float = 30.0  # seconds; far more than WeChat's 5, so that a slow machine is told from a lost answer

    def __post_init__(self) -> None:
        self.http.trust_env = False

    def say(self, text: str, number: int | None = None) -> Answer:
        """Write a text; the same ``number`` is the same message again."""
        return self.send(self.message("text", number, Content=text))

    def speak(self, recognition: str) -> Answer:
        """Send a voice message of which the platform recognised this much."""
        return self.send(self.message("voice", None, MediaId="v1", Format="amr", Recognition=recognition))

    def show(self, media_id: str) -> Answer:
        """Send a picture."""
        return self.send(self.message("image", None, PicUrl="http://127.0.0.1/p", MediaId=media_id))

    def event(self, name: str, **fields: str) -> Answer:
        """Send an event."""
        return self.send(self.xml(MsgType="event", Event=name, **fields))

    def message(self, kind: str, number: int | None = None, **fields: str) -> str:
        """The XML of a message."""
        return self.xml(MsgType=kind, **fields, MsgId=str(number or next(_numbers)))

    def xml(self, **fields: str) -> str:
        """The XML of anything; values are put in as text."""
        head = {"ToUserName": ACCOUNT, "FromUserName": self.openid, "CreateTime": str(int(self.clock().timestamp()))}
        return f"<xml>{''.join(f'<{tag}>{escape(value)}</{tag}>' for tag, value in (head | fields).items())}</xml>"

    def send(self, inner: str) -> Answer:
        """Post a message in the account's mode."""
        return self.post(*self.sealed(inner)) if self.config.wechat.mode == "aes" else self.post_clear(inner)

    def post_clear(self, inner: str) -> Answer:
        """Post a message unencrypted, whatever the mode."""
        return self.post(self.query(), inner.encode())

    def verify(self, echo: str, **changed: str) -> requests.Response:
        """What WeChat asks when the operator saves our address."""
        return self.http.get(self.address, params={**self.query(), "echostr": echo, **changed}, timeout=self.patience)

    def query(self, *, late: timedelta = timedelta(0)) -> dict[str, str]:
        """The signed query of a request that was sent so long ago."""
        return self.signed(str(int((self.clock() - late).timestamp())))

    def signed(self, stamp: str) -> dict[str, str]:
        """A query with the signature that belongs to this timestamp, whatever it is."""
        nonce = str(next(_numbers))
        return {"signature": self.sign(stamp, nonce), "timestamp": stamp, "nonce": nonce, "openid": self.openid}

    def sealed(self, inner: str, *, late: timedelta = timedelta(0)) -> tuple[dict[str, str], bytes]:
        """Query and encrypted body of a message."""
        query = self.query(late=late)
        envelope = xmltodict.parse(self._crypto().encrypt_message(inner, query["nonce"], query["timestamp"]))["xml"]
        query |= {"encrypt_type": "aes", "msg_signature": envelope["MsgSignature"]}
        return query, f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt>{envelope['Encrypt']}</Encrypt></xml>".encode()

    def post(self, query: dict[str, str], body: bytes) -> Answer:
        """Post anything, and read what comes back as WeChat would."""
        began = time.monotonic()
        response = self.http.post(
            self.address, params=query, data=body, headers={"Content-Type": "text/xml"}, timeout=self.patience
        )
        seconds = time.monotonic() - began
        text = self.read(response.content) if response.status_code == 200 else ""
        assert len(text.encode()) <= LONGEST, f"{len(text.encode())} bytes: {text}"
        return Answer(response.status_code, response.content, text, seconds)

    def read(self, body: bytes) -> str:
        """The text of an answer as WeChat reads it; "" for none."""
        if body in (b"", b"success"):
            return ""
        xml = body.decode()
        if self.config.wechat.mode == "aes":
            outer = xmltodict.parse(xml)["xml"]
            xml = self._crypto().decrypt_message(xml, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
        reply: Any = parse_message(xml)
        assert (reply.target, reply.source) == (self.openid, ACCOUNT), "the names are not swapped"
        assert reply.type == "text"
        return str(reply.content)

    def sign(self, *parts: str) -> str:
        """The signature of these parts and the token."""
        signer = WeChatSigner()
        signer.add_data(self.config.wechat.token, *parts)
        return str(signer.signature)

    def _crypto(self) -> WeChatCrypto:
        wechat = self.config.wechat
        return WeChatCrypto(wechat.token, wechat.encoding_aes_key, wechat.app_id)
