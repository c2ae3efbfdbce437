"""``serve``, ``web``, ``worker`` and ``demo``: the processes. None of the first three starts on an old schema."""

import click

from bot.cli.base import State, pass_state
from bot.database import check_ready

# What they start is imported when they run, and after it is known that they may: the server's libraries take a
# second, and are of no use to the other commands.


@click.command()
@pass_state
def serve(state: State) -> None:
    """在一台机器上运行：网页和定时任务。"""
    _ready(state)
    from bot.serve import run_both  # noqa: PLC0415

    run_both(state.config, state.file.absolute())


@click.command()
@pass_state
def web(state: State) -> None:
    """只运行网页；可以有几个，数据库用 PostgreSQL。"""
    _ready(state)
    from bot.serve import run_web  # noqa: PLC0415

    run_web(state.config, state.file.absolute())


@click.command()
@pass_state
def worker(state: State) -> None:
    """只运行定时任务；可以有几个，数据库用 PostgreSQL。"""
    _ready(state)
    from bot.serve import run_worker  # noqa: PLC0415

    run_worker(state.config, state.file.absolute())


@click.command()
def demo() -> None:
    """演示：示例单位，和一页会聊天的手机。"""
    from bot.demo import run  # noqa: PLC0415

    run()


def _ready(state: State) -> None:
    """Leave no connection behind: the processes that are started make their own."""
    check_ready(state.engine)
    state.engine.dispose()
