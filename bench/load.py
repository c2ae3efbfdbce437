"""Load over real HTTP: messages encrypted beforehand, signed as they leave, through raw sockets and one loop.

A closed loop sends the next message of a connection when its answer is there. An open loop sends by the clock, whatever
is still waiting, each message on a connection of its own.
"""

import errno
import hashlib
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import NamedTuple

from werobot.crypto import MessageCrypt

from bench.messages import ACCOUNT, AES_KEY, APP_ID, TOKEN

NONCE = "bench"
GIVEN_UP = 20.0  # seconds after which nobody waits for an answer any more
_CRYPT = MessageCrypt(TOKEN, AES_KEY, APP_ID)


class Letter(NamedTuple):
    """One message, encrypted; it is signed when it leaves."""

    cipher: str
    text: str


def letter(openid: str, text: str, number: int) -> Letter:
    """A text message from somebody."""
    inner = (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{number}</MsgId></xml>"
    )
    return Letter(_CRYPT.prp_crypto.encrypt(inner, APP_ID).decode(), text)


def request(one: Letter, stamp: str, *, close: bool = False) -> bytes:
    """The POST in which it travels."""
    signature, msg_signature = _sign(TOKEN, stamp, NONCE), _sign(TOKEN, stamp, NONCE, one.cipher)
    body = f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{one.cipher}]]></Encrypt></xml>"
    return (
        f"POST /wechat?signature={signature}&timestamp={stamp}&nonce={NONCE}&openid=o&encrypt_type=aes"
        f"&msg_signature={msg_signature} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
        f"{'Connection: close' if close else 'Connection: keep-alive'}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def opened(answer: bytes) -> str:
    """What an encrypted answer says; "" for an empty one."""
    body = answer.partition(b"\r\n\r\n")[2].decode()
    if not body:
        return ""
    cipher = body.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    inner: str = _CRYPT.prp_crypto.decrypt(cipher, APP_ID).decode()
    return inner.partition("<Content><![CDATA[")[2].rpartition("]]></Content>")[0]


class Answered(NamedTuple):
    """One message that was answered over HTTP."""

    text: str
    seconds: float  # from sending until the whole answer
    answer: bytes

    @property
    def status(self) -> int:
        return int(self.answer[9:12])


@dataclass
class Run:
    """What came of a load."""

    answered: list[Answered] = field(default_factory=list)
    seconds: float = 0.0
    failed: Counter[str] = field(default_factory=Counter)  # without any answer, by what happened

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.answered) / self.seconds if self.seconds else 0.0

    def add(self, other: "Run") -> None:
        """A further round of the same."""
        self.answered += other.answered
        self.seconds += other.seconds
        self.failed += other.failed

    def sort_out(self) -> None:
        """Count as failed what was refused."""
        good = [one for one in self.answered if one.status == 200]
        self.failed["refused"] += len(self.answered) - len(good)
        self.answered = good

    def latency(self, share: float) -> float:
        """Seconds within which such a share was answered."""
        ordered = sorted(one.seconds for one in self.answered)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class _Line:
    """One connection, and the message that is under way on it."""

    __slots__ = ("began", "received", "socket", "text", "wanted")

    def __init__(self, own: socket.socket) -> None:
        self.socket = own
        self.expect("", 0.0)

    def expect(self, text: str, began: float) -> None:
        self.text, self.began, self.received, self.wanted = text, began, b"", -1

    def read(self) -> bool:
        """Take what has come; True when the answer is whole. Raises ConnectionError when the other end has gone."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionResetError("closed without an answer")
        self.received += part
        if self.wanted < 0 and (end := self.received.find(b"\r\n\r\n")) >= 0:
            self.wanted = end + 4 + _length(self.received[:end])
        return 0 <= self.wanted <= len(self.received)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError(f"an answer without a length: {head!r}")


def closed_loop(port: int, letters: Iterator[Letter], *, connections: int, seconds: float) -> Run:
    """So many connections for so long; what was under way at the end is waited for and counted."""
    run, clock = Run(), time.perf_counter
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        began = clock()
        for _ in range(connections):
            line = _Line(stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=GIVEN_UP)))
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(line.socket, selectors.EVENT_READ, line)
            _post(line, next(letters))
        waiting = connections
        while waiting:
            for line in _whole(selector):
                now = clock()
                run.answered.append(Answered(line.text, now - line.began, line.received))
                if now - began < seconds:
                    _post(line, next(letters))
                else:
                    waiting -= 1
        run.seconds = clock() - began
    return run


def _whole(selector: selectors.BaseSelector) -> Iterator[_Line]:
    """Connections whose answers are whole, as they come."""
    ready = selector.select(GIVEN_UP)
    if not ready:
        raise TimeoutError(f"no answer for {GIVEN_UP:.0f} s")
    yield from (key.data for key, _ in ready if key.data.read())


def _post(line: _Line, one: Letter) -> None:
    content = request(one, str(int(time.time())))
    line.expect(one.text, time.perf_counter())
    line.socket.sendall(content)


class OpenLoop:
    """So many messages a second by the clock, each on a connection of its own; at most so many at once.

    A message for which there is no socket left is counted as failed, not held back.
    """

    def __init__(self, port: int, letters: Iterator[Letter], *, rate: float, seconds: float, sockets: int) -> None:
        self._port, self._letters = port, letters
        self._rate, self._total, self._sockets = rate, int(rate * seconds), sockets
        self._selector = selectors.DefaultSelector()
        self._waiting: set[_Line] = set()
        self._sent = 0
        self.run = Run()
        self.late = 0.0  # seconds at most that this process itself was behind the clock

    def go(self) -> Run:
        """Send all, and wait for what is still to come."""
        began, last = time.perf_counter(), 0.0
        while self._sent < self._total or (self._waiting and time.perf_counter() - last < GIVEN_UP):
            self._send_due(began)
            if self._sent < self._total:
                last = time.perf_counter()
                self.run.seconds = last - began
            self._receive(began + self._sent / self._rate - time.perf_counter() if self._sent < self._total else 0.2)
        self.run.failed["no answer"] += len(self._waiting)
        for line in self._waiting:
            line.socket.close()
        self._selector.close()
        return self.run

    def _send_due(self, began: float) -> None:
        while self._sent < self._total and (ahead := began + self._sent / self._rate - time.perf_counter()) <= 0:
            self.late = max(self.late, -ahead)
            self._sent += 1
            self._begin(next(self._letters))

    def _begin(self, one: Letter) -> None:
        if len(self._waiting) >= self._sockets:
            self.run.failed["no socket left"] += 1
            return
        own = socket.socket()
        own.setblocking(False)
        line = _Line(own)
        line.expect(one.text, time.perf_counter())
        self._waiting.add(line)
        if (code := own.connect_ex(("127.0.0.1", self._port))) not in (0, errno.EINPROGRESS):
            self._done(line, errno.errorcode[code])
            return
        self._selector.register(own, selectors.EVENT_WRITE, (line, one))

    def _receive(self, timeout: float) -> None:
        for key, _ in self._selector.select(max(timeout, 0)):
            line, unsent = key.data
            try:
                if unsent is not None:
                    line.socket.sendall(request(unsent, str(int(time.time())), close=True))
                    self._selector.modify(line.socket, selectors.EVENT_READ, (line, None))
                    continue
                if not line.read():
                    continue
                self.run.answered.append(Answered(line.text, time.perf_counter() - line.began, line.received))
                problem = ""
            except OSError as error:
                problem = errno.errorcode.get(error.errno or 0, type(error).__name__)
            self._selector.unregister(line.socket)
            self._done(line, problem)

    def _done(self, line: _Line, problem: str) -> None:
        line.socket.close()
        self._waiting.discard(line)
        if problem:
            self.run.failed[problem] += 1
