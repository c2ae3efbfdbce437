"""The minutes of a branch's meetings, one a sheet, in the layout of 《党支部工作手册》 (rules 27)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office.export_words import head_of
from bot.office.look import Paper
from bot.office.minutes_sheet import MinutesSheet
from handlers.suggestions import STATES
from models import meeting_kinds, opinions, organizations, quorums
from models.meeting_kinds import Circle
from models.meetings import Attendance, HeldBy, Invitation, Meeting
from models.minutes import SAID, Minutes
from models.months import SHANGHAI, Period
from models.not_expected import NotExpected
from models.opinions import Opinion
from models.organizations import Organization
from models.pictures import Picture, PictureStatus
from models.sheets import Sheet, sheet_of

SIGNED = "主持人（签名）：　　　　　　记录人（签名）：　　　　　　年　　月　　日"
TALL = 6  # lines that a field for free words has at least
AGENDA = ("relayed", "reported", "heard")  # of a group's meeting (S0)

# A picture as it is kept, by its name; raises OSError when it is gone.
Kept = Callable[[str], bytes]


def build(session: Session, branch: Organization, period: Period, *, now: datetime, kept: Kept) -> Workbook:
    """What was filed of the meetings of a branch and its groups in a period, the earliest first."""
    paper = Paper(branch.name, head_of(session, branch), now)
    for found in _filed(session, branch, period):
        _draw(session, paper, sheet_of(session, found), kept)
    if not paper.book.worksheets:
        MinutesSheet(paper, "会议记录", "会议记录", f"组织：{branch.name}　　这段时间没有存档的会议记录")
    return paper.book


def _filed(session: Session, branch: Organization, period: Period) -> Sequence[Minutes]:
    ids = [branch.id, *(group.id for group in organizations.groups_of(session, branch.id))]
    query = (
        select(Minutes)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .where(Minutes.filed_at.is_not(None))
        .where(Meeting.id.in_(select(HeldBy.meeting_id).where(HeldBy.organization_id.in_(ids))))
        .where(Meeting.starts_at >= period.first.begins, Meeting.starts_at < period.last.ends)
    )
    return session.scalars(query.order_by(Meeting.starts_at, Meeting.id)).all()


def _draw(session: Session, paper: Paper, found: Sheet, kept: Kept) -> None:
    minutes, meeting = found.minutes, found.minutes.meeting
    lead = f"组织：{meeting.organization.name}　　编号：M{meeting.id}"
    sheet = MinutesSheet(paper, f"M{meeting.id} {meeting.main_kind}", f"{meeting.title}记录", lead)
    sheet.pair("时间", _time(meeting), "地点", meeting.place)
    sheet.pair("主持人", minutes.host, "记录人", minutes.recorder)
    sheet.pair("应到人数", str(found.expected), "实到人数", str(found.came))
    sheet.field("缺席及原因", _away(found.away))
    if found.left_out:
        sheet.field("不计应到", _left_out(found.left_out))
    if words := _quorums(session, meeting):
        sheet.field("法定人数", words)
    sheet.field("列席", minutes.guests)
    for name in _headed(minutes):
        sheet.field(SAID[name], getattr(minutes, name), least=TALL)
    if found.suggestions:
        sheet.field("意见办理", "\n".join(_answered(session, one) for one in found.suggestions))
    for added in found.supplements:
        sheet.field("补充", f"{added.text}\n（{added.by.name} {_moment(added.at)}）", least=2)
    _add_pictures(sheet, found.pictures, kept)
    sheet.end(SIGNED, f"存档 {_moment(minutes.filed_at)}　　导出 {paper.at:%Y-%m-%d %H:%M}")


def _headed(minutes: Minutes) -> list[str]:
    """The fields for words that the sheet has: those of its kind of meeting, and whatever else was said."""
    of_group = meeting_kinds.get(minutes.meeting.main_kind).circle is Circle.GROUP
    of_kind = (*AGENDA, "resolutions") if of_group else ("topics", "resolutions")
    return [name for name in SAID if name in of_kind or getattr(minutes, name)]


def _add_pictures(sheet: MinutesSheet, found: Sequence[Picture], kept: Kept) -> None:
    """Those that are with us and not sealed (rules 33), and how many are not on the sheet."""
    shown = [data for picture in found if (data := _data(picture, kept)) is not None]
    sheet.pictures("照片", shown)
    if len(shown) < len(found):
        sheet.field("照片", f"另有{len(found) - len(shown)}张没有印出")


def _data(picture: Picture, kept: Kept) -> bytes | None:
    if picture.status is not PictureStatus.STORED or picture.stored_as is None:
        return None
    try:
        return kept(picture.stored_as)
    except OSError:
        return None


def _time(meeting: Meeting) -> str:
    starts = meeting.starts_at.astimezone(SHANGHAI)
    ends = f"至{meeting.ends_at.astimezone(SHANGHAI):%H:%M}" if meeting.ends_at else ""
    return f"{starts.year}年{starts.month}月{starts.day}日{starts:%H:%M}{ends}"


def _moment(moment: datetime | None) -> str:
    assert moment is not None
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _quorums(session: Session, meeting: Meeting) -> str:
    """Whether enough of those with a vote came, per kind (rules 26)."""
    return "\n".join(
        f"{one.kind}：有表决权的应到{one.expected}人，实到{one.came}人，{'达到' if one.met else '未达'}法定人数"
        for one in quorums.of_meeting(session, meeting)
    )


def _answered(session: Session, opinion: Opinion) -> str:
    """What became of a suggestion: Y7 多组织户外活动：已采纳，下月安排."""
    last = opinions.last_answer(session, opinion)
    return f"Y{opinion.id} {opinion.text}：{STATES[opinion.status]}" + (f"，{last.reason}" if last is not None else "")


def _left_out(left_out: Sequence[NotExpected]) -> str:
    """With the reason, the consent of the level above and the meeting's word (rules 26)."""
    return "、".join(f"{one.invitation.member.name}（{one.ground}，{_consent(one)}）" for one in left_out)


def _consent(one: NotExpected) -> str:
    by = one.request.decided_by
    at = one.request.decided_at
    assert by is not None
    assert at is not None
    return f"上级{by.name}{at.astimezone(SHANGHAI):%Y-%m-%d}同意，会议同意"


def _away(away: Sequence[Invitation]) -> str:
    words = ((one.reason or "请假") if one.state is Attendance.ON_LEAVE else "未请假" for one in away)
    return "、".join(f"{one.member.name}（{why}）" for one, why in zip(away, words, strict=True)) or "无"
