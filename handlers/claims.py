"""申报 and what a member does with claims afterwards (rules 8, 13)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from handlers.arguments import TODAY, Again, Day, DoneIn, Item, Person, Quantity, Text
from handlers.command import Command, Confirm, Context, Reply, Result, command, done
from handlers.words import day_word, figure, harmless, month_word, tap
from models import (
    caps,
    claiming,
    claims,
    members,
    pictures,
    rulebooks,
)
from models.appointments import Office, Role
from models.claims import STATUS_WORDS, Claim
from models.deciders import BranchOffices
from models.members import Member
from models.organizations import Organization, OrganizationKind
from models.rulebooks import Evidence
from models.seats import Seat
from models.submitted import Submitted

SECRET_WARNING = "请勿发涉密、案件和内部文件"
ONE = Decimal(1)


TITLES = {
    Office.GROUP_LEADER: "组长",
    Office.SECRETARY: "书记",
    Office.DEPUTY_SECRETARY: "副书记",
    Office.DISCIPLINE_COMMISSIONER: "纪检委员",
}


def amount(claim: Claim | Submitted, item: rulebooks.Item) -> str:
    """社区志愿服务 2小时; what is done once a month has no number, since 1月 would read as January."""
    return item.title if item.unit == "月" else f"{item.title} {figure(claim.quantity)}{item.unit}"


def asked_word(asked: Sequence[Seat]) -> str:
    """组长李四, each by the office in which they are asked; 支部 when nobody can be reached."""
    return "、".join(map(_titled, asked)) or "支部"


def titled(offices: BranchOffices, member: Member | Seat) -> str:
    """组长李四: a member with the office that lets them decide; 机关党委书记周国平 from above the branch."""
    return next((_titled(seat) for seat in offices.held_by(member.id) if seat.office in TITLES), member.name)


def _titled(seat: Seat) -> str:
    inside = seat.kind in (OrganizationKind.GROUP, OrganizationKind.BRANCH)
    return f"{'' if inside else seat.organization}{TITLES[seat.office]}{seat.name}"


@command(
    "申报",
    "报分",
    "加分申报",
    who=Role.MEMBER,
    changes=True,
    example="申报 社区志愿 2小时 昨天 清扫河堤",
    heard=(
        "申请加分",
        "记一下",
        "登记一下",
        "报一下",
        "帮我报",
        "给我记",
        "补报",
    ),
)
def submit(
    ctx: Context,
    item: Item,
    quantity: Quantity = ONE,
    day: Day = TODAY,
    note: Text = "",
    again: Again = False,
    done_in: DoneIn = None,
) -> Result:
    """申报积分，等组长审核。"""
    return _submit(ctx, ctx.me, item, quantity, day, note, again, done_in)


@command(
    "代报",
    who=(Role.LEADER, Role.SECRETARY),
    changes=True,
    example="代报 刘德福 社区志愿 2小时 昨天",
    heard=(
        "替他报",
        "帮他报",
        "代他报",
    ),
)
def record_for(
    ctx: Context,
    person: Person,
    item: Item,
    quantity: Quantity = ONE,
    day: Day = TODAY,
    note: Text = "",
    again: Again = False,
) -> Result:
    """替没有微信或年纪大的党员申报，由书记审核。"""
    return _submit(ctx, person, item, quantity, day, note, again)


def _submit(
    ctx: Context,
    member: members.Person,
    item: rulebooks.Item,
    quantity: Decimal,
    day: date,
    note: str,
    again: bool,
    done_in: Organization | None = None,
) -> Result:
    earlier = claiming.same_day(ctx.session, member, item, day, by=ctx.me, now=ctx.now)
    if claiming.needs_picture(ctx.session, ctx.me, item, ctx.now):
        claiming.check(ctx.session, member, item, quantity, day=day, now=ctx.now)
        return Confirm(
            f"{item.title}需要照片佐证。请直接发来一张照片，收到就提交\n{SECRET_WARNING}\n不报了，回“取消”",
            picture=True,
        )
    if earlier is not None and not again:
        claiming.check(ctx.session, member, item, quantity, day=day, now=ctx.now)
        return Confirm(
            f"{day_word(day)}的{item.title}已经报过（#{earlier.id}，{STATUS_WORDS[earlier.status]}）。这是另外一次吗？",
            adding={"again": True},
        )
    loose, ever_sent = pictures.tally(ctx.session, ctx.me.id, ctx.now)  # before the claim takes them along
    claim, asked = claiming.submit(
        ctx.session,
        member,
        item,
        quantity,
        day=day,
        note=harmless(note),
        temporary_group_id=done_in.id if done_in else None,
        by=ctx.me,
        now=ctx.now,
    )
    sent = loose if claim.item.evidence is not Evidence.NONE else 0
    return _accepted(ctx, claim, asked, sent=sent, first=not ever_sent)


def _accepted(ctx: Context, claim: Submitted, asked: Sequence[Seat], *, sent: int, first: bool) -> Reply:
    item, whose = claim.item, f"（代{claim.member.name}报）" if claim.recorded_for else ""
    lines = [f"#{claim.id} 已提交{whose}，待{asked_word(asked)}审核"]
    lines.append(f"{amount(claim, item)}（{day_word(claim.day)}）")
    left = caps.room(ctx.session, claim.member.id, claim.rulebook, item, claim.month)
    lines.append(_effect(ctx, claim, left))
    if sent:
        lines.append(f"照片{sent}张已附上")
    elif item.evidence is Evidence.OPTIONAL and not claim.recorded_for:
        lines.append("有照片可在10分钟内直接发来，不发也行")
        if first:
            lines.append(SECRET_WARNING)
    lines.append(f"报错了：{tap(f'撤回 {claim.id}')}")
    return done("\n".join(lines))


def _effect(ctx: Context, claim: Submitted, left: Decimal | None) -> str:
    """What approval will bring: 通过后加 2 分；此项本月还可加 2 分."""
    gives = caps.within(claim.points, left)
    verb = "加" if claim.points >= 0 else "扣"
    of_month = "本月" if claim.month == ctx.month else month_word(claim.month, ctx.now)
    if left is None:
        return f"通过后{verb} {figure(abs(gives))} 分"
    if abs(gives) < abs(claim.points):
        return f"此项{of_month}到上限了，通过后{verb} {figure(abs(gives))} 分，其余作为记录"
    if left == abs(gives):
        return f"通过后{verb} {figure(abs(gives))} 分；此项{of_month}就满了"
    return f"通过后{verb} {figure(abs(gives))} 分；此项{of_month}还可{verb} {figure(left - abs(gives))} 分"


def picture(ctx: Context, media_id: str) -> Reply:
    """An image came outside a dialog: it goes to the claim of the last 10 minutes, or waits for one (rules 13)."""
    first = pictures.is_first(ctx.session, ctx.member.id, ctx.now)
    claim = claiming.last_for_picture(ctx.session, ctx.member, ctx.now)
    pictures.receive(ctx.session, ctx.member.id, media_id, claim_id=claim.id if claim else None, now=ctx.now)
    warning = f"\n{SECRET_WARNING}" if first else ""
    if claim is None:
        return done(f"照片收到了，10分钟内报的事项会附上它。请接着报，例如：\n{submit.example}{warning}")
    item = claims.item_of(ctx.session, claim)
    count = pictures.count_of(ctx.session, claim.id)
    return done(f"照片已附到 #{claim.id} {amount(claim, item)}，共{count}张{warning}")


def keep_picture(ctx: Context, media_id: str) -> None:
    """An image answers a dialog that waited for it: the claim that follows takes it along."""
    pictures.receive(ctx.session, ctx.member.id, media_id, claim_id=None, now=ctx.now)


COMMANDS: tuple[Command, ...] = (submit, record_for)
