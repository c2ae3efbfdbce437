"""One organization's whole world: clock, database, platform, line and workers, and what is going to happen in it."""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine, text

from models.followers import Touch
from tests.simulation import line, platform, processes, workers
from tests.simulation.clock import Clock
from tests.simulation.dice import dice
from tests.simulation.journal import Journal, Message
from tests.simulation.line import Line, Weather
from tests.simulation.organization import Organization, Person
from tests.simulation.platform import Arrival, Finished, Platform
from tests.simulation.processes import MortalSessions
from tests.simulation.workers import Workers

Act = Callable[[], object]


@dataclass
class World:
    """``acts`` are what will happen, by moment. ``calm`` ends every fault."""

    seed: int
    engine: Engine
    organization: Organization
    clock: Clock
    counted: Counter[str] = field(default_factory=Counter)
    journal: Journal = field(default_factory=Journal)
    wandered: set[str] = field(default_factory=set)  # staff numbers of who came, left, moved, or stopped following
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _lives: list[MortalSessions] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers, self._born = count(), count()
        self._fates = processes.FATES
        self.people = {person.openid: person for person in self.organization.people if person.openid}
        self.platform = Platform(self.clock, self.seed, platform.CALLS, self.counted)
        self.line = Line(
            self.clock, self.journal, dice(self.seed, "line"), Weather(), self._process, self.counted, self.at
        )
        self.workers = Workers(
            self.clock,
            self.journal,
            dice(self.seed, "workers"),
            workers.Trouble(),
            self.platform,
            self._process,
            self.counted,
        )
        self.platform.told = self._told

    def _process(self) -> MortalSessions:
        life = MortalSessions(
            self.engine,
            self.organization.settings,
            dice(self.seed, "life", next(self._born)),
            self._fates,
            self.counted,
        )
        self._lives.append(life)
        return life

    def at(self, moment: datetime, act: Act) -> None:
        """Let something happen at a moment."""
        heapq.heappush(self._acts, (moment, next(self._numbers), act))

    def after(self, time: timedelta, act: Act) -> None:
        self.at(self.clock.now + time, act)

    def next_act(self) -> datetime | None:
        return self._acts[0][0] if self._acts else None

    def act(self) -> None:
        """Let the next thing happen."""
        moment, _, act = heapq.heappop(self._acts)
        self.clock.go_to(moment)
        act()

    def says(self, who: Person, line: str, *, media_id: str = "") -> Message:
        """Somebody sends a line, which opens their window."""
        self.platform.wrote(who.openid, Touch.MESSAGE, self.clock.now)
        return self.line.says(who, line, media_id=media_id)

    def hear(self, listen: Callable[[Person, str], None]) -> None:
        """Who acts on what arrives."""

        def heard(arrival: Arrival) -> None:
            who = self.people.get(arrival.openid)
            if who is not None:
                listen(who, arrival.text)

        self.platform.heard = heard

    def tell_fates(self) -> None:
        """The platform says what became of what it was given."""
        waiting, self.platform.finished = self.platform.finished, []
        for finished in waiting:
            self._told(finished)

    def _told(self, finished: Finished) -> None:
        status = "success" if finished.arrived else "failed:user block"
        self.line.event(finished.openid, "TEMPLATESENDJOBFINISH", msg_id=finished.message_id, status=status)

    def calm(self) -> None:
        """From now on nothing fails any more."""
        self._fates = processes.CALM
        for life in self._lives:
            life.fates = processes.CALM
        self.line.weather, self.workers.trouble = line.CALM, workers.CALM
        self.platform.calls = platform.QUIET_CALLS

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """The tables as they lie in the database."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(statement)).mappings()]
