"""A short play is clean; and each invariant speaks when what it is about is broken."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.database import make_engine
from tests.simulation import play
from tests.simulation.invariants import all as invariants
from tests.simulation.invariants import deadlines, figures, ledger, notices, promises
from tests.simulation.totals import lines, totals
from tests.simulation.world import World
from tests.years.holidays import DAY
from tests.years.independent import Books

SEED, BRANCHES, MONTHS = 11, 2, 1


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One month of two branches, with every fault."""
    played = play.set_up(SEED, BRANCHES, MONTHS, tmp_path_factory.mktemp("simulation"))
    yield played.run()
    played.close()


@pytest.fixture
def sabotaged(world: World, tmp_path: Path) -> Iterator[World]:
    """The same world on a copy of its database, in which no trigger keeps anybody from changing what was written."""
    path, other = tmp_path / "copy.db", copy(world)
    with closing(sqlite3.connect(path)) as into, closing(sqlite3.connect(str(world.engine.url.database))) as of:
        of.backup(into)
        for (name,) in into.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            into.execute(f"DROP TRIGGER {name}")
    other.engine = make_engine(f"sqlite:///{path}")
    yield other
    other.engine.dispose()


@pytest.fixture
def books(world: World) -> Books:
    return invariants.read(world)


def spoil(world: World, *statements: str) -> None:
    """Change the tables behind everybody's back, triggers and all."""
    with world.engine.begin() as connection:
        for statement in statements:
            assert connection.execute(text(statement)).rowcount == 1, statement


def test_a_short_play_with_every_fault_breaks_nothing(world: World):
    assert list(invariants.broken(world)) == []
    met = {"died before a commit", "died after a commit", "answer lost", "time-out, sent", "two workers at once"}
    assert met <= {what for what, times in world.counted.items() if times}
    assert world.rows("SELECT count(*) AS n FROM rounds WHERE state = 'final'") == [{"n": BRANCHES}]
    assert len(world.rows("SELECT id FROM claims WHERE status = 'approved'")) > 5


def test_the_same_seed_plays_the_same(tmp_path: Path):
    """Of a few days: who said what, and what was answered; codes for binding are secrets, and new each time."""
    said: list[list[Any]] = []
    for turn in range(2):
        played = play.set_up(SEED, 1, MONTHS, tmp_path / str(turn))
        played.run_until(played.world.clock.now + 6 * DAY)
        said.append([(m.at, m.who.name, m.text.split(" ")[0], m.answers) for m in played.world.journal.messages])
        said.append([(a.at, a.openid, a.key) for a in played.world.platform.arrivals])
        played.close()
    assert said[:2] == said[2:]
    assert said[1]


def test_what_was_played_is_printed_by_the_branch_year_and_before_the_faults(world: World):
    printed = [line.split(maxsplit=2) for line in lines(Counter({"message lost": 3, "messages": 24}), 2)]
    assert printed == [["24", "12.0", "a branch-year  messages"], ["3", "1.5", "a branch-year  message lost"]]
    total = totals(world)
    assert total["decisions on claims"] >= len(world.rows("SELECT id FROM claims WHERE status = 'approved'"))
    assert total["faults, all together"] >= total["answer lost"] + total["died before a commit"] > 0


def test_a_claim_that_was_answered_and_lost_is_missed(world: World, sabotaged: World):
    number = world.rows("SELECT min(claim_id) AS n FROM claim_steps WHERE verb = 'approved'")[0]["n"]
    spoil(sabotaged, f"DELETE FROM claim_steps WHERE claim_id = {number} AND verb = 'approved'")
    found = list(promises.broken(sabotaged))
    assert any(f"approved {number} is there 0 times" in line for line in found)
    assert any(f"claim {number} is approved after" in line for line in found)


def test_what_was_asked_for_twice_is_one_request(world: World):
    """The first time the database committed and was gone before it said so; the second answer names the request."""
    messages = world.journal.messages
    torn, again = (replace(one, text="请假 M64 出差", answers=[]) for one in messages[:2])
    again.answers = [(again.tries[0], "✅ 已请假（L80）：M64，待周娜霞审批")]
    done = Counter({("ask", 80, torn.tries[0]): 1})
    assert list(promises.unkept(again, done, set(), torn.tries)) == []
    assert len(list(promises.unkept(again, done, set(), []))) == 1


def test_what_nobody_did_is_found(sabotaged: World):
    spoil(sabotaged, "UPDATE claims SET submitted_at = '2026-01-09 01:02:03.000000' WHERE id = 1")
    assert any("submit 1 at 2026-01-09" in line and "nobody did that" in line for line in promises.broken(sabotaged))


def test_an_entry_that_no_decision_caused_and_a_decision_without_one_are_found(sabotaged: World):
    first = sabotaged.rows("SELECT id, cause FROM entries WHERE source = 'claim' ORDER BY id")[0]
    spoil(sabotaged, f"UPDATE entries SET cause = 'claim:1:9' WHERE id = {first['id']}")
    found = list(ledger.broken(sabotaged, invariants.read(sabotaged)))
    assert f"the decision {first['cause']} has no entry" in found
    assert f"entry {first['id']} has no decision claim:1:9" in found


def test_a_changed_score_is_found(sabotaged: World, books: Books):
    spoil(sabotaged, "UPDATE results SET score = score + 100 WHERE id = (SELECT min(id) FROM results WHERE score > 0)")
    assert len(list(figures.broken(sabotaged, books))) == 1


def test_a_lost_and_a_doubled_notice_are_found(world: World):
    arrivals = list(world.platform.arrivals)
    try:
        lost = world.platform.arrivals.pop(0)
        world.platform.arrivals.append(arrivals[-1])
        found = list(notices.broken(world))
    finally:
        world.platform.arrivals[:] = arrivals
    assert any(f"notice {lost.key} " in line and "never arrived" in line for line in found)
    assert any(f"notice {arrivals[-1].key} arrived 2 times" in line for line in found)


def test_a_notice_that_was_never_written_is_found(sabotaged: World):
    key = sabotaged.rows("SELECT key FROM notices WHERE kind = 'result' LIMIT 1")[0]["key"]
    spoil(sabotaged, f"DELETE FROM notices WHERE key = '{key}'")
    assert any("of the result of round" in line for line in notices.broken(sabotaged))


def test_a_deadline_that_passed_silently_is_found(sabotaged: World):
    spoil(sabotaged, "UPDATE rounds SET state = 'open' WHERE branch_id = 2 AND month = '2026-01'")
    assert any("still open" in line for line in deadlines.broken(sabotaged))
