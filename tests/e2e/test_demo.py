"""``xianfeng demo`` as somebody tries it: a fresh folder, a browser, three phones, and Ctrl-C (issue: Must show)."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.e2e import browsers
from tests.e2e.processes import ENDS_WITHIN, XIANFENG, Running, eventually, running

AGAIN = 5.0  # seconds until the page of a second start is there (issue: Must show)
MOMENT = 30_000  # milliseconds a push may take on a busy machine
PHONES = ("张三", "李四", "王建军")


@dataclass
class Demonstration:
    """A running ``xianfeng demo``: its page, and after how many seconds that was there."""

    process: Running
    address: str
    seconds: float
    http: requests.Session

    def phones(self) -> Any:
        """What the page reads."""
        return self.http.get(f"{self.address}sandbox/phones", timeout=30).json()["phones"]


@contextmanager
def demonstration(folder: Path) -> Iterator[Demonstration]:
    """``xianfeng demo`` in a folder, ended by Ctrl-C."""
    http = requests.Session()
    http.trust_env = False
    with running([XIANFENG, "demo"], folder, port=0, environ={}) as process, http:
        began = time.monotonic()
        process.wait_for(lambda: re.search(r"http://127\.0\.0\.1:\d+/", process.output), "the address is told")
        found = re.search(r"http://127\.0\.0\.1:\d+/", process.output)
        assert found is not None
        page = found.group()

        def shown() -> bool:
            try:
                return "演示手机" in http.get(page, timeout=30).text
            except requests.ConnectionError:
                return False

        process.wait_for(shown, "the page is there")
        yield Demonstration(process, page, time.monotonic() - began, http)
        assert process.interrupt() < ENDS_WITHIN
        assert process.process.returncode == 0
        assert "Traceback" not in process.output


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that a first start leaves behind, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    with demonstration(folder) as first:
        # Everybody has said hello and was answered, so every process is there to be ended.
        eventually(lambda: all(len(phone["chat"]) >= 2 for phone in first.phones()), what="the first words")
        assert [phone["name"] for phone in first.phones()] == list(PHONES)
    return folder, first.process.output


@pytest.fixture(scope="module")
def again(filled: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A second start."""
    folder = tmp_path_factory.mktemp("again")
    shutil.copytree(filled[0] / "data", folder / "data")
    with demonstration(folder) as second:
        yield second


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsers.find(), args=browsers.ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, again: Demonstration) -> Iterator[Page]:
    """The page on an office screen; a script error or a request to anywhere else fails the test."""
    trouble: list[str] = []
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page.set_default_timeout(MOMENT)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(again.address) else trouble.append(asked.url))
    page.goto(again.address)
    for name in PHONES:
        expect(phone(page, name).locator(".row")).to_have_count(2, timeout=MOMENT)  # 你好, and its answer
    yield page
    page.close()
    assert trouble == []


def phone(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=f"{name}的手机")


def say(page: Page, name: str, text: str) -> str:
    """Type a line on somebody's phone; the answer to it."""
    chat = phone(page, name)
    before = chat.locator(".row.mine").count()
    box = chat.get_by_role("textbox")
    box.fill(text)
    box.press("Enter")
    expect(chat.locator(".row.mine")).to_have_count(before + 1, timeout=MOMENT)
    answer = chat.locator(".row.mine").last.locator("xpath=following-sibling::*[contains(@class, 'row')]").first
    expect(answer).to_be_visible(timeout=MOMENT)
    return answer.locator(".bubble").inner_text()


def points(page: Page, name: str) -> int:
    answer = say(page, name, "积分")
    found = re.search(r"现为 (\d+) 分", answer)
    assert found is not None, answer
    return int(found[1])


def test_the_first_start_tells_one_address(filled: tuple[Path, str]) -> None:
    lines = [line for line in filled[1].splitlines() if line]
    assert lines[0].startswith("第一次启动")
    assert lines[1].startswith("先锋演示：http://127.0.0.1:")
    assert lines[2:] == ["按 Ctrl-C 结束", "演示已结束，数据还在，下次打开接着用"]


def test_a_second_start_shows_its_page_within_five_seconds(
    again: Demonstration, filled: tuple[Path, str], tmp_path: Path
) -> None:
    """About two seconds on an idle machine; on a busy one the best of three starts counts."""
    seconds = [again.seconds]
    while min(seconds) >= AGAIN and len(seconds) < 3:
        folder = tmp_path / str(len(seconds))
        shutil.copytree(filled[0] / "data", folder / "data")
        with demonstration(folder) as another:
            seconds.append(another.seconds)
    assert min(seconds) < AGAIN, f"{seconds} s"
    assert "第一次启动" not in again.process.output


def test_a_claim_is_approved_by_a_tap_on_another_phone_and_the_months_end_is_told(page: Page) -> None:
    member, leader = phone(page, "张三"), phone(page, "李四")
    before = points(page, "张三")
    claimed = say(page, "张三", "申报 走访慰问 1户 今天 看望独居老人")
    found = re.match(r"✅ #(\d+) 已提交，待组长李四审核", claimed)
    assert found is not None, claimed
    number = found[1]
    leader.get_by_role("button", name=f"通过 {number}", exact=True).click(timeout=MOMENT)
    expect(leader.locator(".bubble").last).to_contain_text(f"✅ #{number} 已通过：张三", timeout=MOMENT)
    told = member.locator(".row", has_text=f"#{number} 加1分")
    expect(told).to_be_visible(timeout=MOMENT)
    assert points(page, "张三") == before + 1
    assert f"，{before + 1}分" in say(page, "张三", "排名").partition("您：第")[2]
    # And the month's end, with the clock of the page.
    shown = page.locator("#now")
    page.get_by_role("button", name="到月末17:00").click()
    expect(shown).to_contain_text("17:0", timeout=MOMENT * 4)
    for name in PHONES:
        card = phone(page, name).locator(".row", has_text="月末积分提醒")
        expect(card.first).to_be_visible(timeout=MOMENT)
