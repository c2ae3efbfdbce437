"""Who does what when in the year of ``people.py``: claims, decisions and meetings; rounds are in ``rounds_played.py``.

Everything people do they type. ``does`` wants a ✅ in the end, ``is_refused`` a ❌.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select

from models import caps, ledger, rulebooks
from models.members import Member
from models.months import Month
from models.rulebooks import Source
from tests.stage import Act, Stage
from tests.years import holidays
from tests.years.holidays import day_of, last_working_day, moment, works
from tests.years.people import (
    ARTICLE,
    FIRST_BRANCH,
    GROUP_1_PEOPLE,
    GROUP_2_PEOPLE,
    HABITS,
    HOUSE,
    ON_LEAVE,
    RETIRED_PEOPLE,
    Habit,
)

MOVER, MOVES_ON = "宋佳", date(2026, 5, 15)
IDLE_LEADER = {"2026-03", "2026-08"}  # months in which 何文斌 decides nothing
FORGETTERS = {"2026-02", "2026-08"}  # months in which 曹桂兰 does not supplement what was returned
APPROVED = "通过"


@dataclass
class Waiting:
    """A claim that nobody has decided yet; ``fate`` is the line that will decide it."""

    number: int
    who: str
    first_branch: bool
    month: str
    since: datetime
    fate: str = APPROVED


@dataclass
class Script:
    """The acts of the year. ``waiting`` are the claims to decide, ``returned`` those to be supplemented."""

    stage: Stage
    waiting: dict[int, Waiting] = field(default_factory=dict)
    returned: dict[int, Waiting] = field(default_factory=dict)
    rejected: dict[tuple[str, str], int] = field(default_factory=dict)  # number by member and month
    records: dict[tuple[str, str], int] = field(default_factory=dict)  # entry of 未完成学习任务 by member and month
    late_claims: list[tuple[str, str]] = field(default_factory=list)
    meetings: int = 0

    # The year

    def begin(self, months: Iterable[str]) -> None:
        """Put every month's acts on the stage, and the people who look every working day."""
        for month in months:
            self.plan_month(month)
            day, last = date.fromisoformat(f"{month}-01"), holidays.last_day(holidays.following(month))
            while day <= last:
                if works(day) and day.isoformat()[:7] == month:
                    self.stage.at(moment(day, 16), self.secretaries_look)
                    self.stage.at(moment(day, 17, 40), self.leaders_look)
                day += timedelta(days=1)

    def plan_month(self, month: str) -> None:
        for name in HABITS:
            self.plan_claims(name, month)
        self.plan_oddities(month)
        self.plan_meetings(month)
        self.stage.at(moment(last_working_day(month), 17, 20), lambda now: self.neglects(month, now))

    # Claims

    def habit(self, who: str, month: str) -> Habit:
        usual, otherwise = HABITS.get(who, (ON_LEAVE, {}))
        return otherwise.get(int(month[5:]), usual)

    def plan_claims(self, who: str, month: str) -> None:
        """Each deed on a day of its own, claimed at noon of that day or of one of the next two."""
        dice = Random(f"{who} {month}")
        deeds = self.habit(who, month).deeds
        for deed, number in zip(deeds, dice.sample(range(2, 25), k=len(deeds)), strict=True):
            day = date.fromisoformat(f"{month}-{number:02d}")
            self.at_noon(day + timedelta(days=dice.choice((0, 0, 1, 2))), self.claiming(who, deed, day))

    def plan_oddities(self, month: str) -> None:
        """What is rejected, returned, withdrawn, undone; claimed at the last moment, and a moment too late."""
        day = date.fromisoformat(f"{month}-10")
        reject, give_back = "不通过 {} 日期不对", "退回 {} 走访的哪一户"
        self.at_noon(day, self.claiming("郑海燕", "社区志愿 2小时", day, reject))
        self.at_noon(day, self.claiming("曹桂兰", HOUSE, day, give_back))
        self.at_noon(day, self.claiming("彭玉珍", "社区志愿 1小时", day, "withdraw"))
        if month not in IDLE_LEADER:
            self.at_noon(day, self.claiming("邓杰", "社区志愿 1小时", day, "undo"))
        end = holidays.last_day(month)
        last = day_of(holidays.claims_close(month)) - timedelta(days=1)
        self.stage.at(moment(last, 20, 30), self.claiming("曹桂兰", "社区志愿 1小时", end))
        self.stage.at(moment(last, 23, 59), self.claiming("彭玉珍", "社区志愿 1小时", end))
        late = f"申报 社区志愿 1小时 {end.month}月{end.day}日"
        self.stage.at(
            holidays.claims_close(month) + timedelta(minutes=1), lambda now: self.stage.is_refused("郑海燕", late, now)
        )

    def at_noon(self, day: date, act: Act) -> None:
        self.stage.at(moment(day, 12, 10), act)

    def claiming(self, who: str, deed: str, day: date, fate: str = APPROVED) -> Act:
        def act(now: datetime) -> None:
            if deed == ARTICLE:
                self.stage.show(who, f"media-{who}-{day}", now)
            self.claim(who, f"申报 {deed} {day.month}月{day.day}日", day, now, fate)

        return act

    def claim(self, who: str, line: str, day: date, now: datetime, fate: str = APPROVED) -> int:
        found = re.match(r"✅ #(\d+)", self.stage.does(who, line, now))
        assert found is not None
        one = Waiting(int(found[1]), who, self.in_first(who, now), day.isoformat()[:7], now, fate)
        if fate == "withdraw":
            self.stage.at(now + timedelta(hours=1), lambda later: self.stage.does(who, f"撤回 {one.number}", later))
        else:
            self.waiting[one.number] = one
        return one.number

    def in_first(self, who: str, now: datetime) -> bool:
        return who in FIRST_BRANCH and not (who == MOVER and day_of(now) >= MOVES_ON)

    # Decisions

    def leaders_look(self, now: datetime) -> None:
        """李四 and 郭振华 decide every working day; 何文斌 on Fridays, in two months not at all."""
        self.decide("李四", self.those(GROUP_1_PEOPLE - {"李四"}), now)
        self.decide("郭振华", self.those(RETIRED_PEOPLE - {"郭振华"}), now)
        if day_of(now).weekday() == 4 and day_of(now).isoformat()[:7] not in IDLE_LEADER:
            mine = self.those(GROUP_2_PEOPLE - {"何文斌", "罗志刚"})
            self.decide("何文斌", [w for w in mine if self.in_first(w.who, now)], now)

    def secretaries_look(self, now: datetime) -> None:
        """What is theirs on two days a week, and what lay for more than four working days."""
        if day_of(now).weekday() not in (1, 3):
            return
        theirs = self.those({"李四", "何文斌", "罗志刚", "孙丽华", "徐国强", "黄秀英", "郭振华"})
        old = [w for w in self.those(GROUP_2_PEOPLE) if now >= holidays.days_after(w.since, 4) or w.who == MOVER]
        first = [w for w in {w.number: w for w in (*theirs, *old)}.values() if w.first_branch]
        self.decide("王建军", first, now)
        self.decide("孙丽华", self.those({"王建军"}), now)
        second = [w for w in self.waiting.values() if not w.first_branch]
        self.decide("赵卫东", [w for w in second if w.who != "赵卫东"], now)
        self.decide("余凯", [w for w in second if w.who == "赵卫东"], now)

    def those(self, people: Iterable[str]) -> list[Waiting]:
        names = set(people)
        return [one for one in self.waiting.values() if one.who in names]

    def decide(self, by: str, claims: list[Waiting], now: datetime) -> None:
        """In one line those that are approved, the others one by one."""
        approved = [str(one.number) for one in claims if one.fate == APPROVED]
        if approved:
            reply = self.stage.does(by, f"通过 {' '.join(approved)}", now)
            assert "没有办" not in reply, (by, approved, reply, now)
        for one in claims:
            self.waiting.pop(one.number)
            if one.fate != APPROVED:
                self.decide_oddly(by, one, now)

    def decide_oddly(self, by: str, one: Waiting, now: datetime) -> None:
        if one.fate == "undo":
            self.stage.does(by, f"通过 {one.number}", now)
            self.stage.does(by, f"撤销 {one.number}", now)
            self.stage.does(by, f"不通过 {one.number} 数量不符", now)
            return
        self.stage.does(by, one.fate.format(one.number), now)
        if one.fate.startswith("不通过"):
            self.rejected[one.who, one.month] = one.number
        else:
            self.returned[one.number] = one
            if one.month not in FORGETTERS:
                self.stage.at(now + timedelta(days=1), lambda later: self.supplement(one, later))

    def supplement(self, one: Waiting, now: datetime) -> None:
        self.stage.does(one.who, f"补充 {one.number} 看望独居老人陈婆婆", now)
        self.waiting[one.number] = self.returned.pop(one.number)
        one.since, one.fate = now, APPROVED

    def neglects(self, month: str, now: datetime) -> None:
        """The branch notes whose learning of the month was not done."""
        lazy = [name for name in HABITS if not self.habit(name, month).studies]
        for secretary, mine in (("王建军", True), ("赵卫东", False)):
            for name in (name for name in lazy if self.in_first(name, now) is mine):
                reply = self.stage.does(secretary, f"扣分 {name} 未完成学习任务 当月学习任务没有完成", now)
                found = re.search(r"J(\d+)", reply)
                assert found is not None, reply
                self.records[name, month] = int(found[1])

    # Meetings (issue 4 is to hold them; until then their entries are written as it will)

    def plan_meetings(self, month: str) -> None:
        before = date.fromisoformat(f"{month}-01") - timedelta(days=1)
        turns = [("党小组会", 5), ("主题党日", 14)]
        if int(month[5:]) % 3 == 0:
            turns += [("支部党员大会", 9), ("党课", 16)]
        for number, (kind, turn) in enumerate(turns):
            day = holidays.working_day(before, turn)
            self.stage.at(moment(day, 16, 30), self.meeting(kind, number, len(turns), month))

    def meeting(self, kind: str, number: int, of: int, month: str) -> Callable[[datetime], None]:
        def act(now: datetime) -> None:
            self.meetings += 1
            for name in HABITS:
                habit = self.habit(name, month)
                if habit.attends:
                    missed = number < (habit.missed_of_four if of == 4 else habit.missed)
                    self.enter(name, "组织-03" if missed else "组织-01", kind, now)

        return act

    def enter(self, name: str, code: str, kind: str, now: datetime) -> None:
        """One member's attendance at a meeting that is not kept here, as history before the first use has it."""
        month = Month.of(now)
        with self.stage.sessions.write() as session:
            member = session.scalars(select(Member).where(Member.name == name)).one()
            rulebook = rulebooks.in_force(session, member.branch_id, month)
            item = rulebook.get_item(code)
            ledger.lock_for(session, member.id, member.branch_id)
            left = caps.room(session, member.id, rulebook, item, month)
            ledger.write(
                session,
                member,
                caps.within(item.points * Decimal(1), left),
                branch_id=member.branch_id,
                about=day_of(now),
                source=Source.ATTENDANCE,
                cause=f"attendance:{self.meetings}:{member.id}",
                by=None,
                now=now,
                rulebook_id=rulebook.id,
                item_code=code,
                reason=kind,
            )
