"""The benchmarks over HTTP, run small: real processes, real messages; what they measure here says nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import http, memory, overload, town
from bench.databases import kept
from bench.stage import Served, Stage, free_port, staged


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with kept(tmp_path_factory.mktemp("bench")) as keeper, staged(keeper, 1, history=False) as stage:
        yield stage


@pytest.fixture(scope="module")
def served(stage: Stage) -> Served:
    return stage.serve("serve", port=free_port())


def test_commands_take_turns_with_the_echo_and_every_claim_is_new(stage: Stage, served: Served) -> None:
    size = http.Size(rounds=1, seconds=0.1, connections=2)
    pairs = http.in_turns(stage, stage.echo(free_port()), served, size)
    assert list(pairs) == ["帮助", "积分", "排名", "申报"]
    for pair in pairs.values():
        assert pair.ours.rate > 0
        assert pair.peer.rate > 0
        assert 0 < pair.ours.latency(0.5) <= pair.ours.latency(0.99)


def test_what_one_part_leaves_of_the_claims_the_next_can_send(stage: Stage) -> None:
    one = town.enough(stage.claims)
    sent = next(one)
    del one
    assert next(town.enough(stage.claims)).text != sent.text


def test_in_overload_everybody_hears_in_time_and_no_claim_is_lost(stage: Stage, served: Served) -> None:
    outcome = overload.overloaded(stage, served, overload.Size(seconds=0.4, measured=0.2, connections=2))
    assert outcome.capacity > 0
    assert outcome.full
    assert not outcome.run.failed.total()
    assert outcome.lost == 0
    assert len(outcome.full) + len(outcome.told) + len(outcome.refused) == len(outcome.run.answered)


def test_every_process_is_looked_at(stage: Stage, served: Served) -> None:
    table = memory.watched(stage, served, memory.Size(messages=120, connections=2, settles=0))
    whats = [figure.what for figure in table.figures]
    for process in ("the parent", "worker", "web 1", "web 2"):
        assert f"{process}, idle" in whats
    assert all(figure.ours > 10 for figure in table.figures if figure.what.endswith("idle"))
    assert Path(f"/proc/{served.process.pid}").exists()
