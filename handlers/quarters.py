"""季度通报 确认先锋岗: the branch's quarter; its committee sees the candidates and confirms them (rules 21)."""

from collections.abc import Sequence

from handlers.arguments import THIS_MONTH, Span, Sure, Without
from handlers.command import Command, Confirm, Context, Reply, Result, command, done
from handlers.words import figure, tap
from models import candidates, quarter_reports, quarters
from models.appointments import Role
from models.candidates import Candidates
from models.months import Period
from models.quarters import Honour, Quarter, QuarterState

SURE = {"sure": True}
NUMERALS = "一二三四"


def quarter_word(period: Period) -> str:
    """三季度 as people say it; the year is told apart."""
    return f"{NUMERALS[(period.first.number - 1) // 3]}季度"


def titled(period: Period) -> str:
    """2026年三季度."""
    return f"{period.first.year}年{quarter_word(period)}"


def says(word: str, period: Period) -> str:
    """A command of ours about a quarter."""
    return f"{word} {titled(period)}"


def candidate_lines(found: Candidates) -> list[str]:
    """The candidates with what they rest on."""
    groups = "、".join(f"{g.name}（平均{figure(g.average)}分）" for g in found.groups if g.average is not None)
    people = "、".join(
        f"{line.member.name}（{figure(line.score)}分）" for line in found.members if line.score is not None
    )
    return [f"流动红旗候选：{groups or '没有'}", f"党员先锋岗候选：{people or '没有'}"]


def honour_lines(ctx: Context, quarter: Quarter) -> list[str]:
    """What was given."""
    banner, pioneer = (_names(ctx, quarter, honour) for honour in (Honour.BANNER, Honour.PIONEER))
    return [f"流动红旗：{banner or '没有'}", f"党员先锋岗：{pioneer or '没有'}"]


def _names(ctx: Context, quarter: Quarter, honour: Honour) -> str:
    return "、".join(found.name for found in quarters.honours_of(ctx.session, quarter, honour))


@command(
    "季度通报",
    "季度评选",
    "流动红旗",
    "先锋岗",
    who=Role.MEMBER,
    example="季度通报 三季度",
    heard=("季度红旗", "季度表彰", "谁是先锋岗"),
)
def show(ctx: Context, span: Span = THIS_MONTH) -> Reply:
    """看本支部一个季度的通报、流动红旗和党员先锋岗。"""
    return Reply("\n".join(_report(ctx, _period(ctx, span))))


@command(
    "确认先锋岗",
    "确认流动红旗",
    who=Role.SECRETARY,
    changes=True,
    example="确认先锋岗 三季度",
    heard=("先锋岗定了", "红旗定了"),
)
def confirm(ctx: Context, span: Span = THIS_MONTH, without: Without = (), sure: Sure = False) -> Result:
    """支委会议定后，确认一个季度的流动红旗和党员先锋岗，告知全支部。"""
    period, branch_id = _period(ctx, span), ctx.member.branch_id
    if not sure:
        found = quarters.check(ctx.session, branch_id, period, without, by=ctx.member, now=ctx.now)
        lines = [f"{titled(period)}评选", *_chosen(found, without), "确认并告知全支部吗？"]
        return Confirm("\n".join(lines), adding=SURE)
    quarter = quarters.confirm(ctx.session, branch_id, period, without, by=ctx.member, now=ctx.now)
    return done("\n".join([f"{titled(period)}评选已确认，已告知全支部", *honour_lines(ctx, quarter)]))


def _chosen(found: Candidates, without: Sequence[str]) -> list[str]:
    left = Candidates(
        tuple(group for group in found.groups if group.name not in without),
        tuple(line for line in found.members if line.member.name not in without),
    )
    return [*candidate_lines(left), *([f"不含：{'、'.join(without)}"] if without else [])]


def _period(ctx: Context, span: Span) -> Period:
    """The quarter that was named; else the newest one that was proposed, else the last one."""
    if span.word != THIS_MONTH.word:
        return Period.quarter(span.period.first)
    newest = quarters.latest(ctx.session, ctx.member.branch_id)
    return Period.quarter(newest.first if newest is not None else ctx.month.plus(-3))


def _report(ctx: Context, period: Period) -> list[str]:
    """The branch's own figures, and what came of the quarter."""
    branch_id = ctx.member.branch_id
    found = quarter_reports.of_branch(ctx.session, branch_id, period)
    months = "　".join(f"{month.number}月{figure(average)}" for month, average in found.averages.items())
    lines = [f"{ctx.branch}{titled(period)}通报", f"计分{found.scored}人，月平均：{months or '没有'}"]
    lines.append(f"申报{found.claims}条，通过{found.approved}条，未办{found.undecided}条")
    if quarters.sees_candidates(ctx.session, branch_id, ctx.member, ctx.now):
        lines.append(f"谈话整改等跟进{found.follow_ups}件，未办结{found.pending}件")
    return [*lines, *_outcome(ctx, period)]


def _outcome(ctx: Context, period: Period) -> list[str]:
    branch_id = ctx.member.branch_id
    quarter = quarters.find(ctx.session, branch_id, period)
    if quarter is None:
        return ["三个月都审定后评选流动红旗和党员先锋岗"]
    if quarter.state is QuarterState.CONFIRMED:
        return honour_lines(ctx, quarter)
    if not quarters.sees_candidates(ctx.session, branch_id, ctx.member, ctx.now):
        return ["流动红旗和党员先锋岗等支委会确认"]
    lines = candidate_lines(candidates.of_branch(ctx.session, branch_id, period))
    if quarters.may_confirm(ctx.session, branch_id, ctx.member, ctx.now):
        line = says("确认先锋岗", period)
        lines.append(f"支委会议定后 {tap('确认', line)}，不评谁就写：{line} 不含 姓名")
    return lines


COMMANDS: tuple[Command, ...] = (show, confirm)
