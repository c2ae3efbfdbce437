"""``python -m bench.overload``: what becomes of messages that come four times as fast as they can be answered.

The capacity is measured first, with as many messages under way as answers, of all four kinds in turn. Then messages
come by the clock, whatever still waits, each on a connection of its own, as WeChat sends them. Whoever cannot be served
is told so, or refused with 503, upon which WeChat asks again; nobody may wait longer than 4 seconds, and what was
answered with ✅ is in the database.
"""

import argparse
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select

from bench import kinds, town
from bench.databases import Keeper, kept, opened
from bench.figures import Figure, Plot, Table, at_least, at_most, machine, publish
from bench.load import Answered, Letter, OpenLoop, Run, closed_loop
from bench.load import opened as unsealed
from bench.stage import Served, Stage, free_port, staged
from bot.web.turned_away import SORRY
from models.claims import Claim

TIMES = 4.0  # the capacity
LATEST = 4.0  # seconds
OFFERED = 0.9  # of what was meant, at least, or this machine could not even send it
SOCKETS = 8000  # at once
WORDS = ("帮助", "积分", "排名")


class Size(NamedTuple):
    """How much is measured."""

    seconds: float = 20.0
    measured: float = 5.0  # seconds for the capacity
    branches: int = 40
    connections: int = 32


class Outcome(NamedTuple):
    """What became of the messages."""

    capacity: float
    full: list[Answered]
    told: list[Answered]
    refused: list[Answered]
    run: Run
    late: float
    lost: int  # claims answered with ✅ and not in the database


def measure(dialects: Sequence[str], size: Size) -> Table:
    """The table of an overload on each of these databases."""
    figures: list[Figure] = []
    plots, words = [], []
    for dialect in dialects:
        with kept(postgresql=dialect == "postgresql") as keeper:
            outcome = _overloaded(keeper, size)
            words += [keeper.word] * (dialect == "postgresql")
        name = "SQLite" if dialect == "sqlite" else "PostgreSQL"
        figures += _figures(outcome, name)
        plots.append(_plot(outcome, name))
    return Table(
        "overload",
        f"Overload: {TIMES:.0f} times the capacity for {size.seconds:g} s",
        "python -m bench.overload",
        "",
        figures,
        plots=plots,
        machine=machine(*words),
    )


def _figures(outcome: Outcome, name: str) -> Iterator[Figure]:
    run, every = outcome.run, len(outcome.run.answered)
    offered = (every + run.failed.total()) / run.seconds
    yield Figure(f"capacity, {name}", outcome.capacity, "messages/s")
    yield Figure("offered", offered, "messages/s", outcome.capacity, at_least(TIMES * OFFERED))
    for what, answers in (
        ("answered in full", outcome.full),
        ("told to come again", outcome.told),
        ("refused with 503", outcome.refused),
    ):
        times = sorted(one.seconds for one in answers) or [0.0]
        more = {
            "share": f"{len(answers) / max(every, 1):.0%}",
            "p50": f"{times[len(times) // 2]:.2f} s",
            "latest": f"{times[-1]:.2f} s",
        }
        yield Figure(what, len(answers) / run.seconds, "messages/s", more=more)
    latest = max((one.seconds for one in run.answered), default=0.0)
    yield Figure("latest reply", latest, "s", limit=at_most(LATEST))
    failures = ", ".join(f"{what} {times}" for what, times in run.failed.items() if times)
    yield Figure("without a reply", run.failed.total(), "messages", limit=at_most(0), more={"why": failures})
    yield Figure("✅ without a claim in the database", outcome.lost, "claims", limit=at_most(0))
    yield Figure("the sender behind its clock", outcome.late, "s")


def _plot(outcome: Outcome, name: str) -> Plot:
    places = ["capacity", "offered", "in full", "told", "refused"]
    seconds = outcome.run.seconds
    rates = [len(answers) / seconds for answers in (outcome.full, outcome.told, outcome.refused)]
    offered = (len(outcome.run.answered) + outcome.run.failed.total()) / seconds
    return Plot(f"Overload, {name}", "messages a second", places, bars=[[outcome.capacity, offered, *rates]])


def _overloaded(keeper: Keeper, size: Size) -> Outcome:
    with staged(keeper, size.branches) as stage:
        return overloaded(stage, stage.serve("web", port=free_port()), size)


def overloaded(stage: Stage, web: Served, size: Size) -> Outcome:
    """Measure the capacity, and load so many times of it."""
    _allow_sockets()
    letters = _mixed(stage)
    closed_loop(web.port, letters, connections=size.connections, seconds=size.measured / 4)
    measured = closed_loop(web.port, letters, connections=size.connections, seconds=size.measured)
    before = _claims(stage)
    loop = OpenLoop(web.port, letters, rate=TIMES * measured.rate, seconds=size.seconds, sockets=SOCKETS)
    run = loop.go()
    return _outcome(measured.rate, run, loop.late, _claims(stage) - before)


def _outcome(capacity: float, run: Run, late: float, claims: int) -> Outcome:
    full, told, refused = [], [], []
    taken = 0
    for one in run.answered:
        if one.status == 503:
            refused.append(one)
        elif one.status != 200:
            raise SystemExit(f"{one.text} was answered with {one.status}")
        elif (said := unsealed(one.answer)) == SORRY:
            told.append(one)
        else:
            full.append(one)
            taken += said.startswith("✅")
    return Outcome(capacity, full, told, refused, run, late, max(taken - claims, 0))


def _mixed(stage: Stage) -> Iterator[Letter]:
    """The four kinds in turn."""
    kinds = [*(town.reading(stage.people, word) for word in WORDS), town.enough(stage.claims)]
    while True:
        for kind in kinds:
            yield next(kind)


def _claims(stage: Stage) -> int:
    with opened(stage.url) as sessions, sessions.read() as session:
        return session.scalars(select(func.count(Claim.id))).one()


def _allow_sockets() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, SOCKETS + 1000), hard))


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.overload", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="SQLite if not given")
    parser.add_argument("--seconds", type=kinds.length, default=Size().seconds, help="of the overload")
    parser.add_argument("--save", type=Path, help="the folder where the results are kept")
    given = parser.parse_args(arguments)
    return publish(measure(given.database or ["sqlite"], Size(given.seconds)), given.save)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
