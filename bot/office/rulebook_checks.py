"""How the parts of a rulebook file must fit together: what is refused, and what is only pointed out."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.office.problems import did_you_mean
from bot.office.toml_sections import Section
from models.rulebooks import Category, Item, Reward, Rulebook, Source


@dataclass(frozen=True)
class Read:
    """What was read of a file, each part with the section it stands in."""

    book: Rulebook
    marks: Section
    categories: Sequence[tuple[Category, Section]]
    items: Sequence[tuple[Item, Section]]
    rewards: Sequence[tuple[Reward, Section]]


def check(parts: Read, problems: list[str]) -> list[str]:
    """Note the mistakes at their sections, and return the warnings."""
    warnings: list[str] = []
    if not parts.items:
        problems.append("[[item]]: 至少要有一个事项")
    _check_marks(parts.book, parts.marks, warnings)
    _refuse_twins([(category.code, section) for category, section in parts.categories])
    _refuse_twins([(item.code, section) for item, section in parts.items])
    categories = {category.code: category for category, _ in parts.categories}
    for item, section in parts.items:
        _check_category(item, section, categories, warnings)
        _check_points(item, section, warnings)
        _check_sources(item, section)
    _check_rewards(parts)
    warnings += _unused_categories(parts) + _credited_twice(parts)
    return warnings


def _check_marks(book: Rulebook, section: Section, warnings: list[str]) -> None:
    if book.ceiling is not None and section.sound("ceiling", "floor") and book.ceiling <= book.floor:
        section.note("ceiling", f"最高分应高于最低分 {book.floor}，现为 {book.ceiling}")
    for key, value in (("base", book.base), ("pass", book.pass_mark)):
        if not section.sound(key, "floor", "ceiling"):
            continue
        if value < book.floor or (book.ceiling is not None and value > book.ceiling):
            top = "" if book.ceiling is None else f"、最高分 {book.ceiling}"
            section.note(key, f"应在最低分 {book.floor}{top} 之间，现为 {value}")
    if section.sound("base", "pass") and book.pass_mark > book.base:
        warnings.append(f"[rulebook].pass: 合格分值 {book.pass_mark} 高于起算分 {book.base}，请假整月的党员会不合格")
    if section.sound("stars", "pass", "ceiling") and book.stars:
        warnings += _star_warnings(book)


def _star_warnings(book: Rulebook) -> list[str]:
    warnings = []
    if book.stars[0] < book.pass_mark:
        warnings.append(f"[rulebook].stars: 一星 {book.stars[0]} 分低于合格分值 {book.pass_mark}")
    if book.ceiling is not None and book.stars[-1] > book.ceiling:
        warnings.append(f"[rulebook].stars: 最高一星 {book.stars[-1]} 分高于最高分 {book.ceiling}，没有人能达到")
    return warnings


def _refuse_twins(coded: Sequence[tuple[str, Section]]) -> None:
    first: dict[str, str] = {}
    for code, section in coded:
        if code and first.setdefault(code.casefold(), section.place) != section.place:
            section.note("code", f"“{code}”与 {first[code.casefold()]} 重复，请改成不同的代码")


def _check_category(item: Item, section: Section, categories: dict[str, Category], warnings: list[str]) -> None:
    if not item.category or not section.sound("category"):
        return
    category = categories.get(item.category)
    if category is None:
        section.note("category", f"没有“{item.category}”这一类{did_you_mean(item.category, categories)}")
        return
    if item.is_plus and category.cap_month is not None and category.cap_month < max(item.cap_month or 0, item.points):
        figure = item.points if item.cap_month is None else item.cap_month
        warnings.append(
            f"{section.place}: 最多可得 {figure} 分，但“{category.code}”一类每月封顶 {category.cap_month} 分"
        )


def _check_points(item: Item, section: Section, warnings: list[str]) -> None:
    if not section.sound("points"):
        return
    if item.effect and item.points != 0:
        section.note("points", f"归零事项不写分值，或写 0，现为 {item.points}")
    if not item.effect and item.points == 0:
        section.note("points", "不能是 0；例如 points = 2，减分写 points = -2")
    for key, cap in (("cap_month", item.cap_month), ("cap_year", item.cap_year)):
        if cap is not None and section.sound(key) and cap < abs(item.points):
            warnings.append(f"{section.place}.{key}: 封顶 {cap} 分，一{item.unit}就有 {abs(item.points)} 分")
    if item.cap_month is not None and item.cap_year is not None and item.cap_year < item.cap_month:
        warnings.append(f"{section.place}.cap_year: 全年封顶 {item.cap_year} 分，低于每月封顶 {item.cap_month} 分")


def _check_sources(item: Item, section: Section) -> None:
    if not section.sound("sources", "attendance", "effect"):
        return
    if Source.ATTENDANCE in item.sources and not item.attendance:
        section.note("attendance", '来源有签到，要写哪种会、什么情况；例如 attendance = ["党小组会:present"]')
    if item.attendance and Source.ATTENDANCE not in item.sources:
        section.note("sources", '写了 attendance，来源里要有 "attendance"')
    if bool(item.effect) != (Source.ZEROING in item.sources):
        section.note("effect", '归零事项两处都要写：effect = "zero" 和 sources = ["zeroing"]')
    elif item.effect and len(item.sources) > 1:
        section.note("sources", '归零只有机关党委能记，来源只写 ["zeroing"]')


def _check_rewards(parts: Read) -> None:
    if not parts.marks.sound("stars"):
        return
    seen: set[int] = set()
    for reward, section in parts.rewards:
        if not section.sound("stars"):
            continue
        if reward.stars > len(parts.book.stars):
            section.note("stars", f"[rulebook] 里只设了 {len(parts.book.stars)} 星，现为 {reward.stars}")
        if reward.stars in seen:
            section.note("stars", f"{reward.stars} 星写了两遍，请合成一段")
        seen.add(reward.stars)


def _unused_categories(parts: Read) -> list[str]:
    used = {item.category for item, _ in parts.items}
    return [f"{section.place}: 这一类没有事项" for category, section in parts.categories if category.code not in used]


def _credited_twice(parts: Read) -> list[str]:
    """A gathering counts once, by its main kind; two items for one kind and state would count it twice."""
    first: dict[str, str] = {}
    return [
        f"{section.place}.attendance: “{rule}”在 {first[rule]} 已有，同一次会会记两条"
        for item, section in parts.items
        for rule in item.attendance
        if first.setdefault(rule, section.place) != section.place
    ]
