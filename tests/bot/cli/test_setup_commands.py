"""``init`` and ``db upgrade``; and the whole way on a fresh machine, as real processes."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from bot import config_file, database
from bot.cli import main
from bot.office.rulebooks import SEVEN_CONTENTS
from bot.office.sample import write_sample_workbook
from tests.bot.cli.conftest import Office


def init(*words: str | Path):
    return CliRunner().invoke(main, ["init", *map(str, words)])


def test_init_makes_a_configuration_with_secrets_and_a_database(tmp_path):
    result = init(tmp_path / "new")
    assert (result.exit_code, result.stderr) == (0, "")
    config = tmp_path / "new" / "config.toml"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new" / "data").stat().st_mode) == 0o700
    with_secrets = [line for line in config.read_text("utf-8").splitlines() if line.startswith("secret_key")]
    assert len(with_secrets[0].split('"')[1]) >= 32
    assert CliRunner().invoke(main, ["--config", str(config), "verify"]).exit_code == 0


def test_init_again_keeps_what_is_there(tmp_path):
    init(tmp_path)
    before = (tmp_path / "config.toml").read_bytes()
    result = init(tmp_path)
    assert result.exit_code == 0
    assert "已经有了，没有改动" in result.stdout
    assert (tmp_path / "config.toml").read_bytes() == before


def test_two_installations_have_different_secrets(tmp_path):
    init(tmp_path / "a")
    init(tmp_path / "b")
    assert (tmp_path / "a" / "config.toml").read_bytes() != (tmp_path / "b" / "config.toml").read_bytes()


def test_init_prints_the_first_administrators_code_on_request(tmp_path):
    workbook = tmp_path / "r.xlsx"
    write_sample_workbook(workbook)
    result = init(tmp_path / "new", "--roster", workbook, "--code", "1001")
    assert result.exit_code == 0, result.output
    assert "1001,李四," in result.stdout
    later = init(tmp_path / "new", "--code", "1001")
    assert later.exit_code == 0
    assert later.stdout.splitlines()[-1].startswith("1001,李四,")


def test_init_in_a_place_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    result = init(tmp_path / "file" / "new")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert len(result.stderr.splitlines()) == 1


def test_an_old_schema_is_refused_by_what_works_with_it(office):
    with office.sessions.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    for words in (["web"], ["worker"], ["serve"], ["verify"], ["roster", "codes"], ["jobs", "run", "receipts"]):
        assert office.refused(*words) == "数据库比程序新，请换用较新的程序\n"


def test_an_empty_database_is_refused_until_it_is_upgraded(tmp_path):
    config_file.write_new(tmp_path / "config.toml")
    office = Office(tmp_path, None)  # type: ignore[arg-type]
    for words in (["web"], ["worker"], ["serve"], ["verify"], ["roster", "codes"]):
        assert office.refused(*words) == "数据库里还没有表，请先运行 xianfeng db upgrade\n"
    assert office.ok("db", "upgrade") == "数据库已是最新\n"
    assert office.ok("db", "upgrade") == "数据库已是最新\n"
    assert office.ok("verify") == "台账核对无误：0 条\n"


def test_upgrade_brings_a_database_to_the_present_schema(office):
    assert office.ok("db", "upgrade") == "数据库已是最新\n"
    assert database.schema_is_current(office.sessions.engine)


class Shell:
    """The real command, in a folder of its own, without anything of this process's environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = Path(sys.executable).with_name("xianfeng")

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("XIANFENG_")}
        command = [str(self.program), *words]
        return subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=self.folder, env=environ, timeout=60
        )

    def ok(self, *words: str) -> str:
        result = self(*words)
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
        return result.stdout


def test_the_whole_way_from_an_empty_folder_to_a_verified_ledger(tmp_path):
    write_sample_workbook(tmp_path / "roster.xlsx")
    shutil.copy(SEVEN_CONTENTS, tmp_path / "rulebook.toml")
    shell = Shell(tmp_path)
    assert "已写好 config.toml" in shell.ok("init")
    assert shell.ok("db", "upgrade") == "数据库已是最新\n"
    assert "已导入 60 人、13 个组织" in shell.ok("roster", "import", "roster.xlsx")
    assert "第1版" in shell.ok("rulebook", "import", "rulebook.toml")
    assert len(shell.ok("roster", "codes").splitlines()) == 61
    assert shell.ok("verify").splitlines()[-1] == "台账核对无误：0 条"
    bad = shell("roster", "import", "rulebook.toml")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "不是 .xlsx 工作簿" in bad.stderr
    assert len(bad.stderr.splitlines()) == 1
    assert shell("roster", "imprt").returncode == 2


def test_the_module_is_the_same_command():
    result = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--help"], check=False, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0
    assert result.stdout.startswith("Usage: xianfeng ")


@pytest.mark.parametrize("name", ["init", "serve", "web", "worker", "demo", "db", "roster", "doctor", "verify"])
def test_every_command_explains_itself(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {name}") or f" {name}" in result.stdout
