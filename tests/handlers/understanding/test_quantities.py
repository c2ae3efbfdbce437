"""Quantities: said, about, from a span of time, rough; and what is none."""

from decimal import Decimal

import pytest

from handlers.understanding import quantities
from handlers.understanding.line import Line
from handlers.understanding.quantities import Fit


def fit(text: str, unit: str = "小时") -> Fit:
    return quantities.fit(Line.of(text), unit)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        *(
            ("2小时", "2"),
            ("两个小时", "2"),
            ("俩钟头", "2"),
            ("两個鐘", "2"),
            ("三粒鐘", "3"),
            ("4h", "4"),
            ("2 hrs", "2"),
        ),
        *(("一个半小时", "1.5"), ("两个半小时", "2.5"), ("2小时半", "2.5"), ("半个小时", "0.5"), ("个半钟", "1.5")),
        *(("120分钟", "2"), ("90min", "1.5"), ("一刻钟", "0.25"), ("两小时三十分", "2.5"), ("一小时零五分", "1.08")),
        *(("三点五小时", "3.5"), ("2小是", "2"), ("志愿 2.5 昨天", "2.5"), ("上午1小时下午1小时共2小时", "2")),
        *(("2小时 上午9点到11点", "2"), ("6个人扫雪2小时", "2"), ("2小时 给我加2分", "2"), ("第2次去扫雪2小时", "2")),
    ],
)
def test_hours_that_are_said_count(text: str, hours: str) -> None:
    found = fit(text)
    assert (found.values, found.sure) == ((Decimal(hours),), True)


@pytest.mark.parametrize(
    ("text", "unit", "count"),
    [
        *(
            ("两户困难党员", "户", 2),
            ("仨户", "户", 3),
            ("走访群众两家", "户", 2),
            ("一篇", "篇", 1),
            ("3人次", "人次", 3),
        ),
        *(("宣讲两次", "场", 2), ("一回", "次", 1), ("2件", "项", 2), ("一条", "条", 1), ("2户3人", "户", 2)),
    ],
)
def test_pieces_count_in_their_unit_or_one_of_its_names(text: str, unit: str, count: int) -> None:
    assert fit(text, unit).values == (Decimal(count),)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        *(("上午9点到11点", "2"), ("8:30-11:30", "3"), ("下午两点到四点半", "2.5"), ("14:00—16:00", "2")),
        *(("从早上8点干到11点", "3"), ("9点一刻到10点三刻", "1.5"), ("11点到1点", "2"), ("大概两小时", "2")),
        *(
            ("每次1小时", "1"),
            ("2小时左右", "2"),
            ("上午2小时下午1小时", "3"),
            ("1小时加1小时", "2"),
            ("8点十分到9点", "0.83"),
        ),
    ],
)
def test_what_is_inferred_is_shown_once(text: str, hours: str) -> None:
    found = fit(text)
    assert (found.values, found.sure) == ((Decimal(hours),), False)
    assert found.why


@pytest.mark.parametrize(
    "text", ["半天", "一上午", "两三个小时", "两个多小时", "几个小时", "2-3小时", "1+1小时", "十几分钟"]
)
def test_a_rough_word_is_asked(text: str) -> None:
    found = fit(text)
    assert len(found.values) != 1
    assert not found.sure


def test_hours_and_times_that_disagree_are_both_offered() -> None:
    assert fit("3小时 上午9点到11点").values == (Decimal(3), Decimal(2))


@pytest.mark.parametrize("text", ["志愿3次", "走了3户"])
def test_a_figure_in_another_unit_is_asked_about(text: str) -> None:
    assert fit(text) == Fit(sure=False)


@pytest.mark.parametrize(
    "text", ["给我记两分", "献血400cc", "花了200块", "送了5袋米", "25点到26点", "9点到9点", "9到11"]
)
def test_points_money_and_measures_are_no_quantities(text: str) -> None:
    assert fit(text).values == ()


def test_two_bare_numbers_are_asked_about() -> None:
    found = fit("志愿 2 3")
    assert (found.values, found.sure) == ((), False)


def test_pieces_of_anything_are_left_to_who_knows_the_thing() -> None:
    assert quantities.pieces(Line.of("两个课题"))[0][0] == 2
    assert quantities.pieces(Line.of("两三个课题")) == []


def test_quarters_without_a_number_are_none() -> None:
    assert fit("扫雪", "户") == Fit()
