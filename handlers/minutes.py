"""会议记录: filed by chat under its headings, in one message or several, supplemented, and shown (rules 27)."""

from dataclasses import fields

from handlers import meeting_words, suggestions
from handlers.approvals import DECIDERS
from handlers.arguments import MinutesOutline, WrittenMeeting
from handlers.cards import looks_at
from handlers.command import Ask, Command, Context, Reply, Result, command, done
from handlers.gathering import ENDS
from handlers.understanding.kinds_of_meetings import moment_word
from handlers.words import NO_SECRETS, day_word, harmless, time_word
from models import meeting_kinds, meetings, minutes
from models.meeting_kinds import Circle
from models.meetings import HELD, Attendance, Meeting
from models.minutes import SAID, Minutes, Outline
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
def file(ctx: Context, number: WrittenMeeting, outline: MinutesOutline = None) -> Result:
    """写一次会的会议记录；存档后可以补充，不能改。"""
    if outline is None:
        return _show(ctx, meetings.get_run(ctx.session, number, by=ctx.member, now=ctx.now))
    safe = Outline(**{field.name: _harmless(getattr(outline, field.name)) for field in fields(Outline)})
    filed = minutes.file(ctx.session, number, safe, by=ctx.member, now=ctx.now)
    passed_on = suggestions.passed_on(ctx, number)
    added = minutes.supplements(ctx.session, number)
    if added:
        lines = [f"M{number} 会议记录已补充（第{len(added)}次）：{added[-1].text}", "原来的内容不变", *passed_on]
        return done("\n".join(lines))
    lines = [f"M{number} 会议记录已存档", *_card(ctx, filed), *passed_on]
    lines.append("照片10分钟内可直接发来")
    return done("\n".join([*lines, f"存档后不能改，可以补充：会议记录 M{number} 要补充的内容"]))


def _harmless(typed: str) -> str:
    """What was typed, line by line, fit to be shown."""
    return "\n".join(harmless(line) for line in typed.split("\n"))


def _show(ctx: Context, meeting: Meeting) -> Reply | Ask:
    """What is filed; before that, it is asked for, with how one files it and until when."""
    found = minutes.find(ctx.session, meeting.id)
    if found is not None and found.filed_at is not None:
        more = f"补充：会议记录 M{meeting.id} 要补充的内容"
        return Reply("\n".join([f"M{meeting.id} 会议记录", *_card(ctx, found), more]))
    if meeting.state not in HELD:
        return Reply(f"M{meeting.id} {meeting.title}（{moment_word(meeting.starts_at)}）还没有开完，散会后再记")
    last = shanghai_day(before(minutes.due_of(ctx.session, meeting)))
    return Ask(
        f"M{meeting.id} {meeting.title} 的会议记录请在{day_word(last)}前写\n"
        f"请直接发内容，长的分几条发，发完回“{ENDS}”（隔30分钟不发就放下了）。例如：\n"
        f"主持人 {meeting.organizer.name} 记录人 {ctx.member.name} 列席 无 {_headings(meeting)} 决议 …\n"
        f"时间、地点、到会和缺席已经有了，不用写；照片也直接发来\n{NO_SECRETS}",
        asks="outline",
    )


def _headings(meeting: Meeting) -> str:
    """What a meeting of the kind talks about: a group's 传达, 通报 and 听取意见 (S0)."""
    of_group = meeting_kinds.get(meeting.main_kind).circle is Circle.GROUP
    return "传达 … 通报 … 听取意见 张三：…；王芳：…" if of_group else "议题 …"


def _card(ctx: Context, found: Minutes) -> list[str]:
    sheet = sheet_of(ctx.session, found)
    rows = (
        ("列席", found.guests),
        *((word, getattr(found, name)) for name, word in SAID.items()),
        *((f"补充（{added.by.name} {time_word(added.at)}）", added.text) for added in sheet.supplements),
    )
    shown = looks_at(ctx, sheet.pictures)
    return [
        f"{found.meeting.title}　{moment_word(found.meeting.starts_at)}　{found.meeting.place}",
        f"主持人 {found.host}　记录人 {found.recorder}",
        f"应到 {sheet.expected} 人，实到 {sheet.came} 人{_away(sheet)}",
        *meeting_words.left_out(ctx, sheet.left_out),
        *meeting_words.quorums(ctx, found.meeting),
        *(f"{name}：{text}" for name, text in rows if text),
        *([shown] if shown else []),
    ]


def _away(sheet: Sheet) -> str:
    words = [
        f"{one.member.name}（{'请假：' + one.reason if one.state is Attendance.ON_LEAVE else '未请假'}）"
        for one in sheet.away
    ]
    return f"，缺席 {len(words)} 人：{'、'.join(words)}" if words else ""


COMMANDS: tuple[Command, ...] = (file,)
