"""Notices on their way to phones (rules 28), with a platform that hangs, refuses, is away, and comes back."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from models import waiting
from models.members import Member
from models.months import SHANGHAI, at, shanghai_day
from models.notices import Notice, NoticeStatus
from tests.cast import PEOPLE
from tests.databases import Files
from tests.e2e.processes import Running, eventually
from tests.e2e.worlds import World, world

TEMPLATE, CUSTOM, TOKEN = "/cgi-bin/message/template/send", "/cgi-bin/message/custom/send", "/cgi-bin/stable_token"
ITEMS = ("社区志愿 1小时", "走访慰问 1户", "讲微党课 1次", "完成党组织交办的任务 1项", "传帮带 1次")
FOREVER = {"times": -1, "seconds": 60}
WAITS = (NoticeStatus.QUEUED, NoticeStatus.TAKEN, NoticeStatus.SENDING)
A_REPLY = 1.0  # seconds a chat reply may take while the platform hangs (issue: Must show)


class Office:
    """A running Xianfeng, and people who claim and approve in it."""

    def __init__(self, world: World, serve: Running) -> None:
        self.world = world
        self.serve = serve
        self.stand_in = world.stand_in
        self._lines = {key: count() for key in PEOPLE}

    def claim(self, key: str) -> int:
        """Another claim of a member; its number."""
        day, item = divmod(next(self._lines[key]), len(ITEMS))
        text = self.world.follower(key).say(f"申报 {ITEMS[item]} {day + 1}日 清扫河堤").text
        assert text.startswith("✅ #"), text
        return int(text[3:].split()[0])

    def approve(self, number: int, *, by: str = "wang_jianjun") -> None:
        """The secretary approves, or another."""
        text = self.world.follower(by).say(f"通过 {number}").text
        assert text.startswith(f"✅ #{number} 已通过"), text

    def waiting_for(self, key: str) -> list[int]:
        """The claims on somebody's to-do list."""
        with self.world.database.sessions.read() as session:
            member = session.get_one(Member, self.world.member(key).id)
            return [claim.id for claim in waiting.waiting_for(session, member, self.world.clock())]

    def approved(self, key: str, *, meanwhile: Callable[[], object] = lambda: None) -> Notice:
        """The notice of an approval; ``meanwhile`` is done when nothing else is on its way any more."""
        number = self.claim(key)
        self.settle()
        meanwhile()
        self.approve(number)
        return self.notice("claim_approved", f"claim:{number}:1")

    def notice(self, kind: str, subject: str) -> Notice:
        """The one notice of this kind about a subject."""
        with self.world.database.sessions.read() as session:
            return session.scalars(select(Notice).where(Notice.kind == kind, Notice.subject == subject)).one()

    def again(self, notice: Notice) -> Notice:
        """A notice as it is now."""
        with self.world.database.sessions.read() as session:
            return session.get_one(Notice, notice.id)

    def until(self, notice: Notice, *statuses: str, attempts: int = 0) -> Notice:
        """Wait until a notice has one of these states, and so many attempts behind it."""

        def there() -> bool:
            now = self.again(notice)
            return now.status in statuses and now.attempts >= attempts

        eventually(there, what=f"{statuses}, attempts {attempts}\n{self.serve.output[-2000:]}")
        return self.again(notice)

    def settle(self) -> None:
        """Have everything that is due delivered."""
        self.stand_in.ask("mend")

        def quiet() -> bool:
            soon = self.world.clock() + timedelta(minutes=5)
            with self.world.database.sessions.read() as session:
                on_their_way = select(Notice.status).where(Notice.status.in_(WAITS), Notice.next_try < soon)
                found = set(session.scalars(on_their_way))
            if found == {NoticeStatus.QUEUED} or NoticeStatus.SENDING in found:
                self.world.later(minutes=1)
            return not found

        eventually(quiet, what="nothing is on its way")


@pytest.fixture(scope="module")
def served(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("notices")
    with world(files, folder) as one:
        yield Office(one, one.serve())


@pytest.fixture
def office(served: Office) -> Iterator[Office]:
    """The module's office, with nothing on its way and a platform that is well."""
    served.settle()
    yield served
    served.stand_in.ask("mend")


def test_chat_replies_do_not_wait_for_a_platform_that_hangs(office: Office) -> None:
    number = office.claim("zhang_san")
    office.settle()
    before = len(office.stand_in.called(TEMPLATE))
    for path in (TEMPLATE, CUSTOM, TOKEN, "/cgi-bin/media/get"):
        office.stand_in.break_it(path, "hang", **FOREVER)
    office.approve(number)
    eventually(lambda: len(office.stand_in.called(TEMPLATE)) > before, what="a call hangs")
    member, leader = office.world.follower("wang_fang"), office.world.follower("li_si")
    for text in ("积分", "排名", "申报 社区志愿 1小时 今天", "我的申报", "帮助", "撤回"):
        assert member.say(text).seconds < A_REPLY
    assert member.show("a-picture").seconds < A_REPLY
    assert leader.say("待办").seconds < A_REPLY
    assert leader.say("通过 全部").seconds < A_REPLY


def test_a_platform_that_is_away_gets_the_notice_once_when_it_is_back(office: Office) -> None:
    told = len(office.world.pushes("wang_fang"))
    notice = office.approved("wang_fang", meanwhile=office.stand_in.stop)
    pauses = []
    for attempts in (1, 2, 3):
        queued = office.until(notice, "queued", attempts=attempts)
        pauses.append((queued.next_try - office.world.clock()).total_seconds())
        office.world.clock.go_to(queued.next_try)
    assert pauses[0] <= 5  # a retry comes first within 5 s
    assert pauses[0] < pauses[1] < pauses[2] <= 60
    assert len(office.world.pushes("wang_fang")) == told
    office.stand_in.begin()
    office.world.later(minutes=2)
    office.until(notice, "sent", "delivered")
    office.world.later(minutes=5)
    office.settle()
    assert len(office.world.pushes("wang_fang")) == told + 1


@pytest.mark.parametrize(("code", "key"), [(40037, "liu_qiang"), (47003, "chen_jing")])
def test_a_refused_template_goes_on_to_a_customer_service_message(code: int, key: str, office: Office) -> None:
    office.stand_in.say(PEOPLE[key].openid, "积分")  # opens the window, there and here
    notice = office.approved(key, meanwhile=lambda: office.stand_in.break_it(TEMPLATE, "errcode", errcode=code))
    sent = office.until(notice, "sent")
    assert (sent.channel, sent.attempts) == ("custom", 2)
    assert "已通过，加" in office.world.pushes(key)[-1]
    assert "党员积分通知" not in office.world.pushes(key)[-1]


def test_without_any_channel_it_waits_in_the_chat_and_other_replies_say_so(office: Office) -> None:
    member = office.world.follower("zhao_min")
    refused = {"errcode": 40037, "times": -1}
    notice = office.approved("zhao_min", meanwhile=lambda: office.stand_in.break_it(TEMPLATE, "errcode", **refused))
    office.until(notice, "inbox")  # no window is open on the platform, whatever we think (45015)
    assert office.world.pushes("zhao_min") == []
    assert member.say("积分").text.endswith("\n您有1条未读通知，发“通知”查看")
    assert member.say("申报 讲微党课 1次 今天").text.endswith("\n您有1条未读通知，发“通知”查看")
    shown = member.say("通知").text
    assert "已通过，加" in shown
    assert "未读通知，发" not in shown
    assert "可能" not in shown
    assert "未读" not in member.say("积分").text
    assert office.again(notice).status is NoticeStatus.SEEN


def test_a_dead_token_is_renewed_once_in_mid_run(office: Office) -> None:
    office.world.later(minutes=1)
    before = len(office.stand_in.called(TOKEN))
    notice = office.approved("ouyang_jianguo", meanwhile=lambda: office.stand_in.ask("tokens"))
    office.until(notice, "sent", "delivered")
    assert len(office.stand_in.called(TOKEN)) == before + 1
    assert len(office.world.pushes("ouyang_jianguo")) == 1


def test_the_minutes_quota_is_waited_for(office: Office) -> None:
    notice = office.approved(
        "feng_tao", meanwhile=lambda: office.stand_in.break_it(TEMPLATE, "errcode", errcode=45011)
    )
    queued = office.until(notice, "queued", attempts=1)
    left = (queued.next_try - office.world.clock()).total_seconds()
    assert 30 < left <= 60
    assert office.world.pushes("feng_tao") == []
    office.world.clock.go_to(queued.next_try)
    sent = office.until(notice, "sent", "delivered")
    assert sent.channel == "template"
    assert len(office.world.pushes("feng_tao")) == 1


def test_a_template_that_timed_out_is_repeated_and_seen_once(office: Office) -> None:
    notice = office.approved(
        "zheng_shuang", meanwhile=lambda: office.stand_in.break_it(TEMPLATE, "hang", seconds=60)
    )
    queued = office.until(notice, "queued", attempts=1)
    assert len(office.world.pushes("zheng_shuang")) == 1  # it had arrived after all
    office.world.clock.go_to(queued.next_try)
    sent = office.until(notice, "sent", "delivered")
    assert sent.attempts == 2
    assert len(office.world.pushes("zheng_shuang")) == 1


def test_a_customer_service_message_that_timed_out_is_never_repeated(office: Office) -> None:
    leader = PEOPLE["wu_gang"].openid
    office.settle()
    office.stand_in.say(leader, "待办")
    calls = len(office.stand_in.called(CUSTOM))
    office.stand_in.break_it(CUSTOM, "hang", seconds=60)
    number = office.claim("sun_li")
    notice = office.notice("claim_waiting", f"claim:{number}")
    unknown = office.until(notice, "inbox")
    assert (unknown.channel, unknown.attempts, unknown.maybe_received) == ("custom", 1, True)
    office.world.later(minutes=10)
    office.settle()
    assert len(office.stand_in.called(CUSTOM)) == calls + 1
    shown = office.stand_in.say(leader, "通知")
    assert "可能已收到" in shown
    assert f"#{number}" in shown
    office.approve(number, by="wu_gang")


@pytest.mark.parametrize(("path", "key"), [(TEMPLATE, "he_min"), (CUSTOM, "sun_lei")])
def test_a_worker_that_dies_while_it_sends_loses_nothing_and_repeats_nothing(
    path: str, key: str, office: Office
) -> None:
    window = path == CUSTOM
    if window:
        office.stand_in.say(PEOPLE[key].openid, "积分")

    def broken() -> None:
        if window:
            office.stand_in.break_it(TEMPLATE, "errcode", errcode=40037)
        office.stand_in.break_it(path, "hang", seconds=60)

    notice = office.approved(key, meanwhile=broken)
    eventually(lambda: office.world.pushes(key), what="it has arrived, but nobody has answered the worker")
    (worker,) = [pid for pid in office.serve.group if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(worker, signal.SIGKILL)
    office.stand_in.ask("mend")
    assert office.again(notice).status is NoticeStatus.SENDING
    office.world.later(seconds=61)
    if window:
        assert office.until(notice, "inbox").maybe_received
    else:
        office.until(notice, "sent", "delivered")
    assert len(office.world.pushes(key)) == 1


def test_the_platform_tells_what_became_of_a_template(office: Office) -> None:
    arrived = office.approved("he_min")
    assert office.until(arrived, "delivered").message_id
    blocked = PEOPLE["qian_jin"].openid
    office.stand_in.ask("receiving", openid=blocked, on=False)
    number = office.claim("qian_jin")
    office.settle()
    office.approve(number, by="zhou_guoping")
    failed = office.until(office.notice("claim_approved", f"claim:{number}:1"), "failed")
    assert failed.channel == "template"
    member = office.world.follower("qian_jin")
    assert member.say("积分").text.endswith("您有1条未读通知，发“通知”查看")
    assert f"#{number} 已通过" in member.say("通知").text


def test_the_first_waiting_claim_is_told_at_once_and_the_others_together(office: Office) -> None:
    for number in office.waiting_for("ma_chao"):
        office.approve(number)
    office.settle()
    told = len(office.world.pushes("ma_chao"))
    numbers = [office.claim("zheng_shuang"), office.claim("feng_tao"), office.claim("feng_tao")]
    first = office.notice("claim_waiting", f"claim:{numbers[0]}")
    office.until(first, "sent", "delivered")
    office.settle()
    pushed = office.world.pushes("ma_chao")[told:]
    assert len(pushed) == 1
    assert f"#{numbers[0]}" in pushed[0]
    office.world.clock.go_to(next_digest(office.world.clock()))
    eventually(lambda: len(office.world.pushes("ma_chao")) > told + 1, what="the digest")
    office.settle()
    (digest,) = office.world.pushes("ma_chao")[told + 1 :]
    assert "3 条待审" in digest
    for number in numbers:
        office.approve(number)


def next_digest(now: datetime) -> datetime:
    """12:00 or 17:30, whichever comes next."""
    today = shanghai_day(now.astimezone(SHANGHAI))
    moments = (at(today, 12), at(today, 17, 30), at(today + timedelta(days=1), 12))
    return next(moment for moment in moments if moment > now)
