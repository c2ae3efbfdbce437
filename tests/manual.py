"""The manuals' dialogues come from the tests, so that no manual shows what the bot does not say.

A test marked ``@pytest.mark.manual("member", "申报", title="…")`` is the dialogue 申报 of docs/manual/member.md, where
it stands between ``<!-- dialogue: 申报 -->`` and ``<!-- /dialogue -->``. With ``--write-manuals`` it is written there;
without, the test fails when the manual says something else. tests/recording.py notes what is said.
"""

import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

MANUALS = Path(__file__).parent.parent / "docs" / "manual"
WRITE = "--write-manuals"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``make docs`` passes this."""
    parser.addoption(WRITE, action="store_true", help="write the dialogues of the tests into docs/manual")


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark."""
    config.addinivalue_line("markers", "manual(manual, dialogue, title=''): its dialogue stands in docs/manual")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """After a marked test has passed, write its dialogue or compare it."""
    outcome = yield
    mark = pyfuncitem.get_closest_marker("manual")
    if mark is not None:
        manual, dialogue = mark.args
        transcript: Any = pyfuncitem.funcargs["transcript"]
        rendered = transcript.render(mark.kwargs.get("title", ""))
        settle(MANUALS / f"{manual}.md", dialogue, rendered, write=pyfuncitem.config.getoption(WRITE))
    return outcome


def settle(path: Path, dialogue: str, rendered: str, *, write: bool) -> None:
    """Put a dialogue where its marks are, or fail when something else stands there."""
    text = path.read_text(encoding="utf-8")
    place = re.search(rf"(?<=<!-- dialogue: {re.escape(dialogue)} -->\n).*?(?=<!-- /dialogue -->)", text, re.DOTALL)
    if place is None:
        pytest.fail(f"{path.name} has no place <!-- dialogue: {dialogue} --> … <!-- /dialogue -->", pytrace=False)
    wanted = f"{rendered}\n"
    if write:
        path.write_text(text[: place.start()] + wanted + text[place.end() :], encoding="utf-8")
    elif place.group() != wanted:
        pytest.fail(f"{path.name} shows another dialogue {dialogue}: run `make docs`\n{rendered}", pytrace=False)
