"""Migrations build exactly the models, and the ledger they build cannot be changed, by SQL typed by hand either."""

import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

import models
from bot import database
from models import migrations, registry, triggers
from models.base import Base
from tests.cast import Cast

Schema = dict[str, Any]

CATALOG = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname, a.attnum""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "triggers": """
        SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 2""",
    "functions": """
        SELECT proname, prosrc, prorettype::regtype::text FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace ORDER BY 1""",
}


def schema(engine: Engine) -> Schema:
    """All that a database says about its own structure, except Alembic's own table."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            found = {kind: [tuple(row) for row in connection.execute(text(query))] for kind, query in CATALOG.items()}
            return {kind: [row for row in rows if row[0] != "alembic_version"] for kind, rows in found.items()}
        query = text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version'")
        return {name: normalised(sql) for name, sql in connection.execute(query)}


def normalised(sql: str) -> list[str]:
    """A statement of SQLite; of a table the columns in their order, then the constraints in any."""
    one_line = " ".join(sql.replace('"', "").split())
    if not one_line.startswith("CREATE TABLE"):
        return [one_line]
    head, _, body = one_line.partition("(")
    parts = list(outermost(body.rpartition(")")[0]))
    constraints = [part for part in parts if re.match(r"(CONSTRAINT|PRIMARY|FOREIGN|UNIQUE|CHECK)\b", part)]
    return [head.strip(), *[part for part in parts if part not in constraints], *sorted(constraints)]


def outermost(body: str) -> Iterator[str]:
    """The parts between the outermost commas."""
    depth, start = 0, 0
    for place, character in enumerate(body):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            yield body[start:place].strip()
            start = place + 1
    yield body[start:].strip()


def test_the_migrations_build_exactly_the_models(engine: Engine, bare: Engine) -> None:
    registry.METADATA.create_all(bare)
    migrated, made = schema(engine), schema(bare)
    assert migrated == made
    everything = str(migrated)
    for part in ("ck_entries_source", "ix_entries_standings", triggers.REFUSAL):  # or the comparison sees too little
        assert part in everything


CHANGED = {
    "sqlite": [
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, ', ''lapsed''', '') WHERE name = 'claims'",
        "DROP TRIGGER entries_no_replace",
    ],
    "postgresql": [
        "ALTER TABLE claims DROP CONSTRAINT ck_claims_claim_status",
        "ALTER TABLE claims ADD CONSTRAINT ck_claims_claim_status CHECK (status <> 'lapsed')",
        "DROP TRIGGER entries_no_truncate ON entries",
    ],
}


def test_the_comparison_sees_a_changed_check_and_a_lost_trigger(engine: Engine, bare: Engine) -> None:
    registry.METADATA.create_all(bare)
    with bare.begin() as connection:
        for statement in CHANGED[engine.dialect.name]:
            connection.execute(text(statement))
    migrated, made = schema(engine), schema(bare)
    different = {name for name in migrated if migrated[name] != made.get(name)}
    assert different in ({"claims", "entries_no_replace"}, {"constraints", "triggers"})


def test_every_module_with_a_table_is_in_the_registry() -> None:
    listed = {module.__name__ for module in registry.MODULES}
    for module in pkgutil.iter_modules(models.__path__, "models."):
        importlib.import_module(module.name)
    assert {mapper.class_.__module__ for mapper in Base.registry.mappers} == listed


def test_no_migration_goes_back() -> None:
    revisions = list(migrations.scripts().walk_revisions())
    assert [revision.revision for revision in reversed(revisions)] == [
        f"{number:04d}" for number in range(1, len(revisions) + 1)
    ]
    assert not any(hasattr(revision.module, "downgrade") for revision in revisions)


def test_an_upgrade_that_fails_leaves_nothing_behind(bare: Engine) -> None:
    with bare.begin() as connection:
        connection.execute(text("CREATE TABLE zero_claims (id INTEGER)"))
    before = schema(bare)
    with pytest.raises(DBAPIError, match="zero_claims"):
        database.upgrade(bare)
    assert schema(bare) == before
    with pytest.raises(database.NotReady):
        database.check_ready(bare)


ENTRY = "branch_id, sequence, member_id, booked_month, about_month, points, source, cause, reason, at, previous, hash"


def values(cast: Cast, *, id: int, sequence: int, cause: str, reverses: str = "NULL") -> str:
    """A row of the ledger as somebody would type it."""
    moment = "'2026-11-20 02:00:00'"
    row = f"{cast.first_branch.id}, {sequence}, {cast.zhang_san.id}, '2026-11', '2026-11', 200, 'claim', '{cause}', ''"
    return f"entries (id, reverses_id, {ENTRY}) VALUES ({id}, {reverses}, {row}, {moment}, '', '')"


@pytest.fixture
def written(engine: Engine, cast: Cast) -> Engine:
    """A ledger with an entry and a reversal of it."""
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {values(cast, id=1, sequence=1, cause='a')}"))
        connection.execute(text(f"INSERT INTO {values(cast, id=2, sequence=2, cause='b', reverses='1')}"))
    return engine


def typed(engine: Engine, cast: Cast) -> list[str]:
    """What somebody with a database prompt might try."""
    again = [
        values(cast, id=1, sequence=3, cause="c"),
        values(cast, id=3, sequence=1, cause="c"),
        values(cast, id=3, sequence=3, cause="a"),
        values(cast, id=3, sequence=3, cause="c", reverses="1"),
    ]
    keys = ("(id)", "(branch_id, sequence)", "(cause)", "(reverses_id)")
    upserts = [
        f"INSERT INTO {row} ON CONFLICT {key} DO UPDATE SET points = 0" for row, key in zip(again, keys, strict=True)
    ]
    common = ["UPDATE entries SET points = 0", "UPDATE entries SET reason = 'x' WHERE id = 1", "DELETE FROM entries"]
    if engine.dialect.name == "postgresql":
        merge = "MERGE INTO entries USING (SELECT 1 AS id) s ON entries.id = s.id WHEN MATCHED THEN"
        emptied = ["TRUNCATE entries CASCADE", "TRUNCATE members CASCADE"]
        return [*common, *upserts, *emptied, f"{merge} DELETE", f"{merge} UPDATE SET points = 0"]
    replaced = [f"{verb} INTO {row}" for verb in ("REPLACE", "INSERT OR REPLACE") for row in again]
    return [*common, *upserts, *replaced, "UPDATE OR REPLACE entries SET id = 2 WHERE id = 1"]


def test_nobody_changes_the_ledger_with_sql_typed_by_hand(written: Engine, cast: Cast) -> None:
    query = text("SELECT * FROM entries ORDER BY id")
    with written.connect() as connection:
        before = connection.execute(query).all()
    assert len(before) == 2
    for statement in typed(written, cast):
        with pytest.raises(DBAPIError, match=triggers.REFUSAL), written.begin() as connection:
            connection.execute(text(statement))
    with written.connect() as connection:
        assert connection.execute(query).all() == before


def test_an_entry_can_be_added_to_the_ledger(written: Engine, cast: Cast) -> None:
    with written.begin() as connection:
        connection.execute(text(f"INSERT INTO {values(cast, id=3, sequence=3, cause='c')}"))
        assert connection.execute(text("SELECT count(*) FROM entries")).scalar() == 3


TABLE = '''

from models.columns import one_of
from models.rulebooks import Publish
from models.triggers import append_only


class Note(Base):
    """A table that came later."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    publish: Mapped[Publish] = mapped_column(one_of(Publish))


append_only(Note.__table__, [("id",)])
'''


def test_a_new_table_gets_a_migration_with_its_checks_and_triggers(tmp_path: Path) -> None:
    root = Path(models.__path__[0]).parent
    shutil.copytree(root / "models", tmp_path / "models", ignore=shutil.ignore_patterns("__pycache__"))
    changed = tmp_path / "models" / "stand_in.py"

    def write() -> str:
        command = [sys.executable, "-m", "models.migrations.new", "notes"]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    assert write() == "the migrations build the models already\n"
    changed.write_text(changed.read_text(encoding="utf-8") + TABLE, encoding="utf-8")
    write()
    (written,) = (tmp_path / "models" / "migrations" / "versions").glob("*_notes.py")
    says = written.read_text(encoding="utf-8")
    assert "publish IN ('full', 'points')" in says
    assert "ck_notes_publish" in says
    assert "notes_no_replace" in says
    assert "notes_no_truncate" in says
    assert write() == "the migrations build the models already\n"
