"""Minutes on paper, in the layout of 《党支部工作手册》 (rules 27)."""

from datetime import date, timedelta

from bot.office import export_minutes
from models import minutes
from models.meetings import Attendance
from models.minutes import Outline
from models.months import Month, Period, at
from tests.bot.office.printed import opened
from tests.cast import NOW
from tests.models.desk import NOVEMBER
from tests.models.test_attendance_figures import held

PRESENT, LEAVE = Attendance.PRESENT, Attendance.ON_LEAVE


def grid(sheet):
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def book_of(desk, period=None):
    return opened(export_minutes.build(desk.session, desk.cast.first_branch, period or Period.month(NOVEMBER), now=NOW))


def test_one_sheet_a_meeting_with_every_field(desk):
    cast, session = desk.cast, desk.session
    came = dict.fromkeys((cast.li_si, cast.zhang_san, cast.liu_qiang, cast.chen_jing, cast.zhao_min), PRESENT)
    meeting = held(session, ["党小组会"], cast.li_si, date(2026, 11, 10), {**came, cast.wang_fang: LEAVE})
    said = Outline("=学习全会精神\n讨论", "每人写一篇体会", "王建军", "张三", "周国平")
    minutes.file(session, meeting.id, said, by=cast.li_si, now=at(date(2026, 11, 11), 9))
    minutes.file(session, meeting.id, Outline("补一条"), by=cast.li_si, now=at(date(2026, 11, 12), 9))
    book = book_of(desk)
    (sheet,) = book.worksheets
    assert sheet.title == f"M{meeting.id} 党小组会"
    assert grid(sheet) == [
        ["党小组会记录"],
        [f"组织：第一小组　　编号：M{meeting.id}"],
        ["时间", "2026年11月10日15:00", "地点", "三楼会议室"],
        ["主持人", "王建军", "记录人", "张三"],
        ["应到人数", "7", "实到人数", "5"],
        ["缺席及原因", "王芳（请假）、欧阳建国（未请假）"],
        ["列席", "周国平"],
        ["议题", "=学习全会精神\n讨论"],
        ["决议", "每人写一篇体会"],
        ["补充", "补一条\n（李四 2026-11-12 09:00）"],
        [export_minutes.SIGNED],
        ["存档 2026-11-11 09:00　　导出 2026-11-20 10:00"],
    ]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert sheet["B8"].data_type == "s"
    assert "B8:D8" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert all(sheet.cell(8, column).border.bottom.style == "thin" for column in (2, 3, 4))
    assert (sheet.row_dimensions[8].height or 0) > (sheet.row_dimensions[7].height or 0)


def test_the_branchs_and_its_groups_by_day_and_nobody_elses(desk):
    cast, session = desk.cast, desk.session
    late = held(session, ["主题党日"], cast.wang_jianjun, date(2026, 11, 18), {})
    early = held(session, ["党小组会"], cast.ma_chao, date(2026, 11, 10), {})
    other = held(session, ["主题党日"], cast.qian_jin, date(2026, 11, 12), {})
    unfiled = held(session, ["党小组会"], cast.li_si, date(2026, 11, 11), {})
    for meeting, by in ((late, cast.wang_jianjun), (early, cast.ma_chao), (other, cast.qian_jin)):
        minutes.file(session, meeting.id, Outline("学习"), by=by, now=NOW)
    titles = book_of(desk).sheetnames
    assert titles == [f"M{early.id} 党小组会", f"M{late.id} 主题党日"]
    assert unfiled.id not in {int(title.split()[0][1:]) for title in titles}


def test_an_end_that_was_said_and_a_full_room(desk):
    cast, session = desk.cast, desk.session
    everybody = dict.fromkeys((cast.wang_jianjun, cast.he_min, cast.sun_lei), PRESENT)
    meeting = held(session, ["支部委员会"], cast.wang_jianjun, date(2026, 11, 10), everybody)
    meeting.ends_at = meeting.starts_at + timedelta(minutes=90)
    minutes.file(session, meeting.id, Outline("", "同意"), by=cast.wang_jianjun, now=NOW)
    (sheet,) = book_of(desk).worksheets
    assert grid(sheet)[2][1] == "2026年11月10日15:00至16:30"
    assert grid(sheet)[5] == ["缺席及原因", "无"]


def test_where_nothing_was_filed_the_sheet_says_so(desk):
    (sheet,) = book_of(desk, Period.month(Month(2026, 9))).worksheets
    assert grid(sheet)[1] == ["组织：第一支部　　这段时间没有存档的会议记录"]
