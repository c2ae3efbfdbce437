"""``xianfeng demo`` as somebody tries it: a fresh folder, a browser, three phones, and Ctrl-C (issue: Must show)."""

import re
import shutil
import signal
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
        interrupt(process)


def interrupt(process: Running) -> None:
    """Ctrl-C in a terminal: everybody in the foreground gets it."""
    began = time.monotonic()
    for pid in process.group:
        try:
            signal.pidfd_send_signal  # noqa: B018
        except AttributeError:
            pass
        else:
            break
    process.interrupt()
    eventually(lambda: not process.group, what=f"everybody has ended\n{process.output}")
    assert time.monotonic() - began < ENDS_WITHIN
    assert process.process.wait(10) == 0
    assert "Traceback" not in process.output
