"""The kinds of argument that are words: notes, reasons, questions, names, people."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from handlers.kind import Asked, Choice, Found, Json, Kind, Question
from handlers.understanding import people
from handlers.understanding.line import Line
from models import rolls
from models.members import Member, NotScoredReason

if TYPE_CHECKING:
    from handlers.context import Context

REASONS = ("日期不对", "数量不符", "缺佐证", "重复", "不属于此项")
AGED = frozenset({NotScoredReason.AGED, NotScoredReason.RETIRED, NotScoredReason.ILL})
_NAME_NOISE = re.compile(r"我是|我叫|本人|姓名|名字|绑定码|手机号?|后四位|尾号|验证码|换绑|绑定|[是为:：,，。.\s]+")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,15}|[a-z][a-z ]{1,30}")


_BETWEEN_NAMES = " ,，、;；和与跟及同:："
_BEFORE_NAMES = ("给", "对", "为", "替", "把", "帮")


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


class MessageKind(TextKind):
    """内容 of what is passed down."""

    noun = "内容"

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("请写要传达的话，例如：周五下午3点三楼开会")


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
        known_ones = self.people(line, ctx)
        read = people.read(line, known_ones, lambda fitting: aged(ctx, fitting)) if known_ones else None
        if read is None:
            return Found(rest=line)
        start, end = read.span
        choices = tuple(Choice(member.name, member.id) for member in read.people)
        return Found(choices, line.without(read.span), read.sure, f"“{line.said[start:end]}”是哪一位？")

    def people(self, line: Line, ctx: "Context") -> Sequence[Member]:
        """Whom the asker can name in a line."""
        return ctx.people() if ctx.who is not None else ()

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        return Question("是哪一位？请写姓名")

    def load(self, value: Json, ctx: "Context") -> Member:
        return ctx.session.get_one(Member, value)


class OtherPersonKind(PersonKind):
    """姓名 of somebody else, where a line surely says one; nobody is asked who."""

    order = 46
    asked = Asked.NEVER

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line = Line.of(text)
        found = super().find(line, ctx, known) if len(line.words) > 1 else Found()
        is_other = len(found.candidates) == 1 and found.sure and found.candidates[0].value != ctx.me.id
        return found if is_other else Found(rest=line)


class PeopleKind(PersonKind):
    """姓名…: one or several of the asker's branch, standing together; one that is not clear is asked about."""

    noun = "姓名…"

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        line, named, at = Line.of(text), dict[int, str](), 0
        known_ones = self.people(line, ctx)
        while known_ones:
            rest = line.part(at, len(line))
            read = people.read(rest, known_ones, lambda fitting: aged(ctx, fitting))
            # What follows the names may name others as well: 王芳可以作证.
            if read is None or (named and rest[: read.span[0]].strip(_BETWEEN_NAMES)):
                break
            start, end = at + read.span[0], at + read.span[1]
            said, begin = line.said[start:end], start - line[:start].endswith(_BEFORE_NAMES)
            line = line.without((at if named else begin, end))
            if not read.sure:
                each = ({**named, member.id: member.name} for member in read.people)
                return Found(tuple(map(_all_of, each)), line, sure=False, why=f"“{said}”是哪一位？")
            named[read.people[0].id] = read.people[0].name
            at = end
        return Found((_all_of(named),), line) if named else Found(rest=line)

    def load(self, value: Json, ctx: "Context") -> tuple[Member, ...]:  # type: ignore[override]  # gives another value than its base
        return tuple(ctx.session.get_one(Member, id) for id in value)


def _all_of(named: Mapping[int, str]) -> Choice:
    return Choice("、".join(named.values()), list(named))


def aged(ctx: "Context", fitting: Sequence[Member]) -> set[int]:
    """Which of these are of great age, retired or long ill (rules 7)."""
    found = rolls.not_scored(ctx.session, fitting, ctx.month)
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
