"""What is told of temporary groups: founded, changed, over, and the closing report (rules 9; S0)."""

from datetime import date

from handlers.announcements.announcement import Kind, Told, told
from handlers.command import Context
from handlers.words import NO_SECRETS, day_word, tap
from models import group_memberships
from models.members import Member
from models.notices import Posted
from models.organizations import Organization
from models.temporary_groups import TemporaryGroup


def _group(ctx: Context, notice: Posted) -> Organization:
    return ctx.session.get_one(Organization, notice.facts["group"])


def _founded(ctx: Context, notice: Posted) -> Told:
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


def _ended(ctx: Context, notice: Posted) -> Told:
    group = _group(ctx, notice)
    return told(
        f"{group.name}已到期结束，谢谢您\n在组里做的事还没报的，照常申报，由您自己的组长审核\n还没审的也转到了各人的支部",
        short=f"{group.name}已到期结束",
    )


def _joined(ctx: Context, notice: Posted) -> Told:
    group = _group(ctx, notice)
    until = f"，到{day_word(group.ends_on)}为止" if group.ends_on else ""
    text = f"{notice.facts['by']}请您参加{group.name}{until}\n申报时会问是在哪个组做的，分仍记在您的支部"
    return told(text, short=f"请您参加{group.name}")


def _left(ctx: Context, notice: Posted) -> Told:
    group = _group(ctx, notice)
    text = f"您从今天起不在{group.name}里了（{notice.facts['by']}办理），谢谢您\n已经报的照常审核"
    return told(text, short=f"您不在{group.name}里了")


def _changed(ctx: Context, notice: Posted) -> Told:
    group, facts = _group(ctx, notice), notice.facts
    what = f"{group.name}{'加了' if facts['joined'] else '减了'}{facts['names']}"
    return told(f"{what}（{facts['by']}办理）", short=what)


def _until(ctx: Context, notice: Posted) -> Told:
    group, day = _group(ctx, notice), date.fromisoformat(notice.facts["until"])
    what = f"{group.name}改为到{day_word(day)}为止"
    return told(f"{what}（{notice.facts['by']}办理）", short=what)


def _report_wanted(ctx: Context, notice: Posted) -> Told:
    group = _group(ctx, notice)
    until = f"到{day_word(group.ends_on)}结束" if group.ends_on else "快结束了"
    text = (
        f"{group.name}{until}，请您在这之前写个总结，例如：\n"
        f"专班总结 {group.name} 思想动向 大家情绪稳定 工作情况 扫雪12次\n{NO_SECRETS}"
    )
    return told(text, short=f"请写{group.name}的总结", decides=True)


def _report(ctx: Context, notice: Posted) -> Told:
    group = _group(ctx, notice)
    row = ctx.session.get_one(TemporaryGroup, group.id)
    by = ctx.session.get_one(Member, row.reported_by_id).name
    text = f"{group.name}的总结（{by}）\n思想动向：{row.thoughts or '无'}\n工作情况：{row.work or '无'}"
    return told(f"{text}\n再看：临时小组 {group.name}", short=f"{group.name}的总结到了")


def _report_missing(ctx: Context, notice: Posted) -> Told | None:
    group = _group(ctx, notice)
    if ctx.session.get_one(TemporaryGroup, group.id).reported_at is not None:
        return None
    again = f"专班总结 {group.name} 思想动向 … 工作情况 …"
    text = f"{group.name}已到期结束，没有收到总结\n可以请组长说一说，您来补记：\n{again}"
    return told(text, short=f"{group.name}没有总结")


KINDS = (
    Kind("temporary_group_joined", "参加临时小组", _joined),
    Kind("temporary_group_left", "离开临时小组", _left),
    Kind("temporary_group_changed", "临时小组人员变动", _changed),
    Kind("temporary_group_until", "临时小组改期", _until),
    Kind("closing_report_wanted", "请写临时小组总结", _report_wanted),
    Kind("closing_report", "临时小组总结", _report),
    Kind("closing_report_missing", "临时小组没有总结", _report_missing),
    Kind("temporary_group_founded", "临时小组成立", _founded),
    Kind("temporary_group_ended", "临时小组结束", _ended),
)
