"""The callback protocol (wechat.md 1, 2) on WeRoBot's crypto and replies, without their gaps (wechat.md 7).

What is checked here and not there: signatures in constant time, the age of a request, no clear text in mode aes,
encryption decided per request, padding and length of the decrypted text, repeated or unknown tags.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from werobot.crypto import MessageCrypt, PrpCrypto

from bot.wechat.answers import Answer, ImageAnswer, NewsAnswer, TextAnswer, render
from bot.wechat.incoming import Incoming, Rejected, Subscription, parse_xml, read_incoming, text

__all__ = [
    "MAX_BODY",
    "Answer",
    "ImageAnswer",
    "Incoming",
    "Mode",
    "NewsAnswer",
    "Protocol",
    "Rejected",
    "Subscription",
    "TextAnswer",
]

MAX_BODY = 64 * 1024  # bytes
MAX_AGE = 600  # seconds that a request's timestamp may be off
_SECONDS = re.compile(r"\A[0-9]{1,11}\Z", re.ASCII)
_AES_KEY = re.compile(r"\A[A-Za-z0-9]{43}\Z", re.ASCII)
_HEAD = 20  # 16 random bytes and the length of the text
_BLOCK = 32  # bytes to a multiple of which a text is padded

Mode = Literal["aes", "plain"]


class _Crypto(PrpCrypto):  # type: ignore[misc]
    """WeRoBot's cipher with the padding and the length checked, which it takes on trust, and without its detours."""

    def decrypt(self, text: str, app_id: str) -> bytes:
        """The text inside. Raises Rejected: 400 for bad ciphertext, 403 for another account's."""
        try:
            data = base64.b64decode(text, validate=True)
            decryptor = self.cipher.decryptor()
            data = decryptor.update(data) + decryptor.finalize()
        except ValueError:
            raise Rejected(400, "bad ciphertext") from None
        pad = data[-1] if data else 0
        end = _HEAD + int.from_bytes(data[16:_HEAD], "big")
        if not 1 <= pad <= _BLOCK or data[-pad:] != bytes([pad]) * pad or end > len(data) - pad:
            raise Rejected(400, "bad ciphertext")
        if data[end:-pad] != app_id.encode():
            raise Rejected(403, "another account's app id")
        return bytes(data[_HEAD:end])

    def encrypt(self, text: str, app_id: str) -> bytes:
        """The ciphertext in base64. WeRoBot draws the random bytes one by one, a tenth of a reply's time."""
        inner = text.encode()
        data = os.urandom(16) + len(inner).to_bytes(_HEAD - 16, "big") + inner + app_id.encode()
        pad = _BLOCK - len(data) % _BLOCK
        encryptor = self.cipher.encryptor()
        return base64.b64encode(encryptor.update(data + bytes([pad]) * pad) + encryptor.finalize())


@dataclass(frozen=True)
class Protocol:
    """How one official account talks to us: its token, app id, EncodingAESKey and mode.

    Raises ValueError at once for a key that cannot be one.
    """

    token: str = field(repr=False)
    app_id: str
    aes_key: str = field(repr=False)
    mode: Mode = "aes"
    _crypto: _Crypto | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if not self.token:
            raise ValueError("the token is empty")
        if self.mode not in ("aes", "plain"):
            raise ValueError(f"the mode is aes or plain, not {self.mode!r}")
        if self.mode == "plain":
            return
        if not _AES_KEY.match(self.aes_key):
            raise ValueError("an EncodingAESKey has 43 letters and digits")
        object.__setattr__(self, "_crypto", _Crypto(base64.b64decode(self.aes_key + "=")))

    def verify_url(self, query: Mapping[str, str], now: datetime) -> str:
        """The echostr to answer when the operator saves our address. Raises Rejected."""
        self._check(query, now)
        echo = query.get("echostr", "")
        if not echo:
            raise Rejected(400, "no echostr")
        return echo

    def read(self, query: Mapping[str, str], body: bytes, now: datetime) -> Incoming:
        """The message in a POST. Raises Rejected (400, 403, 413); nothing else, whatever the request holds."""
        self._check(query, now)
        if len(body) > MAX_BODY:
            raise Rejected(413, "body too large")
        if self._crypto is not None:
            body = self._decrypt(self._crypto, query, body)
        return read_incoming(parse_xml(body))

    def write(self, incoming: Incoming, answer: Answer | None, now: datetime) -> tuple[bytes, str]:
        """Body and content type of the reply; an empty body says that there is none (plain in mode aes, too)."""
        xml = ""
        if answer is not None and incoming.answerable:
            time = int(now.timestamp())
            xml = render(answer, source=incoming.to_user, target=incoming.from_user, time=time)
        if not xml:
            return b"", "text/plain"
        if self._crypto is not None:
            xml = self._encrypt(self._crypto, xml, str(time))
        return xml.encode(), "application/xml"

    def _check(self, query: Mapping[str, str], now: datetime) -> None:
        """The plain signature, which every request carries in every mode, and its age."""
        timestamp = query.get("timestamp", "")
        expected = _signature(self.token, timestamp, query.get("nonce", ""))
        if not _same(expected, query.get("signature", "")):
            raise Rejected(403, "wrong signature")
        if not _SECONDS.match(timestamp):
            raise Rejected(400, "no timestamp")
        if abs(now.timestamp() - int(timestamp)) > MAX_AGE:
            raise Rejected(403, "stale timestamp")

    def _encrypt(self, crypto: _Crypto, xml: str, timestamp: str) -> str:
        encrypted, nonce = crypto.encrypt(xml, self.app_id).decode(), secrets.token_hex(8)
        signature = _signature(self.token, timestamp, nonce, encrypted)
        return str(
            MessageCrypt.ENCRYPTED_MESSAGE_XML.format(
                encrypt=encrypted, signature=signature, timestamp=timestamp, nonce=nonce
            )
        )

    def _decrypt(self, crypto: _Crypto, query: Mapping[str, str], body: bytes) -> bytes:
        if query.get("encrypt_type") != "aes":
            raise Rejected(403, "not encrypted")
        # Beside Encrypt the compatible mode sends the clear fields as well; they are not looked at.
        encrypted = text(parse_xml(body), "Encrypt")
        if not encrypted:
            raise Rejected(403, "not encrypted")
        expected = _signature(self.token, query["timestamp"], query.get("nonce", ""), encrypted)
        if not _same(expected, query.get("msg_signature", "")):
            raise Rejected(403, "wrong msg_signature")
        return crypto.decrypt(encrypted, self.app_id)


def _signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
