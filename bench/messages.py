"""Pre-encrypted messages as WeChat sends them, and a bare WeRoBot echo to stand beside."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from werobot import WeRoBot
from werobot.crypto import MessageCrypt

TOKEN = "benchtoken"
APP_ID = "wxbench0000000000"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACCOUNT = "gh_bench"


@dataclass(frozen=True, slots=True)
class Posted:
    """One POST to /wechat: query and body."""

    query: dict[str, str]
    body: bytes


def posted(openid: str, text: str, number: int, now: datetime) -> Posted:
    """A text message, signed and encrypted."""
    stamp, nonce = str(int(now.timestamp())), "bench"
    inner = (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{stamp}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{number}</MsgId></xml>"
    )
    cipher = MessageCrypt(TOKEN, AES_KEY, APP_ID).prp_crypto.encrypt(inner, APP_ID).decode()
    body = f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{cipher}]]></Encrypt></xml>"
    query = {
        "signature": _sign(TOKEN, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": _sign(TOKEN, stamp, nonce, cipher),
    }
    return Posted(query, body.encode())


def _sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def echo() -> WeRoBot:
    """A bare WeRoBot that says what it is told, with AES."""
    config = {"TOKEN": TOKEN, "APP_ID": APP_ID, "ENCODING_AES_KEY": AES_KEY, "SESSION_STORAGE": False}
    robot = WeRoBot(token=TOKEN, SESSION_STORAGE=False)
    robot.config.update(config)

    @robot.text  # type: ignore[untyped-decorator]  # WeRoBot has no types
    def say(message: object) -> str:
        return str(message.content)  # type: ignore[attr-defined]

    return robot


def echoed(robot: WeRoBot, message: Posted) -> str:
    """One message through the bare robot: parse, decrypt, answer, encrypt."""
    query = message.query
    robot.check_signature(query["timestamp"], query["nonce"], query["signature"])
    parsed = robot.parse_message(message.body, query["timestamp"], query["nonce"], query["msg_signature"])
    return str(robot.get_encrypted_reply(parsed))


NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
