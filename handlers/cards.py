"""What waits to be decided, as one card or one line of a list, with its buttons (replies: 待审)."""

from collections.abc import Sequence
from decimal import Decimal

from handlers.claims import amount
from handlers.command import Context
from handlers.meeting_words import request_lines
from handlers.words import day_word, figure, link, signed, tap
from models import caps, claims, pictures, rulebooks
from models.claims import Claim
from models.meetings import Meeting
from models.months import Period
from models.pictures import Picture
from models.requests import Request, RequestKind

FLAG_ABOVE = Decimal(5)


def flags(ctx: Context, claim: Claim) -> list[str]:
    """Why a claim is not taken by 全部: 重复, 超限, 缺佐证, more than 5 points (rules 12)."""
    item = claims.item_of(ctx.session, claim)
    rulebook = rulebooks.get(ctx.session, claim.rulebook_id)
    left = caps.room(ctx.session, claim.member_id, rulebook, item, claim.month)
    same = claims.same_day(ctx.session, claim.member, item, claim.day)
    checks = {
        "重复": same is not None and same.id != claim.id,
        "超限": caps.within(claim.points, left) != claim.points,
        "缺佐证": item.evidence is rulebooks.Evidence.REQUIRED and not pictures.count_of(ctx.session, claim.id),
        "超过5分": abs(claim.points) > FLAG_ABOVE,
    }
    return [word for word, holds in checks.items() if holds]


def card(ctx: Context, claim: Claim) -> str:
    """One waiting claim with its buttons: who, what, what for, what the caps leave (replies: 待审 card)."""
    item = claims.item_of(ctx.session, claim)
    lines = [
        f"待审 #{claim.id}　{claim.member.name}{_beside(claim)}",
        f"{amount(claim, item)} {signed(claim.points)}分",
    ]
    shown = photos(ctx, claim) or ("没有照片" if item.evidence is rulebooks.Evidence.REQUIRED else "")
    lines.append("　".join(part for part in (day_word(claim.day), claim.note, shown) if part))
    if item.cap_month is not None:
        have = caps.credited(ctx.session, claim.member_id, Period.month(claim.month)).get(
            (claim.month, item.code), Decimal(0)
        )
        of_month = "本月" if claim.month == ctx.month else f"{claim.month.number}月"
        lines.append(f"此项{of_month}已得 {figure(abs(have))} 分，最多 {figure(abs(item.cap_month))} 分")
    found = flags(ctx, claim)
    if found:
        lines.append(f"请留意：{'、'.join(found)}")
    lines.append(buttons(claim.id))
    return "\n".join(lines)


def _beside(claim: Claim) -> str:
    """What stands beside the name: who recorded it, and the temporary group in which it was done."""
    by = f"（{claim.submitted_by.name}代报）" if claim.recorded_for else ""
    return by + (f"（{claim.temporary_group.name}）" if claim.temporary_group else "")


def photos(ctx: Context, claim: Claim) -> str:
    """照片2张, each with its page where pages are served; empty without pictures."""
    return looks_at(ctx, pictures.of_claim(ctx.session, claim.id))


def looks_at(ctx: Context, found: Sequence[Picture]) -> str:
    """As ``photos``, of any pictures the asker may see."""
    pages = [(n, ctx.picture_page(picture.id, ctx.member.id)) for n, picture in enumerate(found, start=1)]
    looks = " ".join(link(f"看{n}" if len(found) > 1 else "看照片", page) for n, page in pages if page)
    return f"照片{len(found)}张 {looks}".strip() if found else ""


def buttons(number: int) -> str:
    """The four taps of a waiting claim."""
    verbs = {
        "通过": f"通过 {number}",
        "退回补充": f"退回 {number}",
        "不通过": f"不通过 {number}",
        "转交": f"转交 {number}",
    }
    return " ".join(tap(label, says) for label, says in verbs.items())


def request_card(ctx: Context, request: Request) -> str:
    """A waiting request with its buttons."""
    if request.meeting_id is not None:
        yes, no = tap("通过", f"通过 L{request.id}"), tap("不通过", f"不通过 L{request.id}")
        meeting = ctx.session.get_one(Meeting, request.meeting_id)
        return "\n".join([*request_lines(request, meeting), f"{yes} {no}"])
    what = "换绑新微信" if request.kind is RequestKind.REBINDING else "绑定微信"
    yes, no = tap("通过", f"通过 L{request.id}"), tap("不通过", f"不通过 L{request.id} 不是本人")
    return f"待审 L{request.id}　{request.member.name} 申请{what}\n请当面或电话核对是本人再通过\n{yes} {no}"


def short_card(ctx: Context, claim: Claim) -> str:
    """A waiting claim in a list: who, what, when, and its buttons."""
    item = claims.item_of(ctx.session, claim)
    about = [day_word(claim.day), claim.note[:30], photos(ctx, claim)]
    lines = [f"#{claim.id} {claim.member.name}{_beside(claim)} {amount(claim, item)} {signed(claim.points)}分"]
    lines.append("　".join(part for part in about if part))
    found = flags(ctx, claim)
    if found:
        lines.append(f"请留意：{'、'.join(found)}")
    lines.append(buttons(claim.id))
    return "\n".join(lines)
