"""A command's arguments, all there or asked for one after another (chat: "Dialogs").

The open question is plain JSON in ``models/dialogs.py`` until its answer comes, lapses, or another replaces it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from handlers import help
from handlers.command import Ask, Command, Confirm, Context, Reply
from handlers.context import NotBound
from handlers.kind import REQUIRED, Asked, Found, Json, Question
from models.appointments import Role
from models.errors import Refused


class NotAllowed(Refused):
    """The asker's role does not have this command."""


class Run(NamedTuple):
    """A command with its arguments, ready to act."""

    command: Command
    values: Mapping[str, Json]
    afterword: str = ""  # said below the reply, whose first character tells whether something changed
    closes: bool = False  # it answers the open question, which is closed


class Say(NamedTuple):
    """Nothing to run: an answer, and perhaps a question that stays open."""

    reply: Reply
    question: dict[str, Any] | None = None
    closes: bool = False


Turn = Run | Say


def complete(
    ctx: Context,
    command: Command,
    values: Mapping[str, Json],
    doubts: Mapping[str, Found],
    *,
    guided: bool,
    said: str = "",
) -> Turn:
    """Run a command whose arguments are all there, or ask for the first that is not."""
    _check_role(ctx, command)
    for parameter in command.parameters:
        name, kind = parameter.name, parameter.kind
        if name in values:
            continue
        if name in doubts:
            check(command, values, ctx)
            return ask(ctx, command, values, name, doubts[name], doubts, guided=guided, said=said)
        missing = parameter.required or kind.needed(ctx, values)
        if (missing and kind.asked is not Asked.NEVER) or (guided and kind.asked is Asked.GUIDED):
            check(command, values, ctx)
            return ask(ctx, command, values, name, None, doubts, guided=guided, said=said)
    return Run(command, dict(values))


def check(command: Command, values: Mapping[str, Json], ctx: Context) -> None:
    """Refuse at once what would be refused after all the questions."""
    for parameter in command.parameters:
        if parameter.name in values:
            parameter.kind.check(values[parameter.name], ctx)


def ask(
    ctx: Context,
    command: Command,
    values: Mapping[str, Json],
    name: str,
    found: Found | None,
    doubts: Mapping[str, Found] | None = None,
    *,
    guided: bool = False,
    said: str = "",
) -> Say:
    kind = command.parameter(name).kind
    question = kind.question(ctx, values)
    if found is not None and (found.candidates or found.why):
        question = Question(found.why or question.text, found.candidates or question.choices)
    lines = [question.text, *(f"{n} {choice.label}" for n, choice in enumerate(question.choices, start=1))]
    lines.append("回数字即可；都不是，回“取消”" if question.choices else "不办了，回“取消”")
    kept = {
        "command": command.word,
        "known": dict(values),
        "asks": name,
        "choices": [[choice.label, choice.value] for choice in question.choices],
        "doubts": {
            key: {"choices": [[c.label, c.value] for c in doubt.candidates], "why": doubt.why}
            for key, doubt in (doubts or {}).items()
        },
        "text": "\n".join(lines[:-1]),
        "guided": guided,
        "said": said,
    }
    return Say(Reply("\n".join(lines)), question=kept)


def _check_role(ctx: Context, command: Command) -> None:
    if command.open_to(ctx.roles):
        return
    if Role.MEMBER not in ctx.roles:
        raise NotBound("请先绑定，再用这个功能", "绑定 张三 123456")
    raise NotAllowed(f"“{command.word}”由{help.who_words(command)}办理，您可以回“帮助”看自己能办的")


def closing(turn: Turn) -> Turn:
    if isinstance(turn, Run):
        return Run(turn.command, turn.values, turn.afterword, closes=True)
    return Say(turn.reply, turn.question, closes=True)


def arguments(command: Command, values: Mapping[str, Json], ctx: Context) -> dict[str, Any]:
    """The handler's keyword arguments, loaded in the running session; defaults where nothing was said."""
    loaded = {}
    for parameter in command.parameters:
        if parameter.name in values:
            loaded[parameter.name] = parameter.kind.load(values[parameter.name], ctx)
        elif parameter.default is not REQUIRED:
            loaded[parameter.name] = parameter.kind.default(parameter.default, ctx)
    return loaded


def as_question(confirm: Confirm, run: Run) -> tuple[Reply, dict[str, Any]]:
    """A handler's Confirm as what is said and what stays open."""
    kept = {"command": run.command.word, "confirms": {**run.values, **confirm.adding}, "text": confirm.text}
    if confirm.picture:
        return Reply(confirm.text), {**kept, "picture": True}
    return Reply(f"{confirm.text}\n1 是　2 不是"), kept


def as_open(ask: Ask, run: Run) -> tuple[Reply, dict[str, Any]]:
    """A handler's Ask as what is said and what stays open."""
    known = {name: value for name, value in run.values.items() if name != ask.asks}
    kept = {"command": run.command.word, "known": known, "asks": ask.asks, "choices": [], "text": ask.text}
    return Reply(f"{ask.text}\n不办了，回“取消”"), kept
