"""Starting and ending: nothing serves an unknown schema, everything ends in time, and nobody is left behind."""

import os
import signal
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from models import migrations
from tests.databases import BARE, Files
from tests.dialogue import Say
from tests.e2e.conftest import NewWorld
from tests.e2e.processes import ENDS_WITHIN, XIANFENG, eventually, free_port, is_listening, running

ITEMS = {1: "社区志愿 1小时", 2: "走访慰问 1户"}
OLDER = [script.revision for script in migrations.scripts().walk_revisions()][1:]


@pytest.mark.parametrize("revision", [None, "of-a-newer-program", *OLDER])
def test_nothing_starts_on_a_schema_it_does_not_know(revision: str | None, files: Files, tmp_path: Path) -> None:
    url = files.copy(BARE if revision is None else "empty")
    if revision is not None:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        engine.dispose()
    (tmp_path / "config.toml").write_text(
        f'[app]\nsecret_key = "{"k" * 32}"\n[database]\nurl = "{url}"\n'
        f'[wechat]\ntoken = "tok123"\nencoding_aes_key = "{"a" * 43}"\n',
        encoding="utf-8",
    )
    with ExitStack() as stack:
        port = free_port()
        environ = {"XIANFENG_SERVER__PORT": str(port)}
        started = [
            stack.enter_context(running([XIANFENG, command], tmp_path, port=port, environ=environ))
            for command in ("serve", "web", "worker")
        ]
        for one in started:
            assert one.process.wait(60) == 1
            lines = one.output.splitlines()
            assert len(lines) == 1, lines
            assert lines[0].startswith("数据库")
            assert ("xianfeng db upgrade" in lines[0]) == (revision != "of-a-newer-program")
        assert not is_listening(port)
    files.drop(url)


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


def test_a_worker_started_in_the_background_outlives_its_shell(new_world: NewWorld) -> None:
    """Only what ``serve`` or the demonstration keeps ends with its parent."""
    world = new_world("sqlite")
    shell = world.start("worker", shell=True)
    say, numbers = Say(world.database.sessions), count(1)

    def works() -> None:
        """A claim is approved, and its member told by the worker."""
        number = next(numbers)
        told = len(world.pushes("zhang_san"))
        assert say(world.member("zhang_san"), f"申报 {ITEMS[number]} 今天", world.clock()).startswith("✅")
        assert say(world.member("li_si"), f"通过 {number}", world.clock()).startswith("✅")
        eventually(lambda: len(world.pushes("zhang_san")) > told, what=f"the member is told\n{shell.output}")

    works()
    assert shell.process.stdin is not None
    shell.process.stdin.close()
    assert shell.process.wait(10) is not None
    works()
