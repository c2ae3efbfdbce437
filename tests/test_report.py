"""What cannot run is said, and in CI it fails."""

from types import SimpleNamespace

import pytest

from tests import report


def test_what_was_not_run_is_told_once_with_the_number_of_tests() -> None:
    place = ("tests/test_browser.py", 12)
    skipped = [
        SimpleNamespace(longrepr=(*place, "Skipped: NOT RUN: no browser")),
        SimpleNamespace(longrepr=(*place, "Skipped: NOT RUN: no browser")),
        SimpleNamespace(longrepr=(*place, "Skipped: only on Windows")),
    ]
    assert report.lines(skipped) == ["2 tests NOT RUN: no browser"]


def test_what_is_missing_is_a_skip_here_and_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(report.COMPLETE, raising=False)
    with pytest.raises(pytest.skip.Exception, match="NOT RUN: no browser"):
        report.not_run("no browser")
    monkeypatch.setenv(report.COMPLETE, "1")
    with pytest.raises(pytest.fail.Exception, match="NOT RUN: no browser"):
        report.not_run("no browser")
