"""``python -m bench.fanout --notices 100000``: how fast notices reach a platform, each marked in PostgreSQL.

The platform is a process on loopback that takes 50 ms for a call; a worker keeps 64 calls in the air, so that at best
64 ÷ 50 ms = 1,280 notices a second leave. The workers are processes as in production, PostgreSQL is durable. Then one
worker and two stand beside each other at a platform slow enough to be the limit.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from sqlalchemy import func, insert, select, text

from bench import kinds
from bench.databases import Keeper, analyze, kept, opened
from bench.figures import Figure, Table, at_least, machine, publish
from bench.messages import AES_KEY, APP_ID, TOKEN
from bench.stage import free_port
from bot import config_file
from bot.clock import system
from bot.database import upgrade
from jobs.flights import IN_THE_AIR
from models import notices
from models.bindings import Binding
from models.followers import Follower
from models.members import Member
from models.months import Month
from models.notices import Notice, NoticeStatus
from models.organizations import Nature, Organization, OrganizationKind
from models.sessions import Sessions

LATENCY, SLOW = 50, 250  # milliseconds
CHUNK = 5000
TEMPLATE = {"default": {"id": "t" * 43, "fields": {"thing1": "title", "thing2": "text"}}}
SAYS = "本周五下午两点在三楼会议室开党小组会，请带好笔记本"
_OPENER = build_opener(ProxyHandler({}))


def main(count: int, saved_in: Path | None, *, postgresql: bool = True) -> int:
    """Print the table; 1 when a limit is missed."""
    with kept(postgresql=postgresql) as keeper:
        url = filled(keeper, count)
        one = run(keeper, url, latency=LATENCY, workers=1)
        fewer = keeper.copy(url, "fewer")
        keep(fewer, count // 4)
        slow = [run(keeper, fewer, latency=SLOW, workers=workers) for workers in (1, 2)]
        where = machine(keeper.word)
    ideal = IN_THE_AIR * 1000 / LATENCY
    figures = [
        Figure(f"{count:,} notices, one worker", one.rate, "notices/s", ideal, at_least(0.8), one.more),
        Figure(f"two workers beside one, platform {SLOW} ms", slow[1].rate, "notices/s", slow[0].rate, at_least(1.8)),
    ]
    command = f"python -m bench.fanout --notices {count}"
    peer = f"{IN_THE_AIR} calls in the air ÷ the platform's {LATENCY} ms; for two workers, one"
    return publish(Table("fanout", "Fan-out of notices", command, peer, figures, machine=where), saved_in)


@dataclass(frozen=True)
class Run:
    """What one run came to."""

    rate: float  # notices a second, from the first call until all are marked
    cpu: float  # microseconds of the workers' process time a notice
    most: float  # calls in the air at one moment
    late: float  # milliseconds by which the platform's answers were later than they were to be

    @property
    def more(self) -> dict[str, str]:
        late = f"{self.late:.1f} ms"
        return {"process time": f"{self.cpu:.0f} µs", "in the air": f"{self.most:.0f}", "platform late by": late}


def filled(keeper: Keeper, count: int) -> str:
    """A database with so many members who follow, and something to tell each of them."""
    url, now = keeper.new("fanout"), system()
    with opened(url) as sessions:
        upgrade(sessions.engine)
        with sessions.write() as session:
            branch = Organization(name="第一支部", kind=OrganizationKind.BRANCH, nature=Nature.STANDING)
            session.add(branch)
            session.flush()
            for first in range(1, count + 1, CHUNK):
                ids = range(first, min(first + CHUNK, count + 1))
                people = [{"id": n, "staff_no": f"n{n}", "name": f"党员{n}", "branch_id": branch.id} for n in ids]
                openids = [f"o{n:027}" for n in ids]
                session.execute(insert(Member), people)
                session.execute(insert(Follower), [{"openid": o, "followed_at": now} for o in openids])
                # Nor is anybody to be told of the month: what fan-out costs would depend on the day it is measured on.
                told = {"bound_at": now, "month_told": Month.of(now)}
                bound = [{"openid": o, "member_id": n, **told} for o, n in zip(openids, ids, strict=True)]
                session.execute(insert(Binding), bound)
                facts = {"text": SAYS, "by": "李四"}
                notices.post_all(session, list(ids), "relay", key="relay:1", now=now, subject="relay:1", facts=facts)
        analyze(sessions)
    return url


def keep(url: str, count: int) -> None:
    """Only so many of the notices."""
    with opened(url) as sessions, sessions.write() as session:
        session.execute(text("DELETE FROM notices WHERE member_id > :count"), {"count": count})


def run(keeper: Keeper, url: str, *, latency: int, workers: int) -> Run:
    """Everything in a copy of a database sent by so many workers."""
    own = keeper.copy(url, f"run{latency}x{workers}")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="xianfeng-bench-") as folder, ExitStack() as stack:
        _configure(Path(folder), own, port)
        stack.enter_context(_process("-m", "bench.loopback", str(port), str(latency), log=Path(folder, "platform")))
        line = ("-m", "bot.cli", "--config", f"{folder}/config.toml", "worker")
        found = [stack.enter_context(_process(*line, log=Path(folder, f"worker{n}"))) for n in range(workers)]
        with opened(own) as sessions:
            count = _unsent(sessions)
            while not _told(port)["first"]:  # what it costs to start is no part of it
                time.sleep(0.1)
            began = sum(map(_process_time, found))
            # The platform is asked first: to count what waits costs the database more, the more there is of it.
            _until(lambda: _told(port)["calls"] >= count and not _unsent(sessions), found, Path(folder))
            ended = time.monotonic()  # by the clock that all processes of a machine share
        told, cpu = _told(port), sum(map(_process_time, found)) - began
    assert told["calls"] == count, (told, count)
    return Run(count / (ended - told["first"]), cpu / count * 1e6, told["most"], told["late"] / count * 1e3)


def _told(port: int) -> dict[str, float]:
    try:
        found: dict[str, float] = json.load(_OPENER.open(f"http://127.0.0.1:{port}/told", timeout=5))
    except URLError:  # it has not begun yet
        return {"first": 0.0}
    return found


def _until(true: Callable[[], bool], workers: list["subprocess.Popen[bytes]"], folder: Path) -> None:
    """Wait until something is so, as long as every worker lives."""
    while not true():
        for number, worker in enumerate(workers):
            if worker.poll() is not None:
                raise SystemExit(f"a worker ended:\n{(folder / f'worker{number}').read_text()[-2000:]}")
        time.sleep(0.1)


def _unsent(sessions: Sessions) -> int:
    waits = (NoticeStatus.QUEUED, NoticeStatus.TAKEN, NoticeStatus.SENDING)
    with sessions.read() as session:
        return session.scalars(select(func.count()).where(Notice.status.in_(waits))).one()


def _configure(folder: Path, url: str, port: int) -> None:
    config_file.write_new(
        folder / "config.toml",
        {
            ("database", "url"): url,
            ("wechat", "app_id"): APP_ID,
            ("wechat", "app_secret"): "secret",
            ("wechat", "token"): TOKEN,
            ("wechat", "encoding_aes_key"): AES_KEY,
            ("wechat", "api_base"): f"http://127.0.0.1:{port}",
            ("wechat", "template_daily"): 0,
            ("meetings", "quiet"): [],
        },
    )
    with (folder / "config.toml").open("a") as file:
        file.write(
            f'\n[wechat.templates.default]\nid = "{"t" * 43}"\nfields = {{ thing1 = "title", thing2 = "text" }}\n'
        )


@contextmanager
def _process(*line: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, *line], stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _process_time(process: "subprocess.Popen[bytes]") -> float:
    """Seconds that a process has computed, in the kernel too."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.fanout", description=__doc__.partition("\n")[0])
    parser.add_argument("--notices", type=kinds.number, default=20_000)
    parser.add_argument("--save", type=Path, help="a folder for the figures, for docs/performance.md")
    given = parser.parse_args()
    sys.exit(main(given.notices, given.save))
