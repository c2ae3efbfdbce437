"""What is told of temporary groups: that one was founded, and that it is over (rules 9; S0)."""

from handlers.announcements.announcement import Kind, Told, told
from handlers.command import Context
from handlers.words import day_word, tap
from models import group_memberships
from models.members import Member
from models.notices import Notice
from models.organizations import Organization


def _group(ctx: Context, notice: Notice) -> Organization:
    return ctx.session.get_one(Organization, notice.facts["group"])


def _founded(ctx: Context, notice: Notice) -> Told:
    group = _group(ctx, notice)
    leader = ctx.session.get_one(Member, notice.facts["leader"])
    until = f"到{day_word(group.ends_on)}为止" if group.ends_on else ""
    head = f"{notice.facts['by']}成立了{group.name}，{until}"
    if leader.id == ctx.member.id:
        names = "、".join(m.name for m in group_memberships.members_of(ctx.session, group.id) if m.id != leader.id)
        return told(
            f"{head}，请您任组长\n成员：{names}\n他们在组里做的事由您审核 {tap('待办')}\n跟大家说一句：传达 内容",
            short=f"请您任{group.name}组长",
        )
    return told(
        f"{head}，请您参加，组长{leader.name}\n申报时会问是在哪个组做的，组里做的由{leader.name}审核，分仍记在您的支部",
        short=f"请您参加{group.name}",
    )


def _ended(ctx: Context, notice: Notice) -> Told:
    group = _group(ctx, notice)
    return told(
        f"{group.name}已到期结束，谢谢您\n在组里做的事还没报的，照常申报，由您自己的组长审核\n还没审的也转到了各人的支部",
        short=f"{group.name}已到期结束",
    )


KINDS = (
    Kind("temporary_group_founded", "临时小组成立", _founded),
    Kind("temporary_group_ended", "临时小组结束", _ended),
)
