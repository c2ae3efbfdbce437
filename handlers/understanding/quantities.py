"""Quantities as people write and say them: 两个半小时, 120分钟, 4h, 俩钟头, 三户, 一篇, 9点到11点.

What is said counts; what follows only from a span of time, a sum or a rough word (半天, 两三个) is not
sure and gets asked. Points (两分), money, millilitres, people and sacks of rice are no quantities.
"""

import re
import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from handlers.understanding import clocks, numerals, shapes
from handlers.understanding.line import Line, Span
from handlers.understanding.numerals import NUMBER, number

HOUR = "小时"
# What counts as one of a unit; the first entry of an item's own unit needs no table.
SAME = {
    "小时": {"小时"},
    "户": {"户", "家"},
    "场": {"场", "次", "回", "堂", "趟", "期", "节"},
    "次": {"次", "回", "场", "趟", "堂", "节", "遍", "期"},
    "篇": {"篇", "份"},
    "项": {"项", "件", "次"},
    "条": {"条", "件"},
    "人次": {"人次", "人", "次"},
    "月": {"月", "次"},
}
# A thing counted by these happens once unless more is said.
ONCE = frozenset({"月", "项", "篇", "场", "次", "条"})


class How(Enum):
    """How sure a figure is."""

    SAID = "said"  # in so many words
    ABOUT = "about"  # 大概两小时
    SPAN = "span"  # from one clock time to another
    ROUGH = "rough"  # 半天, 两三个小时, 几户


class Amount(NamedTuple):
    """One figure with its unit; a rough one has no value."""

    value: Decimal | None
    unit: str
    span: Span
    how: How
    total: bool = False  # 一共 stands before it


class Fit(NamedTuple):
    """What a text says in one unit; empty values: asked openly."""

    values: tuple[Decimal, ...] = ()
    spans: tuple[Span, ...] = ()
    sure: bool = True
    why: str = ""


# 大概两小时, 每次1小时: said, but not what is to be counted for certain.
_HEDGED_BEFORE = re.compile(
    r"(?:(?:大约|大概|差不多|将近|接近|约|不到|至少|最多|近|快|小|估计|可能)(?:是|有|有个)?"
    r"|(?:每[次天人个场回家户]|各|分别|平均)(?:是|有|做了|干了|扫了)?)\s?$"
)
_HEDGED_AFTER = re.compile(r"\s?(?:左右|上下|以上|以内|多点|不到|多一点|的样子|每[次天人场回]|/[次天人])")
_NEAR = 8
_TOTAL = re.compile(r"(?:一共|总共|共计|合计|总计|共|加起来)(?:是|有|做了|干了)?\s?$")
_HOURS = re.compile(
    rf"(?<![第点\d.])(?P<n>{NUMBER})\s?(?P<more>多|来|几)?\s?(?:[个粒]\s?(?P<half>半)?\s?(?P<more2>多)?\s?)?(?:小时|钟头|钟(?!头)|h(?:ours?|rs?|r)?(?![a-z]))"
    rf"(?P<after>半|多)?(?:(?:零|又)?\s?(?P<min>{NUMBER})\s?分(?:钟)?)?"
)
_HALF_HOUR = re.compile(r"(?<![个\d一二两三四五六七八九十])半\s?个?\s?(?:多)?(?:小时|钟头|钟|h(?![a-z]))")
_AND_HALF = re.compile(r"(?<![\d一二两俩三四五六七八九十])个半(?:小时|钟头|钟)")
_MINUTES = re.compile(rf"(?<![第点\d.])(?P<n>{NUMBER})\s?(?P<more>多|来|几)?\s?(?:分钟|min(?:utes?)?)")
_QUARTERS = re.compile(r"([一两二三])刻钟")
_RANGE = re.compile(
    rf"(?<![点\d.:]){NUMBER}\s?(?:-|~|到|至|或者?|\+|加)\s?{NUMBER}\s?(?:个\s?(?:半)?(?P<hour>小时|钟头|钟)|(?P<hour2>小时|钟头|h(?![a-z]))|(?P<min>分钟)|个?(?P<unit>人次|户|家|场|次|回|趟|篇|份|项|件|条))"
)
_GUESSED = re.compile(
    r"(?:[一二两三四五六七八九][二两三四五六七八九]|几|好几|十几|数|若干|许多|好多|很多)\s?多?\s?"
    r"(?:个\s?(?P<hour>小时|钟头|钟)|(?P<hour2>小时|钟头)|(?P<min>分钟)|个?(?P<unit>人次|户|家|场|次|回|趟|篇|份|项|件|条))"
)
_ROUGH = re.compile(
    r"(?:大半天|小半天|半天|一上午|一下午|一整天|整整一天|一天|两天|整天|全天|一个上午|一个下午|半个上午|半个下午|一晚上|一个晚上|一早上|半日|一晌|半晌|一会儿?|一阵子?)(?!(?:的|后|前|到晚))"
)
_COUNT = re.compile(
    rf"(?<![第每这那上下本某\d.])(?P<n>{NUMBER})\s?(?P<more>多|来|几)?\s?个?(?P<unit>人次|户|家(?!里|长|属)|场|次(?!性|日|要|数|元)|回(?!来|家|去)|趟|遍|篇|份|项|件|条|期|节|堂|人(?=次))(?P<after>半|多)?"
)
_PIECES = re.compile(rf"(?<![第每这那\d.])(?P<n>{NUMBER})\s?个(?!半|小时|钟|人|多|月)")
_BARE = re.compile(r"(?<![^\s,，;；:、/])(\d+(?:\.\d+)?)(?![^\s,，;；、。/])")


def read(line: Line, ignore: Iterable[Span] = ()) -> tuple[Amount, ...]:
    """Every figure with a unit, in the order of the text; hours for all times."""
    return _read(_shape(line.without(*ignore)))


@lru_cache(maxsize=512)
def _read(line: str) -> tuple[Amount, ...]:
    found: list[Amount] = []
    for signs, reader in _READERS:
        if signs.isdisjoint(line):
            continue
        for amount in reader(line):
            found.append(amount)
            start, end = amount.span
            line = line[:start] + " " * (end - start) + line[end:]
    return tuple(sorted(found, key=lambda amount: amount.span))


def fit(line: Line, unit: str, ignore: Iterable[Span] = ()) -> Fit:
    """What a text says in an item's unit: one sure value, several or inferred ones, or none."""
    ignore = tuple(ignore)
    amounts = read(line, ignore)
    own = [amount for amount in amounts if amount.unit in SAME.get(unit, {unit}) or amount.unit == unit]
    spans = tuple(amount.span for amount in own)
    said = [amount for amount in own if amount.how is How.SAID]
    if not own:
        return _bare(line, unit, amounts, ignore)
    if not said:
        return _unsure(line, own, spans, unit)
    values = [amount.value for amount in said if amount.value is not None]
    one = _agreed(said, values, [amount.value for amount in own if amount.how is How.SPAN])
    if one is not None:
        return Fit((one,), spans)
    if any(amount.how is How.SPAN for amount in own) and len(set(values)) == 1:
        both = dict.fromkeys([*values, *(a.value for a in own if a.value is not None)])
        return Fit(tuple(both), spans, sure=False, why="您写的时间和时长对不上，是多少？")
    return Fit(
        (sum(values, Decimal(0)),), spans, sure=False, why=f"合起来是{_shown(sum(values, Decimal(0)))}{unit}，对吗？"
    )


def _agreed(said: list[Amount], values: list[Decimal], spanned: list[Decimal | None]) -> Decimal | None:
    """The one figure that everything said agrees on."""
    if any(amount.total for amount in said):
        return next(amount.value for amount in reversed(said) if amount.total)
    total = sum((value for value in spanned if value is not None), Decimal(0))
    if len(values) == 1 and (not spanned or values[0] in (total, *spanned)):
        return values[0]
    return None


def _unsure(line: Line, own: list[Amount], spans: tuple[Span, ...], unit: str) -> Fit:
    start, end = own[0].span
    shown = line[start:end].strip()
    values = [amount.value for amount in own if amount.value is not None]
    if not values or any(amount.how is How.ROUGH for amount in own):
        choices = {"半天": (3, 4, 2), "大半天": (4, 5, 6), "一天": (8, 7, 6), "整天": (8, 7, 6)}
        near = choices.get(shown, (3, 2, 4) if unit == HOUR and own[0].how is How.ROUGH and "几" not in shown else ())
        return Fit(tuple(map(Decimal, near)), spans, sure=False, why=f"“{shown}”是多少{unit}？")
    total = sum(values, Decimal(0))
    return Fit((total,), spans, sure=False, why=f"“{shown}”按{_shown(total)}{unit}算，对吗？")


def _bare(line: Line, unit: str, amounts: tuple[Amount, ...], ignore: tuple[Span, ...]) -> Fit:
    """A number standing alone is the item's unit; a figure in another unit is not."""
    if amounts:
        return Fit(spans=(), sure=False) if unit not in ONCE else Fit()
    alone = list(_BARE.finditer(line.without(*ignore)))
    if len(alone) == 1:
        return Fit((Decimal(alone[0][1]),), (alone[0].span(),))
    return Fit() if not alone else Fit(sure=False, why=f"是多少{unit}？")


def pieces(line: Line, ignore: Iterable[Span] = ()) -> list[tuple[Decimal, Span]]:
    """两个 before a thing: only whoever knows the thing can say whether they count it."""
    found = ((number(hit["n"]), hit.span()) for hit in _PIECES.finditer(line.without(*ignore)))
    return [(value, span) for value, span in found if value is not None]


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _amount(line: str, found: re.Match[str], value: Decimal | None, unit: str, rough: bool) -> Amount:
    start, end = found.span()
    before = line[max(0, start - _NEAR) : start]
    how = How.SAID
    if rough or value is None:
        value, how = None, How.ROUGH
    elif _HEDGED_BEFORE.search(before) or _HEDGED_AFTER.match(line, end):
        how = How.ABOUT
    return Amount(value, unit, (start, end), how, bool(_TOTAL.search(before)))


def _hours(line: str) -> Iterable[Amount]:
    for found in _HOURS.finditer(line):
        value = number(found["n"])
        rough = bool(found["more"] or found["more2"] or found["after"] == "多")
        if value is not None and (found["half"] or found["after"] == "半"):
            value += Decimal("0.5")
        minutes = number(found["min"]) if found["min"] else None
        if value is not None and minutes is not None:
            value += _of_hour(minutes)
        yield _amount(line, found, value, HOUR, rough)
    for found in _HALF_HOUR.finditer(line):
        yield _amount(line, found, Decimal("0.5"), HOUR, "多" in found.group())
    for found in _AND_HALF.finditer(line):
        yield _amount(line, found, Decimal("1.5"), HOUR, False)


def _of_hour(minutes: Decimal) -> Decimal:
    return (minutes / 60).quantize(Decimal("0.01"))


def _minutes(line: str) -> Iterable[Amount]:
    for found in _MINUTES.finditer(line):
        value = number(found["n"])
        yield _amount(line, found, None if value is None else _of_hour(value), HOUR, bool(found["more"]))
    for found in _QUARTERS.finditer(line):
        value = number(found[1])
        yield _amount(line, found, None if value is None else value / 4, HOUR, False)


def _guesses(line: str) -> Iterable[Amount]:
    for found in (*_RANGE.finditer(line), *_GUESSED.finditer(line)):
        unit = found["unit"] or HOUR
        yield Amount(None, unit, found.span(), How.ROUGH)


def _roughs(line: str) -> Iterable[Amount]:
    for found in _ROUGH.finditer(line):
        yield Amount(None, HOUR, found.span(), How.ROUGH)


def _counts(line: str) -> Iterable[Amount]:
    for found in _COUNT.finditer(line):
        yield _amount(line, found, number(found["n"]), found["unit"], bool(found["more"] or found["after"]))


def _spans(line: str) -> Iterable[Amount]:
    for span, minutes in clocks.spans(line):
        yield Amount(_of_hour(Decimal(minutes)), HOUR, span, How.SPAN)


_shape = shapes.shaper(sys.modules[__name__], clocks, numerals)
# A reader is only called where one of its signs stands.
_READERS: tuple[tuple[frozenset[str], Callable[[str], Iterable[Amount]]], ...] = (
    (frozenset(":点时"), _spans),
    (frozenset("时钟h户家场次回趟篇份项件条"), _guesses),
    (frozenset("时钟h"), _hours),
    (frozenset("分m刻"), _minutes),
    (frozenset("天午晚早日晌会阵"), _roughs),
    (frozenset("人户家场次回趟遍篇份项件条期节堂"), _counts),
)
