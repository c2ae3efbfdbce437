"""What is told of follow-ups: to the member, to who is to act, and to the level above (rules 15, 19, 20)."""

from collections.abc import Callable

from handlers.announcements.announcement import Kind, Told, told
from handlers.command import Context
from handlers.follow_ups import acting, answers, card, ground, last_day
from handlers.words import day_word, figure, month_word, tap
from models import follow_ups, rounds, streaks
from models.consequences import KIND_WORDS, FollowUp, FollowUpKind, FollowUpStatus
from models.follow_ups import Cause
from models.months import Month, shanghai_day
from models.notices import Posted


def _follow_up(ctx: Context, notice: Posted) -> FollowUp:
    return ctx.session.get_one(FollowUp, int(notice.facts["follow_up"]))


def _while_open(word: Callable[[Context, FollowUp], Told]) -> Callable[[Context, Posted], Told | None]:
    """What is told only while the follow-up waits."""

    def worded(ctx: Context, notice: Posted) -> Told | None:
        found = _follow_up(ctx, notice)
        return word(ctx, found) if found.status is FollowUpStatus.OPEN else None

    return worded


def _opened(ctx: Context, notice: Posted) -> Told:
    found = _follow_up(ctx, notice)
    lines = [f"您{ground(ctx, found)}", f"T{found.id} {_what(ctx, found)}"]
    taps = answers(ctx, found)
    if taps:
        until = day_word(shanghai_day(rounds.before(found.object_until)))
        lines += [*taps, f"{until}24点前可以提异议，答复前先不办"]
    return told("\n".join(lines), short=f"T{found.id} {KIND_WORDS[found.kind]}", decides=bool(taps))


def _what(ctx: Context, found: FollowUp) -> str:
    """What follows, as the member is told."""
    if found.kind is FollowUpKind.TALK:
        return f"{acting(ctx, found)}会在{last_day(found)}前和您谈一次，一起看看原因和改进办法"
    if found.kind is FollowUpKind.APPOINTED_TALK:
        return f"上级党组织会指派一位同志，在{last_day(found)}前和您谈一次，一起看看原因和改进办法"
    if found.kind is FollowUpKind.EVALUATION:
        return "将列入年度民主评议，由支部提出、会议决定"
    return f"{KIND_WORDS[found.kind]}，{last_day(found)}前"


@_while_open
def _asked(ctx: Context, found: FollowUp) -> Told:
    return told(card(ctx, found), short=f"T{found.id} {found.member.name}，{last_day(found)}前", decides=True)


@_while_open
def _due(ctx: Context, found: FollowUp) -> Told:
    return told(
        f"提醒您：下面这件{last_day(found)}到期\n{card(ctx, found)}",
        short=f"T{found.id} {last_day(found)}到期，请办理",
        decides=True,
    )


@_while_open
def _over(ctx: Context, found: FollowUp) -> Told:
    text = f"下面这件已过期（{last_day(found)}），请尽快办理，上级已知\n{card(ctx, found)}"
    return told(text, short=f"T{found.id} 已过期，请尽快办理", decides=True)


@_while_open
def _over_above(ctx: Context, found: FollowUp) -> Told:
    lines = [f"T{found.id} {found.member.name}（{found.member.branch.name}）{KIND_WORDS[found.kind]}"]
    lines.append(f"到{last_day(found)}没有办完，责任人：{acting(ctx, found)}，已提醒")
    return told(
        "\n".join([*lines, tap("看", f"跟进 T{found.id}")]), short=f"T{found.id} {found.member.name}，过期未办完"
    )


def _recorded(ctx: Context, notice: Posted) -> Told:
    found = _follow_up(ctx, notice)
    assert found.recorded_by is not None
    lines = [f"T{found.id} 已由{found.recorded_by.name}记录", f"原因：{found.reason}", f"措施：{found.measures}"]
    lines += [f"期限：{day_word(found.measures_until)}"] if found.measures_until else []
    text = "\n".join([*lines, f"有出入可以和他说，或回 {tap('我有意见')}"])
    return told(text, short=f"T{found.id} 已由{found.recorded_by.name}记录")


def _rechecked(ctx: Context, notice: Posted) -> Told:
    found = _follow_up(ctx, notice)
    assert found.rechecked_month is not None
    assert found.rechecked_score is not None
    whose = "您" if found.member_id == ctx.member.id else found.member.name
    month = month_word(found.rechecked_month, ctx.now)
    met = found.status is FollowUpStatus.MET
    state = "达标，这件办结" if met else "还没有达到合格分"
    text = f"T{found.id} 谈话整改复核：{whose}{month}审定{figure(found.rechecked_score)}分，{state}"
    return told(text, short=f"T{found.id} 复核：{figure(found.rechecked_score)}分，{'达标' if met else '未到合格分'}")


def _closed(ctx: Context, notice: Posted) -> Told:
    found = _follow_up(ctx, notice)
    mine = found.member_id == ctx.member.id
    whose = "您的" if mine else f"{found.member.name}的"
    text = f"T{found.id} 已取消：{whose}{month_word(found.month, ctx.now)}积分已更正，或异议成立，不用再办"
    return told(text, short=f"T{found.id} 已取消，不用再办")


def _trial(ctx: Context, notice: Posted) -> Told | None:
    month, branch_id = Month.parse(notice.facts["month"]), int(notice.facts["branch"])
    causes = follow_ups.causes(ctx.session, branch_id, month)
    if not causes:
        return None
    lines = [f"试运行：{month_word(month, ctx.now)}如果正式执行，会有以下跟进。现在只给您看，没有告知本人，不用办理"]
    lines += [_trial_line(cause) for cause in causes[:8]]
    lines += [f"另有{len(causes) - 8}件"] if len(causes) > 8 else []
    return told("\n".join(lines), short=f"试运行：{len(causes)}件，不用办理")


def _trial_line(cause: Cause) -> str:
    row = f"，连续第{cause.streak}个月" if cause.streak > 1 else ""
    return f"{cause.name} {figure(cause.score)}分{row}：{KIND_WORDS[cause.kind]}"


def _under_mark(ctx: Context, notice: Posted) -> Told | None:
    month, branch_id = Month.parse(notice.facts["month"]), ctx.member.branch_id
    figures = streaks.figures(ctx.session, branch_id, month)
    if (
        figures is None
        or ctx.member.id not in figures.under
        or not rounds.is_open(ctx.session, branch_id, month, ctx.now)
    ):
        return None
    score = figures.scores[ctx.member.id]
    last = day_word(rounds.last_claim_day(ctx.session, branch_id, month))
    lines = [f"{month.number}月快结束了，您现为 {figure(score)} 分，再得 {figure(figures.mark - score)} 分合格"]
    lines.append(f"{month.number}月做过的事，{last}24点前都能报：{tap('申报')} {tap('细则')}")
    short = f"现为{figure(score)}分，差{figure(figures.mark - score)}分合格"
    return told("\n".join([*lines, "有困难可以和组长、书记说"]), short=short)


KINDS = (
    Kind("follow_up_opened", "有一件事要告诉您", _opened),
    Kind("follow_up_asked", "有跟进等您办理", _asked),
    Kind("follow_up_to_name", "请指派谈话人", _asked),
    Kind("follow_up_due", "跟进快到期", _due),
    Kind("follow_up_over", "跟进已过期", _over),
    Kind("follow_up_over_above", "有跟进过期未办", _over_above),
    Kind("follow_up_recorded", "谈话整改已记录", _recorded),
    Kind("follow_up_rechecked", "谈话整改复核", _rechecked),
    Kind("follow_up_closed", "跟进已取消", _closed),
    Kind("follow_ups_trial", "试运行：跟进预览", _trial),
    Kind("under_mark", "本月积分提醒", _under_mark),
)
