"""The tables' history, run by Alembic over a connection that is handed in; there is no alembic.ini.

Migrations only go up: what an upgrade did wrong is put right by the next one, or by a backup.
"""

from functools import cache
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def config_for(connection: Connection | None = None, **options: Any) -> Config:
    """Alembic's configuration; ``options`` go to ``context.configure`` in env.py."""
    config = Config()
    config.set_main_option("script_location", "models:migrations")
    config.attributes.update(connection=connection, options=options)
    return config


@cache
def scripts() -> ScriptDirectory:
    """The migrations that come with this version of the program."""
    return ScriptDirectory.from_config(config_for())


@cache
def head() -> str:
    """The revision that the tables have when every migration has run."""
    revision = scripts().get_current_head()
    assert revision is not None
    return revision


def current(connection: Connection) -> str | None:
    """The revision that a database's tables have; None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Whether a revision is one of ours; a newer program may have left another."""
    return any(script.revision == revision for script in scripts().walk_revisions())


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, inside the caller's transaction."""
    command.upgrade(config_for(connection), "head")
