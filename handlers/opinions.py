"""我有意见: one door for appeals, objections, suggestions and reports, filed by content (rules 14, 15, 32, 33)."""

from handlers.arguments import Advice, Grounds, Matter, Own, Somebodys, Sort, Story, Words
from handlers.claims import amount, titled
from handlers.command import Command, Context, Reply, Result, command, done
from handlers.understanding.kinds_of_opinions import REPORT
from handlers.words import NO_SECRETS, day_word, harmless, month_word, signed, tap, time_word
from models import answerers, answering, claims, filing, matters, opinions, rulebooks, talks
from models.appointments import Role
from models.claims import STATUS_WORDS, Claim
from models.deciders import offices_of
from models.ledger import Entry
from models.members import Member
from models.months import Month, shanghai_day
from models.opinions import Opinion, OpinionKind, OpinionStatus, OpinionStep, Verdict
from models.rounds import before

EVERYONE = (Role.VISITOR, Role.MEMBER)  # followers who are no members, too
KIND_WORDS = {
    OpinionKind.APPEAL: "申诉",
    OpinionKind.OBJECTION: "异议",
    OpinionKind.SUGGESTION: "建议",
    OpinionKind.REPORT: "反映",
}


VERDICT_WORDS = {
    Verdict.UPHELD: "成立",
    Verdict.REFUSED: "不成立",
    Verdict.TAKEN_UP: "请上一级复核",
    Verdict.PASSED_UP: "转上级",
    Verdict.HANDED_ON: "转由别人答复",
    Verdict.LAPSED: "到期没有请复核，办结",
    Verdict.WITHDRAWN: "撤回",
}
_ADOPTED = {Verdict.UPHELD: "采纳", Verdict.REFUSED: "不采纳"}


@command(
    "我有意见",
    "不服",
    "提意见",
    "不公平",
    who=EVERYONE,
    changes=True,
    example="我有意见 建议每月公示前先在小组会上通报",
    heard=("有意见", "不服气", "不合理", "想投诉", "提个意见"),
)
def door(ctx: Context, sort: Sort, matter: Matter = None, text: Words = "") -> Result:
    """提申诉、异议、建议，或反映情况，都从这里进。"""
    if matter is not None:
        return _matter(ctx, matter, text)
    return _report(ctx, text) if sort == REPORT else _suggest(ctx, text)


@command("申诉", who=Role.MEMBER, changes=True, example="申诉 12 当天确有走访，有照片", heard=("要申诉", "我申诉"))
def appeal(ctx: Context, matter: Own, text: Grounds) -> Result:
    """对自己的申报、扣分或公示结果有不同意见，请支部重新看。"""
    return _matter(ctx, matter, text)


@command("异议", who=Role.MEMBER, changes=True, example="异议 李四 两次会议都没到", heard=("有异议的是",))
def objection(ctx: Context, matter: Somebodys, text: Grounds) -> Result:
    """公示期内，对公示的结果有不同意见。"""
    return _matter(ctx, matter, text)


@command("建议", who=EVERYONE, changes=True, example="建议 每月公示前先在小组会上通报", heard=("提建议", "提个建议"))
def suggestion(ctx: Context, text: Advice) -> Result:
    """提一条建议，办得怎样会告诉您。"""
    return _suggest(ctx, text)


@command("反映", "举报", who=EVERYONE, changes=True, example="反映 有人上班时间经常脱岗", heard=("反映情况",))
def report(ctx: Context, text: Story) -> Result:
    """反映您知道的情况，为您保密。"""
    return _report(ctx, text)


def _matter(ctx: Context, said: str, text: str) -> Reply:
    """File what names something by its content: one's own is appealed against, another's objected to."""
    number = int(said[1:]) if said[1:].isdigit() else 0
    if said.startswith("Y"):
        return _again(ctx, number, text)
    if said.startswith("T"):
        follow_up, filed = talks.dispute(ctx.session, number, harmless(text), by=ctx.member, now=ctx.now)
        return _filed(ctx, filed, f"T{follow_up.id} 的跟进先放一放，等答复")
    filed = filing.file(ctx.session, _meant(ctx, said, number), harmless(text), by=ctx.member, now=ctx.now)
    return _filed(ctx, filed)


def _meant(ctx: Context, said: str, number: int) -> matters.Matter:
    if said[0] in "#J":
        kind = "claim" if said[0] == "#" else "entry"
        return matters.about_number(ctx.session, kind, number, by=ctx.member, now=ctx.now)
    month = Month.parse(said[2:]) if said.startswith("P@") else None
    member = ctx.session.get_one(Member, number) if number else ctx.member
    return matters.Matter(member=member, month=month)


def _again(ctx: Context, number: int, text: str) -> Reply:
    """An earlier opinion of one's own: a refusal is taken up, anything else is shown."""
    opinion = opinions.own(ctx.session, number, ctx.member)
    if opinion.status is not OpinionStatus.REFUSED:
        return Reply(state(ctx, opinion))
    answering.take_up(ctx.session, number, harmless(text), by=ctx.member, now=ctx.now)
    return done(f"Y{number} 已请{_asked(ctx, opinion)}复核\n{_until(opinion)}答复，答复就是最后的意见")


def _suggest(ctx: Context, text: str) -> Reply:
    by = ctx.member if ctx.who is not None else None
    filed = filing.suggest(ctx.session, harmless(text), by=by, openid=ctx.openid, now=ctx.now)
    return _filed(ctx, filed)


def _report(ctx: Context, text: str) -> Reply:
    by = ctx.member if ctx.who is not None else None
    filed = filing.report(ctx.session, harmless(text), by=by, openid=ctx.openid, now=ctx.now)
    lines = [f"Y{filed.id} 收到了您的反映", "谁反映的、几点反映的，不告诉支部", f"{_until(filed)}答复您", NO_SECRETS]
    return done("\n".join(lines))


def _filed(ctx: Context, filed: Opinion, *more: str) -> Reply:
    about = matter_word(ctx, filed)
    lines = [f"Y{filed.id} {KIND_WORDS[filed.kind]}已收到{f'：{about}' if about else ''}"]
    lines.append(f"由{_asked(ctx, filed)}答复，{_until(filed)}有结果，会告诉您")
    count = len(opinions.pictures_of(ctx.session, filed))
    shown = [f"照片{count}张已附上"] if count else []
    return done("\n".join([*lines, *shown, *more]))


def _asked(ctx: Context, opinion: Opinion) -> str:
    offices = offices_of(ctx.session, opinion.organization_id, ctx.now)
    asked = answerers.answerers(ctx.session, opinion, ctx.now).asked
    return "、".join(titled(offices, seat) for seat in asked) or "支部"


def _until(opinion: Opinion) -> str:
    return f"{day_word(shanghai_day(before(opinion.due_at)))}前"


def matter_word(ctx: Context, opinion: Opinion) -> str:
    """What an opinion is about, in a few words."""
    if opinion.claim_id is not None:
        claim = ctx.session.get_one(Claim, opinion.claim_id)
        what = f"{amount(claim, claims.item_of(ctx.session, claim))}（{day_word(claim.day)}）"
        return f"#{claim.id} {what}{STATUS_WORDS[claim.status]}"
    if opinion.entry_id is not None:
        return entry_word(ctx, ctx.session.get_one(Entry, opinion.entry_id))
    if opinion.follow_up_id is not None:
        return f"T{opinion.follow_up_id} 的跟进"
    if opinion.rulebook_id is not None:
        return f"细则草案（第{rulebooks.get(ctx.session, opinion.rulebook_id).version}版）"
    if opinion.kind not in opinions.TWO_LEVELS or opinion.month is None or opinion.about_member is None:
        return ""
    return f"{opinion.about_member.name}{month_word(opinion.month, ctx.now)}的结果"


def entry_word(ctx: Context, entry: Entry) -> str:
    """J88 −1 迟到."""
    book = rulebooks.get(ctx.session, entry.rulebook_id) if entry.rulebook_id is not None else None
    item = book.find_item(entry.item_code) if book is not None and entry.item_code is not None else None
    return f"J{entry.id} {signed(entry.points)} {item.title if item is not None else '其他'}"


def state(ctx: Context, opinion: Opinion) -> str:
    """An opinion as its sender sees it: what it is, the last answer, what happens next."""
    lines = [f"Y{opinion.id} {KIND_WORDS[opinion.kind]}　{_state_word(opinion)}"]
    lines += [word for word in (matter_word(ctx, opinion), opinion.text) if word]
    last = opinions.last_answer(ctx.session, opinion)
    if last is not None:
        lines.append(f"答复：{last.reason}")
    if opinion.status is OpinionStatus.OPEN:
        lines.append(f"由{_asked(ctx, opinion)}答复，{_until(opinion)}有结果")
    return "\n".join(lines)


def _state_word(opinion: Opinion) -> str:
    adopts = opinion.kind is OpinionKind.SUGGESTION
    return {
        OpinionStatus.OPEN: "办理中",
        OpinionStatus.REFUSED: f"不成立，可回“申诉 Y{opinion.id}”请上一级复核",
        OpinionStatus.UPHELD: "已采纳" if adopts else "成立，已办结",
        OpinionStatus.DISMISSED: "没有采纳" if adopts else "不成立，已办结",
        OpinionStatus.WITHDRAWN: "已撤回",
    }[opinion.status]


def explained(ctx: Context, number: int) -> Reply:
    """An opinion opened to whom it may be shown: what it says, where it is, and what became of it step by step."""
    opinion = answering.find_for(ctx.session, number, ctx.member, ctx.now)
    lines = [state(ctx, opinion), *(_step(opinion, step) for step in opinions.steps_of(ctx.session, opinion))]
    if opinion.status is OpinionStatus.OPEN and opinion.member_id == ctx.member.id:
        lines.append(f"不提了：{tap('撤回', f'撤回 Y{number}')}")
    return Reply("\n".join(lines))


def _step(opinion: Opinion, step: OpinionStep) -> str:
    """11月20日 10:00 王建军 不成立：当天没有走访; of a report neither its sender nor an hour (rules 32)."""
    theirs = step.verdict in (Verdict.TAKEN_UP, Verdict.WITHDRAWN)
    who = "" if step.by is None or (opinion.is_report and theirs) else f" {step.by.name}"
    when = day_word(shanghai_day(step.at)) if opinion.is_report else time_word(step.at)
    adopts = opinion.kind is OpinionKind.SUGGESTION
    word = _ADOPTED.get(step.verdict, VERDICT_WORDS[step.verdict]) if adopts else VERDICT_WORDS[step.verdict]
    return f"{when}{who} {word}{f'：{step.reason}' if step.reason else ''}"


COMMANDS: tuple[Command, ...] = (door, appeal, objection, suggestion, report)
