"""谈话 指派 认可 有异议 跟进: what follows from a month under the mark or zeroed (rules 19, 20)."""

from handlers.arguments import Anyone, Deadline, FollowUp, FoundReason, Ground, Measures, Sure
from handlers.claims import titled
from handlers.command import Command, Confirm, Context, Reply, Result, command, done
from handlers.words import day_word, figure, harmless, month_word, tap
from models import accountable, consequences, follow_ups, talks
from models.appointments import Role
from models.consequences import KIND_WORDS, STATUS_WORDS, TALKS, ZEROINGS, FollowUpKind, FollowUpStatus
from models.deciders import offices_of
from models.months import Month, shanghai_day
from models.rounds import before

SURE = {"sure": True}
SHOWN = 6


def ground(ctx: Context, found: consequences.FollowUp) -> str:
    """10月55分（合格60分），连续第2个月: why it is."""
    month = month_word(found.month, ctx.now)
    if found.kind in ZEROINGS:
        return f"{month}按处理决定记为0分"
    row = f"，连续第{found.streak}个月" if found.streak > 1 else ""
    return f"{month}{figure(found.score)}分（合格{figure(found.mark)}分）{row}"


def last_day(found: consequences.FollowUp) -> str:
    """The last day on which it is in time."""
    return day_word(shanghai_day(before(found.due)))


def acting(ctx: Context, found: consequences.FollowUp) -> str:
    """书记王建军: who is to act now."""
    offices = offices_of(ctx.session, found.branch_id, ctx.now)
    people = accountable.responsible(ctx.session, found, ctx.now)
    return "、".join(titled(offices, person) for person in people) or "上级党组织"


def needs_name(found: consequences.FollowUp) -> bool:
    """Whether the committee has yet to name who talks."""
    return found.kind is FollowUpKind.APPOINTED_TALK and found.named_id is None


def card(ctx: Context, found: consequences.FollowUp) -> str:
    """One follow-up that waits for who is to act, with its button."""
    number = found.id
    head = f"T{number} {found.member.name}　{ground(ctx, found)}"
    if needs_name(found):
        return f"{head}\n请指派谈话人，{last_day(found)}前谈完　{tap('指派', f'指派 T{number}')}"
    verb, label = _TO_DO[found.kind]
    return f"{head}\n{verb}，{last_day(found)}前　{tap(label, f'谈话 T{number}')}"


_TO_DO = {
    FollowUpKind.TALK: ("请谈一次话并记录", "记录谈话"),
    FollowUpKind.APPOINTED_TALK: ("请谈一次话并记录", "记录谈话"),
    FollowUpKind.EVALUATION: ("请支部提出列入年度民主评议，并记录", "记录"),
    FollowUpKind.ZEROING_LEADER: ("请在民主生活会上说明情况，并记录", "记录"),
    FollowUpKind.ZEROING_SECRETARY: ("请在述职述廉会上说明情况，并记录", "记录"),
}


def own_lines(ctx: Context, month: Month | None = None) -> list[str]:
    """The asker's own follow-ups that are not over, a line each; of one month, or of all."""
    found = [f for f in follow_ups.open_of(ctx.session, ctx.member.id) if month in (None, f.month)]
    return [f"T{f.id} {KIND_WORDS[f.kind]}（{STATUS_WORDS[f.status]}） {tap('看', f'跟进 T{f.id}')}" for f in found]


@command(
    "谈话",
    who=Role.MEMBER,
    changes=True,
    example="谈话 T5 出差较多 每月参加一次志愿服务 12月31日",
    heard=("谈话记录", "谈话整改", "约谈记录"),
)
def talk(
    ctx: Context, number: FollowUp, reason: FoundReason, measures: Measures, until: Deadline, sure: Sure = False
) -> Result:
    """责任人记录一次谈话整改：原因、措施、期限。"""
    reason, measures = harmless(reason), harmless(measures)
    if not sure:
        found = talks.check(ctx.session, number, reason, measures, until=until, by=ctx.member, now=ctx.now)
        lines = [f"T{number} {found.member.name}　{ground(ctx, found)}", f"原因：{reason}", f"措施：{measures}"]
        return Confirm("\n".join([*lines, f"期限：{day_word(until)}", "这样记录吗？记录后本人会看到"]), adding=SURE)
    found = talks.record(ctx.session, number, reason, measures, until=until, by=ctx.member, now=ctx.now)
    after = "下一个月审定后复核是否达标" if found.kind in TALKS else "不用再办"
    return done(f"T{number} 已记录：{found.member.name}，已告知本人\n期限：{day_word(until)}　{after}")


@command(
    "指派",
    who=Role.COMMITTEE,
    changes=True,
    example="指派 T5 张三",
    heard=("派人谈话", "指定谈话人"),
)
def name(ctx: Context, number: FollowUp, person: Anyone) -> Result:
    """党委指派一位同志去谈话。"""
    found = talks.name(ctx.session, number, person, by=ctx.member, now=ctx.now)
    told = "，已告知" if found.status is FollowUpStatus.OPEN else "，本人有异议，答复后再告知"
    return done(f"T{number} 由{person.name}和{found.member.name}谈话{told}\n{last_day(found)}前谈完并记录")


@command(
    "认可",
    who=Role.MEMBER,
    changes=True,
    example="认可 T5",
)
def accept(ctx: Context, number: FollowUp) -> Reply:
    """我知道了这件跟进，没有异议。"""
    found = talks.accept(ctx.session, number, by=ctx.member, now=ctx.now)
    return done(f"T{number} 您已认可：{KIND_WORDS[found.kind]}\n{acting(ctx, found)}会和您联系，有困难可以直接说")


@command(
    "有异议",
    who=Role.MEMBER,
    changes=True,
    example="有异议 T5 当月住院，有证明",
)
def dispute(ctx: Context, number: FollowUp, reason: Ground) -> Result:
    """对一件跟进提出异议，答复前先不办。"""
    _, opinion = talks.dispute(ctx.session, number, harmless(reason), by=ctx.member, now=ctx.now)
    return done(f"已收到您对 T{number} 的异议（Y{opinion.id}），答复前先不办\n有答复会告诉您")


@command(
    "跟进",
    who=Role.MEMBER,
    example="跟进 T5",
    heard=("谁要谈话", "要谈话的", "我要谈话吗", "整改情况"),
)
def show(ctx: Context, number: FollowUp | None = None) -> Reply:
    """看一件跟进，或者与我有关的跟进。"""
    if number is not None:
        return explained(ctx, number)
    mine = own_lines(ctx)
    waiting = accountable.waiting_for(ctx.session, ctx.member, ctx.now)
    others = accountable.watched(ctx.session, ctx.member, ctx.now, besides=waiting, most=SHOWN)
    parts = [*mine, *(card(ctx, found) for found in waiting[:SHOWN]), *_watched(others)]
    return Reply("\n".join(parts) or "现在没有与您有关的跟进")


def explained(ctx: Context, number: int) -> Reply:
    """A follow-up in the asker's sight, opened."""
    return Reply("\n".join(_details(ctx, accountable.seen(ctx.session, number, ctx.member, ctx.now))))


def _watched(found: accountable.Watched) -> list[str]:
    lines = [
        f"T{f.id} {f.member.name}　{KIND_WORDS[f.kind]}（{STATUS_WORDS[f.status]}） {tap('看', f'跟进 T{f.id}')}"
        for f in found.first
    ]
    rest = found.number - len(found.first)
    return [*lines, f"另有{rest}件"] if rest else lines


def _details(ctx: Context, found: consequences.FollowUp) -> list[str]:
    """One follow-up: why, who and until when, what was recorded, what became of it."""
    lines = [f"T{found.id} {found.member.name}　{STATUS_WORDS[found.status]}", ground(ctx, found)]
    lines.append(f"{KIND_WORDS[found.kind]}，责任人：{acting(ctx, found)}，{last_day(found)}前")
    if found.answer is not None:
        lines.append("本人已认可" if found.answer is consequences.Answer.ACCEPTED else f"本人有异议：{found.objection}")
    if found.recorded_by is not None and found.recorded_at is not None:
        day = day_word(shanghai_day(found.recorded_at))
        lines.append(f"{day} {found.recorded_by.name}记录\n原因：{found.reason}\n措施：{found.measures}")
        lines += [f"期限：{day_word(found.measures_until)}"] if found.measures_until else []
    if found.rechecked_month is not None and found.rechecked_score is not None:
        lines.append(
            f"{month_word(found.rechecked_month, ctx.now)}审定{figure(found.rechecked_score)}分，{_met(found)}"
        )
    return [*lines, *answers(ctx, found)] if found.member_id == ctx.member.id else [*lines, *_to_act(ctx, found)]


def _met(found: consequences.FollowUp) -> str:
    return "达标" if found.status is FollowUpStatus.MET else "未达标"


def answers(ctx: Context, found: consequences.FollowUp) -> list[str]:
    """The member's taps, while they count."""
    if found.status is FollowUpStatus.OPEN and ctx.now < found.object_until:
        return [f"{tap('认可', f'认可 T{found.id}')} {tap('有异议', f'有异议 T{found.id}')}"]
    return []


def _to_act(ctx: Context, found: consequences.FollowUp) -> list[str]:
    if found.status is not FollowUpStatus.OPEN:
        return []
    if needs_name(found):
        above = accountable.is_above(ctx.session, found.branch_id, ctx.member, ctx.now)
        return [tap("指派", f"指派 T{found.id}")] if above else []
    may = accountable.may_record(ctx.session, found, ctx.member, ctx.now)
    return [tap(_TO_DO[found.kind][1], f"谈话 T{found.id}")] if may else []


COMMANDS: tuple[Command, ...] = (talk, name, accept, dispute, show)
