"""What is told of meetings (rules 24; replies: 会议通知 / 提醒)."""

from handlers import meeting_words, suggestions
from handlers.announcements.announcement import Kind, Told, told
from handlers.command import Context
from handlers.understanding.kinds_of_corrections import STATE_WORDS
from handlers.understanding.kinds_of_meetings import clock_word, moment_word
from handlers.words import NO_SECRETS, day_word, signed, tap
from models import attendance, meetings, minutes, not_expected, requests
from models.meetings import AHEAD, Invitation, Meeting, MeetingState
from models.months import shanghai_day
from models.notices import Posted
from models.requests import RequestKind, RequestStatus
from models.rounds import before


def _meeting(ctx: Context, notice: Posted) -> Meeting:
    return ctx.session.get_one(Meeting, notice.facts["meeting"])


def _told(meeting: Meeting, text: str, short: str) -> Told:
    return told(text, short=short, at=moment_word(meeting.starts_at), place=meeting.place, meeting=meeting.title)


def _card(ctx: Context, notice: Posted, head: str, short: str) -> Told | None:
    """The card, unless the meeting is over, cancelled, or was moved since, or the reader is invited no more."""
    meeting = _meeting(ctx, notice)
    if meeting.state not in AHEAD or meeting.moves != notice.facts["moves"] or ctx.now >= meeting.closes_at:
        return None
    if not _invited(ctx, meeting):
        return None
    lines = [*meeting_words.lines(meeting), *suggestions.last_time(ctx, meeting), meeting_words.answers(ctx, meeting)]
    text = "\n".join([f"{head}　{meeting.title}", *lines])
    return _told(meeting, text, short)


def _invited(ctx: Context, meeting: Meeting) -> bool:
    return meetings.invitation_of(ctx.session, meeting.id, ctx.member.id) is not None


def _uninvited(ctx: Context, notice: Posted) -> Told | None:
    """To who is no member of the body any more."""
    meeting = _meeting(ctx, notice)
    if meeting.state not in AHEAD or _invited(ctx, meeting):
        return None
    names = "、".join(one.name for one in meetings.held_by(ctx.session, meeting.id))
    text = f"会议 M{meeting.id} 您不用参加了　{meeting.title}\n{meeting_words.where_and_when(meeting)}"
    return _told(meeting, f"{text}\n现在的名单上，您不在{names}参会人员里", f"M{meeting.id} 您不用参加了")


def _announced(ctx: Context, notice: Posted) -> Told | None:
    meeting = _meeting(ctx, notice)
    return _card(ctx, notice, f"会议 M{meeting.id}", f"{moment_word(meeting.starts_at)}开会")


def _moved(ctx: Context, notice: Posted) -> Told | None:
    meeting = _meeting(ctx, notice)
    return _card(ctx, notice, f"会议 M{meeting.id} 改期", f"改到{moment_word(meeting.starts_at)}")


def _cancelled(ctx: Context, notice: Posted) -> Told:
    meeting = _meeting(ctx, notice)
    text = f"会议 M{meeting.id} 取消了　{meeting.title}\n原定{meeting_words.where_and_when(meeting)}"
    return _told(meeting, f"{text}\n理由：{meeting.cancel_reason}", f"{day_word(meeting.day)}的会取消了")


def _reminder(ctx: Context, notice: Posted) -> Told | None:
    meeting = _meeting(ctx, notice)
    if meeting.state not in AHEAD or meeting.moves != notice.facts["moves"] or ctx.now >= meeting.starts_at:
        return None
    if not _invited(ctx, meeting):
        return None
    days = (meeting.day - shanghai_day(ctx.now)).days
    day = {0: "今天", 1: "明天"}.get(days, day_word(meeting.day))
    text = (
        f"{day}{clock_word(meeting.starts_at)} {meeting.title}（M{meeting.id}），{meeting.place}\n"
        f"{clock_word(meeting.opens_at)}起签到，{clock_word(meeting.late_from)}后算迟到\n"
        f"来不了，开会前 {tap('请假', f'请假 M{meeting.id}')}"
    )
    return _told(meeting, text, f"{day}{clock_word(meeting.starts_at)}开会")


def _closed(ctx: Context, notice: Posted) -> Told:
    meeting = _meeting(ctx, notice)
    lines = [f"M{meeting.id} {meeting.title} 已散会", *meeting_words.attended(ctx, meeting)]
    lines.append(f"有出入：补记 M{meeting.id} 姓名 到会 理由")
    if meeting.state is MeetingState.CLOSED:
        last = shanghai_day(before(minutes.due_of(ctx.session, meeting)))
        lines += [f"会议记录请在{day_word(last)}前写 {tap('会议记录', f'会议记录 M{meeting.id}')}", NO_SECRETS]
    came = sum(count for state, count in attendance.counts(ctx.session, meeting.id).items() if state in meetings.CAME)
    return _told(meeting, "\n".join(lines), f"M{meeting.id} 已散会，到会{came}人")


def _request(ctx: Context, notice: Posted) -> Told:
    request = requests.get(ctx.session, notice.facts["request"])
    meeting = ctx.session.get_one(Meeting, request.meeting_id)
    what = "请假" if request.kind is RequestKind.LEAVE else "补签"
    if request.status is RequestStatus.APPROVED:
        effect = "会前不再提醒您，也不会记缺席" if request.kind is RequestKind.LEAVE else "已记您到会"
        return told(f"{what}批了：M{meeting.id} {meeting.title}\n{effect}", short=f"M{meeting.id} {what}批了")
    lines = [f"{what}没有批：M{meeting.id} {meeting.title}", f"理由：{request.reason}"]
    if meeting.state in AHEAD:
        lines.append(f"请按时参加：{meeting_words.where_and_when(meeting)}")
    else:
        lines.append(f"有不同意见：{tap('我有意见')}")
    return told("\n".join(lines), short=f"M{meeting.id} {what}没有批")


def _corrected(ctx: Context, notice: Posted) -> Told | None:
    invitation = ctx.session.get(Invitation, notice.facts["invitation"])
    if invitation is None:  # withdrawn since
        return None
    meeting = ctx.session.get_one(Meeting, invitation.meeting_id)
    if meeting.state is MeetingState.CANCELLED or invitation.state not in STATE_WORDS:
        return None
    word = STATE_WORDS[invitation.state]
    lines = [f"M{meeting.id} {meeting.title}（{day_word(meeting.day)}）更正为{word}", f"更正人：{notice.facts['by']}"]
    lines.append(f"理由：{invitation.reason}")
    entry = attendance.entry_of(ctx.session, invitation)
    if entry is not None:
        lines.append(f"记 {signed(entry.points)} 分　J{entry.id}")
    lines.append(f"有不同意见：{tap('我有意见')}")
    return told("\n".join(lines), short=f"M{meeting.id} 更正为{word}")


def _not_expected(ctx: Context, notice: Posted) -> Told | None:
    """To who asked that somebody does not count in 应到: what the level above said, and what is lacking."""
    request = requests.get(ctx.session, notice.facts["request"])
    name, number = request.member.name, request.meeting_id
    if request.status is RequestStatus.REJECTED:
        lines = [f"上级没有同意{name}不计应到：M{number}", f"理由：{request.reason}", "应到仍算上，来不了可以请假"]
        return told("\n".join(lines), short=f"{name}不计应到没有批")
    found = not_expected.of_request(ctx.session, request.id)
    if found is None:
        return None
    lines = [f"上级同意{name}不计应到：M{number}", f"理由：{found.ground}"]
    agree = tap("会上已同意", f"补记 M{number} {name} 不计应到 {found.ground}")
    lines.append(f"M{number} 应到不再算上" if found.in_force else f"会上也同意以后，请回 {agree}")
    return told("\n".join(lines), short=f"上级同意{name}不计应到")


KINDS = (
    Kind("meeting_announced", "会议通知", _announced),
    Kind("meeting_moved", "会议改期", _moved),
    Kind("meeting_cancelled", "会议取消", _cancelled),
    Kind("meeting_uninvited", "不用参会", _uninvited),
    Kind("meeting_reminder", "会议提醒", _reminder),
    Kind("meeting_closed", "会议考勤", _closed),
    Kind("meeting_request", "请假补签结果", _request),
    Kind("attendance_corrected", "到会情况更正", _corrected),
    Kind("not_expected_decided", "不计应到结果", _not_expected),
)
