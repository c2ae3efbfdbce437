"""An answer that comes in several messages, of which 完 is the last (会议记录): what one message does to it.

Whatever is sent meanwhile belongs to the answer, but for whole commands that cannot be meant as its words: one that
only reads, and one that names a number. What would begin another dialog waits, so that nothing typed is lost.
"""

import re
from typing import Any, NamedTuple

from handlers.command import Command
from handlers.context import Context
from handlers.kind import Kind
from handlers.understanding.answers import is_yes
from handlers.understanding.line import Line
from handlers.understanding.manners import thanks

ENDS = "完"
_ENDS = re.compile(
    r"完(?:了|啦|毕|成)?|(?:发|写|说|记|讲|报)(?:完|好)(?:了|啦)?|好[了啦]|结束了?|就(?:这些|这么多|到这里)了?|没有?了|存档"
)
_NUMBERED = re.compile(r"(?:第|#)?\s?[ljytm]?\s?\d{1,9}(?:号|条)?(?=\s|$)", re.IGNORECASE)
_SHORT = 12  # characters of a command that reads; what is longer is a sentence


class Step(NamedTuple):
    """What is gathered now, and what is said to it; ``whole`` when nothing more comes."""

    so_far: str
    says: str = ""
    whole: bool = False


def step(text: str, ctx: Context, so_far: str, kind: Kind[Any]) -> Step | None:
    """One more message; None for a whole command of its own."""
    said = text.strip()
    if _ENDS.fullmatch(Line.of(said).strip(" 。.!！,，")):
        return Step(so_far, whole=True) if so_far else Step(so_far, f"还没有收到内容。请直接发，发完回“{ENDS}”")
    if is_yes(said) or thanks(Line.of(said)):
        return Step(so_far, _go_on(so_far))
    head, *rest = said.split(maxsplit=1)
    command = None if kind.is_own(said) else ctx.families.find(head)
    if command is not None and _is_meant(command, said, rest):
        return None
    if command is not None and not rest:
        return Step(so_far, f"先把这件办完：回“{ENDS}”存档，或回“取消”放下，再办“{command.word}”")
    objection = kind.objection(so_far, said)
    if objection:
        return Step(so_far, objection)
    gathered = f"{so_far}\n{said}".strip()
    return Step(gathered, _go_on(gathered))


def _is_meant(command: Command, said: str, rest: list[str]) -> bool:
    """Whether a line that begins with a command's word is that command rather than a sentence."""
    if rest and _NUMBERED.match(rest[0]):
        return True
    return not command.changes and len(said) <= _SHORT and "\n" not in said


def _go_on(gathered: str) -> str:
    count = len("".join(gathered.split()))
    return f"收到，共{count}字。请接着发；发完了，回“{ENDS}”存档"


__all__ = ["ENDS", "Step", "step"]
