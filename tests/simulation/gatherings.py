"""Meetings where they are held by chat: called, moved, cancelled; leave, check-in, minutes."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from models import check_ins
from models.appointments import Office
from models.meetings import AHEAD, Meeting
from tests.simulation.dice import Dice, dice
from tests.simulation.organization import Branch, Person
from tests.simulation.talk import converse
from tests.simulation.world import World
from tests.years import holidays
from tests.years.holidays import day_of, moment

CALLED = re.compile(r"^✅ M(\d+) ")
MINUTE = timedelta(minutes=1)


@dataclass
class Gatherings:
    """The meetings of the branches that hold them here."""

    world: World

    def plan_month(self, month: str) -> None:
        before = date.fromisoformat(f"{month}-01") - holidays.DAY
        for branch in self.world.organization.branches:
            throw = dice(self.world.seed, "meetings", branch.number, month)
            if self.world.organization.meets and branch.meets and throw.chance(0.9):
                kinds = "主题党日＋党课" if int(month[5:]) % 3 == 1 else "主题党日"
                called = moment(holidays.working_day(before, throw.randint(3, 6)), 10, 10)
                held = holidays.working_day(before, throw.randint(9, 14))
                self.world.at(called, partial(self.calls, branch, kinds, held, throw))

    def calls(self, branch: Branch, kinds: str, day: date, throw: Dice) -> None:
        callers = [who for who in branch.holders(Office.SECRETARY) if who.openid]
        if not callers:
            return
        line = f"开会 {kinds} {day.month}月{day.day}日14:30 三楼会议室 学习全会精神"
        found = CALLED.match(converse(self.world, callers[0], line, throw).seen or "")
        if found is None:
            return
        number, starts = int(found[1]), moment(day, 14, 30)
        if throw.chance(0.06):
            line = f"取消会议 M{number} 书记出差"
            self.world.after(timedelta(hours=20), partial(converse, self.world, callers[0], line, throw))
            return
        if throw.chance(0.1):
            day = holidays.working_day(day, 1)
            starts = moment(day, 14, 30)
            line = f"改期 M{number} {day.month}月{day.day}日14:30"
            self.world.after(timedelta(hours=3), partial(converse, self.world, callers[0], line, throw))
        for place, who in enumerate(branch.people):
            self._comes(who, number, starts, place, throw)
        if throw.chance(0.85):
            line = f"会议记录 M{number} 议题 学习全会精神 决议 每人写一篇体会"
            when = moment(holidays.working_day(day, throw.choice((1, 2, 3, 5))), 11, 15)
            self.world.at(when, partial(converse, self.world, callers[0], line, throw))

    def _comes(self, who: Person, number: int, starts: datetime, place: int, throw: Dice) -> None:
        """What somebody makes of it: most are there in time."""
        if not who.openid:
            return
        how = throw.pick({"comes": 0.72, "late": 0.06, "leave": 0.1, "forgets": 0.05, "absent": 0.07})
        if how == "leave":
            self.world.after(
                timedelta(hours=throw.randint(1, 5)), partial(self._says, who, f"请假 M{number} 出差", throw)
            )
        elif how in ("comes", "late"):
            minutes = 12 * MINUTE if how == "late" else -throw.randint(3, 25) * MINUTE
            self.world.at(starts + minutes + timedelta(seconds=7 * place), partial(self.checks_in, who, number, throw))
        elif how == "forgets":
            self.world.at(starts + 70 * MINUTE, partial(self._says, who, f"补签 M{number} 手机没电，全程在场", throw))

    def _says(self, who: Person, line: str, throw: Dice) -> None:
        if not who.left:
            converse(self.world, who, line, throw)

    def checks_in(self, who: Person, number: int, throw: Dice) -> None:
        """The code is the one on the screen; some mistype it first."""
        with Session(self.world.engine) as session:
            meeting = session.get(Meeting, number)
            if who.left or meeting is None or meeting.state not in AHEAD or day_of(meeting.starts_at) != self._today():
                return
            code = check_ins.code_of(meeting, self.world.clock.now)
        if throw.chance(0.05):
            self._says(who, "签到 000001", throw)
        self._says(who, throw.choice((f"签到 {code}", code)), throw)

    def _today(self) -> date:
        return day_of(self.world.clock.now)
