"""年终总评 of one branch, each eligibility with the figure and the rule it rests on, and the plain table for 绩效考核.

The figures are ``models/evaluations.py``'s; what follows from them is decided by people (rules 22).
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office.export_words import UNIT, group_word, head_of, people, stars_word
from bot.office.look import Column, Kind, Paper, put
from handlers.words import figure
from models import commendations, evaluations, rulebooks
from models.columns import rounded
from models.commendations import Commendation
from models.consequences import FollowUp
from models.evaluations import Evaluation, EvaluationLine
from models.members import Member
from models.months import Month
from models.organizations import Organization
from models.rulebooks import Rulebook

TITLE = "党员积分年终总评表"
LISTED_TITLE = "列入年度民主评议名单"
PLAIN = "绩效考核"
PLAIN_COLUMNS = ("工号", "姓名", "计分月数", "年度平均", "名次", "星级")
COLUMNS = (
    Column("名次", 6, Kind.NUMBER),
    Column("工号", 10),
    Column("姓名", 10),
    Column("小组", 14),
    Column("计分月数", 7, Kind.NUMBER),
    Column("年度平均", 10, Kind.AVERAGE),
    Column("星级", 13),
    Column("可评优秀", 8),
    Column("说明（条件：本人数字）", 62, Kind.TEXT),
    Column("民主评议", 11),
    Column("表彰记录", 18, Kind.TEXT),
)
LISTED = (
    Column("序号", 8, Kind.NUMBER),
    Column("工号", 14),
    Column("姓名", 14),
    Column("小组", 20),
    Column("跟进编号", 12),
    Column("依据", 50, Kind.TEXT),
    Column("支部意见", 24),
)


def build(session: Session, branch: Organization, year: int, *, now: datetime) -> Workbook:
    """Three sheets: the evaluation by rank, the list for 民主评议 in roster order, and the plain table."""
    found = evaluations.of_branch(session, branch.id, year, now)
    last = min(Month(year, 12), Month.of(now))
    rulebook = rulebooks.in_force(session, branch.id, last)
    who = people(session, [line.member_id for line in found.lines])
    given = commendations.of_year(session, branch.id, year)
    paper = Paper(branch.name, head_of(session, branch), now)
    state = "全年已审定" if found.complete else f"截至{last.number}月，全年还没有审定"
    lead = f"组织：{branch.name}　　年度：{year}年（{state}）　　{UNIT}"
    _evaluation(paper, branch, lead, found, who, rulebook, given)
    _listed(session, paper, branch, lead, found, who)
    _plain(paper, found, who, rulebook)
    return paper.book


def _evaluation(
    paper: Paper,
    branch: Organization,
    lead: str,
    found: Evaluation,
    who: dict[int, Member],
    rulebook: Rulebook,
    given: Iterable[Commendation],
) -> None:
    page = paper.page("年终总评", TITLE, lead, COLUMNS, keep=3)
    for line in found.lines:
        member = who[line.member_id]
        titles = [one.title for one in given if one.member_id == line.member_id]
        first = (line.rank, member.staff_no, member.name, group_word(member, branch), line.months)
        average = "不计分" if line.average is None else line.average
        may = "可以" if line.may_be_excellent else "不符合"
        page.row([*first, average, _stars(rulebook, line), may, why(line), _numbers(line), "、".join(titles)])
    page.note(gate(found))
    own = [one.title for one in given if one.member_id is None]
    if own:
        page.note(f"本支部已记录的表彰：{'、'.join(own)}。")
    page.note("“可以”是符合评优的积分条件，评不评由党组织决定。只在本支部内使用，支部之间不比分。")
    page.sign("党务专干", "支部书记", "党委负责人")
    page.end()


def why(line: EvaluationLine) -> str:
    """√支部名次前3（并列都算）：第2名；×计分满6个月：计分5个月."""
    return "；".join(f"{'√' if check.holds else '×'}{check.rule}：{check.figure}" for check in line.checks)


def gate(found: Evaluation) -> str:
    """Whether the branch and its secretary may be commended, with the share it rests on (S2, rules 22)."""
    if not found.scored:
        return "全年没有计分的党员。"
    share = rounded(Decimal(found.under * 100) / found.scored)
    mark = figure(found.mark or Decimal(0))
    ground = f"计分 {found.scored} 人，年度平均低于合格分{mark}的 {found.under} 人，占{figure(share)}%"
    if found.barred:
        return f"{ground}，达到30%：本支部不能评五好党支部，书记不能评优秀党支部书记。"
    return f"{ground}，没有达到30%：不影响本支部和书记评优。"


def _stars(rulebook: Rulebook, line: EvaluationLine) -> str:
    return "" if line.average is None else stars_word(rulebook, rulebook.stars_at(line.average))


def _numbers(line: EvaluationLine) -> str:
    return "、".join(f"T{number}" for number in line.listed)


def _listed(
    session: Session, paper: Paper, branch: Organization, lead: str, found: Evaluation, who: dict[int, Member]
) -> None:
    """Who is proposed for 民主评议, a line for each follow-up that says so."""
    page = paper.page("民主评议名单", LISTED_TITLE, lead, LISTED, keep=3)
    numbers = [number for line in found.to_evaluate for number in line.listed]
    query = select(FollowUp).where(FollowUp.id.in_(numbers)).order_by(FollowUp.member_id, FollowUp.id)
    for place, one in enumerate(session.scalars(query), start=1):
        member = who[one.member_id]
        ground = f"{one.month.number}月{figure(one.score)}分（合格{figure(one.mark)}分），连续第{one.streak}个月"
        page.row([place, member.staff_no, member.name, group_word(member, branch), f"T{one.id}", ground, None])
    if not numbers:
        page.note("没有。")
    page.note("由支部提出，如何评议由党员大会决定。")
    page.sign("支部书记")
    page.end()


def _plain(paper: Paper, found: Evaluation, who: dict[int, Member], rulebook: Rulebook) -> None:
    """Values alone, in roster order, to be pasted into the office's own table."""
    sheet = paper.sheet(PLAIN)
    for column, title in enumerate(PLAIN_COLUMNS, start=1):
        put(sheet, 1, column, title)
    for row, line in enumerate(sorted(found.lines, key=lambda line: line.member_id), start=2):
        stars = None if line.average is None else rulebook.stars_at(line.average)
        values = (who[line.member_id].staff_no, line.name, line.months, line.average, line.rank, stars)
        for column, value in enumerate(values, start=1):
            put(sheet, row, column, value)
