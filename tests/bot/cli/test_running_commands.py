"""``serve``, ``web`` and ``worker`` on an old schema: refused before the server's libraries are loaded."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import text

RUN = """
import sys
from bot.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    print(ended.code, [name for name in ("granian", "flask", "werobot", "apscheduler") if name in sys.modules])
"""


@pytest.mark.sqlite_only  # a process is started, and what it loads is no matter of the database
@pytest.mark.parametrize("command", ["serve", "web", "worker"])
def test_an_old_schema_is_refused_before_anything_heavy_is_loaded(office, command):
    with office.sessions.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    words = [sys.executable, "-c", RUN, "--config", str(office.config), command]
    result = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60, env=dict(os.environ))
    assert result.stdout == "1 []\n"
    assert "xianfeng db upgrade" in result.stderr


@pytest.mark.sqlite_only
def test_processes_on_sqlite_load_neither_the_other_driver_nor_what_decodes_pictures():
    code = "import sys, bot.worker, bot.web.app; print([name for name in ('psycopg', 'PIL') if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert result.stdout == "[]\n"
