"""签到 补签 签到码 考勤 补记, as dialogues (rules 25, 26)."""

from datetime import datetime, timedelta

import pytest

from jobs import meetings as jobs
from models import check_ins, meetings
from tests.cast import NOW, Cast
from tests.handlers.hall import CALL, OVER, STARTS
from tests.handlers.setting import MINUTE
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it


def code(cast: Cast, now: datetime, number: int = 1) -> str:
    with cast.sessions.read() as session:
        meeting = meetings.find(session, number)
        assert meeting is not None
        return check_ins.code_of(meeting, now)


def fixed(cast: Cast) -> None:
    """Give M1 a secret that stays, so that the manual shows the same codes every time."""
    with cast.sessions.write() as session:
        session.get_one(meetings.Meeting, 1).secret = "00" * 16


def close(cast: Cast, now: datetime = OVER) -> None:
    jobs.open_check_in(cast.sessions, now=now)
    jobs.close(cast.sessions, now=now)


# Check-in


@pytest.mark.manual("member", "签到", title="用大屏上的6位数字签到")
def test_six_digits_check_in(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.li_si, CALL)
    fixed(cast)
    now = STARTS - 8 * MINUTE
    digits = code(cast, now)
    assert say(cast.zhang_san, f"签到 {digits}", at=now) == (
        "✅ 已签到：党小组会（M1）14:52\n散会后自动计分，不用再申报"
    )
    assert say(cast.zhang_san, digits, at=now + timedelta(seconds=5)) == "您已经签过到：党小组会（M1）14:52"
    late = STARTS + 12 * MINUTE
    assert say(cast.wang_fang, code(cast, late), at=late) == (
        "✅ 已签到（迟到12分钟）：党小组会（M1）\n有原因的，可请会议组织人更正"
    )


def test_chinese_numerals_and_spaces_are_digits_too(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    digits = code(cast, STARTS)
    han = digits.translate(str.maketrans("0123456789", "零一二三四五六七八九"))
    for who, said in (
        (cast.zhang_san, han),
        (cast.wang_fang, f"{digits[:3]} {digits[3:]}"),
        (cast.liu_qiang, f"签到{han}"),
    ):
        assert say(who, said, at=STARTS).startswith("✅ 已签到")


def test_check_in_step_by_step(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    assert say(cast.zhang_san, "签到", at=STARTS).startswith("请发会场大屏上的6位数字，例如：483920")
    assert say(cast.zhang_san, code(cast, STARTS), at=STARTS).startswith("✅ 已签到")


def test_outside_the_window_one_is_told_when(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    assert say(cast.zhang_san, "签到 483920") == (
        "❌ 没有签到：现在不在签到时间\nM1 党小组会 11月26日14:30起可签，请看会场大屏的6位数字\n例如：签到 483920"
    )
    assert say(cast.ma_chao, "483920") == "❌ 没有签到：现在没有等您签到的会\n例如：签到 483920"
    assert say("o-new", "483920").startswith("❌ 请先绑定") or "绑定" in say("o-new", "483920")


def test_wrong_digits_are_kept_and_limited(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    wrong = f"{(int(code(cast, STARTS)) + 1) % 10**6:06d}"
    for _ in range(5):
        assert say(cast.zhang_san, wrong, at=STARTS).startswith("❌ 这6位数字不对，或已经过时")
    assert say(cast.zhang_san, code(cast, STARTS), at=STARTS).startswith("❌ 输错的次数多了")


def test_no_member_is_ever_told_the_code(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    digits = code(cast, STARTS)
    for asked in ("签到码 M1", "会议 M1", "会议", "签到", "取消", "签到码是多少", "考勤 M1"):
        assert digits not in say(cast.zhang_san, asked, at=STARTS)
    assert digits in say(cast.li_si, "签到码 M1", at=STARTS)


@pytest.mark.manual("leader", "签到码", title="组织人看签到码和到会情况")
def test_the_organizer_sees_the_code_and_who_came(say: RecordedSay, cast: Cast) -> None:
    say.aside(cast.li_si, CALL)
    fixed(cast)
    say.aside(cast.wang_fang, "参加 M1")
    digits = code(cast, STARTS)
    say.aside(cast.zhang_san, digits, at=STARTS)
    assert say(cast.li_si, "签到码 M1", at=STARTS) == f"M1 现在的签到码：{digits}\n每分钟换一个，换了以后30秒内仍可用"
    assert say(cast.li_si, "考勤 M1", at=STARTS) == (
        "M1 党小组会　11月26日（周四）15:00　未开\n通知 8 人，到会 1 人\n"
        "还没签到 7 人，其中 1 人回复参加：李四、王芳、刘强、陈静、赵敏、欧阳建国、刘德福\n"
        "有出入：补记 M1 姓名 到会 理由"
    )


def test_the_code_is_for_the_organizer_alone_and_in_its_time(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    assert say(cast.wang_jianjun, "签到码 M1", at=STARTS) == "❌ 签到码只给会议组织人李四看\n例如：考勤 M1"
    assert say(cast.li_si, "签到码 M1") == "M1 党小组会：11月26日（周四）14:30起签到"
    close(cast)
    assert say(cast.li_si, "签到码 M1", at=OVER) == "M1 党小组会：签到已结束"


def test_where_pages_are_served_their_links_are_shown(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.talk.site = "https://dang.example"
    say(cast.li_si, CALL)
    assert arrived(cast.zhang_san)[0].endswith("[参加] [请假] [加入日历]")
    assert "/m/calendar/" in say.reply(cast.zhang_san, "会议 M1").text
    for now in (NOW, STARTS):
        assert "https://dang.example/m/screen/" in say.reply(cast.li_si, "签到码 M1", at=now).text


# The end


@pytest.mark.manual("leader", "散会", title="散会后自动计分；有出入，组织人更正")
def test_the_end_and_a_correction(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.li_si, CALL)
    say.aside(cast.zhang_san, code(cast, STARTS), at=STARTS)
    late = STARTS + 12 * MINUTE
    say.aside(cast.wang_fang, code(cast, late), at=late)
    say.aside(cast.liu_qiang, "请假 M1 出差")
    say.aside(cast.li_si, "通过 L1")
    arrived.aside(cast.li_si)
    arrived.aside(cast.chen_jing)
    close(cast)
    assert arrived(cast.li_si, at=OVER) == [
        "M1 党小组会 已散会\n通知 8 人，到会 2 人（迟到 1）\n迟到 1 人：王芳\n请假 1 人：刘强\n"
        "缺席 4 人：李四、陈静、赵敏、欧阳建国\n年老体弱等可不到会 1 人：刘德福\n有出入：补记 M1 姓名 到会 理由\n"
        "会议记录请在12月1日前写 [会议记录]\n请勿发送涉密、案件和内部文件内容"
    ]
    corrected = say(cast.li_si, "补记 M1 陈静 到会 手机没电", at=OVER)
    assert corrected.startswith("✅ M1 已更正：陈静 记为到会，已告知本人\n理由：手机没电\n11月记 +1 分（J")
    (told,) = arrived(cast.chen_jing, at=OVER)
    assert told.startswith("M1 党小组会（11月26日）更正为到会\n更正人：李四\n理由：手机没电\n记 +1 分　J")
    assert told.endswith("\n有不同意见：[我有意见]")
    assert say(cast.li_si, "补记 M1 赵敏 请假 孩子发烧", at=OVER).endswith("不加分也不扣分")
    assert "−6 无故缺席　11月26日" in say(cast.ouyang_jianguo, "积分", at=OVER)


def test_a_quorum_that_is_missed_is_shown(say: RecordedSay, cast: Cast) -> None:
    say(cast.wang_jianjun, "开会 支委会 11月26日15点 三楼")
    say(cast.he_min, code(cast, STARTS), at=STARTS)
    assert "\n支部委员会：有表决权的应到 3 人，实到 1 人，未达法定人数\n" in say(
        cast.wang_jianjun, "考勤 M1", at=STARTS
    )
    say(cast.sun_lei, code(cast, STARTS), at=STARTS)
    assert "，达到法定人数\n" in say(cast.wang_jianjun, "考勤 M1", at=STARTS)


def test_many_in_one_second_are_pointed_out(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    for name in ("zhang_san", "wang_fang", "liu_qiang", "chen_jing", "zhao_min"):
        say(getattr(cast, name), code(cast, STARTS), at=STARTS)
    assert "请留意：15:00 有一秒内签到 5 人" in say(cast.li_si, "考勤 M1", at=STARTS)


def test_many_names_are_cut(say: RecordedSay, cast: Cast) -> None:
    say(cast.wang_jianjun, "开会 主题党日 11月26日15点 大礼堂")
    assert "等 14 人" in say(cast.wang_jianjun, "考勤 M1", at=STARTS)


@pytest.mark.manual("member", "补签", title="到会忘了签到")
def test_a_forgotten_check_in(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say.aside(cast.li_si, CALL)
    close(cast)
    arrived.aside(cast.li_si, at=OVER)
    arrived.aside(cast.zhang_san, at=OVER)
    assert say(cast.zhang_san, "补签 M1 手机没电，全程在场", at=OVER) == (
        "✅ 已提出补签（L1）：M1，待李四核对\n核对后会告诉您，不用再发"
    )
    assert arrived(cast.li_si, at=OVER) == [
        "待审 L1　张三 补签\nM1 党小组会　11月26日（周四）15:00\n说明：手机没电，全程在场\n[通过] [不通过]"
    ]
    assert say(cast.li_si, "待办", at=OVER).startswith("等您办的 1 条\n\n待审 L1　张三 补签\n")
    assert say(cast.li_si, "通过 L1", at=OVER).startswith("✅ L1 已通过：张三 记为到会（M1），已告知本人")
    assert arrived(cast.zhang_san, at=OVER) == ["补签批了：M1 党小组会\n已记您到会"]


def test_a_refused_one_may_be_objected_to(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, CALL)
    close(cast)
    say(cast.zhang_san, "补签 M1 手机没电", at=OVER)
    say(cast.li_si, "不通过 L1 没有看到您", at=OVER)
    assert arrived(cast.zhang_san, at=OVER)[-1] == ("补签没有批：M1 党小组会\n理由：没有看到您\n有不同意见：[我有意见]")


def test_a_correction_during_the_meeting_counts_at_its_end(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    say(cast.li_si, CALL)
    arrived(cast.chen_jing)
    assert say(cast.li_si, "补记 M1 陈静 到会 手机没电", at=STARTS) == (
        "✅ M1 已更正：陈静 记为到会，已告知本人\n理由：手机没电"
    )
    assert arrived(cast.chen_jing, at=STARTS) == [
        "M1 党小组会（11月26日）更正为到会\n更正人：李四\n理由：手机没电\n有不同意见：[我有意见]"
    ]


def test_a_correction_that_a_move_undid_is_told_no_more(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    early = STARTS - 20 * MINUTE
    say(cast.li_si, CALL)
    arrived(cast.chen_jing)
    say(cast.li_si, "补记 M1 陈静 到会 手机没电", at=early)
    say(cast.li_si, "改期 M1 11月27日15:00", at=early)
    assert [text.split("\n")[0] for text in arrived(cast.chen_jing, at=early)] == ["会议 M1 改期　党小组会"]


def test_a_correction_step_by_step(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, CALL)
    close(cast)
    assert say(cast.li_si, "补记 M1 陈静", at=OVER) == (
        "记为哪一种？\n1 到会\n2 迟到\n3 请假\n4 缺席\n5 不计应到\n回数字即可；都不是，回“取消”"
    )
    assert say(cast.li_si, "3", at=OVER).startswith("请写一句理由")
    assert say(cast.li_si, "孩子发烧", at=OVER).startswith("✅ M1 已更正：陈静 记为请假")
