"""docs/performance.md, made from the results that the benchmarks have kept; no figure on it is typed by hand."""

from collections.abc import Iterator
from pathlib import Path

from bench.figures import Plot, Table, grid, load

# What a reader asks first comes first.
ORDER = ("http", "overload", "commands", "population", "finals", "fanout", "memory")
HEAD = """# Performance

Written by `python -m bench --write docs/performance.md` from what the commands below have measured and kept in
`docs/performance/`; no figure is typed by hand. `make bench` runs them all again. What counts is the ratio to
the peer, which was measured in the same run on the same machine; limits are those the project has set itself.
"""


def tables(folder: Path) -> list[Table]:
    """What is kept there, in the order of the page."""
    found = map(load, folder.glob("*.json"))
    return sorted(found, key=lambda table: (_place(table.name.partition("-")[0]), table.name))


def _place(part: str) -> int:
    return ORDER.index(part) if part in ORDER else len(ORDER)


def written(folder: Path) -> str:
    """The page."""
    return "\n".join([HEAD, *(line for table in tables(folder) for line in _section(table, folder))])


def _section(table: Table, folder: Path) -> Iterator[str]:
    yield f"## {table.title}\n"
    yield f"    {table.command}\n"
    if table.peer:
        yield f"The peer: {table.peer}.\n"
    headings, *rows = grid(table)
    yield f"| {' | '.join(headings)} |"
    yield f"| {' | '.join('---' for _ in headings)} |"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""
    for note in table.notes:
        yield f"{note}\n"
    remark = folder / f"{table.name}.txt"  # what somebody has to say about it
    if remark.exists():
        yield remark.read_text(encoding="utf-8")
    for plot in table.plots:
        yield from _plotted(plot)
    yield f"Measured on: {table.machine}.\n"


def _plotted(plot: Plot) -> Iterator[str]:
    highest = max((value for series in (*plot.bars, *plot.lines) for value in series), default=1.0) or 1.0
    yield "```mermaid"
    yield "xychart-beta"
    yield f'    title "{plot.title}"'
    yield f"    x-axis [{', '.join(_quoted(place) for place in plot.places)}]"
    yield f'    y-axis "{plot.unit}" 0 --> {highest * 1.1:.4g}'
    for kind, all_of in (("bar", plot.bars), ("line", plot.lines)):
        for series in all_of:
            yield f"    {kind} [{', '.join(f'{value:.4g}' for value in series)}]"
    yield "```"
    yield ""


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'
