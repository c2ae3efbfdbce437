"""A stage for long plays: the clock goes from one due moment to the next, and people talk to the bot in between."""

import asyncio
import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from bot.talk import Talk
from jobs import notices, schedule
from jobs.letters import Channel, Letter, Sent
from jobs.schedule import World
from models import bindings
from models.members import Member
from models.notices import Posted
from models.sessions import Sessions
from tests.cast import NOW
from tests.dialogue import SECRET, Say
from tests.phones import Phones

Act = Callable[[datetime], object]


@dataclass(frozen=True)
class Push:
    """What arrived on somebody's phone."""

    at: datetime
    kind: str
    who: str
    key: str
    text: str


class Pushes(Phones):
    """As ``Phones``, with a list of everything that ever arrived."""

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self.all: list[Push] = []
        self.now = NOW
        self.names: dict[str, str] = {}  # by openid
        self.listeners: list[Callable[[Push], None]] = []
        self._kinds: dict[str, str] = {}

    def prepare(self, session: Session, notice: Posted, openid: str, now: datetime) -> Letter | None:
        self._kinds[notice.key] = notice.kind
        self.now = now
        return super().prepare(session, notice, openid, now)

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        who = self.names[letter.openid]
        self.all.append(Push(self.now, self._kinds[letter.key], who, letter.key, str(letter.payload)))
        for listen in self.listeners:
            listen(self.all[-1])
        return await super().send(channel, letter)


@dataclass(frozen=True)
class Said:
    """One line of the chat."""

    at: datetime
    who: str
    line: str
    reply: str


@dataclass
class Stage:
    """The database, the phones and the clock. ``down`` are the times in which no worker runs.

    What did not come to what was expected of it is noted in ``surprises``, and the play goes on.
    """

    sessions: Sessions
    down: tuple[tuple[datetime, datetime], ...] = ()
    said: list[Said] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)  # at which the worker looked
    surprises: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.say = Say(self.sessions)
        self.phones = Pushes(self.say.talk)
        self.openids: dict[str, str] = {}
        self._acts: list[tuple[datetime, int, Act]] = []
        self._looks: list[datetime] = []
        self._numbers = count()

    @property
    def listeners(self) -> list[Callable[[Push], None]]:
        """Who hears of everything that arrives."""
        return self.phones.listeners

    def look_at(self, moment: datetime) -> None:
        """Let the worker look then, as it does every minute, where something is to be seen at once."""
        self._looks.append(moment)

    def at(self, moment: datetime, act: Act) -> None:
        """Let something be done at a moment."""
        heapq.heappush(self._acts, (moment, next(self._numbers), act))

    def tell(self, who: str, line: str, now: datetime) -> str:
        """Somebody types a line; the bot's answer."""
        reply = self.say(self.openids[who], line, now)
        self.said.append(Said(now, who, line, reply))
        return reply

    def does(self, who: str, line: str, now: datetime) -> str:
        """Somebody types a line, and says yes where the bot asks; it succeeds."""
        reply = self.tell(who, line, now)
        if "1 是" in reply:
            reply = self.tell(who, "1", now)
        assert reply.startswith("✅"), (who, line, reply, now)
        return reply

    def is_refused(self, who: str, line: str, now: datetime) -> str:
        """Somebody types a line that is refused."""
        reply = self.tell(who, line, now)
        assert reply.startswith("❌"), (who, line, reply, now)
        return reply

    def show(self, who: str, media_id: str, now: datetime) -> str:
        """Somebody sends a picture."""
        reply = self.say.picture(self.openids[who], media_id, now)
        self.said.append(Said(now, who, "〔照片〕", reply))
        return reply

    def bind_all(self, now: datetime, *, without: frozenset[str] = frozenset()) -> None:
        """Everybody follows and binds with the code from the roster."""
        with self.sessions.write() as session:
            members = session.scalars(select(Member).order_by(Member.id)).all()
            codes = {m.name: (m.staff_no, bindings.issue_code(session, m, key=SECRET, now=now)) for m in members}
        for name, (staff_no, code) in codes.items():
            if name not in without:
                self.openids[name] = f"o-{staff_no}"
                self.phones.names[f"o-{staff_no}"] = name
                reply = self.tell(name, f"绑定 {name} {code}", now)
                assert reply.startswith("✅"), (name, reply)

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """The tables as they lie in the database."""
        with self.sessions.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(statement)).mappings()]

    def run(self, start: datetime, end: datetime) -> None:
        """From one moment at which anything may be due to the next; no jump over any."""
        now = start
        with _world(self.sessions, self.phones) as world:
            while now < end:
                due = min(self._due(now), end)
                now = min([due, *([self._acts[0][0]] if self._acts else [])])
                up = not self._is_down(now)
                if up and now == due:
                    schedule.run_all(world, now)
                    self.moments.append(now)
                if self._perform(now) and up:
                    world.online(lambda: notices.deliver(self.sessions, self.phones, worker="stage", now=now))  # noqa: B023

    def _due(self, now: datetime) -> datetime:
        """When the worker looks next: as a moved clock steps, and when it is started again."""
        others = [*(end for _, end in self.down), *self._looks]
        return min([schedule.next_moment(self.sessions, now), *(moment for moment in others if moment > now)])

    def _is_down(self, now: datetime) -> bool:
        return any(begin <= now < end for begin, end in self.down)

    def _perform(self, now: datetime) -> bool:
        acted = False
        while self._acts and self._acts[0][0] <= now:
            _, _, act = heapq.heappop(self._acts)
            acted = True
            try:
                act(now)
            except AssertionError as surprise:
                self.surprises.append(str(surprise))
        return acted


def quick(engine: Engine) -> Engine:
    """An SQLite that does not wait for the disk; nothing here has to survive a power cut."""
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _(connection: Any, _: object) -> None:
            connection.execute("PRAGMA synchronous = OFF")

    return engine


@contextmanager
def _world(sessions: Sessions, phones: Phones) -> Iterator[World]:
    """What the worker has, and a platform of our own."""

    async def keep(media_id: str) -> str | None:
        return f"{media_id}.jpg"

    with asyncio.Runner() as runner:
        yield World(sessions, phones, keep, "stage", lambda call: runner.run(call()))


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
