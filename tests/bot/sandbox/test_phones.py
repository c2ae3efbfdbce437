"""Whose phones there are, what a person can do with one, and what the next start still knows."""

import io
import re
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.sandbox import app as app_module
from bot.sandbox.app import create_app, server
from bot.sandbox.options import NotLoopback, Person, refuse_real
from bot.sandbox.roster import first_three, new_openid

STATIC = Path(app_module.__file__).parent / "static"
FOREIGN = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]+|innerHTML|insertAdjacentHTML")


def phones(stand_in: Any) -> list[Any]:
    return list(stand_in.session.get(f"{stand_in.url}/sandbox/phones", timeout=10).json()["phones"])


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(out, "PNG")
    return out.getvalue()


def test_the_first_phones_are_a_member_their_leader_and_their_secretary(stand_in: Any) -> None:
    assert [(phone["name"], phone["role"], phone["follows"]) for phone in phones(stand_in)] == [
        ("张三", "党员", True),
        ("李四", "小组长", True),
        ("王芳", "支部书记", True),
    ]


def test_those_who_belong_together_are_chosen_even_when_others_come_first() -> None:
    def person(name: str, role: str, branch: str, group: str, openid: str | None = "o") -> Person:
        return Person(name, name, role, branch, group, openid and f"o{name}")

    roster = [
        person("甲", "党员", "一", "1"),
        person("乙", "支部书记", "一", "1"),
        person("丙", "小组长、支部委员", "二", "2", openid=None),
        person("丁", "小组长", "二", "3"),
        person("戊", "党员", "二", "2"),
        person("己", "党员", "二", "3"),
        person("庚", "支部书记", "二", "2"),
    ]
    assert [chosen.name for chosen in first_three(roster)] == ["己", "丁", "庚"]
    assert [chosen.name for chosen in first_three(roster[:1])] == ["甲"]
    assert first_three([]) == []


def test_the_launcher_may_name_the_first_phones(start: Any) -> None:
    assert [phone["name"] for phone in phones(start(first_phones=("1003", "1001")))] == ["王芳", "张三"]


def test_an_unbound_members_phone_gets_an_openid_and_follows_first(stand_in: Any, bot: Any) -> None:
    phone = stand_in.post("/sandbox/phones", {"staff_no": "1004"})
    assert (phone["name"], phone["bound"], phone["binding_code"]) == ("刘大爷", False, "482913")
    assert len(phone["openid"]) == 28
    assert [event["FromUserName"] for event in bot.events("subscribe")] == [phone["openid"]]
    assert stand_in.post("/sandbox/phones", {"staff_no": "1004"})["openid"] == phone["openid"]


def test_a_bound_member_may_take_a_new_phone(stand_in: Any, zhang: str) -> None:
    assert stand_in.post("/sandbox/phones", {"staff_no": "1001"})["openid"] == zhang
    fresh = stand_in.post("/sandbox/phones", {"staff_no": "1001", "fresh": True})
    assert fresh["openid"] != zhang
    assert (fresh["name"], fresh["bound"]) == ("张三", False)


def test_a_passer_by_and_nobody_of_that_number(stand_in: Any) -> None:
    assert stand_in.post("/sandbox/phones", {})["name"] == "路人"
    answer = stand_in.session.post(f"{stand_in.url}/sandbox/phones", json={"staff_no": "9"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (409, "名册里没有这个人")


def test_the_roster_is_searched_by_any_word(stand_in: Any) -> None:
    def names(query: str) -> list[str]:
        answer = stand_in.session.get(f"{stand_in.url}/sandbox/people", params={"q": query}, timeout=10)
        return [person["name"] for person in answer.json()["people"]]

    assert names("") == ["张三", "李四", "王芳", "刘大爷"]
    assert names("第二支部") == ["刘大爷"]
    assert names("小组长") == ["李四"]
    assert names("1003") == ["王芳"]
    assert names("赵") == []


def test_a_closed_phone_keeps_its_chat_and_comes_back_last(stand_in: Any, zhang: str) -> None:
    stand_in.act("say", zhang, text="积分")
    stand_in.act("close", zhang)
    assert [phone["name"] for phone in phones(stand_in)] == ["李四", "王芳"]
    back = stand_in.post("/sandbox/phones", {"staff_no": "1001"})
    assert [bubble["text"] for bubble in back["chat"]] == ["积分", "收到：积分"]
    assert [phone["name"] for phone in phones(stand_in)] == ["李四", "王芳", "张三"]


def test_a_picture_is_served_by_address_and_by_media_id(stand_in: Any, bot: Any, zhang: str) -> None:
    files = {"file": ("a.png", png())}
    url = f"{stand_in.url}/sandbox/picture"
    assert stand_in.session.post(url, data={"openid": zhang}, files=files, timeout=10).status_code == 200
    got = bot.received[-1]
    assert stand_in.session.get(got["PicUrl"], timeout=10).content == png()
    assert stand_in.fetch("/cgi-bin/media/get", media_id=got["MediaId"]).content == png()
    wrong = stand_in.session.post(url, data={"openid": zhang}, files={"file": ("a.svg", b"<svg/>")}, timeout=10)
    assert (wrong.status_code, wrong.json()["error"]) == (409, "没有成功：invalid file type")


def test_a_voice_message_carries_its_words_or_none(stand_in: Any, bot: Any, zhang: str) -> None:
    stand_in.act("voice", zhang, text="申报社区志愿两小时")
    stand_in.act("voice", zhang, text="")
    assert [fields["Recognition"] for fields in bot.received] == ["申报社区志愿两小时", None]
    assert bot.received[0]["Format"] == "amr"


def test_who_left_cannot_write_until_they_follow_again(stand_in: Any, bot: Any, zhang: str) -> None:
    stand_in.act("unfollow", zhang)
    assert bot.events("unsubscribe")[0]["FromUserName"] == zhang
    assert stand_in.refused("say", zhang, text="积分") == "还没有关注，先点“关注公众号”"
    assert stand_in.refused("unfollow", zhang) == "还没有关注"
    assert stand_in.refused("receiving", zhang, on=True) == "还没有关注"
    assert stand_in.post("/sandbox/phones", {"staff_no": "1001"})["follows"] is False
    stand_in.act("follow", zhang)
    assert stand_in.refused("follow", zhang) == "已经关注了"
    assert stand_in.act("say", zhang, text="积分")["problem"] is None


def test_what_cannot_be_done_is_said(stand_in: Any, zhang: str) -> None:
    assert stand_in.refused("say", zhang, text="  ") == "不能发送空白消息"
    assert stand_in.refused("tap", zhang, label="通过") == "没有这个可点的内容"
    assert stand_in.refused("tap", zhang, bubble=1, index=7) == "没有这个可点的内容"
    assert stand_in.refused("scan", zhang, code=" ") == "没有识别到二维码"
    assert stand_in.act("scan", zhang, code="http://127.0.0.1:8000/m/meetings/3")["url"].endswith("/3")
    unknown = stand_in.session.post(f"{stand_in.url}/sandbox/say", json={"openid": "o", "text": "好"}, timeout=10)
    assert unknown.status_code == 404


def test_pushes_are_unread_until_looked_at(stand_in: Any, zhang: str, li: str) -> None:
    stand_in.act("say", zhang, text="积分")
    stand_in.act("say", zhang, text="排名")
    assert [phone["unread"] for phone in phones(stand_in)] == [2, 0, 0]
    stand_in.act("read", zhang, bubble=stand_in.chat(zhang)[-1]["id"])
    assert [phone["unread"] for phone in phones(stand_in)] == [0, 0, 0]


def test_the_chat_can_be_read_in_pages(stand_in: Any, zhang: str) -> None:
    for number in range(3):
        stand_in.act("say", zhang, text=str(number))
    every = [bubble["id"] for bubble in stand_in.chat(zhang)]
    assert [bubble["id"] for bubble in stand_in.chat(zhang, after=every[3])] == every[4:]
    url = f"{stand_in.url}/sandbox/chat/{zhang}?before={every[4]}&limit=2"
    assert [bubble["id"] for bubble in stand_in.session.get(url, timeout=10).json()["bubbles"]] == every[2:4]


def test_the_next_start_shows_the_chats_the_menu_and_who_follows(start: Any, zhang: str, li: str) -> None:
    first = start()
    first.act("say", zhang, text="积分")
    first.act("unfollow", li)
    first.call("/cgi-bin/menu/create", {"button": [{"type": "click", "name": "积分", "key": "积分"}]})
    code = first.call(
        "/cgi-bin/qrcode/create", {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "a"}}}
    )
    first.post("/sandbox/phones", {"staff_no": "1004"})
    second = start()
    assert [bubble["text"] for bubble in second.chat(zhang)] == ["积分", "收到：积分"]
    assert [(phone["name"], phone["follows"]) for phone in phones(second)][1:] == [
        ("李四", False),
        ("王芳", True),
        ("刘大爷", True),
    ]
    assert second.platform.menu.buttons[0]["name"] == "积分"
    assert second.act("scan", zhang, code=code["url"])["url"] is None
    body = {"touser": zhang, "msgtype": "text", "text": {"content": "您好"}}
    assert second.call("/cgi-bin/message/custom/send", body)["errcode"] == 0


def events(stand_in: Any, cursor: str) -> Generator[tuple[str, str]]:
    """The events of the page's stream from a cursor on: name and data."""
    url = f"{stand_in.url}/sandbox/events?after={cursor}"
    with stand_in.session.get(url, stream=True, timeout=10) as stream:
        name = ""
        for line in stream.iter_lines(decode_unicode=True):
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, line.removeprefix("data: ")


def test_the_stream_tells_what_happened_since_a_cursor_and_what_happens(stand_in: Any, zhang: str) -> None:
    cursor = stand_in.session.get(f"{stand_in.url}/sandbox/phones", timeout=10).json()["cursor"]
    stand_in.act("say", zhang, text="积分")
    stream = events(stand_in, cursor)
    assert [next(stream)[0] for _ in range(4)] == ["user", "bubble", "bubble", "journal"]
    stand_in.act("receiving", zhang, on=False)
    assert '"receiving": false' in next(stream)[1]
    stream.close()


@pytest.mark.parametrize("cursor", ["0123-7", "nonsense", "0123-x"])
def test_a_reader_from_another_run_is_told_to_load_everything(stand_in: Any, cursor: str) -> None:
    stream = events(stand_in, cursor)
    assert next(stream)[0] == "reload"
    stream.close()


@pytest.mark.parametrize(
    "address",
    ["https://api.weixin.qq.com", "http://10.0.0.5:8000", "http://127.0.0.1.example.org", "ftp://127.0.0.1", "x", ""],
)
def test_the_stand_in_never_starts_beside_anything_but_this_machine(options: Any, address: str) -> None:
    with pytest.raises(NotLoopback):
        refuse_real(address)
    with pytest.raises(NotLoopback):
        create_app(replace(options, wechat_url=f"{address}/wechat"))


@pytest.mark.parametrize("address", ["http://127.0.0.1:8001", "http://localhost:1", "https://[::1]:8443"])
def test_loopback_addresses_are_taken(address: str) -> None:
    refuse_real(address)


def test_it_listens_on_loopback_only(stand_in: Any) -> None:
    with pytest.raises(NotLoopback):
        server(stand_in.app, "0.0.0.0")


@pytest.mark.parametrize("headers", [{"Host": "evil.example.org"}, {"Origin": "http://evil.example.org"}])
def test_other_sites_cannot_act_through_the_browser(stand_in: Any, zhang: str, headers: dict[str, str]) -> None:
    body = {"openid": zhang, "text": "积分"}
    answer = stand_in.session.post(f"{stand_in.url}/sandbox/say", json=body, headers=headers, timeout=10)
    assert (answer.status_code, stand_in.chat(zhang)) == (403, [])


def test_the_page_asks_for_nothing_from_elsewhere(stand_in: Any) -> None:
    page = stand_in.session.get(stand_in.url, timeout=10)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    asked = {part for part in page.text.split('"') if part.startswith("/static/")}
    assert {"/static/page.js", "/static/bubbles.css"} <= asked
    for path in asked:
        assert stand_in.session.get(stand_in.url + path, timeout=10).status_code == 200
    sources = [page.text, *(path.read_text() for path in STATIC.iterdir())]
    assert not [found for text in sources for found in FOREIGN.findall(text)]


def test_the_secrets_are_not_in_the_printed_options(options: Any) -> None:
    assert "s3cret" not in repr(options)
    assert options.aes_key not in repr(options)


def test_openids_look_like_the_platforms() -> None:
    made = {new_openid() for _ in range(100)}
    assert len(made) == 100
    assert all(len(openid) == 28 and openid.startswith("o") for openid in made)
