"""Which tests go to one process together: a play takes a minute or two, and is played once for all that look at it.

As xdist's ``loadgroup`` does by a mark, which pytest 9.2 and xdist 3.8 do not manage together: a test's id is no longer
what xdist appends the mark to.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

PLAYS = ("tests/years/", "tests/quarters/")
LONG = ("tests/years/test_on_postgresql.py",)


class PlaysTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Every test for itself, but for those of a play; the plays, which have most tests, are begun first."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(LONG):
            return nodeid
        return next((play for play in PLAYS if nodeid.startswith(play)), nodeid)


def long_first(items: list[pytest.Item]) -> None:
    """Begin what takes long, so that nobody waits for it in the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
