"""A file made aside and moved into place when it is whole, readable by its owner only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OWNER_ONLY = 0o600


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """An empty file to write into; it takes the place of ``path`` at the end, or is gone when something failed."""
    # An older file may be open to others, and a half-written one helps nobody.
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
