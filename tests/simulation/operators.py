"""What the operators do beside the chat: people leave, come and move; and those who change their phone."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from models import bindings, leaving, roster
from models.members import Member
from models.roster_rows import MemberRow
from models.sessions import Sessions
from tests.simulation.dice import Dice, dice
from tests.simulation.line import SECRET
from tests.simulation.organization import Person
from tests.simulation.talk import converse
from tests.simulation.world import World
from tests.years import holidays
from tests.years.holidays import day_of, moment

NEW = 80  # a newcomer's place in a branch's staff numbers
CHANGES = {"leaves": 0.3, "comes": 0.3, "moves": 0.2, "new phone": 0.2}
SHARE = 0.08  # of a change, for each branch and month


@dataclass
class Operators:
    """The command line, in one organization."""

    world: World
    newcomers: int = 0

    def plan_month(self, month: str) -> None:
        for branch in self.world.organization.branches:
            throw = dice(self.world.seed, "operators", branch.number, month)
            if throw.chance(SHARE):
                day = holidays.working_day(date.fromisoformat(f"{month}-01"), throw.randint(1, 15))
                self.world.at(moment(day, 8, 30), partial(self.change, branch.number, throw))

    def change(self, branch: int, throw: Dice) -> None:
        """One change of the roster, or of somebody's phone."""
        people = [who for who in self.world.organization.branches[branch].people if not who.left and not who.leads]
        if len(people) < 3:
            return
        who = throw.choice(people)
        what = throw.pick(CHANGES)
        self.world.counted[f"somebody {what}" if what != "new phone" else what] += 1
        self.world.wandered.add(who.staff_no)
        if what == "leaves":
            self.leaves(who)
        elif what == "comes":
            self.comes(who, throw)
        elif what == "moves":
            self.moves(who, throw)
        else:
            self.changes_phone(who, throw)

    def leaves(self, who: Person) -> None:
        now = self.world.clock.read()
        with Sessions(self.world.engine).write() as session:
            member = session.scalars(select(Member).where(Member.staff_no == who.staff_no)).one()
            leaving.leave(session, member, on=day_of(now), by=None, now=now)
        who.left = True

    def comes(self, colleague: Person, throw: Dice) -> None:
        """A newcomer to the branch, who binds in the next days."""
        self.newcomers += 1
        staff_no = f"{colleague.branch + 1:03d}{NEW + self.newcomers:03d}"
        name = f"新{'甲乙丙丁戊己庚辛壬癸'[self.newcomers % 10]}{'一二三四五六七八九'[self.newcomers // 10 % 9]}"
        row = MemberRow(staff_no, name, colleague.row.home, "0001")
        new = Person(staff_no, name, colleague.branch, colleague.group, set(), 0.5, 1, 0.05, row, f"o-{staff_no}")
        self.world.organization.branches[colleague.branch].people.append(new)
        self.world.people[new.openid] = new
        self.world.wandered.add(staff_no)
        self._import()
        new.code = self._code(new)
        self.world.after(timedelta(hours=throw.randint(2, 50)), partial(self._binds, new, throw))

    def _binds(self, who: Person, throw: Dice) -> None:
        converse(self.world, who, f"绑定 {who.name} {who.code}", throw)

    def moves(self, who: Person, throw: Dice) -> None:
        """To another branch, without a group."""
        branches = self.world.organization.branches
        target = throw.choice(branches)
        if target.number == who.branch or who.row.offices:
            return
        branches[who.branch].people.remove(who)
        target.people.append(who)
        who.branch, who.group = target.number, None
        who.row = replace(who.row, home=target.path)
        self._import()

    def changes_phone(self, who: Person, throw: Dice) -> None:
        """With a fresh code: the new phone is bound at once, the old one told."""
        if not who.openid:
            return
        code = self._code(who)
        self.world.people[f"{who.openid}n"] = who
        who.openid = f"{who.openid}n"
        converse(self.world, who, f"绑定 {who.name} {code}", throw)

    def _code(self, who: Person) -> str:
        with Sessions(self.world.engine).write() as session:
            member = session.scalars(select(Member).where(Member.staff_no == who.staff_no)).one()
            return bindings.issue_code(session, member, key=SECRET, now=self.world.clock.read())

    def _import(self) -> None:
        found = self.world.organization
        with Sessions(self.world.engine).write() as session:
            roster.apply(session, found.rows, found.member_rows(), now=self.world.clock.read())
