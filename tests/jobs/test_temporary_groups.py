"""Temporary groups end by themselves (rules 9; S0)."""

from datetime import timedelta

from jobs import temporary_groups
from models.months import at
from models.sessions import Sessions
from tests.models.desk import Desk
from tests.temporary import UNTIL, found_group

OVER = at(UNTIL + timedelta(days=1))


def test_what_has_run_out_ends_once(desk: Desk, within: Sessions):
    found_group(desk.session, desk.cast)
    assert temporary_groups.end(within, now=OVER - timedelta(seconds=1)) == 0
    assert [temporary_groups.end(within, now=OVER) for _ in range(2)] == [1, 0]
    assert desk.told("temporary_group_ended") == ["张三", "王芳", "孙丽"]
