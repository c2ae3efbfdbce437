"""What each answer of the platform leads to, over real HTTP to the stand-in (rules 28; wechat.md 5).

On SQLite alone: what differs between databases is in tests/jobs/test_notices.py.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import config as configuration
from bot.delivery import as_menu
from bot.program import Program
from bot.reception import Reception
from bot.sandbox.users import Trigger
from bot.taps import MORE, linked, page, spelled
from bot.wechat.client import Client
from bot.wechat.incoming import Incoming, Subscription
from handlers.words import link, tap
from jobs import schedule
from models import followers, grants
from models.grants import Grant
from models.notices import Notice, NoticeStatus
from tests.cast import PEOPLE
from tests.databases import Files
from tests.dialogue import Say
from tests.e2e.worlds import World, world

BIZSEND = "/cgi-bin/message/subscribe/bizsend"
TEMPLATE, CUSTOM, TOKEN = "/cgi-bin/message/template/send", "/cgi-bin/message/custom/send", "/cgi-bin/stable_token"
MEMBER, LEADER = "zhang_san", "li_si"


@dataclass(frozen=True)
class Waiting(Program):
    """The program with a client that waits so many seconds for an answer."""

    patience: float

    def client(self) -> Client:
        wechat = self.config.wechat
        return Client(wechat.api_base, wechat.app_id, wechat.app_secret, self.tokens, total=self.patience)


@dataclass
class Desk:
    """A member who claims, a leader who decides, and a worker that delivers when it is told to."""

    world: World
    changes: dict[str, str] = field(default_factory=dict)
    patience: float = 30.0  # a slow machine is no fault of the platform

    def __post_init__(self) -> None:
        config = configuration.load(self.world.folder / "config.toml", {**self.world.environ, **self.changes})
        self.program = Waiting(config, self.world.clock, self.patience)
        self.jobs = self.program.world()
        self.say = Say(self.program.sessions)

    @property
    def platform(self) -> Any:
        return self.world.stand_in

    def deliver(self) -> int:
        """What the worker does every other second."""
        (job,) = (job for job in schedule.TABLE if job.name == "notices")
        return job.run(self.jobs, self.world.clock())

    def asked(self) -> Notice:
        """The notice that asks the leader for a decision."""
        said = self.say(self.world.member(MEMBER), "申报 社区志愿 2小时 今天", self.world.clock())
        assert said.startswith("✅ #1 "), said
        return self.notice("claim_waiting")

    def told(self) -> Notice:
        """The notice that tells the member what was decided; nothing else is on its way."""
        self.asked()
        self.say(self.world.member(LEADER), "通过 1", self.world.clock())
        return self.notice("claim_approved")

    def notice(self, kind: str) -> Notice:
        """The one notice of a kind, as it is now."""
        with self.program.sessions.read() as session:
            return session.scalars(select(Notice).where(Notice.kind == kind)).one()

    def opens_window(self, key: str) -> None:
        """Somebody wrote a moment ago, and both sides know it."""
        openid = PEOPLE[key].openid
        with self.platform.platform.changing(openid) as user:
            user.open(Trigger.MESSAGE, self.world.clock())
        self.say(self.world.member(key), "帮助", self.world.clock())

    def pushes(self, key: str) -> list[str]:
        return self.world.pushes(key)


@pytest.fixture
def new_desk(files: Files, tmp_path: Path) -> Iterator[Any]:
    with world(files, tmp_path) as one:
        desks: list[Desk] = []

        def make(patience: float = 30.0, **changes: str) -> Desk:
            environ = {f"XIANFENG_WECHAT__{key.upper()}": value for key, value in changes.items()}
            desks.append(Desk(one, environ, patience))
            return desks[-1]

        yield make
        for desk in desks:
            desk.program.engine.dispose()


@pytest.fixture
def desk(new_desk: Any) -> Desk:
    found: Desk = new_desk()
    return found


def test_who_decides_gets_buttons_while_the_window_is_open(desk: Desk) -> None:
    desk.opens_window(LEADER)
    desk.asked()
    assert desk.deliver() == 1
    (card,) = desk.pushes(LEADER)
    head, *buttons = [line for line in card.split("\n") if line]
    assert head.startswith("待审 #1")
    assert [line for line in buttons if line.startswith("[")] == ["[通过 1]", "[退回 1]", "[不通过 1]", "[转交 1]"]
    assert desk.notice("claim_waiting").channel == "custom"


def test_who_decides_gets_a_card_when_no_window_is_open(desk: Desk) -> None:
    desk.asked()
    assert desk.deliver() == 1
    assert desk.notice("claim_waiting").channel == "template"
    assert desk.platform.called(CUSTOM) == []


def test_what_informs_goes_by_template_though_a_window_is_open(desk: Desk) -> None:
    desk.opens_window(MEMBER)
    desk.told()
    desk.deliver()
    sent = desk.notice("claim_approved")
    assert (sent.channel, sent.status) == ("template", NoticeStatus.SENT)
    (card,) = desk.pushes(MEMBER)
    assert card.startswith("党员积分通知\n")
    assert "#1 加2分" in card


def test_a_subscription_account_gets_the_commands_spelled_out(new_desk: Any) -> None:
    desk: Desk = new_desk(account="subscription", channels="custom")
    desk.opens_window(LEADER)
    desk.asked()
    desk.deliver()
    (card,) = desk.pushes(LEADER)
    assert "“通过 1”" in card
    assert "[" not in card


@pytest.mark.parametrize("code", [40037, 47003, 48001, 43116, 43004])
@pytest.mark.parametrize("window", [True, False], ids=["window open", "no window"])
def test_a_refused_template_goes_on_to_the_next_channel_and_at_last_to_the_inbox(
    code: int, window: bool, desk: Desk
) -> None:
    if window:
        desk.opens_window(MEMBER)
    desk.platform.break_it(TEMPLATE, "errcode", errcode=code, times=-1)
    desk.told()
    desk.deliver()
    notice = desk.notice("claim_approved")
    if window:
        assert (notice.status, notice.channel) == (NoticeStatus.SENT, "custom")
        assert len(desk.pushes(MEMBER)) == 1
    else:
        assert (notice.status, notice.maybe_received) == (NoticeStatus.INBOX, False)
        assert desk.pushes(MEMBER) == []


def test_a_subscription_notice_goes_out_once_for_each_time_the_reader_agreed(new_desk: Any) -> None:
    desk: Desk = new_desk(channels="subscribe")
    (template, *_) = desk.platform.platform.options.templates
    reception = Reception(desk.program.talk)

    def hears(event: str, **line: str) -> None:
        now = desk.world.clock()
        told = Incoming("k" + event, f"event:{event}", "gh", PEOPLE[MEMBER].openid, now, event=event)
        reception.answer(told._replace(subscriptions=(Subscription(**line),)), now)

    desk.platform.ask("grant", openid=PEOPLE[MEMBER].openid, template_id=template, count=2)
    hears("subscribe_msg_popup_event", template_id=template, choice="accept")
    desk.told()
    assert desk.deliver() == 1
    notice = desk.notice("claim_approved")
    assert (notice.status, notice.channel) == (NoticeStatus.SENT, "subscribe")
    assert desk.platform.called(BIZSEND) == ["ok"]
    assert notice.message_id is not None
    hears("subscribe_msg_sent_event", template_id=template, msg_id=notice.message_id, error_code="0")
    assert desk.notice("claim_approved").status is NoticeStatus.DELIVERED
    desk.say(desk.world.member(MEMBER), "申报 传帮带 1次 今天", desk.world.clock())
    desk.say(desk.world.member(LEADER), "不通过 2 日期不对", desk.world.clock())
    desk.deliver()
    assert desk.notice("claim_rejected").status is NoticeStatus.INBOX  # one yes, one notice, whatever is granted there
    assert len(desk.platform.called(BIZSEND)) == 1


def test_a_grant_that_only_we_believe_in_is_ended(new_desk: Any) -> None:
    desk: Desk = new_desk(channels="subscribe")
    (template, *_) = desk.platform.platform.options.templates
    with desk.program.sessions.write() as session:
        for _ in range(3):
            grants.give(session, PEOPLE[MEMBER].openid, template)
    desk.told()
    desk.deliver()
    assert desk.notice("claim_approved").status is NoticeStatus.INBOX
    with desk.program.sessions.read() as session:
        assert session.get_one(Grant, (PEOPLE[MEMBER].openid, template)).remaining == 0


def test_a_kind_may_have_a_template_of_its_own_for_subscription_notices(new_desk: Any) -> None:
    templates = '{"claim_approved": {"id": "no-such-template", "fields": {"thing1": "title"}}}'
    desk: Desk = new_desk(channels="subscribe", subscriptions=templates)
    with desk.program.sessions.write() as session:
        grants.give(session, PEOPLE[MEMBER].openid, "no-such-template")
    desk.told()
    desk.deliver()
    (result,) = desk.platform.called(BIZSEND)
    assert result.startswith("40037")


def test_where_no_buttons_may_be_sent_the_commands_are_spelled_out(desk: Desk) -> None:
    desk.opens_window(LEADER)
    desk.platform.break_it(CUSTOM, "errcode", errcode=40200)
    desk.asked()
    assert desk.deliver() == 1
    (card,) = desk.pushes(LEADER)
    assert "“通过 1”" in card
    assert desk.notice("claim_waiting").channel == "custom"
    assert desk.platform.called(CUSTOM) == ["ok"]


def test_a_days_quota_that_is_used_up_is_not_asked_for_again(desk: Desk) -> None:
    desk.platform.ask("quota", path=TEMPLATE, per_day=0)
    desk.told()
    desk.deliver()
    assert desk.notice("claim_approved").status is NoticeStatus.INBOX
    desk.say(desk.world.member(MEMBER), "申报 传帮带 1次 今天", desk.world.clock())
    desk.say(desk.world.member(LEADER), "不通过 2 日期不对", desk.world.clock())
    desk.deliver()
    assert desk.notice("claim_rejected").status is NoticeStatus.INBOX
    (result,) = desk.platform.called(TEMPLATE)
    assert result.startswith("45009")


def test_without_any_template_it_goes_by_the_other_channel(new_desk: Any) -> None:
    desk: Desk = new_desk(templates="{}")
    desk.opens_window(MEMBER)
    desk.told()
    desk.deliver()
    assert desk.notice("claim_approved").channel == "custom"
    assert desk.platform.called(TEMPLATE) == []


def test_a_window_that_only_we_believe_open_is_closed_and_the_notice_waits_in_the_chat(new_desk: Any) -> None:
    desk: Desk = new_desk(channels="custom")
    member = desk.world.member(MEMBER)
    desk.say(member, "帮助", desk.world.clock())
    desk.told()
    desk.deliver()
    assert desk.notice("claim_approved").status is NoticeStatus.INBOX
    assert desk.say(member, "积分", desk.world.clock()).endswith("\n您有1条未读通知，发“通知”查看")
    shown = desk.say(member, "通知", desk.world.clock())
    assert "#1 已通过，加 2 分" in shown
    assert "可能" not in shown
    assert "未读通知，发" not in desk.say(member, "积分", desk.world.clock())


def test_a_dead_token_is_renewed_once_and_the_notice_arrives(desk: Desk) -> None:
    desk.asked()
    desk.deliver()
    desk.platform.ask("tokens")
    before = len(desk.platform.called(TOKEN))
    desk.say(desk.world.member(LEADER), "通过 1", desk.world.clock())
    assert desk.deliver() == 1
    assert len(desk.platform.called(TOKEN)) == before + 1
    assert len(desk.pushes(MEMBER)) == 1


@pytest.mark.parametrize(("code", "wait"), [(45011, 60), (-1, 3)], ids=["the minute's quota", "busy"])
def test_a_refusal_for_now_is_waited_out(code: int, wait: int, desk: Desk) -> None:
    desk.platform.break_it(TEMPLATE, "errcode", errcode=code)
    desk.told()
    before = desk.world.clock()
    assert desk.deliver() == 0
    notice = desk.notice("claim_approved")
    assert notice.status is NoticeStatus.QUEUED
    assert timedelta(0) <= notice.next_try - before - timedelta(seconds=wait) < timedelta(seconds=5)
    assert desk.deliver() == 0
    desk.world.clock.go_to(notice.next_try)
    assert desk.deliver() == 1
    assert len(desk.pushes(MEMBER)) == 1


def test_an_account_whose_credentials_are_wrong_loses_nothing_meanwhile(desk: Desk) -> None:
    desk.platform.ask("whitelist", refuses=True)
    desk.told()
    assert desk.deliver() == 0
    notice = desk.notice("claim_approved")
    assert notice.status is NoticeStatus.QUEUED
    desk.platform.ask("whitelist", refuses=False)
    desk.world.clock.go_to(notice.next_try + timedelta(minutes=5))
    assert desk.deliver() == 1


@pytest.fixture
def impatient(new_desk: Any) -> Desk:
    """A desk for tests in which the platform hangs."""
    found: Desk = new_desk(patience=1.5)
    return found


@pytest.mark.parametrize("how", ["hang", "drop", "bad_gateway", "html"])
def test_a_customer_service_message_of_unknown_fate_is_never_repeated(how: str, impatient: Desk) -> None:
    desk = impatient
    desk.opens_window(LEADER)
    desk.platform.break_it(CUSTOM, how, seconds=30)
    desk.asked()
    desk.deliver()
    notice = desk.notice("claim_waiting")
    assert (notice.status, notice.channel, notice.maybe_received) == (NoticeStatus.INBOX, "custom", True)
    desk.world.later(minutes=10)
    assert desk.deliver() == 0
    arrived = 1 if how in ("hang", "drop") else 0
    assert len(desk.pushes(LEADER)) == arrived
    assert "可能已收到" in desk.say(desk.world.member(LEADER), "通知", desk.world.clock())


@pytest.mark.parametrize("how", ["hang", "drop", "bad_gateway", "html", "lost"])
def test_a_template_of_unknown_fate_is_repeated_with_the_same_id_and_seen_once(how: str, impatient: Desk) -> None:
    desk = impatient
    desk.platform.break_it(TEMPLATE, how, seconds=30)
    desk.told()
    assert desk.deliver() == 0
    notice = desk.notice("claim_approved")
    assert (notice.status, notice.attempts) == (NoticeStatus.QUEUED, 1)
    desk.world.clock.go_to(notice.next_try)
    assert desk.deliver() == 1
    assert len(desk.pushes(MEMBER)) == 1


def test_without_a_token_nothing_was_sent_and_it_is_tried_again(impatient: Desk) -> None:
    desk = impatient
    desk.platform.break_it(TOKEN, "hang", seconds=30)
    desk.told()
    assert desk.deliver() == 0
    notice = desk.notice("claim_approved")
    assert (notice.status, notice.maybe_received) == (NoticeStatus.QUEUED, False)
    desk.world.clock.go_to(notice.next_try)
    assert desk.deliver() == 1


def test_what_was_settled_meanwhile_is_not_sent(desk: Desk) -> None:
    desk.asked()
    desk.say(desk.world.member(MEMBER), "撤回 1", desk.world.clock())
    assert desk.deliver() == 0
    assert desk.notice("claim_waiting").status is NoticeStatus.LAPSED
    assert desk.pushes(LEADER) == []


def test_who_unfollowed_gets_nothing_at_once(desk: Desk) -> None:
    desk.told()
    with desk.program.sessions.write() as session:
        followers.unfollow(session, PEOPLE[MEMBER].openid, desk.world.clock())
    assert desk.deliver() == 0
    assert desk.notice("claim_approved").status is NoticeStatus.INBOX
    assert desk.platform.called(TEMPLATE) == []


def test_the_log_names_nobody(impatient: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk = impatient
    desk.opens_window(LEADER)
    desk.platform.break_it(CUSTOM, "errcode", errcode=45015)
    desk.platform.break_it(TEMPLATE, "hang", seconds=30)
    with caplog.at_level(logging.DEBUG, logger="bot"):
        desk.asked()
        desk.deliver()
    assert "45015" in caplog.text
    assert "no answer in time" in caplog.text
    token = desk.program.tokens.known(desk.program.config.wechat.app_id)
    assert token is not None
    for secret in (PEOPLE[LEADER].openid, "张三", token, "access_token="):
        assert secret not in caplog.text


def test_a_menu_keeps_addresses_in_its_text_and_makes_each_command_one_button() -> None:
    address = "http://x/m/pictures/1"
    taps = f"{tap('通过', '通过 1')} {tap('不通过', '不通过 1')}\n{tap('也是', '通过 1')}"
    head, items = as_menu(f"待审 #1\n照片1张 {link('看照片', address)}\n{taps}")
    assert head == f'待审 #1\n照片1张 <a href="{address}">看照片</a>'
    assert items == ["通过 1", "不通过 1"]


def test_a_tap_is_a_link_here_and_a_typed_command_there() -> None:
    text = f"报错了：{tap('撤回', '撤回 12 & <13>')}"
    assert linked(text).count("<a href=") == 1
    assert "&msgmenuid=1" in linked(text)
    assert "<13>" not in linked(text)
    assert spelled(text) == "报错了：“撤回 12 & <13>”"
    assert spelled(link("看照片", "http://x/1")) == "看照片 http://x/1"


def test_pages_are_whole_lines_that_fit_as_they_will_be_sent() -> None:
    lines = [f"第{number}行 {tap('看', f'解释 {number}')}" for number in range(60)]
    rest: str | None = "\n".join(lines)
    seen: list[str] = []
    while rest is not None:
        first, rest = page(rest)
        assert len(linked(first).encode()) <= 2000
        assert first.endswith(MORE) == (rest is not None)
        seen += first.removesuffix(f"\n{MORE}").split("\n")
    assert seen == lines
    assert page("短") == ("短", None)


def test_a_line_longer_than_a_page_is_carried_over_and_nothing_is_lost() -> None:
    text = "传达：" + "请各位党员准时参加学习" * 200
    pages: list[str] = []
    rest: str | None = f"{text}\n回“收到”"
    while rest is not None:
        first, rest = page(rest)
        assert len(first.encode()) <= 2000
        pages.append(first.removesuffix(f"\n{MORE}"))
    assert "".join(pages).replace("\n", "") == f"{text}回“收到”"
