"""A rulebook in lines for the operator: what it says, what a new version changes, what a trial of it gave."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from models.months import Month
from models.rulebooks import Item, Rulebook
from models.trials import Distribution, Trial

MARKS = {
    "base": "起算分",
    "pass_mark": "合格分值",
    "floor": "最低分",
    "ceiling": "最高分",
    "stars": "星级",
    "categories": "类别的设定",
    "rewards": "星级奖惩",
}


def plain(value: Decimal | None) -> str:
    """A figure without needless zeros; 不限 for none."""
    return "不限" if value is None else f"{value.normalize():f}"


def versions(found: Sequence[Rulebook], current: Rulebook | None) -> Iterator[str]:
    """One line a version, the one in force marked."""
    for version in found:
        mark = "（现行）" if current is not None and version.id == current.id else ""
        yield f"第{version.version}版 从 {version.effective_from} 起 {version.name} {len(version.items)} 项{mark}"
    if current is not None and all(version.id != current.id for version in found):
        yield f"现行的是上级的细则：第{current.version}版 从 {current.effective_from} 起 {current.name}"


def content(book: Rulebook) -> Iterator[str]:
    """The figures and every item."""
    yield (
        f"起算 {plain(book.base)} 合格 {plain(book.pass_mark)} 最低 {plain(book.floor)} 最高 {plain(book.ceiling)}"
        f" 星级 {' '.join(plain(mark) for mark in book.stars)}"
    )
    for category in book.categories:
        cap = "" if category.cap_month is None else f" 每月封顶 {plain(category.cap_month)} 分"
        yield f"\n{category.title}（{category.code}）{cap}"
        for item in book.items:
            if item.category == category.code:
                yield f"  {_item(item)}"


def _item(item: Item) -> str:
    if item.effect:
        return f"{item.code} {item.title} 归零"
    caps = [f"每月封顶 {plain(item.cap_month)}"] if item.cap_month is not None else []
    caps += [f"全年封顶 {plain(item.cap_year)}"] if item.cap_year is not None else []
    return " ".join([f"{item.code} {item.title} 每{item.unit} {item.points.normalize():+f} 分", *caps])


def changes(before: Rulebook, after: Rulebook) -> Iterator[str]:
    """What differs between two versions."""
    for name, word in MARKS.items():
        if getattr(before, name) != getattr(after, name):
            yield f"{word}：{_value(getattr(before, name))} → {_value(getattr(after, name))}"
    old, new = ({item.code: item for item in book.items} for book in (before, after))
    for code in [code for code in new if code not in old]:
        yield f"新事项：{_item(new[code])}"
    for code in [code for code in old if code not in new]:
        yield f"去掉：{_item(old[code])}"
    for code in [code for code in new if code in old and new[code] != old[code]]:
        same = _item(old[code]) == _item(new[code])
        yield f"有改动：{_item(new[code])}" if same else f"有改动：{_item(old[code])} → {_item(new[code])}"


def trial(found: Trial, month: Month) -> Iterator[str]:
    """A branch's month by the version then in force and by the new one, without names."""
    yield f"\n{found.branch} {month}（计分 {found.after.scored} 人）"
    if found.before is not None:
        yield f"  原来：{_distribution(found.before)}"
    yield f"  新版：{_distribution(found.after)}"
    if found.lost:
        yield f"  新版里没有这些事项，上面没有算：{'、'.join(found.lost)}"


def _distribution(found: Distribution) -> str:
    stars = " ".join(f"{'★' * number or '无星'} {count} 人" for number, count in enumerate(found.stars) if count)
    return f"平均 {plain(found.average)} 分，低于合格分值 {found.below_mark} 人；{stars}"


def _value(value: object) -> str:
    if isinstance(value, Decimal) or value is None:
        return plain(value)
    if isinstance(value, tuple) and all(isinstance(one, Decimal) for one in value):
        return " ".join(plain(one) for one in value)
    return f"{len(value)} 条" if isinstance(value, tuple) else str(value)
