"""临时小组 专班总结: a branch's secretary founds one with a leader, members and a last day, and changes it.

Its leader files the closing report before it ends (rules 9; S0).
"""

from collections.abc import Sequence
from datetime import date

from handlers.arguments import ClosingReport, GroupChange, GroupName, LastDay, Leader, Members, ReportedGroup
from handlers.command import Command, Context, Reply, command, done
from handlers.understanding.kinds_of_group_changes import Change, Verb
from handlers.understanding.kinds_of_groups import EXAMPLE
from handlers.words import day_word, harmless
from models import bindings, closing_reports, group_changes, group_memberships, temporary_groups
from models.appointments import Role
from models.members import Member
from models.organizations import Organization
from models.temporary_groups import TemporaryGroup


@command("临时小组", "专班", who=Role.SECRETARY, changes=True, example=EXAMPLE)
def found(
    ctx: Context,
    change: GroupChange = None,
    name: GroupName = "",
    leader: Leader | None = None,
    people: Members = (),
    until: LastDay | None = None,
) -> Reply:
    """成立临时小组（专班），指定组长和成员，到期自己结束；已有的可以加人、减人、延长、结束。"""
    if change is not None:
        return _changed(ctx, change)
    assert leader is not None
    assert until is not None
    group = temporary_groups.found(
        ctx.session, harmless(name), leader=leader, people=people, until=until, by=ctx.member, now=ctx.now
    )
    everybody = group_memberships.members_of(ctx.session, group.id)
    lines = [
        f"{group.name}已成立，到{day_word(until)}自己结束",
        f"组长{_called(ctx, leader)}，成员 {len(everybody)} 人：{_names(ctx, everybody)}",
        f"他们申报时会问是在哪个组做的，{group.name}做的由{leader.name}审核，分记在各人的支部",
        *_told(ctx, everybody),
    ]
    return done("\n".join(lines))


def _changed(ctx: Context, change: Change) -> Reply:
    group = change.group
    if change.verb is Verb.SHOW:
        return Reply("\n".join(_card(ctx, group)))
    if change.verb in (Verb.END, Verb.UNTIL):
        return _until(ctx, group, change.day if change.verb is Verb.UNTIL else ctx.today)
    adds = change.verb is Verb.ADD
    act = group_changes.add if adds else group_changes.remove
    about = act(ctx.session, group, change.people, by=ctx.member, now=ctx.now)
    head = f"{group.name}{'加了' if adds else '减了'}{_names(ctx, about)}"
    return done("\n".join([head, *_card(ctx, group)[1:], *_told(ctx, about)]))


def _until(ctx: Context, group: Organization, day: date | None) -> Reply:
    group_changes.last_until(ctx.session, group, day, by=ctx.member, now=ctx.now)
    everybody = group_memberships.members_of(ctx.session, group.id)
    if group.ends_on == ctx.today:
        head = f"{group.name}今天24点结束，已请组长写总结"
        after = "还没审的，明天起由各人自己的组长审核"
        return done("\n".join([head, after, *_told(ctx, everybody)]))
    assert group.ends_on is not None
    return done("\n".join([f"{group.name}改为到{day_word(group.ends_on)}结束", *_told(ctx, everybody)]))


def _card(ctx: Context, group: Organization) -> list[str]:
    """A group as it stands, with its closing report where there is one."""
    row = ctx.session.get_one(TemporaryGroup, group.id)
    everybody = group_memberships.members_of(ctx.session, group.id)
    ids = temporary_groups.leader_ids(ctx.session, group)
    leaders = [member for member in everybody if member.id in ids]
    over = "已结束" if row.ended_at else ""
    until = f"到{day_word(group.ends_on)}为止" if group.ends_on else ""
    lines = [
        f"{group.name}　{over or until}",
        f"组长{_names(ctx, leaders)}，成员 {len(everybody)} 人：{_names(ctx, everybody)}",
    ]
    if row.reported_at is not None:
        lines += [f"思想动向：{row.thoughts or '无'}", f"工作情况：{row.work or '无'}"]
    return lines


def _told(ctx: Context, people: Sequence[Member]) -> list[str]:
    told = bindings.reachable(ctx.session, [member.id for member in people])
    away = [member.name for member in people if member.id not in told]
    return ["已告知各人" if not away else f"已告知，微信收不到的 {len(away)} 人请当面告诉：{'、'.join(away)}"]


def _names(ctx: Context, people: Sequence[Member]) -> str:
    return "、".join(_called(ctx, member) for member in people)


def _called(ctx: Context, member: Member) -> str:
    """A member, with the branch when it is another one."""
    return member.name if member.branch_id == ctx.member.branch_id else f"{member.name}（{member.branch.name}）"


@command(
    "专班总结",
    who=(Role.LEADER, Role.SECRETARY),
    changes=True,
    example=closing_reports.EXAMPLE,
)
def report(ctx: Context, said: ClosingReport, group: ReportedGroup | None = None) -> Reply:
    """临时小组结束前写总结：思想动向、工作情况，支部看得到。"""
    assert group is not None
    thoughts, work = harmless(said.thoughts), harmless(said.work)
    closing_reports.file(ctx.session, group, thoughts=thoughts, work=work, by=ctx.member, now=ctx.now)
    return done(f"{group.name}的总结已交支部\n思想动向：{thoughts or '无'}\n工作情况：{work or '无'}")


COMMANDS: tuple[Command, ...] = (found, report)
