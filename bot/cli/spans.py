"""How a time is written on the command line: a month, a quarter, a year, or a stretch of months."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from models.months import Month, Period

BEGINS = 1900
Returned = TypeVar("Returned")
Command = Callable[..., Returned]


class MonthParam(click.ParamType[Month]):
    """``2026-10``."""

    name = "2026-10"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Month:
        try:
            return value if isinstance(value, Month) else Month.parse(value)
        except ValueError:
            self.fail(f"{value!r} 不是月份，例如 2026-10", param, ctx)


class QuarterParam(click.ParamType[Period]):
    """``2026Q3``."""

    name = "2026Q3"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        if isinstance(value, Period):
            return value
        found = re.fullmatch(r"(\d{4})-?[Qq]([1-4])", value)
        if found is None or int(found[1]) < BEGINS:
            self.fail(f"{value!r} 不是季度，例如 2026Q3", param, ctx)
        return Period.quarter(Month(int(found[1]), int(found[2]) * 3))


MONTH = click.option("--month", type=MonthParam(), help="哪个月。")
QUARTER = click.option("--quarter", type=QuarterParam(), help="哪个季度。")
YEAR = click.option("--year", type=click.IntRange(BEGINS, 9999), metavar="2026", help="哪一年。")
FROM = click.option("--from", "first", type=MonthParam(), help="从哪个月起，与 --to 连用。")
TO = click.option("--to", "last", type=MonthParam(), help="到哪个月止，含这个月。")


def span(*, stretch: bool = False) -> Callable[[Command[Returned]], Command[Returned]]:
    """``--month``, ``--quarter`` or ``--year``, or a ``stretch`` with ``--from`` and ``--to``: given as ``period``.

    None where nothing was written; what is meant then differs from command to command.
    """
    options = [MONTH, QUARTER, YEAR, *([FROM, TO] if stretch else [])]

    def decorate(function: Command[Returned]) -> Command[Returned]:
        @wraps(function)
        def command(
            *args: Any,
            month: Month | None,
            quarter: Period | None,
            year: int | None,
            first: Month | None = None,
            last: Month | None = None,
            **more: Any,
        ) -> Returned:
            return function(*args, period=_one(month, quarter, year, first, last), **more)

        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _one(
    month: Month | None, quarter: Period | None, year: int | None, first: Month | None, last: Month | None
) -> Period | None:
    """The one time that was given, if any; raises UsageError for two, or for half a stretch."""
    if (first is None) != (last is None) or (first and last and last < first):
        raise click.UsageError("--from 和 --to 一起写，先后不能颠倒，例如 --from 2026-09 --to 2026-11")
    given = [
        *([Period.month(month)] if month else []),
        *([quarter] if quarter else []),
        *([Period.year(Month(year, 1))] if year else []),
        *([Period(first, last)] if first and last else []),
    ]
    if len(given) > 1:
        raise click.UsageError("--month、--quarter、--year、--from 和 --to 只写一种")
    return given[0] if given else None
