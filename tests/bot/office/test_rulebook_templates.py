"""The two rulebooks that ship: their figures, and the table of scores they were made with (rulebooks.md)."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from bot.office import rulebook_file
from bot.office.rulebooks import FOUR_RECORDS, SEVEN_CONTENTS, TEMPLATES
from models.columns import rounded
from models.rulebooks import Item, Rulebook

Entries = list[tuple[str, int]]

JOB_AND_STUDY: Entries = [("业务-01", 1), ("学习-01", 1)]
NO_STUDY: Entries = [("学习-05", 1)]
DILIGENT: Entries = [*JOB_AND_STUDY, ("志愿-01", 2)]
ACTIVE: Entries = [*JOB_AND_STUDY, ("志愿-01", 4), ("志愿-02", 1), ("学习-02", 1), ("学习-03", 1), ("义务-01", 1)]
OUTSTANDING: Entries = [*ACTIVE, ("义务-02", 1), ("权益-01", 1), ("业务-03", 1)]


def attended(meetings: int, *, missed: int = 0) -> Entries:
    return [("组织-01", meetings - missed), ("组织-03", missed)]


# One member, one month: what was done in a month of so many meetings, its score, that of a quarter's month, the
# year's average as the page prints it, the stars.
SCORES = {
    "whole month on leave": (lambda n: [], 70, 70, "70", 2),
    "careless": (lambda n: [*attended(n, missed=n), *NO_STUDY, ("业务-01", 1)], 57, 45, "53", 0),
    "misses one meeting": (lambda n: [*attended(n, missed=1), *NO_STUDY, ("业务-01", 1)], 64, 66, "64.7", 1),
    "attends, nothing else": (lambda n: [*attended(n), *NO_STUDY], 68, 70, "68.7", 1),
    "attends, own job, study": (lambda n: [*attended(n), *JOB_AND_STUDY], 78, 80, "78.7", 2),
    "average diligent": (lambda n: [*attended(n), *DILIGENT], 80, 82, "80.7", 3),
    "diligent, one missed": (lambda n: [*attended(n, missed=1), *DILIGENT], 73, 75, "73.7", 2),
    "active": (lambda n: [*attended(n), *ACTIVE], 88, 90, "88.7", 4),
    "outstanding": (lambda n: [*attended(n), *OUTSTANDING], 95, 97, "95.7", 5),
}


@pytest.fixture(scope="module")
def seven() -> Rulebook:
    return rulebook_file.read(SEVEN_CONTENTS)


@pytest.fixture(scope="module")
def four() -> Rulebook:
    return rulebook_file.read(FOUR_RECORDS)


@pytest.mark.parametrize(("month", "normal", "quarter", "average", "stars"), SCORES.values(), ids=SCORES)
def test_the_table_of_scores_comes_out(
    seven: Rulebook,
    month_score: Callable[..., Decimal],
    month: Callable[[int], Entries],
    normal: int,
    quarter: int,
    average: str,
    stars: int,
) -> None:
    assert month_score(seven, month(2)) == normal
    assert month_score(seven, month(4)) == quarter
    year = rounded((8 * month_score(seven, month(2)) + 4 * month_score(seven, month(4))) / 12)
    assert round(year, 1) == Decimal(average)
    assert seven.stars_at(Decimal(normal)) == stars
    assert seven.stars_at(year) == stars


def test_two_absences_and_no_study_fall_under_the_mark_but_one_slip_does_not(
    seven: Rulebook, month_score: Callable[..., Decimal]
) -> None:
    assert month_score(seven, [("组织-03", 2), *NO_STUDY, ("业务-01", 1)]) < seven.pass_mark
    assert month_score(seven, [("组织-03", 1)]) >= seven.pass_mark
    assert month_score(seven, NO_STUDY) >= seven.pass_mark


def test_caps_bound_an_item_and_its_category(seven: Rulebook, month_score: Callable[..., Decimal]) -> None:
    assert month_score(seven, [("志愿-01", 8)]) == 74
    assert month_score(seven, [("志愿-01", 8), ("志愿-02", 3)]) == 76
    assert month_score(seven, [("组织-02", 9)]) == 66
    assert month_score(seven, [("领导-01", 1), ("领导-02", 1), ("书记-01", 4)]) == 74


def test_the_seven_categories_add_up_to_42_and_offices_to_4(seven: Rulebook) -> None:
    caps = {category.code: category.cap_month for category in seven.categories}
    assert caps.pop("领导") == 4
    assert sum(cap or 0 for cap in caps.values()) == 42
    assert len(caps) == 7


# code · points · unit · at most at once · cap a month · cap a year · evidence · sources · roles (– for none)
SEVEN = """
学习-01 3 月 1 3 – none claim,learning –
学习-02 2 次 2 4 16 optional claim,branch –
学习-03 1 篇 1 1 6 required claim –
学习-04 2 次 1 2 – none exam –
学习-05 -4 月 1 4 – none branch,claim –
组织-01 1 次 1 5 – none attendance –
组织-02 -1 次 1 4 – none attendance –
组织-03 -6 次 1 – – none attendance –
组织-04 1 次 2 2 – none claim,branch –
义务-01 2 项 2 4 – optional claim,branch –
义务-02 3 项 1 6 – optional claim,branch –
义务-03 1 次 2 2 – none claim –
义务-04 -2 月 1 2 – none branch,claim –
权益-01 2 条 2 4 12 optional claim,branch –
权益-02 1 次 1 1 – none branch –
业务-01 3 月 1 3 – none claim –
业务-02 3 项 1 3 9 optional claim,branch –
业务-03 2 篇 2 4 12 required claim –
业务-04 5 次 1 5 10 required claim,branch –
业务-05 -3 项 1 6 – none branch,claim –
纪律-01 -2 次 3 6 – none branch,report,claim –
纪律-02 -10 次 1 – – required branch –
纪律-03 -5 次 1 – – none spot_check,branch –
纪律-04 0 次 1 – – required zeroing –
志愿-01 1 小时 8 4 – optional claim –
志愿-02 1 户 3 3 – optional claim –
志愿-03 2 场 1 4 – optional claim –
志愿-04 3 次 1 3 6 required claim,branch –
领导-01 2 月 1 2 – none claim leading_cadre
领导-02 2 次 1 2 8 optional claim leading_cadre,secretary
书记-01 0.5 人次 4 2 – none claim secretary,leading_cadre
书记-02 -3 次 1 6 – none branch secretary
"""
FOUR = """
学习-01 1 次 1 3 – none attendance –
学习-02 3 月 1 3 – none claim,learning –
学习-03 2 次 1 4 – optional claim,exam,branch –
学习-04 -4 月 1 4 – none branch,claim –
履职-01 3 月 1 3 – none claim –
履职-02 3 项 1 6 – optional claim,branch –
履职-03 4 次 1 4 12 required claim,branch –
履职-04 -3 项 1 6 – none branch,claim –
活动-01 1 次 1 4 – none attendance –
活动-02 1 小时 8 4 – optional claim –
活动-03 1 户 3 3 – optional claim –
活动-04 -6 次 1 – – none attendance –
诚信-01 2 项 1 2 6 optional claim,branch –
诚信-02 3 次 1 3 6 required claim,report,branch –
诚信-03 -5 次 1 – – none report,branch –
诚信-04 -5 次 1 – – none spot_check,branch –
"""


def figures(item: Item) -> str:
    values = (item.code, item.points, item.unit, item.max_quantity, item.cap_month, item.cap_year, item.evidence.value)
    lists = (",".join(source.value for source in item.sources), ",".join(item.roles))
    return " ".join("–" if value in {None, ""} else str(value) for value in (*values, *lists))


def test_the_items_of_the_seven_contents_are_those_of_the_table(seven: Rulebook) -> None:
    assert [figures(item) for item in seven.items] == SEVEN.split("\n")[1:-1]


def test_the_items_of_the_four_records_are_those_of_the_table(four: Rulebook) -> None:
    assert [figures(item) for item in four.items] == FOUR.split("\n")[1:-1]


def test_both_have_the_same_base_and_marks(seven: Rulebook, four: Rulebook) -> None:
    for book in (seven, four):
        assert [book.base, book.pass_mark, book.floor, book.ceiling] == [70, 60, 0, 100]
        assert [*book.stars] == [60, 70, 80, 88, 95]
        assert [reward.stars for reward in book.rewards] == [1, 2, 3, 4, 5]


def test_each_of_the_four_records_has_stars_of_its_own_that_can_be_reached(four: Rulebook) -> None:
    for category in four.categories:
        assert len(category.stars) == 5
        assert category.cap_month is not None and category.stars[-1] <= category.cap_month


def test_attendance_is_credited_for_each_kind_of_organized_life_once(seven: Rulebook, four: Rulebook) -> None:
    for book in (seven, four):
        rules = [rule for item in book.items for rule in item.attendance]
        assert len(rules) == len(set(rules))
        assert {"党小组会:present", "支部党员大会:present", "党课:present", "主题党日:present"} <= set(rules)
        assert not any(rule.endswith(":leave") for rule in rules)


def test_zeroing_is_an_item_without_points_that_only_zeroing_records(seven: Rulebook) -> None:
    zeroing = seven.get_item("纪律-04")
    assert (zeroing.effect, zeroing.points, zeroing.claimable) == ("zero", Decimal(0), False)


def test_what_shames_is_published_as_a_figure_only(seven: Rulebook) -> None:
    hidden = {item.code for item in seven.items if item.publish.value == "points"}
    assert hidden == {"学习-05", "义务-04", "业务-05", "纪律-01", "纪律-02", "纪律-03", "纪律-04"}


def test_going_to_the_community_may_mean_three_items(seven: Rulebook) -> None:
    assert [item.code for item in seven.items if "下社区" in item.keywords] == ["志愿-01", "志愿-02", "志愿-03"]


@pytest.mark.parametrize("path", TEMPLATES.values(), ids=TEMPLATES)
def test_what_ships_leaves_nothing_to_point_out(path: Path) -> None:
    assert rulebook_file.check(path)[1] == []
