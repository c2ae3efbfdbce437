"""The minutes of a branch's meetings, one a sheet, in the layout of 《党支部工作手册》 (rules 27)."""

from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office.export_words import head_of
from bot.office.look import HIGHEST, LINE, PAPER_A4, Paper, Style, lines_in, put
from models import organizations
from models.meetings import Attendance, HeldBy, Invitation, Meeting
from models.minutes import Minutes
from models.months import SHANGHAI, Period
from models.organizations import Organization
from models.sheets import Sheet, sheet_of

WIDTHS = (12, 30, 12, 30)  # label, value, label, value
ACROSS = sum(WIDTHS[1:])
SIGNED = "主持人（签名）：　　　　　　记录人（签名）：　　　　　　年　　月　　日"
TALL = 6  # lines that a field for free words has at least
_TITLE = Style("@", "center", size=18, bold=True, boxed=False)
_LOOSE = Style("@", "left", boxed=False)
_LABEL = Style("@", "center", bold=True, filled=True)
_VALUE = Style("@", "left")


def build(session: Session, branch: Organization, period: Period, *, now: datetime) -> Workbook:
    """What was filed of the meetings of a branch and its groups in a period, the earliest first."""
    paper = Paper(branch.name, head_of(session, branch), now)
    for found in _filed(session, branch, period):
        _draw(paper, sheet_of(session, found))
    if not paper.book.worksheets:
        sheet = _sheet(paper, "会议记录")
        _line(paper, sheet, 1, "会议记录", _TITLE, height=32)
        _line(paper, sheet, 2, f"组织：{branch.name}　　这段时间没有存档的会议记录", _LOOSE)
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


def _draw(paper: Paper, found: Sheet) -> None:
    minutes, meeting = found.minutes, found.minutes.meeting
    sheet = _sheet(paper, f"M{meeting.id} {meeting.main_kind}")
    _line(paper, sheet, 1, f"{meeting.title}记录", _TITLE, height=32)
    _line(paper, sheet, 2, f"组织：{meeting.organization.name}　　编号：M{meeting.id}", _LOOSE)
    _pair(paper, sheet, 3, "时间", _time(meeting), "地点", meeting.place)
    _pair(paper, sheet, 4, "主持人", minutes.host, "记录人", minutes.recorder)
    _pair(paper, sheet, 5, "应到人数", str(found.expected), "实到人数", str(found.came))
    row = 6
    wide = [("缺席及原因", _away(found.away), 1), ("列席", minutes.guests, 1), ("议题", minutes.topics, TALL)]
    wide.append(("决议", minutes.resolutions, TALL))
    for added in found.supplements:
        at = added.at.astimezone(SHANGHAI)
        wide.append(("补充", f"{added.text}\n（{added.by.name} {at:%Y-%m-%d %H:%M}）", 2))
    for label, text, least in wide:
        _wide(paper, sheet, row, label, text, least)
        row += 1
    _line(paper, sheet, row, SIGNED, _LOOSE, height=LINE * 3)
    _line(paper, sheet, row + 1, f"存档 {_moment(minutes.filed_at)}　　导出 {paper.at:%Y-%m-%d %H:%M}", _LOOSE)
    sheet.print_area = f"A1:D{row + 1}"


def _time(meeting: Meeting) -> str:
    starts = meeting.starts_at.astimezone(SHANGHAI)
    ends = f"至{meeting.ends_at.astimezone(SHANGHAI):%H:%M}" if meeting.ends_at else ""
    return f"{starts.year}年{starts.month}月{starts.day}日{starts:%H:%M}{ends}"


def _moment(moment: datetime | None) -> str:
    assert moment is not None
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _away(away: Sequence[Invitation]) -> str:
    words = ((one.reason or "请假") if one.state is Attendance.ON_LEAVE else "未请假" for one in away)
    return "、".join(f"{one.member.name}（{why}）" for one, why in zip(away, words, strict=True)) or "无"


def _sheet(paper: Paper, name: str) -> Worksheet:
    sheet = paper.sheet(name)
    for letter, width in zip("ABCD", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.page_setup.paperSize, sheet.page_setup.orientation = PAPER_A4, "portrait"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    return sheet


def _pair(paper: Paper, sheet: Worksheet, row: int, *values: str) -> None:
    for column, text in enumerate(values, start=1):
        put(sheet, row, column, text).style = paper.style(_LABEL if column % 2 else _VALUE)
    deepest = max(lines_in(text, width) for text, width in zip(values, WIDTHS, strict=True))
    sheet.row_dimensions[row].height = LINE * deepest + 8


def _wide(paper: Paper, sheet: Worksheet, row: int, label: str, text: str, least: int) -> None:
    put(sheet, row, 1, label).style = paper.style(_LABEL)
    for column in (2, 3, 4):  # every cell of a merged range has the border
        put(sheet, row, column, text if column == 2 else None).style = paper.style(_VALUE)
    sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=4)
    sheet.row_dimensions[row].height = min(LINE * max(lines_in(text, ACROSS), least) + 8, HIGHEST)


def _line(paper: Paper, sheet: Worksheet, row: int, text: str, style: Style, *, height: float = LINE + 4) -> None:
    put(sheet, row, 1, text).style = paper.style(style)
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
    sheet.row_dimensions[row].height = height
