"""Which branch, and whom, the operator means by what was typed; whoever is not meant is not guessed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cli.base import Failure
from bot.office.problems import did_you_mean
from models import organizations
from models.members import Member
from models.organizations import Organization, OrganizationKind

NAMED = 10  # so many branches are named to choose from; a committee may have hundreds


def member_of(session: Session, staff_no: str) -> Member:
    """The member with a staff number; raises Failure, with the numbers that are like it."""
    found = session.scalars(select(Member).where(Member.staff_no == staff_no)).first()
    if found is None:
        known = session.scalars(select(Member.staff_no)).all()
        raise Failure([f"花名册里没有工号“{staff_no}”{did_you_mean(staff_no, known, every=False)}"])
    return found


def one_branch(session: Session, name: str | None, member: Member | None = None) -> Organization:
    """The branch of a name; without one, the member's, or the only one there is."""
    if name is None and member is not None:
        return member.branch
    every = organizations.branches(session)
    found = every
    if name is not None:
        named = organizations.find_by_name(session, name)
        found = [organization for organization in named if organization.kind is OrganizationKind.BRANCH]
    if len(found) == 1:
        return found[0]
    raise Failure([_which(name, [branch.name for branch in every], several=len(found) > 1)])


def _which(name: str | None, every: list[str], *, several: bool) -> str:
    if not every:
        return "还没有党支部，请先用 xianfeng roster import 导入花名册"
    if name is None:
        more = f"等{len(every)}个" if len(every) > NAMED else ""
        return f"支部之间不放在一起比，一份文件一个支部，请用 --org 写明：{'、'.join(every[:NAMED])}{more}"
    if several:
        return f"“{name}”不止一个，请连上级一起写，例如 机关党委/{name}"
    return f"没有“{name}”这个党支部{did_you_mean(name, every, every=len(every) <= NAMED)}"
