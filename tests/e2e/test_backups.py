"""A backup made while people write is of one moment, and a machine that has only it and a configuration goes on."""

import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import select

from bot import config_file
from bot.cli import main
from models.claims import Claim, ClaimStatus
from models.sessions import Sessions
from tests.clones import Clones
from tests.databases import BARE, Files, opened
from tests.e2e.conftest import NewWorld
from tests.e2e.processes import eventually
from tests.e2e.worlds import World
from tests.servers import programs


class Writing(threading.Thread):
    """A member who claims and a leader who approves, one after the other until told to end."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.over, self.approved = world, threading.Event(), 0

    def run(self) -> None:
        member, leader = self.world.follower("zhang_san"), self.world.follower("li_si")
        while not self.over.is_set():
            said = member.say("申报 社区志愿 1小时 今天").text
            if "对吗" in said or not said.startswith("✅ #"):  # the second of a day is asked about once
                said = member.say("是").text
            number = said.partition("#")[2].split()[0]
            if leader.say(f"通过 {number}").text.startswith(f"✅ #{number} "):
                self.approved += 1


def done(folder: Path, command: str, file: Path) -> str:
    """What a command of the operator's printed that ended well."""
    environ = {"PATH": f"{programs()}:{os.environ['PATH']}"}
    result = CliRunner().invoke(main, ["--config", str(folder / "config.toml"), command, str(file)], env=environ)
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result.stdout


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_backup_under_traffic_is_restored_elsewhere_with_a_clean_ledger(
    dialect: str, new_world: NewWorld, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    world = new_world(dialect, server_workers=2)
    serve = world.serve()
    writing = Writing(world)
    writing.start()
    try:
        eventually(lambda: writing.approved >= 3, what="some are approved")
        before = writing.approved
        said = done(world.folder, "backup", tmp_path / "b.tar")
        known = writing.approved
        eventually(lambda: writing.approved > known, what="more are approved")
    finally:
        writing.over.set()
        writing.join()
    # Whichever of the two processes is asked, it answers for both.
    text = requests.get(f"http://127.0.0.1:{serve.port}/metrics", timeout=10).text
    assert f'xianfeng_message_seconds_count{{command="通过"}} {writing.approved:.1f}\n' in text
    assert "xianfeng_database_up 1.0\n" in text
    source: Files | Clones = request.getfixturevalue("files" if dialect == "sqlite" else "clones")
    folder, url = tmp_path / "elsewhere", source.copy(BARE)
    config_file.write_new(folder / "config.toml", {("database", "url"): url, ("app", "data_dir"): "other"})
    with ExitStack() as stack:
        restored = done(folder, "restore", tmp_path / "b.tar")
        assert "台账核对无误" in restored
        assert next(line for line in said.splitlines() if line.startswith("第一支部 ")) in restored
        engine = stack.enter_context(opened(url))
        with Sessions(engine).read() as session:
            found = session.scalars(select(Claim).where(Claim.status == ClaimStatus.APPROVED)).all()
        assert before <= len(found) <= known
        assert f"台账 {len(found)} 条" in said
    source.drop(url)
