"""The manuals' dialogues: written by the tests, and never stale."""

from pathlib import Path

import pytest

from tests.manual import settle
from tests.recording import Transcript

PAGE = "# 手册\n\n<!-- dialogue: 申报 -->\n旧的\n<!-- /dialogue -->\n\n后面的话\n"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "member.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_dialogue_is_written_between_its_marks(page: Path) -> None:
    settle(page, "申报", "新的", write=True)
    assert page.read_text(encoding="utf-8") == PAGE.replace("旧的", "新的")
    settle(page, "申报", "新的", write=False)


def test_a_stale_dialogue_fails(page: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="run `make docs`"):
        settle(page, "申报", "新的", write=False)
    assert page.read_text(encoding="utf-8") == PAGE


def test_a_dialogue_without_a_place_fails(page: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="has no place <!-- dialogue: 积分 -->"):
        settle(page, "积分", "新的", write=True)


def test_a_dialogue_reads_like_a_chat() -> None:
    transcript = Transcript()
    transcript.said("o-stranger", "你好", "您好\n请先绑定")
    transcript.arrived("o-stranger", "绑定成功")
    transcript.said("o-stranger", "我", "张三")
    assert transcript.render("第一次用") == (
        "**第一次用**\n\n```text\n新来的人：你好\n先锋：\n　　您好\n　　请先绑定\n〔新来的人收到〕绑定成功\n\n"
        "新来的人：我\n先锋：张三\n```"
    )
