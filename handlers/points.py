"""积分 and 解释: where a member stands, and every number opened down to rule, evidence and decider."""

from decimal import Decimal

from handlers import evaluations, follow_ups, opinions, records, spot_checks
from handlers.approvals import photos
from handlers.arguments import THIS_MONTH, Explained, Span, Whole
from handlers.claims import amount
from handlers.command import Command, Context, Reply, command
from handlers.words import day_word, figure, month_typed, month_word, signed, stars_word, tap, time_word
from models import claims, explaining, ledger, members, results, rulebooks, sight, standings, tallies
from models.appointments import Role
from models.claims import STATUS_WORDS, Claim, ClaimStatus
from models.ledger import Entry, Extract
from models.members import NotScoredReason
from models.months import Month, Period
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
DECIDED_AS = {
    Source.BRANCH: "登记人",
    Source.REPORT: "登记人",
    Source.ZEROING: "登记人",
    Source.SPOT_CHECK: "抽查人",
}
STEP_WORDS = {
    "submit": "提交",
    "approved": "通过",
    "rejected": "不通过",
    "returned": "退回补充",
    "supplement": "补充",
    "hand_over": "转交",
    "undo": "撤销审核",
    "withdraw": "撤回",
    "move_up": "超时未审，同时交上一级",
    "lapse": "到期未补充",
    "check_true": "抽查属实",
    "check_untrue": "抽查不实",
    "check_undone": "撤销抽查结果",
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
def show(ctx: Context, span: Span = THIS_MONTH, whole: Whole = False) -> Reply:
    """看我的积分和明细。"""
    months = [month for month in span.period.months if month <= ctx.month]
    if len(months) != 1:
        return _over_months(ctx, months, span.word)
    return _one_month(ctx, months[0], whole=whole)


def _one_month(ctx: Context, month: Month, *, whole: bool) -> Reply:
    me = ctx.me
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
    return members.not_scored(ctx.session, [ctx.me], month).get(ctx.me.id)


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


@command(
    "解释",
    who=Role.MEMBER,
    example="解释 12",
    heard=(
        "怎么来的",
        "怎么算的",
    ),
)
def explain(ctx: Context, target: Explained) -> Reply:
    """看一条申报、明细、意见或跟进的来龙去脉。"""
    if target.kind == "entry":
        return _explain_entry(ctx, target.number)
    if target.kind == "opinion":
        return opinions.explained(ctx, target.number)
    if target.kind == "follow_up":
        return follow_ups.explained(ctx, target.number)
    return _explain_claim(ctx, sight.claim(ctx.session, target.number, ctx.member, ctx.now, example="我的申报"))


def _explain_claim(ctx: Context, claim: Claim) -> Reply:
    rulebook = rulebooks.get(ctx.session, claim.rulebook_id)
    item = rulebook.get_item(claim.item_code)
    lines = [
        f"#{claim.id} {STATUS_WORDS[claim.status]}　{claim.member.name}",
        f"{amount(claim, item)}（{day_word(claim.day)}）{claim.note}",
    ]
    lines.append(f"细则：{item.title} {signed(item.points)}/{item.unit}（第{rulebook.version}版）")
    credited = claim.credited
    booked = f"，记入 {signed(credited)}{_taken_back(ctx, claim)}" if credited is not None else ""
    lines.append(f"申报 {signed(claim.points)}{booked}")
    shown = photos(ctx, claim)
    if shown:
        lines.append(shown)
    for step in claims.steps_of(ctx.session, claim):
        who = step.by.name if step.by else ""
        reason = f"：{step.reason}" if step.reason else ""
        lines.append(f"{time_word(step.at)} {who}{STEP_WORDS.get(step.verb, step.verb)}{reason}")
    mine = claim.member_id == ctx.member.id
    if (
        claim.status is ClaimStatus.SUBMITTED
        and not mine
        and explaining.may_decide(ctx.session, claim, ctx.member, ctx.now)
    ):
        verbs = {"通过": "通过", "退回补充": "退回", "不通过": "不通过", "转交": "转交"}
        lines.append(" ".join(tap(label, f"{verb} {claim.id}") for label, verb in verbs.items()))
    return Reply("\n".join(lines))


def _taken_back(ctx: Context, claim: Claim) -> str:
    """A spot check or an appeal may have taken back what stays approved."""
    return "（已冲销）" if claim.decision_key in ledger.taken_back(ctx.session, claim.member_id, claim.month) else ""


def _explain_entry(ctx: Context, number: int) -> Reply:
    entry = explaining.entry_for(ctx.session, number, ctx.member, ctx.now)
    lines = [f"J{entry.id}　{signed(entry.points)} 分　{SOURCE_WORDS[entry.source]}"]
    if entry.rulebook_id is not None:
        rulebook = rulebooks.get(ctx.session, entry.rulebook_id)
        lines.append(f"{entry_title(rulebook, entry)}（细则第{rulebook.version}版）")
    about = day_word(entry.day) if entry.day else month_word(entry.about_month, ctx.now)
    lines.append(f"{about}的事，{time_word(entry.at)}记入")
    by = explaining.decider_of(ctx.session, entry)
    if by is not None:
        lines.append(f"{DECIDED_AS.get(entry.source, '审核人')}：{by.name}")
    if entry.reason:
        lines.append(f"说明：{entry.reason}")
    lines += [*records.details(ctx, entry), *spot_checks.details(ctx, entry)]
    if ledger.is_reversed(ctx.session, entry):
        lines.append("这条后来冲销了")
    if entry.reverses_id is not None:
        lines.append(f"冲销的是 J{entry.reverses_id} {tap('看原来那条', f'解释 J{entry.reverses_id}')}")
    claim_id = explaining.claim_id_of(entry)
    if claim_id is not None:
        lines.append(tap(f"看申报 #{claim_id}", f"解释 {claim_id}"))
    return Reply("\n".join(lines))


COMMANDS: tuple[Command, ...] = (show, explain)
