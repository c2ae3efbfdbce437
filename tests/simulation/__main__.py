"""``make simulate SEED=1 BRANCHES=25 MONTHS=12``: play branches by seed, and print what does not hold."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bench import kinds
from bot import memory
from handlers.understanding import hear
from tests.simulation import play
from tests.simulation.invariants import all as invariants
from tests.simulation.totals import lines, totals

TOGETHER = 25  # branches of one organization: they share what the clock costs
SHOWN = 40  # broken invariants of one play
MEMORY = Path("/dev/shm")  # a file there costs no disk; what is lost with the power is not what is played here


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, print, and return 1 when an invariant was broken."""
    options = _options(arguments)
    hear.warm_up()
    memory.settle()  # as the processes that serve do
    total: Counter[str] = Counter()
    broken, months, began = 0, 0, time.process_time()
    for number, branches in enumerate(_shares(options.branches)):
        seed = options.seed + number
        found, counted = _played(seed, branches, options.months, options.database)
        broken += len(found)
        total += counted
        months += branches * options.months
        print(f"seed {seed}: {branches} branches, {options.months} months, {len(found)} broken; {_cost(months, began)}")
        for line in found[:SHOWN]:
            print(f"  {line}")
        if found:
            print(f"  again: make simulate SEED={seed} BRANCHES={branches} MONTHS={options.months}")
        sys.stdout.flush()
    for line in lines(total, months / 12):
        print(line)
    print(f"{_cost(months, began)}; {broken} broken invariants")
    return 1 if broken else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--branches", type=kinds.number, default=TOGETHER)
    parser.add_argument("--months", type=int, default=12, choices=range(1, 13), metavar="1..12")
    parser.add_argument("--database", default="", help="an empty database's URL, instead of a file in memory")
    options = parser.parse_args(arguments)
    if options.database and options.branches > TOGETHER:
        parser.error(f"a database takes one organization, of {TOGETHER} branches at most")
    return options


def _shares(branches: int) -> list[int]:
    """How many branches each organization has; the nth is played by the nth seed from the one given."""
    whole, rest = divmod(branches, TOGETHER)
    return [TOGETHER] * whole + ([rest] if rest else [])


def _played(seed: int, branches: int, months: int, url: str) -> tuple[list[str], Counter[str]]:
    folder = MEMORY if MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="xianfeng-simulation-", dir=folder) as place,
        closing(play.set_up(seed, branches, months, Path(place), url)) as played,
    ):
        world = played.run()
        return list(invariants.broken(world)), totals(world)


def _cost(months: int, began: float) -> str:
    """What has been played so far, and what it cost."""
    years, seconds = months / 12, time.process_time() - began
    return f"{years:.1f} branch-years in {seconds:.0f} s of CPU, {seconds / years:.1f} s each"


if __name__ == "__main__":
    sys.exit(main())
