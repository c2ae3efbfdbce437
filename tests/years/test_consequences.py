"""What followed from the year's months: talks and their course, the quarter's honours, the year's evaluation."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from models import evaluations
from tests.years import holidays, independent
from tests.years.holidays import day_of, moment
from tests.years.independent import QUARTERS, Books
from tests.years.people import MONTHS
from tests.years.sources import as_moment
from tests.years.test_deadlines import SECRETARY, awake, pushed
from tests.years.test_figures import BRANCHES, EVERY_BRANCH, EVERY_MONTH, final_at, id_of
from tests.years.whole import END, Year

TRIAL = {"2026-01", "2026-02"}  # nothing follows before the third month of use
DEGREES = {1: "talk", 2: "appointed_talk"}


def expected_follow_ups(books: Books, branch: int, month: str) -> set[tuple[int, str, int, int]]:
    """(member, kind, streak, score) of whoever is under the mark, by the entries at hand; none in the trial."""
    if month in TRIAL:
        return set()
    mark = books.rulebook(month).mark
    found = set()
    for person in books.scored(branch, month):
        score = books.score(branch, person.id, month)
        if score < mark:
            streak = streak_of(books, person.id, month)
            found.add((person.id, DEGREES.get(streak, "evaluation"), streak, score))
        if books.zeroed(branch, person.id, month):
            streak = streak_of(books, person.id, month)
            found |= {(person.id, kind, streak, 0) for kind in ("zeroing_leader", "zeroing_secretary")}
    return found


def streak_of(books: Books, member: int, month: str) -> int:
    """Scored months in a row under the mark, wherever the member was at home; the trial's do not count."""
    count = 0
    for one in reversed([m for m in MONTHS if m <= month and m not in TRIAL]):
        homes = [id_of(books, name) for name in BRANCHES]
        here = next((b for b in homes if member in {p.id for p in books.scored(b, one)}), None)
        if here is None:
            continue
        if books.score(here, member, one) >= books.rulebook(one).mark:
            break
        count += 1
    return count


@EVERY_BRANCH
@EVERY_MONTH
def test_what_a_final_opened_is_what_its_entries_say(year: Year, books: Books, branch: str, month: str):
    id = id_of(books, branch)
    row = final_at(year, id, month)
    when = as_moment(row["final_at"])
    then = independent.with_entries(books, [entry for entry in books.entries if entry.at <= when])
    stored = year.rows(f"SELECT * FROM follow_ups WHERE branch_id = {id} AND month = '{month}'")
    opened = {(f["member_id"], f["kind"], f["streak"], f["score"]) for f in stored if as_moment(f["opened_at"]) == when}
    assert opened == expected_follow_ups(then, id, month)
    for follow_up in stored:
        if follow_up["kind"].startswith("zeroing"):
            continue
        assert as_moment(follow_up["due"]) >= holidays.days_after(as_moment(follow_up["opened_at"]), 10)
        assert as_moment(follow_up["object_until"]) == holidays.days_after(as_moment(follow_up["opened_at"]), 5)


@EVERY_BRANCH
@EVERY_MONTH
def test_what_stands_in_the_end_is_what_all_entries_say(year: Year, books: Books, branch: str, month: str):
    """Corrections included: whose ground is gone is closed."""
    id = id_of(books, branch)
    stored = year.rows(f"SELECT * FROM follow_ups WHERE branch_id = {id} AND month = '{month}' AND status <> 'closed'")
    assert {(f["member_id"], f["kind"]) for f in stored} == {
        (member, kind) for member, kind, _, _ in expected_follow_ups(books, id, month)
    }


def test_nobody_was_sent_anywhere_for_a_claim_forgotten_in_the_first_months(year: Year, books: Books):
    """张三 was under the mark in January; the secretary was shown what would have followed, and nobody else."""
    branch = id_of(books, "第一支部")
    person = next(person for person in books.people.values() if person.name == "张三")
    assert books.score(branch, person.id, "2026-01") < books.rulebook("2026-01").mark
    assert year.rows("SELECT * FROM follow_ups WHERE month IN ('2026-01', '2026-02')") == []
    kinds = {push.kind for push in year.stage.phones.all if push.at < moment(date(2026, 3, 20))}
    assert {kind for kind in kinds if kind.startswith("follow_up_") or kind == "under_mark"} == set()
    trials = pushed(year, "follow_ups_trial")
    assert [push.who for push in trials] == ["王建军"]


def test_whoever_is_under_the_mark_is_warned_five_working_days_before_the_end(year: Year, books: Books):
    for push in pushed(year, "under_mark"):
        month = push.key.split(":")[1]
        assert month not in TRIAL
        first = holidays.working_days_before(holidays.last_day(month) + holidays.DAY, 5)
        assert push.at >= moment(first)


def test_a_streak_of_three_and_more_lists_for_the_evaluation(year: Year, books: Books):
    names = {person.id: person.name for person in books.people.values()}
    listed = {
        names[f["member_id"]]
        for f in year.rows("SELECT * FROM follow_ups WHERE kind = 'evaluation' AND status <> 'closed'")
    }
    assert listed == {"孙志远", "彭亮", "袁立新"}
    appointed = year.rows("SELECT * FROM follow_ups WHERE kind = 'appointed_talk' AND status <> 'closed'")
    assert {"赵敏", "孙志远", "彭亮", "袁立新"} == {names[f["member_id"]] for f in appointed}


def test_an_overdue_talk_is_reminded_of_and_the_level_above_hears(year: Year, books: Books):
    """The secretary let those of June lie."""
    over = {push.key for push in pushed(year, "follow_up_over")}
    late = year.rows("SELECT * FROM follow_ups WHERE recorded_at > due")
    assert {row["month"] for row in late} == {"2026-06"}
    for row in late:
        assert any(key.startswith(f"follow_up:{row['id']}:") for key in over)
    above = {push.who for push in pushed(year, "follow_up_over_above")}
    assert above and above <= {"沈立峰", "姚玉琴"}


def test_a_talk_is_rechecked_at_the_next_final(year: Year, books: Books):
    for row in year.rows("SELECT * FROM follow_ups WHERE rechecked_month IS NOT NULL"):
        month = row["rechecked_month"]
        assert month > row["month"]
        when = as_moment(final_at(year, row["branch_id"], month)["final_at"])
        then = independent.with_entries(books, [entry for entry in books.entries if entry.at <= when])
        score = then.score(row["branch_id"], row["member_id"], month)
        assert row["rechecked_score"] == score
        met = score >= books.rulebook(month).mark
        assert row["status"] in {"closed", "met" if met else "missed"}


def test_a_disputed_follow_up_whose_ground_is_gone_is_closed(year: Year, books: Books):
    (number,) = year.rounds.disputed.values()
    (row,) = year.rows(f"SELECT * FROM follow_ups WHERE id = {number}")
    assert (row["month"], row["status"], row["answer"]) == ("2026-11", "closed", "disputed")
    assert "曾凡" in {p.who for p in pushed(year, "follow_up_closed") if p.key.startswith(f"follow_up:{number}:")}


# Quarters


@EVERY_BRANCH
@pytest.mark.parametrize("number", QUARTERS)
def test_a_quarters_candidates_are_those_of_the_entries(year: Year, books: Books, branch: str, number: int):
    id, months = id_of(books, branch), QUARTERS[number]
    (row,) = year.rows(f"SELECT * FROM quarters WHERE branch_id = {id} AND first = '{months[0]}'")
    assert as_moment(row["proposed_at"]) == max(as_moment(final_at(year, id, month)["final_at"]) for month in months)
    assert row["state"] == "confirmed"
    when = as_moment(row["confirmed_at"])
    then = independent.with_entries(books, [entry for entry in books.entries if entry.at <= when])
    stored = year.rows(f"SELECT * FROM quarter_honours WHERE quarter_id = {row['id']}")
    groups = {group: average for group, (average, count) in then.group_averages(id, months).items() if count >= 3}
    best = max(groups.values(), default=0)
    assert {(h["group_id"], h["average"]) for h in stored if h["honour"] == "banner"} == {
        (group, average) for group, average in groups.items() if average == best
    }
    pioneers = {(h["member_id"], h["average"]) for h in stored if h["honour"] == "pioneer"}
    assert pioneers == best_tenth(year, then, id, months, when)
    left_out = {books.people[h["member_id"]].name for h in stored if not h["given"]}
    assert left_out == ({"王芳"} if (branch, number) == ("第一支部", 2) else set())


def best_tenth(year: Year, books: Books, branch: int, months: list[str], when: datetime) -> set[tuple[int, int]]:
    """The best 10 %, rounded up, ties included; none with an open follow-up or a zeroing."""
    averages = books.averages(branch, months)
    ranks = independent.ranks(averages)
    places = -(-len(averages) // 10)
    last = sorted(ranks.values())[places - 1]
    pending = {
        f["member_id"]
        for f in year.rows("SELECT * FROM follow_ups")
        if as_moment(f["opened_at"]) <= when and f["status"] in ("open", "recorded", "resting")
    }
    zeroed = {id for id in averages if any(books.zeroed(branch, id, month) for month in months)}
    return {(id, averages[id]) for id, rank in ranks.items() if rank <= last and id not in pending | zeroed}


# The year


@EVERY_BRANCH
def test_the_years_evaluation_is_worked_out_from_the_entries_alone(year: Year, books: Books, branch: str):
    id = id_of(books, branch)
    with year.sessions.read() as session:
        found = evaluations.of_branch(session, id, 2026, END)
    assert found.complete
    home = {person.id for person in books.people.values() if person.branch == id}
    averages = {member: average for member, average in books.averages(id, MONTHS).items() if member in home}
    ranks = independent.ranks(averages)
    mark = books.rulebook("2026-12").mark
    assert {line.member_id for line in found.lines} == home
    assert [line.rank for line in found.lines if line.rank] == sorted(ranks.values())
    for line in found.lines:
        person = books.people[line.member_id]
        months = books.months_of(id, person.id, MONTHS)
        assert line.months == len(months), person.name
        if not months:
            assert (line.average, line.rank, line.under) == (None, None, False)
            assert not line.may_be_excellent
            continue
        average = averages[person.id]
        assert (line.average, line.rank) == (Decimal(average).scaleb(-2), ranks[person.id]), person.name
        assert line.under == (average < mark)
        zeroed = any(books.zeroed(id, person.id, month) for month in MONTHS)
        excellent = ranks[person.id] <= 3 and person.full and len(months) >= 6 and average >= mark and not zeroed
        assert line.may_be_excellent == excellent, person.name
        assert [check.holds for check in line.checks] == [
            ranks[person.id] <= 3,
            person.full,
            len(months) >= 6,
            average >= mark,
            not zeroed,
        ]
        listed = [
            f["id"]
            for f in year.rows("SELECT * FROM follow_ups WHERE kind = 'evaluation' AND status <> 'closed' ORDER BY id")
            if (f["branch_id"], f["member_id"]) == (id, person.id)
        ]
        assert list(line.listed) == listed
    under = sum(average < mark for average in averages.values())
    assert (found.scored, found.under, found.barred) == (len(averages), under, under * 10 >= 3 * len(averages))


def test_the_year_closed_with_december_and_was_told_of_once(year: Year, books: Books):
    for branch, secretary in SECRETARY.items():
        final = as_moment(final_at(year, id_of(books, branch), "2026-12")["final_at"])
        told = [p for p in pushed(year, "year_closed") if p.key.startswith(f"year:{id_of(books, branch)}:2026:")]
        assert sorted(p.who for p in told) == sorted({secretary, "沈立峰", "姚玉琴"})
        assert {p.at for p in told} == {awake(final)}
        assert day_of(final) == date(2027, 1, 18)


def test_the_best_of_the_branch_may_be_commended_and_others_may_not(year: Year, books: Books):
    id = id_of(books, "第一支部")
    with year.sessions.read() as session:
        found = evaluations.of_branch(session, id, 2026, END)
    names = [line.name for line in found.excellent]
    assert names[:2] == ["王芳", "刘强"]
    assert not {"周子涵", "罗志刚", "宋佳"} & set(names)
