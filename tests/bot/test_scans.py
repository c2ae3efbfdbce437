"""The code on the screen of a meeting, scanned by who follows and by who comes to follow (rules 25, 30, 32)."""

from datetime import timedelta

import pytest

from models import bindings, check_ins, followers, meetings, planning
from models.sessions import Sessions
from tests.bot.test_reception import STRANGER, Door, how_many
from tests.cast import NOW, Cast
from tests.dialogue import SECRET

ROOM = NOW + timedelta(hours=3)


@pytest.fixture
def send(sessions: Sessions, cast: Cast) -> Door:
    return Door(sessions)


@pytest.fixture
def scene(cast: Cast) -> str:
    """The scene of 李四's group meeting at the hour of its beginning."""
    with cast.sessions.write() as session:
        meeting = planning.plan(session, ["党小组会"], ROOM, "三楼", by=cast.of(session).li_si, now=NOW)
        return f"checkin-{check_ins.code_of(meeting, ROOM)}"


def test_who_follows_again_by_the_code_in_the_room_is_checked_in(send: Door, cast: Cast, scene: str) -> None:
    send("event:unsubscribe", cast.zhang_san)
    answer = send("event:subscribe", cast.zhang_san, at=ROOM, event_key=f"qrscene_{scene}", key="event:back")
    assert answer.startswith("✅ 已签到：党小组会（M1）13:00\n")
    assert answer.endswith("\n欢迎回来，通知会继续发给您")
    assert send("event:subscribe", cast.zhang_san, at=ROOM, event_key=f"qrscene_{scene}", key="event:back") == answer
    assert send("event:SCAN", cast.zhang_san, at=ROOM + timedelta(seconds=5), event_key=scene).startswith(
        "您已经签过到："
    )
    with send.reception.talk.sessions.read() as session:
        found = followers.find(session, Cast.openid(cast.zhang_san))
        assert found is not None
        assert found.unfollowed_at is None


@pytest.mark.parametrize("event", ["subscribe", "SCAN"])
def test_the_check_in_of_a_stranger_waits_until_they_are_bound(send: Door, cast: Cast, scene: str, event: str) -> None:
    key = scene if event == "SCAN" else f"qrscene_{scene}"
    later = ROOM + timedelta(minutes=20)
    for _ in range(2):
        answer = send(f"event:{event}", STRANGER, at=ROOM, event_key=key, key="event:scan")
        assert answer.startswith("签到先给您留着：散会前绑定好，就算您现在签的到\n您好，这里是")
    with cast.sessions.write() as session:
        code = bindings.issue_code(session, cast.of(session).liu_defu, key=SECRET, now=NOW)
    bound = send("text", STRANGER, at=later, content=f"绑定 刘德福 {code}")
    assert bound.startswith("✅ 已绑定：刘德福")
    assert bound.endswith("\n刚才的扫码已签到：党小组会（M1）")
    with cast.sessions.read() as session:
        (mine,) = [one for one in meetings.invitations(session, 1) if one.checked_in_at is not None]
        assert (mine.member.name, mine.state, mine.checked_in_at) == ("刘德福", meetings.Attendance.PRESENT, ROOM)


def test_a_code_that_is_too_old_is_to_be_scanned_again(send: Door, cast: Cast, scene: str, sessions: Sessions) -> None:
    late = ROOM + timedelta(minutes=5)
    assert send("event:SCAN", STRANGER, at=late, event_key=scene).startswith("刚才的签到码已经过时")
    send("event:SCAN", STRANGER, at=ROOM, event_key=scene)
    assert how_many(sessions, check_ins.WaitingScan) == 1
    with cast.sessions.write() as session:
        planning.cancel(session, 1, "停电", by=cast.of(session).li_si, now=ROOM)
    assert how_many(sessions, check_ins.WaitingScan) == 0
