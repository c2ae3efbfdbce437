"""One account as WeChat sees it: every message and event, signed, encrypted, over HTTP (contract, rules 8 to 13)."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from bot import picture_links
from models.claims import Claim
from models.followers import Follower as FollowerRow
from models.notices import Notice
from models.pictures import Look, Picture, PictureStatus
from tests.databases import Files
from tests.e2e.conftest import NewWorld
from tests.e2e.processes import eventually
from tests.e2e.worlds import World, world

CAMERA, PLACE = "Camera of Zhang San", 0x8825  # EXIF: Model, and the table of the GPS


@pytest.fixture(scope="module")
def served(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Web and jobs on SQLite, in mode aes."""
    with world(files, tmp_path_factory.mktemp("conversation")) as one:
        one.serve()
        yield one


def number_in(text: str) -> int:
    """The number of the claim that a ✅ names."""
    assert text.startswith("✅ #"), text
    return int(text.partition("#")[2].split()[0])


def test_a_claim_is_approved_with_a_tap_and_the_figures_change(served: World) -> None:
    member, leader = served.follower("zhang_san"), served.follower("li_si")
    assert "现为 70 分" in member.say("积分").plain
    claimed = member.say("申报 社区志愿 2小时 今天 清扫河堤")
    number = number_in(claimed.text)
    assert "待组长李四审核" in claimed.text
    assert claimed.tap(f"撤回 {number}") == f"撤回 {number}"
    waiting = leader.say("待办")
    card = waiting.plain.partition(f"#{number} ")[2]
    assert card.startswith("张三 社区志愿服务 2小时 +2分")
    assert f"通过 {number}" in [waiting.tap("通过"), f"通过 {number}"]
    assert leader.say(f"通过 {number}").plain.startswith(f"✅ #{number} 已通过：张三 社区志愿服务 +2 分")
    eventually(lambda: any(f"#{number} 加2分" in push for push in served.pushes("zhang_san")), what="told")
    assert "现为 72 分" in member.say("积分").plain
    assert "1 张三 72" in member.say("排名").plain
    assert "1 张三 72" in served.follower("wang_fang").say("排名").plain


def test_in_mode_plain_everything_travels_in_clear(new_world: NewWorld) -> None:
    world = new_world("sqlite", wechat_mode="plain")
    world.serve("web")
    member = world.follower("zhang_san")
    assert member.verify("echo").content == b"echo"
    answer = member.say("申报 社区志愿 2小时 今天")
    assert "✅ #1 已提交".encode() in answer.body
    assert answer.text.startswith("✅ #1 已提交")
    query = member.query()
    refused = member.post({**query, "signature": "0" * 40}, member.message("text", Content="积分").encode())
    assert (refused.status, refused.body) == (403, b"")
    wrong = member.post(query, b"<xml><MsgType>text</MsgType></xml>")
    assert (wrong.status, wrong.body) == (400, b"")


def test_a_voice_is_taken_by_its_words_and_without_any_asked_to_be_typed(served: World) -> None:
    member = served.follower("chen_jing")
    assert number_in(member.speak("申报社区志愿两小时今天。").text)
    assert "请打字" in member.speak("").text
    assert "请打字" in member.speak("   ").text


def photo() -> bytes:
    """A picture with a camera's name and a place in it, as phones make them."""
    picture = Image.new("RGB", (640, 480), "seagreen")
    exif = picture.getexif()
    exif[0x0110] = CAMERA
    exif.get_ifd(PLACE).update({1: "N", 2: (30.0, 34.0, 21.0), 3: "E", 4: (104.0, 3.0, 59.0)})
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_picture_is_fetched_without_its_place_and_shown_to_who_may_see_it(served: World) -> None:
    sender = served.follower("liu_qiang")
    number = number_in(sender.say("申报 走访慰问 1户 今天 看望独居老人").text)
    original = photo()
    assert CAMERA.encode() in original
    platform = served.stand_in.platform
    media_id = platform.media.add("image", original, platform.now()).media_id
    assert f"#{number}" in sender.show(media_id).text

    def picture() -> Picture:
        with served.database.sessions.read() as session:
            return session.scalars(select(Picture).where(Picture.claim_id == number)).one()

    eventually(lambda: picture().status is PictureStatus.STORED, what="fetched by the job")
    kept = [path for path in (served.folder / "evidence").iterdir() if path.name == picture().stored_as]
    assert len(kept) == 1

    card = served.follower("li_si").say(f"解释 {number}")
    page = sender.http.get(card.tap("看照片"), timeout=30)
    assert (page.status_code, "no-store" in page.headers["Cache-Control"]) == (200, True)
    seen = sender.http.get(card.tap("看照片") + "/image", timeout=30)
    assert (seen.status_code, seen.headers["Content-Type"]) == (200, "image/jpeg")
    assert seen.content == kept[0].read_bytes()
    with Image.open(io.BytesIO(seen.content)) as shown:
        assert shown.size == (640, 480)
        assert not shown.getexif()
    assert CAMERA.encode() not in seen.content
    with served.database.sessions.read() as session:
        assert [look.member_id for look in session.scalars(select(Look))] == [served.member("li_si").id]
    page_of, _, signature = card.tap("看照片").rpartition(".")
    wang_fang = served.member("wang_fang")  # of the same group, and nobody who decides
    foreign = picture_links.address(
        served.config.app.secret_key, served.config.app.base_url, picture().id, wang_fang.id
    )
    forged = f"{page_of}.{signature.swapcase()}"
    for address in (foreign, forged, forged + "/image", foreign + "/image"):
        assert sender.http.get(address, timeout=30).status_code == 404


def test_who_follows_is_welcomed_and_who_leaves_gets_no_push_any_more(served: World) -> None:
    leader, newcomer = served.follower("ma_chao"), served.follower("o-a-newcomer")
    for fields in ({"EventKey": ""}, {"EventKey": "qrscene_meeting-3", "Ticket": "T"}):
        welcome = newcomer.event("subscribe", **fields).text
        assert "绑定 姓名 绑定码" in welcome
    member = served.follower("feng_tao")
    number = number_in(member.say("申报 社区志愿 2小时 今天").text)
    assert member.event("unsubscribe", EventKey="").body == b""
    assert number_in(leader.say(f"通过 {number}").text) == number

    def notice() -> Notice:
        with served.database.sessions.read() as session:
            told = Notice.kind == "claim_approved"
            about = select(Notice).where(told, Notice.member_id == served.member("feng_tao").id)
            return session.scalars(about).one()

    eventually(lambda: notice().status.value not in ("queued", "taken"), what="the worker has looked at it")
    assert (notice().status.value, notice().attempts) == ("inbox", 0)
    assert served.pushes("feng_tao") == []
    back = member.event("subscribe", EventKey="").text
    assert "冯涛" in back
    assert "欢迎回来" in back
    assert f"#{number} 已通过" in member.say("通知").plain


def test_a_late_repeat_of_leaving_does_not_undo_coming_back(served: World) -> None:
    member = served.follower("sun_li")
    left = member.xml(MsgType="event", Event="unsubscribe", EventKey="")
    member.send(left)
    came = member.xml(MsgType="event", Event="subscribe", EventKey="")
    welcome = member.send(came).text
    assert "孙丽" in welcome
    assert member.send(left).body == b""
    with served.database.sessions.read() as session:
        assert session.get_one(FollowerRow, member.openid).unfollowed_at is None
    assert member.send(came).text == welcome


def test_a_menu_key_is_a_whole_command(served: World) -> None:
    member = served.follower("zhao_min")
    assert member.event("CLICK", EventKey="积分").plain == member.say("积分").plain
    assert member.event("CLICK", EventKey="没有这个菜单").text
    assert member.event("scancode_waitmsg", EventKey="签到", ScanCodeInfo="").text


def test_whatever_else_comes_gets_a_friendly_word_or_nothing(served: World) -> None:
    member = served.follower("zhao_min")
    where: dict[str, Any] = {"Location_X": "30.57", "Location_Y": "104.06", "Scale": "15", "Label": "春熙路"}
    spoken_to = [
        member.message("location", **where),
        member.message("link", Title="新闻", Description="", Url="https://example.org/"),
        member.message("video", MediaId="v", ThumbMediaId="t"),
        member.message("shortvideo", MediaId="v", ThumbMediaId="t"),
        member.message("file", Title="材料.docx"),
        member.message("text", Content=""),
        member.message("text", Content="[庆祝]"),
        member.message("text", Content="】【" * 400),
    ]
    for message in spoken_to:
        answer = member.send(message)
        assert answer.status == 200
        assert answer.text
        assert "❌" not in answer.text
    assert member.event("SCAN", EventKey="an-old-code", Ticket="T").text
    silent = {
        "VIEW": {"EventKey": "https://example.org/", "MenuId": "1"},
        "LOCATION": {"Latitude": "30.57", "Longitude": "104.06", "Precision": "40"},
        "user_authorization_revoke": {"OpenID": member.openid},
        "a_new_event_of_next_year": {"EventKey": ""},
    }
    for name, fields in silent.items():
        assert (member.event(name, **fields).status, member.event(name, **fields).body) == (200, b"")


def test_somebody_unknown_learns_how_to_bind_and_nothing_else(served: World) -> None:
    stranger = served.follower("o-somebody-unknown")
    words = [stranger.say(text).text for text in ("积分", "申报 社区志愿 2小时", "待办", "通过 1", "今天天气怎么样")]
    words += [
        stranger.show("media").text,
        stranger.speak("我的积分").text,
        stranger.event("CLICK", EventKey="排名").text,
    ]
    for said in words:
        assert "绑定 张三 123456" in said
    wrong = [stranger.say(f"绑定 {name} 000000").plain for name in ("张三", "诸葛亮")]
    assert wrong[0].startswith("❌")
    assert wrong[0] == wrong[1]  # neither tells whether a person exists


def test_long_answers_come_in_pages_that_fit(served: World) -> None:
    """The length as sent is checked at every answer (followers.LONGEST)."""
    member = served.follower("zheng_shuang")
    for day in range(1, 8):
        for deed in ("社区志愿 1小时", "走访慰问 1户"):
            said = member.say(f"申报 {deed} {day}日 和邻居们一起").plain
            assert said.startswith("✅"), said
    pages = [member.say("我的申报")]
    while pages[-1].text.endswith("（没完，回“更多”接着看）"):
        pages.append(member.say("更多"))
    assert len(pages) > 1
    together = "\n".join(page.text for page in pages)
    with served.database.sessions.read() as session:
        own = session.scalars(select(Claim.id).where(Claim.member_id == served.member("zheng_shuang").id)).all()
    assert len(own) == 14
    for number in own:
        assert together.count(f">#{number}<") + together.count(f"#{number} ") >= 1
    assert "没有更多了" in member.say("更多").text


def test_a_planted_link_is_harmless_in_the_leaders_chat(served: World) -> None:
    member = served.follower("ouyang_jianguo")
    note = '<a href="weixin://bizmsgmenu">看这里</a> http://evil.example/x ]]>'
    number = number_in(member.say(f"申报 社区志愿 1小时 今天 {note}").text)
    card = served.follower("li_si").say(f"解释 {number}").text
    assert "看这里" in card
    for tag in card.split("<a ")[1:]:
        assert tag.startswith('href="weixin://bizmsgmenu?msgmenucontent=')
        assert "看这里" not in tag.partition("</a>")[0]
    assert "http://" not in card
