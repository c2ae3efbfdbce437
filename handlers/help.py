"""帮助: what an asker can do now, by role; one command with an example; what to say when nothing was understood."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from handlers.arguments import Query
from handlers.command import Command, Context, Reply, command
from handlers.words import harmless, tap
from models import appointments, organizations
from models.appointments import Office, Role
from models.organizations import OrganizationKind

if TYPE_CHECKING:
    from handlers.dispatch import Families

ROLE_WORDS = {
    Role.VISITOR: "所有人",
    Role.MEMBER: "党员",
    Role.LEADER: "党小组长",
    Role.BRANCH: "支部委员",
    Role.SECRETARY: "支部书记",
    Role.COMMITTEE: "机关党委",
    Role.INSPECTOR: "抽查人员",
}
TAPPED = frozenset({"申报", "我的申报", "积分", "排名", "细则", "待办", "成员", "催办"})
HEADINGS = (
    (Role.MEMBER, "我的积分"),
    (Role.LEADER, "组长"),
    (Role.SECRETARY, "书记"),
    (Role.BRANCH, "支委"),
    (Role.COMMITTEE, "机关党委"),
    (Role.INSPECTOR, "抽查"),
)


def who_words(command: Command) -> str:
    """Who may use a command, in words."""
    return "、".join(ROLE_WORDS[role] for role in Role if role in command.who)


def one(command: Command) -> str:
    """One command with its usage and an example."""
    lines = [f"{command.word}：{command.summary}", f"写法：{command.usage}", f"例如：{command.example}"]
    if command.also:
        lines.append(f"也可以说：{'、'.join(command.also)}")
    return "\n".join(lines)


@command(
    "帮助",
    "?",
    "菜单",
    "help",
    "你好",
    "怎么用",
    who=Role.VISITOR,
    example="帮助 申报",
    heard=(
        "咋用",
        "不会用",
        "怎么弄",
        "怎么操作",
        "能干什么",
        "有什么功能",
        "使用说明",
        "主菜单",
        "你能干",
    ),
)
def show(ctx: Context, query: Query = "") -> Reply:
    """看现在能办什么。"""
    if query:
        found = ctx.families.find(query.split()[0])
        if found is not None:
            return Reply(one(found))
    if ctx.who is None:
        return welcome(ctx)
    return Reply(_overview(ctx.families, ctx.roles))


@lru_cache(maxsize=64)
def _overview(families: "Families", roles: frozenset[Role]) -> str:
    """What these roles can do; there are few sets of them, and the commands are the same for the process's life."""
    lines = ["您现在可以："]
    shown: set[str] = set()
    for role, heading in HEADINGS:
        mine = [c for c in families.commands if role in c.who and role in roles and c.word not in shown]
        if mine:
            shown |= {c.word for c in mine}
            lines.append(f"【{heading}】{' '.join(_shown(c) for c in mine)}")
    lines.append("看一项怎么写，例如：帮助 申报")
    return "\n".join(lines)


def _shown(command: Command) -> str:
    """A command in the list: one that needs nothing more to be said is a tap (each link costs 80 bytes of 2,000)."""
    return tap(command.word) if command.word in TAPPED else command.word


def welcome(ctx: Context) -> Reply:
    """What somebody who is not bound reads."""
    found = [o.name for o in organizations.roots(ctx.session) if o.kind is not OrganizationKind.LEADING_GROUP]
    return Reply(
        f"您好，这里是{found[0] if len(found) == 1 else ''}党员积分服务。\n"
        "先绑定一次，以后不用再绑。请回：\n"
        "绑定 姓名 绑定码（组长给您）\n"
        "例如：绑定 张三 123456\n"
        "没有绑定码：绑定 张三 1234（手机后四位），组长核对后开通\n"
        f"不是党员，想提建议：{tap('我有意见')}"
    )


def not_understood(likely: Sequence[str], ctx: Context) -> Reply:
    """The three likeliest commands and the name of a person, not a wall of help."""
    if ctx.who is None:
        return welcome(ctx)
    found = [(line, ctx.families.get(line.split()[0])) for line in likely]
    if found and all(" " in line for line in likely):
        lines = ["这句话里不止一件事，什么都没有改动。请一件一件办："]
        lines += [f"{n} {tap(harmless(line))}" for n, line in enumerate(likely, start=1)]
        return Reply("\n".join([*lines, "点一下或回数字就办那一件"]), listed=tuple(likely))
    lines = ["没看懂这句话，什么都没有改动。您是想："]
    lines += [f"{n} {c.summary.rstrip('。')}" for n, (_, c) in enumerate(found, start=1)]
    if found:
        lines += ["回数字就行，也可以照着写：", found[0][1].example]
    else:
        lines = ["没看懂这句话，什么都没有改动。回“帮助”看能办什么"]
    name = contact(ctx)
    if name:
        lines.append(f"要找人：{name}")
    return Reply("\n".join(lines), listed=tuple(line for line, _ in found))


def contact(ctx: Context) -> str:
    """Whom to ask: the leader of the asker's group, else the secretary."""
    member = ctx.member
    for organization_id, office, title in (
        (member.group_id, Office.GROUP_LEADER, "组长"),
        (member.branch_id, Office.SECRETARY, "书记"),
    ):
        if organization_id is None:
            continue
        found = [m for m in appointments.holders(ctx.session, organization_id, office, ctx.now) if m.id != member.id]
        if found:
            return f"{title}{found[0].name}"
    return ""


@command("更多", who=Role.VISITOR, example="更多", heard=("下一页",))
def more(ctx: Context) -> Reply:
    """看下一页。"""
    return Reply(ctx.rest or "没有更多了")


@command(
    "取消",
    who=Role.VISITOR,
    example="取消",
    heard=(
        "不弄了",
        "退出",
    ),
)
def cancel(ctx: Context) -> Reply:
    """离开正在问的事。"""
    return Reply("现在没有正在办的事，什么都没有改动")


@command("关于", who=(Role.VISITOR, Role.MEMBER), example="关于", heard=("隐私", "谁能看到"))
def about(ctx: Context) -> Reply:
    """看这里记什么、谁能看。"""
    return Reply(
        "这里记您的姓名、支部、申报和积分，手机号只留后四位，不收身份证号\n"
        "申报和照片只给您和审核、评审、抽查的人看，谁看过照片有记录\n"
        "取消关注就不再推送，满30天清除您的微信号\n"
        "请勿发涉密、案件和内部文件内容"
    )


COMMANDS = (show, about, more, cancel)
