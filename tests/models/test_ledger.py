"""The ledger: append-only, chained, capped (rules 1 to 4)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from models import caps, ledger, rulebooks, verification
from models.claims import Claim
from models.ledger import GENESIS, HASHED, AlreadyReversed, Book, Entry
from models.members import Member, Move
from models.months import SHANGHAI, Month, Period
from models.rulebooks import Source
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import NOVEMBER, TODAY, YESTERDAY, D, Desk, together

OCTOBER = Month(2026, 10)
YEAR = Period.year(NOVEMBER)


def note(session: Session, member: Member, points: str = "1", *, cause: str = "branch:1", **more: object) -> Entry:
    """An entry that a branch records of its own."""
    ledger.lock_for(session, member.id, member.branch_id)
    values = {"branch_id": member.branch_id, "about": YESTERDAY, "source": Source.EXAM, "by": None, "now": NOW}
    return ledger.write(session, member, D(points), cause=cause, **values | more)  # type: ignore[arg-type]


# What an entry is


def test_an_entry_names_who_what_when_and_by_whose_decision(desk: Desk):
    claim = desk.approve(desk.claim("服务-01", "2.5"))
    entry = desk.entries()[0]
    assert (entry.member_id, entry.branch_id) == (desk.cast.zhang_san.id, desk.cast.first_branch.id)
    assert (entry.item_code, entry.rulebook_id) == ("服务-01", desk.rulebook.id)
    assert (entry.points, entry.source, entry.cause) == (D("2.5"), Source.CLAIM, f"claim:{claim.id}:1")
    assert (entry.day, entry.about_month, entry.booked_month) == (YESTERDAY, NOVEMBER, NOVEMBER)
    assert (entry.decided_by_id, entry.at, entry.reverses_id) == (desk.cast.li_si.id, NOW, None)


def test_an_entry_is_booked_in_the_shanghai_month_of_its_writing(session: Session, cast: Cast):
    midnight = datetime(2026, 11, 30, 16, tzinfo=UTC)
    before = note(session, cast.zhang_san, cause="a", now=midnight - timedelta(microseconds=1))
    after = note(session, cast.zhang_san, cause="b", now=midnight)
    assert [before.booked_month, after.booked_month] == [NOVEMBER, Month(2026, 12)]
    assert [before.about_month, after.about_month] == [NOVEMBER, NOVEMBER]


def test_an_entry_without_a_day_is_about_a_month(session: Session, cast: Cast):
    entry = note(session, cast.zhang_san, about=OCTOBER)
    assert (entry.day, entry.about_month) == (None, OCTOBER)


def test_one_cause_gives_one_entry(session: Session, cast: Cast):
    entry = note(session, cast.zhang_san)
    assert ledger.by_cause(session, "branch:1") is entry
    assert ledger.by_cause(session, "branch:2") is None
    # Refused by the unique key on PostgreSQL, and on SQLite by the trigger that stops REPLACE.
    with pytest.raises(IntegrityError):
        note(session, cast.zhang_san)


def test_a_members_entries_of_some_months_come_oldest_first(session: Session, cast: Cast):
    months = [Month(2026, 9), NOVEMBER, OCTOBER]
    entries = [note(session, cast.zhang_san, cause=str(m), about=m) for m in months]
    note(session, cast.wang_fang, cause="another's")
    assert ledger.entries_of(session, cast.zhang_san.id, YEAR) == entries
    assert ledger.entries_of(session, cast.zhang_san.id, Period(OCTOBER, NOVEMBER)) == entries[1:]


# Append-only


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET points = 900",
        "UPDATE entries SET reason = reason",
        "DELETE FROM entries",
        "DELETE FROM entries WHERE id = (SELECT max(id) FROM entries)",
    ],
)
def test_nothing_changes_or_removes_an_entry(desk: Desk, statement: str):
    desk.credit()
    before = desk.session.execute(text("SELECT * FROM entries")).all()
    with pytest.raises(DBAPIError, match="append-only"), desk.session.begin_nested():
        desk.session.execute(text(statement))
    assert desk.session.execute(text("SELECT * FROM entries")).all() == before


def test_nothing_replaces_or_empties_the_ledger(desk: Desk):
    desk.credit()
    sqlite = desk.session.get_bind().dialect.name == "sqlite"
    statement = "REPLACE INTO entries SELECT * FROM entries" if sqlite else "TRUNCATE entries CASCADE"
    with pytest.raises(DBAPIError, match="append-only"), desk.session.begin_nested():
        desk.session.execute(text(statement))


def test_an_entry_changed_through_an_object_is_refused(desk: Desk):
    desk.credit()
    entry = desk.entries()[0]
    entry.points = D(9)
    with pytest.raises(DBAPIError, match="append-only"):
        desk.session.flush()


# The chain


def test_each_entry_carries_the_hash_of_the_one_before_it(desk: Desk):
    for quantity in ("1", "0.5", "2"):
        desk.credit("服务-01", quantity)
    entries = desk.entries()
    assert [entry.sequence for entry in entries] == [1, 2, 3]
    assert [entry.previous for entry in entries] == [GENESIS, entries[0].hash, entries[1].hash]
    book = desk.session.get_one(Book, desk.cast.first_branch.id)
    assert (book.sequence, book.head) == (3, entries[2].hash)


def test_every_branch_has_a_chain_of_its_own(session: Session, cast: Cast):
    ours, theirs = note(session, cast.zhang_san), note(session, cast.sun_li, cause="branch:2")
    assert (ours.sequence, theirs.sequence) == (1, 1)
    assert ours.previous == theirs.previous == GENESIS
    assert [head.branch for head in verification.heads(session)] == ["第一支部", "第二支部"]


OTHER = {
    "day": date(2026, 11, 1),
    "at": NOW + timedelta(seconds=1),
    "points": D("9.99"),
    "booked_month": OCTOBER,
    "about_month": OCTOBER,
    "source": Source.SPOT_CHECK,
}


@pytest.mark.parametrize("name", [*HASHED, "previous"])
def test_the_hash_covers_everything_an_entry_says(session: Session, cast: Cast, name: str):
    entry = note(session, cast.zhang_san, item_code="志愿-01", reason="清扫河堤")
    before = ledger.hash_of(entry)
    value = getattr(entry, name)
    session.expunge(entry)
    setattr(entry, name, OTHER.get(name, (value or 0) + 1 if value is None or isinstance(value, int) else f"{value}x"))
    assert ledger.hash_of(entry) != before


def test_no_column_of_an_entry_is_forgotten_by_the_hash():
    columns = {column.name for column in Entry.__table__.columns}
    assert columns - set(HASHED) == {"id", "previous", "hash"}


def test_the_hash_is_the_same_after_reading_the_entry_back(session: Session, cast: Cast):
    # A moment given in another zone, a zero and a deduction are where writing and reading could part.
    for number, points in enumerate(("0", "-0.25", "3.10")):
        now = NOW.replace(microsecond=number).astimezone(SHANGHAI)
        note(session, cast.zhang_san, points, cause=str(number), now=now)
    session.expire_all()
    assert [ledger.hash_of(entry) == entry.hash for entry in session.scalars(select(Entry))] == [True] * 3
    assert list(verification.differences(session)) == []


def test_a_branchs_first_writers_wait_for_each_other(sessions: Sessions, cast: Cast):
    """Nobody has written for the branch yet, so its book is opened by eight at once."""

    def write(number: int) -> int:
        with sessions.write() as session:
            member = session.get_one(Member, cast.zhang_san.id)
            return note(session, member, cause=f"branch:{number}").sequence

    written = together(*(lambda n=n: write(n) for n in range(8)))  # type: ignore[misc]
    assert sorted(map(str, written)) == [str(n) for n in range(1, 9)]
    with sessions.read() as session:
        assert list(verification.differences(session)) == []


# Reversals


def test_a_reversal_takes_an_entry_back_and_names_it(desk: Desk):
    claim = desk.approve(desk.claim("服务-01", "2"))
    entry = desk.entries()[0]
    back = ledger.reverse(desk.session, entry, by=desk.cast.wang_jianjun, now=NOW, reason="记错了人")
    assert (back.points, back.source, back.reverses_id) == (D(-2), Source.REVERSAL, entry.id)
    assert (back.item_code, back.rulebook_id, back.day) == (entry.item_code, entry.rulebook_id, entry.day)
    assert (back.reason, back.decided_by_id) == ("记错了人", desk.cast.wang_jianjun.id)
    assert back.cause == f"{claim.decision_key}:reversed"
    assert caps.credited(desk.session, claim.member_id, YEAR) == {(NOVEMBER, "服务-01"): D(0)}


def test_a_reversal_of_what_has_no_day_is_about_the_same_month(session: Session, cast: Cast):
    entry = note(session, cast.zhang_san, about=OCTOBER)
    back = ledger.reverse(session, entry, by=cast.wang_jianjun, now=NOW, reason="")
    assert (back.day, back.about_month, back.booked_month) == (None, OCTOBER, NOVEMBER)


def test_an_entry_is_reversed_at_most_once(session: Session, cast: Cast):
    entry = note(session, cast.zhang_san)
    ledger.reverse(session, entry, by=cast.wang_jianjun, now=NOW, reason="")
    with pytest.raises(AlreadyReversed, match=f"J{entry.id}"):
        ledger.reverse(session, entry, by=cast.wang_jianjun, now=NOW, reason="")


def test_a_reversal_is_never_reversed_and_restoring_is_a_new_entry(session: Session, cast: Cast):
    entry = note(session, cast.zhang_san)
    back = ledger.reverse(session, entry, by=cast.wang_jianjun, now=NOW, reason="")
    with pytest.raises(AlreadyReversed):
        ledger.reverse(session, back, by=cast.wang_jianjun, now=NOW, reason="")
    restored = note(session, cast.zhang_san, cause="branch:1:again")
    assert (restored.points, restored.reverses_id) == (entry.points, None)


# Caps


def test_a_month_credits_no_more_than_the_items_cap(desk: Desk):
    assert [desk.credit("服务-01", q) for q in ("3", "3", "1")] == [3, 1, 0]
    assert sum(entry.points for entry in desk.entries()) == 4


def test_the_claim_keeps_what_was_claimed_beside_what_was_credited(desk: Desk):
    desk.credit("服务-01", "3")
    claim = desk.approve(desk.claim("服务-01", "2.5"))
    assert (claim.points, claim.credited) == (D("2.5"), D(1))
    assert desk.entries()[-1].points == D(1)
    assert desk.notices("claim_approved")[-1].facts["cut"] == "1.50"


def test_every_month_has_its_own_room(desk: Desk):
    first_days_of_november = NOW.replace(day=2)
    assert desk.credit("服务-01", "4", day=date(2026, 10, 31), now=first_days_of_november) == 4
    assert desk.credit("服务-01", "4", day=date(2026, 11, 1), now=first_days_of_november) == 4


def test_a_year_credits_no_more_than_the_items_yearly_cap(desk: Desk):
    first_days_of_november = NOW.replace(day=2)
    assert desk.credit("学习-01", "2", day=date(2026, 10, 31), now=first_days_of_november) == 4
    assert desk.credit("学习-01", "2") == 3
    assert desk.credit("学习-01", "1") == 0


def test_another_year_has_a_yearly_cap_of_its_own(desk: Desk):
    january = datetime(2027, 1, 5, 2, tzinfo=UTC)
    for day in (date(2026, 12, 30), date(2027, 1, 4)):
        assert desk.credit("学习-01", "2", day=day, now=january) == 4


def test_a_category_bounds_its_items_together(desk: Desk):
    assert desk.credit("服务-01", "4") == 4
    assert desk.credit("服务-02", "2") == 2
    assert desk.credit("服务-02", "1") == 0
    assert desk.credit("学习-01", "2") == 4


def test_the_cap_of_a_negative_item_bounds_its_deductions(desk: Desk):
    assert [desk.credit("纪律-01", q) for q in ("1", "1", "1")] == [-2, -1, 0]


def test_a_deduction_frees_nothing(desk: Desk):
    desk.credit("服务-02", "3")
    assert desk.credit("服务-09", "4") == -4
    assert desk.credit("服务-02", "1") == 0


def test_a_reversal_frees_the_room_it_had_taken(desk: Desk):
    full = desk.approve(desk.claim("服务-01", "4"))
    assert desk.credit("服务-01", "1") == 0
    desk.undo(full)
    assert desk.credit("服务-01", "3") == 3


def test_what_was_cut_is_not_credited_later(desk: Desk):
    full = desk.approve(desk.claim("服务-01", "4"))
    cut = desk.approve(desk.claim("服务-01", "2"))
    desk.undo(full)
    assert cut.credited == 0
    assert caps.credited(desk.session, cut.member_id, YEAR) == {(NOVEMBER, "服务-01"): D(0)}


def test_an_item_without_caps_has_no_bound(desk: Desk):
    item = desk.item("纪律-02")
    assert caps.room(desk.session, desk.cast.zhang_san.id, desk.rulebook, item, NOVEMBER) is None


def test_room_is_never_negative(desk: Desk):
    """A wider rulebook before it, an opening balance: more may be there than the cap allows."""
    note(desk.session, desk.cast.zhang_san, "9", item_code="服务-01", rulebook_id=desk.rulebook.id)
    item = desk.item("服务-01")
    assert caps.room(desk.session, desk.cast.zhang_san.id, desk.rulebook, item, NOVEMBER) == 0


@pytest.mark.parametrize(
    ("points", "left", "credited"),
    [
        ("2", None, "2"),
        ("2", "2", "2"),
        ("2", "1.5", "1.5"),
        ("-2", "1.5", "-1.5"),
        ("-2", "3", "-2"),
        ("-2", "0", "0"),
    ],
)
def test_what_fits_keeps_its_sign(points: str, left: str | None, credited: str):
    assert caps.within(D(points), None if left is None else D(left)) == D(credited)


def test_points_are_the_product_rounded_half_up(desk: Desk):
    quantities = ("0.5", "0.1", "0.02", "0.01")  # of a quarter point
    assert [str(desk.claim("服务-03", q).points) for q in quantities] == ["0.13", "0.03", "0.01", "0.00"]
    assert str(desk.claim("纪律-02", "0.5").points) == "-0.13"


def test_what_a_member_earned_elsewhere_counts_for_the_caps(desk: Desk):
    """Caps are the member's own, whatever branch the points were earned in (rules 4, 31)."""
    member, here, there = desk.cast.zhang_san, desk.cast.first_branch, desk.cast.second_branch
    desk.credit("服务-01", "3")
    member.branch_id, member.group_id = there.id, desk.cast.third_group.id
    desk.session.add(Move(member_id=member.id, from_branch_id=here.id, to_branch_id=there.id, moved_on=TODAY))
    desk.session.flush()
    assert caps.room(desk.session, member.id, desk.rulebook, desk.item("服务-01"), NOVEMBER) == D(1)
    ledger.lock_for(desk.session, member.id, there.id)
    assert {book.branch_id for book in desk.session.scalars(select(Book))} == {here.id, there.id}


def test_approvals_that_race_for_a_cap_leave_it_whole(narrowed: Sessions, cast: Cast):
    """Eight claims of 1.5 points, a cap of 4: two whole, one cut, five nothing."""
    with narrowed.write() as session:
        desk = Desk(session, cast.of(session), rulebooks.in_force(session, cast.first_branch.id, NOVEMBER))
        numbers = [desk.claim("服务-01", "1.5", note=str(n)).id for n in range(8)]

    def approve(number: int) -> Decimal | None:
        with narrowed.write() as session:
            desk = Desk(session, cast.of(session), rulebooks.in_force(session, cast.first_branch.id, NOVEMBER))
            return desk.approve(session.get_one(Claim, number)).credited

    credited = together(*(lambda n=n: approve(n) for n in numbers))  # type: ignore[misc]
    assert sorted(credited, key=str, reverse=True) == [D("1.5"), D("1.5"), D(1), *[D(0)] * 5]
    with narrowed.read() as session:
        assert sum(session.scalars(select(Entry.points))) == 4
        assert list(verification.differences(session)) == []
