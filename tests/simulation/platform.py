"""The platform and the phones behind it: what it accepts arrives, once, and it fails as the real one may.

What is decided here is thrown for the notice and the number of the call, so that the order of calls changes nothing.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import Payload
from bot.wechat.errors import FAULTS, Fault, Refusal, Unclear, fault_of
from handlers import words
from jobs.letters import Channel, Letter, Post, Sent
from models.followers import WINDOWS, Touch
from models.notices import Posted
from tests.simulation.clock import Clock
from tests.simulation.dice import Dice, dice

DEDUPLICATED = timedelta(minutes=10)
CODES = {fault: sorted(code for code, f in FAULTS.items() if f is fault) for fault in Fault}


class Happens(StrEnum):
    """What becomes of a call besides being accepted or refused for good reason."""

    FINE = "fine"
    REFUSED = "refused"  # with an error code, chosen by ``REFUSALS``
    UNSENT = "time-out, not sent"
    SENT = "time-out, sent"


CALLS: Mapping[Happens, float] = {Happens.FINE: 0.90, Happens.REFUSED: 0.06, Happens.UNSENT: 0.02, Happens.SENT: 0.02}
# What holds for the whole account is rare, or nothing else would be played.
REFUSALS: Mapping[Fault, float] = {
    Fault.TRANSIENT: 30,
    Fault.WAIT: 2,
    Fault.EXHAUSTED: 0.1,
    Fault.USER: 5,
    Fault.GRANT: 2,
    Fault.USER_LATER: 10,
    Fault.WINDOW: 5,
    Fault.MESSAGE: 10,
    Fault.MEDIA: 2,
    Fault.TOKEN: 10,
    Fault.TEMPLATE: 2,
    Fault.CHANNEL: 0.5,
    Fault.CONFIGURATION: 5,
    Fault.ALREADY_SENT: 0,  # answered to what was sent, below
    Fault.UNKNOWN: 5,
}
QUIET_CALLS: Mapping[Happens, float] = {Happens.FINE: 1.0}


class Word(StrEnum):
    """When the platform says what became of a template message."""

    AFTER = "after"
    BEFORE = "before"  # the call that it speaks of was answered
    NEVER = "never"
    BLOCKED = "failed"  # it did not arrive


WORDS: Mapping[Word, float] = {Word.AFTER: 0.5, Word.BEFORE: 0.08, Word.NEVER: 0.4, Word.BLOCKED: 0.02}


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something on somebody's phone that came by itself."""

    at: datetime
    openid: str
    channel: Channel
    key: str
    text: str


@dataclass
class Phone:
    """One WeChat as the platform knows it."""

    follows: bool = True
    until: datetime | None = None
    left: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """TEMPLATESENDJOBFINISH, on its way to us."""

    openid: str
    message_id: str
    arrived: bool


# The key of the notice that is being sent, and all it says: the platform is told neither.
SENDING: ContextVar[tuple[str, str]] = ContextVar("sending")


@dataclass
class Platform:
    """``told`` hears of fates before the answer to the call; ``finished`` holds those that come after it."""

    clock: Clock
    seed: object
    calls: Mapping[Happens, float]
    counted: Counter[str]
    arrivals: list[Arrival] = field(default_factory=list)
    phones: defaultdict[str, Phone] = field(default_factory=lambda: defaultdict(Phone))
    finished: list[Finished] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)  # keys of what was accepted and did not arrive
    heard: Callable[[Arrival], None] = lambda arrival: None
    told: Callable[[Finished], None] = lambda finished: None
    during: Callable[[], None] = lambda: None  # what other processes do while a call is answered
    _calls: Counter[str] = field(default_factory=Counter)
    _seen: dict[str, tuple[datetime, str]] = field(default_factory=dict)  # by client_msg_id

    # What people do

    def wrote(self, openid: str, touch: Touch, now: datetime) -> None:
        phone, (length, count) = self.phones[openid], WINDOWS[touch]
        if touch is Touch.MESSAGE or phone.until is None or phone.until < now + length or not phone.left:
            phone.until, phone.left = now + length, count

    # What Xianfeng calls

    async def send_template(
        self, openid: str, template_id: str, data: Any, url: str | None = None, client_msg_id: str | None = None
    ) -> str:
        key, text = SENDING.get()
        assert client_msg_id == hashlib.sha256(key.encode()).hexdigest()[:32]
        happens = self._happens(Channel.TEMPLATE, key)
        known = self._seen.get(client_msg_id)
        if known is not None and self.clock.now < known[0] + DEDUPLICATED:
            self.counted["repeat seen by the platform"] += 1
            self._may_be_lost(happens)
            return known[1]
        if not self.phones[openid].follows:
            raise refusal(43004)
        self._may_be_refused(happens, Channel.TEMPLATE, key)
        message_id = str(len(self.arrivals) + len(self.failed) + 1_000_000)
        self._seen[client_msg_id] = (self.clock.now, message_id)
        word = self._dice(Channel.TEMPLATE, key, "word").pick(WORDS)
        if word is Word.BLOCKED:
            self.counted["not delivered, said afterwards"] += 1
            self.failed.add(key)
        else:
            self._arrive(openid, Channel.TEMPLATE, key, text)
        self._say(Finished(openid, message_id, word is not Word.BLOCKED), word)
        self._may_be_lost(happens)
        return message_id

    async def send_subscribe(self, openid: str, template_id: str, data: Any, page: str | None = None) -> str:
        raise refusal(43101)

    async def send_text(self, openid: str, text: str) -> None:
        self._chat(openid)

    async def send_menu(self, openid: str, head: str, items: Any, tail: str = "") -> None:
        self._chat(openid)

    def _chat(self, openid: str) -> None:
        (key, text), phone = SENDING.get(), self.phones[openid]
        happens = self._happens(Channel.CUSTOM, key)
        self._may_be_refused(happens, Channel.CUSTOM, key)
        if not phone.follows or phone.until is None or phone.until <= self.clock.now:
            raise refusal(45015)
        if not phone.left:
            raise refusal(45047)
        phone.left -= 1
        self._arrive(openid, Channel.CUSTOM, key, text)
        self._may_be_lost(happens)

    # What becomes of it

    def _arrive(self, openid: str, channel: Channel, key: str, text: str) -> None:
        arrival = Arrival(self.clock.now, openid, channel, key, text)
        self.arrivals.append(arrival)
        self.heard(arrival)

    def _say(self, finished: Finished, word: Word) -> None:
        if word is Word.BEFORE:
            self.told(finished)
        elif word is not Word.NEVER:
            self.finished.append(finished)

    def _happens(self, channel: Channel, key: str) -> Happens:
        self._calls[key] += 1
        self.during()
        return self._dice(channel, key, "call").pick(self.calls)

    def _may_be_refused(self, happens: Happens, channel: Channel, key: str) -> None:
        if happens is Happens.REFUSED:
            fault = self._dice(channel, key, "fault").pick(REFUSALS)
            self.counted[f"refused: {fault.value}"] += 1
            code = self._dice(channel, key, "code").choice(CODES[fault] or [99999])
            raise refusal(code)
        if happens is Happens.UNSENT:
            self.counted[happens.value] += 1
            raise Unclear("no answer in time")

    def _may_be_lost(self, happens: Happens) -> None:
        if happens is Happens.SENT:
            self.counted[happens.value] += 1
            raise Unclear("connection broken")

    def _dice(self, channel: Channel, key: str, what: str) -> Dice:
        return dice(self.seed, what, channel, key, self._calls[key])


def refusal(code: int) -> Refusal:
    return Refusal(code, fault_of(code), "as the platform words it")


@dataclass
class Courier:
    """``jobs.letters.Post`` before the real one: notes which notice is being sent, and that the process lives."""

    post: Post
    alive: Callable[[], None]

    def prepare(self, session: Session, notice: Posted, openid: str, now: datetime) -> Letter | None:
        return self.post.prepare(session, notice, openid, now)

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        self.alive()
        payload = letter.payload
        assert isinstance(payload, Payload)
        SENDING.set((letter.key, words.plain(payload.announcement.text)))
        sent = await self.post.send(channel, letter)
        self.alive()
        return sent
