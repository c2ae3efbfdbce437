"""The rounds of the year: who submits, objects, answers, checks, zeroes and talks; in time, late, or not at all."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.stage import Act, Push, Stage
from tests.years import holidays
from tests.years.holidays import day_of, moment, working_day
from tests.years.script import Script

# On which working day of the review the list is submitted; its fourth is the last in time.
SUBMITTED_ON = {"2026-02": 6, "2026-07": 22, "2026-10": 4}
OTHERWISE = 3
SECRETARIES = {"王建军": "孙丽华", "赵卫东": "余凯"}
UNTRUE_IN, UNCHECKED_IN = "2026-04", "2026-10"  # months whose spot check finds something, or never happens
LATE_TALKS = {"2026-06"}  # months after which the secretary lets a talk become overdue


@dataclass(frozen=True)
class Plan:
    """What becomes of an opinion: at each level the working days until the answer, and the answer; taken up or not."""

    answers: tuple[tuple[int, str], ...]
    taken_up: bool = False


UPHELD, REFUSED = "成立 签到表上有", "不成立 当天没有这次活动"


@dataclass
class Rounds:
    """Reacts to what arrives on phones, as people do."""

    script: Script
    submitted: dict[tuple[str, str], datetime] = field(default_factory=dict)  # by secretary and month
    refused: list[tuple[str, str, datetime]] = field(default_factory=list)  # submissions
    opinions: dict[int, Plan] = field(default_factory=dict)
    filed: dict[int, tuple[str, str]] = field(default_factory=dict)  # of an opinion who filed it, and in which month's
    answered: dict[int, list[datetime]] = field(default_factory=dict)
    disputed: dict[int, int] = field(default_factory=dict)  # opinions about follow-ups
    checked: dict[int, bool] = field(default_factory=dict)
    untrue: int = 0

    @property
    def stage(self) -> Stage:
        return self.script.stage

    def begin(self, months: list[str]) -> None:
        self.stage.listeners.append(self.hear)
        for month in months:
            for secretary in SECRETARIES:
                self.plan(secretary, month)

    def plan(self, secretary: str, month: str) -> None:
        closed = day_of(holidays.claims_close(month)) - timedelta(days=1)
        turn = SUBMITTED_ON.get(month, OTHERWISE) if secretary == "王建军" else OTHERWISE
        self.stage.at(moment(closed, 16, 5), lambda now: self.too_early(secretary, month, now))
        self.stage.at(moment(working_day(closed, turn), 16, 10), self.submission(secretary, month))

    def too_early(self, secretary: str, month: str, now: datetime) -> None:
        """On the last day of the claims."""
        self.stage.is_refused(secretary, f"提交公示 {int(month[5:])}月", now)

    def submission(self, secretary: str, month: str) -> Act:
        def act(now: datetime) -> None:
            script, first = self.script, secretary == "王建军"
            left = [w for w in script.waiting.values() if w.month == month and w.first_branch is first]
            script.decide(secretary, [w for w in left if w.who != secretary], now)
            script.decide(SECRETARIES[secretary], [w for w in left if w.who == secretary], now)
            line = f"提交公示 {int(month[5:])}月"
            open_ones = [w for w in script.returned.values() if w.month == month and w.first_branch is first]
            if open_ones and now < holidays.review_closes(month):
                self.stage.is_refused(secretary, line, now)
                self.refused.append((secretary, month, now))
                self.stage.at(moment(working_day(day_of(now), 1), 16, 10), self.submission(secretary, month))
                return
            for one in open_ones:
                script.returned.pop(one.number)
            self.stage.does(secretary, line, now)
            self.submitted[secretary, month] = now
            if first:
                self.in_disclosure(month, now)

        return act

    # Disclosure

    def in_disclosure(self, month: str, submitted: datetime) -> None:
        """Some say 核实; in some months somebody is not content."""
        number = int(month[5:])
        second = moment(working_day(day_of(submitted), 2), 10)
        for name in ("张三", "何文斌", "黄秀英"):
            self.says(second, name, f"核实 {number}月")
        claim, note = self.script.rejected.get(("郑海燕", month)), self.script.records.get(("吴晓东", month))
        upheld, refused = Plan(((2, UPHELD),)), Plan(((1, REFUSED),))
        filed: dict[str, tuple[str, str, Plan]] = {
            "2026-03": ("郑海燕", f"申诉 {claim} 当天确有志愿服务", upheld),
            "2026-05": ("郑海燕", f"申诉 {claim} 当天确有志愿服务", refused),
            "2026-06": ("谢建平", "异议 刘强 六月没有带队", Plan(((2, REFUSED), (4, REFUSED)), taken_up=True)),
            "2026-08": (
                "吴晓东",
                f"申诉 J{note} 八月的学习任务完成了",
                Plan(((1, REFUSED), (2, UPHELD)), taken_up=True),
            ),
            "2026-11": ("郑海燕", f"申诉 {claim} 当天确有志愿服务", Plan(((6, UPHELD),))),
        }
        if month in filed:
            who, line, plan = filed[month]
            self.stage.at(second, lambda now: self.file(who, line, month, plan, now))
        if month == "2026-10":
            self.says(second, "彭亮", "建议 每月公示前先在小组会上通报")
        after = holidays.disclosure_closes(submitted) + timedelta(hours=10)
        if month in {"2026-01", "2026-09"}:
            self.stage.at(after, lambda now: self.stage.is_refused("谢建平", "异议 刘强 没有带队", now))

    def says(self, when: datetime, who: str, line: str) -> None:
        """Somebody is going to type a line."""
        self.stage.at(when, lambda now: self.stage.does(who, line, now))

    def file(self, who: str, line: str, month: str, plan: Plan, now: datetime) -> None:
        found = re.search(r"Y(\d+)", self.stage.does(who, line, now))
        assert found is not None, line
        self.opinions[int(found[1])] = plan
        self.filed[int(found[1])] = (who, month)

    # What arrives

    def hear(self, push: Push) -> None:
        """People act some time after something arrived."""
        numbers = {letter: int(n) for letter, n in re.findall(r"([TY])(\d+)", push.text)}
        act = {
            "opinion_waiting": self.asked_to_answer,
            "opinion_answered": self.got_an_answer,
            "spot_checks_given": self.asked_to_check,
            "follow_up_asked": self.asked_to_talk,
            "follow_up_to_name": self.asked_to_name,
            "follow_up_opened": self.told_of_a_talk,
            "quarter_proposed": self.asked_to_confirm,
        }.get(push.kind)
        if act is not None:
            act(push, numbers)

    def later(self, push: Push, days: int, hour: int, act: Act) -> None:
        self.stage.at(moment(working_day(day_of(push.at), days), hour, 20), act)

    def asked_to_answer(self, push: Push, numbers: dict[str, int]) -> None:
        number = numbers["Y"]
        plan = self.opinions.setdefault(number, Plan(((1, "采纳 已安排"),)))
        answered = self.answered.setdefault(number, [])
        days, verdict = plan.answers[min(len(answered), len(plan.answers) - 1)]
        self.later(push, days, 11, lambda now: self.answer(push.who, number, verdict, now))

    def answer(self, who: str, number: int, verdict: str, now: datetime) -> None:
        reply = self.stage.tell(who, f"处理 Y{number} {verdict}", now)
        if not reply.startswith("✅"):
            choice = re.search(r"^(\d+) [^\n]*不(?:改|变|用)", reply, re.MULTILINE)
            assert choice is not None, reply
            self.stage.does(who, choice[1], now)
        self.answered[number].append(now)
        self.stage.look_at(now + timedelta(minutes=1))

    def got_an_answer(self, push: Push, numbers: dict[str, int]) -> None:
        number = numbers["Y"]
        if self.opinions[number].taken_up and len(self.answered[number]) == 1:
            line = f"我有意见 Y{number} 请上级再看一下"
            self.later(push, 1, 15, lambda now: self.stage.does(push.who, line, now))

    def asked_to_check(self, push: Push, numbers: dict[str, int]) -> None:
        self.later(push, 1, 10, lambda now: self.check(push.who, now))

    def check(self, who: str, now: datetime) -> None:
        """The inspector looks at what was drawn; in one month something is untrue."""
        month = holidays.following(day_of(now).isoformat()[:7], -1)
        if month == UNCHECKED_IN:
            return
        for number in map(int, re.findall(r"#(\d+)", self.stage.tell(who, "抽查", now))):
            if number in self.checked:
                continue
            untrue = month == UNTRUE_IN and not self.untrue
            self.stage.does(who, f"抽查 {number} {'不实 签到表上没有' if untrue else '属实'}", now)
            self.checked[number] = not untrue
            self.untrue = number if untrue else self.untrue

    def told_of_a_talk(self, push: Push, numbers: dict[str, int]) -> None:
        number = numbers["T"]
        if push.who == "曾凡":
            self.later(push, 2, 9, lambda now: self.dispute(push.who, number, now))
        else:
            self.later(push, 1, 9, lambda now: self.stage.does(push.who, f"认可 T{number}", now))

    def dispute(self, who: str, number: int, now: datetime) -> None:
        found = re.search(r"Y(\d+)", self.stage.does(who, f"有异议 T{number} 学习任务当月已经完成", now))
        assert found is not None
        self.opinions[int(found[1])] = Plan(((2, "成立 学习平台上有记录"),))
        self.disputed[int(found[1])] = number
        entry = self.script.records["曾凡", "2026-11"]
        line = f"申诉 J{entry} 学习任务当月已经完成"
        self.stage.at(
            now + timedelta(hours=1), lambda later: self.file(who, line, "2026-11", Plan(((2, UPHELD),)), later)
        )

    def asked_to_talk(self, push: Push, numbers: dict[str, int]) -> None:
        if "述职" in push.text or "民主生活会" in push.text:
            return  # at the year's end
        late = day_of(push.at).isoformat()[:7] in {holidays.following(month) for month in LATE_TALKS}
        self.later(push, 13 if late else 4, 16, lambda now: self.talk(push.who, numbers["T"], now))

    def talk(self, who: str, number: int, now: datetime) -> None:
        until = day_of(now) + timedelta(days=30)
        line = f"谈话 T{number} 工作忙耽误了 每月参加一次志愿服务 {until.month}月{until.day}日"
        if "已取消" not in self.stage.tell(who, f"跟进 T{number}", now):
            self.stage.does(who, line, now)

    def asked_to_name(self, push: Push, numbers: dict[str, int]) -> None:
        self.later(push, 1, 14, lambda now: self.stage.does(push.who, f"指派 T{numbers['T']} 孙丽华", now))

    def asked_to_confirm(self, push: Push, numbers: dict[str, int]) -> None:
        """The branch's committee confirms the quarter's candidates; once it leaves the best one out."""
        found = re.search(r"[一二三四]季度", push.text)
        assert found is not None, push
        but = " 不含 王芳" if (push.who, found[0]) == ("王建军", "二季度") else ""
        self.later(push, 2, 15, lambda now: self.stage.does(push.who, f"确认先锋岗 {found[0]}{but}", now))

    # The committee

    def zeroings(self) -> None:
        """One in time, and one about a month that is final already, which is taken back later."""
        line = "归零 罗志刚 9月 机纪〔2026〕3号 受党内警告处分"
        self.stage.at(moment(date(2026, 9, 28), 10), lambda now: self.stage.does("姚玉琴", line, now))
        self.stage.at(moment(date(2026, 8, 20), 10), self.mistaken_zeroing)

    def mistaken_zeroing(self, now: datetime) -> None:
        reply = self.stage.does("姚玉琴", "归零 邓杰 6月 机纪〔2026〕2号 受组织处理", now)
        found = re.search(r"J(\d+)", reply)
        assert found is not None, reply
        back = moment(date(2026, 9, 10), 10)
        self.stage.at(back, lambda later: self.stage.does("姚玉琴", f"撤回 J{found[1]}", later))
