"""会议记录: filed by chat as an outline, supplemented, and shown (rules 27)."""

from dataclasses import fields

from handlers.approvals import DECIDERS
from handlers.arguments import MinutesOutline, OwnMeeting
from handlers.command import Command, Context, Reply, command, done
from handlers.understanding.kinds_of_meetings import moment_word
from handlers.words import NO_SECRETS, day_word, harmless, time_word
from models import meetings, minutes
from models.meetings import HELD, Attendance, Meeting
from models.minutes import Minutes, Outline
from models.months import shanghai_day
from models.rounds import before
from models.sheets import Sheet, sheet_of


@command(
    "会议记录",
    "纪要",
    who=DECIDERS,
    changes=True,
    example="会议记录 M3 议题 学习全会精神 决议 每人写一篇体会",
    heard=("写会议记录", "会议纪要", "补会议记录"),
)
def file(ctx: Context, number: OwnMeeting, outline: MinutesOutline = None) -> Reply:
    """写一次会的会议记录；存档后可以补充，不能改。"""
    if outline is None:
        return _show(ctx, meetings.get_run(ctx.session, number, by=ctx.member, now=ctx.now))
    safe = Outline(**{field.name: harmless(getattr(outline, field.name)) for field in fields(Outline)})
    filed = minutes.file(ctx.session, number, safe, by=ctx.member, now=ctx.now)
    added = minutes.supplements(ctx.session, number)
    if added:
        return done(f"M{number} 会议记录已补充（第{len(added)}次）：{added[-1].text}\n原来的内容不变")
    lines = [f"M{number} 会议记录已存档", *_card(ctx, filed)]
    return done("\n".join([*lines, f"存档后不能改，可以补充：会议记录 M{number} 要补充的内容"]))


def _show(ctx: Context, meeting: Meeting) -> Reply:
    """What is filed; before that, how one files it and until when."""
    found = minutes.find(ctx.session, meeting.id)
    if found is not None and found.filed_at is not None:
        return Reply("\n".join([f"M{meeting.id} 会议记录", *_card(ctx, found)]))
    if meeting.state not in HELD:
        return Reply(f"M{meeting.id} {meeting.title}（{moment_word(meeting.starts_at)}）还没有开完，散会后再记")
    last = shanghai_day(before(minutes.due_of(ctx.session, meeting)))
    return Reply(
        f"M{meeting.id} {meeting.title} 的会议记录请在{day_word(last)}前写，例如：\n"
        f"会议记录 M{meeting.id} 主持人 {meeting.organizer.name} 记录人 {ctx.member.name} 列席 无 议题 … 决议 …\n"
        f"时间、地点、到会和缺席已经有了，不用写\n{NO_SECRETS}"
    )


def _card(ctx: Context, found: Minutes) -> list[str]:
    sheet = sheet_of(ctx.session, found)
    rows = (
        ("列席", found.guests),
        ("议题", found.topics),
        ("决议", found.resolutions),
        *((f"补充（{added.by.name} {time_word(added.at)}）", added.text) for added in sheet.supplements),
    )
    return [
        f"{found.meeting.title}　{moment_word(found.meeting.starts_at)}　{found.meeting.place}",
        f"主持人 {found.host}　记录人 {found.recorder}",
        f"应到 {sheet.expected} 人，实到 {sheet.came} 人{_away(sheet)}",
        *(f"{name}：{text}" for name, text in rows if text),
    ]


def _away(sheet: Sheet) -> str:
    words = [
        f"{one.member.name}（{'请假：' + one.reason if one.state is Attendance.ON_LEAVE else '未请假'}）"
        for one in sheet.away
    ]
    return f"，缺席 {len(words)} 人：{'、'.join(words)}" if words else ""


COMMANDS: tuple[Command, ...] = (file,)
