"""The benchmark of organisations that grow, run small, on SQLite."""

from pathlib import Path

import pytest

from bench import population
from bench.databases import kept, opened
from bench.population import Asked
from bench.population_year import MEMBERS, deeds
from models import verification


def test_a_message_is_measured_in_each_size_and_each_job_once(tmp_path: Path) -> None:
    asked = Asked([MEMBERS, 2 * MEMBERS], entries=3, messages=2, warm_up=1)
    with kept(tmp_path) as keeper:
        table = population.measured(keeper, asked)
    ratios = {figure.what: figure.ratio for figure in table.figures if figure.peer is not None}
    assert list(ratios) == [f"{population.NAMED.get(word, word)}, 100 members" for word in population.WORDS]
    assert all(ratios.values())
    assert table.plots[0].places == ["50", "100"]


def test_what_is_filled_is_a_ledger_without_differences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path}/filled.db"
    assert population.main(["--fill", url, "--members", "60", "--entries", "10"]) == 0
    with opened(url) as sessions, sessions.read() as session:
        assert list(verification.differences(session)) == []
        counted = session.connection().exec_driver_sql("SELECT count(*) FROM entries").scalar()
    assert counted == len(deeds(10)) * 2  # two whole branches
    assert "100 of 60 members" in capsys.readouterr().err
