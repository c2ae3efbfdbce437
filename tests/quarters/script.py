"""Who does what when in the two quarters: calling meetings, coming to them or not, writing their minutes.

Everything people do they type. 第一支部 does everything in time; 第二支部 does what it is pressed for; 第三支部 needs
to be pressed twice, and misses some to the end.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from models import check_ins, meetings
from models.meetings import Meeting
from tests.quarters.people import CADRES, WITHOUT_WECHAT
from tests.stage import HOUR, MINUTE, Push, Stage
from tests.years.holidays import DAY, day_of, moment, working_day, works
from tests.years.sources import as_moment

MONTHS = [f"2026-{number:02d}" for number in range(1, 7)]
TOGETHER = ({"支部党员大会", "党课"}, {"组织生活会", "民主评议党员"})  # one gathering serves both
HOURS = {
    "党小组会": (10, 0),
    "支部委员会": (16, 30),
    "主题党日": (14, 30),
    "支部党员大会": (9, 30),
    "组织生活会": (15, 0),
}
NEVER = 99
# How often they have to be told of a meeting before they plan it, where once is not enough: by period as it is said.
PATIENCE = {
    ("第二小组", "党小组会", "3月"): 2,
    ("第三支部", "主题党日", "1月"): 2,
    ("第三支部", "主题党日", "2月"): NEVER,
    ("第三支部", "主题党日", "3月"): 2,
    ("第三支部", "主题党日", "5月"): NEVER,
    ("第三支部", "支部党员大会", "第1季度"): NEVER,
    ("第三支部", "党课", "第1季度"): NEVER,
    ("第三支部", "组织生活会", "2025年度"): NEVER,
    ("第三支部", "民主评议党员", "2025年度"): NEVER,
    ("机关党总支", "党总支党员大会", "上半年"): 2,
}
TO_PLAN = re.compile(
    r"^(\S+) ((?:\d+年度|第\d季度|.半年|\d+月))(\S+?)，(\d+)月(\d+)日前(?:（快到期了）)? \[开会\]$", re.MULTILINE
)


@dataclass
class Held:
    """A meeting as the script knows it: who called it, and what it had become of each by plan."""

    number: int
    organizer: str
    kinds: tuple[str, ...]
    came: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    on_leave: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)


@dataclass
class Script:
    """``held`` are the meetings that took place, ``asked`` when somebody asked for leave, by meeting and name."""

    stage: Stage
    held: dict[int, Held] = field(default_factory=dict)
    asked: dict[tuple[int, str], datetime] = field(default_factory=dict)
    refused: set[tuple[int, str]] = field(default_factory=set)
    group_until: date = date(2026, 2, 10)
    _told: defaultdict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))

    def begin(self) -> None:
        """Everything that happens of itself; the rest is an answer to what arrives."""
        self.stage.listeners.append(self.hear)
        for month in MONTHS:
            self.first_branch(month)
        self.stage.at(moment(date(2026, 1, 20), 10), self.found_group)
        april = date(2026, 4, 2)
        self.stage.at(
            moment(april, 11), lambda now: self.call("赵卫东", ("主题党日",), date(2026, 4, 22), now, falls=19)
        )
        # Late in the evening: what is told of it waits for the morning.
        june = moment(date(2026, 6, 15), 22, 40)
        self.stage.at(june, lambda now: self.call("余凯", ("支部委员会",), date(2026, 6, 17), now, at=(8, 10)))

    def found_group(self, now: datetime) -> None:
        until = f"{self.group_until.month}月{self.group_until.day}日"
        self.stage.does("王建军", f"临时小组 迎春专班 组长 李四 成员 张三 王芳 至 {until}", now)

    # Calling

    def first_branch(self, month: str) -> None:
        """Each meeting of 第一支部 two working days before it is held, long before anybody would press."""
        before = date.fromisoformat(f"{month}-01") - DAY
        turns: list[tuple[str, tuple[str, ...], int]] = [
            ("李四", ("党小组会",), 3),
            ("王建军", ("支部委员会",), 6),
            ("王建军", ("主题党日",), 9),
        ]
        if month in ("2026-01", "2026-04"):
            turns.append(("王建军", ("支部党员大会", "党课"), 13))
        for who, kinds, turn in turns:
            held = working_day(before, turn)
            self.stage.at(moment(working_day(before, turn - 2), 10, 10), self.calling(who, kinds, held))
        if month == "2026-01":  # on the make-up workday, before the first Monday
            self.stage.at(moment(date(2026, 1, 4), 11), self.calling("王建军", TOGETHER[1], date(2026, 1, 20)))

    def calling(self, who: str, kinds: Iterable[str], day: date) -> Callable[[datetime], None]:
        found = (
            tuple(sorted(kinds, key="支部党员大会 党课 组织生活会 民主评议党员".find))
            if len({*kinds}) > 1
            else tuple(kinds)
        )
        moves = "主题党日" in found and day_of(moment(day)).month == 3
        cancels = "支部委员会" in found and day_of(moment(day)).month == 5
        return lambda now: self.call(who, found, day, now, moves=moves, falls=1 if cancels else 0)

    def call(
        self,
        who: str,
        kinds: tuple[str, ...],
        day: date,
        now: datetime,
        *,
        at: tuple[int, int] | None = None,
        moves: bool = False,
        falls: int = 0,
    ) -> None:
        """Call a meeting. It may be moved to the next day, or fall so many days later, and then is called again."""
        hour, minute = at or HOURS.get(kinds[0], (15, 30))
        line = f"开会 {'＋'.join(kinds)} {day.month}月{day.day}日{hour}:{minute:02d} 三楼会议室"
        found = re.match(r"✅ M(\d+) ", self.stage.does(who, line, now))
        assert found is not None
        number = int(found[1])
        if falls:
            self.stage.at(now + falls * DAY, lambda later: self.cancel(who, number, kinds, day, later))
            return
        if moves:
            following = working_day(day, 1)
            line = f"改期 M{number} {following.month}月{following.day}日{hour}:{minute:02d}"
            self.stage.at(now + HOUR, lambda later: self.stage.does(who, line, later))
        self.held[number] = Held(number, who, kinds)
        self.stage.at(now + 2 * HOUR, lambda later: self.expect(number, later))

    def cancel(self, who: str, number: int, kinds: tuple[str, ...], day: date, now: datetime) -> None:
        self.stage.does(who, f"取消会议 M{number} 书记出差", now)
        if who == "王建军":
            self.stage.at(now + DAY, lambda later: self.call(who, kinds, working_day(day, 3), later))

    # Being pressed

    def hear(self, push: Push) -> None:
        """What arrives is answered soon after."""
        if push.kind == "meetings_to_plan":
            self.stage.at(push.at + HOUR + MINUTE, lambda now: self.pressed(push.who, push.text, now))
        elif push.kind == "minutes_late":
            self.minutes_late(push)
        elif push.kind == "minutes_late_above":
            number = self._number(push.text)
            self.stage.at(push.at + 5 * HOUR, lambda now: self.write(number, now))
        elif push.kind == "review_open" and push.who in ("王建军", "赵卫东", "袁立新"):
            self.stage.at(push.at + 10 * HOUR, lambda now: self.submit(push.who, now))

    def submit(self, who: str, now: datetime) -> None:
        self.stage.does(who, f"提交公示 {(day_of(now).replace(day=1) - DAY).month}月", now)

    def pressed(self, who: str, text: str, now: datetime) -> None:
        """Plan what is the asker's own, as far as they have heard of it often enough."""
        own = text.partition("下面这些")[0]
        wanted: dict[str, dict[str, date]] = defaultdict(dict)
        for name, period, kind, month, day in TO_PLAN.findall(own):
            self._told[name, kind, period] += 1
            if self._told[name, kind, period] >= PATIENCE.get((name, kind, period), 1):
                wanted[name][kind] = date(2026, int(month), int(day))
        for mine in wanted.values():
            self._plan(who, mine, now)

    def _plan(self, who: str, mine: dict[str, date], now: datetime) -> None:
        """In one gathering what belongs together; each gathering on a day of its own while there are any."""
        sets = [tuple(kind for kind in mine if kind in both) for both in TOGETHER]
        alone = [(kind,) for kind in mine if not any(kind in both for both in TOGETHER)]
        for turn, kinds in enumerate([*filter(None, sets), *alone]):
            last = mine[kinds[0]]
            day = working_day(day_of(now), 2 + turn)
            while day > last:
                day -= DAY
            while not works(day):
                day -= DAY
            if day > day_of(now):
                self.call(who, kinds, day, now)

    # Coming

    def expect(self, number: int, now: datetime) -> None:
        """Everybody knows by then what they will do about a meeting."""
        held = self.held[number]
        starts, closes, people = self._facts(number)
        for place, name in enumerate(people):
            if name in WITHOUT_WECHAT:
                line = f"补记 M{number} {name} 到会 没有微信，本人在场"
                self.stage.at(starts + 20 * MINUTE, self.doing(held.organizer, line))
                held.came.add(name)
            else:
                self.behave(held, name, starts, starts - 20 * MINUTE + place * timedelta(seconds=20), now)
        self.stage.at(closes + HOUR, lambda later: self.over(number, later))

    def behave(self, held: Held, name: str, starts: datetime, arrives: datetime, now: datetime) -> None:
        month = day_of(starts).month
        if name == "马丽娟":
            return  # exempt, and does not come
        if (name, month) in {("梁玉梅", 2), ("谢建平", 4)}:
            self.ask_leave(held, name, now, decided=True)
        elif (name, month) == ("张三", 3):
            self.ask_leave(held, name, now, decided=False)
        elif (name, month) == ("王芳", 4) and held.kinds == ("主题党日",):
            self.ask_leave(held, name, now, decided=True, granted=False)
            self.come(held, name, arrives)
        elif (name, month) == ("冯倩", 6):
            held.absent.add(name)
        elif (name, month) == ("宋佳", 5):
            self.come(held, name, starts + 12 * MINUTE)
            held.late.add(name)
        elif (name, month) == ("罗志刚", 6):
            self.forget(held, name, starts)
        else:
            self.come(held, name, arrives)

    def come(self, held: Held, name: str, at: datetime) -> None:
        held.came.add(name)
        self.stage.at(at, lambda now: self.stage.does(name, f"签到 {self.code(held.number, now)}", now))

    def ask_leave(self, held: Held, name: str, now: datetime, *, decided: bool, granted: bool = True) -> None:
        reply = self.stage.does(name, f"请假 M{held.number} 出差", now)
        self.asked[held.number, name] = now
        if granted:
            held.on_leave.add(name)
        else:
            self.refused.add((held.number, name))
        found = re.search(r"（L(\d+)）.*待(\S+?)审批", reply)
        assert found is not None, reply
        line = f"通过 L{found[1]}" if granted else f"不通过 L{found[1]} 这次要讨论您的材料"
        when = now + HOUR if decided else self._facts(held.number)[1] + DAY  # when the meeting is over
        self.stage.at(when, self.doing(found[2].partition("、")[0], line))

    def forget(self, held: Held, name: str, starts: datetime) -> None:
        """Was there and did not check in; says so afterwards."""
        held.came.add(name)

        def ask(now: datetime) -> None:
            reply = self.stage.does(name, f"补签 M{held.number} 手机没电，全程在场", now)
            found = re.search(r"（L(\d+)）", reply)
            assert found is not None, reply
            self.stage.at(now + 10 * MINUTE, self.doing(held.organizer, f"通过 L{found[1]}"))

        self.stage.at(starts + HOUR, ask)

    def doing(self, who: str, line: str) -> Callable[[datetime], str]:
        return lambda now: self.stage.does(who, line, now)

    def code(self, number: int, now: datetime) -> str:
        """What the screen in the room shows."""
        with self.stage.sessions.read() as session:
            return check_ins.code_of(session.get_one(Meeting, number), now)

    def _facts(self, number: int) -> tuple[datetime, datetime, list[str]]:
        with self.stage.sessions.read() as session:
            meeting = session.get_one(Meeting, number)
            people = [invitation.member.name for invitation in meetings.invitations(session, number)]
            return as_moment(meeting.starts_at), as_moment(meeting.closes_at), people

    # Minutes

    def over(self, number: int, now: datetime) -> None:
        """第一支部 and the levels above write their minutes at once, 第二小组 at the last moment."""
        held = self.held[number]
        if held.organizer in {"王建军", "李四", "陆建国", *CADRES}:
            self.write(number, now)
        elif held.organizer == "何文斌":
            self.stage.at(moment(working_day(day_of(now), 3), 23, 30), lambda later: self.write(number, later))

    def minutes_late(self, push: Push) -> None:
        """赵卫东 and 余凯 write when they are reminded; 袁立新 when the level above was told, once not even then."""
        number = self._number(push.text)
        if push.who in ("赵卫东", "余凯"):
            self.stage.at(push.at + 3 * HOUR, lambda now: self.write(number, now))

    def _number(self, text: str) -> int:
        found = re.search(r"M(\d+)", text)
        assert found is not None
        return int(found[1])

    def write(self, number: int, now: datetime) -> None:
        held = self.held[number]
        if held.organizer == "袁立新" and day_of(now).month == 4:
            return  # never
        self.stage.does(held.organizer, f"会议记录 M{number} 议题 学习全会精神 决议 每人写一篇体会", now)
