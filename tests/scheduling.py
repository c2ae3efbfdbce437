"""Which tests go to one process together: a play takes a minute or two, and is played once for all that look at it;
what starts processes of its own or a browser does so once a file.

As xdist's ``loadgroup`` does by a mark, which pytest 9.2 and xdist 3.8 do not manage together: a test's id is no longer
what xdist appends the mark to.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

PLAYS = ("tests/years/", "tests/quarters/", "tests/simulation/", "tests/handlers/understanding/test_report.py")
PROCESSES = ("tests/e2e/", "tests/bot/sandbox/test_in_a_browser.py")
# What takes long, first. What keeps both processors busy comes before what has to be answered within a second.
LONG = (
    "tests/years/test_on_postgresql.py",
    "tests/e2e/test_killing.py",
    "tests/e2e/test_faults.py",
    "tests/e2e/test_backups.py",
    "tests/e2e/test_notices.py",
    "tests/e2e/test_demo.py",
    "tests/e2e/test_check_ins.py",
)


class PlaysTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Every test for itself, but for those of a play; the plays, which have most tests, are begun first."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(PROCESSES):
            return nodeid.partition("::")[0]
        if nodeid.startswith(LONG):
            return nodeid
        return next((play for play in PLAYS if nodeid.startswith(play)), nodeid)

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget what is done: xdist would count through all of it again after each of the thousands of tests."""
        done = self.registered_collections[node][item_index]
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(done)
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


def long_first(items: list[pytest.Item]) -> None:
    """Begin what takes long, so that nobody waits for it in the end."""
    items.sort(
        key=lambda item: next((place for place, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))
    )
