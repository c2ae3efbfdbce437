"""Several of everything on PostgreSQL under traffic: killed, paused, without a database for a while (issue 5, part 2).

The short form of ``make faults``, which says in the end what it found wrong.
"""

import random

from tests.faults.__main__ import after
from tests.faults.town import town
from tests.faults.trouble import Lengths, Trouble

SHORT = Lengths(pause=2.0, away=2.0, calm=0.5)


def test_whatever_is_killed_paused_or_crashed_nothing_is_lost_and_nothing_doubled() -> None:
    with town(webs=2, workers=2, seed=1) as place:
        trouble = Trouble(place.world, place.server, place.webs, place.workers, random.Random(1), SHORT)
        trouble.put_the_clock()
        with place.crowd.writing():
            trouble.crash_the_database()
            trouble.pause_a_worker()
            trouble.pause_a_web()
            trouble.kill_a_web()
            trouble.kill_a_worker()  # the last: it looks for month end at once when it is back
        assert after(place, month_end=True, leases_end=True) == []
        assert place.crowd.approved
        assert place.crowd.repeats
