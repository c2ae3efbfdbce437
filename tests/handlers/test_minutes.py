"""会议记录 by chat: an outline under its headings, filed, supplemented, shown (rules 27)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from handlers.announcements import compose
from handlers.understanding.kinds_of_minutes import outline
from jobs import meetings as meetings_job
from jobs import minutes as job
from models import corrections, minutes, planning
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
            corrections.correct(session, 1, member, state, why, by=own.li_si, now=DURING)
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
    "照片10分钟内可直接发来\n"
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
    assert shown.endswith(
        "\n议题：学习全会精神\n补充（王建军 11月20日 15:00）：下次讨论扫雪安排\n补充：会议记录 M1 要补充的内容"
    )


ASKED = (
    "M1 党小组会 的会议记录请在11月25日前写\n"
    "请直接发内容，长的分几条发，发完回“完”（隔30分钟不发就放下了）。例如：\n"
    "主持人 李四 记录人 李四 列席 无 传达 … 通报 … 听取意见 张三：…；王芳：… 决议 …\n"
    "时间、地点、到会和缺席已经有了，不用写；照片也直接发来\n"
    "请勿发送涉密、案件和内部文件内容\n不办了，回“取消”"
)


@pytest.mark.manual("leader", "分几条记", title="内容长的，分几条发")
@pytest.mark.usefixtures("_over")
def test_a_long_one_comes_in_several_messages_until_it_is_complete(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "会议记录 M1", OVER) == ASKED
    assert say(cast.li_si, "传达 全会公报", OVER) == "收到，共6字。请接着发；发完了，回“完”存档"
    assert say(cast.li_si, "通报：三季度工作\n扫雪安排", OVER) == "收到，共18字。请接着发；发完了，回“完”存档"
    sent = say.picture(cast.li_si, "media", OVER)
    assert sent == "✅ 照片已附到 M1 党小组会 的会议记录，共1张\n请勿发涉密、案件和内部文件"
    filed = say(cast.li_si, "完", OVER)
    assert "\n传达：全会公报\n通报：三季度工作\n扫雪安排\n照片1张" in filed
    assert filed.startswith("✅ M1 会议记录已存档\n")


@pytest.mark.usefixtures("_over")
def test_between_the_messages_other_commands_work_and_nothing_typed_is_lost(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.li_si, "会议记录", OVER).startswith(
        "是哪次会？别的会请写编号，例如 M3\n1 M1 11月20日（周五）13:00 党小组会"
    )
    assert say(cast.li_si, "1", OVER) == ASKED
    assert say(cast.li_si, "完", OVER) == "还没有收到内容。请直接发，发完回“完”"
    say(cast.li_si, "先学习公报", OVER)
    for said, answer in (
        ("好", "收到，共5字。请接着发；发完了，回“完”存档"),
        ("好的", "收到，共5字。请接着发；发完了，回“完”存档"),
        ("谢谢", "收到，共5字。请接着发；发完了，回“完”存档"),
        ("申报", "先把这件办完：回“完”存档，或回“取消”放下，再办“申报”"),
        ("通过 12", "❌ 没有找到 #12，请看一下编号"),
        ("积分", "李四　11月现为"),
        ("听取意见：有人收受红包", "听取的意见里有违纪违法方面的线索，这里不收，这一条没有记下"),
        ("学" * minutes.LONGEST_TEXT, "一次最多10000字，加上这条就超过了，这条没有记下"),
        ("开会 以前大家读了公报，讨论热烈", "收到，共20字。"),
        ("建议 多组织活动", "收到，共27字。"),
    ):
        assert say(cast.li_si, said, OVER).startswith(answer), said
    filed = say(cast.li_si, "发完了", OVER)
    assert "\n议题：先学习公报\n开会 以前大家读了公报，讨论热烈\n建议 多组织活动\n" in filed


@pytest.mark.usefixtures("_over")
def test_what_is_not_to_be_filed_after_all_is_put_away(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "会议记录 M1", OVER)
    say(cast.li_si, "先学习公报", OVER)
    assert say(cast.li_si, "取消", OVER) == "好的，已取消，什么都没有改动"
    assert say(cast.li_si, "会议记录 M1", OVER) == ASKED


AGENDA = (
    "会议记录 M1\n传达：全会公报\n通报：三季度工作\n听取意见：\n"
    "张三：多组织户外活动\n周末少开会；王芳建议食堂早点开门\n决议：下周扫雪"
)


@pytest.mark.manual("leader", "会议记录", title="传达、通报、听取意见；意见有了答复")
@pytest.mark.usefixtures("_over")
def test_what_was_suggested_is_passed_on_and_its_answer_comes_back(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    for who in (cast.li_si, cast.zhang_san):
        arrived.aside(who, at=OVER)
    filed = say(cast.li_si, AGENDA, OVER)
    assert (
        "\n传达：全会公报\n通报：三季度工作\n听取意见：张三：多组织户外活动\n周末少开会；王芳建议食堂早点开门\n决议：下周扫雪\n"
        in filed
    )
    assert "\n听取的建议 3 条已转请答复：Y1（张三）、Y2（不署名）、Y3（王芳）\n有结果会告诉您\n" in filed
    sent = say.picture(cast.li_si, "media", OVER + timedelta(minutes=5))
    assert sent.startswith("✅ 照片已附到 M1 党小组会 的会议记录，共1张\n")
    assert arrived(cast.wang_jianjun, at=OVER)[-1] == (
        "第一小组党小组会（M1）上的建议 3 条，请答复\nY1 多组织户外活动\n[采纳] [不采纳] [转上级]\n"
        "Y2 周末少开会\n[采纳] [不采纳] [转上级]\nY3 建议食堂早点开门\n[采纳] [不采纳] [转上级]"
    )
    say(cast.wang_jianjun, "处理 Y1 采纳 下月安排一次", OVER)
    assert arrived(cast.zhang_san, at=OVER)[-1] == "您在 M1 会上提的建议 Y1 已采纳\n答复：下月安排一次"
    assert arrived(cast.li_si, at=OVER)[-1] == (
        "M1 会上的建议有答复了\nY1 多组织户外活动：已采纳，下月安排一次\n请在下次会上通报"
    )
    refused = say(cast.wang_jianjun, "处理 Y2 不采纳 周末是机关统一安排", OVER)
    assert refused == "✅ Y2 已答复：不采纳，理由已告知会议的组长"
    card = say(cast.chen_jing, "会议 M1", OVER)
    assert card.splitlines()[-4:] == [
        "会上的建议 3 条：",
        "Y1 多组织户外活动：已采纳，下月安排一次",
        "Y2 周末少开会：没有采纳，周末是机关统一安排",
        "Y3 建议食堂早点开门：办理中",
    ]
    say(cast.li_si, "开会 党小组会 12月10日15:00 三楼会议室 学习", OVER)
    told = arrived(cast.chen_jing, at=OVER)[-1]
    assert "\n上次会的建议 3 条：办理中 1，已采纳 1，没有采纳 1 [看答复]\n" in told


@pytest.mark.usefixtures("_over")
def test_one_suggestion_waits_as_any_does_and_a_supplement_may_hold_another(
    say: RecordedSay, cast: Cast, arrived: Arrivals
) -> None:
    say(cast.li_si, "会议记录 M1 通报 三季度工作 听取意见 不署名：少开会", OVER)
    assert arrived(cast.wang_jianjun, at=OVER)[-1].startswith("待答复 Y1 建议　不署名（M1 会上）\n内容：少开会\n")
    more = say(cast.li_si, "会议记录 M1 听取意见 张三：多学习", OVER + timedelta(hours=1))
    assert more == (
        "✅ M1 会议记录已补充（第1次）：听取意见：张三：多学习\n原来的内容不变\n"
        "听取的建议 1 条已转请答复：Y2（张三）\n有结果会告诉您"
    )
    assert say(cast.li_si, "会议记录 M1 听取意见 有人挪用公款", OVER).startswith("❌ 这里不受理违纪违法方面的检举控告")


@pytest.mark.usefixtures("_over")
def test_what_was_answered_before_it_was_told_is_told_no_more(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, "会议记录 M1 通报 三季度工作 听取意见 少开会；多学习", OVER)
    for number in (1, 2):
        say(cast.wang_jianjun, f"处理 Y{number} 采纳 好", OVER)
    assert [text for text in arrived(cast.wang_jianjun, at=OVER) if "上的建议" in text] == []


@pytest.mark.usefixtures("_over")
def test_a_picture_goes_to_what_was_written_last(say: RecordedSay, cast: Cast) -> None:
    later = OVER + timedelta(minutes=2)
    say.picture(cast.li_si, "media", OVER)
    assert "\n照片1张\n" in say(cast.li_si, "会议记录 M1 学习", OVER)
    say(cast.li_si, "申报 社区志愿服务 2小时 今天", later)
    assert say.picture(cast.li_si, "media", later).startswith("✅ 照片已附到 #1 ")
    say(cast.li_si, "会议记录 M1 再补一条", later + timedelta(minutes=1))
    assert say.picture(cast.li_si, "media", later + timedelta(minutes=2)).startswith("✅ 照片已附到 M1 ")
    assert say.picture(cast.li_si, "media", later + timedelta(minutes=30)).startswith(
        "✅ 照片收到了，10分钟内报的事项会附上它"
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
            corrections.correct(session, 1, member, Attendance.PRESENT, "到", by=own.wang_jianjun, now=OVER)
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
        (
            "一、传达学习：公报\n二、通报情况 工作\n三、听取意见和建议：\n张三：少开会",
            Outline("", relayed="公报", reported="工作", heard="张三：少开会"),
        ),
        ("学了三个 决定", Outline("学了三个 决定")),
        ("1、传达：公报\n2、决议：扫雪", Outline("", "扫雪", relayed="公报")),
        ("传达了公报。大家通报了情况", Outline("传达了公报。大家通报了情况")),
    ],
)
def test_an_outline_is_read_by_its_headings(said: str, read: Outline) -> None:
    assert outline(said) == read
