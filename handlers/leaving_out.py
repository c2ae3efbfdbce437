"""不计分 恢复计分: the committee decides who is scored (rules 7)."""

from handlers.arguments import Anyone, FromTo, StateReason
from handlers.command import Command, Context, Reply, command, done
from handlers.words import month_word
from models import leaving_out
from models.appointments import Role


@command(
    "不计分",
    who=Role.COMMITTEE,
    changes=True,
    example="不计分 张三 长期病休 11月至2027年2月",
    heard=("不参加计分", "暂停计分"),
)
def leave_out(ctx: Context, person: Anyone, reason: StateReason, months: FromTo = None) -> Reply:
    """党委定一位党员从哪个月起不计分，要有原因。"""
    first, last = months or (ctx.month, None)
    leaving_out.leave_out(ctx.session, person, reason, first=first, last=last, by=ctx.member, now=ctx.now)
    until = f"至{month_word(last, ctx.now)}" if last else "起"
    lines = [f"{person.name}{month_word(first, ctx.now)}{until}不计分（{reason.value}），已告知本人和书记"]
    return done("\n".join([*lines, f"不进排名和平均，仍可申报作记录。恢复：恢复计分 {person.name}"]))


@command(
    "恢复计分",
    who=Role.COMMITTEE,
    changes=True,
    example="恢复计分 刘德福",
    heard=("重新计分", "继续计分"),
)
def restore(ctx: Context, person: Anyone, months: FromTo = None) -> Reply:
    """党委定一位党员恢复计分。"""
    first = months[0] if months else ctx.month
    leaving_out.restore(ctx.session, person, first=first, by=ctx.member, now=ctx.now)
    return done(f"{person.name}从{month_word(first, ctx.now)}起恢复计分，已告知本人和书记")


COMMANDS: tuple[Command, ...] = (leave_out, restore)
