"""排名 and 小组排名: inside the branch only; what one sees of others is a setting (rules 17)."""

from handlers.arguments import THIS_MONTH, Span
from handlers.command import Command, Context, Reply, command
from handlers.words import figure, month_word, tap
from models import results, settings, standings
from models.appointments import Role
from models.standings import Line, Standings

SPAN_TAPS = (("本月", "排名"), ("本季", "排名 季"), ("本年", "排名 年"))


@command(
    "排名",
    "排行",
    who=Role.MEMBER,
    example="排名 年",
    heard=(
        "第几",
        "排行榜",
        "名次",
        "多少名",
        "排多少",
    ),
)
def show(ctx: Context, span: Span = THIS_MONTH) -> Reply:
    """看本支部的排名和我的名次。"""
    shown = settings.get(ctx.session, settings.STANDINGS_SHOWN, ctx.me.branch_id)
    if shown == "off":
        return Reply(f"本支部没有开放排名，看自己的分请回 {tap('积分')}")
    found, state = _found(ctx, span)
    lines = [f"{ctx.branch} {_over(ctx, span)}（{state}）"]
    lines += _others(found, shown)
    lines.append(_own(ctx, found))
    left_out = sum(line.rank is None for line in found.lines)
    if left_out:
        lines.append(f"离退休、病休等{left_out}人不计名次")
    taps = " ".join(tap(label, says) for label, says in (("小组", "小组排名"), *SPAN_TAPS) if label != span.word)
    lines.append(f"仅在本支部内看 {taps}")
    return Reply("\n".join(lines))


def _found(ctx: Context, span: Span) -> tuple[Standings, str]:
    """The standings of a month that is final as they were then, any others as of now; and which of the two."""
    branch_id, month = ctx.me.branch_id, span.period.first
    if month == span.period.last and month < ctx.month:
        final = results.as_standings(ctx.session, branch_id, month)
        if final is not None:
            return final, "已审定"
    return standings.of_branch(ctx.session, branch_id, span.period, ctx.now), "截至今天，未审定"


def _over(ctx: Context, span: Span) -> str:
    """11月, 本年: which time the figures are about."""
    return month_word(span.period.first, ctx.now) if span.period.first == span.period.last else span.word


def _others(found: Standings, shown: str) -> list[str]:
    if shown == "own":
        return []
    lines = [line for line in found.scored if shown == "everyone" or (line.rank or 0) <= 3]
    # A first place shared by half the branch says nothing; five names are enough for a glance.
    if shown != "everyone" and len(lines) > 5:
        lines = lines[:5]
    text = "　".join(_place(line) for line in lines)
    return [text] if shown != "everyone" else [_place(line) for line in lines]


def _place(line: Line) -> str:
    assert line.score is not None
    return f"{line.rank} {line.member.name} {figure(line.score)}"


def _own(ctx: Context, found: Standings) -> str:
    line = found.line_of(ctx.me.id)
    if line is None or line.rank is None or line.score is None:
        why = f"（{line.reason.value}）" if line and line.reason else ""
        return f"您：不计名次{why}"
    return f"您：第{line.rank}名，{figure(line.score)}分（计名次{len(found.scored)}人）"


@command(
    "小组排名",
    who=Role.MEMBER,
    example="小组排名",
    heard=(
        "小组第几",
        "组排名",
        "哪个小组",
        "组第几",
        "小组排第几",
        "哪个组",
        "小组排行",
    ),
)
def groups(ctx: Context, span: Span = THIS_MONTH) -> Reply:
    """看本支部各小组的平均分。"""
    found, state = _found(ctx, span)
    lines = [f"{ctx.branch} {_over(ctx, span)}小组平均分（{state.rpartition('，')[2]}）"]
    for place, group in enumerate(standings.groups(ctx.session, found), start=1):
        shown = f"{figure(group.average)}（{group.scored}人）" if group.average is not None else "不计分"
        lines.append(f"{place} {group.name} {shown}")
    lines.append(f"仅在本支部内看 {tap('个人', '排名')}")
    return Reply("\n".join(lines))


COMMANDS: tuple[Command, ...] = (show, groups)
