"""What could not run here is said in the last lines, never silently skipped; in CI it is a failure."""

import os
from collections.abc import Iterable
from typing import Any, NoReturn

import pytest

MARK = "NOT RUN: "
COMPLETE = "XIANFENG_TEST_COMPLETE"  # set by .ci/run: everything has to be there


def not_run(reason: str) -> NoReturn:
    """End a test, or every test of a fixture, because something is not on this machine."""
    if os.environ.get(COMPLETE):
        pytest.fail(f"{MARK}{reason}", pytrace=False)
    pytest.skip(f"{MARK}{reason}")


def lines(skipped: Iterable[Any]) -> list[str]:
    """One line per reason among the reports of skipped tests, with how many tests it kept from running."""
    counts: dict[str, int] = {}
    for report in skipped:
        said = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = said.partition(MARK)[2]
        if reason:
            counts[reason] = counts.get(reason, 0) + 1
    return [f"{count} test{'s' if count > 1 else ''} NOT RUN: {reason}" for reason, count in counts.items()]
