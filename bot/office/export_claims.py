"""《个人申报表》 (S2): what each member claimed about a month, what became of it, and room for the signatures.

What a member took back (撤回) was never filed and is left out.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office.export_words import UNIT, group_word, head_of, month_title, people
from bot.office.look import Column, Kind, Page, Paper, Value
from handlers.words import figure
from models import claims, pictures, rolls, zero_claims
from models.claims import STATUS_WORDS, Claim, ClaimStatus
from models.members import Member
from models.months import Month, shanghai_day
from models.organizations import Organization

TITLE = "个人申报表"
COLUMNS = (
    Column("编号", 8),
    Column("事项", 26, Kind.TEXT),
    Column("数量", 10),
    Column("日期", 12, Kind.DAY),
    Column("说明", 32, Kind.TEXT),
    Column("佐证", 7),
    Column("申报分", 8, Kind.SIGNED),
    Column("记入分", 8, Kind.SIGNED),
    Column("状态", 12),
    Column("审核人", 10),
    Column("审核日期", 12, Kind.DAY),
    Column("审核意见", 20, Kind.TEXT),
)


def build(
    session: Session, branch: Organization, month: Month, *, member: Member | None = None, now: datetime
) -> Workbook:
    """A form for one member, or for everyone of the branch who is scored or claimed something."""
    paper = Paper(branch.name, head_of(session, branch), now)
    filed = _filed(session, branch, month)
    scored = {one.id for one in rolls.roll(session, branch.id, month) if one.not_scored is None}
    wanted = scored | filed.keys() if member is None else {member.id}
    nothing = zero_claims.said(session, sorted(wanted), month)
    for id, who in sorted(people(session, wanted).items()):
        _form(session, paper, branch, month, who, filed.get(id, []), said_nothing=id in nothing)
    return paper.book


def _filed(session: Session, branch: Organization, month: Month) -> dict[int, list[Claim]]:
    """The branch's claims about a month by member, oldest first."""
    query = select(Claim).where(Claim.branch_id == branch.id, Claim.month == month)
    found: dict[int, list[Claim]] = {}
    for claim in session.scalars(query.where(Claim.status != ClaimStatus.WITHDRAWN).order_by(Claim.id)):
        found.setdefault(claim.member_id, []).append(claim)
    return found


def _form(
    session: Session,
    paper: Paper,
    branch: Organization,
    month: Month,
    member: Member,
    filed: Sequence[Claim],
    *,
    said_nothing: bool,
) -> None:
    home = "　".join(filter(None, (branch.name, group_word(member, branch))))
    lead = f"姓名：{member.name}　　工号：{member.staff_no}　　组织：{home}　　月份：{month_title(month)}　　{UNIT}"
    page = paper.page(member.name, TITLE, lead, COLUMNS, keep=1)
    for claim in filed:
        page.row(_cells(session, claim))
    _total(page, filed)
    if said_nothing:
        page.note("本人说明：本月没有（其他）要申报的。")
    page.note("以上加分、减分项目和理由由本人如实填写。")
    page.sign("本人", "党小组组长", "支部书记")
    page.end()


def _cells(session: Session, claim: Claim) -> list[Value]:
    item = claims.item_of(session, claim)
    decided = claim.decided_at is not None and claim.status is not ClaimStatus.SUBMITTED
    count = pictures.count_of(session, claim.id)
    return [
        f"#{claim.id}",
        item.title,
        f"{figure(claim.quantity)}{item.unit}",
        claim.day,
        f"（{claim.submitted_by.name}代报）{claim.note}" if claim.recorded_for else claim.note,
        f"{count}张" if count else "",
        claim.points,
        claim.credited,
        STATUS_WORDS[claim.status],
        claim.decided_by.name if claim.decided_by and decided else "",
        shanghai_day(claim.decided_at) if claim.decided_at and decided else None,
        claim.reason,
    ]


def _total(page: Page, filed: Sequence[Claim]) -> None:
    claimed = sum((claim.points for claim in filed), Decimal(0))
    credited = sum((claim.credited for claim in filed if claim.credited is not None), Decimal(0))
    page.row(["合计", f"{len(filed)} 条", *[None] * 4, claimed, credited, *[None] * 4], strong=True)
