"""Exports: what was handed out is on record (rules 32)."""

from sqlalchemy import select

from models import exports
from models.exports import Export
from models.months import Month, Period
from tests.cast import NOW


def test_an_export_says_what_of_whom_by_whom_and_when(session, cast):
    year = Period.year(Month(2026, 1))
    exports.record(session, "ledger", cast.first_branch, year, member=cast.zhang_san, by=cast.wang_jianjun, now=NOW)
    (found,) = session.scalars(select(Export))
    assert (found.what, found.branch_id, found.member_id) == ("ledger", cast.first_branch.id, cast.zhang_san.id)
    assert (found.first, found.last) == (Month(2026, 1), Month(2026, 12))
    assert (found.by_id, found.at) == (cast.wang_jianjun.id, NOW)


def test_at_the_command_line_nobody_is_known_and_a_branch_is_everybody(session, cast):
    exports.record(session, "standings", cast.first_branch, Period.month(Month(2026, 10)), by=None, now=NOW)
    (found,) = session.scalars(select(Export))
    assert (found.member_id, found.by_id) == (None, None)
