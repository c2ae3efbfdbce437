"""会议记录 by chat: an outline under its headings, filed, supplemented, shown (rules 27)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from handlers.announcements import compose
from handlers.understanding.kinds_of_minutes import outline
from jobs import meetings as meetings_job
from jobs import minutes as job
from models import attendance, minutes, planning
from models.meetings import Attendance
from models.minutes import Outline
from models.months import at
from models.notices import Notice
from tests.cast import NOW, Cast
from tests.phones import Phones
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # it reads what is proved on both databases in tests/models

STARTS = NOW + timedelta(hours=3)
DURING, OVER = STARTS + timedelta(minutes=5), STARTS + timedelta(hours=2)
REMINDED, ABOVE = at(date(2026, 11, 26), 9), at(date(2026, 11, 27), 9)


@pytest.fixture
def _planned(cast: Cast) -> None:
    """M1 is 李四's group meeting of this afternoon."""
    with cast.sessions.write() as session:
        planning.plan(session, ["党小组会"], STARTS, "三楼会议室", by=cast.of(session).li_si, now=NOW)


@pytest.fixture
def _over(cast: Cast, _planned: None) -> None:
    """张三 came, 王芳 was on leave, and M1 is over."""
    with cast.sessions.write() as session:
        own = cast.of(session)
        for member, state, why in (
            (own.zhang_san, Attendance.PRESENT, "到"),
            (own.wang_fang, Attendance.ON_LEAVE, "出差"),
        ):
            attendance.correct(session, 1, member, state, why, by=own.li_si, now=DURING)
    meetings_job.close(cast.sessions, now=OVER)


FILED = (
    "✅ M1 会议记录已存档\n"
    "党小组会　11月20日（周五）13:00　三楼会议室\n"
    "主持人 李四　记录人 张三\n"
    "应到 7 人，实到 1 人，缺席 6 人：李四（未请假）、王芳（请假：出差）、刘强（未请假）、陈静（未请假）、"
    "赵敏（未请假）、欧阳建国（未请假）\n"
    "列席：周国平\n"
    "议题：学习全会精神\n"
    "决议：每人写一篇体会\n"
    "存档后不能改，可以补充：会议记录 M1 要补充的内容"
)


@pytest.mark.usefixtures("_over")
def test_filed_in_one_line_and_the_rest_is_known(say: RecordedSay, cast: Cast) -> None:
    line = "会议记录 M1 主持人 李四 记录人：张三 列席 周国平 议题 学习全会精神 决议 每人写一篇体会"
    assert say(cast.li_si, line, OVER) == FILED
    card = say(cast.li_si, "会议 M1", OVER)
    assert card.startswith("会议 M1　党小组会　已有会议记录")
    assert card.endswith("\n[考勤] [会议记录]")


@pytest.mark.usefixtures("_over")
def test_once_it_is_filed_the_word_of_the_end_asks_for_it_no_more(cast: Cast, arrived: Arrivals) -> None:
    with cast.sessions.write() as session:
        minutes.file(session, 1, Outline("学习"), by=cast.of(session).li_si, now=OVER)
    assert "会议记录" not in next(text for text in arrived(cast.li_si, at=OVER) if "已散会" in text)


@pytest.mark.usefixtures("_over")
def test_what_was_filed_stays_and_is_supplemented(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "会议记录 M1 学习全会精神", OVER)
    assert say(cast.wang_jianjun, "纪要 M1 下次讨论扫雪安排", OVER) == (
        "✅ M1 会议记录已补充（第1次）：下次讨论扫雪安排\n原来的内容不变"
    )
    shown = say(cast.li_si, "会议记录 M1", OVER)
    assert shown.startswith("M1 会议记录\n")
    assert shown.endswith("\n议题：学习全会精神\n补充（王建军 11月20日 15:00）：下次讨论扫雪安排")


@pytest.mark.usefixtures("_over")
def test_without_a_text_it_says_how_and_until_when(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "会议记录 M1", OVER) == (
        "M1 党小组会 的会议记录请在11月25日前写，例如：\n"
        "会议记录 M1 主持人 李四 记录人 李四 列席 无 议题 … 决议 …\n"
        "时间、地点、到会和缺席已经有了，不用写\n"
        "请勿发送涉密、案件和内部文件内容"
    )


@pytest.mark.usefixtures("_planned")
def test_before_the_end_there_is_nothing_to_file(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "会议记录 M1", NOW) == "M1 党小组会（11月20日（周五）13:00）还没有开完，散会后再记"
    assert say(cast.li_si, "会议记录 M1 学习全会精神", NOW).startswith("❌ M1 还没有散会，11月20日15:00以后再记\n")


@pytest.mark.usefixtures("_over")
def test_everybody_who_came_is_no_list_of_absences(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        own = cast.of(session)
        for member in (own.li_si, own.wang_fang, own.liu_qiang, own.chen_jing, own.zhao_min, own.ouyang_jianguo):
            attendance.correct(session, 1, member, Attendance.PRESENT, "到", by=own.wang_jianjun, now=OVER)
    assert "\n应到 7 人，实到 7 人\n" in say(cast.li_si, "会议记录 M1 学习全会精神", OVER)


@pytest.mark.usefixtures("_over")
@pytest.mark.parametrize("who", ["zhang_san", "ma_chao", "qian_jin"])
def test_it_is_for_who_runs_the_meeting(say: RecordedSay, cast: Cast, who: str) -> None:
    assert say(getattr(cast, who), "会议记录 M1 学习全会精神", OVER).startswith("❌")


@pytest.mark.usefixtures("_over")
def test_what_is_typed_can_plant_no_link(say: RecordedSay, cast: Cast) -> None:
    shown = say(cast.li_si, '会议记录 M1 议题 <a href="http://x.cn">看</a> 决议 见 http://x.cn', OVER)
    assert "<" not in shown
    assert "http://" not in shown


@pytest.mark.usefixtures("_over")
def test_who_is_late_is_reminded_then_the_level_above_reads_it(cast: Cast, arrived: Arrivals) -> None:
    job.expect(cast.sessions, now=OVER)
    job.remind(cast.sessions, now=REMINDED)
    assert arrived(cast.li_si, at=REMINDED)[-1] == (
        "M1 党小组会（11月20日）的会议记录到11月25日还没有写，请补上\n[会议记录]\n请勿发送涉密、案件和内部文件内容"
    )
    job.tell_above(cast.sessions, now=ABOVE)
    assert arrived(cast.wang_jianjun, at=ABOVE)[-1] == (
        "第一小组的党小组会（M1，11月20日）\n会议记录到11月25日还没有写，已提醒李四"
    )


@pytest.mark.usefixtures("_over")
def test_what_was_filed_meanwhile_is_told_no_more(cast: Cast, phones: Phones) -> None:
    job.expect(cast.sessions, now=OVER)
    phones.deliver(OVER)
    for told, at_ in ((job.remind, REMINDED), (job.tell_above, ABOVE)):
        told(cast.sessions, now=at_)
    with cast.sessions.write() as session:
        minutes.file(session, 1, Outline("学习"), by=cast.of(session).li_si, now=ABOVE)
        for notice in session.scalars(select(Notice).where(Notice.kind.startswith("minutes_late"))):
            ctx = phones.talk.context_of(session, notice.member_id, "o-1005", ABOVE)
            assert compose(ctx, notice) is None  # also one that was on its way just then
    assert [
        text for who in (cast.li_si, cast.wang_jianjun) for text in phones.arrived(who, at=ABOVE) if "还没有写" in text
    ] == []


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("学习全会精神，讨论内容很多", Outline("学习全会精神，讨论内容很多")),
        ("主持人：李四，记录人：张三，议题：学习；决议：写体会", Outline("学习", "写体会", "李四", "张三")),
        ("决议 写体会 议题 学习 会议内容 讨论", Outline("学习；讨论", "写体会")),
        ("先学习 列席人员 周国平、何敏 决定 下周三前交", Outline("先学习", "下周三前交", guests="周国平、何敏")),
        ("", Outline("")),
    ],
)
def test_an_outline_is_read_by_its_headings(said: str, read: Outline) -> None:
    assert outline(said) == read
