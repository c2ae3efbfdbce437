"""Doctor's look at the organization: rulebooks, who decides, who is bound, and the calendar of working days."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.operations.findings import Finding, fails, fine, note
from models import bindings, deciding_requests, organizations, rulebooks, workdays
from models.appointments import Office
from models.deciders import BranchOffices, offices_of
from models.months import Month
from models.organizations import Nature, Organization
from models.requests import Request

IN_PLACE = (Office.DEPUTY_SECRETARY, Office.DISCIPLINE_COMMISSIONER)  # decide where there is no secretary


def look(session: Session, now: datetime) -> Iterator[Finding]:
    """The branches, if there are any yet."""
    branches = organizations.branches(session)
    if not branches:
        yield fails("还没有花名册", "请用 xianfeng roster import 导入")
        return
    yield _rulebooks(session, branches, now)
    yield from _deciders(session, branches, now)
    yield from _stranded(session, now)
    unbound = len(bindings.unbound(session))
    if unbound:
        yield note(f"还没绑定微信的党员 {unbound} 人", "xianfeng roster codes 可给他们新的绑定码")
    else:
        yield fine("党员都绑定了微信")


def _rulebooks(session: Session, branches: Sequence[Organization], now: datetime) -> Finding:
    month = Month.of(now)
    without = [b.name for b in branches if rulebooks.find_in_force(session, b.id, month) is None]
    if without:
        return fails(f"{month} 没有积分细则的支部：{'、'.join(without)}", "请用 xianfeng rulebook import 导入")
    return fine(f"{len(branches)} 个支部 {month} 都有积分细则")


def _deciders(session: Session, branches: Sequence[Organization], now: datetime) -> Iterator[Finding]:
    """Branches and groups without the one who decides first (rules 9)."""
    offices = [(branch, offices_of(session, branch.id, now)) for branch in branches]
    headless = [(branch, held) for branch, held in offices if not held.holders(branch.id, Office.SECRETARY)]
    nobody = [branch.name for branch, held in headless if not _others(held)]
    no_secretary = [branch.name for branch, held in headless if _others(held)]
    no_leader = [
        f"{branch.name}/{group.name}"
        for branch, held in offices
        for group in organizations.groups_of(session, branch.id)
        if group.nature is not Nature.TEMPORARY and not held.holders(group.id, Office.GROUP_LEADER)
    ]
    if nobody:
        yield fails(f"没有人能审核的支部：{'、'.join(nobody)}", "请在花名册里写上书记，再导入一次")
    if no_secretary:
        yield note(f"没有书记的支部：{'、'.join(no_secretary)}", "申报会交给副书记、纪检委员或上一级")
    if no_leader:
        yield note(f"没有组长的小组：{'、'.join(no_leader)}", "申报会交给支部书记")
    if not (headless or no_leader):
        yield fine("各支部有书记，各小组有组长")


def _stranded(session: Session, now: datetime) -> Iterator[Finding]:
    """Bindings that nobody can confirm in the chat (rules 30), and what else waits for nobody."""
    waiting = deciding_requests.stranded(session, now)
    found = [request for request in waiting if request.openid is not None]
    if len(found) < len(waiting):
        names = _listed(request for request in waiting if request.openid is None)
        yield fails(f"没有人能审批的申请：{names}", "请在花名册里写上上一级的书记，并请他绑定、关注")
    if found:
        names = _listed(found)
        only = " ".join(f"--only {staff_no}" for staff_no in dict.fromkeys(r.member.staff_no for r in found))
        yield fails(
            f"没有人能核对的绑定申请：{names}",
            f"请当面核对本人，再用 xianfeng roster codes {only} 发绑定码，旧微信同时解绑",
        )


def _listed(found: Iterable[Request]) -> str:
    return "、".join(f"L{request.id} {request.member.name}" for request in found)


def _others(held: BranchOffices) -> bool:
    """Whether somebody of a branch without a secretary, or the secretary above, may decide."""
    own = [holder for office in IN_PLACE for holder in held.holders(held.branch_id, office)]
    return bool(own or [holder for id in held.above_ids for holder in held.holders(id, Office.SECRETARY)])


def look_at_calendar(now: datetime) -> Iterator[Finding]:
    """Whether the official calendar of this year is known; next year's is published in November."""
    year = Month.of(now).year
    if year not in workdays.KNOWN_YEARS:
        yield fails(f"不知道 {year} 年的法定节假日，期限会算错", "请更新程序（chinesecalendar）")
    elif year + 1 not in workdays.KNOWN_YEARS and Month.of(now).number >= 11:
        yield note(f"还不知道 {year + 1} 年的法定节假日", "公布后请在年底前更新程序（chinesecalendar）")
    else:
        yield fine(f"{year} 年的法定节假日已知")
