"""The kinds of argument: what they find, how they ask, what the handler gets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from handlers import arguments
from handlers.context import Context
from handlers.dispatch import Families
from handlers.kind import Found, Json, Kind
from handlers.understanding import in_sight
from handlers.understanding.kinds_of_deeds import DayKind, ItemKind, QuantityKind
from handlers.understanding.kinds_of_numbers import CodeKind, FigureKind, NumberKind, NumbersKind, TargetKind
from handlers.understanding.kinds_of_times import MonthKind, SpanKind, UntilKind
from handlers.understanding.kinds_of_words import AskKind, NameKind, PersonKind, QueryKind, ReasonKind, TextKind
from handlers.understanding.targets import ALL, Target
from handlers.understanding.times import THIS_MONTH, TODAY
from models.claims import Claim, ClaimStatus
from models.errors import NotFound
from models.months import Month, Period
from tests.cast import NOW


def values(found: Found) -> list[Json]:
    return [choice.value for choice in found.candidates]


def item_of(code: str) -> dict[str, Json]:
    return {"item": code}


@pytest.mark.parametrize("value", ["12", "L7", "J88", "Y7", "T5"])
def test_a_number_is_looked_up_before_anything_else_is_asked_for(member: Context, value: str) -> None:
    with pytest.raises(NotFound, match=f"没有找到 #?{value}，请看一下编号"):
        in_sight.look(Target.parse(value), member)


def test_an_item_is_offered_with_what_it_gives(member: Context) -> None:
    found = ItemKind().find("下社区2小时", member, {})
    assert found.candidates[0].label == "社区志愿服务（每小时+1分）"
    assert found.why == "“下社区2小时”是哪一项？"


def test_the_word_that_only_names_the_item_is_no_note(member: Context) -> None:
    assert ItemKind().find("社区志愿 2小时 昨天 清扫河堤", member, {}).rest.split() == ["2小时", "昨天", "清扫河堤"]
    assert "去社区扫雪" in ItemKind().find("昨天去社区扫雪2小时", member, {}).rest


def test_items_are_asked_for_by_category_until_there_are_usual_ones(member: Context) -> None:
    question = ItemKind().question(member, {})
    assert [choice.value for choice in question.choices][:2] == ["学习-01", "组织-04"]


def test_the_usual_items_are_offered_first(member: Context) -> None:
    claim = Claim(
        member_id=member.member.id,
        branch_id=member.member.branch_id,
        rulebook_id=member.rulebook().id,
        item_code="志愿-02",
        quantity=Decimal(1),
        points=Decimal(1),
        day=date(2026, 11, 19),
        month=Month(2026, 11),
        status=ClaimStatus.SUBMITTED,
        submitted_by_id=member.member.id,
        submitted_at=NOW,
        waiting_since=NOW,
    )
    with member.session.begin_nested() as savepoint:
        member.session.add(claim)
        member.session.flush()
        assert [choice.value for choice in ItemKind().question(member, {}).choices] == ["志愿-02"]
        savepoint.rollback()


def test_the_handler_gets_the_item(member: Context) -> None:
    assert ItemKind().load("志愿-01", member).title == "社区志愿服务"
    with pytest.raises(KeyError):
        ItemKind().load("志愿-99", member)


@pytest.mark.parametrize(
    ("text", "code", "quantity"),
    [
        *(
            ("2小时", "志愿-01", "2"),
            ("120分钟", "志愿-01", "2"),
            ("两个课题", "业务-02", "2"),
            ("一个课题", "业务-02", "1"),
            ("两个同志一起参加的课题", "业务-02", "1"),
        ),
        *(
            ("", "学习-01", "1"),
            ("献血", "志愿-04", "1"),
            ("宣讲2小时", "志愿-03", "1"),
            ("看望陈婆婆", "志愿-02", "1"),
        ),
    ],
)
def test_a_quantity_is_in_the_items_unit_or_one(member: Context, text: str, code: str, quantity: str) -> None:
    found = QuantityKind().find(text, member, item_of(code))
    assert (values(found), found.sure) == ([quantity], True)
    assert QuantityKind().load(quantity, member) == Decimal(quantity)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("扫雪", "志愿-01"),
        ("走访困难群众", "志愿-02"),
        ("看望陈婆婆和李大爷", "志愿-02"),
        ("走访2小时", "志愿-02"),
        ("3次", "志愿-01"),
    ],
)
def test_hours_and_households_nobody_said_are_asked(member: Context, text: str, code: str) -> None:
    kind = QuantityKind()
    assert values(kind.find(text, member, item_of(code))) == []
    assert kind.needed(member, item_of(code))
    assert len(kind.question(member, item_of(code)).choices) >= 3


def test_several_deeds_of_what_may_be_several_are_asked(member: Context) -> None:
    found = QuantityKind().find("领学2小时", member, item_of("学习-02"))
    assert (values(found), found.sure) == (["1"], True)


def test_people_talked_to_are_counted(asker: Callable[[str], Context]) -> None:
    secretary = asker("secretary")
    assert values(QuantityKind().find("和3名党员谈心", secretary, item_of("书记-01"))) == ["3"]
    assert values(QuantityKind().find("和两三个人谈心", secretary, item_of("书记-01"))) == []


def test_a_quantity_waits_for_its_item(member: Context) -> None:
    kind = QuantityKind()
    assert values(kind.find("2小时", member, {})) == []
    assert not kind.needed(member, {})
    assert not kind.needed(member, item_of("学习-01"))
    assert not kind.question(member, {}).choices
    assert "更多的请写上单位" not in kind.question(member, item_of("志愿-02")).text
    assert "例如：5小时" in kind.question(member, item_of("志愿-01")).text


@pytest.mark.parametrize(
    ("text", "code", "days"),
    [
        *(
            ("昨天扫雪", "志愿-01", ["2026-11-19"]),
            ("扫雪", "志愿-01", []),
            ("上个月学习任务", "学习-01", ["2026-10-31"]),
        ),
        *(("11月学习任务", "学习-01", []), ("学习任务", "学习-01", []), ("这个月的心得", "学习-03", [])),
        *(("11月10日学习任务", "学习-01", ["2026-11-10"]), ("月初学习任务", "学习-01", [])),
    ],
)
def test_a_day_is_found_or_is_today(member: Context, text: str, code: str, days: list[str]) -> None:
    found = DayKind().find(text, member, item_of(code))
    assert (values(found), found.sure) == (days, True)


@pytest.mark.parametrize(
    ("text", "code"), [("前几天扫雪", "志愿-01"), ("上个月的心得", "学习-03"), ("这个月走访", "志愿-02")]
)
def test_a_hint_at_a_day_is_asked(member: Context, text: str, code: str) -> None:
    found = DayKind().find(text, member, item_of(code))
    assert not found.sure
    assert found.why


def test_a_day_is_asked_with_the_last_three(member: Context) -> None:
    question = DayKind().question(member, {})
    assert [choice.label for choice in question.choices] == ["今天（11月20日）", "昨天（11月19日）", "前天（11月18日）"]
    assert DayKind().load("2026-11-19", member) == date(2026, 11, 19)
    assert DayKind().default(TODAY, member) == date(2026, 11, 20)
    assert DayKind().default(date(2026, 11, 1), member) == date(2026, 11, 1)


def test_our_own_word_for_another_one_is_found_and_cut(member: Context) -> None:
    kind = _kind(arguments.Again)
    assert values(kind.find("2小时 仍要申报", member, {})) == [True]
    assert values(kind.find("2小时", member, {})) == []
    assert "仍要" not in kind.find("2小时 仍要申报", member, {}).rest


def _kind(alias: Any) -> Kind[Any]:
    kind: Kind[Any] = alias.__metadata__[0]
    return kind


@pytest.mark.parametrize(
    ("kind", "text", "value", "loaded"),
    [
        (NumbersKind(), "12 13", [["12", "13"]], None),
        (NumbersKind(), "L7", [["L7"]], None),
        (NumbersKind(), "张三的", [], None),
        (NumberKind(), "12号", [12], 12),
        (NumberKind(), "12 13", [12, 13], None),
        (NumberKind(), "L7", [], None),
        (TargetKind(), "J88", ["J88"], Target("entry", 88)),
        (TargetKind(), "12 13", ["12", "13"], None),
        (TargetKind(), "全部", [], None),
        (FigureKind(), "12 改 1.5", ["1.5"], Decimal("1.5")),
        (FigureKind(), "给两分", ["2"], Decimal(2)),
        (FigureKind(), "改成-2分", ["-2"], Decimal(-2)),
        (FigureKind(), "改1分 改2分", ["1", "2"], None),
        (FigureKind(), "给12", [], None),
        (FigureKind(), "改一二分", [], None),
        (CodeKind(), "张三 123456", ["123456"], "123456"),
        (CodeKind(), "abcd123456", ["ABCD123456"], "ABCD123456"),
        (CodeKind(), "12 34 56", ["123456"], "123456"),
        (CodeKind(), "1 2 3 4 5", [], None),
        (CodeKind(), "13800001234", [], None),
        (UntilKind(), "至12月5日", ["2026-12-05"], date(2026, 12, 5)),
        (UntilKind(), "张三", [], None),
        (MonthKind(), "上个月", ["2026-10"], Month(2026, 10)),
        (MonthKind(), "积分", [], None),
        (SpanKind(), "上个月", ["2026-10"], arguments.Span(Period.month(Month(2026, 10)), "10月")),
        (SpanKind(), "积分", [], None),
        (TextKind(), "，清扫河堤。", ["清扫河堤"], "清扫河堤"),
        (TextKind(), "。", [], None),
        (NameKind(), "我是欧阳建国 绑定码是", ["欧阳建国"], "欧阳建国"),
        (NameKind(), "绑定码", [], None),
        (QueryKind(), "志愿", ["志愿"], "志愿"),
    ],
)
def test_a_kind_finds_its_own(member: Context, kind: Kind[Any], text: str, value: list[Json], loaded: Any) -> None:
    found = kind.find(text, member, {})
    assert values(found) == value
    assert found.sure == (len(value) <= 1)
    if loaded is not None:
        assert kind.load(value[0], member) == loaded


def test_all_and_several_numbers_are_loaded(member: Context) -> None:
    assert NumbersKind().load(["全部"], member) == (ALL,)
    assert NumbersKind().load(["12", "L7"], member) == (Target("claim", 12), Target("request", 7))
    assert FigureKind().load(None, member) is None


def test_a_range_is_shown_before_it_counts(member: Context) -> None:
    found = NumbersKind().find("12-14", member, {})
    assert (values(found), found.sure) == ([["12", "13", "14"]], False)
    assert found.why == "是这些吗：#12 #13 #14？"


@pytest.mark.parametrize(
    "kind", [NumbersKind(), NumberKind(), TargetKind(), CodeKind(), AskKind(), PersonKind(), NameKind()]
)
def test_what_has_no_choices_is_asked_openly(member: Context, kind: Kind[Any]) -> None:
    question = kind.question(member, {})
    assert question.text.startswith(("是哪", "请写", "要他"))
    assert not question.choices


def test_the_usual_reasons_are_offered_as_numbers(member: Context) -> None:
    choices = ReasonKind().question(member, {}).choices
    assert [choice.label for choice in choices] == ["日期不对", "数量不符", "缺佐证", "重复", "不属于此项"]


def test_an_end_is_asked_with_days_ahead(member: Context) -> None:
    assert [choice.label for choice in UntilKind().question(member, {}).choices] == ["11月27日", "11月30日"]


def test_a_span_nobody_said_is_this_month(member: Context) -> None:
    assert SpanKind().default(THIS_MONTH, member) == arguments.Span(Period.month(Month(2026, 11)), "本月")
    year = arguments.Span(Period.year(Month(2026, 1)), "本年")
    assert SpanKind().default(year, member) is year


def test_a_person_is_found_asked_about_and_loaded(leader: Context, asker: Callable[[str], Context]) -> None:
    found = PersonKind().find("刘大爷", leader, {})
    assert found.sure
    assert PersonKind().load(values(found)[0], leader).name == "刘德福"
    assert PersonKind().find("老刘", leader, {}).why == "“老刘”是哪一位？"
    assert values(PersonKind().find("孙悟空", leader, {})) == []
    assert values(PersonKind().find("张三", asker("stranger"), {})) == []


def test_every_kind_of_every_command_has_a_word_or_is_never_asked(families: Families) -> None:
    kinds = {parameter.kind for command in families.commands for parameter in command.parameters}
    asked = (kind for kind in kinds if kind.asked.value != "never")
    # What is asked only while there is reason to (in which group it was done) is no part of the usage, nor is what
    # is asked in words of its own (which of the four an opinion is).
    assert all(kind.noun or type(kind).question is not Kind.question for kind in asked)


def test_a_choice_of_items_names_the_present_month_only(member: Context) -> None:
    later = replace(member, now=NOW)
    assert ItemKind().find("扫雪", later, {}).sure
