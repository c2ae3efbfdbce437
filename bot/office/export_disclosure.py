"""公示表: everyone's figures of a month in roster order, to be hung up and signed (rules 14). It is no ranking.

What the rulebook publishes by its figure alone has neither item nor reason here.
"""

from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from sqlalchemy.orm import Session

from bot.office.export_words import UNIT, group_word, head_of, month_title, people
from bot.office.look import Column, Kind, Page, Paper
from handlers.points import SOURCE_WORDS
from handlers.round_words import disclosure_word, head_word
from handlers.words import day_word, figure, signed
from models import disclosures, results, rounds
from models.disclosures import Line, Shown
from models.months import Month, shanghai_day
from models.organizations import Organization
from models.rounds import Round

TITLE = "党员积分公示表"
COLUMNS = (
    Column("序号", 6, Kind.NUMBER),
    Column("姓名", 12),
    Column("小组", 14),
    Column("基础分", 8, Kind.NUMBER),
    Column("加分", 8, Kind.NUMBER),
    Column("扣分", 8, Kind.NUMBER),
    Column("得分", 9, Kind.NUMBER),
    Column("加减分事项", 56, Kind.TEXT),
    Column("本人核实（签名）", 18),
    Column("备注", 18, Kind.TEXT),
)


def build(session: Session, branch: Organization, month: Month, *, now: datetime) -> Workbook:
    """One sheet; before its disclosure the month is printed as it stands, saying so."""
    paper = Paper(branch.name, head_of(session, branch), now)
    found = rounds.find(session, branch.id, month)
    state = found.word if found is not None else "未公示"
    lead = f"组织：{branch.name}　　月份：{month_title(month)}（{state}）　　{_time(found)}{UNIT}"
    page = paper.page("公示表", TITLE, lead, COLUMNS, keep=2)
    lines = disclosures.lines(session, branch.id, month)
    who = people(session, [line.member_id for line in lines])
    corrected = results.corrected(session, branch.id, month)  # empty before it is final
    for number, line in enumerate(lines, start=1):
        checked = found is not None and disclosures.has_checked(session, found, line.member_id)
        remark = _remark(line, corrected.get(line.member_id), checked=checked)
        figures = (line.base, line.plus, line.minus, "不计分" if line.score is None else line.score)
        home = group_word(who[line.member_id], branch)
        page.row([number, line.name, home, *figures, "；".join(map(item_word, line.items)), None, remark])
    _end(page, found)
    return paper.book


def _time(found: Round | None) -> str:
    """公示期：11月10日至11月17日（5个工作日）."""
    if found is None or found.submitted_at is None:
        return ""
    return f"公示期：{day_word(shanghai_day(found.submitted_at))}{disclosure_word(found)}　　"


def _remark(line: Line, now: Decimal | None, *, checked: bool) -> str:
    said = [f"不计分：{line.not_scored.value}"] if line.not_scored else []
    if now is not None and now != line.score:
        said.append(f"审定后更正为{figure(now)}")
    return "；".join([*said, *(["已在微信核实"] if checked else [])])


def item_word(shown: Shown) -> str:
    """社区志愿服务+2（11月20日）; what is published by its figure alone says no more."""
    if not shown.full:
        return f"{signed(shown.points)}（只公示分数）"
    title = shown.item.title if shown.item is not None else SOURCE_WORDS[shown.source]
    about = "，".join(filter(None, (day_word(shown.day) if shown.day else "", shown.reason)))
    return f"{title}{signed(shown.points)}" + (f"（{about}）" if about else "")


def _end(page: Page, found: Round | None) -> None:
    page.note("按花名册顺序排列，不是名次。本人核实后签名；公示期内没有提出意见的，视为无异议。")
    page.note("有不同意见，公示期内在微信里发“我有意见”，或当面找支部书记。")
    if found is not None and found.head:
        meeting = f"评审会议 M{found.meeting}" if found.meeting is not None else "没有写明评审会议"
        page.note(f"{meeting}　　提交公示时的台账链头 {head_word(found)}")
    page.sign("支部书记")
    page.end()
