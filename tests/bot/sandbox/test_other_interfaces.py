"""Media, QR codes, the menu, user info and web authorisation (wechat.md 6)."""

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

QRCODE, MENU = "/cgi-bin/qrcode/create", "/cgi-bin/menu/create"


def picture(kind: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return out.getvalue()


def upload(stand_in: Any, data: bytes, kind: str = "image") -> Any:
    query = {"access_token": stand_in.token(), "type": kind}
    url = f"{stand_in.url}/cgi-bin/media/upload"
    return stand_in.session.post(url, params=query, files={"media": ("a.png", data)}, timeout=10).json()


def test_an_uploaded_picture_can_be_fetched_for_three_days(stand_in: Any) -> None:
    uploaded = upload(stand_in, picture())
    assert (uploaded["type"], uploaded["created_at"]) == ("image", int(stand_in.clock.now().timestamp()))
    stand_in.later(days=2, hours=23)
    got = stand_in.fetch("/cgi-bin/media/get", media_id=uploaded["media_id"])
    assert (got.content, got.headers["Content-Type"]) == (picture(), "image/png")
    assert uploaded["media_id"] in got.headers["Content-disposition"]
    stand_in.later(hours=1)
    assert stand_in.fetch("/cgi-bin/media/get", media_id=uploaded["media_id"]).json()["errcode"] == 40007


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"", "image", 41005),
        (b"hello", "image", 40005),
        (b"<svg></svg>", "image", 40005),
        (picture(), "paper", 40004),
        (picture(), "voice", 40005),
        (picture() + b"0" * 2 * 1024 * 1024, "image", 40009),
    ],
)
def test_a_wrong_upload_is_refused(stand_in: Any, data: bytes, kind: str, code: int) -> None:
    assert upload(stand_in, data, kind)["errcode"] == code


def test_an_uploaded_picture_can_be_sent(stand_in: Any, zhang: str) -> None:
    stand_in.act("say", zhang, text="积分")
    media_id = upload(stand_in, picture("JPEG"))["media_id"]
    body = {"touser": zhang, "msgtype": "image", "image": {"media_id": media_id}}
    assert stand_in.call("/cgi-bin/message/custom/send", body)["errcode"] == 0
    shown = stand_in.chat(zhang)[-1]["picture"]
    assert stand_in.session.get(stand_in.url + shown, timeout=10).content == picture("JPEG")


def test_a_video_is_told_by_its_address(stand_in: Any) -> None:
    uploaded = upload(stand_in, b"\x00\x00\x00\x18ftypmp42" + b"0" * 50, "video")
    got = stand_in.fetch("/cgi-bin/media/get", media_id=uploaded["media_id"]).json()
    assert uploaded["media_id"] in got["video_url"]


def scene(text: str, **more: Any) -> dict[str, Any]:
    return {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": text}}, **more}


def test_a_scanned_code_brings_its_scene_to_followers_and_newcomers(stand_in: Any, bot: Any, zhang: str) -> None:
    made = stand_in.call(QRCODE, scene("meeting-3", expire_seconds=1800))
    assert made["expire_seconds"] == 1800
    stand_in.act("scan", zhang, code=made["url"])
    scanned = bot.events("SCAN")[-1]
    assert (scanned["EventKey"], scanned["Ticket"]) == ("meeting-3", made["ticket"])
    stand_in.act("unfollow", zhang)
    stand_in.act("scan", zhang, code=f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={made['ticket']}")
    followed = bot.events("subscribe")[-1]
    assert (followed["EventKey"], followed["Ticket"]) == ("qrscene_meeting-3", made["ticket"])


def test_a_code_has_a_picture_until_it_expires(stand_in: Any) -> None:
    made = stand_in.call(QRCODE, scene("meeting-3"))
    url = f"{stand_in.url}/cgi-bin/showqrcode"
    got = stand_in.session.get(url, params={"ticket": made["ticket"]}, timeout=10)
    assert Image.open(io.BytesIO(got.content)).size[0] > 200
    stand_in.later(seconds=60)
    assert stand_in.session.get(url, params={"ticket": made["ticket"]}, timeout=10).status_code == 404
    assert stand_in.session.get(f"{stand_in.url}/sandbox/codes", timeout=10).json() == {"codes": []}


def test_a_permanent_code_has_no_end(stand_in: Any, bot: Any, zhang: str) -> None:
    body = {"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 42}}}
    made = stand_in.call(QRCODE, body)
    assert "expire_seconds" not in made
    stand_in.later(days=400)
    stand_in.act("scan", zhang, code=made["url"])
    assert bot.events("SCAN")[-1]["EventKey"] == "42"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 40052),
        ({"action_name": "QR_STR_SCENE"}, 40053),
        (scene(""), 40053),
        (scene("一" * 65), 40053),
        (scene("a", expire_seconds=2_592_001), 40053),
        ({"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 0}}}, 40053),
        ({"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_001}}}, 40053),
    ],
)
def test_a_wrong_code_is_refused(stand_in: Any, body: Any, code: int) -> None:
    assert stand_in.call(QRCODE, body)["errcode"] == code


CLICK = {"type": "click", "name": "积分", "key": "积分"}
VIEW = {"type": "view", "name": "后台", "url": "http://127.0.0.1:8000/admin"}
SCAN = {"type": "scancode_waitmsg", "name": "签到", "key": "签到"}


def test_the_menu_arrives_on_the_phones_and_its_buttons_act(stand_in: Any, bot: Any, zhang: str) -> None:
    menu = {"button": [CLICK, {"name": "会议待办", "sub_button": [SCAN, VIEW]}]}
    assert stand_in.call(MENU, menu)["errcode"] == 0
    shown = stand_in.session.get(f"{stand_in.url}/sandbox/phones", timeout=10).json()
    assert [button["name"] for button in shown["menu"]] == ["积分", "会议待办"]
    assert stand_in.act("menu", zhang, path=[0])["answers"] == [{"kind": "text", "text": "收到：event"}]
    assert bot.events("CLICK")[-1]["EventKey"] == "积分"
    stand_in.act("menu", zhang, name="签到", scanned="483920")
    assert bot.events("scancode_waitmsg")[-1]["ScanCodeInfo"] == {"ScanType": "qrcode", "ScanResult": "483920"}
    done = stand_in.act("menu", zhang, name="后台")
    assert done["url"] == VIEW["url"]
    assert done["problem"] == "this event cannot be answered"
    assert stand_in.refused("menu", zhang, name="没有这一项") == "菜单里没有这一项"


def nested(count: int) -> dict[str, Any]:
    return {"button": [{"name": "多", "sub_button": [CLICK] * count}]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 40016),
        ({"button": [CLICK] * 4}, 40016),
        ({"button": [{**CLICK, "name": "六个汉字长了"}]}, 40018),
        ({"button": [{**CLICK, "key": ""}]}, 40019),
        ({"button": [{**CLICK, "key": "键" * 43}]}, 40019),
        ({"button": [{**VIEW, "url": ""}]}, 40020),
        ({"button": [{**VIEW, "url": "javascript:alert(1)"}]}, 40055),
        ({"button": [{"name": "无"}]}, 40017),
        ({"button": [{"type": "media_id", "name": "图", "media_id": ""}]}, 40007),
        (b"7", 47001),
        (nested(6), 40023),
        ({"button": [{"name": "多", "sub_button": [{**CLICK, "name": "一" * 21}]}]}, 40025),
        (b'{"button": [{"type": "click", "name": "\\u79ef", "key": "a"}]}', 40033),
        (nested(5), 0),
    ],
)
def test_a_menu_is_checked(stand_in: Any, body: Any, code: int) -> None:
    assert stand_in.call(MENU, body)["errcode"] == code


def test_user_info_tells_a_followers_way_and_of_others_only_that_they_left(stand_in: Any, zhang: str) -> None:
    stand_in.act("unfollow", zhang)
    assert stand_in.fetch("/cgi-bin/user/info", openid=zhang).json() == {"subscribe": 0, "openid": zhang}
    stand_in.act("follow", zhang, scene="act42")
    known = stand_in.fetch("/cgi-bin/user/info", openid=zhang).json()
    assert (known["subscribe"], known["qr_scene_str"], known["nickname"]) == (1, "act42", "")
    assert known["subscribe_time"] == int(stand_in.clock.now().timestamp())
    assert stand_in.fetch("/cgi-bin/user/info", openid="oNobody").json()["errcode"] == 40003


ACCOUNT = {"appid": "wx1234567890abcdef", "secret": "s3cret"}


def authorize(stand_in: Any, openid: str | None, **more: str) -> Any:
    query = {"appid": ACCOUNT["appid"], "scope": "snsapi_base", "response_type": "code", "state": "s1"}
    target = {"redirect_uri": "http://127.0.0.1:8000/m/login?next=points"}
    cookies = {"phone": openid} if openid else {}
    url = f"{stand_in.url}/connect/oauth2/authorize"
    query = {**query, **target, **more}
    return stand_in.session.get(url, params=query, cookies=cookies, allow_redirects=False, timeout=10)


def exchange(stand_in: Any, code: str) -> Any:
    query = {**ACCOUNT, "code": code, "grant_type": "authorization_code"}
    return stand_in.session.get(f"{stand_in.url}/sns/oauth2/access_token", params=query, timeout=10).json()


def test_a_page_opened_from_a_phone_learns_once_whose_it_is(stand_in: Any, zhang: str) -> None:
    answer = authorize(stand_in, zhang)
    target = urlsplit(answer.headers["Location"])
    query = parse_qs(target.query)
    assert (answer.status_code, target.path) == (302, "/m/login")
    assert (query["next"], query["state"]) == (["points"], ["s1"])
    visitor = exchange(stand_in, query["code"][0])
    assert (visitor["openid"], visitor["scope"]) == (zhang, "snsapi_base")
    assert exchange(stand_in, query["code"][0])["errcode"] == 40163
    again = {"appid": ACCOUNT["appid"], "grant_type": "refresh_token", "refresh_token": visitor["refresh_token"]}
    url = f"{stand_in.url}/sns/oauth2/refresh_token"
    assert stand_in.session.get(url, params=again, timeout=10).json()["openid"] == zhang


def test_a_code_lapses_after_five_minutes(stand_in: Any, zhang: str) -> None:
    code = parse_qs(urlsplit(authorize(stand_in, zhang).headers["Location"]).query)["code"][0]
    stand_in.later(minutes=5)
    assert exchange(stand_in, code)["errcode"] == 40029
    assert exchange(stand_in, "guess")["errcode"] == 40029
    assert exchange(stand_in, "")["errcode"] == 41008


@pytest.mark.parametrize(
    ("openid", "more", "status"),
    [
        (None, {}, 403),
        ("oNobody", {}, 403),
        ("oZHANGzhang0000000000000001", {"appid": "wx0"}, 400),
        ("oZHANGzhang0000000000000001", {"scope": "all"}, 400),
        ("oZHANGzhang0000000000000001", {"redirect_uri": "https://example.org/"}, 400),
    ],
)
def test_authorisation_leads_nobody_astray(stand_in: Any, openid: str | None, more: Any, status: int) -> None:
    assert authorize(stand_in, openid, **more).status_code == status
