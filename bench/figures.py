"""What the benchmarks found: figures beside their peers, as a table on the screen and as JSON for docs/performance.md.

A benchmark makes one Table of Figures and ends with ``sys.exit(publish(table, saved_in))``: the table is printed,
saved where a folder is given, and 1 says that a limit was missed.
"""

import json
import os
import platform
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

CPU = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound of the ratio, or of the figure itself where there is no peer."""

    value: float
    at_least: bool = False  # else at most

    def met(self, value: float) -> bool:
        """Whether a figure keeps to it."""
        return value >= self.value if self.at_least else value <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {_number(self.value)}"


def at_least(value: float) -> Limit:
    """No less than this."""
    return Limit(value, at_least=True)


def at_most(value: float) -> Limit:
    """No more than this."""
    return Limit(value)


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured: ``ours`` beside ``peer`` in the same unit; ``more`` are further columns by their heading."""

    what: str
    ours: float
    unit: str
    peer: float | None = None
    limit: Limit | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Ours in terms of the peer's."""
        return self.ours / self.peer if self.peer else None

    @property
    def met(self) -> bool:
        """Whether the limit is kept, of the ratio if there is a peer; True without one."""
        ratio = self.ratio
        return self.limit is None or self.limit.met(self.ours if ratio is None else ratio)

    def cells(self) -> dict[str, str]:
        """The line of a table, by heading."""
        ratio = self.ratio
        return {
            "what": self.what,
            "ours": _number(self.ours),
            "peer": "" if self.peer is None else _number(self.peer),
            "unit": self.unit,
            "ratio": "" if ratio is None else f"{ratio:.2f} ×",
            "limit": "" if self.limit is None else str(self.limit),
            "met": "" if self.limit is None else "yes" if self.met else "**no**",
            **self.more,
        }


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars and lines over the same places, each as long as these."""

    title: str
    unit: str
    places: Sequence[str]
    bars: Sequence[Sequence[float]] = ()
    lines: Sequence[Sequence[float]] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """What one command measured, and where."""

    name: str  # of the file it is saved in: http, memory, fanout …
    title: str
    command: str  # that makes it again
    peer: str  # what it stands beside; "" for nothing
    figures: Sequence[Figure]
    notes: Sequence[str] = ()  # a sentence each
    plots: Sequence[Plot] = ()
    machine: str = ""

    @property
    def met(self) -> bool:
        """Whether all limits are kept."""
        return all(figure.met for figure in self.figures)


def machine(*databases: str) -> str:
    """The machine in one line; ``databases`` are those beside the SQLite of this Python, such as "PostgreSQL 18.6"."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    parts = [f"{_processor()}, {cores} cores, {gigabytes:.0f} GiB RAM", f"{platform.system()} {platform.machine()}"]
    parts += [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}", *databases]
    return " · ".join(parts)


def _processor() -> str:
    """The model as the kernel has it."""
    if CPU.exists():
        for line in CPU.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def publish(table: Table, saved_in: Path | None = None) -> int:
    """Print it, save it as ``NAME.json`` in a folder if one is given; 1 when a limit was missed."""
    print("\n".join(text(table)), flush=True)
    if saved_in is not None:
        saved_in.mkdir(parents=True, exist_ok=True)
        content = json.dumps(asdict(table), ensure_ascii=False, indent=1)
        (saved_in / f"{table.name}.json").write_text(content + "\n", encoding="utf-8")
    return 0 if table.met else 1


def load(path: Path) -> Table:
    """A table that was saved."""
    values = json.loads(path.read_text(encoding="utf-8"))
    figures = [_figure(one) for one in values.pop("figures")]
    plots = [Plot(**one) for one in values.pop("plots")]
    return Table(figures=figures, plots=plots, **values)


def _figure(values: dict[str, Any]) -> Figure:
    limit = values.pop("limit")
    return Figure(limit=Limit(**limit) if limit else None, **values)


def text(table: Table) -> Iterator[str]:
    """The table in lines for a terminal."""
    yield f"{table.title}: {table.command}"
    if table.machine:
        yield table.machine
    rows = list(grid(table))
    widths = [max(_width(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    yield from table.notes


def grid(table: Table) -> Iterator[list[str]]:
    """Headings and lines, without columns that nobody fills."""
    lines = [figure.cells() for figure in table.figures]
    headings = list(dict.fromkeys(heading for line in lines for heading, cell in line.items() if cell))
    order = [*("what", "ours", "peer", "unit", "ratio", "limit", "met")]
    headings.sort(key=lambda one: order.index(one) if one in order else len(order))
    yield ["" if heading == "what" else heading for heading in headings]
    for line in lines:
        yield [line.get(heading, "") for heading in headings]


def _number(value: float) -> str:
    """Three digits that say something."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _width(cell: str) -> int:
    """Places in a terminal: a Chinese character takes two."""
    return sum(2 if ord(letter) >= 0x2E80 else 1 for letter in cell)
