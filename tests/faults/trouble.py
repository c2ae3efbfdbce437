"""What goes wrong, by seed: processes killed or paused, and a database that is gone for a while."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, text

from jobs.month_end import due_at
from models.months import Month
from models.notices import Notice, NoticeStatus
from tests.e2e.worlds import World
from tests.faults.units import Unit
from tests.servers import Server


@dataclass(frozen=True)
class Lengths:
    """How long things last, in seconds."""

    pause: float = 60.0  # of a process that is stopped
    away: float = 30.0  # of the database
    calm: float = 5.0  # between two troubles


@dataclass
class Trouble:
    """Makes trouble for the processes of a world, one thing after another."""

    world: World
    server: Server
    webs: Sequence[Unit]
    workers: Sequence[Unit]
    dice: random.Random
    lengths: Lengths = Lengths()
    tell: Callable[[str], None] = print

    def make(self, until: float) -> dict[str, int]:
        """Everything at least once, in an order of the dice's, and on until a moment of ``time.monotonic``.

        The database goes first: month end falls into that.
        """
        made: dict[str, int] = {}
        first, *others = (self.crash_the_database, *self._other_kinds())
        self._go_through([first, *others], made, until)
        while time.monotonic() < until:
            self._go_through([*self._other_kinds(), first], made, until)
        return made

    def _other_kinds(self) -> list[Callable[[], str]]:
        kinds = [
            self.kill_a_web,
            self.kill_a_web_twice,
            self.kill_a_worker,
            self.pause_a_web,
            self.pause_a_worker,
        ]
        self.dice.shuffle(kinds)
        return kinds

    def _go_through(self, kinds: Sequence[Callable[[], str]], made: dict[str, int], until: float) -> None:
        for kind in kinds:
            name = kind.__name__.replace("_", " ")
            if made.get(name) and time.monotonic() >= until:
                return
            time.sleep(self.lengths.calm if not made else self.dice.uniform(0.5, 1) * self.lengths.calm)
            self.tell(kind())
            made[name] = made.get(name, 0) + 1

    def put_the_clock(self) -> None:
        """Shortly before the last working day's 17:00, so that month end comes while the database is away."""
        clock, lengths = self.world.clock, self.lengths
        clock.go_to(due_at(Month.of(clock())) - timedelta(seconds=lengths.calm + lengths.away / 2))
        for web in self.webs:  # each has read it, and goes on by it without the database
            self.world.follower("zhang_san", port=web.port).say("帮助")

    def kill_a_web(self) -> str:
        return self.dice.choice(self.webs).kill_one(self.dice)

    def kill_a_web_twice(self) -> str:
        return self.dice.choice(self.webs).kill_twice()

    def kill_a_worker(self) -> str:
        return self.dice.choice(self.workers).kill_one(self.dice)

    def pause_a_web(self) -> str:
        """In the middle of messages: nobody can insert a claim for a moment, and then one of them stands still."""
        unit = self.dice.choice(self.webs)
        with self._no_claims_for_a_moment() as go_on, unit.stopped():
            go_on()
            time.sleep(self.lengths.pause)
        return f"{unit.name}: stopped in the middle of messages for {self.lengths.pause:g} s"

    @contextmanager
    def _no_claims_for_a_moment(self) -> Iterator[Callable[[], None]]:
        with self.world.database.engine.connect() as connection:
            connection.execute(text("LOCK TABLE claims IN SHARE MODE"))
            time.sleep(1.0)
            yield connection.rollback

    def pause_a_worker(self) -> str:
        """In the middle of a delivery: the platform takes its time, and who waits for it stands still."""
        for path in ("/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"):
            self.world.stand_in.break_it(path, "hang", seconds=2.0, times=2)
        unit = self._who_delivers() or self.dice.choice(self.workers)
        with unit.stopped():
            time.sleep(self.lengths.pause)
        self.world.stand_in.ask("mend")
        return f"{unit.name}: stopped in the middle of a delivery for {self.lengths.pause:g} s"

    def _who_delivers(self) -> Unit | None:
        """The worker that has committed ``sending`` and waits for the platform."""
        ends = time.monotonic() + 15
        while time.monotonic() < ends:
            with self.world.database.sessions.read() as session:
                leases = session.scalars(select(Notice.lease).where(Notice.status == NoticeStatus.SENDING)).all()
            for lease in leases:
                pid = int((lease or "0").partition("-")[0])
                for unit in self.workers:
                    if pid in unit.running.group:
                        return unit
            time.sleep(0.05)
        return None

    def crash_the_database(self) -> str:
        self.server.crash()
        time.sleep(self.lengths.away)
        self.server.start_again()
        return f"the database: kill -9, away for {self.lengths.away:g} s"
