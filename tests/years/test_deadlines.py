"""Every deadline of the year fell on its day, was told of once, and what was slept through healed once."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from tests.stage import Push
from tests.years import holidays
from tests.years.holidays import DAY, day_of, moment, works
from tests.years.independent import Books
from tests.years.people import FIRST_BRANCH, MEMBERS, MONTHS
from tests.years.sources import as_moment
from tests.years.test_figures import EVERY_BRANCH, EVERY_MONTH, final_at, id_of
from tests.years.whole import DOWN, WITHOUT_WECHAT, Year

SECRETARY = {"第一支部": "王建军", "第二支部": "赵卫东"}
BOUND = {row.name for row in MEMBERS} - WITHOUT_WECHAT


def awake(time: datetime) -> datetime:
    """When a worker that was to look at a moment really did."""
    return next((end for begin, end in DOWN if begin <= time < end), time)


def pushed(year: Year, kind: str) -> list[Push]:
    return [push for push in year.stage.phones.all if push.kind == kind]


def mornings(first: datetime, until: datetime) -> list[date]:
    """The working days at whose 9:00 something was late."""
    day, found = day_of(first), []
    while moment(day, 9) < until:
        if works(day) and moment(day, 9) >= first:
            found.append(day)
        day += DAY
    return found


def test_everything_that_people_typed_came_to_what_was_expected(year: Year):
    assert year.stage.surprises == []


# Rounds


@EVERY_BRANCH
@EVERY_MONTH
def test_claims_close_and_review_ends_on_the_days_of_the_calendar(year: Year, books: Books, branch: str, month: str):
    row = final_at(year, id_of(books, branch), month)
    assert as_moment(row["claims_until"]) == holidays.claims_close(month)
    assert as_moment(row["review_until"]) == holidays.review_closes(month)


@EVERY_BRANCH
@EVERY_MONTH
def test_the_disclosure_runs_five_working_days_from_the_submission(year: Year, books: Books, branch: str, month: str):
    row = final_at(year, id_of(books, branch), month)
    submitted = year.rounds.submitted[SECRETARY[branch], month]
    assert as_moment(row["submitted_at"]) == submitted
    assert as_moment(row["disclosure_until"]) == holidays.disclosure_closes(submitted)
    assert as_moment(row["final_from"]) == holidays.final_from(submitted)


def settled(year: Year, month: str) -> datetime:
    """When the last appeal or objection about a month was settled."""
    rows = year.rows(
        "SELECT s.at FROM opinion_steps s JOIN opinions o ON o.id = s.opinion_id "
        "JOIN rounds r ON r.branch_id = o.organization_id AND r.month = o.month AND o.filed_at < r.disclosure_until "
        f"WHERE o.month = '{month}' AND o.kind IN ('appeal', 'objection')"
    )
    return max([as_moment(row["at"]) for row in rows], default=moment(date(2026, 1, 1)))


@EVERY_BRANCH
@EVERY_MONTH
def test_a_month_is_final_on_its_morning_or_with_the_last_answer(year: Year, books: Books, branch: str, month: str):
    """The worker looks a minute after an answer; one that was down looks when it is started."""
    row = final_at(year, id_of(books, branch), month)
    due = holidays.final_from(year.rounds.submitted[SECRETARY[branch], month])
    last = settled(year, month) if branch == "第一支部" else due
    assert max(due, last) <= as_moment(row["final_at"]) <= awake(max(due, last)) + timedelta(minutes=1)


def test_the_months_with_appeals_are_the_ones_that_were_late_by_them(year: Year, books: Books):
    branch = id_of(books, "第一支部")
    late = set()
    for month in MONTHS:
        row = final_at(year, branch, month)
        if as_moment(row["final_at"]) > awake(holidays.final_from(year.rounds.submitted["王建军", month])):
            late.add(month)
    assert late == {"2026-06", "2026-08", "2026-11"}


def test_two_months_were_in_disclosure_at_once(year: Year, books: Books):
    branch = id_of(books, "第一支部")
    july, august = (final_at(year, branch, month) for month in ("2026-07", "2026-08"))
    assert as_moment(august["submitted_at"]) < as_moment(july["final_at"])


@EVERY_BRANCH
@EVERY_MONTH
def test_the_secretary_was_told_that_review_is_open_once(year: Year, books: Books, branch: str, month: str):
    """Never in the night; at 7:30, or when the worker is there again."""
    told = of_round(year, books, branch, month, "review_open", SECRETARY[branch])
    opened = awake(holidays.claims_close(month))
    assert [push.at for push in told] == [max(opened, moment(day_of(opened), 7, 30))]


def of_round(year: Year, books: Books, branch: str, month: str, kind: str, who: str) -> list[Push]:
    subject = f"round:{final_at(year, id_of(books, branch), month)['id']}:"
    return [push for push in pushed(year, kind) if push.who == who and push.key.startswith(subject)]


@EVERY_BRANCH
@EVERY_MONTH
def test_a_late_secretary_was_reminded_every_working_day(year: Year, books: Books, branch: str, month: str):
    submitted = year.rounds.submitted[SECRETARY[branch], month]
    told = of_round(year, books, branch, month, "review_late", SECRETARY[branch])
    assert [day_of(push.at) for push in told] == mornings(holidays.review_closes(month), submitted)


@EVERY_BRANCH
@EVERY_MONTH
def test_the_level_above_was_told_of_a_late_month_once(year: Year, books: Books, branch: str, month: str):
    submitted = year.rounds.submitted[SECRETARY[branch], month]
    told = of_round(year, books, branch, month, "review_late_above", "姚玉琴")
    assert len(told) == (len(mornings(holidays.review_closes(month), submitted)) >= 2)


def test_three_submissions_were_late_and_one_was_refused_while_a_claim_was_open(year: Year):
    late = {m for (who, m), at in year.rounds.submitted.items() if at >= holidays.review_closes(m)}
    assert late == {"2026-02", "2026-07", "2026-08"}
    assert [(who, month) for who, month, _ in year.rounds.refused] == [("王建军", "2026-08")] * 2


@EVERY_MONTH
def test_everybody_was_told_of_disclosure_and_result_once(year: Year, books: Books, month: str):
    for branch in SECRETARY:
        row = final_at(year, id_of(books, branch), month)
        here = {person.name for person in books.roll(id_of(books, branch), month)} & BOUND
        for kind, at in (("disclosure", "submitted_at"), ("result", "final_at")):
            told = [push for push in pushed(year, kind) if push.key.startswith(f"round:{row['id']}:")]
            assert Counter(push.who for push in told) == Counter(here), (kind, branch)
            assert {push.at for push in told} == {as_moment(row[at])}


# Month end


@EVERY_MONTH
def test_the_month_end_is_told_at_five_on_the_last_working_day_once(year: Year, month: str):
    """Or as soon as somebody looks again, as after October's holiday week, when claims are closed already."""
    due = awake(moment(holidays.last_working_day(month), 17))
    told = [push for push in pushed(year, "month_end") if push.key.startswith(f"month_end:{month}:")]
    assert (due >= holidays.claims_close(month)) == (month == "2026-09")
    assert Counter(push.who for push in told) == Counter(BOUND)
    assert {push.at for push in told} == {due}


# Claims


def test_an_undecided_claim_is_reminded_of_after_two_days(year: Year):
    """Of those that were submitted once and decided once."""
    rows = year.rows(
        "SELECT * FROM claims WHERE decisions = 1 AND status = 'approved' AND waiting_since = submitted_at"
    )
    reminded = 0
    for row in rows:
        due = awake(holidays.days_after(as_moment(row["submitted_at"]), 2))
        if as_moment(row["decided_at"]) >= due:
            assert as_moment(row["reminded_at"]) == due, row["id"]
            reminded += 1
        else:
            assert row["reminded_at"] is None, row["id"]
    assert reminded > 50


def test_an_undecided_claim_is_moved_up_after_four_days(year: Year):
    """In March and August 何文斌 decides nothing."""
    steps = year.rows("SELECT * FROM claim_steps ORDER BY id")
    for claim in year.rows("SELECT * FROM claims"):
        mine = [step for step in steps if step["claim_id"] == claim["id"]]
        waits: datetime | None = as_moment(claim["submitted_at"])
        for step in mine:
            at = as_moment(step["at"])
            if step["verb"] in ("supplement", "undo"):
                waits = at
            elif step["verb"] == "move_up":
                assert waits is not None
                assert at == awake(holidays.days_after(waits, 4)), claim["id"]
            elif waits is not None:
                overdue = at > awake(holidays.days_after(waits, 4))
                assert not overdue or any(other["verb"] == "move_up" for other in mine), claim["id"]
                waits = None
    moved = [step for step in steps if step["verb"] == "move_up"]
    assert len(moved) == len({step["claim_id"] for step in moved})
    assert len(moved) > 10


def test_what_was_not_supplemented_lapsed_with_the_review(year: Year):
    lapsed = year.rows(
        "SELECT c.month, s.at FROM claims c JOIN claim_steps s ON s.claim_id = c.id "
        "WHERE c.status = 'lapsed' AND s.verb = 'lapse'"
    )
    found = {row["month"]: as_moment(row["at"]) for row in lapsed}
    assert found == {month: awake(holidays.review_closes(month)) for month in ("2026-02", "2026-08")}
    assert len(lapsed) == 2


def test_the_last_minute_is_in_time_and_the_next_one_is_not(year: Year):
    closes = {holidays.claims_close(month): month for month in MONTHS}
    kept = [s for s in year.stage.said if s.at + timedelta(minutes=1) in closes and s.line.startswith("申报")]
    missed = [s for s in year.stage.said if s.at - timedelta(minutes=1) in closes and s.line.startswith("申报")]
    assert len(kept) == len(missed) == 12
    assert all(one.reply.startswith("✅") for one in kept)
    assert all("不能再报" in one.reply for one in missed)


# Opinions


def test_a_late_answer_is_reminded_of_every_working_day_and_told_above_once(year: Year, books: Books):
    """郑海燕's appeal about November, answered after six working days instead of three."""
    (number,) = (n for n, (who, month) in year.rounds.filed.items() if (who, month) == ("郑海燕", "2026-11"))
    (row,) = year.rows(f"SELECT * FROM opinions WHERE id = {number}")
    filed, answered = as_moment(row["filed_at"]), year.rounds.answered[number][0]
    due = holidays.days_after(filed, 3)
    mine = f"opinion:{number}:"
    reminded = [day_of(push.at) for push in pushed(year, "opinion_due") if push.key.startswith(mine)]
    assert reminded == mornings(moment(day_of(due - timedelta(seconds=1)), 9), answered)
    above = [push for push in pushed(year, "opinion_overdue") if push.key.startswith(mine)]
    assert {push.who for push in above} == {"沈立峰", "姚玉琴"}
    assert len(above) == 2


def test_appeals_were_upheld_refused_taken_up_and_left(year: Year):
    rows = year.rows("SELECT * FROM opinions ORDER BY id")
    ends = {(row["kind"], row["month"], row["status"], row["level"]) for row in rows if row["follow_up_id"] is None}
    assert {
        ("appeal", "2026-03", "upheld", 0),
        ("appeal", "2026-05", "dismissed", 0),
        ("objection", "2026-06", "dismissed", 1),
        ("appeal", "2026-08", "upheld", 1),
        ("appeal", "2026-11", "upheld", 0),
    } <= ends
    assert any(row["kind"] == "suggestion" and row["status"] == "upheld" for row in rows)


def test_nobody_answered_what_concerned_themselves(year: Year, books: Books):
    """Neither who filed it, nor whom it is about, nor who decided the matter or answered it below."""
    for row in year.rows("SELECT * FROM opinions"):
        concerned = {row["member_id"], row["about_member_id"]}
        for table in ("claim", "entry"):
            if row[f"{table}_id"] is not None:
                plural = {"claim": "claims", "entry": "entries"}[table]
                (thing,) = year.rows(f"SELECT * FROM {plural} WHERE id = {row[f'{table}_id']}")
                concerned |= {thing["member_id"], thing["decided_by_id"]}
        steps = year.rows(f"SELECT * FROM opinion_steps WHERE opinion_id = {row['id']} ORDER BY id")
        for step in steps:
            if step["verdict"] in ("upheld", "refused"):
                assert step["by_id"] not in concerned, row["id"]
                concerned.add(step["by_id"])


# Spot checks


def test_what_was_found_untrue_is_taken_back_and_deducted_once(year: Year, books: Books):
    number = year.rounds.untrue
    (claim,) = year.rows(f"SELECT * FROM claims WHERE id = {number}")
    given = next(entry for entry in books.entries if entry.cause == f"claim:{number}:{claim['decisions']}")
    back = [entry.points for entry in books.entries if entry.reverses == given.id]
    off = [entry.points for entry in books.entries if entry.source == "spot_check"]
    assert (back, off) == ([-given.points], [-500])
    assert given.member == claim["member_id"]


@EVERY_MONTH
def test_a_tenth_of_the_approved_claims_was_drawn_when_review_opened(year: Year, books: Books, month: str):
    for branch in SECRETARY:
        id = id_of(books, branch)
        opened = awake(holidays.claims_close(month))
        steps = year.rows(
            "SELECT s.claim_id, s.verb, s.at FROM claim_steps s JOIN claims c ON c.id = s.claim_id "
            f"WHERE c.branch_id = {id} AND c.month = '{month}' ORDER BY s.id"
        )
        state = {s["claim_id"]: s["verb"] for s in steps if as_moment(s["at"]) <= opened and "check" not in s["verb"]}
        approved = sum(verb == "approved" for verb in state.values())
        drawn = year.rows(
            "SELECT k.* FROM spot_checks k JOIN claims c ON c.id = k.claim_id "
            f"WHERE c.branch_id = {id} AND c.month = '{month}'"
        )
        assert len(drawn) == -(-approved // 10), branch


# Everything


def test_nothing_arrived_twice(year: Year):
    keys = Counter(push.key for push in year.stage.phones.all)
    assert [key for key, times in keys.items() if times > 1] == []


def test_nothing_waits_for_a_phone_that_was_reachable(year: Year):
    assert year.rows("SELECT * FROM notices WHERE status IN ('failed', 'sending', 'taken')") == []


def test_nothing_arrived_in_the_night_that_nobody_waited_for(year: Year):
    from models.quiet import AWAITED  # noqa: PLC0415

    for push in year.stage.phones.all:
        local = push.at.astimezone(holidays.SHANGHAI).time()
        quiet = local.hour >= 22 or (local.hour, local.minute) < (7, 30)
        assert not quiet or push.kind in AWAITED, push


def test_the_worker_never_jumped_over_a_day_but_where_it_was_down(year: Year):
    seen = {day_of(at) for at in year.stage.moments}
    day, last = date(2026, 1, 2), date(2027, 2, 2)
    while day <= last:
        noon = moment(day, 13)
        assert day in seen or any(begin <= noon < end for begin, end in DOWN), day
        day += DAY


def test_the_year_was_lived_by_thirty_members(year: Year, books: Books):
    assert len(FIRST_BRANCH) == 30
    spoke = {one.who for one in year.stage.said}
    assert spoke >= FIRST_BRANCH - WITHOUT_WECHAT
    assert len(books.entries) > 900


@pytest.mark.parametrize(("begin", "end"), DOWN)
def test_while_no_worker_ran_nothing_was_pushed(year: Year, begin: datetime, end: datetime):
    assert [push for push in year.stage.phones.all if begin <= push.at < end] == []
