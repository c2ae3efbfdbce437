"""Writes the next migration: what the models have and the migrations do not build yet.

    make migration m="what changes"                 the next one
    python -m models.migrations.new --initial       0001 anew, while nothing has been released

It compares with a temporary SQLite database and spells everything out: plain types, the CHECKs of enums,
the triggers of append-only tables. A changed CHECK or trigger of a table that exists is not noticed here,
and a batch on SQLite drops those that were there: tests/models/test_migrations.py notices both, and that
part is written by hand.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import JSON, CheckConstraint, Enum, Table, TypeDecorator, create_engine, create_mock_engine
from sqlalchemy.schema import ExecutableDDLElement, conv

from models import migrations
from models.base import NAMING
from models.registry import METADATA

VERSIONS = Path(__file__).parent / "versions"
URLS = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}


class OnOp(ops.MigrateOperation):
    """Statements for one dialect (``dialects.on``)."""

    def __init__(self, dialect: str, statements: Iterable[str]) -> None:
        self.dialect = dialect
        self.statements = tuple(statements)


@renderers.dispatch_for(OnOp)
def _render_on(context: AutogenContext, operation: OnOp) -> str:
    context.imports.add("from models.migrations.dialects import on")
    arguments = ",\n".join(repr(argument) for argument in (operation.dialect, *operation.statements))
    return f"on(\n{arguments},\n)"


def write(message: str, *, initial: bool = False) -> Path | None:
    """Write the next migration, or the first one anew; None when the models say what the migrations build."""
    if initial:
        for path in VERSIONS.glob("[0-9]*.py"):
            path.unlink()
    number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/migrated.db")
        with engine.begin() as connection:
            if not initial:
                migrations.upgrade(connection)
            # SQLite changes a table by building it anew, in a batch; there is nothing to change at first.
            config = migrations.config_for(
                connection,
                render_as_batch=not initial,
                render_item=_render_item,
                process_revision_directives=_complete,
            )
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()
    written = next(VERSIONS.glob(f"{number}_*.py"), None)
    if written is not None:
        lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
        written.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
        subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(written)], check=True)
    return written


def _complete(context: Any, revision: Any, directives: list[ops.MigrationScript]) -> None:
    """Give new tables their triggers; without any change write nothing."""
    upgrade = directives[0].upgrade_ops
    assert upgrade is not None
    if upgrade.is_empty():
        directives.clear()
        return
    for operation in list(upgrade.ops):
        if isinstance(operation, ops.CreateTableOp):
            table = METADATA.tables[operation.table_name]
            upgrade.ops.extend(OnOp(name, found) for name in URLS if (found := _listeners(table, name)))


def _listeners(table: Table, dialect: str) -> list[str]:
    """What the models execute after a table was made (``models.triggers``), as one dialect has it."""
    executed: list[str] = []

    def note(statement: ExecutableDDLElement, *_: object) -> None:
        executed.append(str(statement.compile(dialect=engine.dialect)).strip())

    engine = create_mock_engine(URLS[dialect], note)
    METADATA.create_all(engine, tables=[table], checkfirst=False)
    own = ("CREATE TABLE", "CREATE INDEX", "CREATE UNIQUE INDEX")
    return [statement for statement in executed if not statement.startswith(own)]


def _render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Plain types instead of those of ``models.columns``, which may change; CHECKs in words."""
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    if kind == "type" and isinstance(item, JSON):
        return "sa.JSON()"
    if kind == "check" and isinstance(item, CheckConstraint) and not isinstance(item.name, conv):
        says = item.sqltext.compile(compile_kwargs={"literal_binds": True, "include_table": False})
        name = NAMING["ck"] % {"table_name": item.table.name, "constraint_name": item.name}
        return f"sa.CheckConstraint({str(says)!r}, name=op.f({name!r}))"
    return False


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.migrations.new", description="Write the next migration.")
    parser.add_argument("message", nargs="?", default="", help="what changes, in a few words")
    parser.add_argument("--initial", action="store_true", help="write 0001 anew; only before the first release")
    arguments = parser.parse_args()
    if not arguments.message and not arguments.initial:
        parser.error('say what changes: make migration m="…"')
    if write(arguments.message or "initial tables", initial=arguments.initial) is None:
        print("the migrations build the models already")


if __name__ == "__main__":
    main()
