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


def test_the_leader_is_asked_for_the_closing_report_once_and_its_lack_is_told(desk: Desk, within: Sessions):
    found_group(desk.session, desk.cast)
    wanted = OVER - timedelta(days=2)
    assert [temporary_groups.ask_reports(within, now=wanted) for _ in range(2)] == [1, 0]
    temporary_groups.end(within, now=OVER)
    assert (desk.told("closing_report_wanted"), desk.told("closing_report_missing")) == (["王芳"], ["王建军", "何敏"])
