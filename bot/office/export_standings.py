"""The standings of one branch and its groups over a period; branches never stand side by side (rules 17, 18; S2).

A single month that is final is printed as it was published; corrections made since stand beside it (rules 15).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from sqlalchemy.orm import Session

from bot.office.export_words import UNIT, group_word, head_of, people, period_title, stars_word
from bot.office.look import Column, Kind, Paper
from handlers.words import figure
from models import averages, organizations, results, rounds, rulebooks, standings
from models.months import Month, Period
from models.organizations import Organization
from models.results import Result
from models.rounds import RoundState
from models.rulebooks import Rulebook
from models.standings import Standings

TITLE = "党员积分排名"
GROUPS_TITLE = "党小组平均分"
INSIDE = "只在本支部内使用，支部之间不比分。"
WHO = (Column("名次", 8, Kind.NUMBER), Column("工号", 12), Column("姓名", 12), Column("小组", 20))
SCORE, AVERAGE = Column("得分", 10, Kind.NUMBER), Column("平均分", 10, Kind.AVERAGE)
LAST = (Column("星级", 14), Column("备注", 34, Kind.TEXT))
GROUPS = (
    Column("名次", 8, Kind.NUMBER),
    Column("小组", 40),
    Column("平均分", 16, Kind.AVERAGE),
    Column("计分人数", 16, Kind.NUMBER),
)


@dataclass(frozen=True, slots=True)
class _Place:
    member_id: int
    rank: int | None
    score: Decimal | None
    remark: str


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    rank: int | None
    average: Decimal | None
    scored: int


def build(session: Session, branch: Organization, period: Period, *, now: datetime) -> Workbook:
    """Two sheets: members by rank, and groups by the average of their scored members."""
    last = min(period.last, Month.of(now))
    rulebook = rulebooks.in_force(session, branch.id, last)
    round_ = rounds.find(session, branch.id, period.first)
    single = period.first == period.last
    final = single and round_ is not None and round_.state is RoundState.FINAL
    if final:
        places, groups = list(_published(session, branch, last)), list(_published_groups(session, branch, last))
    else:
        found = _standings(session, branch, Period(period.first, last), single=single, now=now)
        places, groups = list(_live(found)), list(_live_groups(session, found))
    paper = Paper(branch.name, head_of(session, branch), now)
    state = "审定" if final else "未审定" if single else "含未审定的月份"
    lead = f"组织：{branch.name}　　期间：{period_title(period)}（{state}）　　{UNIT}"
    _members(session, paper, branch, rulebook, lead, places, score=SCORE if single else AVERAGE)
    _groups(paper, lead, groups)
    return paper.book


def _standings(session: Session, branch: Organization, period: Period, *, single: bool, now: datetime) -> Standings:
    """A month as it stands; several months by their averages, corrections included (rules 15)."""
    if single:
        return standings.of_branch(session, branch.id, period, now)
    return averages.of_branch(session, branch.id, period).standings


def _members(
    session: Session,
    paper: Paper,
    branch: Organization,
    rulebook: Rulebook,
    lead: str,
    places: list[_Place],
    *,
    score: Column,
) -> None:
    page = paper.page("个人", TITLE, lead, (*WHO, score, *LAST), keep=3)
    who = people(session, [place.member_id for place in places])
    for place in places:
        member = who[place.member_id]
        stars = "" if place.score is None else stars_word(rulebook, rulebook.stars_at(place.score))
        shown = "不计分" if place.score is None else place.score
        first = (place.rank, member.staff_no, member.name, group_word(member, branch))
        page.row([*first, shown, stars, place.remark])
    page.note(f"得分相同的名次相同，下一名次顺延。{INSIDE}")
    page.sign("党务专干", "支部书记")
    page.end()


def _groups(paper: Paper, lead: str, groups: list[_Group]) -> None:
    page = paper.page("小组", GROUPS_TITLE, lead, GROUPS)
    for group in groups:
        page.row([group.rank, group.name, "不计分" if group.average is None else group.average, group.scored])
    page.note(INSIDE)
    page.sign("党务专干", "支部书记")
    page.end()


def _live(found: Standings) -> Iterator[_Place]:
    for line in found.lines:
        yield _Place(line.member.id, line.rank, line.score, line.reason.value if line.reason else "")


def _published(session: Session, branch: Organization, month: Month) -> Iterator[_Place]:
    """The snapshot by rank, those not scored last, with what was corrected since."""
    now = results.corrected(session, branch.id, month)
    for result in sorted(results.of_branch(session, branch.id, month), key=_by_rank):
        reason = result.not_scored.value if result.not_scored else ""
        yield _Place(result.member_id, result.rank, result.score, reason or _corrected(result, now[result.member_id]))


def _by_rank(result: Result) -> tuple[bool, int, int]:
    return (result.rank is None, result.rank or 0, result.member_id)


def _corrected(result: Result, score: Decimal) -> str:
    if result.score is None or result.score == score:
        return ""
    return f"审定{figure(result.score)}，更正后{figure(score)}"


def _live_groups(session: Session, found: Standings) -> Iterator[_Group]:
    """Equal averages share a rank, the next rank is skipped."""
    averages: list[Decimal] = []
    for line in standings.groups(session, found):
        if line.average is None:
            yield _Group(line.name, None, None, line.scored)
            continue
        averages.append(line.average)
        yield _Group(line.name, averages.index(line.average) + 1, line.average, line.scored)


def _published_groups(session: Session, branch: Organization, month: Month) -> Iterator[_Group]:
    names = {group.id: group.name for group in organizations.groups_of(session, branch.id)}
    found = sorted(results.of_groups(session, branch.id, month), key=lambda one: (one.rank is None, one.rank or 0))
    for one in found:
        yield _Group(names.get(one.group_id, ""), one.rank, one.average, one.scored)
