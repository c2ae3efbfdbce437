"""One organization played from its set-up to the end, clock step by clock step."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select

from bot import database
from bot.office import rulebook_file
from bot.office.rulebooks import SEVEN_CONTENTS
from models import bindings, organizations, roster, rulebooks
from models.members import Member
from models.sessions import Sessions
from tests.simulation import organization
from tests.simulation.clock import Clock
from tests.simulation.gatherings import Gatherings
from tests.simulation.leaders import Leaders
from tests.simulation.line import SECRET
from tests.simulation.members import Members
from tests.simulation.operators import Operators
from tests.simulation.organization import Person
from tests.simulation.secretaries import Secretaries
from tests.simulation.world import World
from tests.stage import quick
from tests.years.holidays import DAY, day_of, following, moment

YEAR = 2026
TRIES = 4
LOOKS = timedelta(minutes=10)  # between two looks at the outbox while people are busy
TAIL = 26  # days after the last month, until which its result is final


@dataclass
class Play:
    """An organization of a seed, on its database."""

    world: World
    months: list[str]

    @property
    def end(self) -> datetime:
        return moment(date.fromisoformat(f"{following(self.months[-1])}-01") + timedelta(days=TAIL))

    def close(self) -> None:
        self.world.workers.close()
        self.world.engine.dispose()

    def run(self) -> World:
        """Play every month; in the end nothing fails any more, and what is due is done."""
        self.run_until(self.end)
        self.world.calm()
        self._until(self.world.clock.now + timedelta(days=2))
        self.world.workers.look()
        return self.world

    def run_until(self, end: datetime) -> None:
        """Play from the beginning to a moment."""
        self._prepare()
        self._until(end)

    def _prepare(self) -> None:
        world = self.world
        members, leaders = Members(world), Leaders(world)
        everybody = (members, leaders, Secretaries(world), Gatherings(world), Operators(world))

        def heard(who: Person, text: str) -> None:
            members.hears(who, text)
            leaders.hears(who, text)

        def begins(month: str) -> None:
            for some in everybody:
                some.plan_month(month)

        world.hear(heard)
        for month in self.months:
            world.at(moment(date.fromisoformat(f"{month}-01"), 0, 1), partial(begins, month))
        day = day_of(world.clock.now)
        while moment(day) < self.end:
            world.at(moment(day, 0, 2), partial(leaders.plan_day, day))
            day += DAY

    def _until(self, end: datetime) -> None:
        """From one moment at which somebody acts, or anything falls due, to the next."""
        world, busy = self.world, False
        look = world.workers.next_moment()
        glance = end
        while world.clock.now < end:
            act = world.next_act() or end
            now = min(act, look, glance, end)
            world.clock.go_to(now)
            if now == act and act < end:
                world.act()
                if not busy:
                    busy, glance = True, world.clock.now + LOOKS
                continue
            if now == look:
                if _is_full(now):
                    world.workers.look()
                else:
                    world.workers.deliver()
            else:
                world.workers.deliver()
            world.tell_fates()
            busy, glance = False, end
            look = world.workers.next_moment()


def _is_full(now: datetime) -> bool:
    """Whether anything but a notice may be due."""
    return now.second == 0 and now.microsecond == 0


def set_up(seed: int, branches: int, months: int, folder: Path, url: str = "") -> Play:
    """The organization on the first of January, everybody bound; in a file of the folder, or an empty database."""
    start = moment(date(YEAR, 1, 1))
    engine = quick(database.make_engine(url or f"sqlite:///{folder / 'xianfeng.db'}"))
    database.upgrade(engine)
    found = organization.found(seed, branches)
    _import(engine, found, start)
    world = World(seed, engine, found, Clock(start))
    for person in found.people:
        if person.openid:
            _bind(world, person)
    return Play(world, [f"{YEAR}-{number:02d}" for number in range(1, months + 1)])


def _bind(world: World, person: Person) -> None:
    """Until an answer says so; a code that was used without one shows in the next."""
    for _ in range(TRIES):
        reply = world.says(person, f"绑定 {person.name} {person.code}").seen or ""
        if reply.startswith("✅"):
            return


def _import(engine: Engine, found: organization.Organization, now: datetime) -> None:
    with Sessions(engine).write() as session:
        roster.apply(session, found.rows, found.member_rows(), now=now)
    with Sessions(engine).write() as session:
        root = organizations.roots(session)[0]
        rulebooks.add_version(session, root, rulebook_file.read(SEVEN_CONTENTS), now=now)
        members = {m.staff_no: m for m in session.scalars(select(Member))}
        for person in found.people:
            if person.openid:
                person.code = bindings.issue_code(session, members[person.staff_no], key=SECRET, now=now)
