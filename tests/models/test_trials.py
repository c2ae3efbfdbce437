"""What a new version of a rulebook would have made of a month (contract, ``rulebook import --dry-run``)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from models import claiming, deciding, ledger, rulebooks, trials
from models.ledger import Entry
from models.members import Member
from models.months import Month
from models.rulebooks import Item, Rulebook, Source
from models.trials import Trial
from tests.cast import NOW, Cast

DAY, NOVEMBER = date(2026, 11, 19), Month(2026, 11)


@pytest.fixture
def book(session: Session, cast: Cast) -> Rulebook:
    return rulebooks.in_force(session, cast.first_branch.id, NOVEMBER)


def with_item(book: Rulebook, code: str, **values: object) -> Rulebook:
    def changed(item: Item) -> Item:
        return replace(item, **values) if item.code == code else item  # type: ignore[arg-type]

    return replace(book, items=tuple(changed(item) for item in book.items))


def claim(session: Session, cast: Cast, member: Member, quantity: str, figure: str | None = None) -> None:
    item = rulebooks.in_force(session, cast.first_branch.id, NOVEMBER).get_item("志愿-01")
    made, _ = claiming.submit(session, member, item, Decimal(quantity), day=DAY, by=member, now=NOW)
    other = {"figure": Decimal(figure), "reason": "实际时间少些"} if figure else {}
    deciding.approve(session, made.id, by=cast.li_si, now=NOW, **other)  # type: ignore[arg-type]


def record(session: Session, cast: Cast, points: str, cause: str, code: str | None = None, **more: object) -> Entry:
    ledger.lock(session, cast.first_branch.id)
    rulebook = rulebooks.in_force(session, cast.first_branch.id, NOVEMBER)
    values = {"about": DAY, "source": Source.BRANCH, "by": cast.wang_jianjun, "now": NOW}
    values |= {"rulebook_id": rulebook.id, "item_code": code, "branch_id": cast.first_branch.id, "cause": cause}
    return ledger.write(session, cast.zhang_san, Decimal(points), **(values | more))  # type: ignore[arg-type]


def first(session: Session, cast: Cast, new: Rulebook) -> Trial:
    """The trial of 第一支部, in which 13 are scored."""
    return trials.run(session, cast.committee, new, NOVEMBER)[0]


def test_the_same_rulebook_gives_the_same_distribution(session, cast, book):
    claim(session, cast, cast.zhang_san, "2")
    claim(session, cast, cast.wang_fang, "8")
    trial = first(session, cast, book)
    assert trial.branch == "第一支部"
    assert trial.before == trial.after
    assert (trial.after.scored, trial.after.below_mark) == (13, 0)
    assert trial.after.average == Decimal("70.46")
    assert trial.after.stars == (0, 0, 13, 0, 0, 0)


def test_each_branch_is_looked_at_by_itself(session, cast, book):
    assert [trial.branch for trial in trials.run(session, cast.committee, book, NOVEMBER)] == ["第一支部", "第二支部"]
    assert [trial.branch for trial in trials.run(session, cast.second_branch, book, NOVEMBER)] == ["第二支部"]


def test_a_branch_with_a_rulebook_of_its_own_is_left_out(session, cast, book):
    rulebooks.add_version(session, cast.second_branch, replace(book, name="第二支部细则"), now=NOW)
    assert [trial.branch for trial in trials.run(session, cast.committee, book, NOVEMBER)] == ["第一支部"]


def test_a_higher_value_counts_by_the_quantity_that_was_claimed(session, cast, book):
    claim(session, cast, cast.zhang_san, "2")
    trial = first(session, cast, with_item(book, "志愿-01", points=Decimal(2)))
    assert trial.after.average == Decimal("70.31")  # 4 points for one of 13


def test_a_wider_cap_credits_what_the_old_one_cut(session, cast, book):
    claim(session, cast, cast.zhang_san, "8")
    trial = first(session, cast, with_item(book, "志愿-01", cap_month=Decimal(6)))
    assert trial.before is not None
    assert (trial.before.average, trial.after.average) == (Decimal("70.31"), Decimal("70.46"))


def test_the_figure_an_approver_set_stays_in_proportion(session, cast, book):
    claim(session, cast, cast.zhang_san, "4", figure="1")
    trial = first(session, cast, with_item(book, "志愿-01", points=Decimal(3)))
    assert trial.after.average == Decimal("70.23")  # 3 points


def test_caps_of_item_and_category_fill_up_together(session, cast, book):
    claim(session, cast, cast.zhang_san, "4")
    record(session, cast, "2", "branch:1", "志愿-02")
    narrow = replace(
        book,
        categories=tuple(replace(c, cap_month=Decimal(5)) if c.code == "志愿" else c for c in book.categories),
    )
    trial = first(session, cast, narrow)
    assert trial.after.average == Decimal("70.38")  # 5 of 6 points


def test_a_deduction_has_its_own_cap_and_no_categorys(session, cast, book):
    record(session, cast, "-4", "branch:1", "组织-02")
    trial = first(session, cast, with_item(book, "组织-02", points=Decimal(-3), cap_month=Decimal(9)))
    assert trial.after.average == Decimal("69.31")  # 9 points of 12


def test_who_falls_under_the_mark_is_counted_without_a_name(session, cast, book):
    record(session, cast, "-6", "branch:1", "组织-03")
    trial = first(session, cast, with_item(book, "组织-03", points=Decimal(-11)))
    assert trial.before is not None
    assert (trial.before.below_mark, trial.after.below_mark) == (0, 1)
    assert trial.after.stars == (1, 0, 12, 0, 0, 0)


def test_an_item_that_is_gone_is_named_and_counts_nothing(session, cast, book):
    claim(session, cast, cast.zhang_san, "4")
    trial = first(session, cast, replace(book, items=tuple(i for i in book.items if i.code != "志愿-01")))
    assert trial.lost == ("志愿-01",)
    assert trial.after.average == Decimal(70)


def test_what_was_taken_back_counts_nothing(session, cast, book):
    entry = record(session, cast, "2", "branch:1", "志愿-02")
    ledger.reverse(session, entry, by=cast.wang_jianjun, now=NOW, reason="")
    assert first(session, cast, book).after.average == Decimal(70)


def test_an_opening_balance_counts_as_it_is(session, cast, book):
    record(session, cast, "13", "opening:1", None, rulebook_id=None, source=Source.OPENING)
    assert first(session, cast, book).after.average == Decimal(71)


def test_who_is_zeroed_stays_so(session, cast, book):
    record(session, cast, "0", "zeroing:1", "纪律-04", source=Source.ZEROING)
    trial = first(session, cast, book)
    assert trial.before == trial.after
    assert trial.after.below_mark == 1


def test_without_a_rulebook_in_that_month_only_the_new_one_is_shown(session, cast, book):
    trial = trials.run(session, cast.committee, book, Month(2025, 12))[0]
    assert trial.before is None
    assert trial.after.average == Decimal(70)


def test_a_branch_where_nobody_is_scored_is_left_out(session, cast, book):
    for member in (cast.zhou_guoping, cast.qian_jin, cast.wu_gang, cast.sun_li):
        member.left_on = date(2026, 10, 1)
    session.flush()
    assert [trial.branch for trial in trials.run(session, cast.committee, book, NOVEMBER)] == ["第一支部"]
