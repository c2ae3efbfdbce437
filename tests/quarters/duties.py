"""Which meetings were owed, when somebody was to be pressed for them, and what became of them (rules 23).

Worked out by somebody who has read rules.md and nothing of the code: the standard library and the calendar alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.years.holidays import DAY, day_of, midnight_after, moment, works

GROUPS, COMMITTEES, BRANCHES = ("第一小组", "第二小组"), ("第一支部", "第二支部"), ("第一支部", "第二支部", "第三支部")
# Rule 23's table, as far as its cadences are on: kind, who, how often.
TABLE = (
    ("党小组会", GROUPS, "month"),
    ("支部委员会", COMMITTEES, "month"),
    ("主题党日", BRANCHES, "month"),
    ("支部党员大会", BRANCHES, "quarter"),
    ("党课", BRANCHES, "quarter"),
    ("党总支党员大会", ("机关党总支",), "half_year"),
    ("组织生活会", BRANCHES, "year"),
    ("民主评议党员", BRANCHES, "year"),
    ("民主生活会", ("机关党委",), "year"),
)
LAST_CALL, URGENT = 5, 2  # working days


@dataclass(frozen=True)
class Plan:
    """A meeting as it was planned for a duty; ``fell`` is when it was cancelled."""

    planned: datetime
    starts: datetime
    fell: datetime | None = None


@dataclass
class Owed:
    """A duty, and from which day its organization knew of it."""

    organization: str
    kind: str
    period: str
    first: date
    until: date
    since: datetime
    plans: list[Plan] = field(default_factory=list)

    @property
    def name(self) -> tuple[str, str, str]:
        return self.organization, self.kind, self.period

    @property
    def days(self) -> list[date]:
        span = (self.until - self.first).days + 1
        return [day for n in range(span) if works(day := self.first + n * DAY)]

    @property
    def middle(self) -> datetime:
        """When half of the working days are over; for what is learnt of later, that moment."""
        days = self.days
        return max(midnight_after(days[(len(days) + 1) // 2 - 1]), self.since)

    @property
    def last_call(self) -> datetime:
        return moment(self._from_end(min(LAST_CALL, len(self.days) // 4)))

    @property
    def urgent(self) -> datetime:
        return moment(self._from_end(URGENT))

    def _from_end(self, number: int) -> date:
        return self.days[-max(number, 1)]

    @property
    def ends(self) -> datetime:
        return midnight_after(self.until)

    def is_planned(self, now: datetime) -> bool:
        return any(
            plan.planned <= now and (plan.fell is None or now < plan.fell) and plan.starts < self.ends
            for plan in self.plans
        )

    def open_since(self, now: datetime) -> datetime:
        """When the last plan that there was before fell."""
        return max((plan.fell for plan in self.plans if plan.fell and plan.fell <= now), default=self.first_moment)

    @property
    def first_moment(self) -> datetime:
        return moment(self.first)

    @property
    def is_missed(self) -> bool:
        return not self.is_planned(self.ends)

    def pressed(self) -> tuple[datetime | None, datetime | None]:
        """When who is responsible is reminded, and when the last call goes out to the level above as well."""
        reminded = None
        for now in mornings(self.since, self.ends):
            if self.is_planned(now) or not (begins_week(now) or now >= self.urgent):
                continue
            since = self.open_since(now)
            if max(self.last_call, since) <= now:
                return reminded, now
            if reminded is None and max(self.middle, since) <= now:
                reminded = now
        return reminded, None

    def told_missed(self) -> datetime:
        """Gathered, on the next Monday."""
        return next(now for now in mornings(self.ends, self.ends + timedelta(days=30)) if begins_week(now))


def mornings(begin: datetime, end: datetime) -> Iterator[datetime]:
    """9:00 of each working day."""
    day = day_of(begin)
    while moment(day, 9) < end:
        if works(day) and moment(day, 9) >= begin:
            yield moment(day, 9)
        day += DAY


def begins_week(now: datetime) -> bool:
    """Monday, or the first working day of a week whose Monday is a holiday."""
    day = day_of(now)
    return not any(works(day - n * DAY) for n in range(1, day.weekday() + 1))


def periods(often: str, start: date, end: date) -> list[tuple[str, date, date]]:
    """The periods of a cadence that begin before a day and are over after another: key, first and last day."""
    found = []
    for year in range(start.year - 1, end.year + 1):
        if often == "year":
            found.append((f"{year}", date(year, 1, 1), date(year + 1, 3, 31)))
            continue
        length = {"month": 1, "quarter": 3, "half_year": 6}[often]
        for number in range(12 // length):
            first = date(year, number * length + 1, 1)
            after = date(year + (number + 1) * length // 12, (number + 1) * length % 12 + 1, 1)
            found.append((_key(often, year, number + 1), first, after - DAY))
    return [one for one in found if one[1] < end and one[2] >= start]


def _key(often: str, year: int, number: int) -> str:
    return {"month": f"{year}-{number:02d}", "quarter": f"{year}-Q{number}", "half_year": f"{year}-H{number}"}[often]


def owed(start: datetime, end: datetime) -> list[Owed]:
    """Everything that was owed between two moments by who began with the first of them."""
    found = []
    for kind, organizations, often in TABLE:
        for key, first, until in periods(often, day_of(start), day_of(end)):
            since = max(start, moment(first))
            found += [Owed(organization, kind, key, first, until, since) for organization in organizations]
    return [one for one in found if one.last_call > start]


@dataclass
class Told:
    """What one person is to be told at one moment."""

    own: set[tuple[str, str, str]] = field(default_factory=set)
    below: set[tuple[str, str, str]] = field(default_factory=set)
    missed: set[tuple[str, str, str]] = field(default_factory=set)


def to_tell(
    duties: Sequence[Owed], responsible: dict[str, set[str]], above: dict[str, set[str]], end: datetime
) -> dict[tuple[datetime, str], Told]:
    """Of all that was owed, what each person was to be told when, in one line."""
    found: dict[tuple[datetime, str], Told] = {}
    for duty in duties:
        reminded, called = duty.pressed()
        for when in (reminded, called):
            for person in responsible[duty.organization] if when else ():
                found.setdefault((when, person), Told()).own.add(duty.name)  # type: ignore[arg-type]
        for person in above[duty.organization] if called else ():
            found.setdefault((called, person), Told()).below.add(duty.name)  # type: ignore[arg-type]
        if duty.ends < end and duty.is_missed:
            for person in responsible[duty.organization] | above[duty.organization]:
                found.setdefault((duty.told_missed(), person), Told()).missed.add(duty.name)
    return {(when, who): told for (when, who), told in found.items() if when < end}
