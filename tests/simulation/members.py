"""What members do: claim, take back, supplement, read, check the disclosure, object, leave WeChat and come back."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from models.followers import Touch
from tests.simulation.dice import Dice, dice
from tests.simulation.organization import Person
from tests.simulation.talk import READS, WRONG, converse, deed_line
from tests.simulation.world import World
from tests.years import holidays
from tests.years.holidays import DAY, day_of, moment, works

MOST = 3  # claims of a month, of the most diligent
UNREAD = "条未读通知"
SUBMITTED = re.compile(r"^✅ #(\d+) 已提交")
RETURNED = re.compile(r"补充 (\d+)")
REJECTED = re.compile(r"^#(\d+) 未通过", re.MULTILINE)
REFUSED = re.compile(r"Y(\d+)[^\n]*不成立")
FOLLOW_UP = re.compile(r"认可 T(\d+)|T(\d+)[^\n]*\n[^\x00]*认可")


@dataclass
class Members:
    """Every member of an organization who has a phone."""

    world: World
    _planned: int = 0

    def plan_month(self, month: str) -> None:
        for who in self.world.organization.people:
            if who.openid and not who.left:
                self._plan(who, month, dice(self.world.seed, who.staff_no, month))

    def _plan(self, who: Person, month: str, throw: Dice) -> None:
        days = _working_days(month)
        for _ in range(sum(throw.chance(who.diligence) for _ in range(MOST))):
            self._at_noon(throw.choice(days), who, partial(self.claim, who))
        for share, does in ((0.3, self.read), (who.carelessness, self.mistake), (0.1, self.nothing_more)):
            if throw.chance(share):
                self._at_noon(throw.choice(days), who, partial(does, who))
        if throw.chance(0.01):
            self._at_noon(throw.choice(days), who, partial(self.unfollow, who))

    def _at_noon(self, day: date, who: Person, does: object) -> None:
        self._planned += 1
        throw = dice(self.world.seed, who.staff_no, day, self._planned)
        start = moment(day, *throw.choice(((12, 5), (12, 5), (17, 35), (20, 15))))
        self.world.at(start + timedelta(seconds=throw.randrange(1200)), partial(self._does, who, does))

    def _does(self, who: Person, does: object) -> None:
        if not who.left and self.world.platform.phones[who.openid].follows:
            does(self._throw(who))  # type: ignore[operator]

    def _throw(self, who: Person) -> Dice:
        return dice(self.world.seed, who.staff_no, self.world.clock.now)

    # Claims

    def claim(self, who: Person, throw: Dice) -> None:
        message = converse(self.world, who, deed_line(throw, throw.choice((0, 0, 1, 2))), throw)
        found = SUBMITTED.match(message.seen or "")
        self._looks(who, message.seen, throw)
        if found is None:
            return
        if throw.chance(0.04):
            self.world.clock.wait(timedelta(seconds=30))
            converse(self.world, who, f"撤回 {found[1]}", throw)
        elif throw.chance(0.1):
            self.world.clock.wait(timedelta(seconds=40))
            self.world.says(who, "", media_id=f"media-{len(self.world.journal.messages)}")
        elif throw.chance(0.03):
            converse(self.world, who, f"补充 {found[1]} 有三位同志一起", throw)

    def read(self, who: Person, throw: Dice) -> None:
        self._looks(who, self.world.says(who, throw.choice(READS)).seen, throw)

    def mistake(self, who: Person, throw: Dice) -> None:
        self._looks(who, converse(self.world, who, throw.choice(WRONG), throw).seen, throw)

    def nothing_more(self, who: Person, throw: Dice) -> None:
        converse(self.world, who, "本月没有了", throw)

    def _looks(self, who: Person, reply: str | None, throw: Dice) -> None:
        """Some read at once what waits for them."""
        if reply and UNREAD in reply and throw.chance(0.6):
            self.world.clock.wait(timedelta(seconds=20))
            inbox = self.world.says(who, "通知").seen or ""
            for text in inbox.split("\n\n"):
                self.hears(who, text)

    # What arrives

    def hears(self, who: Person, text: str) -> None:
        """React to a push, or to a notice read in the chat."""
        throw = self._throw(who)
        returned, rejected = RETURNED.search(text), REJECTED.search(text)
        refused, told = REFUSED.search(text), re.search(r"T(\d+)", text)
        if returned and throw.chance(0.85):
            self._later(who, throw, f"补充 {returned[1]} 看望独居老人陈婆婆")
        elif rejected and throw.chance(0.15):
            self._later(who, throw, f"申诉 {rejected[1]} 当天确实参加了")
        elif refused and throw.chance(0.4):
            self._later(who, throw, f"我有意见 Y{refused[1]} 请上级再看一下")
        elif "核实" in text and "公示" in text:
            self._disclosed(who, throw)
        elif told and "认可" in text:
            line = throw.pick({f"认可 T{told[1]}": 0.6, f"有异议 T{told[1]} 当月住院，有证明": 0.15, "": 0.25})
            if line:
                self._later(who, throw, line)
        elif throw.chance(0.03):
            self._later(who, throw, "收到")

    def _disclosed(self, who: Person, throw: Dice) -> None:
        if throw.chance(0.4):
            self._later(who, throw, "核实")
        if throw.chance(0.02):
            other = throw.choice(self.world.organization.branches[who.branch].people)
            self._later(
                who, throw, f"异议 {other.name} 那天没有参加" if other is not who else "申诉 分数不对，少了两分"
            )
        elif throw.chance(0.01):
            self._later(who, throw, "建议 每月公示前先在小组会上通报")

    def _later(self, who: Person, throw: Dice, line: str) -> None:
        """On the next working day, or a few days after."""
        day = holidays.working_day(day_of(self.world.clock.now), throw.choice((1, 1, 1, 2, 4)))
        self._at_noon(day, who, lambda dice: converse(self.world, who, line, dice))

    # Coming and going

    def unfollow(self, who: Person, throw: Dice) -> None:
        """Most come back; after 30 days with a new binding."""
        if who.leads:
            return
        self.world.wandered.add(who.staff_no)
        self.world.platform.phones[who.openid].follows = False
        self.world.line.event(who.openid, "unsubscribe")
        back = self.world.clock.now + timedelta(days=throw.choice((1, 3, 20)))
        self.world.at(back, partial(self.follow, who))

    def follow(self, who: Person) -> None:
        if not who.left:
            self.world.platform.phones[who.openid].follows = True
            self.world.platform.wrote(who.openid, Touch.CLICK, self.world.clock.now)
            self.world.line.event(who.openid, "subscribe")


def _working_days(month: str) -> list[date]:
    day, found = date.fromisoformat(f"{month}-01"), []
    while day.isoformat()[:7] == month:
        if works(day):
            found.append(day)
        day += DAY
    return found
