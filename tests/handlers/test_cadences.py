"""What people read of meetings that nobody has planned (rules 23)."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from handlers.announcements import compose
from jobs import cadences as job
from jobs import meetings as meeting_jobs
from models import planning, settings
from models.months import at
from models.notices import Notice
from tests.cast import Cast
from tests.phones import Phones
from tests.recording import Arrivals, RecordedSay

pytestmark = pytest.mark.sqlite_only  # wording: the database has no say in it
EARLY = at(date(2026, 11, 2), 9)
FRIDAY = at(date(2026, 11, 27), 9)
ENDS = at(date(2026, 12, 1))


def groups_alone(cast: Cast, *, but: str = "党小组会") -> None:
    with cast.sessions.write() as session:
        for name, setting in settings.MEETING_CADENCES.items():
            if name != but:
                settings.put(session, setting, "off", organization_id=None, by_id=None, now=EARLY)


def pressed(cast: Cast, now: datetime) -> None:
    for moment in (EARLY, now):
        job.judge(cast.sessions, now=moment)
        job.begin(cast.sessions, now=moment)
    job.press(cast.sessions, now=now)


def test_the_leader_and_the_level_above_read_what_is_not_planned(cast: Cast, arrived: Arrivals) -> None:
    groups_alone(cast)
    pressed(cast, FRIDAY)
    assert arrived(cast.li_si, at=FRIDAY) == ["请安排这些会议：\n第一小组 11月党小组会，11月30日前（快到期了） [开会]"]
    assert arrived(cast.wang_jianjun, at=FRIDAY) == [
        "下面这些还没有安排，请督促：\n第一小组 11月党小组会，11月30日前\n第二小组 11月党小组会，11月30日前"
    ]


def test_what_was_planned_meanwhile_is_left_out_and_nothing_is_sent_where_nothing_is_left(
    cast: Cast, phones: Phones
) -> None:
    groups_alone(cast)
    pressed(cast, FRIDAY)
    with cast.sessions.write() as session:
        own = cast.of(session)
        for leader in (own.li_si, own.ma_chao):
            planning.plan(session, ["党小组会"], at(date(2026, 11, 30), 15), "会议室", by=leader, now=FRIDAY)
    phones.deliver(FRIDAY)
    assert [text for text in phones.arrived(cast.wang_jianjun) if "督促" in text] == []


def test_what_was_missed_and_is_to_come_is_told_together(cast: Cast, arrived: Arrivals) -> None:
    pressed(cast, FRIDAY)
    monday = at(date(2026, 12, 28), 9)
    pressed(cast, monday)
    (text,) = [text for text in arrived(cast.wang_jianjun, at=monday) if "没有召开" in text]
    assert text.startswith("请安排这些会议：\n第一支部 第4季度支部党员大会，12月31日前（快到期了） [开会]\n")
    assert text.endswith(
        "\n第一支部 12月主题党日，12月31日前（快到期了） [开会]\n"
        "下面这些还没有安排，请督促：\n第一小组 12月党小组会，12月31日前\n第二小组 12月党小组会，12月31日前\n"
        "下面这些到期没有召开，已记录：\n第一支部 11月支部委员会\n第一支部 11月主题党日\n"
        "第一小组 11月党小组会\n第二小组 11月党小组会\n可以补开，例如：开会 支部委员会 时间 地点 补11月"
    )


def test_what_the_committee_sees_of_it(say: RecordedSay, cast: Cast) -> None:
    groups_alone(cast)
    pressed(cast, FRIDAY)
    assert say(cast.zhou_guoping, "概况", FRIDAY) == (
        "2个支部，有逾期的 2 个\n"
        "第一支部：还没有安排：11月党小组会（第一小组）、11月党小组会（第二小组）\n"
        "第二支部：还没有安排：11月党小组会（第三小组）"
    )
    pressed(cast, ENDS)
    shown = say(cast.zhou_guoping, "概况", ENDS)
    assert "第二支部：没有召开：11月党小组会（第三小组）" in shown
    assert say(cast.zhou_guoping, "概况", at(date(2027, 3, 4))) == "2个支部，没有逾期的事"


def test_what_the_committee_owes_itself_is_no_branchs(say: RecordedSay, cast: Cast) -> None:
    groups_alone(cast, but="民主生活会")
    for now in (at(date(2027, 3, 30), 9), at(date(2027, 4, 2), 9)):
        pressed(cast, now)
        assert say(cast.zhou_guoping, "概况", now) == "2个支部，没有逾期的事"


def test_of_many_only_some_are_named(say: RecordedSay, cast: Cast) -> None:
    pressed(cast, FRIDAY)
    pressed(cast, at(date(2026, 12, 25), 9))
    assert (
        "\n第一支部：没有召开：11月支部委员会、11月主题党日、11月党小组会（第一小组）等4个；"
        "还没有安排：第4季度支部党员大会、第4季度党课、12月支部委员会等6个\n"
    ) in say(cast.zhou_guoping, "概况", at(date(2026, 12, 25), 9))


def test_a_long_list_is_cut_and_the_short_form_names_the_first(cast: Cast, phones: Phones) -> None:
    shorts = []
    for now in (FRIDAY, at(date(2026, 12, 28), 9), at(date(2027, 1, 11), 9)):
        pressed(cast, now)
        with cast.sessions.read() as session:
            mine = (Notice.kind == "meetings_to_plan", Notice.member_id == cast.zhou_guoping.id)
            (notice,) = session.scalars(select(Notice).where(*mine, Notice.due == now))
            found = compose(phones.talk.context_of(session, notice.member_id, "o-1001", now), notice)
        assert found is not None
        shorts.append((found.values["text"], "\n另有1个" in found.text))
    assert shorts == [
        ("2026年度民主生活会待安排", False),
        ("第4季度支部党员大会等7个会待安排", True),
        ("第4季度支部党员大会等7个会没有召开", True),
    ]


def test_what_was_missed_is_made_up_for_and_the_record_says_so(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    groups_alone(cast)
    pressed(cast, FRIDAY)
    monday = at(date(2026, 12, 7), 9)
    pressed(cast, monday)
    assert arrived(cast.ma_chao, at=monday)[-1] == (
        "下面这些到期没有召开，已记录：\n第二小组 11月党小组会\n可以补开，例如：开会 党小组会 时间 地点 补11月"
    )
    answer = say(cast.ma_chao, "开会 小组会 12月8日15点 三楼会议室 补11月", monday)
    assert answer.startswith(
        "✅ M1 已通知 3 人：党小组会\n12月8日（周二）15:00　三楼会议室\n补11月党小组会\n14:30起签到"
    )
    assert "、11月党小组会（第二小组）（12月8日补开）\n" in say(cast.zhou_guoping, "概况", monday)
    over = at(date(2026, 12, 8), 18)
    meeting_jobs.close(cast.sessions, now=over)
    assert "、11月党小组会（第二小组）（已补，M1）\n" in say(cast.zhou_guoping, "概况", over)
    assert say(cast.ma_chao, "开会 小组会 12月9日15点 三楼 补11月", over).startswith(
        "❌ 第二小组11月党小组会已经有 M1，不用再补"
    )
