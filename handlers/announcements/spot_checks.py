"""What is told of spot checks: to the inspector, and of 不实 to the member and the approver (rules 16)."""

from handlers.announcements.announcement import Kind, Told, told
from handlers.announcements.records import DOOR, where
from handlers.claims import amount
from handlers.command import Context
from handlers.words import day_word, figure, month_word, tap
from models import claims, inspecting, rounds
from models.months import Month, shanghai_day
from models.notices import Posted
from models.spot_checks import Finding, SpotCheck


def _given(ctx: Context, notice: Posted) -> Told | None:
    waiting = inspecting.waiting_for(ctx.session, ctx.member)
    mine = [check for check in waiting if check.subject == notice.subject]
    if not mine:
        return None
    month = month_word(Month.parse(notice.facts["month"]), ctx.now)
    text = (
        f"请您抽查{notice.facts['branch']}{month}的 {len(mine)} 条申报，看佐证、问情况，再写属实或不实\n{tap('抽查')}"
    )
    return told(text, short=f"有{len(mine)}条申报请您抽查", decides=True)


def _due(ctx: Context, notice: Posted) -> Told | None:
    mine = [check for check in inspecting.waiting_for(ctx.session, ctx.member) if check.subject == notice.subject]
    if not mine:
        return None
    month = Month.parse(notice.facts["month"])
    round_ = rounds.find(ctx.session, int(notice.facts["branch_id"]), month)
    assert round_ is not None and round_.review_until is not None  # what is drawn is under review
    last = day_word(shanghai_day(rounds.before(round_.review_until)))
    text = (
        f"{notice.facts['branch']}{month_word(month, ctx.now)}还有 {len(mine)} 条抽查没有写结果\n"
        f"评审到{last}为止，请抽空查 {tap('抽查')}"
    )
    return told(text, short=f"还有{len(mine)}条抽查没有写结果", decides=True)


def _check(ctx: Context, notice: Posted) -> tuple[SpotCheck, str]:
    """The check, and its claim in one line."""
    check = ctx.session.get_one(SpotCheck, int(notice.facts["check"]))
    claim = check.claim
    return check, f"{amount(claim, claims.item_of(ctx.session, claim))}（{day_word(claim.day)}）"


def _untrue(ctx: Context, notice: Posted) -> Told | None:
    check, what = _check(ctx, notice)
    if check.finding is not Finding.UNTRUE:  # taken back before this was sent
        return None
    claim = check.claim
    deducted = inspecting.deduction_of(ctx.session, check)
    also = f"，另扣 {figure(abs(deducted.points))} 分（J{deducted.id}）" if deducted is not None else ""
    mine = claim.member_id == ctx.member.id
    whose = "" if mine else f"{claim.member.name}　"
    lines = [f"#{claim.id} 抽查结果：不实", f"{whose}{what}", f"说明：{check.reason}", f"这条得的分已冲销{also}"]
    lines.append(where(ctx, claim.month) if mine else tap("看经过", f"解释 {claim.id}"))
    return told("\n".join([*lines, DOOR]), short=f"#{claim.id} 抽查结果：不实")


def _untrue_approver(ctx: Context, notice: Posted) -> Told | None:
    check, what = _check(ctx, notice)
    if check.finding is not Finding.UNTRUE:
        return None
    claim = check.claim
    text = (
        f"您审核通过的 #{claim.id} 抽查不实\n{claim.member.name}　{what}\n说明：{check.reason}\n"
        f"这条得的分已冲销 {tap('看经过', f'解释 {claim.id}')}"
    )
    return told(text, short=f"您审的 #{claim.id} 抽查不实")


def _undone(ctx: Context, notice: Posted) -> Told:
    """To whoever had been told of 不实: it was taken back, and the claim is looked at again."""
    check, what = _check(ctx, notice)
    claim = check.claim
    mine = claim.member_id == ctx.member.id
    whose = "" if mine else f"{claim.member.name}　"
    lines = [f"#{claim.id} 的抽查结果“不实”已撤销，重新查", f"{whose}{what}", "冲销和另扣的分已恢复"]
    lines.append(where(ctx, claim.month) if mine else tap("看经过", f"解释 {claim.id}"))
    return told("\n".join(lines), short=f"#{claim.id} 抽查结果已撤销")


KINDS = (
    Kind("spot_checks_given", "有申报请抽查", _given),
    Kind("spot_checks_due", "抽查提醒", _due),
    Kind("check_untrue", "抽查结果", _untrue),
    Kind("check_untrue_approver", "抽查结果", _untrue_approver),
    Kind("check_undone", "抽查结果已撤销", _undone),
)
