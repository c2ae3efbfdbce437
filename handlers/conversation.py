"""From a typed line to a command with all its arguments: the one mechanism of every dialog (chat: "Dialogs").

What is missing or doubtful is asked for (handlers/completing.py); the next line is taken for the answer
(handlers/open_questions.py), or here for a command of its own.
"""

from typing import Any

from handlers import help
from handlers.command import Context, Reply
from handlers.completing import Run, Say, Turn, closing, complete
from handlers.open_questions import NOTHING_CHANGED, agreed, answer
from handlers.understanding.hear import (
    Heard,
    Thanked,
    Unknown,
    Wondered,
    choice_number,
    fill,
    hear,
    is_given_up,
    is_no,
    is_yes,
)
from handlers.understanding.line import Line
from models.dialogs import Dialog

WELCOME = "不客气，有事随时说，回“帮助”看能办什么"


def ready(text: str) -> None:
    """Fold a typed line, which needs neither its writer nor the database; ``listen`` finds it done."""
    Line.of(text)


def listen(text: str, ctx: Context, dialog: Dialog | None) -> Turn:
    """What a typed line asks for, given what the conversation remembers."""
    question = dialog.open_question(ctx.now) if dialog else None
    listed = dialog.open_list(ctx.now) if dialog else None
    if question is not None and dialog is not None:
        newer_list = (
            listed is not None and dialog.listed_at and dialog.question_at and dialog.listed_at > dialog.question_at
        )
        turn = None if newer_list and choice_number(text) else answer(text, ctx, question)
        if turn is not None:
            return turn
    lapsed = dialog.lapsed_question(ctx.now) if dialog else None
    turn = _outside(text, ctx, listed)
    return _with_lapse(turn, lapsed) if lapsed else turn


def picture_arrived(ctx: Context, dialog: Dialog | None) -> Turn | None:
    """An image came: the command that waited for it, if one did."""
    question = dialog.open_question(ctx.now) if dialog else None
    if question is None or not question.get("picture"):
        return None
    return closing(agreed(question, ctx))


def _outside(text: str, ctx: Context, listed: dict[str, Any] | None) -> Turn:
    if ctx.families.find(text.strip()) is None:
        number = choice_number(text)
        if number is not None:
            return _chosen(number, ctx, listed)
        if is_yes(text):
            return Say(Reply(f"您要确认的是哪一件？现在没有等您回答的问题，{NOTHING_CHANGED}。{_write_out(12, ctx)}"))
        if is_no(text) or is_given_up(text):
            return Say(Reply(f"好的，{NOTHING_CHANGED}。{_take_back(ctx)}看能办什么，回“帮助”"))
    heard = hear(text, ctx)
    if isinstance(heard, Heard):
        bare = not heard.values and not heard.doubts
        return complete(
            ctx, heard.command, heard.values, heard.doubts, guided=bare, said="" if bare else _spoken(text, heard)
        )
    if isinstance(heard, Wondered):
        return _wondered(heard, ctx)
    if isinstance(heard, Thanked):
        return Say(Reply(WELCOME))
    return _unknown(heard, ctx)


def _chosen(number: int, ctx: Context, listed: dict[str, Any] | None) -> Turn:
    choices = listed["choices"] if listed else []
    if 1 <= number <= len(choices):
        return _whole(choices[number - 1], ctx)
    if listed:
        return Say(Reply(f"刚才的列表没有第{number}项，请回 1 到 {len(choices)}"))
    return Say(Reply(f"数字“{number}”现在没有对应的列表，{NOTHING_CHANGED}。{_write_out(number, ctx)}"))


def _write_out(number: int, ctx: Context) -> str:
    verb = "通过" if ctx.families.get("通过").open_to(ctx.roles) else "解释"
    return f"请写完整，例如：\n{verb} {number}\n或回“帮助”"


def _take_back(ctx: Context) -> str:
    return "要收回报过的，回“撤回”；" if ctx.families.get("撤回").open_to(ctx.roles) else ""


def _spoken(text: str, heard: Heard) -> str:
    """What is read again when an answer has come."""
    if heard.rest is not None:
        return heard.rest
    head, _, rest = text.strip().partition(" ")
    return rest if head in heard.command.words else text


def _whole(line: str, ctx: Context) -> Turn:
    """A whole command of ours, as a tap, a choice or a yes sends it."""
    heard = hear(line, ctx)
    if not isinstance(heard, Heard):
        raise AssertionError(f"our own line is not a command: {line.split(maxsplit=1)[0]}")
    return complete(ctx, heard.command, heard.values, heard.doubts, guided=not heard.values)


def _wondered(heard: Wondered, ctx: Context) -> Turn:
    """A question, a negation or a wish is answered and never changes anything."""
    command = heard.command
    if command is None:
        return Say(Reply(f"好的，{NOTHING_CHANGED}。想知道怎么办，回“帮助”"))
    if command.changes or not command.open_to(ctx.roles):
        return Say(Reply(f"{NOTHING_CHANGED}。\n{help.one(command)}"))
    values, _ = fill(command, heard.query, ctx)
    return Run(command, values)


def _unknown(heard: Unknown, ctx: Context) -> Turn:
    if heard.elsewhere and ctx.who is not None:
        return Say(Reply(f"{heard.elsewhere}不在这里办，请问{help.contact(ctx) or '支部'}，{NOTHING_CHANGED}"))
    likely = [line for line in heard.likely if _may(line, ctx)][:3]
    return Say(help.not_understood(likely, ctx))


def _may(line: str, ctx: Context) -> bool:
    command = ctx.families.find(line.split(maxsplit=1)[0])
    return command is not None and command.open_to(ctx.roles)


def _with_lapse(turn: Turn, lapsed: dict[str, Any]) -> Turn:
    what = lapsed.get("command") or "操作"
    word = f"（刚才的“{what}”超过30分钟没有办完，已放下，{NOTHING_CHANGED}）"
    if isinstance(turn, Run):
        return Run(turn.command, turn.values, f"\n{word}", closes=True)
    return Say(
        Reply(f"{word}\n{turn.reply.text}", turn.reply.listed, turn.reply.all_of, turn.reply.extra), turn.question, True
    )
