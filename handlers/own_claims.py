"""What a member does with claims once they are made: look at them, take one back, add to it, say there are no more."""

from handlers import taking_back
from handlers.arguments import Month, OwnNumber, TakenBack, Text
from handlers.claims import amount, asked_word, submit
from handlers.command import Command, Context, Reply, command, done
from handlers.words import day_word, harmless, month_word, signed, tap
from models import claiming, claims, deciding, inspecting, ledger, rounds, zero_claims
from models.appointments import Role
from models.claims import STATUS_WORDS, Claim, ClaimStatus
from models.deciders import deciders
from models.rulebooks import Evidence


@command(
    "我的申报",
    who=Role.MEMBER,
    example="我的申报 10月",
    heard=(
        "我报的",
        "报了哪些",
        "报了几条",
        "审核结果",
        "申报记录",
        "查申报",
        "看申报",
        "申报情况",
        "我的报分",
    ),
)
def mine(ctx: Context, month: Month | None = None) -> Reply:
    """看我的申报和审核结果。"""
    month = month or ctx.month
    found = claims.of_member(ctx.session, ctx.member.id, month)
    if not found:
        until = rounds.last_claim_day(ctx.session, ctx.member.branch_id, month)
        return Reply(f"{month_word(month, ctx.now)}还没有申报，{day_word(until)}前都能报\n例如：{submit.example}")
    lines = [f"{month_word(month, ctx.now)}申报 {len(found)} 条"]
    reversed_ = ledger.taken_back(ctx.session, ctx.member.id, month)
    lines += [_line(ctx, claim, reversed_) for claim in reversed(found)]
    return Reply("\n".join(lines))


def _line(ctx: Context, claim: Claim, reversed_: set[str]) -> str:
    item = claims.item_of(ctx.session, claim)
    points = claim.credited if claim.credited is not None else claim.points
    # A spot check or an appeal may have taken back what stays approved.
    undone = claim.status is ClaimStatus.APPROVED and claim.decision_key in reversed_
    word = "已冲销" if undone else STATUS_WORDS[claim.status]
    text = f"#{claim.id} {day_word(claim.day)} {amount(claim, item)} {signed(points)} {word}"
    if claim.status in claims.UNDECIDED:
        return f"{text} {tap('撤回', f'撤回 {claim.id}')}"
    return f"{text} {tap('看经过', f'解释 {claim.id}')}"


@command(
    "撤回",
    "撤销",
    who=Role.MEMBER,
    changes=True,
    example="撤回 12",
    heard=(
        "收回",
        "撤了",
        "撤掉",
        "删掉",
        "删了",
        "作废",
        "报错了",
        "点错了",
        "批错了",
        "审错了",
        "撤下来",
        "取消申报",
    ),
)
def withdraw(ctx: Context, target: TakenBack) -> Reply:
    """撤回还没审核的申报、没答复的意见；审核、登记和抽查的人24小时内可撤销。"""
    number = target.number
    if target.kind == "entry":
        return taking_back.record(ctx, number)
    if target.kind == "opinion":
        return taking_back.opinion(ctx, number)
    if inspecting.may_undo(ctx.session, number, ctx.member):
        return taking_back.finding(ctx, number)
    claim = claims.get(ctx.session, number)
    if claim.decided_by_id == ctx.member.id and claim.status in (ClaimStatus.APPROVED, ClaimStatus.REJECTED):
        claim = deciding.undo(ctx.session, number, by=ctx.member, now=ctx.now)
        buttons = f"{tap('通过', f'通过 {number}')} {tap('不通过', f'不通过 {number}')}"
        return done(f"#{number} 的审核已撤销，回到待审，已告知{claim.member.name}\n重新审核：{buttons}")
    claim = claiming.withdraw(ctx.session, number, by=ctx.member, now=ctx.now)
    return done(f"#{number} 已撤回，不再审核\n要改了再报，例如：\n{submit.example}")


@command(
    "补充",
    who=Role.MEMBER,
    changes=True,
    example="补充 12 看望独居老人陈婆婆",
    heard=(
        "补一下",
        "补上",
        "补个说明",
        "补充说明",
    ),
)
def supplement(ctx: Context, number: OwnNumber, text: Text) -> Reply:
    """给申报补充说明，退回的会重新送审。"""
    claim = claiming.supplement(ctx.session, number, harmless(text), by=ctx.member, now=ctx.now)
    item = claims.item_of(ctx.session, claim)
    hint = "\n有照片可在10分钟内直接发来" if item.evidence is not Evidence.NONE else ""
    asked = asked_word(deciders(ctx.session, claim, ctx.now).asked)
    return done(f"#{number} 已补充，待{asked}审核\n{amount(claim, item)}：{claim.note}{hint}")


@command(
    "本月没有了",
    "无申报",
    "零申报",
    who=Role.MEMBER,
    changes=True,
    example="本月没有了",
    heard=(
        "没有要报的",
        "没啥报的",
        "没什么要报的",
        "没什么报的",
        "没有可报的",
        "没得报的",
        "没啥要报的",
        "没有要申报的",
    ),
)
def nothing_more(ctx: Context) -> Reply:
    """告诉组长这个月没有（更多）要报的。"""
    months = rounds.open_months(ctx.session, ctx.member.branch_id, ctx.now)
    # Right after a month's end the word is about the month that is about to close.
    month = months[0]
    zero_claims.say(ctx.session, ctx.member.id, month, ctx.now)
    until = rounds.last_claim_day(ctx.session, ctx.member.branch_id, month)
    return done(f"记下了：您{month_word(month, ctx.now)}没有要报的了\n想起来还有，{day_word(until)}前随时可报")


COMMANDS: tuple[Command, ...] = (mine, withdraw, supplement, nothing_more)
