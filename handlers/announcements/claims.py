"""What is told of claims: to who decides and to whose they are (rules 8 to 12)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from handlers.announcements.announcement import Kind, Told, told
from handlers.cards import card
from handlers.claims import amount, titled
from handlers.command import Context
from handlers.words import day_word, figure, month_typed, signed, tap
from models import claims, rolls, rounds, standings, waiting
from models.claims import Claim, ClaimStatus
from models.deciders import deciders, offices_of
from models.members import Member
from models.months import shanghai_day
from models.notices import Posted
from models.once import once_per_session
from models.waiting import Waits

SHOWN = 5


def _claim(ctx: Context, notice: Posted) -> Claim:
    number = notice.facts.get("claim") or notice.subject.split(":")[1]
    return claims.get(ctx.session, int(number))


@once_per_session
def _waiting_for(session: Session, member: Member, now: datetime) -> Sequence[Waits]:
    """What waits for a reader, looked for once for all that is worded in one transaction, which decides nothing.

    A leader far behind is told of hundreds of claims, and of each how many others wait; whoever decides one meanwhile
    waits for that transaction to end.
    """
    return waiting.waiting_for(session, member, now)


def _waiting(ctx: Context, notice: Posted) -> Told | None:
    claim = _claim(ctx, notice)
    if claim.status is not ClaimStatus.SUBMITTED:
        return None
    rest = len(_waiting_for(ctx.session, ctx.member, ctx.now)) - 1
    more = f"\n另有 {rest} 条，回“待办”一起看 {tap('待办')}" if rest > 0 else ""
    short = f"#{claim.id} {claim.member.name} {signed(claim.points)}分，等您审"
    return told(card(ctx, claim) + more, short=short, decides=True, member=claim.member.name)


def _digest(ctx: Context, notice: Posted) -> Told | None:
    found = _waiting_for(ctx.session, ctx.member, ctx.now)
    if not found:
        return None
    return told(_listed(ctx, f"您有 {len(found)} 条待审", found), short=f"您有{len(found)}条申报待审", decides=True)


def _listed(ctx: Context, head: str, found: Sequence[Waits]) -> str:
    """The first few of several, a line each; all of them are on the to-do list."""
    shown = [claims.get(ctx.session, one.id) for one in found[:SHOWN]]
    items = [(claim, claims.item_of(ctx.session, claim)) for claim in shown]
    lines = [f"#{c.id} {c.member.name} {amount(c, item)} {signed(c.points)}" for c, item in items]
    more = [f"另有 {len(found) - SHOWN} 条"] if len(found) > SHOWN else []
    return "\n".join([head, *lines, *more, tap("待办")])


def _overdue(ctx: Context, notice: Posted) -> Told | None:
    found = [c for c in _waiting_for(ctx.session, ctx.member, ctx.now) if c.reminded_at is not None]
    if not found:
        return None
    days = notice.facts["days"]
    if len(found) > 1:
        head = f"有 {len(found)} 条等了{days}个工作日以上，请抽空审一下"
        return told(_listed(ctx, head, found), short=f"{len(found)}条已等{days}个工作日，请审", decides=True)
    text = f"这条已等了{days}个工作日，请抽空审一下\n{card(ctx, claims.get(ctx.session, found[0].id))}"
    return told(text, short=f"#{found[0].id} 已等{days}个工作日，请审", decides=True)


def _moved_up(ctx: Context, notice: Posted) -> Told | None:
    found = [c for c in _waiting_for(ctx.session, ctx.member, ctx.now) if c.moved_up_at is not None]
    if not found:
        return None
    days = notice.facts["days"]
    if len(found) > 1:
        head = f"有 {len(found)} 条等了{days}个工作日以上，现在上下两级都可以审，谁先审都行"
        return told(_listed(ctx, head, found), short=f"{len(found)}条已等{days}个工作日，您也可审", decides=True)
    claim = claims.get(ctx.session, found[0].id)
    names = "、".join(member.name for member in deciders(ctx.session, claim, ctx.now).asked)
    head = f"这条已等了{days}个工作日，现在{names}都可以审，谁先审都行"
    return told(f"{head}\n{card(ctx, claim)}", short=f"#{claim.id} 已等{days}个工作日，您也可审", decides=True)


def _approved(ctx: Context, notice: Posted) -> Told:
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
    where, beside = _now_at(ctx, claim)
    short = f"#{claim.id} {verb}{figure(abs(credited))}分{beside}"
    return told("\n".join([*lines, where]), short=short, points=signed(credited))


def _now_at(ctx: Context, claim: Claim) -> tuple[str, str]:
    """Where the member stands now, as a line and in a few characters."""
    if claim.member_id != ctx.member.id:
        return tap("看经过", f"解释 {claim.id}"), f"（{claim.member.name}）"
    month, details = claim.month.number, tap("看明细", f"积分 {month_typed(claim.month, ctx.now)}")
    if rolls.not_scored(ctx.session, [claim.member], claim.month):
        return f"您{month}月不计分，仅作记录 {details}", "，仅作记录"
    score, _ = standings.score_of(ctx.session, claim.member, claim.month)
    return f"您{month}月现为 {figure(score)} 分 {details}", f"，{month}月现为{figure(score)}分"


def _whose(ctx: Context, claim: Claim) -> str:
    return "" if claim.member_id == ctx.member.id else f"{claim.member.name}　"


def _rejected(ctx: Context, notice: Posted) -> Told:
    claim = _claim(ctx, notice)
    item = claims.item_of(ctx.session, claim)
    offices = offices_of(ctx.session, claim.branch_id, ctx.now)
    by = titled(offices, claim.decided_by) if claim.decided_by else "支部"
    return told(
        f"#{claim.id} 未通过，这次不{'加' if claim.points >= 0 else '扣'}分\n"
        f"{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n"
        f"理由：{claim.reason}\n审核人：{by}\n"
        f"{_may_appeal(claim)}",
        short=f"#{claim.id} 未通过：{claim.reason}",
    )


def _may_appeal(claim: Claim) -> str:
    return f"有不同意见：{tap('我有意见', f'申诉 {claim.id}')} 或回“申诉 {claim.id} 理由”"


def _returned(ctx: Context, notice: Posted) -> Told | None:
    claim = _claim(ctx, notice)
    if claim.status is not ClaimStatus.RETURNED:
        return None
    item = claims.item_of(ctx.session, claim)
    last = rounds.last_claim_day(ctx.session, claim.branch_id, claim.month)
    if ctx.today > last:  # returned under review, with whose end it lapses
        last = shanghai_day(rounds.before(rounds.review_until(ctx.session, claim.branch_id, claim.month)))
    return told(
        f"#{claim.id} 请补一点再审：{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n"
        f"要补的：{claim.reason}\n直接回复：补充 {claim.id} 您要补的话\n"
        f"{day_word(last)}前补上都算{claim.month.number}月的",
        short=f"#{claim.id} 请补充：{claim.reason}",
    )


def _lapsed(ctx: Context, notice: Posted) -> Told:
    claim = _claim(ctx, notice)
    item = claims.item_of(ctx.session, claim)
    return told(
        f"#{claim.id} 退回后没有补充，{claim.month.number}月的评审已经结束，这条不再审核\n"
        f"{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n{_may_appeal(claim)}",
        short=f"#{claim.id} 没有补充，不再审核",
    )


def _undone(ctx: Context, notice: Posted) -> Told:
    claim = _claim(ctx, notice)
    item = claims.item_of(ctx.session, claim)
    return told(
        f"#{claim.id} 的审核已撤销，正在重新审核\n"
        f"{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n有结果会再告诉您",
        short=f"#{claim.id} 审核已撤销，正在重审",
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
