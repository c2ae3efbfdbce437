"""会议 参加 请假 签到 补签, and for who calls them 开会 改期 取消会议 (rules 23 to 25)."""

from collections.abc import Sequence

from handlers import meeting_words, suggestions
from handlers.approvals import DECIDERS
from handlers.arguments import (
    Agenda,
    CancelReason,
    CheckInCode,
    ForgottenNote,
    HeldBy,
    LeaveReason,
    MadeUp,
    MeetingKinds,
    MeetingNumber,
    Moment,
    OwnMeeting,
    Place,
    Sure,
)
from handlers.arguments import Meeting as MeetingSaid
from handlers.command import Command, Confirm, Context, Reply, Result, command, done
from handlers.understanding.kinds_of_meetings import clock_word, moment_word
from handlers.words import harmless, tap
from models import bindings, check_ins, deciding_requests, meeting_requests, meetings, planning
from models.appointments import Role
from models.meetings import AHEAD, HELD, Attendance, Invitation, Meeting

SHOWN = 5
SURE = {"sure": True}


@command(
    "会议",
    who=Role.MEMBER,
    example="会议",
    heard=(
        "有什么会",
        "有哪些会",
        "开什么会",
        "几点开会",
        "什么时候开会",
        "哪天开会",
        "会议安排",
        "近期会议",
        "最近的会",
    ),
)
def show(ctx: Context, number: MeetingSaid = None) -> Reply:
    """看要开的会；会议 M3 看一次会。"""
    if number is not None:
        return _card(ctx, meetings.get(ctx.session, number, asker=ctx.member, now=ctx.now))
    ahead = meetings.ahead_of(ctx.session, ctx.member.id)
    if not ahead:
        return Reply("近期没有通知您参加的会")
    shown = ahead[:SHOWN]
    rows = [f"M{one.id} {moment_word(one.starts_at)} {one.title}　{one.place}{_mine(ctx, one)}" for one in shown]
    more = [f"另有 {len(ahead) - len(shown)} 次"] if len(ahead) > len(shown) else []
    text = "\n".join([f"要开的会 {len(ahead)} 次，回数字看一次", *rows, *more])
    return Reply(text, listed=tuple(f"会议 M{one.id}" for one in shown))


def _mine(ctx: Context, meeting: Meeting) -> str:
    invitation = meetings.invitation_of(ctx.session, meeting.id, ctx.member.id)
    word = meeting_words.MINE[invitation.state] if invitation else "您组织"
    return f"（{word}）" if word else ""


def _card(ctx: Context, meeting: Meeting) -> Reply:
    lines = [f"会议 M{meeting.id}　{meeting.title}　{meeting_words.STATES[meeting.state]}"]
    lines += meeting_words.lines(meeting)[: None if meeting.state in AHEAD else -1]
    if meeting.cancel_reason:
        lines.append(f"取消理由：{meeting.cancel_reason}")
    invitation = meetings.invitation_of(ctx.session, meeting.id, ctx.member.id)
    if invitation is not None and meeting_words.MINE[invitation.state]:
        lines.append(meeting_words.MINE[invitation.state])
    if invitation is not None and meeting.state in AHEAD:
        lines.append(meeting_words.answers(ctx, meeting))
    lines += suggestions.heard(ctx, meeting)
    if meetings.runs(ctx.session, ctx.member, meeting, ctx.now):
        lines.append(_organizers_taps(meeting))
    return Reply("\n".join(lines))


def _organizers_taps(meeting: Meeting) -> str:
    words = ["考勤"]
    if meeting.state in AHEAD:
        words = ["签到码", "考勤", "改期", "取消会议"]
    elif meeting.state in HELD:
        words.append("会议记录")
    return " ".join(tap(word, f"{word} M{meeting.id}") for word in words)


@command("参加", who=Role.MEMBER, changes=True, example="参加 M3")
def come(ctx: Context, number: MeetingNumber) -> Reply:
    """回复参加一次会。"""
    meeting = meeting_requests.coming(ctx.session, number, by=ctx.member, now=ctx.now)
    return done(
        f"已记下：您参加 M{number} {meeting.title}\n{meeting_words.where_and_when(meeting)}\n"
        f"{clock_word(meeting.opens_at)}起签到，临时来不了：{tap('请假', f'请假 M{number}')}"
    )


@command("请假", who=Role.MEMBER, changes=True, example="请假 M3 出差", heard=("请个假",))
def ask_leave(ctx: Context, number: MeetingNumber, note: LeaveReason) -> Reply:
    """开会前请假，写一句原因。"""
    request = deciding_requests.ask_leave(ctx.session, number, harmless(note), by=ctx.member, now=ctx.now)
    asked = deciding_requests.decision(ctx.session, request, ctx.now).asked
    whom = "、".join(one.name for one in asked) or "支部"
    lines = [f"已请假（L{request.id}）：M{number}，待{whom}审批", "批了会告诉您；会前不再提醒您"]
    return done("\n".join([*lines, f"又能来了：{tap('参加', f'参加 M{number}')}"]))


@command("签到", who=Role.MEMBER, changes=True, example="签到 483920", heard=("我要签到", "签个到"))
def check_in(ctx: Context, code: CheckInCode) -> Reply:
    """用会场大屏上的6位数字签到，只发数字也行。"""
    invitation = check_ins.check_in(ctx.session, code, by=ctx.member, now=ctx.now)
    meeting = ctx.session.get_one(Meeting, invitation.meeting_id)
    at = clock_word(invitation.checked_in_at or ctx.now)
    if invitation.checked_in_at != ctx.now:
        return Reply(f"您已经签过到：{meeting.title}（M{meeting.id}）{at}")
    if invitation.state is Attendance.LATE:
        late = meeting_words.late_by(invitation, meeting)
        return done(f"已签到（迟到{late}分钟）：{meeting.title}（M{meeting.id}）\n有原因的，可请会议组织人更正")
    return done(f"已签到：{meeting.title}（M{meeting.id}）{at}\n散会后自动计分，不用再申报")


@command("补签", who=Role.MEMBER, changes=True, example="补签 M3 手机没电，全程在场", heard=("忘了签到", "忘记签到"))
def ask_entry(ctx: Context, number: MeetingNumber, note: ForgottenNote) -> Reply:
    """到会忘了签到，请会议组织人补记。"""
    request = deciding_requests.ask_entry(ctx.session, number, harmless(note), by=ctx.member, now=ctx.now)
    asked = deciding_requests.decision(ctx.session, request, ctx.now).asked
    whom = "、".join(one.name for one in asked) or "会议组织人"
    return done(f"已提出补签（L{request.id}）：M{number}，待{whom}核对\n核对后会告诉您，不用再发")


@command(
    "开会",
    who=DECIDERS,
    changes=True,
    example="开会 党小组会 明天15:00 三楼会议室 学习全会精神",
    heard=("召开", "开个会", "组织召开", "通知开会"),
)
def call(
    ctx: Context,
    kinds: MeetingKinds,
    when: Moment,
    place: Place,
    agenda: Agenda = "",
    of: HeldBy = (),
    period: MadeUp = "",
    sure: Sure = False,
) -> Result:
    """通知开会，会前自动提醒；补开以前的，写“补三季度”。"""
    by, now, starts_at, ends_at = ctx.member, ctx.now, when.starts_at, when.ends_at
    clashes = [] if sure else planning.clashes(ctx.session, kinds, starts_at, by=by, now=now, ends_at=ends_at, of=of)
    if clashes:
        return Confirm(_clashing(clashes), adding=SURE)
    meeting = planning.plan(
        ctx.session,
        kinds,
        starts_at,
        harmless(place),
        by=by,
        now=now,
        ends_at=ends_at,
        agenda=harmless(agenda),
        of=of,
        period=period,
    )
    invited = meetings.invitations(ctx.session, meeting.id)
    lines = [f"M{meeting.id} 已通知 {len(invited)} 人：{meeting.title}", *meeting_words.lines(meeting)]
    lines += [*_unreached(ctx, invited), _organizers_taps(meeting)]
    return done("\n".join(lines))


def _clashing(clashes: list[tuple[Meeting, int]]) -> str:
    rows = [
        f"M{meeting.id} {meeting.title} {moment_word(meeting.starts_at)}，有 {count} 人要参加"
        for meeting, count in clashes[:SHOWN]
    ]
    return "\n".join(["这个时间另有会：", *rows, "仍定在这个时间吗"])


def _unreached(ctx: Context, invited: Sequence[Invitation]) -> list[str]:
    told = bindings.reachable(ctx.session, [invitation.member_id for invitation in invited])
    away = [invitation for invitation in invited if invitation.member_id not in told]
    return [f"微信收不到的 {len(away)} 人请当面告诉：{meeting_words.names(away)}"] if away else []


@command("改期", who=DECIDERS, changes=True, example="改期 M3 后天15:00", heard=("会议改到",))
def move(ctx: Context, number: OwnMeeting, when: Moment, sure: Sure = False) -> Result:
    """会议改时间，会告知大家。"""
    meeting = meetings.get_run(ctx.session, number, by=ctx.member, now=ctx.now)
    clashes = [] if sure else planning.clashes_moved(ctx.session, meeting, when.starts_at, when.ends_at)
    if clashes:
        return Confirm(_clashing(clashes), adding=SURE)
    planning.move(ctx.session, number, when.starts_at, by=ctx.member, now=ctx.now, ends_at=when.ends_at)
    invited = meetings.invitations(ctx.session, number)
    lines = [f"M{number} 已改期，已通知 {len(invited)} 人：{meeting.title}", *meeting_words.lines(meeting)]
    return done("\n".join([*lines, *_unreached(ctx, invited)]))


@command("取消会议", who=DECIDERS, changes=True, example="取消会议 M3 书记出差", heard=("会议取消",))
def cancel(ctx: Context, number: OwnMeeting, reason: CancelReason) -> Reply:
    """取消会议，写一句理由，会告知大家。"""
    meeting = planning.cancel(ctx.session, number, harmless(reason), by=ctx.member, now=ctx.now)
    invited = meetings.invitations(ctx.session, number)
    lines = [f"M{number} 已取消，已通知 {len(invited)} 人：{meeting.title}", f"理由：{meeting.cancel_reason}"]
    return done("\n".join([*lines, *_unreached(ctx, invited)]))


COMMANDS: tuple[Command, ...] = (
    show,
    come,
    ask_leave,
    check_in,
    ask_entry,
    call,
    move,
    cancel,
)
