"""What a branch does besides deciding claims: its own records, who is recorded for, who stands in, temporary groups."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from models.appointments import Office
from tests.simulation.dice import Dice, dice
from tests.simulation.organization import Branch, Person
from tests.simulation.talk import SOON, converse
from tests.simulation.world import World
from tests.years import holidays
from tests.years.holidays import moment

ENTRY = re.compile(r"J(\d+)")
NEGLECTS = ("未完成学习任务 当月没有完成", "因个人原因未按期完成工作 材料没有按时交", "违反工作纪律 例会缺勤")


@dataclass
class Secretaries:
    """The secretaries of an organization's branches, in the middle of a month."""

    world: World

    def plan_month(self, month: str) -> None:
        first = date.fromisoformat(f"{month}-01")
        for branch in self.world.organization.branches:
            throw = dice(self.world.seed, "records", branch.number, month)
            acts = {
                self.notes: throw.choice((0, 0, 1, 2)),
                self.finds_neglect: throw.chance(0.25),
                self.records_for: throw.chance(0.3),
                self.is_away: throw.chance(0.03),
                self.founds_group: throw.chance(0.03),
            }
            for act, times in acts.items():
                for _ in range(times):
                    day = holidays.working_day(first, throw.randint(3, 15))
                    when = moment(day, 15, 10) + timedelta(seconds=throw.randrange(900))
                    self.world.at(when, partial(self._does, act, branch, throw))

    def _does(self, act: object, branch: Branch, throw: Dice) -> None:
        secretaries = [who for who in branch.holders(Office.SECRETARY) if who.openid]
        if secretaries:
            act(secretaries[0], branch, throw)  # type: ignore[operator]

    def notes(self, who: Person, branch: Branch, throw: Dice) -> None:
        """For one or two members; some of it is taken back."""
        names = " ".join(dict.fromkeys(throw.choice(branch.people).name for _ in range(2)))
        line = throw.pick({f"扣分 {names} {throw.choice(NEGLECTS)}": 0.6, f"加分 {names} 急难险重 参加防汛": 0.4})
        found = ENTRY.search(self._tells(who, line, throw))
        if found and throw.chance(0.1):
            self._tells(who, f"撤回 J{found[1]}", throw)

    def finds_neglect(self, who: Person, branch: Branch, throw: Dice) -> None:
        """Somebody's month in which so much is left undone that the mark is missed."""
        whom = throw.choice(branch.people)
        for neglect in (*NEGLECTS, NEGLECTS[1]):
            self._tells(who, f"扣分 {whom.name} {neglect}", throw)

    def records_for(self, who: Person, branch: Branch, throw: Dice) -> None:
        """代报, of who has no WeChat."""
        old = [person for person in branch.people if not person.openid and not person.left]
        if old:
            self._tells(who, f"代报 {throw.choice(old).name} 社区志愿 2小时 昨天", throw)

    def is_away(self, who: Person, branch: Branch, throw: Dice) -> None:
        until = holidays.working_day(holidays.day_of(self.world.clock.now), throw.randint(2, 8))
        self._tells(who, f"代理 {throw.choice(branch.people).name} 至 {until.month}月{until.day}日", throw)

    def founds_group(self, who: Person, branch: Branch, throw: Dice) -> None:
        people = throw.sample(branch.people, 3)
        until = holidays.working_day(holidays.day_of(self.world.clock.now), throw.randint(10, 40))
        names = f"组长 {people[0].name} 成员 {people[1].name} {people[2].name}"
        self._tells(who, f"临时小组 专班{self.world.clock.now:%m%d} {names} 至 {until.month}月{until.day}日", throw)

    def _tells(self, who: Person, line: str, throw: Dice) -> str:
        message = converse(self.world, who, line, throw)
        self.world.clock.wait(SOON)
        return message.seen or ""
