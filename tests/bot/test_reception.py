"""From what WeChat sends to an answer: every kind of message and event (wechat.md 3; rules 13, 28, 32)."""

from datetime import datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.reception import Reception
from bot.talk import Talk
from bot.wechat.answers import TextAnswer
from bot.wechat.incoming import Incoming, Subscription
from models import bindings, deliveries, fates, followers, notices
from models.claims import Claim
from models.followers import Follower
from models.grants import Grant
from models.members import Member
from models.notices import Notice, NoticeStatus
from models.pictures import Picture
from models.receipts import Receipt
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.dialogue import SECRET

STRANGER = "o-nobody-knows-me"


class Door:
    """Sends things as WeChat would have them read."""

    def __init__(self, sessions: Sessions) -> None:
        self.reception = Reception(Talk(sessions, secret=SECRET))
        self._numbers = count(1)

    def __call__(self, kind: str, who: Member | str, key: str = "", at: datetime = NOW, **fields: Any) -> str:
        """The text of the answer, "" for none."""
        openid = who if isinstance(who, str) else Cast.openid(who)
        event = kind.removeprefix("event:") if kind.startswith("event:") else ""
        name = key or f"{'event' if event else 'msg'}:{next(self._numbers)}"
        answer = self.reception.answer(Incoming(name, kind, "gh", openid, at, event=event, **fields), at)
        assert answer is None or isinstance(answer, TextAnswer)
        return answer.text if answer is not None else ""


@pytest.fixture
def send(sessions: Sessions, cast: Cast) -> Door:
    return Door(sessions)


def how_many(sessions: Sessions, table: type) -> int:
    with sessions.read() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


@pytest.mark.parametrize("kind", ["video", "shortvideo", "location", "link", "file", "a_kind_of_next_year"])
def test_what_cannot_be_taken_is_told_with_what_can(kind: str, send: Door, cast: Cast) -> None:
    answer = send(kind, cast.zhang_san)
    assert answer.startswith("这里收文字和照片")
    assert "例如：\n申报" in answer


@pytest.mark.parametrize(
    "event", ["VIEW", "LOCATION", "view_miniprogram", "MASSSENDJOBFINISH", "an_event_of_next_year"]
)
def test_an_event_that_expects_no_answer_gets_none_and_leaves_no_trace(
    event: str, send: Door, cast: Cast, sessions: Sessions
) -> None:
    assert send(f"event:{event}", cast.zhang_san, event_key="https://example.org/") == ""
    assert how_many(sessions, Receipt) == 0


def test_a_voice_counts_by_its_words_and_without_any_asks_for_typing(
    send: Door, cast: Cast, sessions: Sessions
) -> None:
    assert send("voice", cast.zhang_san, recognition="申报社区志愿两小时今天。").startswith("✅ #1 已提交")
    for nothing in ("", "  ", "\n"):
        assert send("voice", cast.zhang_san, recognition=nothing).startswith("这条语音没有识别出文字，请打字发来")
    assert how_many(sessions, Claim) == 1


def test_a_menu_key_and_a_scanned_text_are_whole_commands(send: Door, cast: Cast) -> None:
    typed = send("text", cast.zhang_san, content="积分")
    assert send("event:CLICK", cast.zhang_san, event_key="积分") == typed
    assert send("event:scancode_waitmsg", cast.zhang_san, event_key="签到", scan_result="积分") == typed
    assert "没看懂" in send("event:CLICK", cast.zhang_san, event_key="一个旧菜单")


def test_a_click_opens_a_short_window_and_a_message_a_long_one(send: Door, cast: Cast, sessions: Sessions) -> None:
    def left() -> int:
        with sessions.read() as session:
            found = followers.find(session, Cast.openid(cast.zhang_san))
            assert found is not None
            return found.window_left

    send("event:CLICK", cast.zhang_san, event_key="积分")
    assert left() == 3
    send("text", cast.zhang_san, content="积分")
    assert left() == 5


def test_the_code_on_the_screen_of_a_meeting_checks_in(send: Door, cast: Cast) -> None:
    typed = send("text", cast.zhang_san, content="签到 483920")
    assert send("event:SCAN", cast.zhang_san, event_key="checkin-483920") == typed


def test_a_scanned_code_of_old_gets_a_friendly_word(send: Door, cast: Cast) -> None:
    assert "帮助" in send("event:SCAN", cast.zhang_san, event_key="meeting-1")


def test_a_newcomer_is_told_how_to_bind_with_a_scene_or_without(send: Door, sessions: Sessions) -> None:
    before = how_many(sessions, Follower)
    for scene in ("", "qrscene_meeting-1"):
        assert "绑定 姓名 绑定码" in send("event:subscribe", f"{STRANGER}{scene}", event_key=scene)
    assert how_many(sessions, Follower) == before + 2


def test_who_comes_back_is_greeted_by_name_and_gets_pushes_again(send: Door, cast: Cast, sessions: Sessions) -> None:
    assert send("event:unsubscribe", cast.zhang_san) == ""

    def following() -> bool:
        with sessions.read() as session:
            found = followers.find(session, Cast.openid(cast.zhang_san))
            return found is not None and found.unfollowed_at is None

    assert not following()
    assert send("event:subscribe", cast.zhang_san).startswith("张三您好，欢迎回来")
    assert following()


@pytest.mark.parametrize("late", ["unsubscribe", "subscribe"])
def test_a_repeat_that_comes_late_does_not_undo_what_came_after_it(
    late: str, send: Door, cast: Cast, sessions: Sessions
) -> None:
    first, then = (late, "subscribe" if late == "unsubscribe" else "unsubscribe")
    send(f"event:{first}", cast.zhang_san, key="event:1")
    send(f"event:{then}", cast.zhang_san, key="event:2")
    send(f"event:{first}", cast.zhang_san, key="event:1")
    with sessions.read() as session:
        found = followers.find(session, Cast.openid(cast.zhang_san))
        assert found is not None
        assert (found.unfollowed_at is None) == (then == "subscribe")


def test_a_repeated_message_gets_the_same_answer_and_acts_once(send: Door, cast: Cast, sessions: Sessions) -> None:
    said = [send("text", cast.zhang_san, key="msg:77", content="申报 社区志愿 2小时 今天") for _ in range(3)]
    assert said[0].startswith("✅ #1 已提交")
    assert set(said) == {said[0]}
    assert how_many(sessions, Claim) == 1


def test_a_picture_is_noted_for_the_job_once_however_often_it_comes(send: Door, cast: Cast, sessions: Sessions) -> None:
    said = {send("image", cast.zhang_san, key="msg:78", media_id="media-1", pic_url="http://x/") for _ in range(3)}
    assert len(said) == 1
    with sessions.read() as session:
        (picture,) = session.scalars(select(Picture)).all()
    assert picture.media_id == "media-1"


def test_a_strangers_picture_is_not_noted(send: Door, sessions: Sessions) -> None:
    assert "绑定" in send("image", STRANGER, media_id="media-1")
    assert how_many(sessions, Picture) == 0


@pytest.mark.parametrize(
    ("told", "becomes"),
    [
        ("success", NoticeStatus.DELIVERED),
        ("failed:user block", NoticeStatus.FAILED),
        ("failed: system failed", NoticeStatus.FAILED),
        ("failed:freq limit", NoticeStatus.FAILED),
    ],
)
def test_the_platform_tells_what_became_of_a_template(
    told: str, becomes: NoticeStatus, send: Door, cast: Cast, sessions: Sessions
) -> None:
    with sessions.write() as session:
        notices.post(session, cast.zhang_san.id, "bound", key="n", now=NOW, facts={"by": "李四"})
        (id,) = deliveries.take(session, lease="w", now=NOW)
        deliveries.begin(session, id, lease="w", channel="template", now=NOW)
        deliveries.sent(session, id, message_id="2918131553548107776", now=NOW)
    for number, key in (("1", "event:1"), ("2918131553548107776", "event:2"), ("2918131553548107776", "event:2")):
        assert send("event:TEMPLATESENDJOBFINISH", cast.zhang_san, key=key, msg_id=number, status=told) == ""
    with sessions.read() as session:
        assert session.scalars(select(Notice.status)).one() is becomes
    unread = "您有1条未读通知" in send("text", cast.zhang_san, content="积分")
    assert unread == (becomes is NoticeStatus.FAILED)


def test_a_reader_agrees_to_notices_and_switches_them_off(send: Door, cast: Cast, sessions: Sessions) -> None:
    def hears(event: str, choice: str, key: str = "") -> int:
        line = Subscription("T1", choice=choice)
        assert send(f"event:subscribe_msg_{event}_event", cast.zhang_san, key=key, subscriptions=(line,)) == ""
        with sessions.read() as session:
            return session.scalars(select(Grant.remaining)).one()

    assert [hears("popup", "accept", key) for key in ("event:a", "event:a", "event:b")] == [1, 1, 2]
    assert hears("popup", "reject") == 2
    assert [hears("change", "reject"), hears("popup", "accept")] == [0, 1]


@pytest.mark.parametrize(("code", "becomes"), [("0", NoticeStatus.DELIVERED), ("1003", NoticeStatus.FAILED)])
def test_the_platform_tells_what_became_of_a_subscription_notice(
    code: str, becomes: NoticeStatus, send: Door, cast: Cast, sessions: Sessions
) -> None:
    line = Subscription("T1", msg_id="7", error_code=code)
    send("event:subscribe_msg_sent_event", cast.zhang_san, subscriptions=(line,))  # before it is known as sent
    with sessions.write() as session:
        notices.post(session, cast.zhang_san.id, "bound", key="n", now=NOW, facts={"by": "李四"})
        (id,) = deliveries.take(session, lease="w", now=NOW)
        deliveries.begin(session, id, lease="w", channel="subscribe", now=NOW)
        deliveries.sent(session, id, message_id="7", now=NOW)
        fates.join(session, NOW)
    with sessions.read() as session:
        assert session.scalars(select(Notice.status)).one() is becomes


@pytest.mark.parametrize(
    ("kind", "fields", "left"),
    [
        ("text", {"content": "积分"}, 5),
        ("text", {"content": "积分", "tapped": True}, 3),
        ("voice", {}, 5),
        ("video", {}, 5),
        ("event:scancode_push", {"event_key": "k"}, 3),
        ("event:SCAN", {"event_key": "poster"}, 3),
        ("event:subscribe", {}, 3),
        ("event:VIEW", {"event_key": "http://x"}, 0),
    ],
)
def test_each_way_of_writing_or_tapping_opens_its_window(
    kind: str, fields: dict[str, Any], left: int, send: Door, cast: Cast, sessions: Sessions
) -> None:
    send(kind, cast.zhang_san, **fields)
    with sessions.read() as session:
        assert session.get_one(Follower, Cast.openid(cast.zhang_san)).window_left == left


def test_what_is_tapped_travels_as_a_link(send: Door, cast: Cast) -> None:
    answer = send("text", cast.zhang_san, content="申报 社区志愿 2小时 今天")
    assert '<a href="weixin://bizmsgmenu?msgmenucontent=%E6%92%A4%E5%9B%9E%201&msgmenuid=1">' in answer


def test_binding_over_the_door_makes_a_member_of_a_stranger(send: Door, cast: Cast, sessions: Sessions) -> None:
    with sessions.write() as session:
        code = bindings.issue_code(session, session.get_one(Member, cast.liu_defu.id), key=SECRET, now=NOW)
    assert "绑定" in send("text", STRANGER, content="积分")
    assert send("text", STRANGER, content=f"绑定 刘德福 {code}").startswith("✅")
    assert send("text", STRANGER, content="我").startswith("刘德福")
