"""No reply compares branches by points (S2): not to a member, not to a leader, not to the committee.

Every member of two branches gets a score that nobody else has, so that a figure tells whose it is. Then everybody
asks everything there is to ask.
"""

import re
from datetime import timedelta

import pytest

from handlers.command import Command
from handlers.dispatch import FAMILIES
from models.members import Member
from models.months import at
from tests import two_branches
from tests.cast import NOW, Cast
from tests.dialogue import Say

ASKERS = ("zhang_san", "li_si", "wang_jianjun", "sun_lei", "qian_jin", "sun_li", "zhou_guoping")
COMMITTEE = "zhou_guoping"  # at home in the second branch
PAGES = 4
# What stands behind a command's word, besides nothing and its own example.
MORE = ("10月", "三季度", "2026年", "第二支部", "2026年 第一支部", "孙丽")


@pytest.fixture
def figures(cast: Cast) -> dict[str, set[str]]:
    """The figures that are each branch's own."""
    return two_branches.fill(cast)


def _lines(command: Command) -> list[str]:
    return [command.word, command.example, *(f"{command.word} {more}" for more in MORE)]


def _asked(say: Say, who: Member, line: str) -> str:
    """The whole answer, all its pages, and nothing left open."""
    pages = [say(who, line)]
    while "更多" in pages[-1] and len(pages) < PAGES:
        pages.append(say(who, "更多"))
    if "1 " in pages[-1]:  # perhaps a question
        say(who, "取消")
    return "\n".join(pages)


def _of(figures: set[str], text: str) -> set[str]:
    return figures & set(re.findall(r"\d+\.\d+", text))


@pytest.mark.sqlite_only  # what is said does not depend on the database
@pytest.mark.parametrize("asker", ASKERS)
def test_nobody_gets_the_figures_of_two_branches(say: Say, cast: Cast, figures: dict[str, set[str]], asker: str):
    """In no reply at all; and of another branch than one's own only the committee sees figures."""
    who: Member = getattr(cast, asker)
    own = who.branch.name
    seen: set[str] = set()
    for command in FAMILIES.commands:
        for line in _lines(command):
            text = _asked(say, who, line)
            found = {branch for branch, mine in figures.items() if _of(mine, text)}
            assert len(found) < 2, (line, text)
            assert asker == COMMITTEE or found <= {own}, (line, text)
            seen |= found
    assert own in seen  # or the test would look for figures that nobody says


@pytest.mark.sqlite_only
def test_the_overview_of_the_committee_has_no_points_in_it(say: Say, cast: Cast, figures: dict[str, set[str]]):
    text = say(cast.zhou_guoping, "概况", NOW + timedelta(days=40))
    assert "支部" in text
    assert not _of(figures["第一支部"] | figures["第二支部"], text)
    assert "分" not in text.replace("积分", "").replace("分管", "")


def test_every_figure_of_the_two_branches_is_told_apart(figures: dict[str, set[str]]):
    assert all(len(mine) > 10 for mine in figures.values())
    assert not figures["第一支部"] & figures["第二支部"]
    assert at(two_branches.MONTHS[0].first_day) < NOW
