"""``python -m bench.commands``: process time of the frequent commands on SQLite (FULL), beside a bare WeRoBot echo."""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count, cycle, product
from pathlib import Path

from sqlalchemy import select

from bench.figures import Figure, Table, at_most, machine, publish
from bench.messages import AES_KEY, APP_ID, NOW, TOKEN, Posted, echo, echoed, posted
from bot import demo_data, memory
from bot.database import make_engine, upgrade
from bot.reception import Reception
from bot.talk import Talk
from bot.wechat.protocol import Protocol
from handlers.understanding import hear
from models import rolls
from models.bindings import Binding
from models.members import Member
from models.months import Month
from models.sessions import Sessions

ROUNDS, WARM_UP = 200, 20
PLACES = "安宁平康永福长乐清江石桥柳溪松竹梅兰青云凤凰龙虎"
NUMBERS = count(1)  # of messages
# Milliseconds of process time at most, as the issue asks.
LIMITS = {"帮助": 1.0, "积分": 2.0, "排名": 2.0, "申报": 3.0}


def measure() -> Table:
    """The table of all commands."""
    with tempfile.TemporaryDirectory() as folder:
        found = dict(_measured(Path(folder)))
    bare = found.pop("echo")
    figures = [
        Figure(word, cost, "ms", limit=at_most(LIMITS[word]), more={"beside the echo": f"{cost / bare:.1f} ×"})
        for word, cost in found.items()
    ]
    return Table(
        "commands",
        f"Process time of a message, SQLite synchronous=FULL, the median of {ROUNDS}",
        "python -m bench.commands",
        "a bare WeRoBot echo with AES",
        [Figure("bare WeRoBot echo", bare, "ms"), *figures],
        machine=machine(),
    )


def _measured(folder: Path) -> Iterator[tuple[str, float]]:
    sessions = Sessions(make_engine(f"sqlite:///{folder}/bench.db"))
    upgrade(sessions.engine)
    demo_data.fill(sessions, NOW)
    hear.warm_up()
    memory.settle()  # as the processes that serve do
    robot = echo()
    yield "echo", _median(lambda m: echoed(robot, m), [("o", "你好")])
    protocol = Protocol(TOKEN, APP_ID, AES_KEY)
    reception = Reception(Talk(sessions))
    openids = _openids(sessions)

    def answer(message: Posted) -> None:
        incoming = protocol.read(message.query, message.body, NOW)
        content, _ = protocol.write(incoming, reception.answer(incoming, NOW), NOW)
        if not content:
            raise SystemExit(f"no answer to {incoming.content}")

    for word in ("帮助", "积分", "排名"):
        yield word, _median(answer, [(openid, word) for openid in openids])
    # Each claim is one that its member has not made before, in words that nobody has used before, as in life.
    deeds = [(openid, day) for day in range(1, 16) for openid in openids]
    places = map("".join, product(PLACES, repeat=2))
    claims = [
        (openid, f"申报 社区志愿 1小时 {day}日 清扫{place}河堤")
        for (openid, day), place in zip(deeds, places, strict=False)
    ]
    yield "申报", _median(answer, claims)


def _openids(sessions: Sessions) -> list[str]:
    """Everyone who is bound, scored and of a branch."""
    with sessions.read() as session:
        left_out = rolls.not_scored(session, session.scalars(select(Member)).all(), Month.of(NOW))
        bound = session.scalars(select(Binding).order_by(Binding.member_id)).all()
        return [binding.openid for binding in bound if binding.member_id not in left_out]


def _median(act: Callable[[Posted], object], lines: Sequence[tuple[str, str]]) -> float:
    """Milliseconds of process time a message, the median after a warm-up."""
    costs = []
    for _, (openid, text) in zip(range(ROUNDS + WARM_UP), cycle(lines), strict=False):
        message = posted(openid, text, next(NUMBERS), NOW)
        began = time.process_time()
        act(message)
        costs.append((time.process_time() - began) * 1000)
    return statistics.median(costs[WARM_UP:])


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.commands", description=__doc__)
    parser.add_argument("--save", type=Path, help="the folder where the results are kept")
    return publish(measure(), parser.parse_args(arguments).save)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
