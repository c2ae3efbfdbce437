"""抽查: the inspector's list and finding (S2 随机抽查; rules 16)."""

from handlers.arguments import Finding, Number, Text
from handlers.cards import photos
from handlers.claims import amount
from handlers.command import Command, Context, Reply, command, done
from handlers.words import day_word, figure, harmless, signed, tap
from models import claims, inspecting
from models.appointments import Role
from models.ledger import Entry
from models.spot_checks import SpotCheck

SHOWN = 5


@command("抽查", who=Role.INSPECTOR, changes=True, example="抽查 12 不实 签到表上没有")
def check(ctx: Context, number: Number | None = None, finding: Finding | None = None, note: Text = "") -> Reply:
    """看交给我抽查的申报，查过后写结果。"""
    if number is None:
        return _list(ctx)
    if finding is None:
        return Reply(_card(ctx, inspecting.get(ctx.session, number, ctx.member)))
    if finding:
        inspecting.find_true(ctx.session, number, harmless(note), by=ctx.member, now=ctx.now)
        return done("\n".join([f"#{number} 抽查结果已记：属实", *_left(ctx)]))
    return _untrue(ctx, inspecting.find_untrue(ctx.session, number, harmless(note), by=ctx.member, now=ctx.now))


def _untrue(ctx: Context, found: SpotCheck) -> Reply:
    claim = found.claim
    lines = [f"#{claim.id} 抽查结果已记：不实", f"说明：{found.reason}"]
    deducted = inspecting.deduction_of(ctx.session, found)
    also = f"，另扣 {figure(abs(deducted.points))} 分" if deducted is not None else ""
    lines.append(f"{claim.member.name}这条得的分已冲销{also}，会告知本人和审核人")
    lines.append(f"点错了，24小时内可 {tap(f'撤销 {claim.id}')}")
    return done("\n".join([*lines, *_left(ctx)]))


def _left(ctx: Context) -> list[str]:
    rest = len(inspecting.waiting_for(ctx.session, ctx.member))
    return [f"还有 {rest} 条待查 {tap('抽查')}"] if rest else ["没有待查的了"]


def _list(ctx: Context) -> Reply:
    found = inspecting.waiting_for(ctx.session, ctx.member)
    if not found:
        return Reply("现在没有交给您抽查的申报")
    cards = [_card(ctx, one) for one in found[:SHOWN]]
    rest = len(found) - len(cards)
    tail = [f"另有 {rest} 条，查完这些再回 {tap('抽查')}"] if rest else []
    text = "\n\n".join([f"待查 {len(found)} 条，查完一条写一条", *cards, *tail])
    return Reply(text, listed=tuple(f"抽查 {one.claim_id}" for one in found[:SHOWN]))


def _card(ctx: Context, one: SpotCheck) -> str:
    """A drawn claim: who, what, when, its pictures, who approved it, and what to answer."""
    claim = one.claim
    item = claims.item_of(ctx.session, claim)
    credited = claim.credited if claim.credited is not None else claim.points
    lines = [f"#{claim.id} {claim.member.name}（{claim.member.branch.name}）{amount(claim, item)} {signed(credited)}分"]
    about = [day_word(claim.day), claim.note, photos(ctx, claim)]
    lines.append("　".join(part for part in about if part))
    assert claim.decided_by is not None
    lines.append(f"审核人：{claim.decided_by.name}")
    lines.append(f"{tap('属实', f'抽查 {claim.id} 属实')}　不实请写明：抽查 {claim.id} 不实 查到的情况")
    return "\n".join(lines)


def details(ctx: Context, entry: Entry) -> list[str]:
    """The claim that an entry of a spot check is about."""
    found = inspecting.find_by_cause(ctx.session, entry.cause)
    return [tap(f"看申报 #{found.claim_id}", f"解释 {found.claim_id}")] if found is not None else []


COMMANDS: tuple[Command, ...] = (check,)
