"""A temporary group of the cast, for tests: 扫雪专班 of three people from two branches, until 31 December 2026."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import temporary_groups
from models.members import Member
from models.organizations import Organization
from tests.cast import NOW, Cast

UNTIL = date(2026, 12, 31)


def found_group(
    session: Session, cast: Cast, *, leader: Member | None = None, until: date = UNTIL, now: datetime = NOW
) -> Organization:
    """王建军 founds it; 王芳 leads unless somebody else is named, 张三 and 孙丽 (of the second branch) are in it."""
    return temporary_groups.found(
        session,
        "扫雪专班",
        leader=leader or cast.wang_fang,
        people=[cast.zhang_san, cast.sun_li, cast.wang_fang],
        until=until,
        by=cast.wang_jianjun,
        now=now,
    )
