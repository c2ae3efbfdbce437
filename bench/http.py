"""``python -m bench.http``: messages a second and how long answers take, over HTTP at 32 connections.

Signed messages, encrypted beforehand, travel over real HTTP to ``xianfeng web``. Beside it stands an echo on bare
WeRoBot's own Flask view, under the very same server with as many processes. The two take turns in short rounds, so that
a machine which changes its speed changes it for both.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench import kinds, town
from bench.databases import Keeper, kept
from bench.figures import Figure, Plot, Table, at_least, at_most, machine, publish
from bench.load import Letter, Run, closed_loop, opened
from bench.stage import THREADS, WORKERS, Served, Stage, free_port, staged
from bot.web.turned_away import SORRY

CONNECTIONS = 32
ECHO = "你好"
LIMITS = {
    "sqlite": {"帮助": 0.7, "积分": 0.4, "排名": 0.4, "申报": 0.15},
    "postgresql": {"帮助": 0.5, "积分": 0.3, "排名": 0.3, "申报": 0.1},
}
P99 = 250  # milliseconds


class Size(NamedTuple):
    """How much is measured."""

    rounds: int = 10
    seconds: float = 0.5  # of one command in one round, and of the echo beside it
    branches: int = 20
    connections: int = CONNECTIONS
    threads: int = THREADS


class Pair(NamedTuple):
    """A command and the echoes around it."""

    ours: Run
    peer: Run


def measure(dialects: Sequence[str], size: Size) -> Table:
    """The table of all commands on these databases."""
    figures, plots, words = [], [], []
    for dialect in dialects:
        with kept(postgresql=dialect == "postgresql") as keeper:
            pairs = _measured(keeper, size)
            words += [keeper.word] * (dialect == "postgresql")
        name = "SQLite" if dialect == "sqlite" else "PostgreSQL"
        limits = LIMITS[dialect]
        figures += [_figure(f"{word}, {name}", pair, limits[word]) for word, pair in pairs.items()]
        slowest = max(pair.ours.latency(0.99) * 1000 for pair in pairs.values())
        figures.append(Figure(f"slowest p99, {name}", slowest, "ms", limit=at_most(P99)))
        refused = sum(pair.ours.failed.total() for pair in pairs.values())
        figures.append(Figure(f"refused, {name}", refused, "messages", limit=at_most(0)))
        ratios = [pair.ours.rate / pair.peer.rate for pair in pairs.values()]
        title = f"Throughput beside the bare echo, {name} (line: what is asked)"
        plots.append(Plot(title, "× the echo", list(pairs), bars=[ratios], lines=[list(limits.values())]))
    return Table(
        "http",
        f"Messages over HTTP, {size.connections} connections, {WORKERS} processes, {size.threads} at a time in each",
        "python -m bench.http" + f" --threads {size.threads}" * (size.threads != THREADS),
        "an echo on bare WeRoBot's own Flask view under the same server, in turns",
        figures,
        plots=plots,
        machine=machine(*words),
    )


def _figure(what: str, pair: Pair, limit: float) -> Figure:
    more = {f"p{share * 100:.0f}": f"{pair.ours.latency(share) * 1000:.1f} ms" for share in (0.5, 0.95, 0.99)}
    return Figure(what, pair.ours.rate, "messages/s", pair.peer.rate, at_least(limit), more)


def _measured(keeper: Keeper, size: Size) -> dict[str, Pair]:
    with staged(keeper, size.branches, threads=size.threads) as stage:
        return in_turns(stage, stage.echo(free_port()), stage.serve("web", port=free_port()), size)


def in_turns(stage: Stage, echo: Served, web: Served, size: Size) -> dict[str, Pair]:
    """Load the one and the other."""
    letters = _letters(stage)
    echoes = town.reading(stage.people, ECHO)
    found = {word: Pair(Run(), Run()) for word in letters}
    _loop(echo.port, echoes, size, size.seconds)
    for one in letters.values():  # what is asked for the first time is loaded and prepared
        _checked(_loop(web.port, one, size, size.seconds))
    stage.analyze()
    for _ in range(size.rounds):
        for word, one in letters.items():
            found[word].peer.add(_loop(echo.port, echoes, size, size.seconds))
            found[word].ours.add(_checked(_loop(web.port, one, size, size.seconds)))
    return found


def _letters(stage: Stage) -> dict[str, Iterator[Letter]]:
    return {
        **{word: town.reading(stage.people, word) for word in ("帮助", "积分", "排名")},
        "申报": town.enough(stage.claims),
    }


def _loop(port: int, letters: Iterator[Letter], size: Size, seconds: float) -> Run:
    run = closed_loop(port, letters, connections=size.connections, seconds=seconds)
    run.sort_out()
    return run


def _checked(run: Run) -> Run:
    """Every answer is read: claims must be taken and the rest answered, for a refusal is quicker than the work."""
    said = [(one, opened(one.answer)) for one in run.answered]
    run.answered = [one for one, words in said if words != SORRY]
    run.failed["told to come again"] += len(said) - len(run.answered)
    for one, words in said:
        good = words.startswith("✅") if one.text.startswith("申报") else words and not words.startswith("❌")
        if not good and words != SORRY:
            raise SystemExit(f"{one.text} was answered with: {words}")
    return run


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.http", description=__doc__)
    parser.add_argument("--database", choices=list(LIMITS), action="append", help="one of them alone")
    parser.add_argument("--rounds", type=kinds.number, default=Size().rounds)
    parser.add_argument("--seconds", type=kinds.length, default=Size().seconds, help="of each command in each round")
    parser.add_argument("--threads", type=kinds.number, default=THREADS, help="of each process, the echo's as well")
    parser.add_argument("--save", type=Path, help="the folder where the results are kept")
    given = parser.parse_args(arguments)
    size = Size(given.rounds, given.seconds, threads=given.threads)
    return publish(measure(given.database or list(LIMITS), size), given.save)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
