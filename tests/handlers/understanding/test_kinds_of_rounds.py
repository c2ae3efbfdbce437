"""The kinds of argument of the monthly round: Y7 and T5, M7, the two outcomes, a document, several names."""

from collections.abc import Callable

import pytest

from handlers.context import Context
from handlers.understanding.kinds_of_rounds import DocumentKind, EitherKind, LetteredKind, MeetingKind
from handlers.understanding.kinds_of_words import PeopleKind
from handlers.understanding.line import Line

Asker = Callable[[str], Context]
OPINION = LetteredKind("Y", "是哪一条？请写编号，例如 Y7")
FINDING = EitherKind("属实", "不实", "属实还是不实？", also_yes="无误", also_no="失实 不属实")


def test_a_number_is_taken_with_its_own_letter_alone(member: Context) -> None:
    assert OPINION.find("Y7 成立", member, {}).candidates[0].value == 7
    assert OPINION.find("ｙ ７", member, {}).candidates[0].label == "Y7"
    for text in ("12", "T5", "成立", "全部"):
        assert OPINION.find(text, member, {}).candidates == ()
    assert OPINION.question(member, {}).text == "是哪一条？请写编号，例如 Y7"
    assert OPINION.load(7, member) == 7


def test_two_numbers_are_one_too_many(member: Context) -> None:
    found = OPINION.find("Y7 Y8 成立", member, {})
    assert ([choice.value for choice in found.candidates], found.sure) == ([7, 8], False)


@pytest.mark.parametrize(("text", "number"), [("10月 M7", 7), ("m 12", 12), ("10月", None), ("am7", None)])
def test_a_meeting_is_named_by_its_letter(member: Context, text: str, number: int | None) -> None:
    found = MeetingKind().find(text, member, {})
    assert [choice.value for choice in found.candidates] == ([] if number is None else [number])


@pytest.mark.parametrize(
    ("text", "said"),
    [("属实", True), ("核对无误", True), ("不实", False), ("不属实，照片不对", False), ("失实", False), ("照片", None)],
)
def test_the_denial_is_read_before_what_it_denies(member: Context, text: str, said: bool | None) -> None:
    found = FINDING.find(text, member, {})
    assert [choice.value for choice in found.candidates] == ([] if said is None else [said])


def test_both_outcomes_are_offered(member: Context) -> None:
    assert [choice.value for choice in FINDING.question(member, {}).choices] == [True, False]


def test_a_document_keeps_its_own_writing(member: Context) -> None:
    found = DocumentKind().find("孙丽 10月 机纪〔2026〕12号 受警告", member, {})
    assert found.candidates[0].value == "机纪〔2026〕12号"
    assert "机纪" not in found.rest
    assert DocumentKind().find("12号", member, {}).candidates == ()
    assert "文号" in DocumentKind().question(member, {}).text


@pytest.mark.parametrize(
    ("text", "names", "rest"),
    [
        ("张三 会风", "张三", "会风"),
        ("张三、王芳和刘强 布置会场", "张三、王芳、刘强", "布置会场"),
        ("给张三 王芳可以作证", "张三、王芳", "可以作证"),
        ("张三 那天王芳也在", "张三", "那天王芳也在"),
        ("开会玩手机 刘强 张三", "刘强、张三", "开会玩手机"),
    ],
)
def test_names_that_stand_together_are_meant_together(member: Context, text: str, names: str, rest: str) -> None:
    found = PeopleKind().find(text, member, {})
    assert ([choice.label for choice in found.candidates], found.sure) == ([names], True)
    assert Line.of(found.rest).words == rest
    assert [m.name for m in PeopleKind().load(found.candidates[0].value, member)] == names.split("、")


def test_nobody_and_nobody_for_a_stranger(member: Context, asker: Asker) -> None:
    assert PeopleKind().find("会风", member, {}).candidates == ()
    assert PeopleKind().find("张三", asker("stranger"), {}).candidates == ()
