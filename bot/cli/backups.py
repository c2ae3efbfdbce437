"""``backup`` and ``restore``: the whole state as one file, and back on this or another machine."""

from pathlib import Path

import click

from bot.cli.base import Failure, State, pass_state
from bot.cli.checking import check_ledger
from bot.clock import system
from bot.config import Config
from bot.database import check_ready
from bot.evidence import Cabinet
from bot.operations import backup as backups
from bot.operations.manifest import Unusable
from models.months import SHANGHAI


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@pass_state
def backup(state: State, file: Path) -> None:
    """把数据库和佐证图片备份成一个文件，运行时也能做。"""
    check_ready(state.engine)
    if not file.absolute().parent.is_dir():
        raise Failure([f"没有文件夹 {file.parent}，请先建好，或者备份到别处，例如：xianfeng backup 备份.tar"])
    try:
        made = backups.make(state.engine, _cabinet(state.config), file, system())
    except Unusable as error:
        raise Failure([str(error)]) from None
    for branch, head in made.heads:
        click.echo(f"{branch} {head}")
    click.echo(f"已备份到 {file}：台账 {sum(h.sequence for _, h in made.heads)} 条，图片 {made.pictures} 张")
    click.echo("config.toml 不在备份里，请另外保管")
    if made.missing:
        click.echo(f"有 {len(made.missing)} 张图片的文件早已不在，没有备份，名字在备份的 manifest.json 里", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@pass_state
def restore(state: State, file: Path) -> None:
    """从备份恢复到一个空的数据库，再核对台账。"""
    file.open("rb").close()  # one that is not there is said before anything is made
    # What is in it is about people: nobody else on this machine reads it.
    state.config.app.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        made = backups.restore(state.engine, _cabinet(state.config), file)
    except Unusable as error:
        raise Failure([str(error)]) from None
    at = made.made_at.astimezone(SHANGHAI)
    click.echo(f"已恢复 {at:%Y-%m-%d %H:%M} 的备份：图片 {made.pictures} 张")
    check_ledger(state.engine, [head for _, head in made.heads])


def _cabinet(config: Config) -> Cabinet:
    return Cabinet(config.evidence.url)
