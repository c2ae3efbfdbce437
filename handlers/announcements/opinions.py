"""What is told of opinions: to who answers, to whose they are, to whose points changed (rules 14, 15, 32)."""

from handlers import suggestions
from handlers.announcements.announcement import Kind, Told, told
from handlers.answers import buttons, card
from handlers.command import Context
from handlers.opinions import KIND_WORDS, entry_word, matter_word
from handlers.words import day_word, month_word, signed, tap
from models import opinions
from models.correcting import entry_of
from models.ledger import Entry
from models.meetings import Meeting
from models.months import shanghai_day
from models.notices import Posted
from models.opinions import Opinion, OpinionKind, OpinionStatus
from models.rounds import before


def _opinion(ctx: Context, notice: Posted) -> Opinion:
    return ctx.session.get_one(Opinion, int(notice.facts["opinion"]))


def _waiting(ctx: Context, notice: Posted) -> Told | None:
    opinion = _opinion(ctx, notice)
    if opinion.status is not OpinionStatus.OPEN:
        return None
    return told(card(ctx, opinion), short=f"有一条{KIND_WORDS[opinion.kind]} Y{opinion.id}，请答复", decides=True)


def _due(ctx: Context, notice: Posted) -> Told | None:
    opinion = _opinion(ctx, notice)
    if opinion.status is not OpinionStatus.OPEN:
        return None
    late = "已经过了答复期限，请尽快答复" if ctx.now >= opinion.due_at else "快到答复期限了，请抽空答复"
    return told(f"这条意见{late}\n{card(ctx, opinion)}", short=f"Y{opinion.id} 该答复了，请抽空", decides=True)


def _overdue(ctx: Context, notice: Posted) -> Told | None:
    """To the level above: which one is late and with whom; not what it says."""
    opinion = _opinion(ctx, notice)
    if opinion.status is not OpinionStatus.OPEN:
        return None
    last = day_word(shanghai_day(before(opinion.due_at)))
    where = opinion.organization.name
    return told(
        f"{where}有一条{KIND_WORDS[opinion.kind]}（Y{opinion.id}）超期未答复\n"
        f"应在{last}前由{notice.facts['asked'] or '支部'}答复，请督促",
        short=f"{where} Y{opinion.id} 超期未答复",
    )


def _answered(ctx: Context, notice: Posted) -> Told:
    """To its sender: the answer, the reason, what changed, and what can still be done."""
    opinion = _opinion(ctx, notice)
    status = OpinionStatus(notice.facts["status"])
    reason = str(notice.facts["reason"])
    where = f"在 M{opinion.meeting_id} 会上提" if opinion.meeting_id is not None else ""
    lines = [f"您{where}的{KIND_WORDS[opinion.kind]} Y{opinion.id} {_outcome(opinion, status)}"]
    about = matter_word(ctx, opinion)
    lines += [about] if about else []
    lines += [f"答复：{reason}"] if reason else []
    if status is OpinionStatus.UPHELD and opinion.kind in opinions.TWO_LEVELS:
        entry = entry_of(ctx.session, opinion)
        lines.append(f"已更正：{entry_word(ctx, entry)}" if entry is not None else "积分没有改动")
    if status is OpinionStatus.REFUSED:
        lines.append(_may_take_up(ctx, opinion))
    return told("\n".join(lines), short=f"Y{opinion.id} {_outcome(opinion, status)}")


def _outcome(opinion: Opinion, status: OpinionStatus) -> str:
    suggests = opinion.kind is OpinionKind.SUGGESTION
    if status is OpinionStatus.OPEN:
        return "已转上级答复，有结果会告诉您"
    if status is OpinionStatus.UPHELD:
        return "已采纳" if suggests else "经核实，已办理" if opinion.is_report else "成立"
    if suggests:
        return "这次没有采纳"
    last = opinion.kind in opinions.TWO_LEVELS and opinion.level > opinion.first_level
    return f"经核实不成立{'，这是最后的答复' if last and status is OpinionStatus.DISMISSED else ''}"


def _may_take_up(ctx: Context, opinion: Opinion) -> str:
    if opinion.status is not OpinionStatus.REFUSED:
        return "您已请上一级复核"
    last = day_word(shanghai_day(before(opinion.due_at)))
    ask = tap("请上一级复核", f"申诉 Y{opinion.id}")
    return f"不同意这个答复，{last}24点前可以{ask}，也可回“申诉 Y{opinion.id} 理由”"


def _corrected(ctx: Context, notice: Posted) -> Told:
    """To whose points changed by an objection: the figure and the reason, never whose objection it was."""
    entry = ctx.session.get_one(Entry, int(notice.facts["entry"]))
    verb = "加" if entry.points >= 0 else "扣"
    return told(
        f"您{month_word(entry.about_month, ctx.now)}的积分有更正：{verb} {signed(entry.points)[1:]} 分\n"
        f"{entry_word(ctx, entry)}\n说明：{entry.reason}\n"
        f"{tap('看明细', f'解释 J{entry.id}')} 有不同意见：{tap('我有意见', f'申诉 J{entry.id}')}",
        short=f"{entry.about_month.number}月更正：{verb}{signed(entry.points)[1:]}分",
        points=signed(entry.points),
    )


def _heard(ctx: Context, notice: Posted) -> Told | None:
    """To who answers them: what was suggested at one meeting, as long as any of it waits."""
    found = [ctx.session.get_one(Opinion, int(id)) for id in notice.facts["opinions"]]
    waiting = [opinion for opinion in found if opinion.status is OpinionStatus.OPEN]
    if not waiting:
        return None
    meeting = ctx.session.get_one(Meeting, int(notice.facts["meeting"]))
    head = f"{meeting.organization.name}{meeting.title}（M{meeting.id}）上的建议 {len(waiting)} 条，请答复"
    rows = [f"Y{one.id} {one.text}\n{buttons(one)}" for one in waiting]
    return told("\n".join([head, *rows]), short=f"M{meeting.id} 上有建议{len(waiting)}条，请答复", decides=True)


def _settled(ctx: Context, notice: Posted) -> Told:
    """To the leader of the group whose meeting heard it: what became of it, to be told at the next one."""
    opinion = _opinion(ctx, notice)
    lines = [f"M{opinion.meeting_id} 会上的建议有答复了", suggestions.line(ctx, opinion), "请在下次会上通报"]
    return told("\n".join(lines), short=f"会上的建议 Y{opinion.id} 有答复")


def _withdrawn(ctx: Context, notice: Posted) -> Told:
    """To who should have answered: nothing is to be done any more."""
    opinion = _opinion(ctx, notice)
    said = f"{KIND_WORDS[opinion.kind]} Y{opinion.id}"
    return told(f"{said} 已由提出的人撤回，不用答复了", short=f"{said} 已撤回，不用答复")


KINDS = (
    Kind("opinion_waiting", "有意见待答复", _waiting),
    Kind("suggestions_heard", "会上的建议待答复", _heard),
    Kind("suggestion_settled", "会上的建议有答复", _settled),
    Kind("opinion_due", "意见答复提醒", _due),
    Kind("opinion_overdue", "意见超期未答复", _overdue),
    Kind("opinion_answered", "您的意见有答复", _answered),
    Kind("opinion_withdrawn", "意见已撤回", _withdrawn),
    Kind("points_corrected", "积分已更正", _corrected),
)
