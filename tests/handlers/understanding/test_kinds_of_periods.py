"""The period for which a meeting is made up, as people write it (rules 23)."""

from datetime import timedelta

import pytest

from handlers.context import Context
from handlers.understanding.kinds_of_periods import MadeUpKind
from tests.cast import NOW


@pytest.mark.parametrize(
    ("text", "key", "rest"),
    [
        ("党课 12月3日15点 三楼 补三季度", "2026-Q3", "党课 12月3日15点 三楼"),
        ("补第3季度的党课 12月3日15点", "2026-Q3", "党课 12月3日15点"),
        ("党课 补上季度 明天", "2026-Q3", "党课 明天"),
        ("补去年四季度 党课", "2025-Q4", "党课"),
        ("小组会 补10月份 明天15点", "2026-10", "小组会 明天15点"),
        ("小组会 补上个月 明天15点", "2026-10", "小组会 明天15点"),
        ("总支大会 补上半年", "2026-H1", "总支大会"),
        ("总支大会 补开下半年的", "2026-H2", "总支大会"),
        ("总支大会 补2025年下半年", "2025-H2", "总支大会"),
        ("总支大会 补去年下半年", "2025-H2", "总支大会"),
        ("组织生活会 补2025年度", "2025", "组织生活会"),
        ("组织生活会 补去年的", "2025", "组织生活会"),
        ("小组会商 补第46周", "2026-W46", "小组会商"),
        ("小组会商 补第50周", "2025-W50", "小组会商"),
        ("小组会商 补上周", "2026-W46", "小组会商"),
        ("小组会商 补第60周", None, "小组会商 补第60周"),
        ("党课 12月3日15点 补选支委", None, "党课 12月3日15点 补选支委"),
        ("党课 补10月28日的课", None, "党课 补10月28日的课"),
        ("党课 候补三季度", None, "党课 候补三季度"),
        ("党课 补十分重要的课", None, "党课 补十分重要的课"),
    ],
)
def test_a_period_that_is_over(member: Context, text: str, key: str | None, rest: str) -> None:
    found = MadeUpKind().find(text, member, {})
    assert [choice.value for choice in found.candidates] == ([] if key is None else [key])
    assert " ".join(found.rest.split()) == rest


def test_in_spring_the_second_half_is_last_years(member: Context) -> None:
    member.now = NOW + timedelta(days=100)
    assert MadeUpKind().find("总支大会 补下半年", member, {}).candidates[0].value == "2026-H2"
