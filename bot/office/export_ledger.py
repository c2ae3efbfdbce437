"""《党员积分量化管理台账》 (S1): a branch's summary and a sheet per member, every entry opened (rules 2, 4).

A sheet holds one branch's points: what a member earned in another branch stands in that branch's ledger.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office.export_words import UNIT, group_word, head_of, month_title, people, period_title, stars_word
from bot.office.look import Column, Kind, Page, Paper, Value
from handlers.points import SOURCE_WORDS, entry_title
from handlers.words import figure
from models import explaining, rulebooks, standings, statements
from models.claims import Claim
from models.ledger import Entry
from models.members import Member
from models.months import Period
from models.organizations import Organization
from models.rounds import STATE_WORDS
from models.statements import Line, Statement

TITLE = "党员积分量化管理台账"
SUMMARY = "汇总"
COLUMNS = (
    Column("编号", 9),
    Column("日期", 12, Kind.DAY),
    Column("事项", 28, Kind.TEXT),
    Column("分值", 8, Kind.SIGNED),
    Column("来源", 14),
    Column("说明", 36, Kind.TEXT),
    Column("审核人", 10),
    Column("记账月份", 10),
    Column("月内得分", 10, Kind.NUMBER),
)
ONE_MONTH = (
    Column("基础分", 9, Kind.NUMBER),
    Column("加分", 9, Kind.NUMBER),
    Column("扣分", 9, Kind.NUMBER),
    Column("得分", 9, Kind.NUMBER),
    Column("星级", 14),
)
MONTHS = (Column("计分月数", 10, Kind.NUMBER), Column("平均分", 10, Kind.AVERAGE))
WHO = (Column("序号", 6, Kind.NUMBER), Column("工号", 12), Column("姓名", 12), Column("小组", 16))
REMARK = Column("备注", 24, Kind.TEXT)


def build(
    session: Session, branch: Organization, period: Period, *, member: Member | None = None, now: datetime
) -> Workbook:
    """The ledger of a branch over a period, or of one of its members; months that have not begun are left out."""
    paper = Paper(branch.name, head_of(session, branch), now)
    found = statements.of_branch(session, branch.id, period, now)
    if member is not None:
        found = {id: months for id, months in found.items() if id == member.id}
    who = people(session, found)
    if member is None:
        _summary(paper, branch, period, found, who)
    words = _Words(session, found)
    for id, months in found.items():
        _sheet(paper, branch, period, who[id], months, words)
    return paper.book


def _summary(
    paper: Paper, branch: Organization, period: Period, found: dict[int, list[Statement]], who: dict[int, Member]
) -> None:
    """A line a member, in roster order: this is no ranking."""
    single = period.first == period.last
    columns = ONE_MONTH if single else (*(Column(f"{m.number}月", 8, Kind.NUMBER) for m in period.months), *MONTHS)
    lead = f"组织：{branch.name}　　期间：{period_title(period)}　　{UNIT}"
    page = paper.page(SUMMARY, f"{TITLE}（汇总）", lead, (*WHO, *columns, REMARK), keep=3)
    for number, (id, months) in enumerate(found.items(), start=1):
        member = who[id]
        first: list[Value] = [number, member.staff_no, member.name, group_word(member, branch)]
        figures = _of_month(months[0]) if single else _of_months(period, months)
        page.row([*first, *figures, _remark(months)])
    page.note("按花名册顺序排列，不是名次；未审定的月份以审定为准。")
    page.sign("党务专干", "支部书记")
    page.end()


def _of_month(month: Statement) -> list[Value]:
    stars = stars_word(month.rulebook, month.rulebook.stars_at(month.score)) if month.scored else ""
    return [month.rulebook.base, month.plus, month.minus, _score(month), stars]


def _of_months(period: Period, months: Sequence[Statement]) -> list[Value]:
    known = {month.month: month for month in months}
    scores = [month.score for month in months if month.scored]
    average = standings.average(scores) if scores else None
    return [*(_score(known.get(month)) for month in period.months), len(scores), average]


def _score(month: Statement | None) -> Value:
    if month is None:
        return None
    return month.score if month.scored else "不计分"


def _remark(months: Sequence[Statement]) -> str:
    """Why some months do not count, and which were corrected since they became final (rules 15)."""
    reasons = dict.fromkeys(month.left_out for month in months if month.left_out)
    said = [f"不计分：{'、'.join(reasons)}"] if reasons else []
    return "；".join([*said, *(f"{month.month.number}月{_published(month)}" for month in months if month.published)])


def _published(month: Statement) -> str:
    """审定58，更正后62: nothing where the two are one."""
    if month.published is None:
        return ""
    return f"审定{figure(month.published)}，更正后{figure(month.score)}"


def _sheet(
    paper: Paper, branch: Organization, period: Period, member: Member, months: Sequence[Statement], words: "_Words"
) -> None:
    """One member's months, each with its entries and its total."""
    home = "　".join(filter(None, (branch.name, group_word(member, branch))))
    lead = f"姓名：{member.name}　　工号：{member.staff_no}　　组织：{home}　　期间：{period_title(period)}　　{UNIT}"
    page = paper.page(member.name, TITLE, lead, COLUMNS, keep=1)
    for month in months:
        _month(page, month, words)
    scores = [month.score for month in months if month.scored]
    if len(scores) > 1:
        page.note(f"计分 {len(scores)} 个月，平均 {figure(standings.average(scores))} 分。")
    page.sign("本人", "党小组组长", "支部书记")
    page.end()


def _month(page: Page, month: Statement, words: "_Words") -> None:
    book = month.rulebook
    state = f"（{STATE_WORDS[month.state] if month.state else '未审定'}）"
    left_out = f"　　不计分（{month.left_out}），仅作记录" if month.left_out else ""
    page.band(f"{month_title(month.month)}{state}　　细则第{book.version}版，基础{figure(book.base)}分{left_out}")
    for line in month.lines:
        page.row(words.cells(line, scored=month.scored))
    sums = f"加分{figure(month.plus)}　扣分{figure(month.minus)}"
    net = month.plus - month.minus
    page.row(["合计", None, sums, net, None, _why(month, net), None, None, _score(month)], strong=True)


def _why(month: Statement, net: Decimal) -> str:
    """Stars, why the score is not simply base and points, and what was published before a correction."""
    if not month.scored:
        return ""
    stars = stars_word(month.rulebook, month.rulebook.stars_at(month.score))
    return "　".join(filter(None, (stars, _bound(month, month.rulebook.base + net), _published(month))))


def _bound(month: Statement, plain: Decimal) -> str:
    if month.zeroed:
        return "归零，得分为0"
    if month.score == plain:
        return ""
    return f"{figure(plain)}，{'封顶' if month.score < plain else '保底'}{figure(month.score)}"


class _Words:
    """What the entries of a ledger say: titles, notes of their claims, names of who decided."""

    def __init__(self, session: Session, found: dict[int, list[Statement]]) -> None:
        self._session = session
        entries = [line.entry for months in found.values() for month in months for line in month.lines]
        deciders = {entry.decided_by_id for entry in entries if entry.decided_by_id is not None}
        self._names = {id: member.name for id, member in people(session, deciders).items()}
        self._notes = self._read_notes(entries)

    def cells(self, line: Line, *, scored: bool) -> list[Value]:
        """The row of one entry."""
        entry = line.entry
        return [
            f"J{entry.id}",
            entry.day,
            self._title(entry),
            entry.points,
            SOURCE_WORDS[entry.source],
            self._said(entry),
            self._names.get(entry.decided_by_id or 0, ""),
            str(entry.booked_month),
            line.score if scored else None,
        ]

    def _title(self, entry: Entry) -> str:
        if entry.rulebook_id is None:
            return SOURCE_WORDS[entry.source]
        return entry_title(rulebooks.get(self._session, entry.rulebook_id), entry)

    def _said(self, entry: Entry) -> str:
        named = f"冲销 J{entry.reverses_id}" if entry.reverses_id is not None else ""
        return "；".join(filter(None, (named, self._notes.get(explaining.claim_id_of(entry) or 0), entry.reason)))

    def _read_notes(self, entries: Iterable[Entry]) -> dict[int, str]:
        ids = {explaining.claim_id_of(entry) for entry in entries} - {None}
        query = select(Claim.id, Claim.note).where(Claim.id.in_(ids))
        return {row.id: row.note for row in self._session.execute(query)}
