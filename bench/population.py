"""``python -m bench.population --members 1000,100000,1000000``: what messages cost when the organisation grows.

Organisations of these sizes are filled, each member with so many entries of the last year, and random members ask.
The sizes take turns, message by message, so that the machine's mood decides nothing; the cost is told beside that of
the smallest. Then the committee's secretary asks about all its branches, and every job of the clock looks once for what
is due, where nothing is.
``--fill URL --members 100000`` only fills a migrated or new database and leaves it.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import NamedTuple

from bench import kinds, looks
from bench.databases import Keeper, kept, opened, settle
from bench.figures import Figure, Plot, Table, at_most, machine, publish
from bench.messages import AES_KEY, APP_ID, NOW, TOKEN, posted
from bench.population_filling import fill
from bench.population_rows import ABOVE
from bot import memory
from bot.database import upgrade
from bot.reception import Reception
from bot.talk import Talk
from bot.wechat.protocol import Protocol
from handlers.understanding import hear
from models.sessions import Sessions

LIMIT = 1.5  # times the cost in the smallest
LOOK = 50.0  # milliseconds a job may look for each minute between its looks
SHORT = 5.0  # what takes less is only counted
WORDS = {"积分": LIMIT, "排名": LIMIT, "排名 年": LIMIT, "小组排名": None, "申报": None}
FROM_ABOVE = ("待办", "跟进", "概况", "年终", "考勤", "考勤 今年")
IN_TIME = 4000.0  # milliseconds (contract)
EVERY = 15  # seconds, in which filling says how far it is
NUMBERS = count(1)  # of messages
NAMED = {"排名 年": "排名 年 (11 months)"}


class Asked(NamedTuple):
    """How much is asked, and of whom."""

    members: Sequence[int]
    entries: int = 10
    messages: int = 300  # of each word in each size
    warm_up: int = 20  # before these


def measured(keeper: Keeper, asked: Asked) -> Table:
    """Fill organisations of all sizes and measure in them."""
    with ExitStack() as stack:
        towns = {}
        for size in asked.members:
            sessions = stack.enter_context(opened(keeper.new(f"population_{size}")))
            filled(sessions, size, asked.entries)
            towns[size] = sessions
        for sessions in towns.values():
            settle(sessions)
        costs = _costs(towns, asked)
        above = _asked_from_above(towns[max(towns)])
        found = looks.look(towns[max(towns)], NOW)
    return _table(keeper, asked, costs, above, found)


def filled(sessions: Sessions, members: int, entries: int) -> None:
    """Fill one, and say how it goes."""
    upgrade(sessions.engine)
    began = said = time.monotonic()

    def told(so_far: int) -> None:
        nonlocal said
        now = time.monotonic()
        if so_far >= members or now - said > EVERY:
            said = now
            print(f"{so_far:,} of {members:,} members after {now - began:.0f} s", file=sys.stderr, flush=True)

    fill(sessions, members, entries, told)


Costs = dict[tuple[str, int], list[float]]


def _costs(towns: dict[int, Sessions], asked: Asked) -> Costs:
    """Milliseconds of each message, by word and size."""
    hear.warm_up()
    memory.settle()  # as the processes that serve do
    answers = {size: _answering(sessions) for size, sessions in towns.items()}
    costs: Costs = {(word, size): [] for word in WORDS for size in towns}
    dice = random.Random(5)
    for turn in range(asked.warm_up + asked.messages):
        for word in WORDS:
            for size, answer in answers.items():
                text = f"申报 社区志愿 1小时 {1 + turn % 15}日 清扫第{turn}段河堤" if word == "申报" else word
                took = answer(f"o-{dice.randint(1, size)}", text)
                if turn >= asked.warm_up:
                    costs[word, size].append(took * 1000)
    return costs


def _asked_from_above(sessions: Sessions) -> dict[str, float]:
    """Milliseconds in which the committee's secretary, who sees every branch, is answered, by word."""
    answer = _answering(sessions)
    return {word: statistics.median(answer(f"o-{ABOVE}", word) for _ in range(3)) * 1000 for word in FROM_ABOVE}


def _answering(sessions: Sessions) -> Callable[[str, str], float]:
    """Seconds from the encrypted question to the encrypted answer."""
    protocol, reception = Protocol(TOKEN, APP_ID, AES_KEY), Reception(Talk(sessions))

    def answer(openid: str, text: str) -> float:
        message = posted(openid, text, next(NUMBERS), NOW)
        began = time.perf_counter()
        incoming = protocol.read(message.query, message.body, NOW)
        content, _ = protocol.write(incoming, reception.answer(incoming, NOW), NOW)
        took = time.perf_counter() - began
        if not content:
            raise SystemExit(f"no answer to {text}")
        return took

    return answer


def _table(keeper: Keeper, asked: Asked, costs: Costs, above: dict[str, float], found: Sequence[looks.Look]) -> Table:
    least, most = min(asked.members), max(asked.members)
    figures = [
        _figure(word, size, costs, least)
        for word in WORDS
        for size in sorted(asked.members)
        if size != least or size == most
    ]
    figures += [
        Figure(f"{word}, from the committee over {most:,}", took, "ms", limit=at_most(IN_TIME))
        for word, took in above.items()
    ]
    figures += [
        Figure(f"look: {one.name}", one.ms, "ms", limit=at_most(LOOK * one.minutes)) for one in found if one.ms > SHORT
    ]
    places = [f"{size:,}" for size in sorted(asked.members)]
    medians = [[statistics.median(costs[word, size]) for size in sorted(asked.members)] for word in WORDS]
    quick = sum(one.ms <= SHORT for one in found)
    server = [keeper.word] * keeper.word.startswith("PostgreSQL")
    return Table(
        name="population" + "-postgresql" * bool(server),
        title=f"Messages among up to {most:,} members with {most * asked.entries:,} entries ({keeper.word})",
        command=f"python -m bench.population --members {','.join(map(str, asked.members))} --entries {asked.entries}"
        + " --postgresql" * bool(server),
        peer=f"the same question among {least:,} members; message by message in turns",
        figures=figures,
        notes=[f"{quick} more jobs look for what is due in {SHORT:.0f} ms or less; nearly all look once a minute."],
        plots=[Plot(f"Median of a message by members: {' · '.join(WORDS)}", "ms", places, lines=medians)],
        machine=machine(*server),
    )


def _figure(word: str, size: int, costs: Costs, least: int) -> Figure:
    """The median beside that of the smallest."""
    found, limit = costs[word, size], WORDS[word]
    peer = statistics.median(costs[word, least]) if size != least else None
    p99 = statistics.quantiles(found, n=100)[98]
    bound = at_most(limit) if limit is not None and peer is not None else None
    what = f"{NAMED.get(word, word)}, {size:,} members"
    return Figure(what, statistics.median(found), "ms", peer, bound, {"p99": f"{p99:.2f} ms"})


def main(arguments: Sequence[str]) -> int:
    """Fill and measure; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.population", description=__doc__)
    parser.add_argument("--members", type=kinds.numbers, default="1000,100000", help="sizes, separated by commas")
    parser.add_argument(
        "--entries",
        type=int,
        choices=range(1, 13),
        metavar="1..12",
        default=10,
        help="of each member in the last 12 months",
    )
    parser.add_argument("--messages", type=kinds.number, default=300, help="of each word in each size")
    parser.add_argument("--postgresql", action="store_true", help="a server of its own, durable, instead of SQLite")
    parser.add_argument("--folder", type=Path, help="where the files are put while it runs")
    parser.add_argument("--save", type=Path, help="a folder for the table as JSON")
    parser.add_argument("--fill", metavar="URL", help="only fill this database, with the last of the sizes")
    given = parser.parse_args(arguments)
    asked = Asked(given.members, given.entries, given.messages)
    if given.fill:
        with opened(given.fill) as sessions:
            filled(sessions, asked.members[-1], asked.entries)
        return 0
    with kept(given.folder, postgresql=given.postgresql, roomy=True) as keeper:
        return publish(measured(keeper, asked), given.save)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
