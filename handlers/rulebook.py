"""细则: every member can look up what gives how many points (S2: 必须熟知支部、本人的评分标准)."""

from handlers import drafts
from handlers.arguments import Query
from handlers.command import Command, Context, Reply, command
from handlers.understanding.items import hits, index_of
from handlers.understanding.line import Line, folded
from handlers.words import figure, tap
from models import consultations, rulebooks
from models.appointments import Role
from models.rulebooks import Category, Evidence, Item, Rulebook


@command(
    "细则",
    "规则",
    "怎么加分",
    who=Role.MEMBER,
    example="细则 志愿",
    heard=(
        "加分项",
        "评分标准",
        "加分规则",
        "积分规则",
        "打分标准",
        "积分标准",
    ),
)
def show(ctx: Context, query: Query = "") -> Reply:
    """看积分细则，可按类别或关键词查；新版起用前，看草案。"""
    of_draft = drafts.asked_for(query)
    if of_draft is not None:
        return _draft(ctx, of_draft)
    if not query:
        return _contents(ctx)
    return _found(ctx.rulebook(), query)


def _draft(ctx: Context, query: str) -> Reply:
    """The version that comes: what it changes, or one category or item of it."""
    draft = consultations.coming(ctx.session, ctx.me.branch_id, ctx.now)
    if draft is None:
        return Reply(f"现在没有征求意见的细则草案\n看现行的：{tap('细则')}")
    if not query:
        return Reply("\n".join(drafts.overview(ctx, draft)))
    return _found(rulebooks.get(ctx.session, draft.id), query, "细则 草案")


def _found(rulebook: Rulebook, query: str, word: str = "细则") -> Reply:
    """The category or the items of a query; ``word`` is the command that shows more of the same version."""
    named = [item for item in rulebook.items if folded(item.title) == folded(query)]
    found = [c for c in rulebook.categories if query in (c.code, c.title) or c.code in query]
    if found and not named:
        return _category(rulebook, found[0], word)
    items = named or _about(query, rulebook)
    if not items:
        return Reply(f"细则里没有找到“{query}”\n看全部：{tap(word)}")
    if len(items) == 1:
        return Reply("\n".join([f"{rulebook.name}（第{rulebook.version}版）", *_item(items[0], word)]))
    lines = [f"和“{query}”有关的 {len(items)} 项"]
    return Reply("\n".join([*lines, *(_line(item, word) for item in items)]))


def _about(query: str, rulebook: Rulebook) -> list[Item]:
    """The items a word points at: those that hold it, else those it is understood to mean."""
    held = [item for item in rulebook.items if query in item.title or query in item.keywords or query == item.code]
    if held:
        return held
    places = [place for hit in hits(index_of(rulebook.items), Line.of(query)) for place in hit.items]
    return [rulebook.items[place] for place in dict.fromkeys(places)]


def _contents(ctx: Context) -> Reply:
    rulebook = ctx.rulebook()
    lines = [f"{rulebook.name}（第{rulebook.version}版，{rulebook.effective_from}起）"]
    lines.append(f"每月基础{figure(rulebook.base)}分，合格{figure(rulebook.pass_mark)}分")
    if rulebook.stars:
        lines.append("星级：" + " / ".join(figure(mark) for mark in rulebook.stars))
    for category in rulebook.categories:
        count = sum(item.category == category.code for item in rulebook.items)
        lines.append(f"{tap(category.title, f'细则 {category.code}')} {count}项{_cap(category)}")
    return Reply("\n".join([*lines, *drafts.pointer(ctx)]))


def _cap(category: Category) -> str:
    return f"，每月最多加{figure(category.cap_month)}分" if category.cap_month else ""


def _category(rulebook: Rulebook, category: Category, word: str) -> Reply:
    lines = [f"{category.title}{_cap(category)}"]
    lines += [_line(item, word) for item in rulebook.items if item.category == category.code]
    return Reply("\n".join(lines))


def _line(item: Item, word: str) -> str:
    return f"{drafts.points_word(item)} {tap(item.title, f'{word} {item.title}')}"


def _item(item: Item, word: str) -> list[str]:
    lines = [f"{item.title}　{drafts.points_word(item)}"]
    caps = []
    if item.max_quantity != 1:
        caps.append(f"一次最多{figure(item.max_quantity)}{item.unit}")
    verb = "加" if item.is_plus else "扣"
    if item.cap_month is not None:
        caps.append(f"每月最多{verb}{figure(item.cap_month)}分")
    if item.cap_year is not None:
        caps.append(f"每年最多{verb}{figure(item.cap_year)}分")
    if caps:
        lines.append("，".join(caps))
    if item.evidence is Evidence.REQUIRED:
        lines.append("要有照片佐证")
    if item.description:
        lines.append(item.description)
    return [*lines, _how(item)] if word == "细则" else lines


def _how(item: Item) -> str:
    if item.claimable:
        return f"申报：{tap(f'申报 {item.title}')}"
    return "会议签到后自动计分，不用申报" if item.attendance else "由支部登记，不用本人申报"


COMMANDS: tuple[Command, ...] = (show,)
