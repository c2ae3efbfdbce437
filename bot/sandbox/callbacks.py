"""Carries messages and events to /wechat as WeChat does: signed, encrypted, with patience that ends (wechat.md 1, 2).

sent ── answered within the patience ──▶ shown, or nothing to show, or not acceptable
  └── no answer, no connection, HTTP error ──▶ sent again, `deliveries` times in all ──▶ the user is told of a failure
"""

import http.client
import queue
import secrets
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from werobot.crypto import MessageCrypt
from werobot.utils import get_signature

from bot.sandbox.answers import BadAnswer, Reader, Shown
from bot.sandbox.envelopes import Envelope, Head, Value, event
from bot.sandbox.errors import ApiError
from bot.sandbox.platform import Platform

BROKEN = "该公众号提供的服务出现故障，请稍后再试"


@dataclass(frozen=True)
class Outcome:
    """What became of one envelope: each delivery's answer (None: nothing to show), the attempts all of them took
    together, and what was wrong, if anything."""

    answers: tuple[Shown | None, ...]
    attempts: int
    problem: str | None


class NoAnswer(Exception):
    """One attempt brought no answer that counts."""


class Driver:
    """Sends envelopes to Xianfeng and shows what it answers."""

    def __init__(self, platform: Platform) -> None:
        options = platform.options
        self._platform = platform
        self._options = options
        self._crypt = MessageCrypt(options.token, options.aes_key, options.app_id)
        self._reader = Reader(options.account_id, self._crypt if options.mode == "aes" else None, self._has_media)

    def deliver(self, envelope: Envelope, *, copies: int = 1, again: int = 0) -> Outcome:
        """Deliver an envelope and show the answer.

        For tests: `copies` are sent at the same moment, and `again` more, one after another, when all is answered.
        Only the first good answer is shown, as a phone would show it.
        """
        started = time.monotonic()
        with ThreadPoolExecutor(max_workers=copies) as pool:
            outcomes = list(pool.map(lambda _: self._one(envelope), range(copies)))
        outcome = _together(outcomes + [self._one(envelope) for _ in range(again)])
        self._show(envelope, outcome)
        now, seconds, fine = (self._platform.now(), time.monotonic() - started, outcome.problem is None)
        what = f"/wechat {envelope.what}"
        self._platform.journal.note(now, what, outcome.problem or "ok", fine=fine, seconds=seconds)
        return outcome

    def verify(self) -> bool:
        """The check of the server's address that the console makes: GET with an echostr that must come back."""
        echo = str(secrets.randbelow(10**18))
        try:
            return self._request("GET", {**self._signed(), "echostr": echo}, b"") == echo.encode()
        except NoAnswer:
            return False

    def _one(self, envelope: Envelope) -> Outcome:
        """Deliver once, as often as it takes."""
        problem = ""
        for attempt in range(1, self._options.deliveries + 1):
            try:
                body = self._post(envelope)
            except NoAnswer as trouble:
                problem = str(trouble)
                continue
            return self._read(envelope, body, attempt)
        return Outcome((), self._options.deliveries, problem)

    def _read(self, envelope: Envelope, body: bytes, attempt: int) -> Outcome:
        try:
            shown = self._reader.read(self._reader.clear(body), envelope.openid)
        except BadAnswer as trouble:
            return Outcome((), attempt, str(trouble))
        problem = "this event cannot be answered" if shown and not envelope.answered else None
        return Outcome((shown,), attempt, problem)

    def _show(self, envelope: Envelope, outcome: Outcome) -> None:
        if not envelope.answered:
            return
        shown = next((answer for answer in outcome.answers if answer is not None), None)
        if shown is not None:
            self._platform.show(envelope.openid, shown[0], shown[1])
        elif outcome.problem is not None:
            self._platform.show(envelope.openid, "notice", {"text": BROKEN})

    def _post(self, envelope: Envelope) -> bytes:
        query = {**self._signed(), "openid": envelope.openid}
        if self._options.mode == "plain":
            return self._request("POST", query, envelope.xml.encode())
        encrypted: str = self._crypt.prp_crypto.encrypt(envelope.xml, self._options.app_id).decode()
        query["encrypt_type"] = "aes"
        query["msg_signature"] = get_signature(self._options.token, query["timestamp"], query["nonce"], encrypted)
        body = f"<xml><ToUserName><![CDATA[{self._options.account_id}]]></ToUserName>"
        return self._request("POST", query, f"{body}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode())

    def _signed(self) -> dict[str, str]:
        timestamp, nonce = (str(int(self._platform.now().timestamp())), str(secrets.randbelow(10**10)))
        signature = get_signature(self._options.token, timestamp, nonce)
        return {"signature": signature, "timestamp": timestamp, "nonce": nonce}

    def _request(self, method: str, query: dict[str, str], body: bytes) -> bytes:
        """One request on a connection of its own, past any proxy; raises NoAnswer, also after the patience."""
        url = urlsplit(self._options.wechat_url)
        secure = url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=self._options.patience)
        ends = time.monotonic() + self._options.patience
        try:
            connection.request(method, f"{url.path}?{urlencode(query)}", body, {"Content-Type": "text/xml"})
            response = connection.getresponse()
            answer = response.read()
        except TimeoutError:
            raise NoAnswer(f"no answer within {self._options.patience:g} s") from None
        except (OSError, http.client.HTTPException):
            raise NoAnswer("no connection") from None
        finally:
            connection.close()
        if time.monotonic() > ends:
            raise NoAnswer(f"no answer within {self._options.patience:g} s")
        if response.status != 200:
            raise NoAnswer(f"HTTP {response.status}")
        return answer

    def _has_media(self, media_id: str, kind: str) -> bool:
        try:
            self._platform.media.get(media_id, self._platform.now(), kind=kind)
        except ApiError:
            return False
        return True


class Courier:
    """Tells the bot afterwards what became of its messages, in order, by a thread of its own."""

    def __init__(self, platform: Platform, driver: Driver) -> None:
        self._platform = platform
        self._driver = driver
        self._waiting: queue.Queue[tuple[float, Envelope] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="courier", daemon=True)
        self._thread.start()

    def finish(self, openid: str, name: str, fields: Mapping[str, Value]) -> None:
        """Send an event a moment from now."""
        options = self._platform.options
        head = Head(openid, options.account_id, self._platform.now())
        envelope = event(head, name, fields)
        self._waiting.put((time.monotonic() + options.finish_delay, envelope))

    def drain(self) -> None:
        """Wait until everything is told."""
        self._waiting.join()

    def close(self) -> None:
        """Tell what still waits, and end."""
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            due, envelope = waiting
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                self._driver.deliver(envelope)
            finally:
                self._waiting.task_done()


def _together(outcomes: list[Outcome]) -> Outcome:
    answers = tuple(answer for outcome in outcomes for answer in outcome.answers)
    problem = next((outcome.problem for outcome in outcomes if outcome.problem is not None), None)
    return Outcome(answers, sum(outcome.attempts for outcome in outcomes), problem)
