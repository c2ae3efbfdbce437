"""Rulebooks: versions that never change, and which one a month is computed with (rules 6)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.office import rulebook_file
from bot.office.rulebooks import FOUR_RECORDS, SEVEN_CONTENTS
from models import rounds, rulebooks, settings
from models.months import Month, at
from models.rounds import STATE_WORDS, Round, RoundState
from models.rulebooks import MonthSettled, NoRulebook, NotYetBegun, Rulebook, RulebookVersion, TooSoon, Unchanged
from tests.cast import NOW, Cast
from tests.models.desk import NARROW, NOVEMBER, D

OCTOBER, DECEMBER, JANUARY = Month(2026, 10), Month(2026, 12), Month(2027, 1)


def in_force(session: Session, cast: Cast, month: Month = NOVEMBER) -> Rulebook:
    return rulebooks.in_force(session, cast.first_branch.id, month)


def changed(month: Month, base: str = "50") -> Rulebook:
    return replace(NARROW, base=D(base), effective_from=month)


# Which one is in force


def test_a_branch_has_the_rulebook_of_the_nearest_level_above(session: Session, cast: Cast):
    assert in_force(session, cast).name != NARROW.name
    rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    assert in_force(session, cast).name == NARROW.name
    assert rulebooks.in_force(session, cast.second_branch.id, NOVEMBER).name != NARROW.name


def test_before_the_branchs_own_begins_the_one_above_holds(session: Session, cast: Cast):
    rulebooks.add_version(session, cast.first_branch, replace(NARROW, effective_from=DECEMBER), now=NOW)
    assert in_force(session, cast).name != NARROW.name
    assert in_force(session, cast, DECEMBER).name == NARROW.name


def test_a_new_version_holds_from_its_month_on(session: Session, cast: Cast):
    rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    rulebooks.add_version(session, cast.first_branch, changed(DECEMBER), now=NOW)
    bases = [in_force(session, cast, month).base for month in (NOVEMBER, DECEMBER, JANUARY)]
    assert bases == [70, 50, 50]


def test_of_two_versions_for_one_month_the_newer_holds(session: Session, cast: Cast):
    for rulebook in (NARROW, changed(DECEMBER), changed(DECEMBER, "55")):
        rulebooks.add_version(session, cast.first_branch, rulebook, now=NOW)
    assert (in_force(session, cast, DECEMBER).base, in_force(session, cast, DECEMBER).version) == (55, 3)


def test_before_the_first_one_there_is_none(session: Session, cast: Cast):
    assert rulebooks.find_in_force(session, cast.first_branch.id, Month(2025, 12)) is None
    with pytest.raises(NoRulebook, match="12月还没有积分细则，请联系机关党委导入"):
        rulebooks.in_force(session, cast.first_branch.id, Month(2025, 12))


# Adding versions


def test_an_organizations_first_may_begin_with_any_month(session: Session, cast: Cast):
    added = rulebooks.add_version(session, cast.first_branch, replace(NARROW, effective_from=Month(2020, 1)), now=NOW)
    assert added.version == 1


def test_a_changed_one_begins_with_a_month_that_has_not_begun(session: Session, cast: Cast):
    rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    with pytest.raises(NotYetBegun, match="2026-11 已经开始") as refused:
        rulebooks.add_version(session, cast.first_branch, changed(NOVEMBER), now=NOW)
    assert refused.value.example == 'effective_from = "2026-12"'
    assert rulebooks.add_version(session, cast.first_branch, changed(DECEMBER), now=NOW).version == 2


def test_a_changed_one_leaves_the_working_days_of_its_consultation(session: Session, cast: Cast):
    rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    late = at(date(2026, 11, 24), 10)  # the fifth working day after it is December 1st
    with pytest.raises(TooSoon, match="先征求意见5个工作日（到12月1日），最早从 2027-01 起用") as refused:
        rulebooks.add_version(session, cast.first_branch, changed(DECEMBER), now=late)
    assert refused.value.example == 'effective_from = "2027-01"'
    with pytest.raises(NotYetBegun) as refused_too:
        rulebooks.add_version(session, cast.first_branch, changed(NOVEMBER), now=late)
    assert refused_too.value.example == refused.value.example
    in_time = late - timedelta(days=1)  # Monday: its fifth is November 30th, and the consultation ends with it
    added = rulebooks.add_version(session, cast.first_branch, changed(DECEMBER), now=in_time)
    assert session.get_one(RulebookVersion, added.id).consultation_until == DECEMBER.begins


def test_how_long_it_is_open_to_comments_is_a_setting(session: Session, cast: Cast):
    rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    settings.put(session, settings.CONSULT_DAYS, 10, organization_id=cast.committee.id, by_id=None, now=NOW)
    with pytest.raises(TooSoon, match="先征求意见10个工作日（到12月4日），最早从 2027-01 起用"):
        rulebooks.add_version(session, cast.first_branch, changed(DECEMBER), now=NOW)


@pytest.mark.parametrize("state", [RoundState.REVIEW, RoundState.DISCLOSURE, RoundState.FINAL])
def test_no_month_is_computed_anew_that_a_branch_reviews_or_has_closed(session: Session, cast: Cast, state: RoundState):
    rounds.begin(session, cast.first_branch.id, OCTOBER)
    session.execute(update(Round).values(state=state))
    with pytest.raises(
        MonthSettled, match=f"第一支部 2026-10 已经{STATE_WORDS[state]}，不能.*最早从 2026-11 起"
    ) as refused:
        rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    assert refused.value.example == 'effective_from = "2026-11"'
    # Nobody's month but the first branch's has gone on, and November's is not closed.
    assert rulebooks.add_version(session, cast.second_branch, NARROW, now=NOW).version == 1
    november = replace(NARROW, effective_from=NOVEMBER)
    assert rulebooks.add_version(session, cast.first_branch, november, now=NOW).version == 1


def test_a_month_that_goes_by_a_nearer_rulebook_does_not_hinder_a_higher_one(session: Session, cast: Cast):
    rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    session.query(RulebookVersion).filter_by(organization_id=cast.committee.id).delete()
    rounds.begin(session, cast.first_branch.id, OCTOBER)
    session.execute(update(Round).values(state=RoundState.FINAL))
    assert rulebooks.add_version(session, cast.committee, changed(OCTOBER), now=NOW).version == 1
    assert in_force(session, cast, OCTOBER).name == NARROW.name
    assert [branch.id for branch in rulebooks.covered(session, cast.committee, OCTOBER)] == [cast.second_branch.id]
    early = Month(2025, 12)
    assert len(rulebooks.covered(session, cast.committee, early)) == 2


def test_the_month_that_has_begun_is_the_one_in_shanghai(session: Session, cast: Cast):
    rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    with pytest.raises(NotYetBegun):
        rulebooks.add_version(session, cast.first_branch, changed(DECEMBER), now=DECEMBER.begins)


def test_the_same_again_is_refused(session: Session, cast: Cast):
    rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    with pytest.raises(Unchanged, match="“上限很窄的细则”与第1版完全相同，没有导入"):
        rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)


def test_versions_are_counted_per_organization(session: Session, cast: Cast):
    versions = [
        rulebooks.add_version(session, o, NARROW, now=NOW).version for o in (cast.first_branch, cast.second_branch)
    ]
    assert versions == [1, 1]


# Reading them back


@pytest.mark.parametrize("path", [SEVEN_CONTENTS, FOUR_RECORDS], ids=["seven", "four"])
def test_a_version_reads_back_as_it_was_written(session: Session, cast: Cast, path):
    written = rulebook_file.read(path)
    added = rulebooks.add_version(session, cast.second_branch, written, now=NOW)
    session.expire_all()
    read = rulebooks.get(session, added.id)
    assert read == added == written
    assert (read.id, read.version) == (added.id, 1)


def test_a_version_reads_back_from_a_process_that_never_saw_it(session: Session, cast: Cast):
    added = rulebooks.add_version(session, cast.first_branch, replace(NARROW, name="只读一次"), now=NOW)
    row = session.scalars(select(RulebookVersion).where(RulebookVersion.id == added.id)).one()
    assert rulebooks.from_json(row.content, id=row.id, version=row.version) == added
    assert row.digest == rulebooks.digest_of(row.content)


def test_points_are_kept_exactly(session: Session, cast: Cast):
    added = rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    item = rulebooks.get(session, added.id).get_item("服务-03")
    assert (item.points, type(item.points), str(item.points)) == (D("0.25"), Decimal, "0.25")


def test_the_digest_sees_every_change():
    base = rulebooks.digest_of(rulebooks.as_json(NARROW))
    assert rulebooks.digest_of(rulebooks.as_json(replace(NARROW, id=7, version=3))) == base
    for other in (replace(NARROW, base=D(71)), replace(NARROW, effective_from=DECEMBER), replace(NARROW, items=())):
        assert rulebooks.digest_of(rulebooks.as_json(other)) != base


# Items and categories


def test_items_are_found_by_code():
    assert NARROW.get_item("服务-01").title == "事项服务-01"
    assert NARROW.find_item("没有") is None
    with pytest.raises(KeyError):
        NARROW.get_item("没有")


def test_what_a_categorys_cap_bounds_are_its_items_that_give():
    assert NARROW.get_category("服务").cap_month == 6
    assert NARROW.plus_codes("服务") == ["服务-01", "服务-02", "服务-03"]
    assert NARROW.plus_codes("纪律") == []


def test_what_can_be_claimed_and_what_gives():
    assert NARROW.get_item("服务-01").claimable and NARROW.get_item("服务-01").is_plus
    assert not NARROW.get_item("学习-03").claimable
    assert not NARROW.get_item("纪律-01").is_plus
