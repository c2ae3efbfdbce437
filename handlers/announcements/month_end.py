"""The month-end notice, to a member and to a leader (rules 29)."""

from handlers.announcements.announcement import Kind, Told, told
from handlers.command import Context
from handlers.words import day_word, figure, month_typed, month_word, tap
from models import claims, groups, rolls, rounds, standings, waiting
from models.months import Month
from models.notices import Posted
from models.organizations import OrganizationKind

_WHOSE = {OrganizationKind.GROUP.value: "您组", OrganizationKind.BRANCH.value: "支部"}


def _month_end(ctx: Context, notice: Posted) -> Told:
    """Month end, to a member: points so far, what is undecided, until which day claims are taken (rules 29)."""
    month = Month.parse(notice.facts["month"])
    score, rulebook = standings.score_of(ctx.session, ctx.member, month)
    left_out = rolls.not_scored(ctx.session, [ctx.member], month).get(ctx.member.id)
    state = (
        f"您不计分（{left_out.value}）"
        if left_out
        else f"您现为 {figure(score)} 分（合格{figure(rulebook.pass_mark)}）"
    )
    lines = [f"{month.number}月{_far(ctx, month)}，{state}"]
    mine = [c for c in claims.of_member(ctx.session, ctx.member.id, month) if c.status in claims.UNDECIDED]
    if mine:
        lines.append(f"待审 {len(mine)} 条：{'、'.join(f'#{c.id}' for c in mine[:6])}")
    point = "不计分" if left_out else f"现为{figure(score)}分"
    if not rounds.is_open(ctx.session, ctx.member.branch_id, month, ctx.now):
        lines.append(f"申报已经截止，支部评审后公示 {tap('积分', f'积分 {month_typed(month, ctx.now)}')}")
        return told("\n".join(lines), short=f"{month.number}月{point}，等待评审", month=month_word(month))
    last = rounds.last_claim_day(ctx.session, ctx.member.branch_id, month)
    lines.append(f"{month.number}月的事，{day_word(last)}24点前都能报")
    lines.append(f"例如：申报 社区志愿 2小时 {month.last_day.day - 2}日 清扫河堤")
    lines.append(f"没有要报的：{tap('本月没有了')}，不回也行")
    return told("\n".join(lines), short=f"{point}，{day_word(last)}前还可申报", month=month_word(month))


def _far(ctx: Context, month: Month) -> str:
    """How far a month is: the notice may come late, when everything was down."""
    return "快结束了" if ctx.month <= month else "已经结束"


def _month_end_leader(ctx: Context, notice: Posted) -> Told | None:
    """Month end, to a leader: the open list (rules 29)."""
    month = Month.parse(notice.facts["month"])
    if notice.facts["level"] not in _WHOSE:
        return _month_end_above(ctx, month)
    people = groups.led_by(ctx.session, ctx.offices)
    states = groups.state_of(ctx.session, people, month)
    left_out = rolls.not_scored(ctx.session, people, month)
    waits = len(waiting.waiting_for(ctx.session, ctx.member, ctx.now))
    last = rounds.last_claim_day(ctx.session, ctx.member.branch_id, month)
    whose = _WHOSE[notice.facts["level"]]
    state = f"还有 {waits} 条等您审" if waits else "没有等您审的"
    runs = rounds.is_open(ctx.session, ctx.member.branch_id, month, ctx.now)
    lines = [f"{whose}{month.number}月{state}，{f'{day_word(last)}前有人还会报' if runs else '申报已经截止'}"]
    away = [s.member.name for s in states if not s.following]
    if away:
        lines.append(f"未绑定或取消关注 {len(away)} 人：{'、'.join(away[:6])}，可用“代报”")
    missed = [s.member.name for s in states if s.following and s.unread]
    if missed:
        lines.append(f"有通知没看到 {len(missed)} 人：{'、'.join(missed[:6])}，请当面告诉")
    silent = [s for s in states if not s.claims and not s.said_nothing and s.following and s.member.id not in left_out]
    if silent:
        lines.append(f"没有申报的 {len(silent)} 人：{tap('提醒他们', '催办')}")
    lines.append(tap("待办"))
    short = f"{month.number}月还有{waits}条等您审" if waits else f"{month.number}月没有等您审的"
    return told("\n".join(lines), short=short, decides=waits > 0, month=month_word(month))


def _month_end_above(ctx: Context, month: Month) -> Told | None:
    """To who leads above the branches: what has come up to them, if anything; the rest is the branches' own."""
    waits = len(waiting.waiting_for(ctx.session, ctx.member, ctx.now))
    if not waits:
        return None
    text = f"{month.number}月{_far(ctx, month)}，各支部转到您这里的还有 {waits} 条等您审\n{tap('待办')}"
    return told(text, short=f"各支部有{waits}条等您审", decides=True, month=month_word(month))


KINDS = (
    Kind("month_end", "月末积分提醒", _month_end),
    Kind("month_end_leader", "月末待办提醒", _month_end_leader),
)
