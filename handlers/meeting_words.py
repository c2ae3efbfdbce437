"""How a meeting is said: its card, who came, what was asked about it (replies: 会议通知)."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.command import Context
from handlers.understanding.kinds_of_corrections import STATE_WORDS
from handlers.understanding.kinds_of_meetings import clock_word, moment_word
from handlers.words import day_word, link, tap
from models import check_ins, making_up, meetings, not_expected
from models.duties import MissedMeeting
from models.meetings import AHEAD, CAME, EXPECTED, HELD, Attendance, Invitation, Meeting, MeetingState
from models.months import shanghai_day
from models.not_expected import NotExpected
from models.quorums import of_meeting as quorums_of
from models.requests import Request, RequestKind
from models.spans import word_of

NAMES = 12  # of a list in a reply; the page and the workbook hold the rest
STATES = {
    MeetingState.ANNOUNCED: "未开",
    MeetingState.OPEN: "正在签到",
    MeetingState.CLOSED: "已散会",
    MeetingState.FILED: "已有会议记录",
    MeetingState.CANCELLED: "已取消",
}
REQUESTED = {RequestKind.LEAVE: "请假", RequestKind.FORGOTTEN: "补签", RequestKind.NOT_EXPECTED: "不计应到"}
_SETTLED = {
    RequestKind.LEAVE: "准假",
    RequestKind.FORGOTTEN: "记为到会",
    RequestKind.NOT_EXPECTED: "上级同意不计应到",
}
MINE = {
    Attendance.INVITED: "",
    Attendance.COMING: "您已回复参加",
    Attendance.PRESENT: "您已签到",
    Attendance.LATE: "您已签到（迟到）",
    Attendance.ON_LEAVE: "您已请假",
    Attendance.ABSENT: "记您缺席",
    Attendance.EXCUSED: "您可以不到会",
    Attendance.NOT_EXPECTED: "这次不计您应到",
}


def where_and_when(meeting: Meeting) -> str:
    """11月26日（周四）15:00　三楼会议室."""
    return f"{moment_word(meeting.starts_at, meeting.ends_at)}　{meeting.place}"


def lines(meeting: Meeting) -> list[str]:
    """The card without its head and its taps."""
    agenda = [f"内容：{meeting.agenda}"] if meeting.agenda else []
    made_up = [f"补{word_of(held.period)}{held.kind}" for held in meeting.kinds if held.made_up]
    return [where_and_when(meeting), *made_up, *agenda, f"{clock_word(meeting.opens_at)}起签到"]


def made_up(ctx: Context, missed: MissedMeeting) -> str:
    """What became of a meeting that was missed: （已补，M5）, （12月3日补开）."""
    meeting = making_up.meeting_for(ctx.session, missed)
    if meeting is None:
        return ""
    return f"（已补，M{meeting.id}）" if meeting.state in HELD else f"（{day_word(meeting.day)}补开）"


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


def scanned_word(ctx: Context, meeting_id: int) -> str:
    """What a scan in the room came to when its WeChat was bound."""
    meeting = ctx.session.get_one(Meeting, meeting_id)
    return f"刚才的扫码已签到：{meeting.title}（M{meeting_id}）"


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
    result += left_out(ctx, not_expected.of_meeting(ctx.session, meeting.id))
    result += quorums(ctx, meeting)
    for second, count in check_ins.bursts(ctx.session, meeting.id)[:1]:
        result.append(f"请留意：{clock_word(second)} 有一秒内签到 {count} 人")
    return result


def quorums(ctx: Context, meeting: Meeting) -> list[str]:
    """Whether enough of those with a vote came, per kind."""
    return [
        f"{quorum.kind}：有表决权的应到 {quorum.expected} 人，实到 {quorum.came} 人，"
        + ("达到法定人数" if quorum.met else "未达法定人数")
        for quorum in quorums_of(ctx.session, meeting)
    ]


def left_out(ctx: Context, found: Sequence[NotExpected]) -> list[str]:
    """Who does not count in 应到 with the three that are recorded, and who is still waited for."""
    return [line for one in found if (line := _left_out(ctx, one))]


def _left_out(ctx: Context, one: NotExpected) -> str:
    name, request = one.invitation.member.name, one.request
    if one.in_force and request.decided_by is not None and request.decided_at is not None and one.agreed_at is not None:
        consent = f"{request.decided_by.name}{day_word(shanghai_day(request.decided_at))}同意"
        return f"不计应到：{name}（{one.ground}），上级{consent}，会议同意记于{day_word(shanghai_day(one.agreed_at))}"
    if one.refused or one.invitation.state in CAME:
        return ""
    waits = [*([] if one.consented else ["上级同意"]), *([] if one.agreed_at else ["会议同意"])]
    says = f"补记 M{one.invitation.meeting_id} {name} 不计应到 {one.ground}"
    met = ctx.now >= ctx.session.get_one(Meeting, one.invitation.meeting_id).starts_at
    agree = tap("会上已同意", says) if met and not one.agreed_at else ""
    return f"报批不计应到：{name}（{one.ground}），待{'、'.join(waits)} {agree}".strip()


def request_lines(request: Request, meeting: Meeting) -> list[str]:
    """What somebody asks about a meeting, for who decides."""
    what = REQUESTED[request.kind]
    return [
        f"待审 L{request.id}　{request.member.name} {what}",
        f"M{meeting.id} {meeting.title}　{moment_word(meeting.starts_at)}",
        f"{'说明' if request.kind is RequestKind.FORGOTTEN else '原因'}：{request.note}",
    ]


def settled_word(request: Request) -> str:
    """What an approval of a request about a meeting did."""
    return _SETTLED[request.kind]


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
