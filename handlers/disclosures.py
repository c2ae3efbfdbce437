"""公示 and 核实: a month in disclosure, and once it is final, as the branch's members see it (rules 14, 15)."""

from collections.abc import Mapping
from decimal import Decimal

from handlers.arguments import Month, Person
from handlers.command import Command, Context, Reply, command, done
from handlers.points import SOURCE_WORDS
from handlers.round_words import disclosure_word, head_word, last_day, result_word, state_word
from handlers.words import day_word, figure, month_typed, month_word, signed, tap
from models import disclosures, results, rounds
from models.appointments import Role
from models.disclosures import Line, Shown
from models.errors import Refused
from models.rounds import DISCLOSED, Round, RoundState


class NotInThisMonth(Refused):
    """The member has no line in that month's disclosure."""


@command(
    "公示",
    who=Role.MEMBER,
    example="公示 10月",
    heard=(
        "公示名单",
        "公示结果",
        "看公示",
        "大家的分",
        "大家多少分",
        "全支部的分",
    ),
)
def show(ctx: Context, month: Month | None = None, person: Person | None = None) -> Reply:
    """看公示的积分：全支部的，或者一个人的明细。"""
    branch_id = ctx.member.branch_id
    round_ = rounds.find(ctx.session, branch_id, month) if month else _shown_by_itself(ctx, branch_id)
    if round_ is None or round_.state not in DISCLOSED:
        return Reply(_not_yet(ctx, month, round_))
    lines = disclosures.lines(ctx.session, branch_id, round_.month)
    corrected = results.corrected(ctx.session, branch_id, round_.month)  # empty before it is final
    if person is not None:
        return _one(ctx, round_, lines, corrected, person.id)
    head = _head(ctx, round_, lines, corrected, asked=month is not None)
    return Reply("\n".join([*head, *_everyone(ctx, round_, lines, corrected)]))


def _shown_by_itself(ctx: Context, branch_id: int) -> Round | None:
    """The month in disclosure; outside its time the last one."""
    current = rounds.oldest(ctx.session, branch_id, RoundState.DISCLOSURE)
    return current or rounds.latest(ctx.session, branch_id, RoundState.FINAL)


def _not_yet(ctx: Context, month: Month | None, round_: Round | None) -> str:
    if month is None:
        return f"还没有公示过的月份，看自己的分请回 {tap('积分')}"
    word = month_word(month, ctx.now)
    state = f"还在{round_.word}，没有公示" if round_ is not None else "没有公示"
    return f"{word}{state}，看自己的分请回 {tap('积分', f'积分 {month_typed(month, ctx.now)}')}"


def _head(
    ctx: Context, round_: Round, lines: list[Line], corrected: Mapping[int, Decimal], *, asked: bool
) -> list[str]:
    """The branch, the dates and one's own line, before everyone's."""
    word = month_word(round_.month, ctx.now)
    text = []
    if round_.state is RoundState.FINAL:
        text += [] if asked else ["现在没有月份在公示，这是最近的一次"]
        text.append(f"{ctx.branch}{word}积分　{state_word(round_)}")
    else:
        text.append(f"{ctx.branch}{word}积分公示　{disclosure_word(round_)}")
    own = next((line for line in lines if line.member_id == ctx.member.id), None)
    if own is not None:
        details = tap("明细", f"公示 {month_typed(round_.month, ctx.now)} {own.name}")
        text.append(f"您：{result_word(own, corrected.get(own.member_id))} {details}")
    if round_.state is RoundState.DISCLOSURE:
        checked = disclosures.has_checked(ctx.session, round_, ctx.member.id)
        verb = "您已核实" if checked else tap("核实无误", f"核实 {round_.month.number}月")
        text.append(f"{verb} {tap('我有意见')}　{day_word(last_day(round_))}24点前没有提出的，视为无异议")
    meeting = f"评审会议 M{round_.meeting}" if round_.meeting is not None else "没有写明评审会议"
    return [*text, f"{meeting}　台账链头 {head_word(round_)}"]


def _everyone(ctx: Context, round_: Round, lines: list[Line], corrected: Mapping[int, Decimal]) -> list[str]:
    """Everyone in roster order; it is no ranking."""
    text = [f"每人基础分{figure(lines[0].base)}，按花名册排列：" if lines else "这个月没有党员"]
    text += [f"{line.name} {result_word(line, corrected.get(line.member_id))}" for line in lines]
    others = [line.name for line in lines if line.member_id != ctx.member.id]
    return [*text, f"看一个人的明细，例如：公示 {round_.month.number}月 {others[0]}"] if others else text


def _one(ctx: Context, round_: Round, lines: list[Line], corrected: Mapping[int, Decimal], member_id: int) -> Reply:
    line = next((line for line in lines if line.member_id == member_id), None)
    if line is None:
        raise NotInThisMonth(f"{round_.month.number}月的公示里没有这位党员", f"公示 {round_.month.number}月")
    result = result_word(line, corrected.get(line.member_id))
    text = [f"{line.name}　{month_word(round_.month, ctx.now)}{round_.word}：{result}"]
    text += [_shown(shown) for shown in line.items] or ["这个月没有加减分"]
    if round_.state is RoundState.DISCLOSURE:
        text.append(f"对哪一条有意见，{day_word(last_day(round_))}24点前提出：{tap('我有意见')}")
    return Reply("\n".join(text))


def _shown(shown: Shown) -> str:
    """+2 社区志愿服务　10月20日　J88; what is published by its figure alone says no more."""
    if not shown.full:
        return f"{signed(shown.points)} 分（只公示分数）　J{shown.id}"
    title = shown.item.title if shown.item is not None else SOURCE_WORDS[shown.source]
    day = f"　{day_word(shown.day)}" if shown.day else ""
    return f"{signed(shown.points)} {title}{day}　J{shown.id}{f'　{shown.reason}' if shown.reason else ''}"


@command(
    "核实",
    who=Role.MEMBER,
    changes=True,
    example="核实 10月",
    heard=(
        "核实无误",
        "核对无误",
        "没有异议",
        "无异议",
        "公示没问题",
    ),
)
def check(ctx: Context, month: Month | None = None) -> Reply:
    """公示期内告诉支部：我的积分核对过，没有问题。"""
    round_, fresh = disclosures.check(ctx.session, month, by=ctx.member, now=ctx.now)
    number = round_.month.number
    if not fresh:
        return Reply(f"{number}月您已经核实过，不用再办")
    return done(f"{number}月积分您已核实无误\n{day_word(last_day(round_))}24点前还有意见，可以回 {tap('我有意见')}")


COMMANDS: tuple[Command, ...] = (show, check)
