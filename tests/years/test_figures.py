"""Every figure of the year's snapshots, worked out once more from the entries alone."""

from decimal import Decimal
from typing import Any

import pytest

from tests.years import independent
from tests.years.independent import Books
from tests.years.people import HABITS, MONTHS
from tests.years.script import MOVER
from tests.years.sources import Entry
from tests.years.whole import Year

BRANCHES = ("第一支部", "第二支部")
EVERY_MONTH = pytest.mark.parametrize("month", MONTHS)
EVERY_BRANCH = pytest.mark.parametrize("branch", BRANCHES)
# Whose months have something in them beside the habit: an appeal, a finding, a zeroing, what was taken back.
CORRECTED = {"郑海燕", "吴晓东", "罗志刚", "曾凡", "邓杰"}


def id_of(books: Books, name: str) -> int:
    return next(id for id, row in books.organizations.items() if row["name"] == name)


def final_at(year: Year, branch: int, month: str) -> Any:
    (row,) = year.rows(f"SELECT * FROM rounds WHERE branch_id = {branch} AND month = '{month}'")
    assert row["state"] == "final"
    return row


def before_final(books: Books, branch: int, last: int) -> Books:
    """The ledger as it was when the chain of a branch had so many entries."""
    kept = [entry for entry in books.entries if entry.branch != branch or entry.sequence <= last]
    return independent.with_entries(books, kept)


def check_snapshot(year: Year, books: Books, branch: str, month: str) -> None:
    """Every member's stored result is what the second bookkeeper makes of the entries there were at the final."""
    id = id_of(books, branch)
    then = before_final(books, id, final_at(year, id, month)["last_sequence"])
    expected = then.result(id, month)
    stored = year.rows(f"SELECT * FROM results WHERE branch_id = {id} AND month = '{month}' ORDER BY member_id")
    assert [row["member_id"] for row in stored] == sorted(expected)
    for row in stored:
        line = expected[row["member_id"]]
        assert (row["base"], row["plus"], row["minus"]) == (line.base, line.plus, line.minus)
        assert row["not_scored"] == line.not_scored
        fixed = (line.score, line.stars, line.rank) if line.not_scored is None else (None, None, None)
        assert (row["score"], row["stars"], row["rank"]) == fixed


@EVERY_BRANCH
@EVERY_MONTH
def test_every_members_snapshot_is_what_the_entries_say(year: Year, books: Books, branch: str, month: str):
    check_snapshot(year, books, branch, month)


@EVERY_BRANCH
@EVERY_MONTH
def test_every_groups_snapshot_is_the_average_of_its_members(year: Year, books: Books, branch: str, month: str):
    id = id_of(books, branch)
    stored = year.rows(f"SELECT * FROM group_results WHERE branch_id = {id} AND month = '{month}'")
    people = year.rows(f"SELECT * FROM results WHERE branch_id = {id} AND month = '{month}'")
    averages = {}
    for row in stored:
        scores = [p["score"] for p in people if p["group_id"] == row["group_id"] and p["score"] is not None]
        assert row["scored"] == len(scores)
        averages[row["group_id"]] = independent.average(scores) if scores else None
    ranks = independent.ranks({group: average for group, average in averages.items() if average is not None})
    for row in stored:
        assert (row["average"], row["rank"]) == (averages[row["group_id"]], ranks.get(row["group_id"]))
        average = averages[row["group_id"]]
        assert row["stars"] == (None if average is None else books.rulebook(month).stars_of(average))


@EVERY_MONTH
def test_the_table_of_scores_is_kept(year: Year, books: Books, month: str):
    """rulebooks.md: who spends a month in one of these ways has exactly that score; unless a year's cap was reached."""
    branch = id_of(books, "第一支部")
    scores = {
        row["member_id"]: row["score"]
        for row in year.rows(f"SELECT * FROM results WHERE branch_id = {branch} AND month = '{month}'")
    }
    quarters_month = int(month[5:]) % 3 == 0
    more = books.rulebook(month).base - 7000
    checked = 0
    for person in books.people.values():
        score = scores.get(person.id)
        if score is None or person.name in CORRECTED | {"王芳", "刘强"} or person.name not in HABITS:
            continue
        expected = year.script.habit(person.name, month).score[quarters_month] * 100 + more
        untrue = [e for e in books.of(branch, person.id, month) if e.source == "spot_check"]
        assert score == expected or untrue, (person.name, month)
        checked += not untrue
    assert checked > 12


def test_a_years_cap_ends_what_an_active_member_earns(year: Year, books: Books):
    """领学 gives 2 a month and 16 a year; 刘强 leads every month and is cut after eight."""
    branch, who = id_of(books, "第一支部"), next(p for p in books.people.values() if p.name == "刘强")
    led = [e.points for month in MONTHS for e in books.of(branch, who.id, month) if e.item == "学习-02"]
    assert led == [200] * 8 + [0] * 4


def test_no_cap_is_passed(books: Books):
    assert books.caps_passed() == []


def test_every_claim_was_credited_what_the_caps_had_left(year: Year, books: Books):
    by_cause: dict[str, Entry] = {entry.cause: entry for entry in books.entries}
    cut = 0
    approved = year.rows("SELECT * FROM claims WHERE status = 'approved'")
    for claim in approved:
        entry = by_cause[f"claim:{claim['id']}:{claim['decisions']}"]
        room = books.room(entry)
        due = claim["points"] if room is None else min(claim["points"], room)
        assert (entry.points, claim["credited"]) == (due, due), claim["id"]
        cut += due != claim["points"]
    assert len(approved) > 400
    assert cut > 4


def test_what_was_corrected_is_shown_beside_the_snapshot_and_leaves_it(year: Year, books: Books):
    """吴晓东's August by an upheld appeal before the final; 曾凡's November, 邓杰's June for a while, afterwards."""
    branch = id_of(books, "第一支部")
    later = {}
    for month in MONTHS:
        for row in year.rows(f"SELECT * FROM results WHERE branch_id = {branch} AND month = '{month}'"):
            if row["score"] is not None:
                now = books.score(branch, row["member_id"], month)
                if now != row["score"]:
                    later[books.people[row["member_id"]].name, month] = (row["score"], now)
    assert later.pop(("曾凡", "2026-11")) == (5800, 6200)
    # What the inspector found untrue; the draw decides whose it was, and which month's.
    untrue = year.rows(f"SELECT member_id, month FROM claims WHERE id = {year.rounds.untrue}")
    assert set(later) <= {(books.people[row["member_id"]].name, row["month"]) for row in untrue}


def test_the_product_says_the_corrected_figures_too(year: Year, books: Books):
    from models import results  # noqa: PLC0415
    from models.months import Month  # noqa: PLC0415

    for branch in BRANCHES:
        id = id_of(books, branch)
        for month in MONTHS:
            with year.sessions.read() as session:
                said = results.corrected(session, id, Month.parse(month))
            scored = {person.id for person in books.scored(id, month)}
            assert said == {member: Decimal(books.score(id, member, month)).scaleb(-2) for member in scored}


def test_who_moved_is_scored_in_neither_branch_that_month(books: Books):
    mover = next(person for person in books.people.values() if person.name == MOVER)
    first, second = (id_of(books, name) for name in BRANCHES)
    assert books.months_of(first, mover.id, MONTHS) == MONTHS[:4]
    assert books.months_of(second, mover.id, MONTHS) == MONTHS[5:]
