"""积分: where a member stands, and how it came about."""

from decimal import Decimal

from handlers import evaluations, follow_ups
from handlers.arguments import THIS_MONTH, OtherPerson, Span, Whole
from handlers.command import Command, Context, Reply, command
from handlers.words import day_word, figure, month_typed, month_word, signed, stars_word, tap
from models import claims, ledger, results, rolls, rulebooks, standings, tallies
from models.appointments import Role
from models.ledger import Entry, Extract
from models.members import NotScoredReason
from models.months import Month, Period
from models.prepared import together
from models.results import Result
from models.rulebooks import Rulebook, Source

SHOWN = 4
SOURCE_WORDS = {
    Source.CLAIM: "本人申报",
    Source.BRANCH: "支部登记",
    Source.REPORT: "群众反映核实",
    Source.ATTENDANCE: "会议签到",
    Source.EXAM: "测试",
    Source.LEARNING: "学习任务",
    Source.APPEAL: "申诉成立",
    Source.SPOT_CHECK: "抽查",
    Source.OPENING: "期初积分",
    Source.ZEROING: "归零",
    Source.REVERSAL: "冲销",
}


@command(
    "积分",
    "明细",
    "台账",
    "为什么扣我",
    who=Role.MEMBER,
    example="积分 10月",
    heard=(
        "多少分",
        "好多分",
        "几分了",
        "我的分",
        "分数",
        "差几分",
        "差多少分",
        "几颗星",
        "几星",
        "得了几分",
        "查分",
        "扣分明细",
        "扣分记录",
    ),
)
def show(ctx: Context, span: Span = THIS_MONTH, whole: Whole = False, other: OtherPerson = None) -> Reply:
    """看我的积分和明细。"""
    if other is not None:
        disclosed = tap(f"{other.name}公示的积分", f"公示 {other.name}")
        return Reply(f"这里只看本人的积分\n{disclosed}　{tap('我的积分', '积分')}　{tap('排名')}")
    months = [month for month in span.period.months if month <= ctx.month]
    if len(months) != 1:
        return _over_months(ctx, months, span.word)
    return _one_month(ctx, months[0], whole=whole)


def _one_month(ctx: Context, month: Month, *, whole: bool) -> Reply:
    me = ctx.me
    if month == ctx.month:
        together(
            ctx.session,
            rulebooks.asks_in_force(me.branch_id, month),
            ledger.asks_extract(me.id, Period.month(month)),
            rolls.asks_not_scored(me.id, month),
            claims.asks_waiting(me.id, month),
        )
    rulebook = ctx.rulebook(month)
    entries = ledger.extract(ctx.session, me.id, Period.month(month))
    score = standings.score_from(rulebook, (entry for entry in entries if entry.branch_id == me.branch_id))
    final = _final(ctx, month)
    left_out = _left_out(ctx, month, final)
    verb = "现为 " if month == ctx.month else "为 "
    state = f"不计分（{left_out.value}），仅作记录" if left_out else f"{verb}{_score_word(score, final)}"
    plus, minus = tallies.plus_and_minus(entries)
    lines = [f"{me.name}　{month_word(month, ctx.now)}{state}"]
    lines.append(f"基础{figure(rulebook.base)}　加分{figure(plus)}　扣分{figure(minus)}")
    shown = entries if whole else entries[-SHOWN:]
    lines += [entry_line(rulebook, entry) for entry in reversed(shown)]
    if len(entries) > len(shown):
        everything = tap("全部明细", f"积分 {month_typed(month, ctx.now)} 全部")
        lines.append(f"另有 {len(entries) - SHOWN} 条更早的 {everything}")
    if month < ctx.month:  # nothing follows from a month that is not over
        lines += follow_ups.own_lines(ctx, month)
    lines += _outlook(ctx, rulebook, month, score, scored=left_out is None and final is None)
    return Reply("\n".join(lines))


def _final(ctx: Context, month: Month) -> Result | None:
    """The asker's result of a month that is final; the present one never is."""
    return results.find(ctx.session, ctx.me.branch_id, ctx.me.id, month) if month < ctx.month else None


def _left_out(ctx: Context, month: Month, final: Result | None) -> NotScoredReason | None:
    """Why the asker is not scored in a month, if so; as it was when the month became final."""
    if final is not None:
        return final.not_scored
    return rolls.not_scored(ctx.session, [ctx.me], month).get(ctx.me.id)


def _score_word(score: Decimal, final: Result | None) -> str:
    """The score, and of a final month also what was published, where later entries have corrected it (rules 15)."""
    if final is None or final.score is None:
        return f"{figure(score)} 分（未审定）"
    if final.score == score:
        return f"{figure(score)} 分（已审定）"
    return f"审定{figure(final.score)}，更正后{figure(score)} 分"


def _outlook(ctx: Context, rulebook: Rulebook, month: Month, score: Decimal, *, scored: bool) -> list[str]:
    """What waits, and what is missing to the mark or the next star."""
    waiting = claims.waiting_points(ctx.session, ctx.me.id, month)
    parts = []
    if waiting:
        parts.append(f"待审 {len(waiting)} 条（{signed(sum(waiting, Decimal(0)))}）")
    following = rulebook.next_star(score) if scored else None
    if scored and score < rulebook.pass_mark:
        parts.append(f"再得 {figure(rulebook.pass_mark - score)} 分合格")
    elif following is not None:
        parts.append(f"再得 {figure(following[1])} 分到{'一二三四五六七八九十'[following[0] - 1]}星")
    lines = ["　".join(parts)] if parts else []
    before = month.plus(-1)
    if rulebook.version == 1 and before < rulebook.effective_from:
        return [*lines, tap("本年", "积分 年")]
    return [*lines, f"{tap(f'{before.number}月', f'积分 {month_typed(before, ctx.now)}')} {tap('本年', '积分 年')}"]


def entry_line(rulebook: Rulebook, entry: Entry | Extract) -> str:
    """+2 社区志愿服务　11月20日　J88."""
    day = f"　{day_word(entry.day)}" if entry.day else ""
    return f"{signed(entry.points)} {entry_title(rulebook, entry)}{day}　J{entry.id}"


def entry_title(rulebook: Rulebook, entry: Entry | Extract) -> str:
    item = rulebook.find_item(entry.item_code) if entry.item_code else None
    title = item.title if item else SOURCE_WORDS[entry.source]
    return f"冲销：{title}" if entry.source is Source.REVERSAL else title


def _over_months(ctx: Context, months: list[Month], word: str) -> Reply:
    """A line a month, and the average of the scored ones (rules 18)."""
    lines, scores, all_final = [], [], True
    for month in months:
        if rulebooks.find_in_force(ctx.session, ctx.member.branch_id, month) is None:
            continue
        final = _final(ctx, month)
        all_final = all_final and final is not None
        left_out = _left_out(ctx, month, final)
        score, rulebook = standings.score_of(ctx.session, ctx.member, month)
        if left_out is None:
            scores.append(score)
        was = f"审定{figure(final.score)}，更正后" if final and final.score not in (None, score) else ""
        shown = "不计分" if left_out else f"{was}{figure(score)} 分{stars_word(rulebook.stars_at(score))}"
        lines.append(f"{month.number}月：{shown}")
    state = "" if all_final else "（未审定）"
    average = f"平均 {figure(standings.average(scores))} 分{state}" if scores else "没有计分的月份"
    year = evaluations.own_lines(ctx, months)
    return Reply("\n".join([f"{ctx.member.name}　{word}{average}", *reversed(lines), *year]))


COMMANDS: tuple[Command, ...] = (show,)
