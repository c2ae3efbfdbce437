"""Members who claim, leaders who decide, and WeChat between them and the processes: it repeats what has no answer."""

import queue
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count, cycle, product

import requests

from tests.cast import PEOPLE
from tests.e2e.followers import Follower
from tests.e2e.worlds import World

MEMBERS = ("zhang_san", "wang_fang", "liu_qiang", "chen_jing", "zhao_min", "ouyang_jianguo", "zheng_shuang", "sun_li")
LEADERS = {"zheng_shuang": "ma_chao", "sun_li": "wu_gang"}  # of the others it is 李四
DEEDS = ("社区志愿 1小时", "走访慰问 1户", "讲微党课 1次", "完成党组织交办的任务 1项")
PATIENCE = 5.0  # seconds that WeChat waits for an answer
TRIES = 3
AVOIDED = 3.0  # seconds in which nginx passes over a process that did not answer (fail_timeout)


class Word(StrEnum):
    """What the sender of a message was told."""

    DONE = "✅"
    REFUSED = "❌"
    OPEN = "neither"  # a question, or that it is not certain
    SILENCE = "no answer to any of three"


@dataclass(frozen=True)
class Heard:
    """One answer: when the message went out, how long it took, from which process, and what it said."""

    at: float
    seconds: float
    port: int
    status: int
    text: str


@dataclass(frozen=True)
class Told:
    """What a member was told of one claim. ``perhaps``: an earlier try may have done what the last one denies."""

    who: str
    note: str
    word: Word
    number: int = 0
    perhaps: bool = False


@dataclass
class Doors:
    """The web processes as nginx knows them: in turn, passing over those that failed just now."""

    ports: Sequence[int]
    _turns: "count[int]" = field(default_factory=count)
    _bad: dict[int, float] = field(default_factory=dict)

    def next(self) -> int:
        for _ in self.ports:
            port = self.ports[next(self._turns) % len(self.ports)]
            if time.monotonic() >= self._bad.get(port, 0):
                break
        return port

    def failed(self, port: int) -> None:
        self._bad[port] = time.monotonic() + AVOIDED


@dataclass
class Crowd:
    """Everybody who writes, and everything they heard."""

    world: World
    doors: Doors
    seed: int
    pace: float = 1.0  # seconds between two messages of one person
    heard: list[Heard] = field(default_factory=list)
    claims: list[Told] = field(default_factory=list)
    approved: dict[int, Word] = field(default_factory=dict)
    unequal: list[str] = field(default_factory=list)
    unanswered: int = 0
    repeats: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _waiting: dict[str, "queue.Queue[int]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = self.world.clock  # one for all, so that it goes on while the database is away

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While inside, everybody writes; on leaving, everybody finishes what they are at."""
        self.clock()
        leaders = {LEADERS.get(member, "li_si") for member in MEMBERS}
        self._waiting = {leader: queue.Queue() for leader in leaders}
        threads = [threading.Thread(target=self._claim, args=(key,)) for key in MEMBERS]
        threads += [threading.Thread(target=self._approve, args=(key,)) for key in leaders]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _claim(self, key: str) -> None:
        dice, phone = random.Random(f"{self.seed}:{key}"), Phone(self, key)
        today = self.clock().day
        for number, (day, deed) in enumerate(cycle(product(range(1, today + 1), DEEDS))):
            note = f"{PEOPLE[key].name}第{number}回清扫河堤"
            told = phone.claim(f"申报 {deed} {day}日 {note}", note, again=dice.random() < 0.2)
            self.claims.append(told)
            if told.word is Word.DONE:
                self._waiting[LEADERS.get(key, "li_si")].put(told.number)
            if self._over.wait(self.pace if told.word is Word.DONE else 2 * self.pace):
                return
            if dice.random() < 0.2:
                phone.say(dice.choice(("积分", "排名", "我的申报", "帮助")))

    def _approve(self, key: str) -> None:
        dice, phone = random.Random(f"{self.seed}:{key}"), Phone(self, key)
        while not self._over.wait(self.pace):
            try:
                number = self._waiting[key].get(timeout=0.1)
            except queue.Empty:
                continue
            line = f"通过 {number}" if dice.random() < 0.9 else f"不通过 {number} 日期不对"
            word, _, _ = phone.say(line, again=dice.random() < 0.2)
            self.approved[number] = word if line.startswith("通过") else Word.OPEN


class Phone:
    """One person's WeChat, in front of all web processes."""

    def __init__(self, crowd: Crowd, key: str) -> None:
        self._crowd = crowd
        self._phones = {port: crowd.world.follower(key, port=port) for port in crowd.doors.ports}
        self._key = key
        for phone in self._phones.values():
            phone.patience, phone.clock = PATIENCE, crowd.clock

    def claim(self, line: str, note: str, *, again: bool) -> Told:
        word, text, perhaps = self.say(line, again=again)
        if word is Word.OPEN and "吗？" in text:  # for one, whether it is the same again
            word, text, more = self.say("是")
            perhaps = perhaps or more
        number = int(text[3:].split()[0]) if text.startswith("✅ #") else 0
        return Told(PEOPLE[self._key].staff_no, note, word, number, perhaps)

    def say(self, line: str, *, again: bool = False) -> tuple[Word, str, bool]:
        """Write a line; WeChat sends it up to three times. With ``again`` it comes once more to another process.

        The last value says whether an earlier try, which had no answer, may have done something.
        """
        message, perhaps = self._any.message("text", Content=line), False
        for _ in range(TRIES):
            heard, reached = self._post(message)
            if heard is not None:
                word = _word(heard.text)
                if again and word is Word.DONE:
                    self._once_more(message, heard)
                return word, heard.text, perhaps
            perhaps = perhaps or reached
        self._crowd.unanswered += 1
        return Word.SILENCE, "", perhaps

    @property
    def _any(self) -> Follower:
        return next(iter(self._phones.values()))

    def _post(self, message: str) -> tuple[Heard | None, bool]:
        """One try by one door after another; whether any of those that failed may have taken it."""
        reached = False
        for _ in self._phones:
            port, began = self._crowd.doors.next(), time.monotonic()
            try:
                answer = self._phones[port].send(message)
            except requests.ConnectionError as error:
                reached = reached or "refused" not in str(error)
            except requests.Timeout:
                self._crowd.doors.failed(port)
                return None, True
            else:
                heard = Heard(began, answer.seconds, port, answer.status, answer.text)
                self._crowd.heard.append(heard)
                if answer.status == 200:
                    return heard, reached
                reached = True
            self._crowd.doors.failed(port)
        time.sleep(1)
        return None, reached

    def _once_more(self, message: str, first: Heard) -> None:
        heard, _ = self._post(message)
        if heard is not None:
            self._crowd.repeats += 1
            if heard.text != first.text and heard.text.startswith("✅"):
                self._crowd.unequal.append(f"{first.text!r} and again {heard.text!r}")


def _word(text: str) -> Word:
    if text.startswith("✅"):
        return Word.DONE
    return Word.REFUSED if text.startswith("❌") else Word.OPEN
