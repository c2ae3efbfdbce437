"""Notices on their way to phones (rules 28), with a platform that hangs, is away, and comes back.

What each answer of the platform leads to is in tests/bot/test_delivery.py.
"""

import os
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.months import SHANGHAI, at, shanghai_day
from models.notices import NoticeStatus
from tests.cast import PEOPLE
from tests.databases import Files
from tests.e2e.offices import CUSTOM, TEMPLATE, TOKEN, Office
from tests.e2e.processes import Running, eventually
from tests.e2e.worlds import world

CLAIMANTS = ("chen_jing", "zhang_san", "wang_fang", "zhao_min", "sun_lei", "ouyang_jianguo", "feng_tao")
A_REPLY = 1.0  # seconds a chat reply may take while the platform hangs (issue: Must show)


class Served(Office):
    """An office whose notices are delivered by a process of their own."""

    serve: Running
    waiting: dict[str, int]  # a claim of each of the claimants


@pytest.fixture(scope="module")
def served(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("notices")
    with world(files, folder) as one:
        office = Served(one)
        office.serve = one.serve()
        office.waiting = office.claims(CLAIMANTS)
        yield office


@pytest.fixture
def office(served: Served) -> Iterator[Served]:
    """The module's office, with nothing on its way and a platform that is well."""
    served.settle()
    yield served
    served.stand_in.ask("mend")


def test_chat_replies_do_not_wait_for_a_platform_that_hangs(office: Served) -> None:
    for path in (TEMPLATE, CUSTOM, TOKEN, "/cgi-bin/media/get"):
        office.stand_in.break_it(path, "hang", times=-1, seconds=60)
    notice = office.approve(office.waiting["zhang_san"])
    eventually(lambda: office.world.pushes("zhang_san"), what="a call hangs, although it has arrived")
    member, leader = office.world.follower("wang_fang"), office.world.follower("li_si")
    for text in ("积分", "排名", "申报 传帮带 1次 今天", "我的申报", "帮助", "细则"):
        assert member.say(text).seconds < A_REPLY
    assert member.show("a-picture").seconds < A_REPLY
    assert leader.say("待办").seconds < A_REPLY
    assert leader.say(f"退回 {office.waiting['chen_jing']} 补一句").seconds < A_REPLY
    # The call timed out, so it is repeated with the same client_msg_id, which the platform shows once.
    queued = office.until(notice, "queued", attempts=1)
    office.stand_in.ask("mend")
    office.world.clock.go_to(queued.next_try)
    assert office.until(notice, "sent", "delivered").attempts == 2
    assert len(office.world.pushes("zhang_san")) == 1


def test_a_platform_that_is_away_gets_the_notice_once_when_it_is_back(office: Served) -> None:
    told = len(office.world.pushes("wang_fang"))
    office.stand_in.stop()
    notice = office.approve(office.waiting["wang_fang"])
    pauses = []
    for attempts in (1, 2):
        queued = office.until(notice, "queued", attempts=attempts)
        pauses.append((queued.next_try - office.world.clock()).total_seconds())
        office.world.clock.go_to(queued.next_try)
    assert pauses[0] <= 5  # a retry comes first within 5 s
    assert pauses[0] < pauses[1] <= 60
    assert len(office.world.pushes("wang_fang")) == told
    office.stand_in.begin()
    office.world.later(minutes=1)
    office.until(notice, "sent", "delivered")
    office.world.later(minutes=5)
    office.settle()
    assert len(office.world.pushes("wang_fang")) == told + 1


def test_without_any_channel_it_waits_in_the_chat_and_other_replies_say_so(office: Served) -> None:
    member = office.world.follower("zhao_min")
    office.stand_in.break_it(TEMPLATE, "errcode", errcode=40037, times=-1)
    notice = office.approve(office.waiting["zhao_min"])
    office.until(notice, "inbox")  # no window is open on the platform, whatever we think (45015)
    assert office.world.pushes("zhao_min") == []
    assert member.say("积分").text.endswith("\n您有1条未读通知，发“通知”查看")
    assert member.say("申报 讲微党课 1次 今天").text.endswith("\n您有1条未读通知，发“通知”查看")
    shown = member.say("通知").text
    assert f"#{office.waiting['zhao_min']} 已通过，加" in shown
    assert "未读通知，发" not in shown
    assert "可能" not in shown
    assert "未读" not in member.say("积分").text
    assert office.again(notice).status is NoticeStatus.SEEN


def test_a_worker_that_dies_while_it_sends_loses_nothing_and_repeats_nothing(office: Served) -> None:
    office.stand_in.say(PEOPLE["sun_lei"].openid, "积分")  # opens the window, there and here
    office.stand_in.break_it(TEMPLATE, "errcode", errcode=40037)
    office.stand_in.break_it(CUSTOM, "hang", seconds=60)
    notice = office.approve(office.waiting["sun_lei"])
    eventually(lambda: office.world.pushes("sun_lei"), what="it has arrived, but nobody has answered the worker")
    (worker,) = [pid for pid in office.serve.group if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(worker, signal.SIGKILL)
    office.stand_in.ask("mend")
    assert office.again(notice).status is NoticeStatus.SENDING
    office.world.later(seconds=61)
    assert office.until(notice, "inbox").maybe_received
    assert len(office.world.pushes("sun_lei")) == 1
    assert "可能已收到" in office.stand_in.say(PEOPLE["sun_lei"].openid, "通知")


def test_the_platform_tells_what_became_of_a_template(office: Served) -> None:
    arrived = office.approve(office.waiting["ouyang_jianguo"])
    office.stand_in.ask("receiving", openid=PEOPLE["feng_tao"].openid, on=False)
    blocked = office.approve(office.waiting["feng_tao"])
    assert office.until(arrived, "delivered").message_id
    assert office.until(blocked, "failed").channel == "template"
    member = office.world.follower("feng_tao")
    assert member.say("积分").text.endswith("\n您有1条未读通知，发“通知”查看")
    assert f"#{office.waiting['feng_tao']} 已通过" in member.say("通知").text


def test_the_first_waiting_claim_is_told_at_once_and_the_others_together(office: Served) -> None:
    told = len(office.world.pushes("wu_gang"))
    numbers = [office.claim("sun_li") for _ in range(3)]
    office.until(office.notice("claim_waiting", f"claim:{numbers[0]}"), "sent", "delivered")
    office.settle()
    (first,) = office.world.pushes("wu_gang")[told:]
    assert "待审" in first
    office.world.clock.go_to(next_digest(office.world.clock()))
    eventually(lambda: len(office.world.pushes("wu_gang")) > told + 1, what="the digest")
    office.settle()
    (digest,) = office.world.pushes("wu_gang")[told + 1 :]
    assert "3条申报待审" in digest


def next_digest(now: datetime) -> datetime:
    """12:00 or 17:30, whichever comes next."""
    today = shanghai_day(now.astimezone(SHANGHAI))
    moments = (at(today, 12), at(today, 17, 30), at(today + timedelta(days=1), 12))
    return next(moment for moment in moments if moment > now)
