"""Minutes on paper, in the layout of 《党支部工作手册》 (rules 27)."""

from datetime import date, timedelta
from io import BytesIO
from unicodedata import east_asian_width

from PIL import Image

from bot.office import export_minutes
from bot.office.look import HIGHEST
from bot.office.minutes_sheet import ACROSS, MOST, cut
from models import answering, deciding_requests, minutes, minutes_pictures, pictures
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


def gone(name):
    raise FileNotFoundError(name)


def book_of(desk, period=None, kept=gone):
    branch, period = desk.cast.first_branch, period or Period.month(NOVEMBER)
    return opened(export_minutes.build(desk.session, branch, period, now=NOW, kept=kept))


def test_one_sheet_a_meeting_with_every_field(desk):
    cast, session = desk.cast, desk.session
    came = dict.fromkeys((cast.li_si, cast.zhang_san, cast.liu_qiang, cast.chen_jing, cast.zhao_min), PRESENT)
    meeting = held(session, ["党小组会"], cast.li_si, date(2026, 11, 10), {**came, cast.wang_fang: LEAVE})
    said = Outline(
        "=学习全会精神\n讨论", "每人写一篇体会", "王建军", "张三", "周国平", "全会公报", "三季度工作", "少开会"
    )
    minutes.file(session, meeting.id, said, by=cast.li_si, now=at(date(2026, 11, 11), 9))
    minutes.file(session, meeting.id, Outline("补一条"), by=cast.li_si, now=at(date(2026, 11, 12), 9))
    answering.uphold(session, 1, "每月两次", by=cast.wang_jianjun, now=at(date(2026, 11, 12), 9))
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
        ["传达", "全会公报"],
        ["通报", "三季度工作"],
        ["听取意见", "少开会"],
        ["决议", "每人写一篇体会"],
        ["意见办理", "Y1 少开会：已采纳，每月两次"],
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
    assert grid(sheet)[6] == ["法定人数", "支部委员会：有表决权的应到3人，实到3人，达到法定人数"]
    assert [row[0] for row in grid(sheet)[8:10]] == ["议题", "决议"]


def photo(size):
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG")
    return out.getvalue()


def test_pictures_stand_on_the_sheet_two_a_row_but_none_that_is_sealed_or_gone(desk):
    cast, session = desk.cast, desk.session
    meeting = held(session, ["主题党日"], cast.wang_jianjun, date(2026, 11, 10), {})
    minutes.file(session, meeting.id, Outline("学习"), by=cast.wang_jianjun, now=NOW)
    sent = [minutes_pictures.receive(session, meeting.id, "m", by=cast.wang_jianjun, now=NOW) for _ in range(6)]
    for number, picture in enumerate(sent[:5]):
        pictures.stored(session, picture.id, f"{number}.jpg")
        session.refresh(picture)
    pictures.seal(session, sent[4], cast.wang_jianjun.id)
    session.flush()
    cabinet = {f"{number}.jpg": photo((2000, 1000)) for number in (0, 1, 3, 4)}
    (sheet,) = book_of(desk, kept=lambda name: cabinet.get(name) or gone(name)).worksheets
    rows = {cell.value: cell.row for cell in sheet["A"] if str(cell.value).startswith("照片")}
    assert list(rows) == ["照片1、2", "照片3", "照片"]
    assert sheet.cell(rows["照片"], 2).value == "另有3张没有印出"
    places = [(image.anchor._from.row + 1, image.anchor._from.col) for image in sheet._images]
    assert places == [(rows["照片1、2"], 1), (rows["照片1、2"], 2), (rows["照片3"], 1)]
    assert [(image.width, image.height) for image in sheet._images] == [(410, 205)] * 3  # as kept: to be printed
    assert sheet.row_dimensions[rows["照片3"]].height > 200 * 0.75


def test_a_long_text_takes_as_many_rows_as_it_needs(desk):
    cast, session = desk.cast, desk.session
    meeting = held(session, ["主题党日"], cast.wang_jianjun, date(2026, 11, 10), {})
    said = "\n".join(f"{n} {'学习全会精神' * 12}" for n in range(30))
    minutes.file(session, meeting.id, Outline(said), by=cast.wang_jianjun, now=NOW)
    (sheet,) = book_of(desk).worksheets
    first = next(cell.row for cell in sheet["A"] if cell.value == "议题")
    last = next(cell.row for cell in sheet["A"] if cell.value == "决议") - 1
    assert last > first
    assert f"A{first}:A{last}" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert all(sheet.row_dimensions[row].height <= HIGHEST for row in range(first, last + 1))
    pieces = [sheet.cell(row, 2).value for row in range(first, last + 1)]
    assert "".join(pieces).replace("\n", "") == said.replace("\n", "")


def test_a_piece_has_at_most_so_many_lines_of_the_width():
    wide = lambda text: sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)  # noqa: E731  # said once
    text = "一" * 100 + "\n\nabc"
    assert cut(text, ACROSS, MOST) == [text]
    pieces = cut(text, 21, 4)
    assert [wide(piece.split("\n")[0]) for piece in pieces] == [80, 80, 40]
    assert "".join(pieces) == text
    assert cut("", ACROSS, MOST) == [""]


def test_where_nothing_was_filed_the_sheet_says_so(desk):
    (sheet,) = book_of(desk, Period.month(Month(2026, 9))).worksheets
    assert grid(sheet)[1] == ["组织：第一支部　　这段时间没有存档的会议记录"]


def test_who_does_not_count_stands_with_the_reason_and_both_consents(desk):
    cast, session = desk.cast, desk.session
    meeting = held(session, ["党小组会"], cast.li_si, date(2026, 11, 10), {cast.zhang_san: PRESENT})
    over = at(date(2026, 11, 11), 9)
    who, ground = cast.ouyang_jianguo, "自费出国半年以上"
    asked = deciding_requests.ask_not_expected(session, meeting.id, who, ground, agreed=True, by=cast.li_si, now=over)
    deciding_requests.approve(session, asked.request_id, by=cast.wang_jianjun, now=over)
    minutes.file(session, meeting.id, Outline("学习"), by=cast.li_si, now=over)
    (sheet,) = book_of(desk).worksheets
    assert ["不计应到", "欧阳建国（自费出国半年以上，上级王建军2026-11-11同意，会议同意）"] in grid(sheet)
