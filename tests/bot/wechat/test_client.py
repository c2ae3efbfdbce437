"""Our API client against a real HTTP server on this machine that can fail in chosen ways."""

import asyncio
import email
import email.policy
import gc
import logging
import socket
import traceback
import weakref
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from bot.wechat.client import MAX_MEDIA, MAX_UPLOAD, Client, Follower, Media, QrCode
from bot.wechat.errors import Fault, Refusal, Unclear
from bot.wechat.tokens import TokenStore

T = TypeVar("T")
NewClient = Callable[..., Client]
OPENID = "oTESTuser00000000000000000001"
SEND = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
STABLE_TOKEN = "/cgi-bin/stable_token"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def within(client: Client, use: Callable[[Client], Awaitable[T]]) -> T:
    """Run `use` inside the client, in an event loop of its own as a job does."""

    async def run() -> T:
        async with client:
            return await use(client)

    return asyncio.run(run())


def refused(client: Client, use: Callable[[Client], Awaitable[Any]]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        within(client, use)
    return caught.value


async def greet(client: Client) -> None:
    await client.send_text(OPENID, "您好")


def test_a_text_goes_out_as_readable_utf_8(platform: Any, new_client: NewClient) -> None:
    within(new_client(), lambda client: client.send_text(OPENID, "#12 已通过\x07"))
    (call,) = platform.called(SEND)
    assert call.query == {"access_token": "T1"}
    assert call.headers["Content-Type"].startswith("application/json")
    assert "#12 已通过" in call.body.decode()
    assert call.json == {"touser": OPENID, "msgtype": "text", "text": {"content": "#12 已通过"}}


def test_a_run_that_is_over_leaves_nothing_to_the_collector(platform: Any, new_client: NewClient) -> None:
    """An event loop holds half a megabyte, and a worker is through with one every two seconds."""
    loops: list[weakref.ref[Any]] = []

    async def use(client: Client) -> None:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        await asyncio.gather(greet(client), greet(client))

    gc.disable()
    try:
        within(new_client(), use)
        assert loops[0]() is None
    finally:
        gc.enable()


def test_a_text_that_is_too_long_is_cut(platform: Any, new_client: NewClient) -> None:
    within(new_client(), lambda client: client.send_text(OPENID, "好" * 1000))
    assert len(platform.called(SEND)[0].json["text"]["content"].encode()) <= 2000


def test_buttons_go_out_as_a_menu(platform: Any, new_client: NewClient) -> None:
    within(new_client(), lambda client: client.send_menu(OPENID, "待审 #12", ["通过 12", "转交 12"], "共 3 条"))
    within(new_client(), lambda client: client.send_menu(OPENID, "待审 #12", ["通过 12"]))
    one, two = (call.json["msgmenu"] for call in platform.called(SEND))
    assert one["list"] == [{"id": "101", "content": "通过 12"}, {"id": "102", "content": "转交 12"}]
    assert (one["head_content"], one["tail_content"]) == ("待审 #12", "共 3 条")
    assert "tail_content" not in two


def test_a_template_message_gives_its_number_back(platform: Any, new_client: NewClient) -> None:
    platform.plan(TEMPLATE, {"errcode": 0, "errmsg": "ok", "msgid": 2918131553548107776})
    data = {"thing1": {"value": "申报已通过"}}

    async def send(client: Client) -> list[str]:
        first = await client.send_template(OPENID, "tpl", data, url="https://x/m/1", client_msg_id="claim:12:1")
        return [first, await client.send_template(OPENID, "tpl", data)]

    assert within(new_client(), send) == ["2918131553548107776"] * 2
    one, two = (call.json for call in platform.called(TEMPLATE))
    message = {"touser": OPENID, "template_id": "tpl", "data": data}
    assert one == {**message, "url": "https://x/m/1", "client_msg_id": "claim:12:1"}
    assert two == message


def test_a_subscription_notice_goes_out(platform: Any, new_client: NewClient) -> None:
    data = {"thing1": {"value": "开会"}}
    assert within(new_client(), lambda client: client.send_subscribe(OPENID, "tpl", data, page="https://x/m")) == ""
    (call,) = platform.called("/cgi-bin/message/subscribe/bizsend")
    assert call.json == {"touser": OPENID, "template_id": "tpl", "page": "https://x/m", "data": data}


def test_the_menu_goes_out_unescaped(platform: Any, new_client: NewClient) -> None:
    menu = {"button": [{"type": "click", "name": "我的积分", "key": "积分"}]}
    within(new_client(), lambda client: client.create_menu(menu))
    (call,) = platform.called("/cgi-bin/menu/create")
    assert call.json == menu
    assert b"\\u" not in call.body


def test_a_qr_code_is_made_for_a_time(platform: Any, new_client: NewClient) -> None:
    platform.plan(
        "/cgi-bin/qrcode/create", {"ticket": "tick", "expire_seconds": 600, "url": "http://weixin.qq.com/q/x"}
    )
    code = within(new_client(), lambda client: client.create_qrcode("M3", 600))
    assert code == QrCode("tick", "http://weixin.qq.com/q/x")
    assert platform.called("/cgi-bin/qrcode/create")[0].json == {
        "expire_seconds": 600,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "M3"}},
    }


@pytest.mark.parametrize(("scene", "seconds"), [("", 60), ("x" * 65, 60), ("M3", 0), ("M3", 2_592_001)])
def test_a_qr_code_that_cannot_be_is_not_asked_for(
    platform: Any, new_client: NewClient, scene: str, seconds: int
) -> None:
    with pytest.raises(ValueError, match="1 to 64 characters"):
        within(new_client(), lambda client: client.create_qrcode(scene, seconds))
    assert platform.calls == []


def test_a_picture_is_fetched(platform: Any, new_client: NewClient) -> None:
    platform.plan("/cgi-bin/media/get", (200, PNG, "image/png"))
    assert within(new_client(), lambda client: client.fetch_media("m/1&x")) == Media(PNG, "image/png")
    (call,) = platform.called("/cgi-bin/media/get")
    assert (call.method, call.query) == ("GET", {"access_token": "T1", "media_id": "m/1&x"})


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        ((200, b'{"errcode":40007,"errmsg":"invalid media_id"}', "text/plain"), Fault.MEDIA),
        ((200, b'{"video_url":"http://x/v"}', "application/json"), Fault.MESSAGE),
        ((200, b"x" * (MAX_MEDIA + 1), "image/png"), Fault.MESSAGE),
    ],
)
def test_what_is_no_picture_is_refused(platform: Any, new_client: NewClient, outcome: Any, fault: Fault) -> None:
    platform.plan("/cgi-bin/media/get", outcome)
    assert refused(new_client(), lambda client: client.fetch_media("m1")).fault is fault


def test_the_largest_picture_is_fetched_whole(platform: Any, new_client: NewClient) -> None:
    platform.plan("/cgi-bin/media/get", (200, b"x" * MAX_MEDIA, "image/png"))
    assert len(within(new_client(), lambda client: client.fetch_media("m1")).data) == MAX_MEDIA


def test_a_page_in_the_place_of_a_picture_is_unclear(platform: Any, new_client: NewClient) -> None:
    platform.plan("/cgi-bin/media/get", (200, b"<html>log in</html>", "text/html"))
    with pytest.raises(Unclear):
        within(new_client(), lambda client: client.fetch_media("m1"))


@pytest.mark.parametrize(
    ("data", "kind", "name", "content_type"),
    [
        (PNG, "image", "image.png", "image/png"),
        (b"\xff\xd8\xff" + b"0" * MAX_UPLOAD, "image", "", ""),
        (b"\xff\xd8\xff0", "image", "image.jpg", "image/jpeg"),
        (b"GIF89a", "image", "image.gif", "image/gif"),
        (b"ID3", "voice", "voice.mp3", "audio/mpeg"),
    ],
)
def test_a_file_is_uploaded_as_a_form(
    platform: Any, new_client: NewClient, data: bytes, kind: Any, name: str, content_type: str
) -> None:
    path = "/cgi-bin/media/upload"
    platform.plan(path, {"type": kind, "media_id": "m9", "created_at": 1})
    if not name:
        assert refused(new_client(), lambda client: client.upload_media(data, kind)).fault is Fault.MESSAGE
        assert platform.calls == []
        return
    assert within(new_client(), lambda client: client.upload_media(data, kind)) == "m9"
    (call,) = platform.called(path)
    assert call.query == {"access_token": "T1", "type": kind}
    assert int(call.headers["Content-Length"]) == len(call.body)
    head = b"Content-Type: " + call.headers["Content-Type"].encode() + b"\r\n\r\n"
    (part,) = email.message_from_bytes(head + call.body, policy=email.policy.HTTP).iter_parts()
    assert part.get_param("name", header="content-disposition") == "media"
    assert (part.get_filename(), part.get_content_type()) == (name, content_type)
    assert part.get_payload(decode=True) == data


def test_who_follows_is_told(platform: Any, new_client: NewClient) -> None:
    path = "/cgi-bin/user/info"
    follows = {"subscribe": 1, "openid": OPENID, "subscribe_time": 1700000000, "subscribe_scene": "ADD_SCENE_QR_CODE"}
    platform.plan(path, follows, {"subscribe": 0, "openid": OPENID})

    async def ask(client: Client) -> list[Follower]:
        return [await client.user_info(OPENID), await client.user_info(OPENID)]

    assert within(new_client(), ask) == [
        Follower(True, datetime.fromtimestamp(1700000000, UTC), "ADD_SCENE_QR_CODE"),
        Follower(False, None, ""),
    ]


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("hang", "no answer in time"),
        ("reset", "connection broken"),
        ((502, b"<html>bad gateway</html>", "text/html"), "HTTP 502"),
        ((503, b'{"errcode":0}', "application/json"), "HTTP 503"),
        ((302, b"", "text/html"), "HTTP 302"),
        ((200, b"<html>log in</html>", "text/html"), "no JSON"),
        ((200, b"", "application/json"), "no JSON"),
        ((200, b"[1]", "application/json"), "no JSON object"),
        ((200, b"[" * 100_000, "application/json"), "no JSON"),
        ((200, b"\xff\xfe{}", "application/json"), "no JSON"),
        ((200, b"{}", "application/json"), "without errcode"),
        ((200, b'{"errcode":"0"}', "application/json"), "no number"),
        ((200, b'{"errcode":true}', "application/json"), "no number"),
        ((200, b"x" * (2 << 20), "application/json"), "more than"),
    ],
)
def test_a_lost_answer_is_unclear_and_not_repeated(
    platform: Any, new_client: NewClient, outcome: Any, reason: str
) -> None:
    platform.plan(SEND, outcome)
    with pytest.raises(Unclear, match=reason):
        within(new_client(total=0.5), greet)
    assert len(platform.called(SEND)) == 1


@pytest.mark.parametrize(
    ("outcome", "code", "fault"),
    [
        ({"errcode": -1, "errmsg": "system error"}, -1, Fault.TRANSIENT),
        ({"errcode": 45009, "errmsg": "reach max api daily quota limit"}, 45009, Fault.EXHAUSTED),
        ({"errcode": 45011, "errmsg": "api minute-quota reach limit"}, 45011, Fault.WAIT),
        ({"errcode": 45015, "errmsg": "response out of time limit"}, 45015, Fault.WINDOW),
        ({"errcode": 43004}, 43004, Fault.USER),
        ({"errcode": 12345, "errmsg": None}, 12345, Fault.UNKNOWN),
        ((404, b"<html>", "text/html"), None, Fault.UNKNOWN),
        ((429, b"slow down", "text/plain"), None, Fault.WAIT),
    ],
)
def test_a_refusal_is_certain_and_not_repeated(
    platform: Any, new_client: NewClient, outcome: Any, code: int | None, fault: Fault
) -> None:
    platform.plan(SEND, outcome)
    refusal = refused(new_client(), greet)
    assert (refusal.code, refusal.fault) == (code, fault)
    assert len(platform.called(SEND)) == 1
    assert platform.token_calls == [False]


def test_what_was_sent_already_counts_as_sent(platform: Any, new_client: NewClient) -> None:
    platform.plan(SEND, {"errcode": 45065, "errmsg": "clientmsgid exist"})
    within(new_client(), greet)


def test_where_nobody_listens_nothing_was_sent(platform: Any, new_client: NewClient) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        platform.base = f"http://127.0.0.1:{closed.getsockname()[1]}"
        refusal = refused(new_client(), greet)
    assert (refusal.code, refusal.fault) == (None, Fault.TRANSIENT)
    assert "no connection" in refusal.message


def test_a_name_that_does_not_resolve_is_no_connection(platform: Any, new_client: NewClient) -> None:
    platform.base = "http://nowhere.invalid"
    assert refused(new_client(), greet).fault is Fault.TRANSIENT


def test_a_dead_token_is_renewed_and_the_call_repeated_once(platform: Any, new_client: NewClient) -> None:
    async def twice(client: Client) -> None:
        await greet(client)
        platform.supersede()
        await greet(client)

    within(new_client(), twice)
    assert [call.query["access_token"] for call in platform.called(SEND)] == ["T1", "T1", "T2"]
    assert platform.token_calls == [False, False]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_each_code_of_a_dead_token_is_healed(platform: Any, new_client: NewClient, code: int) -> None:
    platform.plan(SEND, {"errcode": code, "errmsg": "dead"}, {"errcode": 0})
    within(new_client(), greet)
    assert len(platform.called(SEND)) == 2


def test_a_token_that_stays_dead_is_renewed_once_and_no_more(platform: Any, new_client: NewClient) -> None:
    platform.refuse_all = True
    refusal = refused(new_client(), greet)
    assert (refusal.code, refusal.fault) == (40001, Fault.TOKEN)
    assert len(platform.called(SEND)) == 2
    assert platform.token_calls == [False, False, True]


def test_an_upload_is_whole_again_after_its_token_died(platform: Any, new_client: NewClient) -> None:
    path = "/cgi-bin/media/upload"
    platform.plan(path, {"errcode": 42001, "errmsg": "access_token expired"}, {"media_id": "m9"})
    assert within(new_client(), lambda client: client.upload_media(PNG)) == "m9"
    assert all(PNG in call.body for call in platform.called(path))
    assert len(platform.called(path)) == 2


@pytest.mark.parametrize(
    ("outcome", "code", "fault"),
    [
        ({"errcode": 40001, "errmsg": "invalid appsecret"}, 40001, Fault.CONFIGURATION),
        ({"errcode": 40164, "errmsg": "invalid ip 1.2.3.4, not in whitelist"}, 40164, Fault.CONFIGURATION),
        ({"errcode": 40013, "errmsg": "invalid appid"}, 40013, Fault.CONFIGURATION),
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, 40125, Fault.CONFIGURATION),
        ({"errcode": 40243, "errmsg": "AppSecret has been frozen"}, 40243, Fault.CONFIGURATION),
        ({"errcode": 45009, "errmsg": "quota"}, 45009, Fault.WAIT),  # not the quota of the message's own interface
        ({"errcode": 48001, "errmsg": "api unauthorized"}, 48001, Fault.CONFIGURATION),
        ("hang", None, Fault.TRANSIENT),
        ("reset", None, Fault.TRANSIENT),
        ((502, b"", "text/html"), None, Fault.TRANSIENT),
        ({"expires_in": 7200}, None, Fault.TRANSIENT),
        ({"access_token": None, "expires_in": 7200}, None, Fault.TRANSIENT),
        ({"access_token": "T1"}, None, Fault.TRANSIENT),
        ({"access_token": "T1", "expires_in": 0}, None, Fault.TRANSIENT),
    ],
)
def test_without_a_token_nothing_is_sent_and_that_is_certain(
    platform: Any, new_client: NewClient, outcome: Any, code: int | None, fault: Fault
) -> None:
    platform.plan(STABLE_TOKEN, outcome)

    async def twice(client: Client) -> list[Refusal | Unclear]:
        failures = await asyncio.gather(greet(client), greet(client), greet(client), return_exceptions=True)
        return [failure for failure in failures if isinstance(failure, Refusal | Unclear)]

    failures = within(new_client(total=0.5), twice)
    assert [(failure.code, failure.fault) for failure in failures if isinstance(failure, Refusal)] == [
        (code, fault)
    ] * 3
    assert platform.called(SEND) == []
    assert len(platform.token_calls) == 1


def test_the_token_is_asked_for_in_json_on_the_stable_path(platform: Any, new_client: NewClient) -> None:
    within(new_client(), lambda client: client.check_token())
    (call,) = platform.calls
    assert (call.path, call.method, call.query) == (STABLE_TOKEN, "POST", {})
    assert call.json == {
        "grant_type": "client_credential",
        "appid": "wx1234567890abcdef",
        "secret": "s3cret-of-the-account",
        "force_refresh": False,
    }


@pytest.mark.parametrize("outcome", ["hang", "reset", (404, b"", "text/html"), {"errcode": 40003, "errmsg": ""}, None])
def test_no_failure_shows_a_token_a_secret_or_an_openid(
    platform: Any, new_client: NewClient, caplog: pytest.LogCaptureFixture, outcome: Any
) -> None:
    secret = "s3cret-of-the-account"
    platform.token = "T4711"
    echoed = f"invalid {OPENID} {secret} T4711 access_token=T4711"
    platform.plan(SEND, {"errcode": 40003, "errmsg": echoed} if isinstance(outcome, dict) else outcome or "reset")
    if outcome is None:
        platform.plan(STABLE_TOKEN, {"errcode": 40125, "errmsg": f"invalid {OPENID} {secret} access_token=T4711"})
    with caplog.at_level(logging.DEBUG), pytest.raises((Refusal, Unclear)) as caught:
        within(new_client(secret, total=0.5), greet)
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert not [word for word in (OPENID, secret, "T4711") if word in shown]


def test_connections_are_used_again(platform: Any, new_client: NewClient) -> None:
    """Two loops, one client each time: the pool lives and dies with `async with`."""

    async def many(client: Client) -> None:
        for _ in range(3):
            await asyncio.gather(*(greet(client) for _ in range(10)))

    client = new_client()
    within(client, many)
    within(client, many)
    assert len(platform.called(SEND)) == 60
    assert platform.token_calls == [False]


def test_outside_of_its_block_a_client_is_closed(new_client: NewClient) -> None:
    client = new_client()
    within(client, greet)
    with pytest.raises(RuntimeError, match="inside"):
        asyncio.run(client.send_text(OPENID, "您好"))


def test_a_base_may_end_in_a_slash(platform: Any, clock: Any, new_sessions: Callable[[], Any]) -> None:
    client = Client(platform.base + "/", "wx1", "s", TokenStore(new_sessions(), clock))
    within(client, greet)
    assert len(platform.called(SEND)) == 1
