"""``roster``: the roster in, and the binding codes out (contract, "The roster workbook"; rules 30)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bot.cli.base import Failure, State, pass_state
from bot.office import codes_file, roster_file, roster_template
from bot.office.codes_file import Code
from bot.office.roster_file import Known
from models import bindings, deciding_requests, leaving, members
from models import roster as rosters
from models.months import shanghai_day

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def roster() -> None:
    """花名册。"""


@roster.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="只试一遍，不写入。")
@pass_state
def import_(state: State, file: Path, dry_run: bool) -> None:
    """导入花名册；再次导入按工号和名称更新。"""
    import_roster(state, file, dry_run=dry_run)


def import_roster(state: State, file: Path, *, dry_run: bool) -> None:
    """Read a roster and apply it whole, or not at all; say what changed."""
    now = state.now()
    with state.sessions.read() as session:
        known = Known(rosters.known_organizations(session), rosters.staff_numbers(session))
    read = roster_file.read(file, known=known)  # takes its time, so nothing is locked meanwhile
    with state.sessions.write() as session:
        report = rosters.apply(session, read.organizations, read.members, now=now)
        if dry_run:
            session.rollback()
    for warning in read.warnings:
        click.echo(f"请看一下：{warning}")
    for line in report.lines():
        click.echo(line)
    click.echo(
        "只试了一遍，没有写入" if dry_run else f"已导入 {len(read.members)} 人、{len(read.organizations)} 个组织"
    )


@roster.command()
@click.option("--out", type=FILE, help="写到这个 CSV 文件，只有本人能打开；不写就显示出来。")
@click.option("--only", "staff_nos", multiple=True, metavar="工号", help="只给这些人，可以写几次。")
@pass_state
def codes(state: State, out: Path | None, staff_nos: tuple[str, ...]) -> None:
    """给还没绑定的人新的绑定码，原来的码作废；换手机没有人能核对的，用 --only 点名，旧微信同时解绑。"""
    found = fresh_codes(state, staff_nos, out)
    if out is None:
        click.echo(codes_file.render(found), nl=False)
    else:
        click.echo(f"{len(found)} 人的绑定码已写到 {out}，30天内有效，请当面或单独交给本人")


def fresh_codes(state: State, staff_nos: Sequence[str], out: Path | None = None) -> list[Code]:
    """Issue fresh codes to who is unbound, of these staff numbers where any are given.

    A file that cannot be written leaves the old codes in force.
    """
    now, key = state.now(), state.config.app.secret_key.encode()
    with state.sessions.write() as session:
        _release(session, staff_nos, now)
        people = {member.staff_no: member for member in bindings.unbound(session)}
        strangers = [staff_no for staff_no in staff_nos if staff_no not in people]
        if strangers:
            raise Failure([f"工号“{staff_no}”不在花名册里，或已经绑定" for staff_no in strangers])
        wanted = [people[staff_no] for staff_no in dict.fromkeys(staff_nos)] or list(people.values())
        issued = [Code(m.staff_no, m.name, bindings.issue_code(session, m, key=key, now=now)) for m in wanted]
        if out is not None:
            codes_file.write(out, issued)
    return issued


def _release(session: Session, staff_nos: Sequence[str], now: datetime) -> None:
    """Whoever is named and waits for a new phone that nobody can confirm gives up the old one for a code."""
    for request in deciding_requests.stranded(session, now):
        if request.openid is not None and request.member.staff_no in staff_nos:
            deciding_requests.release(session, request, now=now)


@roster.command()
@click.argument("staff_no", metavar="工号")
@click.option("--on", "day", type=DAY, help="最后一天，例如 2026-11-20；不写就是今天。")
@pass_state
def leave(state: State, staff_no: str, day: datetime | None) -> None:
    """登记一名党员离开（调出、去世、停止组织关系）：职务和绑定同时结束，积分记录保留。"""
    now = state.now()
    on = day.date() if day else shanghai_day(now)
    with state.sessions.write() as session:
        member = members.find_by_staff_no(session, staff_no)
        if member is None:
            raise Failure([f"花名册里没有工号“{staff_no}”"])
        leaving.leave(session, member, on=on, by=None, now=now)
        name = member.name
    click.echo(f"{name}（{staff_no}）到 {on} 为止：职务和绑定已结束，当月不计分，积分记录保留")
    click.echo("没审的申报照常审；请从花名册里去掉这一行，不然下次导入又算新来的")


@roster.command()
@click.argument("file", type=FILE)
def template(file: Path) -> None:
    """写一份空的花名册，里面有下拉选项和填写说明。"""
    if file.exists():
        raise Failure([f"{file} 已经有了，没有改动；请换个名字"])
    roster_template.write(file)
    click.echo(f"已写好 {file}")
