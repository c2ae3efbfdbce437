"""Scores and standings are what rules 4, 7, 15, 17 and 18 make of the entries: stored, and said."""

import re
from collections import defaultdict
from collections.abc import Iterator

from tests.simulation.world import World
from tests.years.independent import Books, with_entries
from tests.years.sources import Entry

SAID = re.compile(r"^\S+　(\d+)月现为 (−?[\d.]+) 分")


def broken(world: World, books: Books) -> Iterator[str]:
    """Where a stored result, or one that the bot says, is another than the definition's."""
    by_branch: dict[int, list[Entry]] = defaultdict(list)
    for entry in books.entries:
        by_branch[entry.branch].append(entry)
    stored = defaultdict(list)
    for row in world.rows("SELECT * FROM results ORDER BY member_id"):
        stored[row["branch_id"], row["month"]].append(row)
    for final in world.rows("SELECT * FROM rounds WHERE state = 'final'"):
        branch, month = final["branch_id"], final["month"]
        then = [entry for entry in by_branch[branch] if entry.sequence <= final["last_sequence"]]
        expected = with_entries(books, then).result(branch, month)
        rows = stored[branch, month]
        if [row["member_id"] for row in rows] != sorted(expected):
            yield f"branch {branch} {month}: results of {[r['member_id'] for r in rows]}, not {sorted(expected)}"
            continue
        for row in rows:
            line = expected[row["member_id"]]
            found = tuple(row[name] for name in ("base", "plus", "minus", "not_scored", "score", "stars", "rank"))
            fixed = (line.score, line.stars, line.rank) if line.not_scored is None else (None, None, None)
            if found != (line.base, line.plus, line.minus, line.not_scored, *fixed):
                yield f"branch {branch} {month} member {row['member_id']}: {found}, not {line}"


def said(world: World, books: Books) -> Iterator[str]:
    """Everybody asks for their points; nothing fails any more."""
    month = world.clock.now.strftime("%Y-%m")
    people = {person.staff_no: person for person in books.people.values()}
    bound = {row["openid"] for row in world.rows("SELECT openid FROM bindings")}
    for who in world.organization.people:
        if who.openid not in bound or not world.platform.phones[who.openid].follows:
            continue
        person = people[who.staff_no]
        reply = world.says(who, "积分").seen or ""
        found = SAID.match(reply)
        if found is None:
            if books.reason(person, month) is None:
                yield f"{who.name} asks for 积分 and reads {reply!r}"
            continue
        score = books.score(person.branch, person.id, month)
        if round(float(found[2].replace("−", "-")) * 100) != score:
            yield f"{who.name} has {score} hundredths and reads {reply!r}"
