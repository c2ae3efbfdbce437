"""What the tests of spot checks share: claims that are approved, drawn and given to an inspector."""

from sqlalchemy.orm import Session

from models import (
    settings,
    spot_checks,
)
from models.appointments import Office
from models.claims import Claim
from models.rounds import RoundState
from models.spot_checks import SpotDraw
from tests.cast import NOW, Cast
from tests.models.branch_desk import BranchDesk, own
from tests.models.desk import NOVEMBER


def inspected(session: Session, cast: Cast) -> BranchDesk:
    """孙丽 of the second branch is an inspector of the committee; November is under review."""
    desk = own(session, cast)
    desk.office(desk.cast.sun_li, Office.INSPECTOR, desk.cast.committee)
    desk.round(RoundState.REVIEW)
    return desk


def approved(desk: BranchDesk, count: int = 1, **claimed) -> list[Claim]:
    return [desk.approve(desk.claim("服务-03", "1", note=str(n), **claimed)) for n in range(count)]


def draw(desk: BranchDesk) -> SpotDraw:
    return spot_checks.draw(desk.session, desk.cast.first_branch.id, NOVEMBER, now=NOW)


def everything(desk: BranchDesk) -> None:
    """Let every approved claim be drawn."""
    branch = desk.cast.first_branch.id
    settings.put(desk.session, settings.SPOT_SHARE, 100, organization_id=branch, by_id=None, now=NOW)


def given(desk: BranchDesk, **claimed) -> Claim:
    """张三's claim, approved by 李四 and given to 孙丽."""
    claim = desk.approve(desk.claim("服务-01", "2", **claimed))
    draw(desk)
    return claim
