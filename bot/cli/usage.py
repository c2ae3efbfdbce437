"""Wrong usage in one line of the operator's own language; click would say it in English, in three."""

from typing import IO, Any

import click
from click.exceptions import NoArgsIsHelpError, NoSuchCommand


class Misused(click.ClickException):
    """What was typed wrong, and how it is written; exit code 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line as it is."""
        click.echo(self.message, file=file, err=True)


def told(error: click.UsageError) -> click.ClickException:
    """The same mistake in one line; a group without a command keeps showing its help."""
    if isinstance(error, NoArgsIsHelpError):
        return error
    if error.ctx is None:
        return Misused(_what(error))
    usage = " ".join([error.ctx.command_path, *error.ctx.command.collect_usage_pieces(error.ctx)])
    return Misused(f"{_what(error)}；写法：{usage}，说明见 {error.ctx.command_path} -h")


def _what(error: click.UsageError) -> str:
    match error:
        case click.MissingParameter():
            return f"还缺 {_name(error)}"
        case click.NoSuchOption():
            return f"没有 {error.option_name} 这个选项{_perhaps(error.possibilities)}"
        case NoSuchCommand():
            return f"没有 {error.command_name} 这个命令{_perhaps(error.possibilities)}"
        case click.BadOptionUsage():
            return f"{error.option_name} 写得不完整，或者不该带值"
        case click.BadParameter() if name := _name(error):
            return f"{name} 不对：{error.message}"
    return error.format_message()


def _name(error: click.BadParameter) -> str:
    """An option as it is typed, an argument as the help calls it."""
    if error.param is None or error.ctx is None:
        return ""
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.make_metavar(error.ctx).strip("[]")


def _perhaps(possibilities: list[str] | None) -> str:
    return f"，是不是 {'、'.join(possibilities)}" if possibilities else ""
