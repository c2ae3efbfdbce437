"""The screen in the room and the calendar file, as a browser and a phone get them (rules 24, 25)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bot import calendar_file, config_file
from bot import config as configuration
from bot.program import Program
from bot.web import meetings as pages
from bot.web.app import create_app
from handlers import meeting_words
from handlers.context import Context
from models import check_ins, corrections, meetings, planning
from models.meetings import Meeting
from tests.bot.test_web import configured
from tests.cast import NOW, Cast
from tests.databases import Database
from tests.e2e.processes import free_port
from tests.recording import RecordedSay

pytestmark = pytest.mark.sqlite_only  # the pages read what is proved on both databases in tests/models

STARTS = NOW + timedelta(hours=3)
DURING = STARTS - timedelta(minutes=5)


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def program(database: Database, tmp_path: Path, clock: Hand) -> Iterator[Program]:
    program = Program(configured(tmp_path, database.url), clock)
    yield program
    program.engine.dispose()


@pytest.fixture
def page(program: Program) -> FlaskClient:
    return create_app(program).test_client()


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """李四's group meeting this afternoon."""
    with cast.sessions.write() as session:
        planned = planning.plan(
            session,
            ["党小组会"],
            STARTS,
            "三楼会议室；东侧",
            by=cast.of(session).li_si,
            now=NOW,
            agenda="学习全会精神，讨论第四季度的服务安排，并对照检查一下前三个季度还没有做完的事情",
        )
        session.expunge_all()
    return planned


def now_at(page: FlaskClient, meeting: Meeting) -> dict[str, object]:
    answer = page.get(f"/m/screen/{meeting.screen}/now")
    assert answer.headers["Cache-Control"] == "private, no-store"
    found: dict[str, object] = answer.get_json()
    return found


# The screen


def test_the_page_names_the_meeting_and_runs_no_script_but_its_own(page: FlaskClient, meeting: Meeting) -> None:
    answer = page.get(f"/m/screen/{meeting.screen}")
    assert answer.status_code == 200
    assert "党小组会" in answer.text
    nonce = re.search(r"script-src 'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce is not None
    assert f'<script nonce="{nonce[1]}">' in answer.text
    assert f'"/m/screen/{meeting.screen}/now"' in answer.text


@pytest.mark.parametrize("place", ["", "/now", "/qr.svg"])
def test_without_the_address_there_is_nothing(page: FlaskClient, meeting: Meeting, clock: Hand, place: str) -> None:
    clock.now = DURING
    for wrong in (meeting.screen[:12], meeting.screen[:-1], meeting.screen.swapcase(), str(meeting.id)):
        assert page.get(f"/m/screen/{wrong}{place}").status_code == 404
    assert page.get(f"/m/screen/{meeting.screen}{place}").status_code == 200


def test_before_and_after_the_window_no_code_is_shown(page: FlaskClient, meeting: Meeting, clock: Hand) -> None:
    found = now_at(page, meeting)
    assert (found["code"], found["word"]) == ("", "11月20日 12:30起签到")
    assert page.get(f"/m/screen/{meeting.screen}/qr.svg").status_code == 404
    clock.now = meeting.closes_at
    assert (now_at(page, meeting)["code"], now_at(page, meeting)["word"]) == ("", "签到已结束")
    clock.now = meeting.closes_at + pages.SHOWN_AFTER + timedelta(seconds=1)
    assert page.get(f"/m/screen/{meeting.screen}/now").status_code == 404


def test_a_cancelled_meeting_says_so(page: FlaskClient, meeting: Meeting, cast: Cast, clock: Hand) -> None:
    with cast.sessions.write() as session:
        planning.cancel(session, meeting.id, "书记出差", by=cast.of(session).li_si, now=NOW)
    clock.now = DURING
    assert now_at(page, meeting)["word"] == "会议取消了"


def test_the_code_of_the_minute_checks_in_and_the_screen_shows_who_is_in(
    page: FlaskClient, meeting: Meeting, cast: Cast, clock: Hand, say: RecordedSay
) -> None:
    clock.now = DURING
    found = now_at(page, meeting)
    assert (found["came"], found["invited"], found["names"], found["left"]) == (0, 8, [], 60)
    assert say(cast.zhang_san, f"签到 {found['code']}", clock.now).startswith("✅ 已签到")
    clock.now = STARTS + timedelta(minutes=12, seconds=20)
    later = now_at(page, meeting)
    assert (later["code"] != found["code"], later["left"]) == (True, 40)
    assert say(cast.wang_fang, str(later["code"]), clock.now).startswith("✅ 已签到（迟到12分钟）")
    after = now_at(page, meeting)
    assert (after["came"], after["names"]) == (2, ["王芳（迟到）", "张三"])


def test_who_was_entered_by_hand_is_shown_too(page: FlaskClient, meeting: Meeting, cast: Cast, clock: Hand) -> None:
    clock.now = DURING
    with cast.sessions.write() as session:
        own = cast.of(session)
        present = meetings.Attendance.PRESENT
        corrections.correct(session, meeting.id, own.zhang_san, present, "手机没电", by=own.li_si, now=DURING)
    assert now_at(page, meeting)["names"] == ["张三"]


# The QR code


def test_the_code_is_drawn_as_a_picture(page: FlaskClient, meeting: Meeting, clock: Hand) -> None:
    clock.now = DURING
    answer = page.get(f"/m/screen/{meeting.screen}/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.data.startswith(b"<svg")
    words = f"签到 {check_ins.code_of(meeting, DURING)}"
    assert answer.data == pages.drawn(words)
    clock.now = DURING + timedelta(minutes=1)
    assert page.get(f"/m/screen/{meeting.screen}/qr.svg").data != answer.data


def test_where_the_account_may_it_is_wechats_own_code_made_once_a_minute(meeting: Meeting) -> None:
    asked: list[str] = []

    def make(scene: str) -> str:
        asked.append(scene)
        return f"http://weixin.qq.com/q/{scene}"

    codes = pages.QrCodes(make)
    held = [codes.get(meeting.id, code) for code in ("123456", "123456", "654321")]
    assert held == ["http://weixin.qq.com/q/checkin-123456"] * 2 + ["http://weixin.qq.com/q/checkin-654321"]
    assert asked == ["checkin-123456", "checkin-654321"]


@pytest.mark.parametrize("account", ["service", "subscription"])
def test_where_the_platform_gives_none_it_holds_the_words(database: Database, tmp_path: Path, account: str) -> None:
    path = tmp_path / "other.toml"
    nowhere = f"http://127.0.0.1:{free_port()}"
    values = {("database", "url"): database.url, ("wechat", "account"): account, ("wechat", "api_base"): nowhere}
    config_file.write_new(path, values)
    program = Program(configuration.load(path, {}), Hand())
    codes = pages.QrCodes(lambda scene: pages.from_platform(program, scene))
    assert codes.get(1, "123456") == "签到 123456"
    program.engine.dispose()


# The calendar file


def unfolded(text: str) -> list[str]:
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


def test_the_link_of_the_announcement_gives_the_calendar_file(
    page: FlaskClient, meeting: Meeting, cast: Cast, say: RecordedSay
) -> None:
    with cast.sessions.read() as session:
        ctx = Context(session, "o", None, "", frozenset(), NOW, say.talk.families, site="http://localhost")
        address = meeting_words.calendar(ctx, meeting)
    answer = page.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    lines = unfolded(answer.text)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {
        "DTSTART:20261120T050000Z",
        "DTEND:20261120T070000Z",
        "SUMMARY:党小组会",
        "LOCATION:三楼会议室；东侧",
        "STATUS:CONFIRMED",
        "SEQUENCE:0",
    } <= set(lines)


def test_a_guessed_address_gives_nothing(page: FlaskClient, meeting: Meeting) -> None:
    for wrong in (f"{meeting.id}-x", f"{meeting.id + 1}-{meeting.screen[:12]}", f"{meeting.id}-{meeting.screen[:11]}"):
        assert page.get(f"/m/calendar/{wrong}.ics").status_code == 404


def test_a_moved_and_a_cancelled_meeting_replace_what_the_phone_has(cast: Cast, meeting: Meeting) -> None:
    with cast.sessions.write() as session:
        here = cast.of(session)
        uid = [line for line in calendar_file.write(meeting, NOW).split("\r\n") if line.startswith("UID:")]
        moved = planning.move(session, meeting.id, STARTS + timedelta(days=3), by=here.li_si, now=NOW)
        text = calendar_file.write(moved, NOW)
        assert uid[0] in text
        assert "SEQUENCE:1\r\n" in text
        assert "DTSTART:20261123T050000Z" in text
        cancelled = planning.cancel(session, meeting.id, "书记出差", by=here.li_si, now=NOW)
        assert "SEQUENCE:2\r\nSTATUS:CANCELLED" in calendar_file.write(cancelled, NOW)


def test_signs_with_a_meaning_are_written_as_text(meeting: Meeting) -> None:
    meeting.place, meeting.agenda = "A,B;C\\D", ""
    lines = unfolded(calendar_file.write(meeting, NOW))
    assert "LOCATION:A\\,B\\;C\\\\D" in lines
    assert f"DESCRIPTION:会议 M{meeting.id}" in lines


def test_a_long_line_is_folded_between_characters() -> None:
    line = "DESCRIPTION:" + "学习" * 60
    assert calendar_file.folded(line).replace("\r\n ", "") == line
    assert max(len(piece.encode()) for piece in calendar_file.folded(line).split("\r\n")) <= 75
