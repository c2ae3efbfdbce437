"""临时小组: a branch's secretary founds one, with a leader, members of any branch and a last day (rules 9; S0)."""

from handlers.arguments import GroupName, LastDay, Leader, Members
from handlers.command import Command, Context, Reply, command, done
from handlers.understanding.kinds_of_groups import EXAMPLE
from handlers.words import day_word, harmless
from models import bindings, group_memberships, temporary_groups
from models.appointments import Role
from models.members import Member


@command("临时小组", "专班", who=Role.SECRETARY, changes=True, example=EXAMPLE)
def found(ctx: Context, name: GroupName, leader: Leader, people: Members, until: LastDay) -> Reply:
    """成立临时小组（专班），指定组长和成员，到期自己结束。"""
    group = temporary_groups.found(
        ctx.session, harmless(name), leader=leader, people=people, until=until, by=ctx.member, now=ctx.now
    )
    everybody = group_memberships.members_of(ctx.session, group.id)
    lines = [
        f"{group.name}已成立，到{day_word(until)}自己结束",
        f"组长{_called(ctx, leader)}，成员 {len(everybody)} 人：{'、'.join(_called(ctx, m) for m in everybody)}",
        f"他们申报时会问是在哪个组做的，{group.name}做的由{leader.name}审核，分记在各人的支部",
    ]
    told = bindings.reachable(ctx.session, [member.id for member in everybody])
    away = [member.name for member in everybody if member.id not in told]
    lines.append("已告知各人" if not away else f"已告知，微信收不到的 {len(away)} 人请当面告诉：{'、'.join(away)}")
    return done("\n".join(lines))


def _called(ctx: Context, member: Member) -> str:
    """A member, with the branch when it is another one."""
    return member.name if member.branch_id == ctx.member.branch_id else f"{member.name}（{member.branch.name}）"


COMMANDS: tuple[Command, ...] = (found,)
