"""The line from WeChat to us: lost, late and repeated messages, and processes that die over them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.messages import AES_KEY, APP_ID, TOKEN, posted
from bot.reception import Reception
from bot.talk import Talk
from bot.wechat.answers import TextAnswer
from bot.wechat.incoming import Incoming
from bot.wechat.protocol import Protocol
from tests.simulation.clock import Clock
from tests.simulation.dice import Dice
from tests.simulation.journal import Journal, Message, plain
from tests.simulation.organization import Person
from tests.simulation.processes import Crash, MortalSessions, only_lost

TRIES, AGAIN = 3, timedelta(seconds=5)
SECRET = b"the secret of the simulation"
ENCRYPTED = 0.03  # the share of texts that also go through signing and AES


@dataclass(frozen=True)
class Weather:
    """How often a message meets something on its way."""

    lost: float = 0.02  # before it reached us: tried again
    answer_lost: float = 0.02  # the answer came too late, or not at all: tried again
    doubled: float = 0.02  # also handed to another process
    repeated_late: float = 0.01  # handed over once more, much later


CALM = Weather(0, 0, 0, 0)


@dataclass
class Line:
    """``make`` starts a process of ``web``; there are always two."""

    clock: Clock
    journal: Journal
    throw: Dice
    weather: Weather
    make: Callable[[], MortalSessions]
    counted: Counter[str]
    later: Callable[[datetime, Callable[[], None]], None]
    _numbers: int = 0
    _webs: list[Reception] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._protocol = Protocol(TOKEN, APP_ID, AES_KEY)
        self._webs = [self._start(), self._start()]

    def _start(self) -> Reception:
        return Reception(Talk(self.make(), secret=SECRET))

    # Messages

    def says(self, who: Person, text: str, *, media_id: str = "") -> Message:
        """Somebody sends a line or a picture; all that WeChat does until there is an answer, or none."""
        self._numbers += 1
        now = self.clock.read()
        message = Message(who, who.openid, f"msg:{self._numbers}", text, now)
        self.journal.messages.append(message)
        incoming = Incoming(
            message.key,
            "image" if media_id else "text",
            "gh_simulation",
            who.openid,
            now.replace(microsecond=0).astimezone(UTC),
            msg_id=str(self._numbers),
            content=text,
            media_id=media_id,
        )
        if text and self.throw.chance(ENCRYPTED):
            incoming = self._through_aes(incoming, now)
        self.counted["messages"] += 1
        for attempt in range(TRIES):
            if attempt:
                self.clock.wait(AGAIN)
            if self._goes(message, incoming):
                break
        if self.throw.chance(self.weather.repeated_late):
            self.later(
                self.clock.now + timedelta(seconds=self.throw.randint(5, 900)), lambda: self._late(message, incoming)
            )
        return message

    def _through_aes(self, incoming: Incoming, now: datetime) -> Incoming:
        sent = posted(incoming.from_user, incoming.content, self._numbers, now)
        return self._protocol.read(sent.query, sent.body, now)

    def _goes(self, message: Message, incoming: Incoming) -> bool:
        """One try; True when the person has an answer."""
        if self._meets("message lost", self.weather.lost):
            return False
        turn = self.throw.randrange(2)
        answer = self._hand(turn, message, incoming)
        if self._meets("message doubled", self.weather.doubled):
            twice = self._hand(1 - turn, message, incoming)
            answer = twice if answer is None else answer
        if answer is None or self._meets("answer lost", self.weather.answer_lost):
            return False
        message.seen = answer
        return True

    def _late(self, message: Message, incoming: Incoming) -> None:
        self.counted["message repeated late"] += 1
        self._hand(self.throw.randrange(2), message, incoming)

    def _meets(self, what: str, share: float) -> bool:
        met = self.throw.chance(share)
        self.counted[what] += met
        return met

    def _hand(self, turn: int, message: Message, incoming: Incoming) -> str | None:
        """Hand it to one of the processes; None when there is no answer. One that died is started again."""
        now = self.clock.read()
        message.tries.append(now)
        try:
            answer = self._webs[turn].answer(incoming, now)
        except Crash:
            message.torn = True
            self._webs[turn] = self._start()
            return None
        except Exception as error:  # noqa: BLE001 - as the view does
            if not only_lost(error):
                self.journal.broken.append(f"{message.text!r} at {now}: {error!r}")
            message.torn = True
            return "抱歉，现在忙不过来，请稍后再发一次"  # as the view answers; WeChat does not try again
        text = plain(answer.text) if isinstance(answer, TextAnswer) else ""
        self._compare(message, text)
        message.answers.append((now, text))
        return text

    def _compare(self, message: Message, text: str) -> None:
        """What changed something is answered alike every time."""
        before = message.accepted
        if before and before != text:
            self.journal.broken.append(f"{message.text!r} was answered {before!r}, then {text!r}")

    # Events

    def event(self, openid: str, event: str, *, msg_id: str = "", status: str = "") -> None:
        """An event that nobody reads an answer to; lost and repeated as messages are."""
        now = self.clock.read()
        self._numbers += 1
        key = f"event:{self._numbers}"
        incoming = Incoming(
            key, f"event:{event}", "gh_simulation", openid, now, event=event, msg_id=msg_id, status=status
        )
        self.counted["events"] += 1
        for _ in range(TRIES):
            if not self._meets("event lost", self.weather.lost) and self._happened(incoming):
                break
            self.clock.wait(AGAIN)
        if self._meets("event repeated", self.weather.repeated_late):
            self._happened(incoming)

    def _happened(self, incoming: Incoming) -> bool:
        turn = self.throw.randrange(2)
        try:
            self._webs[turn].answer(incoming, self.clock.read())
        except Crash:
            self._webs[turn] = self._start()
            return False
        except Exception as error:  # noqa: BLE001 - as the view does
            if not only_lost(error):
                self.journal.broken.append(f"{incoming.kind}: {error!r}")
            return False
        return True
