"""绑定 我 成员 联系 截止: who one is here, who belongs to one's group, and what the dates are."""

from collections.abc import Sequence

from handlers import follow_ups
from handlers.arguments import Code, Name
from handlers.command import Command, Context, Reply, command, done
from handlers.help import welcome
from handlers.meeting_words import scanned_word
from handlers.round_words import last_day
from handlers.words import day_word, figure, month_word, stars_word, tap, weekday_word
from models import (
    appointments,
    check_ins,
    claims,
    deciding_requests,
    group_memberships,
    groups,
    rolls,
    rounds,
    standings,
)
from models.appointments import BRANCH_OFFICES, Appointment, Office, Role
from models.deciders import deciders
from models.members import Member
from models.months import Month, shanghai_day
from models.organizations import Organization
from models.requests import Request, RequestKind
from models.rounds import RoundState

OFFICE_WORDS = {
    Office.GROUP_LEADER: "小组长",
    Office.SECRETARY: "书记",
    Office.DEPUTY_SECRETARY: "副书记",
    Office.COMMITTEE_MEMBER: "委员",
    Office.ORGANIZATION_COMMISSIONER: "组织委员",
    Office.PUBLICITY_COMMISSIONER: "宣传委员",
    Office.DISCIPLINE_COMMISSIONER: "纪检委员",
    Office.PARTY_AFFAIRS_OFFICER: "党务专干",
    Office.INSPECTOR: "抽查人员",
    Office.LEADER_IN_CHARGE: "分管领导",
}


@command(
    "绑定",
    "换绑",
    "换手机",
    who=Role.VISITOR,
    changes=True,
    example="绑定 张三 123456",
    heard=(
        "绑微信",
        "换微信",
        "换了手机",
        "新手机",
    ),
)
def bind(ctx: Context, name: Name, code: Code) -> Reply:
    """把这个微信和您本人绑定，只做一次。"""
    if len(code) == 4:
        outcome = deciding_requests.ask_to_bind(ctx.session, ctx.openid, name, code, key=ctx.secret, now=ctx.now)
    else:
        outcome = deciding_requests.bind(ctx.session, ctx.openid, name, code, key=ctx.secret, now=ctx.now)
    if isinstance(outcome, Request):
        return done(_asked(ctx, outcome))
    entered = check_ins.enter_scanned(ctx.session, ctx.openid, by=outcome, now=ctx.now)
    return done(_greeting(outcome) + (f"\n{scanned_word(ctx, entered.meeting_id)}" if entered else ""))


def _asked(ctx: Context, request: Request) -> str:
    """Who looks whether it is the person: the leader, the level above for a new phone, or by hand when nobody can."""
    asked = deciders(ctx.session, request, ctx.now).asked
    if not asked:
        return f"申请已记下（L{request.id}）\n现在没有人能在微信里核对，请找本单位的管理员当面要一个绑定码"
    who = "组长"
    if request.kind is RequestKind.REBINDING:
        who = "上一级党组织" if asked[0].height else "支部"
    return f"已请{who}核对（L{request.id}），通过后会告诉您，不用再发"


def _greeting(member: Member) -> str:
    where = f"{member.branch.name}{'·' + member.group.name if member.group else ''}"
    return (
        f"已绑定：{member.name}（{where}）\n以后直接说话就行，例如：\n"
        f"申报 社区志愿 2小时 昨天 清扫河堤\n看能办什么：{tap('帮助')}"
    )


@command(
    "我",
    "我的",
    "我是谁",
    who=Role.VISITOR,
    example="我",
    heard=(
        "我的信息",
        "我的资料",
        "哪个支部",
        "我叫什么",
    ),
)
def me(ctx: Context) -> Reply:
    """看我的支部、小组、积分和未办的事。"""
    if ctx.who is None:
        return welcome(ctx)
    member, month = ctx.member, ctx.month
    where = f"{member.branch.name}{'·' + member.group.name if member.group else ''}"
    lines = [f"{member.name}　{where}", *_offices(ctx.offices)]
    left_out = rolls.not_scored(ctx.session, [member], month).get(member.id)
    score, rulebook = standings.score_of(ctx.session, member, month)
    stars = stars_word(rulebook.stars_at(score))
    lines.append(
        f"{month.number}月不计分（{left_out.value}）"
        if left_out
        else f"{month.number}月现为 {figure(score)} 分{stars}（未审定）"
    )
    mine = [c for c in claims.of_member(ctx.session, member.id, month) if c.status in claims.UNDECIDED]
    if mine:
        lines.append(f"申报未办完 {len(mine)} 条 {tap('我的申报')}")
    lines += follow_ups.own_lines(ctx)
    lines.append(f"{tap('积分')} {tap('排名')} {tap('细则')} {tap('截止')}")
    return Reply("\n".join(lines))


def _offices(held: Sequence[Appointment]) -> list[str]:
    shown = [f"{a.organization.name}{OFFICE_WORDS[a.office]}{'（代理）' if a.acting else ''}" for a in held]
    return ["职务：" + "、".join(shown)] if shown else []


@command(
    "成员",
    who=(Role.LEADER, Role.SECRETARY),
    example="成员",
    heard=(
        "组员",
        "有哪些人",
        "名单",
        "组里有谁",
        "谁没报",
        "谁还没报",
        "谁没申报",
        "谁还没申报",
        "哪些人没报",
    ),
)
def people(ctx: Context) -> Reply:
    """看我的组员：是否绑定、本月申报、未办的事。"""
    mine = groups.led_by(ctx.session, ctx.offices)
    state = groups.state_of(ctx.session, mine, ctx.month)
    temporary = [_temporary_line(ctx, group) for group in groups.temporary(ctx.offices)]
    if temporary and not mine:
        return Reply("\n".join([*temporary, f"跟他们说一句：传达 内容　{tap('待办')}"]))
    lines = [f"您的成员 {len(mine)} 人"]
    for line in state:
        parts = [] if line.bound else ["未绑定"]
        parts += ["取消了关注"] if line.bound and not line.following else []
        parts.append(
            f"本月申报{line.claims}条" if line.claims else "本月没有要报的" if line.said_nothing else "本月未申报"
        )
        parts += [f"待办{line.open}条"] if line.open else []
        parts += [f"{line.unread}条通知没看到"] if line.following and line.unread else []
        lines.append(f"{line.member.name} {'，'.join(parts)}")
    lines += temporary
    lines.append(f"{tap('催办')} 未绑定的可用“代报 姓名 事项”")
    return Reply("\n".join(lines))


def _temporary_line(ctx: Context, group: Organization) -> str:
    """扫雪专班（到12月31日）3人：… : what its members claim otherwise is their own branch's."""
    names = [member.name for member in group_memberships.members_of(ctx.session, group.id)]
    until = f"（到{day_word(group.ends_on)}）" if group.ends_on else ""
    return f"{group.name}{until}{len(names)}人：{'、'.join(names)}"


@command(
    "联系",
    who=Role.MEMBER,
    example="联系",
    heard=(
        "找谁",
        "组长是谁",
        "书记是谁",
        "联系谁",
        "联系方式",
        "电话",
        "谁审核",
        "谁来审",
        "联系组长",
        "联系书记",
    ),
)
def contacts(ctx: Context) -> Reply:
    """看我的组长和书记是谁。"""
    member = ctx.member
    lines = []
    for organization, office, title in (
        (member.group, Office.GROUP_LEADER, "组长"),
        (member.branch, Office.SECRETARY, "书记"),
        (member.branch, Office.DEPUTY_SECRETARY, "副书记"),
    ):
        if organization is not None:
            found = appointments.holders(ctx.session, organization.id, office, ctx.now)
            lines += [f"{organization.name}{title}：{person.name}" for person in found]
    return Reply("\n".join(lines) or "还没有登记组长和书记，请问机关党委")


@command(
    "截止",
    who=Role.MEMBER,
    example="截止",
    heard=(
        "截止日期",
        "截止时间",
        "最晚",
        "到几号",
        "哪天截止",
    ),
)
def dates(ctx: Context) -> Reply:
    """看这个月的几个日子。"""
    lines = []
    for month in rounds.open_months(ctx.session, ctx.member.branch_id, ctx.now):
        last = rounds.last_claim_day(ctx.session, ctx.member.branch_id, month)
        lines.append(f"{month_word(month)}的事：{day_word(last)}（{weekday_word(last)}）24点前都能报")
    waiting = [c for m in rounds.open_months(ctx.session, ctx.member.branch_id, ctx.now) for c in _returned(ctx, m)]
    lines += [f"#{claim.id} 要在那之前补充：补充 {claim.id} …" for claim in waiting]
    return Reply("\n".join([*lines, *_of_rounds(ctx)]))


def _of_rounds(ctx: Context) -> list[str]:
    """Until when results can be checked, and for the branch's committee until when they are to be submitted."""
    lines = []
    disclosed = rounds.oldest(ctx.session, ctx.member.branch_id, RoundState.DISCLOSURE)
    if disclosed is not None:
        word, last = month_word(disclosed.month), last_day(disclosed)
        lines.append(f"{word}的公示：{day_word(last)}（{weekday_word(last)}）24点前可核对 {tap('看公示', '公示')}")
    for branch_id in {a.organization_id for a in ctx.offices if a.office in BRANCH_OFFICES}:
        found = rounds.oldest(ctx.session, branch_id, RoundState.REVIEW)
        if found is not None and found.review_until is not None:
            last = shanghai_day(rounds.before(found.review_until))
            word = month_word(found.month)
            lines.append(
                f"{word}的评审：{day_word(last)}（{weekday_word(last)}）24点前提交公示 {tap('看评审', '评审')}"
            )
    return lines


def _returned(ctx: Context, month: Month) -> list[claims.Claim]:
    found = claims.of_member(ctx.session, ctx.member.id, month)
    return [claim for claim in found if claim.status is claims.ClaimStatus.RETURNED]


COMMANDS: tuple[Command, ...] = (bind, me, people, contacts, dates)
