"""Starting and ending: nothing serves an unknown schema, everything ends in time, and nobody is left behind."""

import os
import signal
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import create_engine, text

from bot import config_file
from models import migrations
from tests.databases import BARE, Files
from tests.e2e.conftest import NewWorld
from tests.e2e.processes import ENDS_WITHIN, XIANFENG, eventually, free_port, is_listening, running

OLDER = [script.revision for script in migrations.scripts().walk_revisions()][1:]


def test_nothing_starts_on_a_schema_it_does_not_know(files: Files, tmp_path: Path) -> None:
    with ExitStack() as stack:
        port = free_port()
        started = []
        for revision in (None, "of-a-newer-program", *OLDER):
            folder = tmp_path / str(revision)
            prepare(folder, files, revision)
            for command in ("serve", "web", "worker") if revision is None else ("serve",):
                environ = {"XIANFENG_SERVER__PORT": str(port)}
                one = stack.enter_context(running([XIANFENG, command], folder, port=port, environ=environ))
                started.append((revision, one))
        for revision, one in started:
            assert one.process.wait(90) == 1
            lines = one.output.splitlines()
            assert len(lines) == 1, lines
            assert lines[0].startswith("数据库")
            assert ("xianfeng db upgrade" in lines[0]) == (revision != "of-a-newer-program")
        assert not is_listening(port)


def prepare(folder: Path, files: Files, revision: str | None) -> None:
    """A configuration in a folder, with a database at a revision, or with no table at all."""
    url = files.copy(BARE if revision is None else "empty")
    if revision is not None:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        engine.dispose()
    config_file.write_new(folder / "config.toml", {("database", "url"): url})


def test_what_dies_is_replaced_and_sigterm_to_the_parent_ends_all_within_20_seconds(new_world: NewWorld) -> None:
    world = new_world("sqlite")
    serve = world.serve()
    serve.wait_for(lambda: len(serve.group) == 3, "parent, one that serves, one that does the jobs")
    parent, *children = serve.group
    for child in children:
        os.kill(child, signal.SIGKILL)
    serve.wait_for(lambda: not set(children) & set(serve.group) and len(serve.group) == 3, "both are replaced")
    serve.wait_until_healthy()
    assert serve.group[0] == parent
    # The platform hangs while a notice is on its way: whoever waits for it must not hold up the end.
    world.stand_in.break_it("/cgi-bin/message/template/send", "hang", seconds=60, times=-1)
    assert world.follower("zhang_san").say("申报 社区志愿 2小时 今天").text.startswith("✅")
    assert world.follower("li_si").say("通过 1").text.startswith("✅")
    eventually(lambda: world.stand_in.called("/cgi-bin/message/template/send"), what="a notice is on its way")
    assert serve.terminate() < ENDS_WITHIN
    assert not is_listening(serve.port)
    assert "Traceback" not in serve.output
