"""The kinds of argument that are words: notes, reasons, questions, names, people."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding import people
from handlers.understanding.line import Line
from models import members
from models.members import Member, NotScoredReason

if TYPE_CHECKING:
    from handlers.context import Context

REASONS = ("日期不对", "数量不符", "缺佐证", "重复", "不属于此项")
AGED = frozenset({NotScoredReason.AGED, NotScoredReason.RETIRED, NotScoredReason.ILL})
_NAME_NOISE = re.compile(r"我是|我叫|本人|姓名|名字|绑定码|手机号?|后四位|尾号|验证码|换绑|绑定|[是为:：,，。.\s]+")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,15}|[a-z][a-z ]{1,30}")


class TextKind(Kind[str]):
    """说明: what is left of the line, in the member's own words."""

    noun = "说明"
    order = 90
    asked = Asked.MISSING  # where a command needs one; a note has a default

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        words = Line.of(text).words
        return Found((Choice(words, words),)) if words else Found()


class QueryKind(TextKind):
    """What is looked for: a category, a keyword, a command."""

    noun = "关键词"


class AskKind(TextKind):
    """要补充的: what the member should add."""

    noun = "要补充的"

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("要他补充什么？请直接写，例如：走访的哪一户")


class ReasonKind(TextKind):
    """理由 of a refusal; the usual ones are offered as numbers."""

    noun = "理由"

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("不通过的理由是？别的理由请直接写", tuple(Choice(reason, reason) for reason in REASONS))


class PersonKind(Kind[Member]):
    """姓名 of somebody of the asker's branch."""

    noun = "姓名"
    order = 20
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        read = people.read(line, ctx.people(), lambda fitting: aged(ctx, fitting)) if ctx.who is not None else None
        if read is None:
            return Found(rest=line)
        start, end = read.span
        choices = tuple(Choice(member.name, member.id) for member in read.people)
        return Found(choices, line.without(read.span), read.sure, f"“{line.said[start:end]}”是哪一位？")

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("是哪一位？请写姓名")

    def load(self, value: Json, ctx: "Context") -> Member:
        return ctx.session.get_one(Member, value)


def aged(ctx: "Context", fitting: Sequence[Member]) -> set[int]:
    """Which of these are of great age, retired or long ill (rules 7)."""
    found = members.not_scored(ctx.session, fitting, ctx.month)
    return {id for id, reason in found.items() if reason in AGED}


class NameKind(Kind[str]):
    """姓名 as written: whether somebody of that name exists is not said (rules 30)."""

    noun = "姓名"
    order = 60
    asked = Asked.MISSING

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        blank = _NAME_NOISE.sub(lambda noise: " " * len(noise.group()), line)
        found = _NAME.search(blank)
        if found is None:
            return Found(rest=line)
        name = line[found.start() : found.end()].strip()
        return Found((Choice(name, name),), line.without(found.span()))

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("请写您的姓名")
