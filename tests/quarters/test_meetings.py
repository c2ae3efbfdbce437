"""Two quarters of three branches: what was owed was asked for, pressed, held or recorded; and nobody was pestered."""

import json
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.office.rulebooks import SEVEN_CONTENTS
from models import verification
from tests.quarters import people
from tests.quarters.duties import Owed, Plan, Told, mornings, owed, periods, to_tell
from tests.quarters.people import ABOVE, EXEMPT, RESPONSIBLE, WITHOUT_WECHAT
from tests.quarters.script import TO_PLAN
from tests.quarters.whole import END, SCORED_FROM, START, Quarters
from tests.stage import Push
from tests.years.holidays import SHANGHAI, day_of, days_after, moment, working_day
from tests.years.independent import read_books
from tests.years.sources import as_day, as_moment, read_rulebook

ABOUT_MEETINGS = (
    "meeting_announced",
    "meeting_moved",
    "meeting_cancelled",
    "meeting_reminder",
    "meeting_closed",
    "meetings_to_plan",
    "minutes_late",
    "minutes_late_above",
)
MOST = 3
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def held(quarters: Quarters) -> list[dict[str, Any]]:
    """The meetings as they lie in the tables, with their kinds, periods, organizations and moments."""
    kinds = quarters.stage.rows("SELECT * FROM meeting_kinds ORDER BY meeting_id, position")
    names = quarters.stage.rows(
        "SELECT h.meeting_id, o.name FROM meeting_organizations h JOIN organizations o ON o.id = h.organization_id"
    )
    organizers = {row["id"]: row["name"] for row in quarters.stage.rows("SELECT id, name FROM members")}
    found = quarters.stage.rows("SELECT * FROM meetings ORDER BY id")
    for row in found:
        for key in ("planned_at", "starts_at", "closes_at", "closed_at", "cancelled_at"):
            row[key] = as_moment(row[key]) if row[key] else None
        row["organizer"] = organizers[row["organizer_id"]]
        row["kinds"] = [(one["kind"], one["period"]) for one in kinds if one["meeting_id"] == row["id"]]
        row["names"] = [one["name"] for one in names if one["meeting_id"] == row["id"]]
    return found


@pytest.fixture(scope="module")
def duties(held: list[dict[str, Any]]) -> list[Owed]:
    """What was owed by the calendar, with what was planned for it."""
    found = owed(START, END)
    for duty in found:
        for row in held:
            if duty.organization in row["names"] and (duty.kind, duty.period) in row["kinds"]:
                duty.plans.append(Plan(row["planned_at"], row["starts_at"], row["cancelled_at"]))
    return found


def test_everything_that_people_typed_came_to_what_was_expected(quarters: Quarters):
    assert quarters.stage.surprises == []


def test_the_clock_went_through_every_day(quarters: Quarters):
    seen = {day_of(now) for now in quarters.stage.moments}
    assert [day_of(START) + n * DAY for n in range((day_of(END) - day_of(START)).days)] == sorted(seen - {day_of(END)})
    assert set(mornings(START, END)) <= set(quarters.stage.moments)


# What was owed, and what became of it


def test_every_meeting_of_the_table_was_owed_and_came_to_its_end(quarters: Quarters, duties: list[Owed]):
    rows = quarters.stage.rows(
        "SELECT d.*, o.name FROM meeting_duties d JOIN organizations o ON o.id = d.organization_id"
    )
    states = {(row["name"], row["kind"], row["period"]): row["state"] for row in rows}
    assert states == {duty.name: _state(duty) for duty in duties}
    # The temporary group, the retired group and whatever is off until it is set owe nothing.
    assert {name for name, _, _ in states} == set(RESPONSIBLE)
    assert Counter(states.values())["missed"] >= 6


def _state(duty: Owed) -> str:
    if duty.ends > END:
        return "open"
    return "missed" if duty.is_missed else "met"


def test_what_was_missed_is_recorded_with_its_end_and_nothing_else(quarters: Quarters, duties: list[Owed]):
    rows = quarters.stage.rows(
        "SELECT m.*, o.name FROM missed_meetings m JOIN organizations o ON o.id = m.organization_id"
    )
    recorded = {(row["name"], row["kind"], row["period"]): as_moment(row["ended_at"]) for row in rows}
    assert recorded == {duty.name: duty.ends for duty in duties if duty.ends < END and duty.is_missed}
    assert {row["recorded_at"] == row["ended_at"] for row in rows} == {True}
    told = {(row["name"], row["kind"], row["period"]): as_moment(row["told_at"]) for row in rows if row["told_at"]}
    assert told == {
        duty.name: duty.told_missed() for duty in duties if duty.name in recorded and duty.told_missed() < END
    }


def test_who_is_responsible_and_who_is_above_were_told_in_one_line_and_then(quarters: Quarters, duties: list[Owed]):
    expected = to_tell(duties, RESPONSIBLE, ABOVE, END)
    assert _told(quarters) == expected
    # Each of the ways of telling was needed, and nobody but the diligent went without.
    assert {name for told in expected.values() for name in ("own", "below", "missed") if getattr(told, name)} == {
        "own",
        "below",
        "missed",
    }
    assert {who for _, who in expected} == set().union(*RESPONSIBLE.values(), *ABOVE.values()) - {"王建军", "李四"}
    arrived = Counter((push.at, push.who) for push in quarters.pushes("meetings_to_plan"))
    assert arrived == Counter(expected.keys())


def _told(quarters: Quarters) -> dict[tuple[datetime, str], Told]:
    """What the tables say that each was told."""
    name = {
        table: {
            row["id"]: (row["name"], row["kind"], row["period"])
            for row in quarters.stage.rows(
                f"SELECT t.*, o.name FROM {table} t JOIN organizations o ON o.id = t.organization_id"
            )
        }
        for table in ("meeting_duties", "missed_meetings")
    }
    rows = quarters.stage.rows(
        "SELECT n.due, n.facts, m.name FROM notices n JOIN members m ON m.id = n.member_id "
        "WHERE n.kind = 'meetings_to_plan'"
    )
    found = {}
    for row in rows:
        facts: dict[str, list[int]] = json.loads(row["facts"])
        own, below = ({name["meeting_duties"][id] for id in facts[key]} for key in ("own", "below"))
        missed = {name["missed_meetings"][id] for id in facts["missed"]}
        found[as_moment(row["due"]), row["name"]] = Told(own, below, missed)
    assert len(found) == len(rows)  # one line per person
    return found


def test_pressing_comes_on_monday_morning_but_for_what_is_due_within_two_days(quarters: Quarters, duties: list[Owed]):
    ends = {duty.ends: duty for duty in duties}
    mondays = otherwise = 0
    for push in quarters.pushes("meetings_to_plan"):
        local = push.at.astimezone(SHANGHAI)
        assert (local.hour, local.minute) == (9, 0)
        if local.weekday() == 0:
            mondays += 1
        else:
            # Either the week had no working Monday, or two working days are left to somebody.
            near = any(duty.urgent <= push.at < duty.ends for duty in ends.values())
            assert near or local.date().isoformat() in ("2026-02-24", "2026-04-07")
            otherwise += 1
    assert mondays > otherwise > 0


def test_the_holiday_week_and_the_last_day_of_march_are_among_the_periods(duties: list[Owed]):
    """So that this play proves what it is for."""
    until = {duty.until.isoformat() for duty in duties if duty.is_missed and duty.ends < END}
    assert {"2026-02-28", "2026-03-31", "2026-05-31"} <= until
    assert len(periods("month", day_of(START), day_of(END))) == 7


# Announcements and reminders


def test_nobody_is_told_anything_twice(quarters: Quarters):
    keys = Counter(push.key for push in quarters.stage.phones.all)
    assert set(keys.values()) == {1}
    texts = Counter((push.who, push.text) for push in quarters.pushes(*ABOUT_MEETINGS))
    assert set(texts.values()) == {1}


def test_nobody_is_woken_at_night(quarters: Quarters):
    """What somebody waits for comes at any hour, and here nobody asked anything at night."""
    for push in quarters.stage.phones.all:
        local = push.at.astimezone(SHANGHAI)
        assert (7, 30) <= (local.hour, local.minute) < (22, 0), push
    edges = [push for push in quarters.stage.phones.all if _clock(push.at) == (7, 30)]
    assert {push.kind for push in edges} >= {"meeting_announced", "meeting_reminder"}  # moved to the edge


def _clock(now: datetime) -> tuple[int, int]:
    local = now.astimezone(SHANGHAI)
    return local.hour, local.minute


def test_everybody_invited_was_told_at_once_and_reminded_before(quarters: Quarters, held: list[dict[str, Any]]):
    """Of every meeting: the announcement, a day before, an hour before; less for who is told more otherwise."""
    told: dict[int, dict[str, list[tuple[str, datetime]]]] = defaultdict(lambda: defaultdict(list))
    for push in quarters.pushes("meeting_announced", "meeting_reminder"):
        number = int(push.key.split(":")[1])
        told[number][push.who].append((push.kind, push.at))
    for row in held:
        everybody = people.invited(row["names"][0], row["kinds"][0][0]) - WITHOUT_WECHAT
        expected = everybody - {row["organizer"]}
        announced = {who for who, pushes in told[row["id"]].items() if pushes[0][0] == "meeting_announced"}
        assert announced == expected, row
        at = {at for pushes in told[row["id"]].values() for kind, at in pushes if kind == "meeting_announced"}
        assert at in ({row["planned_at"]}, {_morning(row["planned_at"])}, set()), row
        if row["cancelled_at"] is None:
            away = {who for (number, who) in quarters.script.asked if number == row["id"]}
            reminded = {who for who, pushes in told[row["id"]].items() if pushes[-1][0] == "meeting_reminder"}
            assert everybody - away <= reminded, row
            for who in everybody - away:
                last = told[row["id"]][who][-1][1]
                assert last == max(row["starts_at"] - timedelta(hours=1), _morning(row["starts_at"] - DAY)), (who, row)


def _morning(now: datetime) -> datetime:
    """7:30 of the next day."""
    return moment(day_of(now) + DAY, 7, 30)


def test_whoever_asked_for_leave_is_not_reminded_any_more(quarters: Quarters):
    assert len(quarters.script.asked) >= 6
    for (number, who), asked in quarters.script.asked.items():
        reminded = [
            push
            for push in quarters.pushes("meeting_reminder")
            if push.who == who and push.key.startswith(f"meeting_reminder:{number}:") and push.at >= asked
        ]
        # But for whose leave was refused: they are expected again.
        assert bool(reminded) == ((number, who) in quarters.script.refused), (number, who)


def test_nobody_gets_more_than_three_pushes_about_meetings_in_a_week_with_one_meeting(quarters: Quarters):
    """One meeting: everything that week is about the same one, being pressed to plan it among that."""
    pushes = defaultdict(list)
    for push in quarters.pushes(*ABOUT_MEETINGS):
        pushes[push.who, _week(push.at)].append(push)
    single = [week for week, found in pushes.items() if _is_single(quarters, found)]
    assert len(single) > 100
    over = {week: [(push.at, push.kind) for push in pushes[week]] for week in single if len(pushes[week]) > MOST}
    assert over == {}
    assert MOST in {len(pushes[week]) for week in single}


def _is_single(quarters: Quarters, pushes: list[Push]) -> bool:
    numbers = {int(number) for push in pushes for number in re.findall(r"M(\d+)", push.text)}
    called = [quarters.script.held[number] for number in numbers if number in quarters.script.held]
    kinds = {kind for held in called for kind in held.kinds}
    pressed = {line[3] for push in pushes if push.kind == "meetings_to_plan" for line in TO_PLAN.finditer(push.text)}
    told_of_others = any("下面这些" in push.text for push in pushes)
    return len(numbers) == 1 and pressed <= kinds and not told_of_others


def _week(now: datetime) -> tuple[int, int]:
    return day_of(now).isocalendar()[:2]


# Attendance


def test_everybody_invited_has_the_state_that_they_played(quarters: Quarters, held: list[dict[str, Any]]):
    rows = quarters.stage.rows(
        "SELECT i.meeting_id, i.state, m.name FROM invitations i JOIN members m ON m.id = i.member_id"
    )
    for row in held:
        states = {one["name"]: one["state"] for one in rows if one["meeting_id"] == row["id"]}
        assert set(states) == people.invited(row["names"][0], row["kinds"][0][0]), row
        if row["cancelled_at"] is None:
            played = quarters.script.held[row["id"]]
            assert states == {name: _played(played, name) for name in states}, row


def _played(played: Any, name: str) -> str:
    if name in played.late:
        return "late"
    if name in played.came:
        return "present"
    if name in played.on_leave:
        return "on_leave"
    return "excused" if name in EXEMPT else "absent"


def test_every_state_is_entered_once_by_the_rulebook(quarters: Quarters, held: list[dict[str, Any]]):
    books = read_books(quarters.stage.rows, [SEVEN_CONTENTS])
    by_cause = Counter(entry.cause for entry in books.entries if entry.source == "attendance")
    assert set(by_cause.values()) == {1}
    entries = {tuple(map(int, cause.split(":")[1:3])) for cause in by_cause}
    items = read_rulebook(SEVEN_CONTENTS).items
    item_of = {"present": "组织-01", "late": "组织-02", "absent": "组织-03"}
    rows = quarters.stage.rows("SELECT * FROM invitations")
    over = {row["id"] for row in held if row["closed_at"] and day_of(row["starts_at"]) >= SCORED_FROM.first_day}
    expected = {
        (row["meeting_id"], row["member_id"]): item_of.get(row["state"]) for row in rows if row["meeting_id"] in over
    }
    assert entries == {place for place, item in expected.items() if item}
    for entry in (entry for entry in books.entries if entry.source == "attendance"):
        number, member = map(int, entry.cause.split(":")[1:3])
        assert (entry.member, entry.item) == (member, expected[number, member])
        room = books.room(entry)
        full = items[entry.item or ""].points
        assert abs(entry.points) == min(abs(full), abs(full) if room is None else room)
    assert books.caps_passed() == []
    assert Counter(entry.item for entry in books.entries).keys() == {"组织-01", "组织-02", "组织-03"}


def test_the_replay_finds_nothing(quarters: Quarters):
    with quarters.sessions.read() as session:
        assert list(verification.differences(session, [])) == []


# Minutes


def test_minutes_are_asked_for_after_three_working_days_and_then_told_above(
    quarters: Quarters, held: list[dict[str, Any]]
):
    filed = {row["meeting_id"]: row["filed_at"] for row in quarters.stage.rows("SELECT * FROM minutes")}
    late, above = (
        {int(push.key.split(":")[1]): (push.at, push.who) for push in quarters.pushes(kind)}
        for kind in ("minutes_late", "minutes_late_above")
    )
    over = [row for row in held if row["closed_at"]]
    assert set(filed) == {row["id"] for row in over}
    for row in over:
        done = as_moment(filed[row["id"]]) if filed[row["id"]] else END
        day = working_day(day_of(row["closed_at"]), 4)
        remind, tell = moment(day, 9), moment(working_day(day, 1), 9)
        assert days_after(row["closed_at"], 3) <= remind
        assert (late.get(row["id"]) == (remind, row["organizer"])) == (remind < min(done, END)), row
        if row["id"] in above:
            assert above[row["id"]][0] == tell
            assert above[row["id"]][1] in ABOVE[row["names"][0]]
        assert (row["id"] in above) == (tell < min(done, END)), row
    assert len(late) > len(above) > 2
    assert None in filed.values()


# The temporary group


def test_the_temporary_group_ended_by_itself_on_its_date(quarters: Quarters):
    (row,) = quarters.stage.rows(
        "SELECT t.*, o.ends_on FROM temporary_groups t JOIN organizations o ON o.id = organization_id"
    )
    assert as_day(row["ends_on"]) == quarters.script.group_until
    assert as_moment(row["ended_at"]) == moment(quarters.script.group_until + DAY)
    told = {push.at for push in quarters.pushes("temporary_group_ended")}
    assert told == {_morning(moment(quarters.script.group_until))}
