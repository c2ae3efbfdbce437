"""年终 记录表彰: the year of a branch or one's own, who may be rated 优秀 and why, what was commended (rules 22)."""

from handlers.arguments import Branch, Laureates, Sure, Title, Whole, Year
from handlers.command import Command, Confirm, Context, Each, Reply, Result, command, done
from handlers.understanding.kinds_of_years import watched
from handlers.words import figure, harmless, tap
from models import commendations, evaluations
from models.appointments import Role
from models.commendations import Commendation
from models.evaluations import Evaluation, EvaluationLine
from models.members import Member
from models.months import Month
from models.organizations import Organization

SURE = {"sure": True}


@command(
    "年终",
    "年终总评",
    "年度总评",
    who=Role.MEMBER,
    example="年终 2026年",
    heard=("年终评定", "年终评优", "年度评定", "能评优秀", "评优秀"),
)
def show(ctx: Context, year: Year = None, branch: Branch = None, whole: Whole = False) -> Reply:
    """看年终总评：平均分、名次、能不能评优秀，为什么。"""
    year = year or _last_year(ctx)
    mine = [seen for seen in watched(ctx) if branch is None or seen.id == branch.id]
    if not mine:
        return Reply("\n".join(_own(ctx, year) or [f"{year}年没有您的积分"]))
    found = evaluations.of_branch(ctx.session, mine[0].id, year, ctx.now)
    return Reply("\n".join(_everyone(found, mine[0]) if whole else _summary(ctx, found, mine[0])))


def _last_year(ctx: Context) -> int:
    """The year that is being evaluated: from January on the last one, while it is the newest with figures."""
    return ctx.today.year - 1 if ctx.month.number <= 3 else ctx.today.year


def _state(found: Evaluation) -> str:
    return "已审定" if found.complete else "未全部审定"


def _summary(ctx: Context, found: Evaluation, branch: Organization) -> list[str]:
    lines = [f"{branch.name}{found.year}年年终总评（{_state(found)}）", gate_word(found)]
    lines.append("可评优秀（由会议决定）：" if found.excellent else "没有可评优秀的")
    lines += [_line(line) for line in found.excellent]
    lacking = [line for line in found.lines if line.rank is not None and line.rank <= evaluations.RANKS and line.lacks]
    lines += [f"{line.name}：{_lacks(line)}" for line in lacking]
    listed = [f"{line.name}（{'、'.join(f'T{id}' for id in line.listed)}）" for line in found.to_evaluate]
    lines += [f"列入民主评议：{'、'.join(listed)}"] if listed else []
    given = commendations.of_year(ctx.session, branch.id, found.year)
    lines += [f"已表彰：{'、'.join(_given(one, branch) for one in given)}"] if given else []
    return [*lines, tap("全部人员", f"年终 {found.year}年 {branch.name} 全部")]


def _everyone(found: Evaluation, branch: Organization) -> list[str]:
    head = f"{branch.name}{found.year}年（{_state(found)}）　计分{found.scored}人"
    return [head, *(_line(line) for line in found.lines)]


def gate_word(found: Evaluation) -> str:
    """计分33人，平均低于60分2人，不到30%: whether the branch may be 五好党支部."""
    mark = figure(found.mark) if found.mark is not None else "合格"
    share = f"计分{found.scored}人，年度平均低于{mark}分{found.under}人"
    if found.barred:
        return f"{share}，达到30%：支部不参评五好党支部，书记不参评优秀党支部书记"
    return f"{share}，不到30%"


def _line(line: EvaluationLine) -> str:
    if line.average is None:
        return f"{line.name} 不计分"
    return f"{line.rank} {line.name} {figure(line.average)}（{line.months}个月）"


def _lacks(line: EvaluationLine) -> str:
    return "；".join(f"{check.figure}（要求{check.rule}）" for check in line.lacks)


def _given(one: Commendation, branch: Organization) -> str:
    return f"{one.member.name if one.member else branch.name}{one.title}"


def _own(ctx: Context, year: int) -> list[str]:
    """The asker's own line, condition by condition."""
    found = evaluations.of_branch(ctx.session, ctx.member.branch_id, year, ctx.now)
    line = found.line_of(ctx.member.id)
    if line is None:
        return []
    average = f"平均{figure(line.average)}分，第{line.rank}名" if line.average is not None else "不计分"
    lines = [f"{line.name}　{year}年（{_state(found)}）{average}"]
    lines += [f"{'符合' if check.holds else '不符合'}：{check.rule}，{check.figure}" for check in line.checks]
    lines.append("都符合的可以参评优秀，由会议决定")
    given = [one.title for one in _titles(ctx, year)]
    return [*lines, f"已表彰：{'、'.join(given)}"] if given else lines


def _titles(ctx: Context, year: int) -> list[Commendation]:
    found = commendations.of_year(ctx.session, ctx.member.branch_id, year)
    return [one for one in found if one.member_id == ctx.member.id]


def own_lines(ctx: Context, months: list[Month]) -> list[str]:
    """What 积分 年 adds for the asker once the year is closed: rank, and whether 优秀 is possible."""
    year = months[0].year if months else 0
    if len(months) < 12 or not evaluations.is_complete(ctx.session, ctx.member.branch_id, year):
        return []
    line = evaluations.of_branch(ctx.session, ctx.member.branch_id, year, ctx.now).line_of(ctx.member.id)
    if line is None or line.rank is None:
        return []
    may = "可参评优秀" if line.may_be_excellent else "不符合参评优秀的条件"
    titles = "".join(f"，{one.title}" for one in _titles(ctx, year))
    return [f"年终总评：第{line.rank}名，{may}{titles} {tap('为什么', f'年终 {year}年')}"]


@command(
    "记录表彰",
    "登记表彰",
    who=Role.COMMITTEE,
    changes=True,
    example="记录表彰 张三 优秀共产党员",
    heard=("谁受了表彰", "表彰名单"),
)
def commend(ctx: Context, whom: Laureates, title: Title, year: Year = None, sure: Sure = False) -> Result:
    """党委记录年度表彰，会告知本人。"""
    year, title = year or ctx.today.year - 1, harmless(title)
    if not sure:
        names = "、".join(one.name for one in whom)
        return Confirm(f"{year}年度表彰：{names}\n称号：{title}\n这样记录吗？记录后告知本人", adding=SURE)

    def act(one: Member | Organization) -> Commendation:
        return commendations.record(ctx.session, one, title, year=year, by=ctx.member, now=ctx.now)

    return Each(whom, act, lambda made: _commended(made, year, title))


def _commended(made: list[Commendation], year: int, title: str) -> Reply:
    names = "、".join(one.member.name if one.member else one.branch.name for one in made)
    told = "，已告知本人" if any(one.member for one in made) else ""
    return done(f"已记录{year}年度表彰：{names}　{title}{told}")


COMMANDS: tuple[Command, ...] = (show, commend)
