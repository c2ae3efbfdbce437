"""``export``: the sheets an office prints and files (contract, ``export``; rules 17, 32).

A file holds one branch, since branches are not compared by points. Each export is logged before its file is there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import config as configuration
from bot.cli.base import Failure, State, pass_state
from bot.cli.branches import member_of, one_branch
from bot.cli.spans import MONTH, YEAR, span
from bot.database import check_ready
from bot.office import (
    export_attendance,
    export_claims,
    export_disclosure,
    export_ledger,
    export_minutes,
    export_standings,
    export_year,
)
from bot.office.aside import aside
from models import exports, rulebooks
from models.ledger import Entry
from models.members import Member
from models.months import Month, Period
from models.organizations import Organization
from models.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be exported: whose, and over which time."""

    branch: Organization
    member: Member | None
    period: Period
    now: datetime


Draw = Callable[[Session, Asked], Workbook]


class BookParam(click.ParamType[Path]):
    """A file that Excel opens by its name."""

    name = "FILE.xlsx"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if path.suffix.lower() != ".xlsx":
            self.fail(f"{value!r} 要以 .xlsx 结尾，例如 台账.xlsx", param, ctx)
        return path


OUT = click.option("--out", type=BookParam(), required=True, help="写到这个文件，只有本人能打开。")
ORG = click.option("--org", metavar="支部", help="哪个支部；只有一个支部时可以不写。")
MEMBER = click.option("--member", "staff_no", metavar="工号", help="只要这一个人的。")


@click.group()
def export() -> None:
    """导出表格（.xlsx）：一份文件一个支部。"""


@export.command()
@ORG
@MEMBER
@span()
@OUT
@pass_state
def ledger(state: State, /, org: str | None, staff_no: str | None, period: Period | None, out: Path) -> None:
    """《党员积分量化管理台账》：一张汇总，每人一张；不写时间就是今年。"""

    def draw(session: Session, asked: Asked) -> Workbook:
        return export_ledger.build(session, asked.branch, asked.period, member=asked.member, now=asked.now)

    now = state.now()
    period = period or Period.year(Month.of(now))
    asked = _export(state, "ledger", draw, out=out, org=org, staff_no=staff_no, period=period, now=now)
    _point_elsewhere(state, asked)


@export.command()
@ORG
@MEMBER
@MONTH
@OUT
@pass_state
def claims(state: State, /, org: str | None, staff_no: str | None, month: Month | None, out: Path) -> None:
    """《个人申报表》：每人一张；不写月份就是本月。"""

    def draw(session: Session, asked: Asked) -> Workbook:
        return export_claims.build(session, asked.branch, asked.period.first, member=asked.member, now=asked.now)

    now = state.now()
    period = Period.month(month) if month else _this_month(now)
    _export(state, "claims", draw, out=out, org=org, staff_no=staff_no, period=period, now=now)


@export.command()
@ORG
@MONTH
@OUT
@pass_state
def disclosure(state: State, /, org: str | None, month: Month | None, out: Path) -> None:
    """公示表，有本人核实签名栏；不写月份就是上月。"""

    def draw(session: Session, asked: Asked) -> Workbook:
        return export_disclosure.build(session, asked.branch, asked.period.first, now=asked.now)

    now = state.now()
    period = Period.month(month or Month.of(now).plus(-1))
    _export(state, "disclosure", draw, out=out, org=org, period=period, now=now)


@export.command()
@ORG
@span()
@OUT
@pass_state
def standings(state: State, /, org: str | None, period: Period | None, out: Path) -> None:
    """一个支部的排名和小组平均分；不写时间就是本月。"""

    def draw(session: Session, asked: Asked) -> Workbook:
        return export_standings.build(session, asked.branch, asked.period, now=asked.now)

    now = state.now()
    _export(state, "standings", draw, out=out, org=org, period=period or _this_month(now), now=now)


@export.command("year")
@ORG
@YEAR
@OUT
@pass_state
def year_(state: State, /, org: str | None, year: int | None, out: Path) -> None:
    """年终总评、民主评议名单、绩效考核表；不写年份就是今年。"""

    def draw(session: Session, asked: Asked) -> Workbook:
        return export_year.build(session, asked.branch, asked.period.first.year, now=asked.now)

    now = state.now()
    period = Period.year(Month(year, 1) if year else Month.of(now))
    _export(state, "year", draw, out=out, org=org, period=period, now=now)


@export.command()
@ORG
@span(stretch=True)
@OUT
@pass_state
def attendance(state: State, /, org: str | None, period: Period | None, out: Path) -> None:
    """一个支部的到会情况：个人、小组、类型、领导干部双重组织生活；不写时间就是今年。"""

    def draw(session: Session, asked: Asked) -> Workbook:
        return export_attendance.build(session, asked.branch, asked.period, now=asked.now)

    now = state.now()
    period = period or Period.year(Month.of(now))
    _export(state, "attendance", draw, out=out, org=org, period=period, now=now, points=False)


@export.command()
@ORG
@span(stretch=True)
@OUT
@pass_state
def minutes(state: State, /, org: str | None, period: Period | None, out: Path) -> None:
    """《党支部工作手册》会议记录：支部和小组的，一次会一张；不写时间就是本月。"""

    def draw(session: Session, asked: Asked) -> Workbook:
        kept = state.program.cabinet.get
        return export_minutes.build(session, asked.branch, asked.period, now=asked.now, kept=kept)

    now = state.now()
    period = period or _this_month(now)
    _export(state, "minutes", draw, out=out, org=org, period=period, now=now, points=False)


def _export(
    state: State,
    what: str,
    draw: Draw,
    *,
    out: Path,
    org: str | None,
    staff_no: str | None = None,
    period: Period,
    now: datetime,
    points: bool = True,
) -> Asked:
    """Read one moment of the database, log the export, and put the file in its place.

    What has no ``points`` in it needs no rulebook.
    """
    check_ready(state.engine)
    with aside(out) as file:
        with _one_moment(state).read() as session:
            member = member_of(session, staff_no) if staff_no else None
            asked = Asked(one_branch(session, org, member), member, period, now)
            _check(session, asked, points=points)
            draw(session, asked).save(file)
        with state.sessions.write() as session:
            exports.record(session, what, asked.branch, period, member=member, by=None, now=now)
    click.echo(f"已导出到 {out}：{asked.branch.name}{f' {member.name}' if member else ''}")
    return asked


def _this_month(now: datetime) -> Period:
    return Period.month(Month.of(now))


def _one_moment(state: State) -> Sessions:
    """Sessions that see one moment from beginning to end, so that the chain's head is that of the figures."""
    if state.engine.dialect.name == "postgresql":
        engine = state.engine.execution_options(isolation_level="REPEATABLE READ")
        return Sessions(engine, configuration.defaults(state.config))
    return state.sessions


def _check(session: Session, asked: Asked, *, points: bool) -> None:
    """Raise Failure for a time that has not begun, NoRulebook where no month of it has a rulebook."""
    begun = [month for month in asked.period.months if month <= Month.of(asked.now)]
    if not begun:
        raise Failure([f"{asked.period.first} 还没开始，没有可以导出的"])
    if points and not any(rulebooks.find_in_force(session, asked.branch.id, month) for month in begun):
        rulebooks.in_force(session, asked.branch.id, begun[-1])


def _point_elsewhere(state: State, asked: Asked) -> None:
    """Say in which other branches a member earned points in that time (rules 31)."""
    if asked.member is None:
        return
    about = Entry.about_month.between(asked.period.first, asked.period.last)
    query = select(Entry.branch_id).where(Entry.member_id == asked.member.id, about).distinct()
    with state.sessions.read() as session:
        for id in sorted(set(session.scalars(query)) - {asked.branch.id}):
            name = session.get_one(Organization, id).name
            click.echo(f"请看一下：{asked.member.name}在{name}也有记录，要另外导出：--org {name}")
