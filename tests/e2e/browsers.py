"""The browser of this machine; what cannot run without one is said in the last lines (tests/report.py)."""

import shutil

from tests.report import not_run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find() -> str:
    """Where it is."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return not_run("no Chromium or Chrome on this machine, the demonstration was not tried in a browser")
