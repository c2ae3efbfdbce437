"""``rulebook``: a version in, checked, tried and shown (contract, "The rulebook file"; rules 6)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cli.base import Failure, State, pass_state
from bot.cli.roster import FILE
from bot.office import rulebook_file
from bot.operations import rulebook_words
from bot.operations.rulebook_words import Listed
from models import consultations, organizations, rulebooks, trials
from models.months import Month
from models.organizations import Organization, OrganizationKind
from models.rulebooks import Rulebook

ORG = click.option("--org", "name", metavar="名称", help="哪个组织的细则；不写就是机关党委（党委）。")


@click.group()
def rulebook() -> None:
    """积分细则。"""


@rulebook.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """检查细则文件，写错的地方一次全部指出。"""
    read, warnings = rulebook_file.check(file)
    for warning in warnings:
        click.echo(f"请看一下：{warning}")
    click.echo(
        f"{file} 可以用：“{read.name}”，{len(read.categories)} 类 {len(read.items)} 项，从 {read.effective_from} 起"
    )


@rulebook.command("import")
@click.argument("file", type=FILE)
@ORG
@click.option("--consult", is_flag=True, help="第一版也先征求意见；改版总要征求，不用写。")
@click.option("--dry-run", is_flag=True, help="不写入，看看改了什么，上个月按新细则会怎样。")
@pass_state
def import_(state: State, file: Path, name: str | None, consult: bool, dry_run: bool) -> None:
    """导入细则的新版本，告知党员征求意见。"""
    read, warnings = rulebook_file.check(file)
    for warning in warnings:
        click.echo(f"请看一下：{warning}")
    now = state.now()
    with state.sessions.write() as session:
        organization = one_organization(session, name)
        lines = list(_trial(session, organization, read, now)) if dry_run else []
        found = consultations.propose(session, organization, read, now=now, consulted=consult)
        lines += rulebook_words.proposed(found, organization.name, tried=dry_run)
        if dry_run:
            session.rollback()
    for line in lines:
        click.echo(line)
    if dry_run:
        click.echo("只试了一遍，没有写入")


def _trial(session: Session, organization: Organization, new: Rulebook, now: datetime) -> Iterator[str]:
    before = rulebooks.find_in_force(session, organization.id, Month.of(now))
    if before is not None:
        yield from rulebook_words.changes(before, new)
    month = Month.of(now).plus(-1)
    for trial in trials.run(session, organization, new, month):
        yield from rulebook_words.trial(trial, month)


@rulebook.command()
@ORG
@pass_state
def withdraw(state: State, name: str | None) -> None:
    """撤回还没起用的一版，现行的细则不变，告知党员。"""
    with state.sessions.write() as session:
        organization = one_organization(session, name)
        found = consultations.withdraw(session, organization, now=state.now())
        said = f"已撤回第{found.version}版，{organization.name}现行的细则不变"
    click.echo(said)


@rulebook.command()
@ORG
@pass_state
def show(state: State, name: str | None) -> None:
    """显示现行的细则，各个版本到了哪一步、收到几条意见。"""
    now = state.now()
    with state.sessions.read() as session:
        organization = one_organization(session, name)
        current = rulebooks.find_in_force(session, organization.id, Month.of(now))
        versions = _listed(session, organization, now)
    if current is None and not versions:
        raise Failure([f"{organization.name}还没有积分细则，请用 xianfeng rulebook import 导入"])
    for line in rulebook_words.versions(versions, current):
        click.echo(line)
    for line in rulebook_words.content(current) if current is not None else ():
        click.echo(line)


def _listed(session: Session, organization: Organization, now: datetime) -> list[Listed]:
    """An organization's own versions, oldest first."""
    found = rulebooks.versions_of(session, organization.id)
    comments = consultations.comments(session, found)
    return [
        Listed(
            rulebooks.get(session, version.id),
            consultations.state_of(session, version, now),
            version.consultation_until,
            comments.get(version.id, (0, 0)),
        )
        for version in found
    ]


def one_organization(session: Session, name: str | None) -> Organization:
    """The organization of a name; without one, the one at the top. Raises Failure listing the names to choose from."""
    found = organizations.find_by_name(session, name) if name else top(session)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Failure([f"没有“{name}”这个组织" if name else "还没有组织，请先用 xianfeng roster import 导入花名册"])
    names = "、".join(_full_name(session, organization) for organization in found)
    raise Failure([f"{f'“{name}”' if name else '最上级的组织'}不止一个，请用 --org 写明是哪一个：{names}"])


def top(session: Session) -> list[Organization]:
    """The top of the ladder: what has nothing above it, or only a leading group, which is no rung."""
    leading = [o for o in organizations.roots(session) if o.kind is OrganizationKind.LEADING_GROUP]
    under = select(Organization).where(Organization.parent_id.in_([o.id for o in leading]))
    beside = [o for o in organizations.roots(session) if o.kind is not OrganizationKind.LEADING_GROUP]
    return [*beside, *session.scalars(under.order_by(Organization.id))]


def _full_name(session: Session, organization: Organization) -> str:
    above = organizations.above(session, organization.id)
    return f"{above.name}/{organization.name}" if above else organization.name
