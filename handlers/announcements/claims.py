"""What is told of claims: to who decides and to whose they are (rules 8 to 12)."""

from decimal import Decimal

from handlers.announcements.announcement import Kind, Told, told
from handlers.approvals import card
from handlers.claims import amount, titled
from handlers.command import Context
from handlers.words import day_word, figure, signed, tap
from models import claims, members, rounds, standings, waiting
from models.claims import Claim, ClaimStatus
from models.deciders import offices_of
from models.notices import Notice


def _claim(ctx: Context, notice: Notice) -> Claim:
    number = notice.facts.get("claim") or notice.subject.split(":")[1]
    return claims.get(ctx.session, int(number))


def _waiting(ctx: Context, notice: Notice) -> Told | None:
    claim = _claim(ctx, notice)
    if claim.status is not ClaimStatus.SUBMITTED:
        return None
    rest = len(waiting.waiting_for(ctx.session, ctx.member, ctx.now)) - 1
    more = f"\n另有 {rest} 条，回“待办”一起看 {tap('待办')}" if rest > 0 else ""
    return told(card(ctx, claim) + more, decides=True, member=claim.member.name)


def _digest(ctx: Context, notice: Notice) -> Told | None:
    found = waiting.waiting_for(ctx.session, ctx.member, ctx.now)
    if not found:
        return None
    lines = [f"您有 {len(found)} 条待审"]
    for claim in found[:5]:
        item = claims.item_of(ctx.session, claim)
        lines.append(f"#{claim.id} {claim.member.name} {amount(claim, item)} {signed(claim.points)}")
    lines.append(tap("待办"))
    return told("\n".join(lines), decides=True)


def _overdue(ctx: Context, notice: Notice) -> Told | None:
    claim = _claim(ctx, notice)
    if claim.status is not ClaimStatus.SUBMITTED:
        return None
    days = notice.facts["days"]
    return told(f"这条已等了{days}个工作日，请抽空审一下\n{card(ctx, claim)}", decides=True)


def _moved_up(ctx: Context, notice: Notice) -> Told | None:
    claim = _claim(ctx, notice)
    if claim.status is not ClaimStatus.SUBMITTED:
        return None
    names = notice.facts["asked"]
    head = f"这条已等了{notice.facts['days']}个工作日，现在{names}都可以审，谁先审都行"
    return told(f"{head}\n{card(ctx, claim)}", decides=True)


def _approved(ctx: Context, notice: Notice) -> Told:
    claim = _claim(ctx, notice)
    item = claims.item_of(ctx.session, claim)
    credited = claim.credited if claim.credited is not None else claim.points
    verb = "加" if credited >= 0 else "扣"
    lines = [
        f"#{claim.id} 已通过，{verb} {figure(abs(credited))} 分",
        f"{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）",
    ]
    cut = Decimal(str(notice.facts.get("cut", "0")))
    if cut:
        lines.append(f"申报 {figure(abs(claim.points))} 分，此项当月已到上限，超出的 {figure(abs(cut))} 分只作记录")
    elif credited != claim.points:
        lines.append(f"申报 {figure(abs(claim.points))} 分，审核改为 {figure(abs(credited))} 分：{claim.reason}")
    lines.append(_now_at(ctx, claim))
    return told("\n".join(lines), points=signed(credited))


def _now_at(ctx: Context, claim: Claim) -> str:
    if claim.member_id != ctx.member.id:
        return tap("看经过", f"解释 {claim.id}")
    if members.not_scored(ctx.session, [claim.member], claim.month):
        return f"您{claim.month.number}月不计分，仅作记录 {tap('看明细', f'积分 {claim.month}')}"
    score, _ = standings.score_of(ctx.session, claim.member, claim.month)
    return f"您{claim.month.number}月现为 {figure(score)} 分 {tap('看明细', f'积分 {claim.month}')}"


def _whose(ctx: Context, claim: Claim) -> str:
    return "" if claim.member_id == ctx.member.id else f"{claim.member.name}　"


def _rejected(ctx: Context, notice: Notice) -> Told:
    claim = _claim(ctx, notice)
    item = claims.item_of(ctx.session, claim)
    offices = offices_of(ctx.session, claim.branch_id, ctx.now)
    by = titled(offices, claim.decided_by) if claim.decided_by else "支部"
    return told(
        f"#{claim.id} 未通过，这次不{'加' if claim.points >= 0 else '扣'}分\n"
        f"{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n"
        f"理由：{claim.reason}\n审核人：{by}\n"
        f"有不同意见，可以先和审核人说说 {tap('看经过', f'解释 {claim.id}')}",
    )


def _returned(ctx: Context, notice: Notice) -> Told | None:
    claim = _claim(ctx, notice)
    if claim.status is not ClaimStatus.RETURNED:
        return None
    item = claims.item_of(ctx.session, claim)
    last = rounds.last_claim_day(ctx.session, claim.branch_id, claim.month)
    return told(
        f"#{claim.id} 请补一点再审：{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n"
        f"要补的：{claim.reason}\n直接回复：补充 {claim.id} 您要补的话\n"
        f"{day_word(last)}前补上都算{claim.month.number}月的",
    )


def _lapsed(ctx: Context, notice: Notice) -> Told:
    claim = _claim(ctx, notice)
    item = claims.item_of(ctx.session, claim)
    return told(
        f"#{claim.id} 退回后没有补充，{claim.month.number}月的评审已经结束，这条不再审核\n"
        f"{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n有不同意见，可以和支部书记说说",
    )


def _undone(ctx: Context, notice: Notice) -> Told:
    claim = _claim(ctx, notice)
    item = claims.item_of(ctx.session, claim)
    return told(
        f"#{claim.id} 的审核已撤销，正在重新审核\n"
        f"{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n有结果会再告诉您",
    )


KINDS = (
    Kind("claim_waiting", "有申报待审核", _waiting),
    Kind("claims_waiting", "有申报待审核", _digest),
    Kind("claim_overdue", "申报等待审核", _overdue),
    Kind("claim_moved_up", "申报等待审核", _moved_up),
    Kind("claim_approved", "申报已通过", _approved),
    Kind("claim_rejected", "申报未通过", _rejected),
    Kind("claim_returned", "申报请补充", _returned),
    Kind("claim_undone", "审核已撤销", _undone),
    Kind("claim_lapsed", "申报已过期", _lapsed),
)
