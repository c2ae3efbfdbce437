"""``month``: the monthly round by hand (contract, ``month``; rules 14 to 16).

Each verb does what the clock's job or the secretary's word does, under the same guards, branch by branch.
"""

from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy.orm import Session

from bot.cli.base import Failure, State, pass_state
from bot.cli.columns import aligned
from bot.cli.rulebook import one_organization
from bot.cli.spans import MonthParam
from models import finalizing, organizations, reviewing, rounds, spot_checks
from models.errors import Refused
from models.months import SHANGHAI, Month
from models.organizations import Organization
from models.rounds import STATE_WORDS, Round, RoundState

MONTH = click.argument("month", type=MonthParam())
ORG = click.option("--org", "name", metavar="名称", help="哪个支部，或者哪个党委、党总支下的支部；不写就是全部。")
Act = Callable[[Session, int], str]


@click.group()
def month() -> None:
    """每月的登记、评审、公示、审定。"""


@month.command()
@MONTH
@ORG
@pass_state
def status(state: State, month: Month, name: str | None) -> None:
    """看各支部到了哪一步。"""
    now = state.now()
    with state.sessions.read() as session:
        rows = [(branch.name, _status(session, branch, month, now)) for branch in _branches(session, name)]
    for line in aligned(rows):
        click.echo(line)


def _status(session: Session, branch: Organization, month: Month, now: datetime) -> str:
    """review（评审）  11月11日 00:00前提交公示."""
    found = rounds.find(session, branch.id, month)
    if found is None:
        if month > Month.of(now):
            return "-  还没有开始"
        is_open = rounds.is_open(session, branch.id, month, now)
        return _word(RoundState.OPEN) if is_open else "-  没有记录"
    return f"{_word(found.state)}  {_until(found)}"


def _word(state: RoundState) -> str:
    return f"{state.value}（{STATE_WORDS[state]}）"


def _until(found: Round) -> str:
    """What ends a state, and when."""
    ends = {
        RoundState.OPEN: (found.claims_until, "登记截止"),
        RoundState.REVIEW: (found.review_until, "前提交公示"),
        RoundState.DISCLOSURE: (found.final_from, "起可审定"),
        RoundState.FINAL: (found.final_at, "审定"),
    }
    moment, words = ends[found.state]
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}{words}" if moment is not None else words


@month.command()
@MONTH
@ORG
@pass_state
def review(state: State, month: Month, name: str | None) -> None:
    """登记截止后开始评审（平时由定时任务来做）。"""
    now = state.now()

    _each(state, name, lambda session, branch_id: _stands(reviewing.begin_by_hand(session, branch_id, month, now=now)))


@month.command()
@MONTH
@ORG
@pass_state
def submit(state: State, month: Month, name: str | None) -> None:
    """评审完了，提交公示，不能收回（平时由支部书记来做）。"""
    now = state.now()

    _each(
        state, name, lambda session, branch_id: _stands(reviewing.submit(session, branch_id, month, by=None, now=now))
    )


@month.command()
@MONTH
@ORG
@pass_state
def finalize(state: State, month: Month, name: str | None) -> None:
    """公示期满、意见都已答复的，审定（平时由定时任务来做）。"""
    now = state.now()

    _each(state, name, lambda session, branch_id: _stands(finalizing.finalize(session, branch_id, month, now=now)))


@month.command()
@MONTH
@ORG
@pass_state
def draw(state: State, month: Month, name: str | None) -> None:
    """抽查的抽取：没有抽过的现在抽，抽过的列出怎样重算。"""
    now = state.now()

    def act(session: Session, branch_id: int) -> str:
        return "\n".join(spot_checks.explain(spot_checks.draw(session, branch_id, month, now=now)))

    _each(state, name, act)


def _stands(round_: Round) -> str:
    """Where a month is, and until when."""
    return f"{_word(round_.state)}  {_until(round_)}"


def _each(state: State, name: str | None, act: Act) -> None:
    """Do it branch by branch, each in a transaction of its own; who is refused is told last, with exit code 1."""
    with state.sessions.read() as session:
        branches = [(branch.id, branch.name) for branch in _branches(session, name)]
    refused = []
    for branch_id, branch in branches:
        try:
            with state.sessions.write() as session:
                line = act(session, branch_id)
        except Refused as no:
            refused.append(f"{branch}：{no.sentence}")
        else:
            click.echo(f"{branch}  {line}")
    if refused:
        raise Failure(refused)


def _branches(session: Session, name: str | None) -> list[Organization]:
    if name is None:
        found = list(organizations.branches(session))
    else:
        found = list(organizations.branches_below(session, one_organization(session, name).id))
    if not found:
        raise Failure([f"“{name}”下面没有支部" if name else "还没有支部，请先用 xianfeng roster import 导入花名册"])
    return found
