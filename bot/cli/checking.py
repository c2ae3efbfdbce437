"""``verify``, ``doctor`` and ``menu``: what an operator looks at, and what is put on the official account."""

import asyncio
from collections.abc import Sequence
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot import menu as menus
from bot.cli.base import State, pass_state
from bot.config import check_account
from bot.database import check_ready
from bot.keeping import die_with_keeper
from models import verification
from models.verification import Head


class HeadParam(click.ParamType[Head]):
    """``SEQ:HASH`` as it was printed; the first 12 digits of the hash are enough."""

    name = "SEQ:HASH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        try:
            return value if isinstance(value, Head) else Head.parse(value)
        except ValueError:
            self.fail(f"{value!r} 不是链头，例如 12:9f86d081884c", param, ctx)


@click.command()
@click.option("--head", "printed", type=HeadParam(), multiple=True, help="公示、报表或备份上印着的链头，可以写几个。")
@pass_state
def verify(state: State, printed: tuple[Head, ...]) -> None:
    """从头核对台账：每一条的哈希、封顶和审核；有出入就逐条指出。"""
    die_with_keeper()  # the nightly one ends with the worker that began it
    check_ready(state.engine)
    check_ledger(state.engine, printed)


def check_ledger(engine: Engine, printed: Sequence[Head]) -> None:
    """Print every difference and end with 1, or print the heads."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")  # one moment from beginning to end
    count = 0
    with Session(engine) as session:
        for difference in verification.differences(session, printed):
            click.echo(difference, err=True)
            count += 1
        heads = verification.heads(session)
    if count:
        click.echo(f"台账有 {count} 处出入", err=True)
        raise SystemExit(1)
    for branch, head in heads:
        click.echo(f"{branch} {head}")
    click.echo(f"台账核对无误：{sum(head.sequence for _, head in heads)} 条")


@click.group()
def menu() -> None:
    """公众号下面的菜单。"""


@menu.command()
@pass_state
def push(state: State) -> None:
    """把菜单放到公众号上。"""
    check_account(state.config)
    asyncio.run(_push(state))
    click.echo("菜单已更新，已关注的人几分钟后看到")


async def _push(state: State) -> None:
    from handlers.dispatch import FAMILIES  # noqa: PLC0415  # the whole chat, for this command alone

    async with state.program.client() as client:
        await client.create_menu(menus.build(FAMILIES.find))


@click.command()
@pass_state
def doctor(state: State) -> None:
    """检查能不能正常使用，每一条不行的都说怎么办。"""
    from bot.operations.doctor import Mark, examine  # noqa: PLC0415

    failed = False
    for finding in examine(state.path):
        click.echo(f"{finding.mark} {finding.text}")
        failed = failed or finding.mark is Mark.FAILS
    if failed:
        raise SystemExit(1)
