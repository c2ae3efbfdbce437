"""A rulebook file is read whole, or every mistake in it is named with its place."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from bot.office import rulebook_file
from bot.office.problems import Unreadable
from models.months import Month
from models.rulebooks import Category, Evidence, Item, Publish, Reward, Source, as_json, from_json

GOOD = """
[rulebook]
name = "党员积分细则"
effective_from = "2026-01"
base = 70
pass = 60
floor = 0
ceiling = 100
stars = [60, 70, 80, 88, 95]

[[category]]
code = "志愿"
title = "志愿服务群众"
cap_month = 6

[[item]]
code = "志愿-01"
title = "社区志愿服务"
category = "志愿"
points = 1
unit = "小时"
"""


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "rulebook.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def problems(file: Callable[[str], Path]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        with pytest.raises(Unreadable) as refused:
            rulebook_file.check(file(text))
        return refused.value.problems

    return read


Problems = Callable[[str], list[str]]


def test_the_example_of_the_contract_is_read_with_every_key(file: Callable[[str], Path]) -> None:
    text = GOOD + (
        'max_quantity = 8\ncap_month = 4\ncap_year = 20.5\nevidence = "optional"\nsources = ["claim", "attendance"]\n'
        'attendance = ["党小组会:present", "*:late"]\nroles = ["leading_cadre", "支部书记"]\npublish = "points"\n'
        'keywords = ["志愿", "义工"]\ndescription = "写清地点"\n[[reward]]\nstars = 5\ngives = "支部会上表扬"\n'
    )
    book, warnings = rulebook_file.check(file(text))
    assert warnings == []
    assert (book.name, book.effective_from, book.ceiling) == ("党员积分细则", Month(2026, 1), Decimal(100))
    assert book.categories == (Category("志愿", "志愿服务群众", Decimal(6)),)
    assert book.rewards == (Reward(5, "支部会上表扬"),)
    assert book.items == (
        Item(
            code="志愿-01",
            title="社区志愿服务",
            category="志愿",
            points=Decimal(1),
            unit="小时",
            max_quantity=Decimal(8),
            cap_month=Decimal(4),
            cap_year=Decimal("20.5"),
            evidence=Evidence.OPTIONAL,
            sources=(Source.CLAIM, Source.ATTENDANCE),
            attendance=("党小组会:present", "*:late"),
            roles=("leading_cadre", "secretary"),
            publish=Publish.POINTS,
            keywords=("志愿", "义工"),
            description="写清地点",
        ),
    )


def test_what_is_optional_has_its_default(file: Callable[[str], Path]) -> None:
    (item,) = rulebook_file.read(file(GOOD)).items
    assert item == Item("志愿-01", "社区志愿服务", "志愿", Decimal(1), "小时")


def test_attendance_and_sources_may_be_one_string(file: Callable[[str], Path]) -> None:
    (item,) = rulebook_file.read(file(GOOD + 'sources = "attendance"\nattendance = "主题党日:present"\n')).items
    assert (item.sources, item.attendance) == ((Source.ATTENDANCE,), ("主题党日:present",))


def test_a_rulebook_without_a_ceiling_has_none(file: Callable[[str], Path]) -> None:
    assert rulebook_file.read(file(GOOD.replace("ceiling = 100", ""))).ceiling is None


def test_figures_stay_exact_and_are_kept_in_one_form(file: Callable[[str], Path]) -> None:
    (item,) = rulebook_file.read(file(GOOD.replace("points = 1", "points = 0.10"))).items
    assert item.points == Decimal("0.1")
    whole = rulebook_file.read(file(GOOD.replace("base = 70", "base = 70.00")))
    assert as_json(whole) == as_json(rulebook_file.read(file(GOOD)))


def test_what_was_read_survives_being_stored(file: Callable[[str], Path]) -> None:
    book = rulebook_file.read(file(GOOD))
    assert from_json(as_json(book)) == book


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "notepad.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert rulebook_file.read(path).name == "党员积分细则"


def test_every_mistake_is_named_at_once_with_its_place(problems: Problems) -> None:
    text = (
        GOOD.replace("pass = 60", 'pass = "六十"').replace('unit = "小时"', "").replace("points = 1", 'points = "two"')
        + """
evidnce = "optional"
publish = "all"
[[item]]
code = "志愿-01"
title = "走访"
category = "自愿"
points = 0
unit = "户"
"""
    )
    assert problems(text) == [
        '[rulebook].pass: 应为数字，现为 "六十"；例如 pass = 60',
        '[[item]] 1 (志愿-01).points: 应为数字，现为 "two"；例如 points = 2，减分写 points = -2',
        '[[item]] 1 (志愿-01).unit: 没有写；例如 unit = "次"',
        '[[item]] 1 (志愿-01).publish: 没有 "all" 这种写法，可以写：full、points',
        "[[item]] 1 (志愿-01).evidnce: 没有这个键，是不是“evidence”？",
        "[[item]] 2 (志愿-01).code: “志愿-01”与 [[item]] 1 (志愿-01) 重复，请改成不同的代码",
        "[[item]] 2 (志愿-01).category: 没有“自愿”这一类，是不是“志愿”？",
        "[[item]] 2 (志愿-01).points: 不能是 0；例如 points = 2，减分写 points = -2",
    ]


ITEM_MISTAKES = {
    "cap_month = -4": "cap_month: 封顶写正数，现为 -4；例如 cap_month = 4",
    "cap_year = 0": "cap_year: 应大于 0；没有限制就不写这一行",
    "max_quantity = 0": "max_quantity: 应大于 0；不写就是 1",
    "max_quantity = true": "max_quantity: 应为数字，现为 true",
    "cap_month = 1.005": "cap_month: 最多两位小数，现为 1.005",
    "cap_month = inf": "cap_month: 应为数字，现为 Infinity",
    "cap_month = 99999": "cap_month: 不能超过 10000，现为 99999",
    'evidence = "must"': 'evidence: 没有 "must" 这种写法，可以写：none、optional、required',
    'sources = ["claims"]': 'sources: 没有 "claims" 这种来源，是不是“claim”？',
    "sources = []": 'sources: 至少要有一种来源；例如 sources = ["claim"]',
    'sources = ["opening"]': 'sources: 没有 "opening" 这种来源',
    'sources = ["attendance"]': 'attendance: 来源有签到，要写哪种会、什么情况；例如 attendance = ["党小组会:present"]',
    'attendance = ["党课:present"]': 'sources: 写了 attendance，来源里要有 "attendance"',
    'attendance = ["党课"]': "attendance: 应为“会议种类:到会情况”",
    'attendance = ["党课:来了"]': 'attendance: 没有 "来了" 这种到会情况，可以写：present、late、leave、absent',
    'attendance = ["支部大会:present"]': "attendance: 没有“支部大会”这种会议，是不是“支部党员大会”？",
    'roles = ["leading_cader"]': 'roles: 没有 "leading_cader" 这种职务，是不是“leading_cadre”？',
    'effect = "zero"': "points: 归零事项不写分值，或写 0，现为 1",
    'effect = "null"': 'effect: 没有 "null" 这种写法',
    'sources = ["zeroing"]': 'effect: 归零事项两处都要写：effect = "zero" 和 sources = ["zeroing"]',
    'effect = "zero"\nsources = ["zeroing", "branch"]': "points: 归零事项不写分值，或写 0，现为 1",
    "title2 = 1": "title2: 没有这个键，是不是“title”？",
    "keywords = [1]": 'keywords: 应为一列文字，现为 一个列表；例如 keywords = ["志愿", "义工"]',
    'keywords = [" "]': "keywords: 里面有空的文字，请删去",
}


@pytest.mark.parametrize(("line", "expected"), ITEM_MISTAKES.items())
def test_a_mistake_in_an_item_is_named(problems: Problems, line: str, expected: str) -> None:
    assert any(problem.startswith(f"[[item]] 1 (志愿-01).{expected}") for problem in problems(GOOD + line + "\n"))


OTHER_MISTAKES = {
    ("base = 70", "base = 120"): "[rulebook].base: 应在最低分 0、最高分 100 之间，现为 120",
    ("pass = 60", "pass = -5"): "[rulebook].pass: 应在最低分 0、最高分 100 之间，现为 -5",
    ("ceiling = 100", "ceiling = 0"): "[rulebook].ceiling: 最高分应高于最低分 0，现为 0",
    ("[60, 70, 80, 88, 95]", "[60, 80, 70]"): "[rulebook].stars: 应从小到大，不能相同",
    ("[60, 70, 80, 88, 95]", "5"): "[rulebook].stars: 应为一列数字，现为 5",
    ('"2026-01"', '"2026年1月"'): '[rulebook].effective_from: 应为年月，现为 "2026年1月"',
    ('"2026-01"', "2026-01-01"): '[rulebook].effective_from: 应为年月，现为 "2026-01-01"',
    ('name = "党员积分细则"', ""): '[rulebook].name: 没有写；例如 name = "党员积分细则"',
    ('name = "党员积分细则"', 'name = " "'): '[rulebook].name: 不能空着；例如 name = "党员积分细则"',
    ("cap_month = 6", "cap_month = -6"): "[[category]] 1 (志愿).cap_month: 封顶写正数，现为 -6；例如 cap_month = 6",
    ('code = "志愿-01"', 'code = "志愿 01"'): '[[item]] 1 (志愿 01).code: 只能用汉字、字母、数字和 - ，现为 "志愿 01"',
    ("[[item]]", "[item]"): "item: 每一段都要以两层方括号开头，写成 [[item]]",
    ("[[item]]", "[[items]]"): "items: 没有这一段，是不是“item”？",
    ("[rulebook]", "[[rulebook]]"): "rulebook: 只有一段，以一层方括号开头，写成 [rulebook]",
}


@pytest.mark.parametrize(("change", "expected"), OTHER_MISTAKES.items())
def test_a_mistake_elsewhere_is_named(problems: Problems, change: tuple[str, str], expected: str) -> None:
    assert any(problem.startswith(expected) for problem in problems(GOOD.replace(*change)))


def test_zeroing_is_recorded_by_nobody_but_the_committee(problems: Problems) -> None:
    text = GOOD.replace("points = 1", 'effect = "zero"\nsources = ["zeroing", "branch"]')
    assert problems(text) == ['[[item]] 1 (志愿-01).sources: 归零只有机关党委能记，来源只写 ["zeroing"]']


def test_words_that_are_no_text_and_lines_too_long_are_refused(problems: Problems) -> None:
    text = GOOD.replace('"社区志愿服务"', "12").replace('"小时"', '"一个很长很长的单位"').replace("[60,", '["60",')
    assert problems(text) == [
        '[rulebook].stars: 应为数字，现为 "60"；例如 stars = [60, 70, 80, 88, 95]',
        '[[item]] 1 (志愿-01).title: 应为文字，用英文双引号括起来，现为 12；例如 title = "社区志愿服务"',
        "[[item]] 1 (志愿-01).unit: 最多 8 个字，现有 9 个",
    ]


def test_an_empty_file_is_refused_with_what_it_needs(problems: Problems) -> None:
    found = problems("")
    assert '[rulebook].effective_from: 没有写；例如 effective_from = "2026-01"' in found
    assert "[[item]]: 至少要有一个事项" in found


def test_a_reward_names_a_star_that_exists_and_only_once(problems: Problems) -> None:
    text = GOOD + "".join(f'[[reward]]\nstars = {stars}\ngives = "表扬"\n' for stars in ("6", "1", "1", "1.5"))
    assert problems(text) == [
        "[[reward]] 4.stars: 应为 1 以上的整数，现为 1.5",
        "[[reward]] 1.stars: [rulebook] 里只设了 5 星，现为 6",
        "[[reward]] 3.stars: 1 星写了两遍，请合成一段",
    ]


SYNTAX = {
    "name = “党员积分细则”": "引号请用英文的",
    "name ＝ 1": "等号、逗号、方括号请用英文的",
    "name = 党员积分细则": "文字要用英文双引号括起来",
    "base = 70\nbase = 80": "同一个键在这一段里写了两遍",
}


@pytest.mark.parametrize(("lines", "hint"), SYNTAX.items())
def test_a_line_that_is_no_toml_is_shown_with_a_hint(problems: Problems, lines: str, hint: str) -> None:
    (problem,) = problems(f"[rulebook]\n{lines}\n")
    assert problem.startswith("第") and "行" in problem and lines.splitlines()[-1] in problem
    assert hint in problem


def test_a_file_that_ends_too_early_is_refused(problems: Problems) -> None:
    (problem,) = problems("[rulebook]\nstars = [60,")
    assert "读不懂" in problem or "没有写完" in problem


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    missing, other = tmp_path / "no.toml", tmp_path / "gbk.toml"
    other.write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(Unreadable, match="找不到文件"):
        rulebook_file.check(missing)
    with pytest.raises(Unreadable, match="不是 UTF-8 编码"):
        rulebook_file.check(other)
    with pytest.raises(Unreadable, match="打不开文件"):
        rulebook_file.check(tmp_path)


WARNINGS = {
    ("cap_month = 6", "cap_month = 0.5"): "最多可得 1 分，但“志愿”一类每月封顶 0.5 分",
    ("pass = 60", "pass = 80"): "合格分值 80 高于起算分 70",
    ("stars = [60,", "stars = [50,"): "一星 50 分低于合格分值 60",
    ("95]", "120]"): "最高一星 120 分高于最高分 100，没有人能达到",
    ('unit = "小时"', 'unit = "小时"\ncap_month = 0.5'): "封顶 0.5 分，一小时就有 1 分",
    ('unit = "小时"', 'unit = "小时"\ncap_month = 5\ncap_year = 4'): "全年封顶 4 分，低于每月封顶 5 分",
    ("[[item]]", '[[category]]\ncode = "学习"\ntitle = "学习"\n[[item]]'): "[[category]] 2 (学习): 这一类没有事项",
}


@pytest.mark.parametrize(("change", "expected"), WARNINGS.items())
def test_what_can_be_used_but_looks_wrong_is_pointed_out(
    file: Callable[[str], Path], change: tuple[str, str], expected: str
) -> None:
    _, warnings = rulebook_file.check(file(GOOD.replace(*change)))
    assert any(expected in warning for warning in warnings)


def test_one_meeting_credited_by_two_items_is_pointed_out(file: Callable[[str], Path]) -> None:
    extra = 'sources = "attendance"\nattendance = "党课:present"\n'
    second = '[[item]]\ncode = "志愿-02"\ntitle = "听党课"\ncategory = "志愿"\npoints = 1\nunit = "次"\n' + extra
    _, warnings = rulebook_file.check(file(GOOD + extra + second))
    assert warnings == ["[[item]] 2 (志愿-02).attendance: “党课:present”在 [[item]] 1 (志愿-01) 已有，同一次会会记两条"]
