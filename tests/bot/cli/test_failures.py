"""How a failure is told: in lines a person understands, on stderr, exit code 1; wrong usage is 2."""

import errno
import sqlite3

import pytest
from click.testing import CliRunner
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from bot.cli import main
from bot.cli.base import lines_of
from bot.wechat.errors import Fault, Refusal, Unclear
from models.errors import Refused
from tests.bot.cli.conftest import Office


def test_a_missing_configuration_names_the_way_out(tmp_path):
    result = CliRunner().invoke(main, ["--config", str(tmp_path / "no.toml"), "verify"])
    assert result.exit_code == 1
    assert result.stderr == f"找不到 {tmp_path}/no.toml，可用 xianfeng init 写一个\n"


@pytest.mark.sqlite_only
def test_every_mistake_of_the_configuration_is_a_line(office: Office):
    text = office.config.read_text("utf-8")
    office.config.write_text(text.replace("port = 8000", "port = 99999\nprot = 1"), encoding="utf-8")
    said = office.refused("verify").splitlines()
    assert len(said) == 2
    assert all("[server]" in line for line in said)


@pytest.mark.sqlite_only
def test_the_variable_names_the_configuration_when_no_option_does(office: Office):
    result = CliRunner().invoke(main, ["verify"], env={"XIANFENG_CONFIG": str(office.config)})
    assert (result.exit_code, result.stdout) == (0, "台账核对无误：0 条\n")


def test_a_database_that_does_not_answer_is_told_in_one_line(office: Office):
    office.environ["XIANFENG_DATABASE__URL"] = "postgresql+psycopg://u:s3cretword@127.0.0.1:1/x"
    said = office.refused("verify")
    assert said.startswith("数据库连不上：")
    assert len(said.splitlines()) == 1
    assert "s3cretword" not in said


@pytest.mark.parametrize(
    "words", [["nope"], ["roster"], ["roster", "import"], ["roster", "nope"], ["verify", "--head", "x"], ["--nope"]]
)
def test_wrong_usage_is_two(words):
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["restore"], "还缺 FILE；写法：xianfeng restore [OPTIONS] FILE，说明见 xianfeng restore -h"),
        (["roster", "import"], "还缺 FILE；写法：xianfeng roster import"),
        (["export", "ledger"], "还缺 --out；"),
        (["nope"], "没有 nope 这个命令；"),
        (["roster", "imprt"], "没有 imprt 这个命令，是不是 import；"),
        (["--confg", "x"], "没有 --confg 这个选项，是不是 --config；"),
        (["verify", "--head", "x"], "--head 不对："),
        (["verify", "--head"], "--head 写得不完整，或者不该带值"),
    ],
)
def test_wrong_usage_is_said_in_one_line(words, said):
    result = CliRunner().invoke(main, words, prog_name="xianfeng")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(said), result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.sqlite_only  # no database is involved
def test_a_backup_that_is_not_there_is_said_before_anything_is_made(office: Office):
    said = office.refused("restore", office.folder / "no.tar")
    assert said == f"{office.folder}/no.tar：没有这个文件或文件夹\n"
    assert not (office.folder / "data").exists()


@pytest.mark.sqlite_only
def test_a_traceback_only_with_debug(office: Office):
    office.config.write_text("[", encoding="utf-8")
    assert isinstance(office("verify").exception, SystemExit)
    assert not isinstance(office("verify", debug=True).exception, SystemExit)


class _Sad(Refused):
    """Says no."""


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (_Sad("不行"), "不行"),
        (_Sad("不行", "这样写"), "不行；例如 这样写"),
        (FileNotFoundError(errno.ENOENT, "No such file", "a/b"), "a/b：没有这个文件或文件夹"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError("odd"), "OSError"),
        (IntegrityError("x", {}, sqlite3.IntegrityError("x")), "数据库里刚刚有别的改动，没有写入，请再试一次"),
        (
            OperationalError("x", {}, sqlite3.OperationalError("database is locked")),
            "数据库正忙，没有写入，请稍后再试",
        ),
        (
            DatabaseError("x", {}, sqlite3.DatabaseError("file is not\na database")),
            "数据库出错，没有写入：file is not a database",
        ),
        (
            Refusal(40164, Fault.CONFIGURATION, "invalid ip"),
            "本机的地址不在公众平台的 IP 白名单里，请加上（40164 invalid ip）",
        ),
        (
            Refusal(None, Fault.TRANSIENT, "no connection"),
            "微信暂时连不上，请稍后再试，并看本机能不能访问 [wechat] api_base（no connection）",
        ),
        (Refusal(40016, Fault.MESSAGE, "invalid button size"), "微信没有接受（40016 invalid button size）"),
        (
            Unclear("no answer in time"),
            "微信没有给出明确的答复（no answer in time），不知道是否已生效，请稍后看一下再试",
        ),
        (ZeroDivisionError(), "程序出错，没有做完（ZeroDivisionError）；加 --debug 可看详情：xianfeng --debug …"),
    ],
)
def test_a_failure_is_one_line_that_says_what_to_do(error, line):
    assert lines_of(error) == [line]
