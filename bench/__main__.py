"""``make bench``, or ``python -m bench [PART …]``: all benchmarks, each in a process of its own, and their tables.

Each part can be run by itself with other sizes (``python -m bench.http --help``). Results are kept as JSON in a folder;
``--write docs/performance.md`` makes the page from what is kept there, without measuring anything.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import figures, page

# In this order; each with the sizes that fit into the minutes one waits for a benchmark.
PARTS = {
    "commands": [],
    "http": [],
    "overload": ["--database", "sqlite", "--database", "postgresql"],
    "population": [],
    "population-postgresql": ["--postgresql"],
    "finals": ["--branches", "2000"],
    "finals-postgresql": ["--branches", "2000", "--postgresql"],
    "fanout": [],
    "memory": [],
}


def run(parts: list[str], folder: Path) -> int:
    """Run these one after the other and print all tables at the end; 1 when a limit was missed, or one failed."""
    failed = []
    for part in parts:
        began = time.monotonic()
        print(f"… {part}", flush=True)
        module = f"bench.{part.partition('-')[0]}"
        done = subprocess.run(
            [sys.executable, "-m", module, *PARTS[part], "--save", str(folder)], stdout=subprocess.DEVNULL, check=False
        )
        print(f"  {time.monotonic() - began:.0f} s", flush=True)
        failed += [part] * (done.returncode != 0)
    for table in page.tables(folder):
        print()
        print("\n".join(figures.text(table)))
    if failed:
        print(f"\nmissed a limit, or did not end well: {', '.join(failed)}")
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    """Run, or write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or several of {', '.join(PARTS)}; all if none")
    parser.add_argument("--save", type=Path, help="the folder where results are kept (docs/performance)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page from what is kept, and no more")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if given.write is not None:
        given.write.write_text(page.written(given.save or given.write.with_suffix("")), encoding="utf-8")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return run(given.parts or list(PARTS), given.save or Path(folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
