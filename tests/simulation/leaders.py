"""What those do who decide: look at what waits, decide one by one or all, answer, submit the month, talk, check."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from models.appointments import Office
from tests.simulation.dice import Dice, dice
from tests.simulation.organization import Branch, Person
from tests.simulation.talk import SOON, converse
from tests.simulation.world import World
from tests.years import holidays
from tests.years.holidays import DAY, day_of, moment, works

CLAIM, REQUEST, OPINION, FOLLOW_UP = (
    re.compile(pattern, re.MULTILINE) for pattern in (r"^#(\d+) ", r"待审 L(\d+)", r"\bY(\d+)", r"\bT(\d+)")
)
WAITS = re.compile("待审|待办|等您|请您|处理|谈话|指派")
REASONS = ("日期不对", "数量不符", "重复", "不属于此项")
ASKS = ("走访的哪一户、做了什么", "请补一张照片", "和谁一起")
NO_CHANGE = re.compile(r"^(\d+) [^\n]*不(?:改|变|用)", re.MULTILINE)
ABOVE = (Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER)


@dataclass
class Leaders:
    """Everyone with an office."""

    world: World
    prompted: set[Person] = field(default_factory=set)  # who has heard that something waits

    def hears(self, who: Person, text: str) -> None:
        """What arrives makes somebody with an office look."""
        if who.leads and WAITS.search(text):
            self.prompted.add(who)
        quarter = re.search(r"[一二三四]季度", text)
        if Office.SECRETARY in who.offices and quarter and "先锋岗" in text:
            throw = dice(self.world.seed, who.staff_no, quarter[0])
            self.world.after(timedelta(days=1), partial(self.tells, who, f"确认先锋岗 {quarter[0]}", throw))

    def plan_day(self, day: date) -> None:
        if not works(day):
            return
        for who in self.world.organization.people:
            throw = dice(self.world.seed, "leader", who.staff_no, day)
            if who.leads and who.openid and not who.left and throw.chance(1 / who.pace):
                start = moment(day, 17, 40) + timedelta(seconds=throw.randrange(900))
                self.world.at(start, partial(self.looks_if_prompted, who, throw))

    def looks_if_prompted(self, who: Person, throw: Dice) -> None:
        """Whoever has heard nothing looks now and then all the same."""
        if who in self.prompted or throw.chance(0.02):
            self.prompted.discard(who)
            self.looks(who, throw)

    def plan_month(self, month: str) -> None:
        """The secretary submits on one of the days of the review, or late; notes what was neglected."""
        for branch in self.world.organization.branches:
            throw = dice(self.world.seed, "secretary", branch.number, month)
            closed = day_of(holidays.claims_close(month)) - DAY
            turn = throw.randint(1, 4) if throw.chance(branch.punctual) else throw.randint(5, 14)
            when = moment(holidays.working_day(closed, turn), 16, 5) + timedelta(seconds=throw.randrange(1200))
            self.world.at(when, partial(self.submits, branch, month, throw, 3))
        self._check(month)

    # What waits

    def looks(self, who: Person, throw: Dice) -> None:
        """Open 待办 until nothing is left, or one has had enough."""
        for _ in range(throw.choice((2, 6, 12))):
            reply = self.world.says(who, "待办").seen
            self.world.clock.wait(SOON)
            if reply is None or not reply.startswith("等您办的"):
                return
            self.decides(who, reply, throw)
            if "另有" not in reply:
                return

    def decides(self, who: Person, reply: str, throw: Dice) -> None:
        for number in REQUEST.findall(reply):
            self.tells(who, throw.pick({f"通过 L{number}": 0.85, f"不通过 L{number} 这次请到场": 0.15}), throw)
        for number in dict.fromkeys(OPINION.findall(reply)):
            self.answers(who, number, throw)
        for number in dict.fromkeys(FOLLOW_UP.findall(reply)):
            self.follows_up(who, number, throw)
        numbers = CLAIM.findall(reply)
        if "通过 全部" in reply and throw.chance(0.4):
            self.tells(who, "通过 全部", throw)
        elif len(numbers) > 1 and throw.chance(0.4):
            self.tells(who, f"通过 {' '.join(numbers)}", throw)
        else:
            for number in numbers:
                self.claim(who, number, throw)

    def claim(self, who: Person, number: str, throw: Dice) -> None:
        line = throw.pick(
            {
                f"通过 {number}": 0.74,
                f"通过 {number} 改 0.5 实际时间少些": 0.03,
                f"不通过 {number} {throw.choice(REASONS)}": 0.08,
                f"退回 {number} {throw.choice(ASKS)}": 0.1,
                f"转交 {number}": 0.03,
                f"解释 {number}": 0.02,
            }
        )
        message = self.tells(who, line, throw)
        if message.startswith("✅") and throw.chance(0.03):
            self.tells(who, f"撤销 {number}", throw)

    def answers(self, who: Person, number: str, throw: Dice) -> None:
        """Answer an opinion; upheld, choose among what may be changed."""
        verdict = throw.pick({"成立 签到表上有": 0.4, "不成立 当天没有这次活动": 0.5, "采纳 已安排": 0.1})
        self.tells(who, f"处理 Y{number} {verdict}", throw)

    def follows_up(self, who: Person, number: str, throw: Dice) -> None:
        until = day_of(self.world.clock.now) + timedelta(days=30)
        talk = f"谈话 T{number} 工作忙耽误了 每月参加一次志愿服务 {until.month}月{until.day}日"
        colleague = throw.choice(self.world.organization.branches[who.branch].people).name
        line = f"指派 T{number} {colleague}" if who.offices & {Office.PARTY_AFFAIRS_OFFICER} else talk
        if throw.chance(0.6):
            self.tells(who, line, throw)

    def tells(self, who: Person, line: str, throw: Dice) -> str:
        message = converse(self.world, who, line, throw)
        self.world.clock.wait(SOON)
        return message.seen or ""

    # The month

    def submits(self, branch: Branch, month: str, throw: Dice, tries: int) -> None:
        """The secretary, or the deputy: clear what is undecided, look, submit; otherwise again the next working day."""
        for who in branch.holders(Office.SECRETARY, Office.DEPUTY_SECRETARY)[:2]:
            if not who.openid:
                continue
            self.looks(who, throw)
            self.world.says(who, f"评审 {int(month[5:])}月")
            self.world.clock.wait(SOON)
            reply = self.tells(who, f"提交公示 {int(month[5:])}月", throw)
            if reply.startswith("✅") or ("公示" in reply and "已" in reply):
                return
        if tries:
            again = holidays.working_day(day_of(self.world.clock.now), 1)
            when = moment(again, 16, 5) + timedelta(seconds=throw.randrange(1200))
            self.world.at(when, partial(self.submits, branch, month, throw, tries if throw.chance(0.9) else tries - 1))

    def _check(self, month: str) -> None:
        """Inspectors look at what was drawn, some time in the review; the committee zeroes a month now and then."""
        closed = day_of(holidays.claims_close(month))
        for who in self.world.organization.people:
            throw = dice(self.world.seed, "above", who.staff_no, month)
            if Office.INSPECTOR in who.offices and throw.chance(0.8):
                self.world.at(moment(holidays.working_day(closed, 2), 10, 20), partial(self.checks, who, throw))
            if Office.PARTY_AFFAIRS_OFFICER in who.offices and throw.chance(0.15):
                day = holidays.working_day(date.fromisoformat(f"{month}-01"), 12)
                self.world.at(moment(day, 10, 40), partial(self.zeroes, who, month, throw))

    def checks(self, who: Person, throw: Dice) -> None:
        for _ in range(4):
            found = CLAIM.findall(self.world.says(who, "抽查").seen or "")
            if not found:
                return
            for number in found:
                self.tells(who, f"抽查 {number} {throw.pick({'属实': 0.85, '不实 签到表上没有': 0.15})}", throw)

    def zeroes(self, who: Person, month: str, throw: Dice) -> None:
        whom = throw.choice(self.world.organization.people)
        reply = self.tells(
            who, f"归零 {whom.name} {int(month[5:])}月 机纪〔2026〕{throw.randint(1, 99)}号 受党内警告处分", throw
        )
        found = re.search(r"J(\d+)", reply)
        if found and throw.chance(0.2):
            self.tells(who, f"撤回 J{found[1]}", throw)
