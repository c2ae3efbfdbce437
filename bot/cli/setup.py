"""``init`` and ``db``: a new installation, and the tables brought up to date."""

from pathlib import Path

import click

from bot import config_file, database
from bot.cli.base import State, pass_state
from bot.cli.roster import FILE, fresh_codes, import_roster
from bot.office import codes_file


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="[DIR]")
@click.option("--roster", type=FILE, help="顺便导入这份花名册。")
@click.option("--code", "staff_no", metavar="工号", help="显示这名党员的绑定码，一般是第一位管理员。")
@click.pass_context
def init(ctx: click.Context, folder: Path, roster: Path | None, staff_no: str | None) -> None:
    """在 DIR 里建立一套新的：config.toml、数据库；已有的不动。"""
    state = ctx.ensure_object(State)
    path = state.path or folder / "config.toml"
    new = _write_config(path)
    state = State(path)
    ctx.call_on_close(state.close)
    # What is in it is about people: nobody else on this machine reads it.
    state.config.app.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database.upgrade(state.engine)
    click.echo("数据库已就绪")
    if roster is not None:
        import_roster(state, roster, dry_run=False)
    if staff_no is not None:
        click.echo(codes_file.render(fresh_codes(state, (staff_no,))), nl=False)
    if new:
        click.echo(
            f"下一步：在 {path} 里填公众号的 app_id、app_secret，再导入花名册和积分细则，用 xianfeng doctor 检查"
        )


def _write_config(path: Path) -> bool:
    """Write a new config.toml; False when there is one, which stays as it is."""
    try:
        config_file.write_new(path)
    except FileExistsError:
        click.echo(f"{path} 已经有了，没有改动")
        return False
    click.echo(f"已写好 {path}，里面有密钥，请勿外传")
    return True


@click.group()
def db() -> None:
    """数据库。"""


@db.command()
@pass_state
def upgrade(state: State) -> None:
    """把数据库的结构更新到最新。"""
    database.upgrade(state.engine)
    click.echo("数据库已是最新")
