"""``python -m bench.finals --branches 2000``: how long it takes until so many branches of 50 members are final.

Each branch is one transaction, durably committed. Beside it stands plain SQL on a copy of the same database: in as
many commits it reads the same aggregates and inserts the very rows that the finals wrote. The two take turns, some
branches each, so that both meet the same moments of the machine.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench import kinds
from bench.databases import Keeper, analyze, kept, opened
from bench.figures import Figure, Table, at_most, machine, publish
from bench.finals_filling import MEMBERS, MONTH, fill
from bench.messages import NOW
from bot.database import upgrade
from models import finalizing
from models.compiled import execute
from models.sessions import Sessions

TURN = 20  # branches
LIMIT = 3.0  # times the plain SQL at most, as the issue asks
WRITTEN = ("results", "group_results", "follow_ups", "notices")


class Took(NamedTuple):
    """Seconds by the clock, and of the process."""

    wall: float = 0.0
    process: float = 0.0

    def since(self, wall: float, process: float) -> "Took":
        """And what passed since then."""
        return Took(self.wall + time.perf_counter() - wall, self.process + time.process_time() - process)


class Found(NamedTuple):
    """What a run came to."""

    ours: Took
    plain: Took
    rows: int


def main(branches: int, *, postgresql: bool = False, saved_in: Path | None = None) -> int:
    """Print milliseconds a branch, beside plain SQL; 1 when the limit is exceeded."""
    with kept(postgresql=postgresql) as keeper:
        found = measured(keeper, branches)
        word = keeper.word

    def each(seconds: float) -> float:
        return seconds / branches * 1000

    ours, plain, rows = found
    figures = [
        Figure("by the clock", each(ours.wall), "ms a branch", each(plain.wall), at_most(LIMIT)),
        Figure("process time", each(ours.process), "ms a branch", each(plain.process)),
    ]
    return publish(
        Table(
            name=f"finals-{branches}{'-postgresql' * postgresql}",
            title=f"Final of {branches:,} branches of {MEMBERS} members, one commit a branch ({word})",
            command=f"python -m bench.finals --branches {branches}{' --postgresql' * postgresql}",
            peer="plain SQL that reads the same aggregates and inserts the same rows in as many commits",
            figures=figures,
            notes=[f"{rows:,} rows written, {ours.wall:.1f} s beside {plain.wall:.1f} s; the two take turns."],
            machine=machine(word) if postgresql else machine(),
        ),
        saved_in,
    )


def measured(keeper: Keeper, branches: int) -> Found:
    """Fill a database, copy it, and let the finals and plain SQL take turns."""
    url = keeper.new("finals")
    with opened(url) as sessions:
        upgrade(sessions.engine)
        with sessions.write() as session:
            ids = fill(session, branches)
        analyze(sessions)
    with opened(keeper.copy(url, "plain")) as peer, opened(url) as sessions:
        return _in_turns(sessions, Plain(peer), ids)


def _in_turns(sessions: Sessions, plain: "Plain", ids: Sequence[int]) -> Found:
    ours, theirs, written = Took(), Took(), 0
    last = dict.fromkeys(WRITTEN, 0)
    for start in range(0, len(ids), TURN):
        turn = ids[start : start + TURN]
        began = time.perf_counter(), time.process_time()
        for id in turn:
            with sessions.write() as session:
                finalizing.finalize(session, id, MONTH, now=NOW)
        ours = ours.since(*began)
        rows = _written(sessions, last)
        written += sum(len(found) for of_table in rows.values() for found in of_table.values())
        plain.ready(rows)
        began = time.perf_counter(), time.process_time()
        for id in turn:
            plain.finalize(id)
        theirs = theirs.since(*began)
    return Found(ours, theirs, written)


Rows = dict[str, dict[int, list[tuple[Any, ...]]]]  # by table and branch, as the driver takes them


def _written(sessions: Sessions, last: dict[str, int]) -> Rows:
    """What was written since the ``last`` row of each table, which moves on."""
    found: Rows = {}
    with sessions.read() as session:
        for table in WRITTEN:
            rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
            # A notice belongs to the branch of its member.
            branch = "(SELECT branch_id FROM members WHERE members.id = member_id)"
            home = branch if table == "notices" else "branch_id"
            query = f"SELECT {home}, {table}.* FROM {table} WHERE id > {last[table]} ORDER BY id"
            cursor = execute(session.connection(), query)
            names = [column[0] for column in cursor.description[2:]]
            for branch_id, id, *values in cursor.fetchall():
                rows[branch_id].append(tuple(json.dumps(v) if isinstance(v, dict) else v for v in values))
                last[table] = id
            found[f"{table} ({', '.join(names)})"] = rows
    return found


# What a final has to know, asked of the database in as few statements as it takes.
READS = (
    "SELECT sequence FROM books WHERE branch_id = ? FOR UPDATE",
    "SELECT id, state, final_from FROM rounds WHERE branch_id = ? AND month = '2026-10'",
    "SELECT count(*) FROM opinions WHERE organization_id = ? AND month = '2026-10' AND status IN ('open', 'refused')",
    "SELECT id, name, group_id, party_standing, joined_on, left_on FROM members WHERE branch_id = ? ORDER BY id",
    "SELECT member_id, sum(CASE WHEN points > 0 THEN points ELSE 0 END), sum(CASE WHEN points < 0 THEN points ELSE 0"
    " END), sum(points), max(CASE WHEN source = 'zeroing' THEN 1 ELSE 0 END) FROM entries"
    " WHERE branch_id = ? AND about_month = '2026-10' GROUP BY member_id",
    "SELECT member_id FROM bindings JOIN followers USING (openid) JOIN members ON members.id = member_id"
    " WHERE members.branch_id = ? AND unfollowed_at IS NULL",
)
FINAL = "UPDATE rounds SET state = 'final', final_at = ? WHERE branch_id = ? AND month = '2026-10'"


class Plain:
    """Reading the aggregates and inserting the rows, through the driver alone."""

    def __init__(self, sessions: Sessions) -> None:
        self._connection = sessions.engine.raw_connection()
        driver: Any = self._connection.driver_connection
        self._driver, self._cursor = driver, driver.cursor()
        self._sqlite = sessions.engine.dialect.name == "sqlite"
        self._reads = [self._worded(read) for read in READS]
        self._final = self._worded(FINAL)
        self._inserts: list[tuple[str, dict[int, list[tuple[Any, ...]]]]] = []

    def _worded(self, statement: str) -> str:
        """In the words of the database: SQLite locks at BEGIN, PostgreSQL's driver has another sign for a value."""
        return statement.replace(" FOR UPDATE", "") if self._sqlite else statement.replace("?", "%s")

    def ready(self, rows: Rows) -> None:
        """What is to be inserted by the next finals."""
        self._inserts = []
        for into, of_branch in rows.items():
            places = ", ".join("?" * (into.count(",") + 1))
            self._inserts.append((self._worded(f"INSERT INTO {into} VALUES ({places})"), of_branch))

    def finalize(self, id: int) -> None:
        """One branch, in one transaction."""
        cursor = self._cursor
        if self._sqlite:  # the driver of PostgreSQL begins by itself
            cursor.execute("BEGIN IMMEDIATE")
        for read in self._reads:
            cursor.execute(read, (id,)).fetchall()
        cursor.execute(self._final, (NOW.isoformat(), id))
        for statement, of_branch in self._inserts:
            if rows := of_branch.get(id):
                cursor.executemany(statement, rows)
        self._driver.commit()


def _arguments() -> Iterator[tuple[str, Any]]:
    parser = argparse.ArgumentParser(prog="python -m bench.finals", description=__doc__)
    parser.add_argument("--branches", type=kinds.number, default=200)
    parser.add_argument("--postgresql", action="store_true", help="a server of its own, durable, instead of SQLite")
    parser.add_argument("--save", type=Path, dest="saved_in", help="a folder for the table as JSON")
    yield from vars(parser.parse_args()).items()


if __name__ == "__main__":
    sys.exit(main(**dict(_arguments())))
