"""How a meeting is said: its card, who came, what was asked about it (replies: 会议通知)."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.command import Context
from handlers.understanding.kinds_of_meetings import STATE_WORDS, clock_word, moment_word
from handlers.words import link, tap
from models import attendance, check_ins, meetings
from models.meetings import AHEAD, CAME, EXPECTED, Attendance, Invitation, Meeting, MeetingState
from models.requests import Request, RequestKind

NAMES = 12  # of a list in a reply; the page and the workbook hold the rest
STATES = {
    MeetingState.ANNOUNCED: "未开",
    MeetingState.OPEN: "正在签到",
    MeetingState.CLOSED: "已散会",
    MeetingState.FILED: "已有会议记录",
    MeetingState.CANCELLED: "已取消",
}
MINE = {
    Attendance.INVITED: "",
    Attendance.COMING: "您已回复参加",
    Attendance.PRESENT: "您已签到",
    Attendance.LATE: "您已签到（迟到）",
    Attendance.ON_LEAVE: "您已请假",
    Attendance.ABSENT: "记您缺席",
    Attendance.EXCUSED: "您可以不到会",
}


def where_and_when(meeting: Meeting) -> str:
    """11月26日（周四）15:00　三楼会议室."""
    return f"{moment_word(meeting.starts_at, meeting.ends_at)}　{meeting.place}"


def lines(meeting: Meeting) -> list[str]:
    """The card without its head and its taps."""
    agenda = [f"内容：{meeting.agenda}"] if meeting.agenda else []
    return [where_and_when(meeting), *agenda, f"{clock_word(meeting.opens_at)}起签到"]


def answers(ctx: Context, meeting: Meeting) -> str:
    """What somebody invited may tap."""
    taps = [tap("参加", f"参加 M{meeting.id}"), tap("请假", f"请假 M{meeting.id}")]
    if ctx.site:
        taps.append(link("加入日历", calendar(ctx, meeting)))
    return " ".join(taps)


def calendar(ctx: Context, meeting: Meeting) -> str:
    """The address of the meeting's calendar file."""
    return f"{ctx.site}/m/calendar/{meeting.id}-{meeting.screen[:12]}.ics"


def screen(ctx: Context, meeting: Meeting) -> str:
    """The address of the page for the screen in the room."""
    return f"{ctx.site}/m/screen/{meeting.screen}" if ctx.site else ""


def late_by(invitation: Invitation, meeting: Meeting) -> int:
    """How many minutes after the start somebody checked in."""
    at = invitation.checked_in_at or meeting.starts_at
    return max((at - meeting.starts_at) // timedelta(minutes=1), 0)


def names(invitations: Sequence[Invitation]) -> str:
    """张三、李四等 20 人."""
    shown = "、".join(invitation.member.name for invitation in invitations[:NAMES])
    return shown if len(invitations) <= NAMES else f"{shown}等 {len(invitations)} 人"


def attended(ctx: Context, meeting: Meeting) -> list[str]:
    """Who came and who did not, the quorum, and what wants a look."""
    found = meetings.invitations(ctx.session, meeting.id)
    by = {state: [i for i in found if i.state is state] for state in Attendance}
    came = [i for i in found if i.state in CAME]
    late = f"（迟到 {len(by[Attendance.LATE])}）" if by[Attendance.LATE] else ""
    result = [f"通知 {len(found)} 人，到会 {len(came)} 人{late}"]
    if meeting.state in AHEAD:
        waiting = [i for i in found if i.state in EXPECTED]
        coming = f"，其中 {len(by[Attendance.COMING])} 人回复参加" if by[Attendance.COMING] else ""
        result += [f"还没签到 {len(waiting)} 人{coming}：{names(waiting)}"] if waiting else []
    for state, word in ((Attendance.LATE, "迟到"), (Attendance.ON_LEAVE, "请假"), (Attendance.ABSENT, "缺席")):
        result += [f"{word} {len(by[state])} 人：{names(by[state])}"] if by[state] else []
    if by[Attendance.EXCUSED]:
        result.append(f"年老体弱等可不到会 {len(by[Attendance.EXCUSED])} 人：{names(by[Attendance.EXCUSED])}")
    for quorum in attendance.quorums(ctx.session, meeting):
        word = "达到法定人数" if quorum.met else "未达法定人数"
        result.append(f"{quorum.kind}：有表决权的应到 {quorum.expected} 人，实到 {quorum.came} 人，{word}")
    for second, count in check_ins.bursts(ctx.session, meeting.id)[:1]:
        result.append(f"请留意：{clock_word(second)} 有一秒内签到 {count} 人")
    return result


def request_lines(request: Request, meeting: Meeting) -> list[str]:
    """What somebody asks about a meeting, for who decides."""
    what = "请假" if request.kind is RequestKind.LEAVE else "补签"
    return [
        f"待审 L{request.id}　{request.member.name} {what}",
        f"M{meeting.id} {meeting.title}　{moment_word(meeting.starts_at)}",
        f"{'原因' if request.kind is RequestKind.LEAVE else '说明'}：{request.note}",
    ]


def settled_word(request: Request) -> str:
    """What an approval of a request about a meeting did."""
    return "准假" if request.kind is RequestKind.LEAVE else "记为到会"


__all__ = [
    "STATE_WORDS",
    "answers",
    "attended",
    "calendar",
    "late_by",
    "lines",
    "names",
    "request_lines",
    "screen",
    "settled_word",
    "where_and_when",
]
