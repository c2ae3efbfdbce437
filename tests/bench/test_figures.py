"""Figures beside their peers, as lines of a table, as JSON, and on the page."""

from pathlib import Path

import pytest

from bench import page
from bench.__main__ import PARTS
from bench.figures import Figure, Plot, Table, at_least, at_most, grid, load, machine, publish, text

ROOT = Path(__file__).parents[2]
HELP = Figure("帮助", 100.5, "messages/s", 140, at_least(0.7), {"p99": "12 ms"})
LATEST = Figure("latest reply", 4.25, "s", limit=at_most(4))
TABLE = Table("http", "Messages", "python -m bench.http", "an echo", [HELP, LATEST], machine="a machine")


def test_a_limit_is_of_the_ratio_where_there_is_a_peer_and_of_the_figure_where_there_is_none() -> None:
    assert HELP.met
    assert not Figure("帮助", 97, "messages/s", 140, at_least(0.7)).met
    assert not LATEST.met
    assert Figure("latest reply", 4.0, "s", limit=at_most(4)).met
    assert Figure("anything", 1e9, "s").met


def test_a_table_has_the_columns_that_somebody_fills() -> None:
    assert list(grid(TABLE)) == [
        ["", "ours", "peer", "unit", "ratio", "limit", "met", "p99"],
        ["帮助", "100", "140", "messages/s", "0.72 ×", "≥ 0.70", "yes", "12 ms"],
        ["latest reply", "4.25", "", "s", "", "≤ 4", "**no**", ""],
    ]
    lines = list(text(TABLE))
    assert lines[0] == "Messages: python -m bench.http"
    assert lines[2].index("ours") == lines[4].index("4.25")  # a Chinese character takes two places


def test_what_is_kept_comes_back_and_a_missed_limit_is_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(TABLE, tmp_path / "kept") == 1
    kept = load(tmp_path / "kept" / "http.json")
    assert list(kept.figures) == [HELP, LATEST]
    assert list(text(kept)) == capsys.readouterr().out.splitlines()
    assert publish(Table("x", "X", "x", "", [HELP])) == 0


def test_the_page_names_command_peer_and_machine_and_draws(tmp_path: Path) -> None:
    plot = Plot('Of "all"', "ms", ["a", "b"], bars=[[1, 2.5]], lines=[[2, 2]])
    publish(Table("memory", "Memory", "python -m bench.memory", "", [LATEST], plots=[plot], machine="m"), tmp_path)
    publish(TABLE, tmp_path)
    (tmp_path / "http.txt").write_text("A remark.\n")
    written = page.written(tmp_path)
    assert written.index("## Messages") < written.index("## Memory")
    assert "| 帮助 | 100 | 140 | messages/s | 0.72 × | ≥ 0.70 | yes | 12 ms |" in written
    for part in ("    python -m bench.http\n", "The peer: an echo.", "Measured on: a machine.", "A remark."):
        assert part in written
    drawn = written.partition("```mermaid\n")[2].partition("```")[0]
    assert drawn.splitlines()[-4:] == [
        '    x-axis ["a", "b"]',
        '    y-axis "ms" 0 --> 2.75',
        "    bar [1, 2.5]",
        "    line [2, 2]",
    ]


def test_the_machine_is_named() -> None:
    assert " cores, " in machine("PostgreSQL 18")
    assert machine("PostgreSQL 18").endswith(" · PostgreSQL 18")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_there(part: str) -> None:
    assert (ROOT / "bench" / f"{part.partition('-')[0]}.py").exists()


def test_the_page_is_what_the_kept_results_make_of_it() -> None:
    kept = ROOT / "docs" / "performance"
    assert (ROOT / "docs" / "performance.md").read_text(encoding="utf-8") == page.written(kept)
