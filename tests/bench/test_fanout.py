"""The benchmark of the fan-out, run small, on SQLite: a real worker and a platform of its own."""

from pathlib import Path

from bench import fanout
from bench.databases import kept
from jobs.flights import IN_THE_AIR


def test_everything_is_sent_once_and_marked(tmp_path: Path) -> None:
    with kept(tmp_path) as keeper:
        run = fanout.run(keeper, fanout.filled(keeper, 90), latency=5, workers=1)
    assert run.rate > 0
    assert 1 < run.most <= IN_THE_AIR
