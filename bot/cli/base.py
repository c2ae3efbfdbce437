"""What every command stands on: the configuration, the database, and how a failure is told."""

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from bot import config as configuration
from bot.cli.usage import told
from bot.config import Config, ConfigError
from bot.database import NotReady, check_ready, make_engine
from bot.office.problems import Unreadable
from bot.operations.refusals import sentence_of
from bot.wechat.errors import Refusal, Unclear
from models.errors import Refused
from models.sessions import Sessions

if TYPE_CHECKING:
    from bot.program import Program


class Failure(click.ClickException):
    """What went wrong, one line each, on stderr; exit code 1."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the lines as they are."""
        click.echo(self.message, file=file, err=True)


@dataclass
class State:
    """One run of the command line; what it needs is made when first asked for."""

    path: Path | None = None

    @property
    def file(self) -> Path:
        """Where the configuration is read from."""
        return self.path or Path(os.environ.get(configuration.PATH_VARIABLE) or "config.toml")

    @cached_property
    def config(self) -> Config:
        return configuration.load(self.path, os.environ)

    @cached_property
    def engine(self) -> Engine:
        """The database, whatever state it is in; what a person started may take its time."""
        return make_engine(self.config.database.url, statement_timeout=None)

    @cached_property
    def sessions(self) -> Sessions:
        """The database once it is known to be this program's; raises NotReady."""
        check_ready(self.engine)
        return Sessions(self.engine, configuration.defaults(self.config))

    @cached_property
    def program(self) -> "Program":
        from bot.program import make_program  # noqa: PLC0415  # the libraries of the chat, for few commands

        return make_program(self.config)

    def now(self) -> datetime:
        """This run's reading of the clock."""
        return self.program.clock()

    def close(self) -> None:
        """Close the connections of what was made."""
        made = [vars(self).get("engine"), vars(vars(self).get("program", self)).get("engine")]
        for engine in made:
            if engine is not None:
                engine.dispose()


pass_state = click.make_pass_decorator(State, ensure=True)


# Each command and the module it stands in, in the order of the help.
COMMANDS = {
    "init": "setup",
    "serve": "running",
    "web": "running",
    "worker": "running",
    "demo": "running",
    "db": "setup",
    "roster": "roster",
    "opening": "opening",
    "rulebook": "rulebook",
    "settings": "settings",
    "jobs": "jobs",
    "month": "month",
    "export": "export",
    "verify": "checking",
    "backup": "backups",
    "restore": "backups",
    "menu": "checking",
    "doctor": "checking",
}


class Xianfeng(click.Group):
    """The commands, loaded when they are used, and one place that says what a failure means to who typed one.

    Loading them all would cost each process of ``serve`` half a second for libraries it has no use for.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(f"bot.cli.{COMMANDS[cmd_name]}"), cmd_name)
        return found if isinstance(found, click.Command) else None

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """As click does; wrong usage of what stands before the command is told in one line."""
        try:
            return super().make_context(*args, **extra)
        except click.UsageError as error:
            raise told(error) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; anything but click's own exceptions becomes a Failure, unless ``--debug``."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise told(error) from None
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click's own, and a reader such as head that has seen enough
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            raise Failure(lines_of(error)) from None


def lines_of(error: Exception) -> list[str]:
    """An exception in lines for a person; never a traceback, never a secret."""
    match error:
        case ConfigError() | Unreadable():
            return error.problems
        case Refused():
            return [f"{error.sentence}；例如 {error.example}" if error.example else error.sentence]
        case NotReady():
            return [str(error)]
        case Refusal() | Unclear():
            return [sentence_of(error)]
        case OSError():
            return [_file_line(error)]
        case SQLAlchemyError():
            return [_database_line(error)]
    return [f"程序出错，没有做完（{type(error).__name__}）；加 --debug 可看详情：xianfeng --debug …"]


# The system speaks its own language; these are the ones an operator meets.
FILE_WORDS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "不是文件夹",
    errno.EROFS: "这里只能读，不能写",
    errno.ENOSPC: "磁盘满了",
    errno.EADDRINUSE: "地址或端口已被占用",
}


def _file_line(error: OSError) -> str:
    where = f"{error.filename}：" if error.filename else ""
    return f"{where}{FILE_WORDS.get(error.errno or 0) or error.strerror or type(error).__name__}"


def _database_line(error: SQLAlchemyError) -> str:
    if isinstance(error, IntegrityError):
        return "数据库里刚刚有别的改动，没有写入，请再试一次"
    if isinstance(error, OperationalError) and "locked" in str(error.orig):
        return "数据库正忙，没有写入，请稍后再试"
    reason = " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())
    return f"数据库出错，没有写入：{reason}"


@click.group(cls=Xianfeng, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", "path", type=click.Path(path_type=Path), help="配置文件，默认 ./config.toml。")
@click.option("--debug", is_flag=True, help="出错时显示详情。")
@click.pass_context
def xianfeng(ctx: click.Context, path: Path | None, debug: bool) -> None:
    """先锋：微信里的党员积分制管理。"""
    ctx.obj = State(path)
    ctx.call_on_close(ctx.obj.close)
