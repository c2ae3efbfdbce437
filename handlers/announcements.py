"""The sentences of notices, apart from the rules that cause them (rules 28, 29; replies).

A notice carries facts; it is worded when it is sent, so that a card shows what is true then. None means
that there is nothing to say any more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from handlers.approvals import card, request_card
from handlers.claims import amount, titled
from handlers.command import Context
from handlers.words import day_word, figure, month_word, plain, signed, tap
from models import claims, groups, members, requests, rounds, standings, waiting
from models.claims import Claim, ClaimStatus
from models.deciders import offices_of
from models.months import Month
from models.notices import Notice
from models.requests import RequestStatus

MAYBE = "（可能已收到过）"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is told: ``text`` with taps for the chat, ``title`` and ``values`` for typed templates.

    ``decides`` says that it carries something to decide: such a one prefers a message with buttons.
    """

    title: str
    text: str
    decides: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


def compose(ctx: Context, notice: Notice) -> Announcement | None:
    """Word a notice for its recipient, or None when its subject is gone."""
    return WORDING[notice.kind](ctx, notice)


def title_of(notice: Notice) -> str:
    """What a notice is about, in a few characters."""
    return TITLES[notice.kind]


def inbox_text(ctx: Context, notice: Notice) -> str:
    """A notice as the chat inbox shows it."""
    found = compose(ctx, notice)
    text = found.text if found else f"{title_of(notice)}（已经办完）"
    return f"{MAYBE}{text}" if notice.maybe_received else text


def _claim(ctx: Context, notice: Notice) -> Claim:
    number = notice.facts.get("claim") or notice.subject.split(":")[1]
    return claims.get(ctx.session, int(number))


def _told(notice: Notice, text: str, *, decides: bool = False, **values: str) -> Announcement:
    title = title_of(notice)
    return Announcement(title, text, decides, {"title": title, "text": plain(text).replace("\n", " "), **values})


def _waiting(ctx: Context, notice: Notice) -> Announcement | None:
    claim = _claim(ctx, notice)
    if claim.status is not ClaimStatus.SUBMITTED:
        return None
    rest = len(waiting.waiting_for(ctx.session, ctx.member, ctx.now)) - 1
    more = f"\n另有 {rest} 条，回“待办”一起看 {tap('待办')}" if rest > 0 else ""
    return _told(notice, card(ctx, claim) + more, decides=True, member=claim.member.name)


def _digest(ctx: Context, notice: Notice) -> Announcement | None:
    found = waiting.waiting_for(ctx.session, ctx.member, ctx.now)
    if not found:
        return None
    lines = [f"您有 {len(found)} 条待审"]
    for claim in found[:5]:
        item = claims.item_of(ctx.session, claim)
        lines.append(f"#{claim.id} {claim.member.name} {amount(claim, item)} {signed(claim.points)}")
    lines.append(tap("待办"))
    return _told(notice, "\n".join(lines), decides=True)


def _overdue(ctx: Context, notice: Notice) -> Announcement | None:
    claim = _claim(ctx, notice)
    if claim.status is not ClaimStatus.SUBMITTED:
        return None
    days = notice.facts["days"]
    return _told(notice, f"这条已等了{days}个工作日，请抽空审一下\n{card(ctx, claim)}", decides=True)


def _moved_up(ctx: Context, notice: Notice) -> Announcement | None:
    claim = _claim(ctx, notice)
    if claim.status is not ClaimStatus.SUBMITTED:
        return None
    names = notice.facts["asked"]
    head = f"这条已等了{notice.facts['days']}个工作日，现在{names}都可以审，谁先审都行"
    return _told(notice, f"{head}\n{card(ctx, claim)}", decides=True)


def _approved(ctx: Context, notice: Notice) -> Announcement:
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
    return _told(notice, "\n".join(lines), points=signed(credited))


def _now_at(ctx: Context, claim: Claim) -> str:
    if claim.member_id != ctx.member.id:
        return tap("看经过", f"解释 {claim.id}")
    if members.not_scored(ctx.session, [claim.member], claim.month):
        return f"您{claim.month.number}月不计分，仅作记录 {tap('看明细', f'积分 {claim.month}')}"
    score, _ = standings.score_of(ctx.session, claim.member, claim.month)
    return f"您{claim.month.number}月现为 {figure(score)} 分 {tap('看明细', f'积分 {claim.month}')}"


def _whose(ctx: Context, claim: Claim) -> str:
    return "" if claim.member_id == ctx.member.id else f"{claim.member.name}　"


def _rejected(ctx: Context, notice: Notice) -> Announcement:
    claim = _claim(ctx, notice)
    item = claims.item_of(ctx.session, claim)
    offices = offices_of(ctx.session, claim.branch_id, ctx.now)
    by = titled(offices, claim.decided_by) if claim.decided_by else "支部"
    return _told(
        notice,
        f"#{claim.id} 未通过，这次不{'加' if claim.points >= 0 else '扣'}分\n"
        f"{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n"
        f"理由：{claim.reason}\n审核人：{by}\n"
        f"有不同意见，可以先和审核人说说 {tap('看经过', f'解释 {claim.id}')}",
    )


def _returned(ctx: Context, notice: Notice) -> Announcement | None:
    claim = _claim(ctx, notice)
    if claim.status is not ClaimStatus.RETURNED:
        return None
    item = claims.item_of(ctx.session, claim)
    last = rounds.last_claim_day(ctx.session, claim.branch_id, claim.month)
    return _told(
        notice,
        f"#{claim.id} 请补一点再审：{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n"
        f"要补的：{claim.reason}\n直接回复：补充 {claim.id} 您要补的话\n"
        f"{day_word(last)}前补上都算{claim.month.number}月的",
    )


def _lapsed(ctx: Context, notice: Notice) -> Announcement:
    claim = _claim(ctx, notice)
    item = claims.item_of(ctx.session, claim)
    return _told(
        notice,
        f"#{claim.id} 退回后没有补充，{claim.month.number}月的评审已经结束，这条不再审核\n"
        f"{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n有不同意见，可以和支部书记说说",
    )


def _undone(ctx: Context, notice: Notice) -> Announcement:
    claim = _claim(ctx, notice)
    item = claims.item_of(ctx.session, claim)
    return _told(
        notice,
        f"#{claim.id} 的审核已撤销，正在重新审核\n"
        f"{_whose(ctx, claim)}{amount(claim, item)}（{day_word(claim.day)}）\n有结果会再告诉您",
    )


def _request(ctx: Context, notice: Notice) -> Announcement | None:
    request = requests.get(ctx.session, int(notice.facts["request"]))
    if request.status is not RequestStatus.WAITING:
        return None
    return _told(notice, request_card(request), decides=True, member=request.member.name)


def _bound(ctx: Context, notice: Notice) -> Announcement:
    return _told(notice, f"绑定成功：{ctx.member.name}，由{notice.facts['by']}核对\n看能办什么：{tap('帮助')}")


def _binding_refused(ctx: Context, notice: Notice) -> Announcement:
    return _told(notice, f"绑定没有通过：{notice.facts['reason']}\n请和组长当面核对，或请组长给您一个绑定码")


def _rebound(ctx: Context, notice: Notice) -> Announcement:
    return _told(notice, "您的党员积分账号已换到另一个微信。不是您本人办的，请马上告诉组长或支部书记")


def _relay(ctx: Context, notice: Notice) -> Announcement:
    return _told(notice, f"{notice.facts['by']}传达：\n{notice.facts['text']}\n看到请回 {tap('收到')}")


def _acting(ctx: Context, notice: Notice) -> Announcement:
    until = date.fromisoformat(notice.facts["until"])
    return _told(notice, f"{notice.facts['by']}请您代理审核，到{day_word(until)}为止\n等您审的：{tap('待办')}")


def _nudge(ctx: Context, notice: Notice) -> Announcement | None:
    month = Month.parse(notice.facts["month"])
    state = groups.state_of(ctx.session, [ctx.member], month)[0]
    if state.open:
        return _told(notice, f"{notice.facts['by']}提醒您：有 {state.open} 条申报等您补充 {tap('我的申报')}")
    if state.claims or state.said_nothing:
        return None
    last = rounds.last_claim_day(ctx.session, ctx.member.branch_id, month)
    return _told(
        notice,
        f"{notice.facts['by']}提醒您：{month.number}月还没有申报，{day_word(last)}24点前都能报\n"
        f"例如：申报 社区志愿 2小时 昨天\n没有要报的：{tap('本月没有了')}，不回也行",
    )


def _month_end(ctx: Context, notice: Notice) -> Announcement:
    """Month end, to a member: points so far, what is undecided, until which day claims are taken (rules 29)."""
    month = Month.parse(notice.facts["month"])
    score, rulebook = standings.score_of(ctx.session, ctx.member, month)
    left_out = members.not_scored(ctx.session, [ctx.member], month).get(ctx.member.id)
    state = (
        f"您不计分（{left_out.value}）"
        if left_out
        else f"您现为 {figure(score)} 分（合格{figure(rulebook.pass_mark)}）"
    )
    last = rounds.last_claim_day(ctx.session, ctx.member.branch_id, month)
    lines = [f"{month.number}月快结束了，{state}"]
    mine = [c for c in claims.of_member(ctx.session, ctx.member.id, month) if c.status in claims.UNDECIDED]
    if mine:
        lines.append(f"待审 {len(mine)} 条：{'、'.join(f'#{c.id}' for c in mine[:6])}")
    lines.append(f"{month.number}月的事，{day_word(last)}24点前都能报")
    lines.append(f"例如：申报 社区志愿 2小时 {month.last_day.day - 2}日 清扫河堤")
    lines.append(f"没有要报的：{tap('本月没有了')}，不回也行")
    return _told(notice, "\n".join(lines), month=month_word(month))


def _month_end_leader(ctx: Context, notice: Notice) -> Announcement:
    """Month end, to a leader: the open list (rules 29)."""
    month = Month.parse(notice.facts["month"])
    people = groups.led_by(ctx.session, ctx.offices)
    states = groups.state_of(ctx.session, people, month)
    left_out = members.not_scored(ctx.session, people, month)
    waits = len(waiting.waiting_for(ctx.session, ctx.member, ctx.now))
    last = rounds.last_claim_day(ctx.session, ctx.member.branch_id, month)
    whose = "您组" if notice.facts["group"] else "支部"
    state = f"还有 {waits} 条等您审" if waits else "没有等您审的"
    lines = [f"{whose}{month.number}月{state}，{day_word(last)}前有人还会报"]
    away = [s.member.name for s in states if not s.following]
    if away:
        lines.append(f"未绑定或取消关注 {len(away)} 人：{'、'.join(away[:6])}，可用“代报”")
    silent = [s for s in states if not s.claims and not s.said_nothing and s.following and s.member.id not in left_out]
    if silent:
        lines.append(f"没有申报的 {len(silent)} 人：{tap('提醒他们', '催办')}")
    lines.append(tap("待办"))
    return _told(notice, "\n".join(lines), decides=waits > 0, month=month_word(month))


WORDING: Mapping[str, Callable[[Context, Notice], Announcement | None]] = {
    "claim_waiting": _waiting,
    "claims_waiting": _digest,
    "claim_overdue": _overdue,
    "claim_moved_up": _moved_up,
    "claim_approved": _approved,
    "claim_rejected": _rejected,
    "claim_returned": _returned,
    "claim_undone": _undone,
    "claim_lapsed": _lapsed,
    "request_waiting": _request,
    "bound": _bound,
    "binding_refused": _binding_refused,
    "rebound": _rebound,
    "relay": _relay,
    "acting": _acting,
    "nudge": _nudge,
    "month_end": _month_end,
    "month_end_leader": _month_end_leader,
}
TITLES = {
    "claim_waiting": "有申报待审核",
    "claims_waiting": "有申报待审核",
    "claim_overdue": "申报等待审核",
    "claim_moved_up": "申报等待审核",
    "claim_approved": "申报已通过",
    "claim_rejected": "申报未通过",
    "claim_returned": "申报请补充",
    "claim_undone": "审核已撤销",
    "claim_lapsed": "申报已过期",
    "request_waiting": "有申请待核对",
    "bound": "绑定成功",
    "binding_refused": "绑定未通过",
    "rebound": "账号已换绑",
    "relay": "党组织传达",
    "acting": "请您代理审核",
    "nudge": "申报提醒",
    "month_end": "月末积分提醒",
    "month_end_leader": "月末待办提醒",
}
