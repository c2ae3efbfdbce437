"""签到码 补记: for who runs a meeting, the code and corrections (rules 25, 26)."""

from handlers import meeting_words
from handlers.approvals import DECIDERS
from handlers.arguments import Anyone, Came, CameGround, OwnMeeting, Sure
from handlers.command import Command, Confirm, Context, Reply, Result, command, done
from handlers.understanding.kinds_of_corrections import STATE_WORDS
from handlers.understanding.kinds_of_meetings import moment_word
from handlers.words import harmless, link, signed
from models import attendance, check_ins, corrections, deciding_requests, meetings, not_expected
from models.errors import Refused
from models.meetings import AHEAD, HELD, Attendance, Meeting
from models.members import Member
from models.months import Month


class NotTheOrganizer(Refused):
    """The code is for the organizer's eyes alone."""


@command("签到码", who=DECIDERS, example="签到码 M3")
def code(ctx: Context, number: OwnMeeting) -> Reply:
    """看现在的签到码和大屏网页，只给会议组织人。"""
    meeting = meetings.get_run(ctx.session, number, by=ctx.member, now=ctx.now)
    if meeting.organizer_id != ctx.member.id:
        raise NotTheOrganizer(f"签到码只给会议组织人{meeting.organizer.name}看", f"考勤 M{number}")
    page = meeting_words.screen(ctx, meeting)
    shown = [f"会场大屏：{link('打开', page)}"] if page else []
    if meeting.state not in AHEAD or not meeting.opens_at <= ctx.now < meeting.closes_at:
        when = f"{moment_word(meeting.opens_at)}起签到" if ctx.now < meeting.opens_at else "签到已结束"
        return Reply("\n".join([f"M{number} {meeting.title}：{when}", *(shown if ctx.now < meeting.opens_at else [])]))
    now = check_ins.code_of(meeting, ctx.now)
    return Reply("\n".join([f"M{number} 现在的签到码：{now}", "每分钟换一个，换了以后30秒内仍可用", *shown]))


@command("补记", who=DECIDERS, changes=True, example="补记 M3 王芳 到会 手机没电")
def correct(
    ctx: Context, number: OwnMeeting, person: Anyone, state: Came, reason: CameGround, sure: Sure = False
) -> Result:
    """更正一个人的到会情况，或报批不计应到，写明理由，会告知本人。"""
    if state is Attendance.NOT_EXPECTED:
        return _leave_out(ctx, number, person, reason, sure=sure)
    invitation = corrections.correct(ctx.session, number, person, state, harmless(reason), by=ctx.member, now=ctx.now)
    meeting = ctx.session.get_one(Meeting, number)
    lines = [f"M{number} 已更正：{person.name} 记为{STATE_WORDS[state]}，已告知本人", f"理由：{invitation.reason}"]
    entry = attendance.entry_of(ctx.session, invitation)
    if entry is not None:
        lines.append(f"{Month.of(meeting.day).number}月记 {signed(entry.points)} 分（J{entry.id}）")
    elif meeting.state in HELD:
        lines.append("不加分也不扣分")
    return done("\n".join(lines))


def _leave_out(ctx: Context, number: int, person: Member, reason: str, *, sure: bool) -> Result:
    """Before the meeting the level above is asked; from its start on the meeting's word is asked for with it."""
    not_expected.check(ctx.session, number, person, reason, by=ctx.member, now=ctx.now)
    meeting = ctx.session.get_one(Meeting, number)
    met = ctx.now >= meeting.starts_at
    if met and not sure:
        return Confirm(
            f"M{number} 到会党员同意{person.name}不计应到（{reason}）了吗？\n"
            "同意了就记下来，上级也同意后生效；会上没有同意，请回“不是”",
            adding={"sure": True},
        )
    found = deciding_requests.ask_not_expected(
        ctx.session, number, person, reason, agreed=met, by=ctx.member, now=ctx.now
    )
    if found.in_force:
        lines = [f"M{number} 应到不再算{person.name}", *meeting_words.left_out(ctx, [found])]
        return done("\n".join([*lines, *meeting_words.quorums(ctx, meeting)]))
    asked = deciding_requests.decision(ctx.session, found.request, ctx.now).asked
    whom = "、".join(one.name for one in asked) or "上一级党组织"
    lines = [f"已报{whom}同意（L{found.request_id}）：{person.name}不计入 M{number} 应到", f"理由：{found.ground}"]
    again = f"补记 M{number} {person.name} 不计应到 {found.ground}"
    agreed = "会上同意已记下" if met else f"会上也要同意，开会后再发：{again}"
    if found.consented:
        lines[0] = f"上级已同意{person.name}不计入 M{number} 应到（L{found.request_id}）"
    return done("\n".join([*lines, agreed, "都同意以前，应到仍算上"]))


COMMANDS: tuple[Command, ...] = (code, correct)
