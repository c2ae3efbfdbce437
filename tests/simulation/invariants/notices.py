"""Every notice reaches its person once, or waits in the chat; and whoever was to be told of a thing has a notice."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.simulation.world import World
from tests.years.sources import as_moment

SOON = timedelta(hours=1)
GONE, INBOX, UNDER_WAY = ("sent", "delivered"), ("inbox", "failed", "seen"), ("queued", "taken", "sending")


def broken(world: World) -> Iterator[str]:
    """Compare the outbox with what is on the phones."""
    arrived = Counter(arrival.key for arrival in world.platform.arrivals)
    where = {arrival.key: arrival.openid for arrival in world.platform.arrivals}
    staff = {row["id"]: row["staff_no"] for row in world.rows("SELECT id, staff_no FROM members")}
    yield from (f"notice {key} arrived {times} times" for key, times in arrived.items() if times > 1)
    rows = {row["key"]: row for row in world.rows("SELECT * FROM notices")}
    yield from (f"{key} arrived, and no such notice was written" for key in arrived if key not in rows)
    for key, notice in rows.items():
        for what in _of_one(world, notice, arrived[key]):
            yield f"notice {key} ({notice['status']}, {notice['channel']}) {what}"
        if key in where and notice["member_id"] and world.people[where[key]].staff_no != staff[notice["member_id"]]:
            yield f"notice {key} of member {notice['member_id']} went to {where[key]}"
    yield from _due(world, rows)


def _of_one(world: World, notice: dict[str, Any], arrived: int) -> Iterator[str]:
    """What does not fit together of one notice. ``failed`` are those of which the platform says so itself."""
    status, failed = notice["status"], notice["key"] in world.platform.failed
    if status in GONE and not arrived and not failed:
        yield "never arrived"
    elif status == "delivered" and failed:
        yield "did not arrive, as the platform said"
    elif status in INBOX and arrived and not notice["maybe_received"]:
        yield "has arrived, and is shown as if it had not"
    elif status in UNDER_WAY and as_moment(notice["next_try"]) < world.clock.now - SOON:
        yield f"has waited since {notice['next_try']}"
    elif status == "lapsed" and notice["settled_at"] is None:
        yield "lapsed, and nothing was settled"


def _due(world: World, rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Decisions, disclosures and finals: each of those concerned has a notice."""
    count: Counter[int] = Counter()
    members = {row["id"]: row["member_id"] for row in world.rows("SELECT id, member_id FROM claims")}
    for step in world.rows("SELECT claim_id, verb FROM claim_steps ORDER BY id"):
        if step["verb"] in ("approved", "rejected", "returned"):
            count[step["claim_id"]] += 1
            key = f"claim:{step['claim_id']}:{count[step['claim_id']]}:claim_{step['verb']}:{members[step['claim_id']]}"
            if key not in rows:
                yield f"nobody was told of {key}"
    yield from _due_of_rounds(world, rows)


def _due_of_rounds(world: World, rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    of_round: defaultdict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    for key, row in rows.items():
        if key.startswith("round:"):
            of_round[key.split(":")[1]][row["kind"], row["member_id"]] += 1
    for round_ in world.rows("SELECT * FROM rounds WHERE state IN ('disclosure', 'final')"):
        told = of_round[str(round_["id"])]
        for kind, at in (("disclosure", "submitted_at"), ("result", "final_at")):
            for member in _members(world, round_) if round_[at] else ():
                if told[kind, member] != 1:
                    yield f"member {member} was told of the {kind} of round {round_['id']} {told[kind, member]} times"


def _members(world: World, round_: dict[str, Any]) -> list[int]:
    """Whoever is bound in the branch, and has been all the time."""
    query = (
        "SELECT m.id, m.staff_no FROM members m JOIN bindings b ON b.member_id = m.id "
        f"WHERE m.branch_id = {round_['branch_id']}"
    )
    return [row["id"] for row in world.rows(query) if row["staff_no"] not in world.wandered]
