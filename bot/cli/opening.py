"""``opening``: points already earned in a running year (rules 6)."""

from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bot.cli.base import State, pass_state
from bot.cli.roster import FILE
from bot.office import opening_file
from models import openings, roster, rulebooks
from models.ledger import Entry
from models.months import Month
from models.organizations import Organization


@click.group()
def opening() -> None:
    """期初积分。"""


@opening.command("import")
@click.argument("file", type=FILE)
@pass_state
def import_(state: State, file: Path) -> None:
    """导入今年已经得到的积分，只能导入一次。"""
    now = state.now()
    with state.sessions.read() as session:
        members = roster.staff_numbers(session)
    read = opening_file.read(file, members=members, running=Month.of(now))
    with state.sessions.write() as session:
        entries = openings.apply(session, read.rows, now=now)
        unruled = list(_without_rulebook(session, entries))
    for warning in [*read.warnings, *unruled]:
        click.echo(f"请看一下：{warning}")
    click.echo(f"已导入 {len(entries)} 条期初积分")


def _without_rulebook(session: Session, entries: list[Entry]) -> Iterator[str]:
    for branch_id, month in sorted({(entry.branch_id, entry.about_month) for entry in entries}):
        if rulebooks.find_in_force(session, branch_id, month) is None:
            branch = session.get_one(Organization, branch_id)
            yield f"{branch.name} {month} 还没有积分细则，这个月的分要等细则导入后才看得到"
