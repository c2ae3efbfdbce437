"""What was played, counted: from the tables, from the phones, and every fault that was met."""

from collections import Counter
from collections.abc import Iterator, Mapping

from tests.simulation.world import World

COUNTS: Mapping[str, str] = {
    "claims": "SELECT count(*) AS n FROM claims",
    "decisions on claims": "SELECT count(*) AS n FROM claim_steps WHERE verb IN ('approved', 'rejected', 'returned')",
    "decisions on requests": "SELECT count(*) AS n FROM requests WHERE decided_by_id IS NOT NULL",
    "answers to opinions": "SELECT count(*) AS n FROM opinion_steps WHERE by_id IS NOT NULL",
    "meetings": "SELECT count(*) AS n FROM meetings",
    "entries": "SELECT count(*) AS n FROM entries",
    "results": "SELECT count(*) AS n FROM results",
    "notices": "SELECT count(*) AS n FROM notices",
}
# What is counted while it is played and is no fault.
PLAYED = ("messages", "events", "looks of jobs", "new phone", "repeat seen by the platform", "somebody ")


def totals(world: World) -> Counter[str]:
    """How much of everything a play had."""
    found = Counter(world.counted)
    found["faults, all together"] = sum(times for what, times in world.counted.items() if not what.startswith(PLAYED))
    found["notices arrived"] = len(world.platform.arrivals)
    for what, query in COUNTS.items():
        found[what] = world.rows(query)[0]["n"]
    return found


def lines(total: Counter[str], years: float) -> Iterator[str]:
    """Each total, and how much of it a branch-year has: what was played first, then the faults."""
    played = {what for what in total if what.startswith((*PLAYED, *COUNTS, "notices arrived"))}
    for whats in (played, total.keys() - played):
        for what in sorted(whats):
            yield f"{total[what]:>12,} {total[what] / years:>10,.1f} a branch-year  {what}"
