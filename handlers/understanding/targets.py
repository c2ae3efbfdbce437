"""Numbers of things to decide: #12, 12号, 第12条, 十二, L7, J88, Y7, T5, 全部, 12-14.

A claim is named by its number and by nothing else: 张三的, 刚才那条 and 最后一条 name none. A date
(11月12号) and a measure (2张照片) are no numbers of claims.
"""

import re
from dataclasses import dataclass
from typing import Literal

from handlers.understanding.line import Line, Span
from handlers.understanding.numerals import integer

TargetKind = Literal["claim", "request", "entry", "opinion", "follow_up"]
LETTERS: dict[TargetKind, str] = {"claim": "", "request": "L", "entry": "J", "opinion": "Y", "follow_up": "T"}
_KINDS: dict[str, TargetKind] = {letter: kind for kind, letter in LETTERS.items()}


# Without slots: the alias of the same name in handlers/arguments.py is called like the class.
@dataclass(frozen=True)
class Target:
    """What a number names: claim #12, request L7, ledger entry J88, opinion Y7 or follow-up T5."""

    kind: TargetKind
    number: int

    def __str__(self) -> str:
        return f"#{self.number}" if self.kind == "claim" else self.value

    @property
    def value(self) -> str:
        """As a dialog keeps it: 12, L7, J88."""
        return f"{LETTERS[self.kind]}{self.number}"

    @classmethod
    def parse(cls, value: str) -> "Target":
        """Read ``value`` again."""
        kind = _KINDS.get(value[0])
        return cls(kind, int(value[1:])) if kind else cls("claim", int(value))


# 全部: the list last shown. It is compared by ``==`` and has no number of its own.
ALL = Target("claim", 0)
ALL_VALUE = "全部"

_UNIT = r"点时分小个户次篇项场年月袋块元人%名家位岁页期遍颗星天份件楼栋"
# L1 人在外地: what bears a letter counts nothing, and somebody who is somewhere is not counted either.
_LETTERED = "|".join(rf"(?<=[ljyt]{digits})" for digits in (r"\d", r"\d\d", r"\d{3}", r"\d{4}", r"\d{5}", r"\d{6}"))
_SOMEBODY = r"\s人[在不没去已]"
# 2张照片 counts pictures, 12 张三 names a claim and somebody.
_SHEETS = r"张(?=[照图相票纸卡表单海传桌床\s,，。]|$)"
_HAN = r"[一二两三四五六七八九十百零]++"
_END = (
    rf"(?!\d|\.\d|/\d|:\d|\s?号[楼院线])(?:{_LETTERED}|(?={_SOMEBODY})|(?!\s?(?:[{_UNIT}]|{_SHEETS})))"
    r"(?:\s?(?:号|条|笔)(?!\d*[楼院线]))?"
)
_ID = r"(?:第(?=[^条号笔]{1,4}[条号笔])|#|编号)?\s?(?P<id>[ljyt]\s?\d{1,9}+|\d{1,9}+"
# 十二 alone or after 第; 一条 and 三次 count, they name nothing.
_FIRST = re.compile(
    rf"{_ID}|(?<![一-鿿]){_HAN}(?!\s?[条笔下起])|(?<=第){_HAN}(?<=[十百零一二三四五六七八九]{{2}})(?=[条号笔])){_END}"
)
_LATER = re.compile(rf"{_ID}|{_HAN}(?!\s?[条笔下起])|(?<=第){_HAN}(?=[条号笔])){_END}")
_HAN_AFTER = re.compile(rf"\s?第?(?P<id>{_HAN})(?!\s?(?:[{_UNIT}条笔下起]|{_SHEETS}))(?:\s?号)?")
_JOIN = re.compile(r"(?:那|这)?(?:条|笔)?\s?(?:[,，、;；和与跟及同]|以及|还有|\s)\s?|(?=第|#)|(?<=[号条])(?=\d)")
_RANGE = re.compile(r"\s?(?:-|~|到|至)\s?")
_ALL = re.compile(r"全部|全都|所有的?|统统|通通|都(?=同意|通过|批|可以|行|没问题|过)|一律")
_MOST = 50


@dataclass(frozen=True, slots=True)
class TargetsRead:
    """The numbers of the first run in a text; ``inferred`` when some were not written (12-14)."""

    values: tuple[str, ...]
    span: Span
    inferred: bool = False


def read(line: Line, *, glued: bool = False) -> TargetsRead | None:
    """The first run of numbers; ``glued``: the text follows a command's word (通过十二)."""
    found = (_HAN_AFTER.match(line) if glued else None) or _first(line)
    if found is None:
        return _everything(line)
    values, start, end = [_value(found["id"])], found.start(), found.end()
    inferred = False
    while True:
        later = _next(line, end)
        if later is None:
            break
        found, ranged = later
        value = _value(found["id"])
        if ranged:
            between = _between(values[-1], value)
            if between is None:
                break
            inferred = True
            values += between[1:]
        else:
            values.append(value)
        end = found.end()
    return TargetsRead(tuple(dict.fromkeys(value for value in values if value)), (start, end), inferred)


def _first(line: Line) -> re.Match[str] | None:
    for found in _FIRST.finditer(line):
        if _value(found["id"]) and not re.search(r"[月\-/.:]\s?$", line[: found.start()]):
            return found
    return None


def _next(line: Line, end: int) -> tuple[re.Match[str], bool] | None:
    ranged = _RANGE.match(line, end)
    joint = ranged or _JOIN.match(line, end)
    if joint is None:
        return None
    found = _LATER.match(line, joint.end())
    return (found, bool(ranged)) if found and _value(found["id"]) else None


def _value(text: str) -> str:
    text = text.replace(" ", "").upper()
    if text[0] in _KINDS:
        return f"{text[0]}{int(text[1:])}"
    number = integer(text)
    return str(number) if number else ""


def _between(first: str, last: str) -> list[str] | None:
    if not (first.isdigit() and last.isdigit() and 0 < int(last) - int(first) < _MOST):
        return None
    return [str(n) for n in range(int(first), int(last) + 1)]


def _everything(line: Line) -> TargetsRead | None:
    found = _ALL.search(line)
    return TargetsRead((ALL_VALUE,), found.span()) if found else None
