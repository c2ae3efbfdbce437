"""A rulebook in lines for the operator: what it says, what a new version changes, what a trial of it gave."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from models import rounds, rulebook_changes
from models.consultations import Proposal, VersionState
from models.months import Month, shanghai_day
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
STATES = {
    VersionState.DRAFT: "征求意见",
    VersionState.SETTLED: "待起用",
    VersionState.IN_FORCE: "现行",
    VersionState.FORMER: "已换新版",
    VersionState.WITHDRAWN: "已撤回",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A version as it is listed; ``comments`` are the opinions about it as a draft, and those that wait."""

    book: Rulebook
    state: VersionState
    until: datetime | None
    comments: tuple[int, int]


def plain(value: Decimal | None) -> str:
    """A figure without needless zeros; 不限 for none."""
    return "不限" if value is None else f"{value.normalize():f}"


def versions(found: Sequence[Listed], current: Rulebook | None) -> Iterator[str]:
    """One line a version with its state; of a draft until when it can be commented, and how many did."""
    for one in found:
        book, (count, waiting) = one.book, one.comments
        state = STATES[one.state]
        if one.state is VersionState.DRAFT and one.until is not None:
            state += f"到 {last_day(one.until)}"
        said = f" 意见 {count} 条，未答复 {waiting} 条" if one.until is not None else ""
        yield f"第{book.version}版 从 {book.effective_from} 起 {book.name} {len(book.items)} 项（{state}）{said}"
    if current is not None and all(one.book.id != current.id for one in found):
        yield f"现行的是上级的细则：第{current.version}版 从 {current.effective_from} 起 {current.name}"


def proposed(found: Proposal, organization: str, *, tried: bool) -> Iterator[str]:
    """What an import did, or would do: from when it holds, until when it can be commented, what it replaces."""
    version, verb = found.version, "会" if tried else "已"
    name = version.content["name"]
    yield f"{verb}导入“{name}”第{version.version}版，{organization}从 {version.effective_from} 起用"
    if version.consultation_until is not None:
        until = last_day(version.consultation_until)
        yield f"征求意见到 {until}，{verb}告知 {found.told} 人；发“细则 草案”看，发“建议”提"
    if found.replaced:
        yield f"{verb}替换还没起用的第{'、'.join(str(old.version) for old in found.replaced)}版"


def last_day(until: datetime) -> str:
    """The day whose 24:00 a moment is."""
    return f"{shanghai_day(rounds.before(until)):%Y-%m-%d}"


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
    found = rulebook_changes.between(before, after)
    for name in found.figures:
        yield f"{MARKS[name]}：{_value(getattr(before, name))} → {_value(getattr(after, name))}"
    yield from (f"新事项：{_item(item)}" for item in found.added)
    yield from (f"去掉：{_item(item)}" for item in found.removed)
    for old, new in found.changed:
        yield f"有改动：{_item(new)}" if _item(old) == _item(new) else f"有改动：{_item(old)} → {_item(new)}"


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
