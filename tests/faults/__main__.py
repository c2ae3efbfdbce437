"""``make faults SEED=1 MINUTES=5``: kill, pause and crash whatever there is under traffic, and look what is left."""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

from bench import kinds
from models import deliveries
from tests.e2e.processes import eventually
from tests.faults import checks
from tests.faults.crowd import Word
from tests.faults.town import Town, town
from tests.faults.trouble import Lengths, Trouble
from tests.faults.units import Unit


def main() -> int:
    """Make trouble for so many minutes and print what came of it; 1 when something is not as it must be."""
    asked = _asked()
    with town(webs=asked.webs, workers=asked.workers, seed=asked.seed) as place:
        trouble = Trouble(
            place.world,
            place.server,
            place.webs,
            place.workers,
            random.Random(asked.seed),
            Lengths(pause=asked.pause, away=asked.away),
            tell=_with_time(),
        )
        place.crowd.pace = asked.pace
        trouble.put_the_clock()
        with place.crowd.writing():
            made = trouble.make(time.monotonic() + asked.minutes * 60)
            time.sleep(5)
        wrong = after(place, month_end=True)
        for name, times in made.items():
            print(f"{name}: {times} times")
        report(place)
    for problem in wrong:
        print(f"WRONG: {problem}")
    print(f"seed {asked.seed}: {len(wrong)} things wrong")
    return 1 if wrong else 0


def after(place: Town, *, month_end: bool = False, leases_end: bool = False) -> list[str]:
    """Everything that is wrong once all is quiet; the units are at rest then.

    A month's end that fell due meanwhile is waited for: a worker looks for it every minute. With ``leases_end`` the
    clock is put a minute ahead, so that what a dead worker was at is taken over at once.
    """
    for web in place.webs:
        eventually(partial(_serves, web), within=60, what=f"{web.name} serves again by itself")
    if leases_end:
        place.world.clock.go_to(place.world.clock() + deliveries.LEASE)
    wrong = list(checks.settled(place.world, month_end=month_end))
    ended = [unit.rest() for unit in place.units]
    wrong += [f"a process took {seconds:.0f} s to end" for seconds in ended if seconds > 20]
    return wrong + checks.problems(place.world, place.crowd, place.webs) + checks.skipped(place.world)


def _serves(web: Unit) -> bool:
    return web.running.health() == 200


def report(place: Town) -> None:
    """The figures of a run."""
    crowd = place.crowd
    seconds = [one.seconds for one in crowd.heard if one.status == 200]
    words = {word: sum(told.word is word for told in crowd.claims) for word in Word}
    print(f"messages answered: {len(seconds)}; without an answer to any of three tries: {crowd.unanswered}")
    print(f"claims written: {len(crowd.claims)}: " + ", ".join(f"{n} {word}" for word, n in words.items()))
    print(f"decided with ✅: {sum(word is Word.DONE for word in crowd.approved.values())}; repeats: {crowd.repeats}")
    print(f"seconds to an answer: median {statistics.median(seconds):.3f}, longest {max(seconds):.2f}")
    print("started: " + ", ".join(f"{unit.name} {unit.starts} times" for unit in place.units))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=kinds.length, default=5)
    parser.add_argument("--webs", type=kinds.number, default=3)
    parser.add_argument("--workers", type=kinds.number, default=2)
    parser.add_argument("--pace", type=kinds.length, default=1, help="seconds between two messages of one person")
    parser.add_argument("--pause", type=kinds.length, default=60, help="seconds for which a process is stopped")
    parser.add_argument("--away", type=kinds.length, default=30, help="seconds for which the database is away")
    return parser.parse_args()


def _with_time() -> Callable[[str], None]:
    began = time.monotonic()

    def tell(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    return tell


if __name__ == "__main__":
    sys.exit(main())
