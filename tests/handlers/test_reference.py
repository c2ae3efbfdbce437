"""What docs/reference lists is what the code has; ``make docs`` writes it, as it does the manuals."""

import re
from pathlib import Path

import pytest

from handlers.announcements import TITLES
from tests.manual import WRITE

CONFIGURATION = Path(__file__).parents[2] / "docs" / "reference" / "configuration.md"
_KINDS = re.compile(r"(?<=\| kind \| title \|\n\| --- \| --- \|\n)(?:\| .* \|\n)*")


def test_the_table_of_notices_is_current(pytestconfig: pytest.Config) -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    wanted = "".join(f"| `{kind}` | {title} |\n" for kind, title in TITLES.items())
    if pytestconfig.getoption(WRITE):
        text = _KINDS.sub(wanted, text)
        CONFIGURATION.write_text(text, encoding="utf-8")
    found = _KINDS.search(text)
    assert found is not None
    assert found[0] == wanted, "run `make docs`"
