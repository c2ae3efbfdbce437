"""What a group leader and the levels above decide (rules 9 to 12)."""

from collections.abc import Sequence

from handlers.arguments import (
    ALL,
    Ask,
    Figure,
    Lent,
    Person,
    Reason,
    Target,
    Text,
    Until,
    WaitingNumber,
    WaitingNumbers,
)
from handlers.cards import flags
from handlers.claims import titled
from handlers.command import Command, Context, Each, Reply, Result, command, done
from handlers.meeting_words import settled_word
from handlers.words import day_word, harmless, signed, tap
from models import acting, claims, deciding, deciding_requests, waiting
from models.appointments import Role
from models.claims import Claim, ClaimStatus
from models.deciders import offices_of
from models.errors import Refused
from models.requests import Request, RequestKind

DECIDERS = (Role.LEADER, Role.SECRETARY, Role.BRANCH, Role.COMMITTEE)
SHOWN = 3


class NoList(Refused):
    """全部 stands for the list last shown, and none was."""


class Flagged(Refused):
    """全部 leaves this one out: it wants a look of its own (rules 12)."""


def _targets(ctx: Context, numbers: Sequence[Target]) -> list[Target]:
    """``全部`` is the list last shown."""
    if list(numbers) != [ALL]:
        return list(dict.fromkeys(numbers))
    shown = (ctx.listed or {}).get("all")
    if not shown:
        raise NoList("“全部”指刚看过的待办，请先看一下待办", "待办")
    return [Target("claim", number) for number in shown]


@command(
    "通过",
    "同意",
    who=DECIDERS,
    changes=True,
    example="通过 12",
    heard=(
        "批准",
        "批了",
        "过了",
        "准了",
        "没问题",
        "可以通过",
        "可以过",
        "给过",
        "审核通过",
        "要得",
        "可以",
        "准予",
        "给通过",
    ),
)
def approve(ctx: Context, numbers: WaitingNumbers, figure_: Figure = None, reason: Text = "") -> Result:
    """通过申报或申请；通过 12 改 1.5 理由，可以改分。"""
    targets = _targets(ctx, numbers)
    everything = list(numbers) == [ALL]

    def act(target: Target) -> Claim | Request:
        if everything:
            _check_plain(ctx, target.number)
        if target.kind == "request":
            return deciding_requests.approve(ctx.session, target.number, by=ctx.member, now=ctx.now)
        return deciding.approve(
            ctx.session, target.number, by=ctx.member, now=ctx.now, figure=figure_, reason=harmless(reason)
        )

    return Each(targets, act, lambda decided: _approved(ctx, decided))


def _check_plain(ctx: Context, number: int) -> None:
    """Raise Flagged for what 全部 does not take; looked at one by one, since approving one may fill a cap."""
    claim = claims.get(ctx.session, number)
    found = flags(ctx, claim) if claim.status is ClaimStatus.SUBMITTED else []
    if found:
        raise Flagged(f"#{number} {claim.member.name}（{'、'.join(found)}），请单独看", f"解释 {number}")


def _approved(ctx: Context, decided: list[Claim | Request]) -> Reply:
    lines = [_approved_line(ctx, thing) for thing in decided]
    claims_ = [thing for thing in decided if isinstance(thing, Claim)]
    if len(claims_) == 1:
        lines.append(f"点错了，24小时内可 {tap(f'撤销 {claims_[0].id}')}")
    elif claims_:
        lines.append("点错了，24小时内可“撤销 编号”")
    return done("\n".join([*lines, *_still_waiting(ctx)]))


def _approved_line(ctx: Context, thing: Claim | Request) -> str:
    if isinstance(thing, Request):
        effect = "的微信已绑定" if thing.meeting_id is None else f"{settled_word(thing)}（M{thing.meeting_id}）"
        return f"L{thing.id} 已通过：{thing.member.name} {effect}，已告知{_who_hears(thing, '本人')}"
    item = claims.item_of(ctx.session, thing)
    credited = thing.credited if thing.credited is not None else thing.points
    cut = (
        "" if credited == thing.points else f"（申报{signed(thing.points)}，{'改分' if thing.reason else '已到上限'}）"
    )
    return f"#{thing.id} 已通过：{thing.member.name} {item.title} {signed(credited)} 分{cut}"


def _who_hears(thing: Claim | Request, oneself: str = "") -> str:
    """Who is told of a decision: whoever asked, which is the organizer where it is about 应到."""
    if isinstance(thing, Request) and thing.kind is RequestKind.NOT_EXPECTED:
        return "会议组织人"
    return oneself or thing.member.name


def _still_waiting(ctx: Context) -> list[str]:
    rest = waiting.waiting_for(ctx.session, ctx.member, ctx.now)
    if not rest:
        return ["没有待审的了"]
    return [f"还有 {len(rest)} 条待审 {tap('下一条', f'解释 {rest[0].id}')} {tap('待办')}"]


@command(
    "不通过",
    "驳回",
    "不同意",
    who=DECIDERS,
    changes=True,
    example="不通过 12 日期不对",
    heard=(
        "不批",
        "不给过",
        "拒绝",
        "不予通过",
        "不行",
        "要不得",
        "不得行",
    ),
)
def reject(ctx: Context, numbers: WaitingNumbers, reason: Reason) -> Result:
    """不通过申报或申请，要写理由。"""

    def act(target: Target) -> Claim | Request:
        if target.kind == "request":
            return deciding_requests.reject(ctx.session, target.number, harmless(reason), by=ctx.member, now=ctx.now)
        return deciding.reject(ctx.session, target.number, harmless(reason), by=ctx.member, now=ctx.now)

    return Each(_targets(ctx, numbers), act, lambda decided: _rejected(ctx, decided, harmless(reason)))


def _rejected(ctx: Context, decided: list[Claim | Request], reason: str) -> Reply:
    lines = []
    for thing in decided:
        number = f"L{thing.id}" if isinstance(thing, Request) else f"#{thing.id}"
        lines.append(f"{number} 已定为不通过，理由已告知{_who_hears(thing)}")
    lines.append(f"理由：{reason}")
    claims_ = [thing for thing in decided if isinstance(thing, Claim)]
    if len(claims_) == 1:
        lines.append(f"点错了，24小时内可 {tap(f'撤销 {claims_[0].id}')}")
    return done("\n".join([*lines, *_still_waiting(ctx)]))


@command(
    "退回",
    "退回补充",
    "打回",
    who=DECIDERS,
    changes=True,
    example="退回 12 走访的哪一户",
    heard=(
        "打回去",
        "退回去",
        "打回来",
        "退给他",
        "退给本人",
    ),
)
def send_back(ctx: Context, number: WaitingNumber, question: Ask) -> Reply:
    """退回申报，请他补充。"""
    claim = deciding.send_back(ctx.session, number, harmless(question), by=ctx.member, now=ctx.now)
    lines = [f"#{number} 已退回{claim.member.name}补充", f"要补的：{claim.reason}", "补好后会再送给您"]
    return done("\n".join([*lines, *_still_waiting(ctx)]))


@command(
    "转交",
    "转书记",
    who=DECIDERS,
    changes=True,
    example="转交 12",
    heard=(
        "转给",
        "交给书记",
        "交书记",
        "报书记",
        "让书记审",
        "让书记定",
        "请书记定",
        "请书记审",
    ),
)
def hand_over(ctx: Context, number: WaitingNumber) -> Reply:
    """把申报交给上一级审核。"""
    claim, asked = deciding.hand_over(ctx.session, number, by=ctx.member, now=ctx.now)
    offices = offices_of(ctx.session, claim.branch_id, ctx.now)
    names = "、".join(titled(offices, member) for member in asked)
    return done("\n".join([f"#{claim.id} 已转交{names}审核，已告知", *_still_waiting(ctx)]))


@command(
    "代理",
    "委托",
    who=(Role.LEADER, Role.SECRETARY),
    changes=True,
    example="代理 王芳 至 12月5日",
    heard=(
        "代我审",
        "替我审",
        "帮我审",
    ),
)
def act_for(ctx: Context, person: Person, until: Until, of: Lent = None) -> Result:
    """我不在时，请一位党员代我审核到某一天；几处都管的，写明是哪一处。"""
    lent = acting.appoint(ctx.session, person, until=until, by=ctx.member, now=ctx.now, of=of)
    where = lent.organization.name if of else ""
    return done(
        f"{person.name}代理{where}到{day_word(lent.ends_on or until)}，已告知\n"
        f"这期间的待审也送给{person.name}，您仍可审核"
    )


COMMANDS: tuple[Command, ...] = (approve, reject, send_back, hand_over, act_for)
