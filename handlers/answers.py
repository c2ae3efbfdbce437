"""处理: answering opinions, and the cards on which they wait (rules 14, 32)."""

from handlers.arguments import Answer, Correction, Opinion, Verdict
from handlers.cards import looks_at
from handlers.claims import titled
from handlers.command import Command, Context, Reply, Result, command, done
from handlers.opinions import KIND_WORDS, entry_word, matter_word
from handlers.understanding.kinds_of_answers import VerdictKind
from handlers.words import day_word, harmless, tap
from models import answerers, answering, opinions
from models.appointments import Role
from models.deciders import offices_of
from models.months import shanghai_day
from models.opinions import OpinionKind, OpinionStatus
from models.rounds import before

ANSWERING = (Role.SECRETARY, Role.BRANCH, Role.COMMITTEE)


def card(ctx: Context, opinion: opinions.Opinion) -> str:
    """One opinion that waits for an answer, with its buttons; of a report its content and its day, no more."""
    kind = opinion.kind
    who = f"（{day_word(shanghai_day(opinion.filed_at))}）" if kind is OpinionKind.REPORT else _sender(opinion)
    again = "　请您复核" if opinion.level > opinion.first_level and kind in opinions.TWO_LEVELS else ""
    lines = [f"待答复 Y{opinion.id} {KIND_WORDS[kind]}{who}{again}"]
    lines += [word for word in (matter_word(ctx, opinion), f"内容：{opinion.text}") if word]
    shown = looks_at(ctx, opinions.pictures_of(ctx.session, opinion))
    lines += [shown] if shown else []
    last = opinions.last_answer(ctx.session, opinion)
    if last is not None and last.by is not None:
        lines.append(f"支部答复：{last.reason}（{last.by.name}）")
    lines.append(f"请在{day_word(shanghai_day(before(opinion.due_at)))}24点前答复")
    return "\n".join([*lines, buttons(opinion)])


def _sender(opinion: opinions.Opinion) -> str:
    if opinion.meeting_id is not None:
        who = opinion.member.name if opinion.member is not None else "不署名"
        return f"　{who}（M{opinion.meeting_id} 会上）"
    return f"　{opinion.member.name if opinion.member is not None else '关注者'}"


def buttons(opinion: opinions.Opinion) -> str:
    """The taps of an opinion that waits."""
    words = ["采纳", "不采纳"] if opinion.kind is OpinionKind.SUGGESTION else ["成立", "不成立"]
    if opinion.kind not in opinions.TWO_LEVELS:
        words.append("转上级")
    if opinion.is_report and opinion.level > 0:
        words.append("反映人")
    says = {word: f"处理 Y{opinion.id} {word}" for word in words} | {"反映人": f"反映人 Y{opinion.id}"}
    return " ".join(tap(word, says[word]) for word in words)


@command(
    "处理",
    "答复",
    who=ANSWERING,
    changes=True,
    example="处理 Y7 不成立 当天没有这次走访",
    heard=("回复意见", "答复意见"),
)
def answer(ctx: Context, number: Opinion, verdict: Verdict, remedy: Correction = None, text: Answer = "") -> Result:
    """答复申诉、异议、建议和反映，成立的同时更正积分。"""
    if verdict == VerdictKind.PASS_UP:
        passed = answering.pass_up(ctx.session, number, harmless(text), by=ctx.member, now=ctx.now)
        return done(f"Y{number} 已转{_asked(ctx, passed)}，已告知提出人")
    if verdict == VerdictKind.REFUSE:
        return _refused(ctx, answering.refuse(ctx.session, number, harmless(text), by=ctx.member, now=ctx.now))
    given = answering.uphold(ctx.session, number, harmless(text), by=ctx.member, now=ctx.now, remedy=remedy)
    if given.handed_on:
        return done(f"Y{number} 涉及您定的事项，已转{_asked(ctx, given.opinion)}答复，不用您再办")
    return _upheld(ctx, given)


def _upheld(ctx: Context, given: answering.Answer) -> Reply:
    word = "采纳" if given.opinion.kind is OpinionKind.SUGGESTION else "成立"
    lines = [f"Y{given.opinion.id} 已答复：{word}，已告知{_whom(given.opinion)}"]
    if given.entry is not None:
        lines.append(f"已记入 {entry_word(ctx, given.entry)} {tap('看明细', f'解释 J{given.entry.id}')}")
    elif given.opinion.kind is not OpinionKind.SUGGESTION:
        lines.append("积分没有改动")
    return done("\n".join(lines))


def _refused(ctx: Context, opinion: opinions.Opinion) -> Reply:
    word = "不采纳" if opinion.kind is OpinionKind.SUGGESTION else "不成立"
    lines = [f"Y{opinion.id} 已答复：{word}，理由已告知{_whom(opinion)}"]
    if opinion.status is OpinionStatus.REFUSED:
        lines.append(f"本人{day_word(shanghai_day(before(opinion.due_at)))}前可请上一级复核")
    return done("\n".join(lines))


def _whom(opinion: opinions.Opinion) -> str:
    """Who is told: whose it is; of what was said at a meeting without a name, whoever led it."""
    return "会议的组长" if opinion.meeting_id is not None and opinion.member_id is None else "提出人"


def _asked(ctx: Context, opinion: opinions.Opinion) -> str:
    offices = offices_of(ctx.session, opinion.organization_id, ctx.now)
    asked = answerers.answerers(ctx.session, opinion, ctx.now).asked
    return "、".join(titled(offices, seat) for seat in asked) or "上级党组织"


@command("反映人", who=Role.COMMITTEE, changes=True, example="反映人 Y7", heard=("谁反映的",))
def sender(ctx: Context, number: Opinion) -> Result:
    """看是谁反映的，只限上级，每次查看都有记录。"""
    opinion = answering.sender_of(ctx.session, number, by=ctx.member, now=ctx.now)
    who = f"{opinion.member.name}（{opinion.member.branch.name}）" if opinion.member else "不是党员的关注者"
    return done(f"您查看了 Y{number} 的反映人，已记录\n反映人：{who}\n请为反映人保密，不向支部透露")


COMMANDS: tuple[Command, ...] = (answer, sender)
