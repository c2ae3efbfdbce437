"""Three months of believable history for the sample organisation: what was claimed, decided and recorded.

A plan only: whoever applies it goes through the operations, in the order of ``timeline``. Points are those of the
rulebook 七项内容, and a whole month's score comes out between 57 and 97, as in the table that rulebook was made with.
Items that require a picture are left out, since a plan has none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from random import Random

from bot.office import sample
from bot.office.roster_rows import MemberRow
from bot.office.sample_deeds import (
    CADRE_ACTS,
    LATE,
    NOTES,
    REFUSALS,
    REFUSED_ONE_IN,
    SECRETARY_ACTS,
    Act,
    Habit,
    habit_of,
)
from bot.office.sample_deeds import Late as LateClaim
from bot.office.sample_meetings import meetings
from models.appointments import Office
from models.months import Month, at, shanghai_day
from models.rulebooks import Source
from models.workdays import is_workday, last_workday

ONE = Decimal(1)


class Decision(StrEnum):
    """What became of a claim."""

    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Deed:
    """A member's claim and what became of it; ``decision`` and ``decided_at`` are None while it waits."""

    staff_no: str
    item_code: str
    quantity: Decimal
    day: date
    note: str
    submitted_at: datetime
    decision: Decision | None = None
    decided_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What no member claims: attendance at the end of a meeting, or the branch's own record."""

    staff_no: str
    item_code: str
    source: Source
    day: date
    quantity: Decimal
    note: str
    recorded_at: datetime


class Step(StrEnum):
    """What is to be done with a deed or a record at a moment."""

    SUBMIT = "submit"
    DECIDE = "decide"
    RECORD = "record"


def history(now: datetime, *, seed: int = 2026) -> Iterator[Deed | Record]:
    """The two whole months before ``now`` and the running one up to it, by the moment each came in.

    The same ``now`` and ``seed`` give the same history. Some claims of the last days wait for a decision.
    """
    running = Month.of(now)
    late = [_late(claim, now) for claim in LATE]
    taken = {(deed.staff_no, deed.item_code, Month.of(deed.day)) for deed in late}
    plan: list[Deed | Record] = [*late]
    for month in (running.plus(-2), running.plus(-1), running):
        for member in sample.scored():
            spent = _month_of(member, month, Random(f"{seed} {month} {member.staff_no}"), now)
            plan += [one for one in spent if (one.staff_no, one.item_code, month) not in taken]
    yield from sorted(plan, key=_order)


def timeline(plan: Iterable[Deed | Record]) -> list[tuple[datetime, Step, Deed | Record]]:
    """Each thing to do with a plan, by its moment: a deed is submitted and, if it was, decided later."""
    steps: list[tuple[datetime, Step, Deed | Record]] = []
    for one in plan:
        if isinstance(one, Record):
            steps.append((one.recorded_at, Step.RECORD, one))
            continue
        steps.append((one.submitted_at, Step.SUBMIT, one))
        if one.decided_at is not None:
            steps.append((one.decided_at, Step.DECIDE, one))
    return sorted(steps, key=lambda step: step[0])


def _order(one: Deed | Record) -> tuple[datetime, str, str]:
    moment = one.recorded_at if isinstance(one, Record) else one.submitted_at
    return moment, one.staff_no, one.item_code


def _month_of(member: MemberRow, month: Month, dice: Random, now: datetime) -> list[Deed | Record]:
    habit = habit_of(member.staff_no, month, dice)
    found: list[Deed | Record] = [*_deeds(member, month, habit, dice, now)]
    found += _attendance(member, month, habit)
    if not habit.studies:
        found.append(_neglected(member, month))
    return [one for one in found if _order(one)[0] <= now]


def _deeds(member: MemberRow, month: Month, habit: Habit, dice: Random, now: datetime) -> Iterator[Deed]:
    used: set[tuple[str, date]] = set()
    for act in (*habit.acts, *_office_acts(member, habit)):
        day = _day(month, act, used, dice)
        yield _decided(member.staff_no, act, day, dice.choice(NOTES[act.item]), "", dice, now)
    if habit.acts and dice.randrange(REFUSED_ONE_IN) == 0:
        refusal = dice.choice(REFUSALS)
        day = _day(month, refusal.act, used, dice)
        yield _decided(member.staff_no, refusal.act, day, refusal.note, refusal.reason, dice, now)


def _office_acts(member: MemberRow, habit: Habit) -> Sequence[Act]:
    if habit.on_leave:
        return ()
    if member.leading_cadre:
        return CADRE_ACTS
    return SECRETARY_ACTS if any(held.office is Office.SECRETARY for held in member.offices) else ()


def _day(month: Month, act: Act, used: set[tuple[str, date]], dice: Random) -> date:
    days = [month.first_day + timedelta(days=number - 1) for number in range(act.first, act.last + 1)]
    fitting = [day for day in days if is_workday(day) is not act.weekend and (act.item, day) not in used]
    day = dice.choice(fitting)
    used.add((act.item, day))
    return day


def _decided(staff_no: str, act: Act, day: date, note: str, reason: str, dice: Random, now: datetime) -> Deed:
    submitted = _waking(day + timedelta(days=dice.choice((0, 0, 0, 1, 2))), 18, 21, dice)
    decided = _waking(shanghai_day(submitted) + timedelta(days=dice.choice((1, 1, 2))), 8, 20, dice)
    if decided > now:
        return Deed(staff_no, act.item, act.quantity, day, note, submitted)
    decision = Decision.REJECTED if reason else Decision.APPROVED
    return Deed(staff_no, act.item, act.quantity, day, note, submitted, decision, decided, reason)


def _waking(day: date, first: int, last: int, dice: Random) -> datetime:
    return at(day, dice.randint(first, last), dice.randrange(60))


def _late(claim: LateClaim, now: datetime) -> Deed:
    submitted = _awake(now - timedelta(hours=claim.hours_ago, minutes=claim.hours_ago))
    day, act = shanghai_day(submitted), claim.act
    if not claim.returned:
        return Deed(claim.staff_no, act.item, act.quantity, day, claim.note, submitted)
    decided = submitted + (now - submitted) / 2
    return Deed(
        claim.staff_no, act.item, act.quantity, day, claim.note, submitted, Decision.RETURNED, decided, claim.returned
    )


def _awake(moment: datetime) -> datetime:
    """The moment itself between 7 and 22 o'clock, otherwise the evening before."""
    day = shanghai_day(moment)
    if at(day, 7) <= moment < at(day, 22):
        return moment
    evening = day if moment >= at(day, 22) else day - timedelta(days=1)
    return at(evening, 20, moment.minute)


def _attendance(member: MemberRow, month: Month, habit: Habit) -> Iterator[Record]:
    if habit.on_leave:
        return
    for number, meeting in enumerate(meetings(member.home, month)):
        item, word = "组织-01", "到会"
        if number < habit.missed:
            item, word = "组织-03", "无故缺席"
        elif number < habit.missed + habit.late:
            item, word = "组织-02", "迟到"
        note = f"{meeting.kind}{word}"
        yield Record(member.staff_no, item, Source.ATTENDANCE, meeting.day, ONE, note, meeting.ends)


def _neglected(member: MemberRow, month: Month) -> Record:
    day = last_workday(month)
    return Record(member.staff_no, "学习-05", Source.BRANCH, day, ONE, "当月学习任务未完成", at(day, 17, 40))
