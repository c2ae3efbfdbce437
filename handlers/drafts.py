"""细则 草案: the version that comes, what it changes, and until when it can be commented (rules 6)."""

from collections.abc import Iterator
from decimal import Decimal

from handlers.command import Context
from handlers.words import day_word, figure, month_word, signed, tap
from models import consultations, rulebook_changes, rulebooks
from models.appointments import ABOVE_BRANCHES
from models.months import shanghai_day
from models.rounds import before
from models.rulebook_changes import Changes
from models.rulebooks import Item, Rulebook, RulebookVersion

WORDS = ("草案", "征求意见稿", "征求意见", "新版")
COMMENT = "建议 细则 值班也应当加分"
_FIGURES = {
    "base": "每月基础分",
    "pass_mark": "合格分",
    "floor": "最低分",
    "ceiling": "最高分",
    "stars": "星级",
    "categories": "类别上限等设定",
    "rewards": "星级奖惩",
}


def asked_for(query: str) -> str | None:
    """What of the draft a query asks for, empty for the whole of it; None when it asks for what is in force."""
    word = next((word for word in WORDS if query.startswith(word)), None)
    return None if word is None else query.removeprefix(word).strip()


def pointer(ctx: Context) -> list[str]:
    """A line below the rulebook in force that leads to the draft, where there is one."""
    draft = consultations.coming(ctx.session, ctx.me.branch_id, ctx.now)
    if draft is None:
        return []
    return [
        f"新版从{month_word(draft.effective_from, ctx.now)}起用{_open_word(ctx, draft)} {tap('看草案', '细则 草案')}"
    ]


def _open_word(ctx: Context, draft: RulebookVersion) -> str:
    return f"，{until(draft)}24点前可以提意见" if is_open(ctx, draft) else ""


def is_open(ctx: Context, draft: RulebookVersion) -> bool:
    """Whether a draft can be commented now."""
    return draft.consultation_until is not None and ctx.now < draft.consultation_until


def until(draft: RulebookVersion) -> str:
    """The last day of the consultation."""
    assert draft.consultation_until is not None
    return day_word(shanghai_day(before(draft.consultation_until)))


def changes_of(ctx: Context, draft: RulebookVersion) -> Changes | None:
    """What a draft changes against the version in force for the asker; None where there is none yet."""
    current = rulebooks.find_in_force(ctx.session, ctx.me.branch_id, ctx.month)
    if current is None:
        return None
    return rulebook_changes.between(current, rulebooks.get(ctx.session, draft.id))


def summary(found: Changes) -> str:
    """What changes, in one short line: 新增2项，改3项；每月基础分70→75."""
    counts = ((found.added, "新增"), (found.removed, "去掉"), (found.changed, "改动"))
    items = "，".join(f"{word}{len(items)}项" for items, word in counts if items)
    return "；".join([*([items] if items else []), *_figures(found)]) or "条目和分值不变"


def _figures(found: Changes) -> list[str]:
    return [f"{_FIGURES[name]}{_values(found.before, found.after, name)}" for name in found.figures]


def _values(old: Rulebook, new: Rulebook, name: str) -> str:
    if name in ("categories", "rewards"):
        return "有调整"
    return "→".join(_value(getattr(book, name)) for book in (old, new))


def _value(value: Decimal | tuple[Decimal, ...] | None) -> str:
    if isinstance(value, tuple):
        return "/".join(figure(mark) for mark in value) or "不设"
    return "不限" if value is None else figure(value)


def overview(ctx: Context, draft: RulebookVersion) -> list[str]:
    """A draft as it is read first: from when, until when to comment, what changes, how to say something."""
    book = rulebooks.get(ctx.session, draft.id)
    lines = [f"{book.name}（第{book.version}版草案），{month_word(draft.effective_from, ctx.now)}起用"]
    if is_open(ctx, draft):
        lines.append(f"{until(draft)}24点前可以提意见，例如：{COMMENT}")
    elif draft.consultation_until is not None:
        lines.append(f"征求意见已在{until(draft)}结束")
    found = changes_of(ctx, draft)
    lines += [summary(found), *_details(found)] if found is not None else []
    seen = " ".join(tap(category.title, f"细则 草案 {category.code}") for category in book.categories)
    return [*lines, *_comments(ctx, draft), f"看草案全文：{seen}"]


def _details(found: Changes) -> Iterator[str]:
    for item in found.added:
        yield f"新增：{points_word(item)} {_tap(item)}"
    for item in found.removed:
        yield f"去掉：{points_word(item)} {item.title}"
    for old, new in found.changed:
        yield f"改动：{_tap(new)} {'，'.join(_differences(old, new))}"


def _tap(item: Item) -> str:
    return tap(item.title, f"细则 草案 {item.title}")


def _differences(old: Item, new: Item) -> list[str]:
    parts = [] if points_word(old) == points_word(new) else [f"{points_word(old)}→{points_word(new)}"]
    caps = (("每月最多", old.cap_month, new.cap_month), ("每年最多", old.cap_year, new.cap_year))
    parts += [f"{word}{_value(was)}→{_value(now)}" for word, was, now in caps if was != now]
    return parts or ["名称、佐证等有改动"]


def points_word(item: Item) -> str:
    """+1/小时, or 归零."""
    return "归零" if item.effect == "zero" else f"{signed(item.points)}/{item.unit}"


def _comments(ctx: Context, draft: RulebookVersion) -> list[str]:
    """For the committee: how many opinions there are about it, and how many wait."""
    if not any(office.organization.kind in ABOVE_BRANCHES for office in ctx.offices):
        return []
    count, waiting = consultations.comments(ctx.session, [draft]).get(draft.id, (0, 0))
    return [f"收到意见 {count} 条，未答复 {waiting} 条 {tap('待办')}"] if count else ["还没有收到意见"]
