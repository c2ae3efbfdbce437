"""Reads a rulebook file (.toml) into the frozen ``Rulebook``, or names every mistake (rules 6, contract).

What one key may hold is decided here, how the keys fit together in ``rulebook_checks``.
"""

import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.office import rulebook_checks
from bot.office.problems import Unreadable, did_you_mean
from bot.office.rulebook_checks import Read
from bot.office.toml_sections import Section, parse, shown
from models.appointments import Office
from models.months import Month
from models.rulebooks import Category, Evidence, Item, Publish, Reward, Rulebook, Source

TABLES = ("rulebook", "category", "item", "reward")
SOURCES = tuple(source for source in Source if source not in {Source.APPEAL, Source.OPENING, Source.REVERSAL})
# The kinds of 组织生活 (rules 23): nothing else is one, so nothing else can credit attendance.
MEETING_KINDS = (
    *("党小组会", "支部委员会", "支部党员大会", "党课", "主题党日", "党总支党员大会", "组织生活会", "民主评议党员"),
    *("民主生活会", "离退休通报会", "慰问", "中心组学习", "党组专题研究党建", "思想动态分析"),
    *("党组讲评", "支部研讨", "小组会商"),
)
STATES = ("present", "late", "leave", "absent")
ROLES = {"领导干部": "leading_cadre"} | {
    word: office.value
    for word, office in (
        ("小组长", Office.GROUP_LEADER),
        ("支部书记", Office.SECRETARY),
        ("支部副书记", Office.DEPUTY_SECRETARY),
        ("支部委员", Office.COMMITTEE_MEMBER),
        ("组织委员", Office.ORGANIZATION_COMMISSIONER),
        ("宣传委员", Office.PUBLICITY_COMMISSIONER),
        ("纪检委员", Office.DISCIPLINE_COMMISSIONER),
        ("党务专干", Office.PARTY_AFFAIRS_OFFICER),
        ("抽查人员", Office.INSPECTOR),
        ("分管领导", Office.LEADER_IN_CHARGE),
    )
}


class Effect(StrEnum):
    """What an item does beside giving or costing points."""

    NONE = ""
    ZERO = "zero"  # the month's score is 0 while it stands (rules 5)


def check(path: Path) -> tuple[Rulebook, list[str]]:
    """The rulebook of a file, and what its author should look at again although the file can be used.

    Raises Unreadable with every mistake.
    """
    raw, problems = parse(path), list[str]()
    marks = Section(_table(raw, problems), "[rulebook]", problems)
    book = _marks(marks)
    categories = [(_category(section), section) for section in _sections(raw, "category", problems)]
    items = [(_item(section), section) for section in _sections(raw, "item", problems)]
    rewards = [(_reward(section), section) for section in _sections(raw, "reward", problems)]
    for table in sorted(raw.keys() - set(TABLES)):
        problems.append(f"{table}: 没有这一段{did_you_mean(table, TABLES)}")
    warnings = rulebook_checks.check(Read(book, marks, categories, items, rewards), problems)
    if problems:
        raise Unreadable(problems)
    return replace(
        book,
        categories=tuple(category for category, _ in categories),
        items=tuple(item for item, _ in items),
        rewards=tuple(reward for reward, _ in rewards),
    ), warnings


def read(path: Path) -> Rulebook:
    """The rulebook of a file; raises Unreadable with every mistake."""
    return check(path)[0]


def _table(raw: dict[str, Any], problems: list[str]) -> object:
    table = raw.get("rulebook", {})
    if not isinstance(table, dict):
        problems.append("rulebook: 只有一段，以一层方括号开头，写成 [rulebook]")
    return table


def _sections(raw: dict[str, Any], name: str, problems: list[str]) -> list[Section]:
    tables = raw.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.append(f"{name}: 每一段都要以两层方括号开头，写成 [[{name}]]")
        return []
    sections = []
    for number, table in enumerate(tables, start=1):
        code = table.get("code")
        label = f" ({code})" if isinstance(code, str) and code.strip() else ""
        sections.append(Section(table, f"[[{name}]] {number}{label}", problems))
    return sections


def _marks(section: Section) -> Rulebook:
    book = Rulebook(
        name=section.text("name", longest=60, example='name = "党员积分细则"'),
        effective_from=_month(section),
        base=_number(section, "base", example="base = 70"),
        pass_mark=_number(section, "pass", example="pass = 60"),
        floor=_number(section, "floor", default=Decimal(0)),
        ceiling=section.number("ceiling"),
        stars=section.numbers("stars", example="stars = [60, 70, 80, 88, 95]"),
        categories=(),
        items=(),
    )
    section.close()
    return book


def _category(section: Section) -> Category:
    category = Category(
        code=_code(section, "code", '"志愿"'),
        title=section.text("title", example='title = "志愿服务群众"'),
        cap_month=_at_least_zero(section, "cap_month"),
        stars=section.numbers("stars", example="stars = [1, 2, 4, 6, 8]"),
    )
    section.close()
    return category


def _item(section: Section) -> Item:
    effect = section.choice("effect", Effect, Effect.NONE)
    zeroes = effect is Effect.ZERO
    item = Item(
        code=_code(section, "code", '"志愿-01"'),
        title=section.text("title", example='title = "社区志愿服务"'),
        category=_code(section, "category", '"志愿"'),
        points=_number(
            section, "points", default=Decimal(0) if zeroes else None, example="points = 2，减分写 points = -2"
        ),
        unit=section.text("unit", longest=8, default="次" if zeroes else None, example='unit = "次"'),
        max_quantity=_above_zero(section, "max_quantity") or Decimal(1),
        cap_month=_above_zero(section, "cap_month"),
        cap_year=_above_zero(section, "cap_year"),
        evidence=section.choice("evidence", Evidence, Evidence.NONE),
        sources=_sources(section),
        attendance=_attendance(section),
        roles=_roles(section),
        publish=section.choice("publish", Publish, Publish.FULL),
        keywords=section.texts("keywords", example='keywords = ["志愿", "义工"]'),
        effect=effect.value,
        description=section.text("description", default="", longest=500),
    )
    section.close()
    return item


def _reward(section: Section) -> Reward:
    stars = _number(section, "stars", example="stars = 5")
    if section.sound("stars") and (stars < 1 or stars != int(stars)):
        section.note("stars", f"应为 1 以上的整数，现为 {stars}")
    reward = Reward(int(stars), section.text("gives", example='gives = "支部会上表扬"'))
    section.close()
    return reward


def _month(section: Section) -> Month:
    example = 'effective_from = "2026-01"'
    text = section.text("effective_from", example=example)
    try:
        return Month.parse(text)
    except ValueError:
        if section.sound("effective_from"):
            section.note("effective_from", f"应为年月，现为 {shown(text)}；例如 {example}")
        return Month(2000, 1)


def _number(section: Section, key: str, *, default: Decimal | None = None, example: str = "") -> Decimal:
    value = section.number(key, default=default, needed=default is None, example=example)
    return Decimal(0) if value is None else value


def _at_least_zero(section: Section, key: str) -> Decimal | None:
    value = section.number(key)
    if value is not None and value < 0:
        section.note(key, f"封顶写正数，现为 {value}；例如 {key} = {-value}")
    return value


def _above_zero(section: Section, key: str) -> Decimal | None:
    value = _at_least_zero(section, key)
    if value == 0 and section.sound(key):
        section.note(key, "应大于 0；没有限制就不写这一行" if key != "max_quantity" else "应大于 0；不写就是 1")
    return value


def _code(section: Section, key: str, example: str) -> str:
    code = unicodedata.normalize("NFKC", section.text(key, longest=20, example=f"{key} = {example}"))
    if section.sound(key) and not re.fullmatch(r"[\w\-.]+", code):
        section.note(key, f"只能用汉字、字母、数字和 - ，现为 {shown(code)}；例如 {key} = {example}")
    return code


def _sources(section: Section) -> tuple[Source, ...]:
    words = section.texts("sources", default=(Source.CLAIM.value,), example='sources = ["claim", "branch"]')
    known = [source.value for source in SOURCES]
    for word in words:
        if section.sound("sources") and word not in known:
            section.note("sources", f"没有 {shown(word)} 这种来源{did_you_mean(word, known)}")
    if not words:
        section.note("sources", '至少要有一种来源；例如 sources = ["claim"]')
    return tuple(Source(word) for word in dict.fromkeys(words) if word in known)


def _attendance(section: Section) -> tuple[str, ...]:
    example = 'attendance = ["党小组会:present", "*:late"]'
    rules = [unicodedata.normalize("NFKC", rule) for rule in section.texts("attendance", example=example)]
    for rule in rules:
        kind, colon, state = (part.strip() for part in rule.partition(":"))
        if not colon:
            section.note("attendance", f"应为“会议种类:到会情况”，现为 {shown(rule)}；例如 {example}")
            continue
        if kind != "*" and kind not in MEETING_KINDS:
            section.note("attendance", f"没有“{kind}”这种会议{did_you_mean(kind, MEETING_KINDS)}，所有会议写 *")
        if state not in STATES:
            section.note("attendance", f"没有 {shown(state)} 这种到会情况{did_you_mean(state, STATES)}")
    return tuple(dict.fromkeys(rule.replace(" ", "") for rule in rules))


def _roles(section: Section) -> tuple[str, ...]:
    words = section.texts("roles", example='roles = ["leading_cadre", "secretary"]')
    for word in words:
        if word not in ROLES and word not in ROLES.values():
            section.note("roles", f"没有 {shown(word)} 这种职务{did_you_mean(word, (*ROLES.values(), *ROLES))}")
    return tuple(dict.fromkeys(ROLES.get(word, word) for word in words))
