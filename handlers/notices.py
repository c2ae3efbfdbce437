"""通知 收到 传达 谁没看 催办: what has been told, and what is passed down (rules 28)."""

from handlers import announcements
from handlers.arguments import Message
from handlers.command import Command, Context, Reply, command, done
from handlers.words import harmless, tap, time_word
from models import groups, notices, nudges, relays
from models.appointments import Office, Role
from models.errors import Refused


class NoRelay(Refused):
    """The asker has sent nothing down yet."""


@command(
    "通知",
    who=Role.MEMBER,
    changes=True,
    example="通知",
    heard=(
        "有什么通知",
        "未读",
        "新通知",
    ),
)
def unread(ctx: Context) -> Reply:
    """看还没看的通知。"""
    found = notices.unread(ctx.session, ctx.member.id)
    if not found:
        return Reply("没有未读通知")
    parts = [announcements.inbox_text(ctx, notice) for notice in found]
    notices.mark_seen(ctx.session, found, ctx.now)
    return Reply("\n\n".join([f"未读通知 {len(parts)} 条", *parts]))


@command(
    "收到",
    "已阅",
    "知道了",
    "好的",
    "👌",
    who=Role.MEMBER,
    changes=True,
    example="收到",
    heard=(
        "看到了",
        "已收到",
        "明白了",
        "晓得了",
        "已读",
        "了解了",
        "明白",
    ),
)
def received(ctx: Context) -> Reply:
    """告诉对方最近一条通知看到了。"""
    last = notices.last_told(ctx.session, ctx.member.id)
    if last is None:
        return Reply("现在没有要回“收到”的通知")
    notices.acknowledge(ctx.session, last, ctx.now)
    return done(f"已记下您看过：{announcements.title_of(last)}")


@command("传达", who=(Role.LEADER, Role.SECRETARY), changes=True, example="传达 周五下午3点三楼开会")
def relay(ctx: Context, text: Message) -> Reply:
    """把一句话传达给我的成员。"""
    office = next(
        a for a in ctx.offices if a.office in (Office.GROUP_LEADER, Office.SECRETARY, Office.DEPUTY_SECRETARY)
    )
    people = groups.told_by(ctx.session, ctx.offices)
    _, told = relays.send(
        ctx.session, harmless(text), organization_id=office.organization_id, to=people, by=ctx.member, now=ctx.now
    )
    away = [s.member.name for s in groups.state_of(ctx.session, people, ctx.month) if not s.following]
    lines = [f"已传达给 {told - len(away)} 人"]
    if away:
        lines.append(f"微信收不到的 {len(away)} 人，请当面告诉：{'、'.join(away)}")
    return done("\n".join([*lines, f"看谁还没回“收到”：{tap('谁没看')}"]))


def relay_example() -> str:
    return "传达 周五下午3点三楼开会"


@command(
    "谁没看",
    who=(Role.LEADER, Role.SECRETARY),
    example="谁没看",
    heard=(
        "谁还没看",
        "谁没回",
        "谁没收到",
        "没看通知",
        "没回复",
        "人没看",
        "还没看",
        "人没回",
    ),
)
def who_has_not(ctx: Context) -> Reply:
    """看最近一次传达谁没回“收到”。"""
    last = relays.last_by(ctx.session, ctx.member.id)
    if last is None:
        raise NoRelay("您还没有传达过", relay_example())
    read, unread_ = relays.readers(ctx.session, last)
    names = "、".join(member.name for member in unread_) or "没有，都看过了"
    return Reply(f"{time_word(last.at)}传达：{last.text}\n已回“收到” {len(read)} 人\n没回 {len(unread_)} 人：{names}")


@command(
    "催办",
    who=(Role.LEADER, Role.SECRETARY),
    changes=True,
    example="催办",
    heard=(
        "催一下",
        "催催",
        "催一催",
        "提醒没报",
        "提醒没申报",
        "提醒他们",
        "提醒大家",
        "提醒一下",
    ),
)
def nudge(ctx: Context) -> Reply:
    """提醒有事没办的成员。"""
    people = groups.led_by(ctx.session, ctx.offices)
    told = nudges.send(ctx.session, people, by=ctx.member, now=ctx.now)
    if not told:
        return Reply("没有要提醒的人：都办了，或者今天已经提醒过")
    names = "、".join(member.name for member in told)
    return done(f"已提醒 {len(told)} 人：{names}\n同一个人一天只提醒一次")


COMMANDS: tuple[Command, ...] = (unread, received, relay, who_has_not, nudge)
