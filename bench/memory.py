"""``python -m bench.memory``: memory of each process when idle, and whether it grows with the messages.

``xianfeng serve`` runs as shipped, with its two processes that serve and its worker. What pages of memory several share
is divided among them (PSS); resident (RSS) counts them in each. Growth is what the second half of the messages adds,
by the slope of its samples: until then what is kept on purpose, the cache of the database first of all, has filled.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench import kinds, town
from bench.databases import kept
from bench.figures import Figure, Plot, Table, at_most, machine, publish
from bench.load import Letter, closed_loop
from bench.stage import Served, Stage, free_port, staged

IDLE = 120.0  # MB of one process
GROWTH = 3.0  # MB in the second half: nothing, as exactly as that can be told
SAMPLES = 40
WORDS = ("帮助", "积分", "排名", "我", "我的申报", "细则 志愿", "会议", "待办", "怎么加分", "今天天气好吗")
CLAIM_EVERY = 50  # messages


class Size(NamedTuple):
    """How much is measured."""

    messages: int = 80_000
    branches: int = 20
    connections: int = 32
    settles: float = 5.0  # seconds until idle


class Memory(NamedTuple):
    """Of one process, in MB of a million bytes."""

    rss: float
    pss: float


def measure(size: Size) -> Table:
    """The table of all processes."""
    with kept() as keeper, staged(keeper, size.branches) as stage:
        return watched(stage, stage.serve("serve", port=free_port()), size)


def watched(stage: Stage, served: Served, size: Size) -> Table:
    """Look at the processes while they are idle, and while they work."""
    time.sleep(size.settles)
    names = _names(served)
    idle = {pid: _memory(pid) for pid in names}
    letters = _mixed(stage.people, stage.claims)
    sampled = _sampled(served, letters, size, list(names))
    figures = [
        Figure(f"{name}, idle", memory.pss, "MB", limit=at_most(IDLE), more={"RSS": f"{memory.rss:.0f} MB"})
        for name, memory in ((names[pid], memory) for pid, memory in idle.items())
    ]
    plots = []
    for pid, points in sampled.items():
        later = [point for point in points if point[0] >= size.messages / 2]
        grown = _slope(later) * (later[-1][0] - later[0][0])
        figures.append(Figure(f"{names[pid]}, second half", grown, "MB more", limit=at_most(GROWTH)))
        kept_points = points[:: max(len(points) // 10, 1)]
        places = [f"{count / 1000:.0f}k" for count, _ in kept_points]
        plots.append(Plot(f"{names[pid]} over messages", "MB RSS", places, lines=[[mb for _, mb in kept_points]]))
    return Table(
        "memory",
        f"Memory of each process of `xianfeng serve`, idle and over {size.messages:,} messages",
        f"python -m bench.memory --messages {size.messages}",
        "",
        figures,
        plots=plots,
        machine=machine(),
    )


def _names(served: Served) -> dict[int, str]:
    """The processes by their ids: the one that was started, those that serve, and the worker."""
    names = {served.process.pid: "the parent"}
    for pid in served.pids[1:]:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        worker = b"worker" in line
        names[pid] = "worker" if worker else f"web {sum(name.startswith('web') for name in names.values()) + 1}"
    return names


def _memory(pid: int) -> Memory:
    values = dict.fromkeys(("Rss", "Pss"), 0.0)
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]:
        name, _, value = line.partition(":")
        if name in values:
            values[name] = int(value.split()[0]) * 1024 / 1e6
    return Memory(values["Rss"], values["Pss"])


Points = list[tuple[int, float]]


def _sampled(served: Served, letters: Iterator[Letter], size: Size, pids: list[int]) -> dict[int, Points]:
    """RSS in MB by messages sent so far, of each process."""
    found: dict[int, Points] = {pid: [] for pid in pids}
    step, sent = size.messages // SAMPLES, 0
    while sent < size.messages:
        goal = sent + step
        while sent < goal:
            run = closed_loop(served.port, letters, connections=size.connections, seconds=0.5)
            run.sort_out()
            sent += len(run.answered)
        for pid, points in found.items():
            points.append((sent, _memory(pid).rss))
    return found


def _mixed(people: list[str], claims: Iterator[Letter]) -> Iterator[Letter]:
    """Reads of all sorts from everyone, and a claim now and then while there are any left."""
    kinds = [town.reading(people, word) for word in WORDS]
    number = 0
    while True:
        for kind in kinds:
            number += 1
            yield (next(claims, None) if number % CLAIM_EVERY == 0 else None) or next(kind)


def _slope(points: Points) -> float:
    """MB a message, by least squares; 0 for too few points."""
    count = len(points)
    if count < 3:
        return 0.0
    x, y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument(
        "--messages",
        type=kinds.number,
        default=Size().messages,
        help="1000000 takes long",
    )
    parser.add_argument("--save", type=Path, help="the folder where the results are kept")
    given = parser.parse_args(arguments)
    return publish(measure(Size(given.messages)), given.save)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
