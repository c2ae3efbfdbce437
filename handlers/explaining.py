"""解释: every number opened down to rule, evidence and decider."""

from handlers import follow_ups, opinions, records, spot_checks
from handlers.arguments import Explained
from handlers.cards import buttons, photos
from handlers.claims import amount
from handlers.command import Command, Context, Reply, command
from handlers.points import SOURCE_WORDS, entry_title
from handlers.words import day_word, month_word, signed, tap, time_word
from models import claims, explaining, ledger, rulebooks, sight
from models.appointments import Role
from models.claims import STATUS_WORDS, Claim, ClaimStatus
from models.rulebooks import Source

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
        lines.append(buttons(claim.id))
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


COMMANDS: tuple[Command, ...] = (explain,)
