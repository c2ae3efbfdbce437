"""No deadline silently passed: what was due was done, reminded of or moved up by the first clean look after it.

The calendar is the second bookkeeper's (tests/years/holidays.py).
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.clock import INSTANT
from tests.simulation.world import World
from tests.years import holidays
from tests.years.holidays import DAY, day_of, moment, works
from tests.years.sources import as_moment

SLACK = timedelta(minutes=1)  # a look takes a moment


@dataclass(frozen=True)
class Looks:
    """The moments at which every job ran to its end."""

    clean: list[datetime]

    def after(self, due: datetime) -> datetime | None:
        """The first clean look at or after a moment; None when there was none yet."""
        place = bisect_left(self.clean, due)
        return self.clean[place] if place < len(self.clean) else None

    def passed(self, due: datetime, done: datetime | None) -> bool:
        """Whether a due moment passed, and a clean look after it, without what was due."""
        look = self.after(due)
        return look is not None and (done is None or done > look + SLACK)


def broken(world: World) -> Iterator[str]:
    """Everything that was due and came late, early or never."""
    looks = Looks(world.workers.clean)
    yield from _rounds(world, looks)
    yield from _claims(world, looks)
    yield from _opinions(world, looks)
    yield from _follow_ups(world, looks)
    yield from _month_ends(world, looks)
    yield from _meetings(world, looks)


def _at(row: dict[str, Any], column: str) -> datetime | None:
    return None if row[column] is None else as_moment(row[column])


def _rounds(world: World, looks: Looks) -> Iterator[str]:
    reminded = defaultdict(list)
    for row in world.rows("SELECT key FROM notices WHERE kind = 'review_late'"):
        reminded[row["key"].split(":")[1]].append(row["key"])
    for row in world.rows("SELECT * FROM rounds"):
        name, month = f"round {row['id']} ({row['branch_id']} {row['month']})", row["month"]
        if _at(row, "claims_until") != holidays.claims_close(month):
            yield f"{name}: claims until {row['claims_until']}"
        closed = holidays.claims_close(month)
        if row["state"] == "open" and looks.passed(closed, None):
            yield f"{name}: still open"
        if row["review_until"] is not None and _at(row, "review_until") != holidays.review_closes(month):
            yield f"{name}: review until {row['review_until']}"
        submitted = _at(row, "submitted_at")
        yield from (f"{name}: {what}" for what in _review(row, submitted, looks, len(reminded[str(row["id"])])))
        if submitted is not None:
            yield from (f"{name}: {what}" for what in _final(world, row, submitted, looks))


def _review(row: dict[str, Any], submitted: datetime | None, looks: Looks, reminded: int) -> Iterator[str]:
    """A list that comes late is reminded of on each working day, and told above."""
    until = holidays.review_closes(row["month"])
    mornings = [
        m for m in _mornings(until, submitted) if (look := looks.after(m)) and (not submitted or look < submitted)
    ]
    seen = len({look for m in mornings if (look := looks.after(m))})
    if bool(seen) != bool(reminded) and seen:
        yield f"late on {seen} looks, and nobody was reminded"
    if seen > 2 and row["moved_up_at"] is None:
        yield "the level above was never told that it is late"


def _mornings(first: datetime, until: datetime | None) -> list[datetime]:
    day, found = day_of(first), []
    while until is not None and moment(day, 9) < until:
        if works(day) and moment(day, 9) >= first:
            found.append(moment(day, 9))
        day += DAY
    return found


def _final(world: World, row: dict[str, Any], submitted: datetime, looks: Looks) -> Iterator[str]:
    if _at(row, "disclosure_until") != holidays.disclosure_closes(submitted):
        yield f"in disclosure until {row['disclosure_until']}"
    due = holidays.final_from(submitted)
    if _at(row, "final_from") != due:
        yield f"final from {row['final_from']}"
    final = _at(row, "final_at")
    if final is not None and final < due:
        yield f"final at {final}, before {due}"
    settled = _settled(world, row)
    # What a look itself settled may have come after its turn of the finals: then the next look is meant.
    if settled is not None and looks.passed(max(due, settled + INSTANT), final):
        yield f"submitted {submitted}, due {due}, answered {settled}, final at {final}"


def _settled(world: World, row: dict[str, Any]) -> datetime | None:
    """When the last appeal or objection about the month was settled; None when one is not."""
    asked = world.rows(
        "SELECT o.status, (SELECT max(s.at) FROM opinion_steps s WHERE s.opinion_id = o.id) AS at FROM opinions o "
        f"WHERE o.organization_id = {row['branch_id']} AND o.month = '{row['month']}' "
        "AND o.kind IN ('appeal', 'objection')"
    )
    if any(one["status"] in ("open", "refused") for one in asked):
        return None
    return max([as_moment(one["at"]) for one in asked if one["at"]], default=as_moment(row["submitted_at"]))


def _claims(world: World, looks: Looks) -> Iterator[str]:
    steps = defaultdict(list)
    for step in world.rows("SELECT claim_id, verb, at FROM claim_steps ORDER BY id"):
        steps[step["claim_id"]].append((step["verb"], as_moment(step["at"])))
    for claim in world.rows("SELECT * FROM claims"):
        since = _at(claim, "waiting_since")
        assert since is not None
        mine = steps[claim["id"]]
        decided = next((at for verb, at in mine if at > since and verb not in ("supplement", "move_up")), None)
        for days, column in ((2, "reminded_at"), (4, "moved_up_at")):
            due = holidays.days_after(since, days)
            look, done = looks.after(due), _at(claim, column)
            waited = look is not None and (decided is None or decided > look + SLACK)
            if waited and looks.passed(due, done):
                yield f"claim {claim['id']} waited since {since} until {decided}: {column} {done}"
            if done is not None and done < due:
                yield f"claim {claim['id']} waited since {since}: {column} {done}, before {due}"
        if claim["status"] == "returned" and looks.passed(holidays.review_closes(claim["month"]), None):
            yield f"claim {claim['id']} is still returned"


def _opinions(world: World, looks: Looks) -> Iterator[str]:
    for row in world.rows("SELECT * FROM opinions WHERE status IN ('open', 'refused')"):
        due = as_moment(row["due_at"])
        if row["status"] == "refused" and looks.passed(due, None):
            yield f"opinion {row['id']} was due to end at {due}"
        if row["status"] == "open" and looks.passed(due, _at(row, "told_above_at")):
            yield f"opinion {row['id']} was due at {due}, and the level above was told at {row['told_above_at']}"
        if row["status"] == "open" and row["reminded_on"] is None and looks.passed(due, None):
            yield f"opinion {row['id']} was due at {due}, and nobody was reminded"


def _follow_ups(world: World, looks: Looks) -> Iterator[str]:
    for row in world.rows("SELECT * FROM follow_ups WHERE status = 'open'"):
        if looks.passed(as_moment(row["remind_at"]), None) and not row["reminders"]:
            yield f"follow-up {row['id']} was to be reminded of at {row['remind_at']}"
        if looks.passed(as_moment(row["due"]), None) and row["reminders"] < 3:
            yield f"follow-up {row['id']} was due at {row['due']}, reminded of {row['reminders']} times"


def _month_ends(world: World, looks: Looks) -> Iterator[str]:
    """Everybody who can be reached is told at five on the last working day."""
    told = {(row["member_id"], row["subject"]) for row in world.rows("SELECT * FROM notices WHERE kind = 'month_end'")}
    bound = world.rows("SELECT b.member_id, m.staff_no FROM bindings b JOIN members m ON m.id = b.member_id")
    people = [row for row in bound if row["staff_no"] not in world.wandered]
    for row in world.rows("SELECT DISTINCT month FROM rounds"):
        due = moment(holidays.last_working_day(row["month"]), 17)
        if looks.passed(due, None):
            for person in people:
                if (person["member_id"], f"month:{row['month']}") not in told:
                    yield f"member {person['member_id']} was not told of the end of {row['month']}"


def _meetings(world: World, looks: Looks) -> Iterator[str]:
    """A meeting that is over is closed; minutes that are due are there, or somebody was reminded of them."""
    late = {row["key"].split(":")[1] for row in world.rows("SELECT key FROM notices WHERE kind = 'minutes_late'")}
    for row in world.rows("SELECT * FROM meetings"):
        closes = as_moment(row["closes_at"])
        if row["state"] in ("announced", "open") and looks.passed(closes, None):
            yield f"meeting {row['id']} is {row['state']} and was to close at {closes}"
        due = holidays.days_after(closes, 4)
        if row["state"] == "closed" and looks.passed(due, None) and str(row["id"]) not in late:
            yield f"meeting {row['id']} closed at {closes}: no minutes, and nobody was reminded"
