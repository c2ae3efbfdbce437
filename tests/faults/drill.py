"""``make drill``: the loss of a standby, and of the primary, under traffic (docs/deploy).

Two PostgreSQL servers of this drill's own, the second a synchronous standby of the first; two web processes and two
workers; members and leaders who write all the time.

1. The standby is killed with -9. What changes something gets no ✅, and everybody an answer in time; a worker that is
   asked to stop ends. Then it is decided to go on without a second copy, later the standby comes back.
2. The primary is killed with -9, and the standby promoted. The processes find it by themselves.

In the end everything that was answered with ✅ must be found on the new primary.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bench import kinds
from tests.e2e.processes import free_port
from tests.faults.__main__ import after, report
from tests.faults.crowd import Crowd, Heard, Word
from tests.faults.standby import Standby
from tests.faults.town import Town, town


def main() -> int:
    """Run the drill and print its figures; 1 when something is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.drill")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calm", type=kinds.length, default=10, help="seconds of traffic before, between and after")
    parser.add_argument(
        "--away", type=kinds.length, default=15, help="seconds until it is decided to do without the standby"
    )
    parser.add_argument(
        "--until-promoted", type=kinds.length, default=3, help="seconds until somebody promotes the standby"
    )
    asked = parser.parse_args()
    port = free_port()
    with town(webs=2, workers=2, seed=asked.seed, other_port=port) as place, tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "standby").mkdir()
        with Standby(Path(folder) / "standby", place.server, port) as standby:
            wrong = _drill(place, standby, asked)
            report(place)
    for problem in wrong:
        print(f"WRONG: {problem}")
    return 1 if wrong else 0


def _drill(place: Town, standby: Standby, asked: argparse.Namespace) -> list[str]:
    crowd = place.crowd
    with crowd.writing():
        time.sleep(asked.calm)
        wrong = _without_standby(place, standby, asked.away)
        time.sleep(asked.calm)
        _without_primary(place, standby, asked.until_promoted)
        time.sleep(asked.calm)
    wrong += after(place)
    done = sum(told.word is Word.DONE for told in crowd.claims)
    lost = sum("answered with ✅" in problem for problem in wrong)
    print(f"claims answered with ✅: {done}; of these not found on the new primary: {lost}")
    return wrong


def _without_standby(place: Town, standby: Standby, seconds: float) -> list[str]:
    crowd, began = place.crowd, time.monotonic()
    known = {one.text for one in crowd.heard}
    standby.crash()
    time.sleep(2)
    ended = place.workers[0].running.terminate()  # whose commits wait; it is started again
    time.sleep(max(seconds - (time.monotonic() - began), 0))
    alone = time.monotonic()
    heard = [one for one in crowd.heard if began + 0.5 < one.at < alone - 5]
    done = [one for one in heard if one.text.startswith("✅") and one.text not in known]
    print(f"standby killed with -9; a worker that was asked to stop ended after {ended:.1f} s")
    print(f"without it: {_summary(heard)}")
    standby.leave()
    _until_done(crowd, alone, "it was decided to do without it")
    standby.start_again()
    standby.take_part()
    print("the standby was started again, and is synchronous")
    return [f"✅ though the standby was away: {one.text!r}" for one in done]


def _summary(heard: list[Heard]) -> str:
    refused = sum(one.text.startswith("❌") for one in heard)
    done = sum(one.text.startswith("✅") for one in heard)
    slowest = max((one.seconds for one in heard), default=0)
    return f"{len(heard)} answers, of them {refused} ❌ and {done} ✅; the slowest after {slowest:.1f} s"


def _without_primary(place: Town, standby: Standby, until_promoted: float) -> None:
    began = time.monotonic()
    place.server.crash()
    time.sleep(until_promoted)
    took = standby.promote()
    print(f"primary killed with -9; after {until_promoted:g} s pg_ctl promote, which took {took:.1f} s")
    _until_done(place.crowd, began, "the primary was killed")


def _until_done(crowd: Crowd, since: float, what: str) -> None:
    """Wait for the next ✅ and say after how many seconds it came."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        found = [one.at + one.seconds for one in crowd.heard if one.at > since and one.text.startswith("✅")]
        if found:
            print(f"first ✅ {found[0] - since:.1f} s after {what}", flush=True)
            return
        time.sleep(0.1)
    raise RuntimeError(f"no ✅ within a minute after {what}")


if __name__ == "__main__":
    sys.exit(main())
