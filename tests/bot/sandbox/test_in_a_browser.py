"""The page of phones in a real browser: typing, tapping, a push that arrives by itself, the menu, the clock."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
MENU = {
    "button": [
        {
            "name": "我要申报",
            "sub_button": [
                {"type": "click", "name": "申报", "key": "申报"},
                {"type": "click", "name": "我的申报", "key": "我的申报"},
                {"type": "click", "name": "细则", "key": "细则"},
            ],
        },
        {"type": "click", "name": "我的积分", "key": "积分"},
        {"name": "会议待办", "sub_button": [{"type": "scancode_waitmsg", "name": "签到", "key": "签到"}]},
    ]
}


def tap(label: str, content: str) -> str:
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={quote(content)}&msgmenuid=1">{label}</a>'


def reply(fields: dict[str, Any]) -> str | None:
    """A bot that knows three sentences."""
    said = fields.get("Content") or fields.get("EventKey") or fields["MsgType"]
    if said.startswith("申报 "):
        return f"✅ #12 已提交，待组长李四审核\n社区志愿服务 2小时（11月20日）\n报错了：[{tap('撤回 12', '撤回 12')}]"
    if said == "撤回 12":
        return "✅ #12 已撤回"
    if said == "坏话":
        return '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script><a href="javascript:hurt">点我</a>'
    return f"收到：{said}"


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, stand_in: Any, bot: Any) -> Iterator[Page]:
    """The page with three phones on an office screen; a script error or a foreign request fails the test."""
    bot.reply = reply
    stand_in.call("/cgi-bin/menu/create", MENU)
    trouble: list[str] = []
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith(stand_in.url) else trouble.append(request.url))
    page.goto(stand_in.url)
    yield page
    page.close()
    assert trouble == []


def phone(page: Page, name: str) -> Any:
    return page.get_by_role("region", name=f"{name}的手机")


def say(page: Page, name: str, text: str) -> None:
    box = phone(page, name).get_by_role("textbox")
    box.fill(text)
    box.press("Enter")


def test_a_typed_line_becomes_a_bubble_and_its_answers_link_is_tapped(page: Page, bot: Any, tmp_path: Path) -> None:
    say(page, "张三", "申报 社区志愿 2小时 昨天 清扫河堤")
    chat = phone(page, "张三")
    expect(chat.locator(".mine .bubble")).to_have_text("申报 社区志愿 2小时 昨天 清扫河堤")
    expect(chat.locator(".row:not(.mine) .bubble")).to_contain_text("✅ #12 已提交，待组长李四审核")
    expect(chat.get_by_role("textbox")).to_have_value("")
    chat.get_by_role("button", name="撤回 12").click()
    expect(chat.locator(".bubble").last).to_have_text("✅ #12 已撤回")
    assert bot.received[-1]["bizmsgmenuid"] == "1"
    picture = tmp_path / "phones.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size > 20_000


def test_pushes_arrive_by_themselves_with_an_unread_mark(page: Page, stand_in: Any, zhang: str, li: str) -> None:
    data = {"thing1": "社区志愿服务", "name2": "张三", "time3": "2026年11月20日 15:04"}
    body = {"touser": li, "template_id": "T-claim", "data": {key: {"value": text} for key, text in data.items()}}
    assert stand_in.call("/cgi-bin/message/template/send", body)["errcode"] == 0
    leader = phone(page, "李四")
    expect(leader.locator(".template h3")).to_have_text("申报结果通知")
    expect(leader.locator(".caption .badge")).to_have_text("1")
    expect(page).to_have_title("(1) 演示手机 · 先锋积分")
    leader.get_by_role("textbox").click()
    expect(leader.locator(".caption .badge")).to_be_hidden()
    expect(page).to_have_title("演示手机 · 先锋积分")
    say(page, "李四", "待办")
    items = [{"id": "101", "content": "通过 12"}, {"id": "102", "content": "不通过 12"}]
    menu = {"head_content": "待审 #12　张三", "list": items, "tail_content": "点一下即可"}
    stand_in.call("/cgi-bin/message/custom/send", {"touser": li, "msgtype": "msgmenu", "msgmenu": menu})
    leader.get_by_role("button", name="通过 12", exact=True).click()
    expect(leader.locator(".bubble").last).to_have_text("收到：通过 12")


def test_nothing_in_a_message_is_ever_markup(page: Page) -> None:
    say(page, "张三", "坏话")
    answer = phone(page, "张三").locator(".row:not(.mine) .bubble")
    expect(answer).to_contain_text('<img src=x onerror="window.hurt=1"><script>')
    expect(answer.locator("img, script, a, button")).to_have_count(0)
    assert page.evaluate("window.hurt") is None


def test_the_menu_opens_by_keyboard_and_acts(page: Page, bot: Any) -> None:
    member = phone(page, "张三")
    member.get_by_role("button", name="我要申报").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(member.locator(".bubble").last).to_have_text("收到：细则")
    member.get_by_role("button", name="我的积分").click()
    expect(member.locator(".bubble").last).to_have_text("收到：积分")
    member.get_by_role("button", name="会议待办").click()
    member.get_by_role("menuitem", name="签到").click()
    page.get_by_role("dialog").get_by_role("combobox").fill("483920")
    page.keyboard.press("Enter")
    expect(member.locator(".bubble").last).to_have_text("收到：签到")
    assert bot.received[-1]["ScanCodeInfo"]["ScanResult"] == "483920"


def test_a_picture_a_voice_and_leaving(page: Page, bot: Any, tmp_path: Path) -> None:
    member = phone(page, "张三")
    file = tmp_path / "a.gif"
    file.write_bytes(
        bytes.fromhex("47494638396101000100800000ff000000000021f90400000000002c00000000010001000002024401003b")
    )
    member.locator("input[type=file]").set_input_files(file)
    expect(member.locator(".mine img")).to_be_visible()
    member.get_by_role("button", name="更多").click()
    member.get_by_role("button", name="语音", exact=True).last.click()
    page.get_by_role("dialog").get_by_role("combobox").fill("申报社区志愿两小时")
    page.keyboard.press("Enter")
    expect(member.locator(".mine .words")).to_have_text("申报社区志愿两小时")
    member.get_by_role("button", name="聊天设置").click()
    member.get_by_role("button", name="取消关注").click()
    expect(member.get_by_role("textbox")).to_be_hidden()
    member.get_by_role("button", name="关注公众号").click()
    expect(member.locator(".bubble").last).to_have_text("收到：event")
    assert [fields["MsgType"] for fields in bot.received] == ["image", "voice", "event", "event"]


def test_another_members_phone_is_added_and_binds_with_its_code(page: Page, people: list[Any], bot: Any) -> None:
    page.get_by_role("button", name="添加手机").click()
    page.get_by_role("searchbox").fill("刘")
    page.get_by_role("button", name="刘大爷").click()
    added = phone(page, "刘大爷")
    expect(added.locator(".bubble")).to_have_text("收到：event")
    added.get_by_role("button", name="绑定码 482913").click()
    expect(added.get_by_role("textbox")).to_have_value("绑定 刘大爷 482913")
    expect(added.get_by_role("textbox")).to_be_focused()
    people[3] = replace(people[3], openid=bot.received[-1]["FromUserName"], binding_code=None)
    page.keyboard.press("Enter")
    expect(added.locator(".bubble").last).to_have_text("收到：绑定 刘大爷 482913")
    expect(added.get_by_role("button", name="绑定码")).to_be_hidden()
    page.keyboard.press("Alt+1")
    expect(phone(page, "张三").get_by_role("textbox")).to_be_focused()


def test_the_clock_jumps_and_the_page_follows(page: Page) -> None:
    expect(page.locator("#now")).to_have_text("2026年11月20日 星期五 15:04")
    say(page, "张三", "积分")
    expect(phone(page, "张三").locator(".bubble").last).to_have_text("收到：积分")  # before the clock jumps
    expect(phone(page, "张三").locator(".when")).to_have_text("15:04")
    page.get_by_role("button", name="到月末17:00").click()
    expect(page.locator("#now")).to_have_text("2026年11月30日 星期一 17:00")
    page.get_by_role("button", name="选时间").click()
    page.locator("input[type=datetime-local]").fill("2026-12-03T08:30")
    page.get_by_role("button", name="走到这里").click()
    expect(page.locator("#now")).to_have_text("2026年12月3日 星期四 08:30")
    expect(page.locator(".status-clock").first).to_have_text("08:30")
    expect(phone(page, "张三").locator(".when")).to_have_text("11月20日 15:04")


def test_the_tools_break_and_mend_an_interface(page: Page, stand_in: Any) -> None:
    page.get_by_role("button", name="工具").click()
    page.get_by_role("combobox", name="接口").select_option("/cgi-bin/stable_token")
    page.get_by_role("spinbutton", name="错误码").fill("45011")
    page.get_by_role("spinbutton", name="次数").fill("2")
    page.get_by_role("button", name="加上").click()
    expect(page.locator("#faults li")).to_contain_text("/cgi-bin/stable_token：返回错误码 45011，还有 2 次")
    assert stand_in.stable_token()["errcode"] == 45011
    page.get_by_role("button", name="取消").last.click()
    expect(page.locator("#faults li")).to_have_count(0)
    assert "access_token" in stand_in.stable_token()
    expect(page.locator("#journal tr").first).to_contain_text("/cgi-bin/stable_token")


def test_on_a_narrow_screen_one_phone_is_shown_at_a_time(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    expect(phone(page, "张三")).to_be_visible()
    expect(phone(page, "李四")).to_be_hidden()
    page.get_by_role("navigation", name="手机").get_by_role("button", name="李四").click()
    expect(phone(page, "李四")).to_be_visible()
    expect(phone(page, "张三")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= 390")


def test_the_chats_are_there_again_after_a_reload(page: Page) -> None:
    say(page, "王芳", "积分")
    expect(phone(page, "王芳").locator(".bubble").last).to_have_text("收到：积分")
    page.reload()
    expect(phone(page, "王芳").locator(".bubble")).to_have_text(["积分", "收到：积分"])
