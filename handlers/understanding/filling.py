"""The arguments of a known command in a line: each kind takes what is its own, the strictest first."""

from functools import lru_cache

from handlers.command import Command, Parameter
from handlers.context import Context
from handlers.kind import Found, Json
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line


@lru_cache(maxsize=256)
def _in_order(command: Command) -> tuple[Parameter, ...]:
    return tuple(sorted(command.parameters, key=lambda parameter: parameter.kind.order))


def fill(
    command: Command, text: str, ctx: Context, known: dict[str, Json] | None = None
) -> tuple[dict[str, Json], dict[str, Found]]:
    """The values a line says for a command's parameters, and what it leaves open.

    ``known`` values stay as they are, but inform the others: asked again with the item chosen, the line
    of the beginning yields its quantity. A doubt without candidates is asked openly.
    """
    values, doubts = dict(known or {}), dict[str, Found]()
    rest = Line.of(text)
    for parameter in _in_order(command):
        found = parameter.kind.find(rest, ctx, values)
        rest = Line.of(found.rest)
        if parameter.name in values:
            continue
        if len(found.candidates) == 1 and found.sure:
            values[parameter.name] = found.candidates[0].value
        elif found.candidates or not found.sure:
            doubts[parameter.name] = found
    return values, doubts


def without_words(command: Command, values: dict[str, Json]) -> dict[str, Json]:
    """The values with nothing for a note nobody wrote: read again, a sentence's wrapping must not become one."""
    notes = (p.name for p in command.parameters if isinstance(p.kind, TextKind) and not p.required)
    return {**dict.fromkeys(notes, ""), **values}


def left_over(command: Command, text: str, ctx: Context) -> Line:
    """What of a line none of a command's parameters takes."""
    rest, values = Line.of(text), dict[str, Json]()
    for parameter in _in_order(command):
        rest = Line.of(parameter.kind.find(rest, ctx, values).rest)
    return rest
