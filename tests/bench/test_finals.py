"""The benchmark of the finals, run small, on SQLite."""

import sqlite3
from pathlib import Path

from bench import finals
from bench.databases import kept
from bench.finals_filling import MEMBERS


def test_plain_sql_inserts_the_very_rows_that_the_finals_wrote(tmp_path: Path) -> None:
    with kept(tmp_path) as keeper:
        found = finals.measured(keeper, 2)
        ours, plain = (_counted(tmp_path, name) for name in ("finals", "plain"))
    assert ours == plain
    assert ours["results"] == 2 * MEMBERS
    assert sum(ours.values()) == found.rows
    assert found.ours.wall > 0
    assert found.plain.wall > 0


def _counted(folder: Path, name: str) -> dict[str, int]:
    """How many rows of each table a database has."""
    (path,) = folder.glob(f"*/{name}.db")
    connection = sqlite3.connect(path)
    try:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in finals.WRITTEN}
    finally:
        connection.close()
