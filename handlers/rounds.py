"""评审 and 提交公示: the monthly round, as the branch's committee sees it (rules 14)."""

from collections.abc import Sequence

from handlers.arguments import Meeting, Month, Sure
from handlers.command import Command, Confirm, Context, Reply, Result, command, done
from handlers.round_words import disclosure_word, state_word
from handlers.words import day_word, figure, month_word, signed, tap
from models import claims, reviewing, rounds
from models.appointments import BRANCH_OFFICES, Role
from models.claims import STATUS_WORDS, Claim
from models.months import shanghai_day
from models.organizations import OrganizationKind
from models.reviewing import Card
from models.rounds import DISCLOSED, Round, RoundState

SHOWN = 6


def reviewed_branch(ctx: Context) -> int:
    """The branch of whose committee the asker is."""
    offices = [a for a in ctx.offices if a.office in BRANCH_OFFICES and a.organization.kind is OrganizationKind.BRANCH]
    return offices[0].organization_id


@command(
    "评审",
    who=Role.BRANCH,
    example="评审 10月",
    heard=(
        "月度评审",
        "评审情况",
        "评审名单",
        "看评审",
        "开始评审",
    ),
)
def review(ctx: Context, month: Month | None = None) -> Reply:
    """看一个月的评审情况：人数、未办的、异常的。"""
    card = reviewing.card(ctx.session, reviewed_branch(ctx), month, ctx.now)
    number = card.round.month.number
    lines = [f"{month_word(card.round.month, ctx.now)}评审　{state_word(card.round)}", summary(card)]
    lines += _claims(
        ctx, "还没办完，办完才能提交公示", [(claim, (STATUS_WORDS[claim.status],)) for claim in card.undecided]
    )
    lines += _claims(ctx, "异常，请看一下", card.odd)
    if card.not_scored:
        names = "、".join(f"{m.name}（{m.not_scored.value}）" for m in card.not_scored if m.not_scored)
        lines.append(f"不计分 {len(card.not_scored)} 人：{names}")
    if card.opinions:
        lines.append(f"没有答复的意见：{'、'.join(f'Y{number}' for number in card.opinions)} {tap('待办')}")
    if card.round.state is RoundState.REVIEW and not card.undecided:
        lines.append(tap("提交公示", f"提交公示 {number}月"))
    elif card.round.state in DISCLOSED:
        lines.append(tap("看公示", f"公示 {number}月"))
    return Reply("\n".join(lines))


def summary(card: Card) -> str:
    """33人（计分31人），低于60分0人，异常3条."""
    scored = f"（计分{card.scored}人）" if card.scored < card.members else ""
    return f"{card.members}人{scored}，低于{figure(card.mark)}分{card.below}人，异常{len(card.odd)}条"


def _claims(ctx: Context, head: str, found: Sequence[tuple[Claim, Sequence[str]]]) -> list[str]:
    if not found:
        return []
    lines = [f"{head}（{len(found)}条）"]
    for claim, words in found[:SHOWN]:
        title = claims.item_of(ctx.session, claim).title
        points = signed(claim.points if claim.credited is None else claim.credited)
        lines.append(
            f"#{claim.id} {claim.member.name} {title} {points} {'、'.join(words)} {tap('看', f'解释 {claim.id}')}"
        )
    return lines if len(found) <= SHOWN else [*lines, f"另有{len(found) - SHOWN}条"]


@command(
    "提交公示",
    "确认评审",
    who=Role.SECRETARY,
    changes=True,
    example="提交公示 10月",
    heard=(
        "评审通过",
        "评审完了",
        "评审结束",
        "开始公示",
        "提交评审",
    ),
)
def submit(ctx: Context, month: Month | None = None, meeting: Meeting = None, sure: Sure = False) -> Result:
    """评审完了，把一个月的积分交给全体党员公示。"""
    branch_id = reviewed_branch(ctx)
    if not sure:
        round_ = reviewing.check_submit(ctx.session, branch_id, month, meeting=meeting, by=ctx.member, now=ctx.now)
        return _ask(ctx, reviewing.card(ctx.session, branch_id, round_.month, ctx.now))
    round_ = reviewing.submit(ctx.session, branch_id, month, meeting=meeting, by=ctx.member, now=ctx.now)
    number = round_.month.number
    lines = [f"{number}月积分已提交公示，{disclosure_word(round_)}，已告知全体党员"]
    lines.append(f"期满没有未答复的意见，{_final_word(round_)}自动审定")
    return done("\n".join([*lines, tap("看公示", f"公示 {number}月")]))


def _ask(ctx: Context, card: Card) -> Confirm:
    until = rounds.disclosure_ends(ctx.session, card.round.branch_id, ctx.now)
    last = shanghai_day(rounds.before(until))
    lines = [f"{card.round.month.number}月：{summary(card)}"]
    lines.append(f"提交后全体党员都会收到公示，到{day_word(last)}24点为止，不能收回")
    lines.append("没有写评审会议，公示里会注明")
    return Confirm("\n".join([*lines, "现在提交吗？"]), adding={"month": str(card.round.month), "sure": True})


def _final_word(round_: Round) -> str:
    assert round_.final_from is not None
    return f"{day_word(shanghai_day(round_.final_from))}{rounds.HOUR}点"


COMMANDS: tuple[Command, ...] = (review, submit)
