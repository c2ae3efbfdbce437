"""All invariants, by the name under which a broken one is printed."""

from collections.abc import Iterator

from bot.office.rulebooks import SEVEN_CONTENTS
from tests.simulation.invariants import deadlines, figures, ledger, notices, promises
from tests.simulation.world import World
from tests.years.independent import Books, read_books


def read(world: World) -> Books:
    """What the second bookkeeper copies from the database."""
    return read_books(world.rows, [SEVEN_CONTENTS])


def broken(world: World) -> Iterator[str]:
    """Everything that does not hold after a play, each with the name of its invariant."""
    books = read(world)
    found = {
        "nothing unforeseen": iter(world.journal.broken),
        "no ✅ forgotten": promises.broken(world),
        "one entry per decision, caps, chains": ledger.broken(world, books),
        "scores are their definition": figures.broken(world, books),
        "points said are the points": figures.said(world, books),
        "every notice arrives or is listed": notices.broken(world),
        "no deadline silently passed": deadlines.broken(world),
    }
    for name, lines in found.items():
        yield from (f"{name}: {line}" for line in lines)
