"""Attendance at a branch's meetings over a period: members, groups, kinds, leading cadres (rules 23, 25)."""

from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from sqlalchemy.orm import Session

from bot.office.export_words import group_word, head_of, period_title
from bot.office.look import Column, Kind, Paper, Value
from models import attendance_figures
from models.attendance_figures import Figures, Line
from models.months import Period
from models.organizations import Organization

COUNTS = (
    Column("应到", 8, Kind.NUMBER),
    Column("到会", 8, Kind.NUMBER),
    Column("其中迟到", 10, Kind.NUMBER),
    Column("请假", 8, Kind.NUMBER),
    Column("缺席", 8, Kind.NUMBER),
    Column("到会率%", 11, Kind.AVERAGE),
)
PEOPLE = (Column("工号", 12), Column("姓名", 12), Column("小组", 22), *COUNTS)
BODIES = (Column("组织", 28), Column("会议次数", 10, Kind.NUMBER), *COUNTS)
KINDS = (Column("类型", 24), Column("会议次数", 10, Kind.NUMBER), *COUNTS)
NOTE = "按散会后的考勤统计，更正后的为准。到会率＝到会÷应到；年老体弱、长期病休等可不到会的，不计入应到。"
ONCE = "一次会有几种类型的，每种各算一次，合计只算一次。"
OWN = "领导干部以普通党员身份参加所在党支部、党小组组织生活的情况。"


def build(session: Session, branch: Organization, period: Period, *, now: datetime) -> Workbook:
    """Four sheets; the last one only where the branch has leading cadres who were invited."""
    found = attendance_figures.of_organization(session, branch, period)
    paper = Paper(branch.name, head_of(session, branch), now)
    lead = f"组织：{branch.name}　　期间：{period_title(period)}　　单位：人次"
    _people(paper, branch, "个人", "党员参加组织生活情况", lead, found.members, NOTE)
    _counted(paper, "小组", "党小组参加组织生活情况", lead, BODIES, [*found.groups, found.whole], NOTE)
    _counted(paper, "类型", "各类组织生活到会情况", lead, KINDS, [*found.kinds, _total(found.whole)], ONCE)
    if found.cadres:
        _people(paper, branch, "双重组织生活", "领导干部参加双重组织生活情况", lead, found.cadres, OWN)
    return paper.book


def _people(
    paper: Paper, branch: Organization, name: str, title: str, lead: str, lines: Sequence[Line], note: str
) -> None:
    page = paper.page(name, title, lead, PEOPLE, keep=3)
    for line in lines:
        assert line.member is not None
        member = line.member
        page.row([member.staff_no, member.name, group_word(member, branch), *_counts(line.figures)])
    page.note(note)
    page.sign("党务专干", "支部书记")
    page.end()


def _counted(
    paper: Paper, name: str, title: str, lead: str, columns: Sequence[Column], lines: Sequence[Line], note: str
) -> None:
    page = paper.page(name, title, lead, columns, keep=1)
    for line in lines:
        page.row([line.name, line.meetings, *_counts(line.figures)], strong=line is lines[-1])
    page.note(note)
    page.sign("党务专干", "支部书记")
    page.end()


def _total(line: Line) -> Line:
    return Line("合计", line.figures, line.meetings)


def _counts(figures: Figures) -> list[Value]:
    return [figures.expected, figures.came, figures.late, figures.on_leave, figures.absent, figures.rate]
