"""The kinds of argument of meetings: which kinds, when, where, whose; M3, six digits, who came."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from handlers.context import Context
from handlers.understanding import moments
from handlers.understanding.kinds_of_corrections import AttendanceKind
from handlers.understanding.kinds_of_meetings import (
    CheckInCodeKind,
    HoldersKind,
    MeetingKindsKind,
    MeetingNumberKind,
    MomentKind,
    is_code,
    is_told,
)
from handlers.understanding.kinds_of_places import AgendaKind, PlaceKind
from handlers.understanding.line import Line
from models.meetings import Attendance
from models.months import SHANGHAI
from tests.cast import NOW

Asker = Callable[[str], Context]
NUMBER = MeetingNumberKind()


@pytest.mark.parametrize(
    ("text", "kinds", "sure"),
    [
        ("主题党日+党课 明天", ["主题党日", "党课"], True),
        ("主题党日＋党课", ["主题党日", "党课"], True),
        ("明天 主题党日、上党课 三楼", ["主题党日", "党课"], True),
        ("支委会明天下午", ["支部委员会"], True),
        ("小组会 党小组会", ["党小组会"], True),
        ("三楼 学习党课材料", ["党课"], False),
        ("学习党课材料 主题党日", ["主题党日"], True),
        ("碰头会", None, True),
    ],
)
def test_kinds_are_named_by_any_of_their_words(member: Context, text: str, kinds: list[str] | None, sure: bool) -> None:
    found = MeetingKindsKind().find(text, member, {})
    assert [choice.value for choice in found.candidates] == ([] if kinds is None else [kinds])
    assert found.sure is sure


def test_kinds_are_loaded_in_their_order(member: Context) -> None:
    assert MeetingKindsKind().load(["主题党日", "党课"], member) == ("主题党日", "党课")


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("明天下午三点", "21 15:00", None),
        ("明天下午三点到四点半", "21 15:00", "21 16:30"),
        ("明天10点到2点", "21 10:00", "21 14:00"),
        ("明天15点到14点", "21 15:00", "21 14:00"),
        ("后天早上8:30", "22 08:30", None),
        ("明天八点三刻", "21 08:45", None),
    ],
)
def test_moments(text: str, begins: str, ends: str | None) -> None:
    read = moments.read(Line.of(text), NOW, NOW.astimezone(SHANGHAI).date())
    assert read is not None
    ((begin, end),) = read.moments
    assert [_shown(begin), _shown(end)] == [begins, ends]
    assert read.sure


def _shown(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(SHANGHAI):%d %H:%M}" if moment else None


def test_a_time_without_a_day_is_today_or_tomorrow() -> None:
    today = NOW.astimezone(SHANGHAI).date()
    soon, past = (moments.read(Line.of(text), NOW, today) for text in ("15点", "9点"))
    assert soon is not None
    assert past is not None
    assert (_shown(soon.moments[0][0]), soon.sure) == ("20 15:00", True)
    assert (_shown(past.moments[0][0]), past.sure) == ("21 09:00", False)
    assert moments.read(Line.of("三楼会议室"), NOW, today) is None


def test_a_moment_is_loaded_as_it_was_said(member: Context) -> None:
    (choice,) = MomentKind().find("明天15:00-16:00", member, {}).candidates
    loaded = MomentKind().load(choice.value, member)
    assert loaded.ends_at is not None
    assert loaded.ends_at - loaded.starts_at == timedelta(hours=1)
    assert choice.label == "11月21日（周六）15:00至16:00"


@pytest.mark.parametrize(
    ("text", "place", "rest"),
    [
        ("三楼会议室 学习精神", "三楼会议室", "学习精神"),
        ("地点：三楼会议室，学习精神", "三楼会议室", "学习精神"),
        ("在大礼堂召开", "大礼堂", ""),
        ("25点 三楼", "三楼", ""),
        ("下午 在 大礼堂", "大礼堂", ""),
        ("25点", None, "25点"),
        ("", None, ""),
    ],
)
def test_the_place_is_the_first_word_that_may_be_one(member: Context, text: str, place: str | None, rest: str) -> None:
    found = PlaceKind().find(text, member, {})
    assert [choice.value for choice in found.candidates] == ([] if place is None else [place])
    assert Line.of(found.rest).words == rest


def test_an_agenda_loses_its_heading(member: Context) -> None:
    assert AgendaKind().find("议题：学习精神", member, {}).candidates[0].value == "学习精神"


def test_organizations_are_named_standing_apart(leader: Context) -> None:
    mine = HoldersKind()
    found = mine.find("第一小组 明天15点 第一小组活动室", leader, {})
    assert [choice.label for choice in found.candidates] == ["第一小组"]
    assert mine.find("明天15点 第一小组活动室", leader, {}).candidates == ()
    assert mine.load([found.candidates[0].value[0]], leader)[0].name == "第一小组"


def test_a_stranger_names_nobody(asker: Asker) -> None:
    stranger = asker("stranger")
    assert HoldersKind().find("第一小组", stranger, {}).candidates == ()
    assert NUMBER.question(stranger, {}).choices == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [("M3 出差", 3), ("出差 m 3", 3), ("3 出差", 3), ("第3 出差", 3), ("出差3天", None), ("am3", None)],
)
def test_a_meeting_is_named_by_its_number(member: Context, text: str, number: int | None) -> None:
    found = NUMBER.find(text, member, {})
    assert [choice.value for choice in found.candidates] == ([] if number is None else [number])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("483920", "483920"),
        ("４８３９２０", "483920"),
        ("483 920", "483920"),
        ("四八三九二〇", "483920"),
        ("四八三九两零", "483920"),
        ("48392", None),
        ("4839201", None),
    ],
)
def test_six_digits_in_any_numerals(member: Context, text: str, code: str | None) -> None:
    found = CheckInCodeKind().find(text, member, {})
    assert [choice.value for choice in found.candidates] == ([] if code is None else [code])
    assert is_code(Line.of(text)) is (code is not None)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("到会 手机没电", Attendance.PRESENT),
        ("迟到", Attendance.LATE),
        ("请假 孩子发烧", Attendance.ON_LEAVE),
        ("没来", Attendance.ABSENT),
        ("手机没电", None),
    ],
)
def test_who_came_is_said_in_a_word(member: Context, text: str, state: Attendance | None) -> None:
    found = AttendanceKind().find(text, member, {})
    assert [AttendanceKind().load(choice.value, member) for choice in found.candidates] == ([state] if state else [])


@pytest.mark.parametrize(
    ("head", "rest", "told"),
    [
        ("开会", "昨天 1次", True),
        ("参加", "党课 1次", True),
        ("参加", "M3", False),
        ("开会", "小组会 明天15点", False),
        ("请假", "昨天", False),
    ],
)
def test_a_deed_is_told_from_a_command(head: str, rest: str, told: bool) -> None:
    assert is_told(head, Line.of(rest)) is told
